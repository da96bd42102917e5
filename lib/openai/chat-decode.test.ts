import { describe, expect, test } from 'vitest';
import { chatRequest, decodeChatRequest } from './chat';

const decode = (body: object, autoReference = true) =>
  decodeChatRequest(chatRequest.parse({ model: 'gemini-3.1-flash-image', ...body }), { autoReference });
const user = (content: unknown) => ({ messages: [{ role: 'user', content }] });
const picture = (url: string) => ({ type: 'image_url', image_url: { url } });
const url = (address: string) => expect.objectContaining({ type: 'url', url: address });

describe('a picture knows where the client put it', () => {
  test.each([
    [
      user([{ type: 'text', text: 'a cat' }, picture('https://example.com/a.png')]),
      'messages.0.content.1.image_url',
    ],
    [{ ...user('a cat'), image: 'https://example.com/a.png' }, 'image'],
  ])('%#', (body, param) => {
    expect(decode(body).generation.references).toEqual([
      { type: 'url', url: 'https://example.com/a.png', param },
    ]);
  });
});

test.each([
  [['image', 'text'], true],
  [['IMAGE'], true],
  [['text'], false],
  ['image', false],
  [undefined, false],
])('the modalities %j: pictures are wanted beside the text: %s', (modalities, wantsImages) => {
  expect(decode({ ...user('a cat'), modalities }).wantsImages).toBe(wantsImages);
});

test.each([{}, [], 7, true, { url: 'https://example.com/a.png' }])(
  'an `image` beside the messages that is no text means nothing: %j',
  (image) => {
    expect(decode({ ...user('a cat'), image }).generation.references).toEqual([]);
  },
);

describe('the prompt', () => {
  test.each([
    ['text', user('a cat'), 'a cat'],
    [
      'text parts, joined',
      user([
        { type: 'text', text: 'a cat' },
        { type: 'text', text: 'in a hat' },
      ]),
      'a cat\nin a hat',
    ],
    ['input_text parts', user([{ type: 'input_text', text: 'a cat' }]), 'a cat'],
    ['bare text in a list', user(['a cat']), 'a cat'],
    [
      'the last user message',
      {
        messages: [
          { role: 'user', content: 'a dog' },
          { role: 'assistant', content: null },
          { role: 'user', content: 'a cat' },
        ],
      },
      'a cat',
    ],
    [
      'the user message before trailing others',
      {
        messages: [
          { role: 'user', content: 'a cat' },
          { role: 'system', content: 'be brief' },
        ],
      },
      'a cat',
    ],
    [
      'the user message beside one without content',
      { messages: [{ role: 'user', content: 'a cat' }, { role: 'assistant' }] },
      'a cat',
    ],
    ['a message without a role', { messages: [{ content: 'a cat' }] }, 'a cat'],
  ])('is %s', (_rule, body, prompt) => {
    expect(decode(body).generation.prompt).toBe(prompt);
  });

  test.each([
    ['no text at all', user([picture('https://example.com/a.png')]), 'messages'],
    ['empty text', user('  '), 'messages'],
    ['null', user(null), 'messages'],
    ['no user message', { messages: [{ role: 'assistant', content: 'hello' }] }, 'messages'],
    ['a number', user(5), 'messages.0.content'],
    ['a text part without text', user([{ type: 'text' }]), 'messages.0.content.0.text'],
    ['a part that is no object', user([7]), 'messages.0.content.0'],
  ])('%s is refused by the field', (_rule, body, param) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ code: 'invalid_request', param }));
  });

  test.each(['input_audio', 'file', 'video_url'])('a part of type %s is refused by name', (type) => {
    expect(() => decode(user([{ type: 'text', text: 'a cat' }, { type }]))).toThrow(
      expect.objectContaining({ message: expect.stringContaining(type), param: 'messages.0.content.1' }),
    );
  });

  const data = 'data:image/png;base64,AAAA';
  test.each<[from: string, part: object, url: string]>([
    ['the AI SDK', { type: 'image', image: data }, data],
    [
      'the AI SDK, by address',
      { type: 'image', image: 'https://a.example/1.png' },
      'https://a.example/1.png',
    ],
    ['Anthropic', { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }, data],
    [
      'Anthropic, by address',
      { type: 'image', source: { type: 'url', url: 'https://a.example/1.png' } },
      'https://a.example/1.png',
    ],
    ['a file', { type: 'file', file: { filename: 'a.png', file_data: data } }, data],
    ['a file of responses', { type: 'input_file', file_data: data }, data],
  ])('a picture in the words of %s is a reference', (_from, part, address) => {
    expect(decode(user([{ type: 'text', text: 'a cat' }, part])).generation.references).toEqual([
      { type: 'url', url: address, param: 'messages.0.content.1' },
    ]);
  });

  test.each([
    ['image', { image: 'AAAA' }],
    ['image', { source: { type: 'file', file_id: 'f' } }],
    ['image', {}],
    ['file', { file: { file_data: 'data:application/pdf;base64,AAAA' } }],
    ['file', { file: { file_id: 'file-1' } }],
  ])('a part of type %s without a picture is refused: %j', (type, part) => {
    expect(() =>
      decode(
        user([
          { type: 'text', text: 'a cat' },
          { type, ...part },
        ]),
      ),
    ).toThrow(
      expect.objectContaining({ message: expect.stringContaining(type), param: 'messages.0.content.1' }),
    );
  });

  test('parts that clients keep from earlier turns mean nothing', () => {
    expect(
      decode(
        user([
          { type: 'reasoning', reasoning: 'hm' },
          { type: 'text', text: 'a cat' },
        ]),
      ).generation.prompt,
    ).toBe('a cat');
  });
});

describe('pictures', () => {
  test.each([
    ['an object', picture('https://example.com/a.png')],
    ['bare text', { type: 'image_url', image_url: 'https://example.com/a.png' }],
    ['an input_image', { type: 'input_image', image_url: 'https://example.com/a.png' }],
  ])('are taken as %s', (_form, part) => {
    const { references } = decode(user([{ type: 'text', text: 'a cat' }, part])).generation;
    expect(references).toEqual([url('https://example.com/a.png')]);
  });

  test('keep their order', () => {
    const parts = [
      picture('https://a.example/1.png'),
      { type: 'text', text: 'a cat' },
      picture('data:image/png;base64,AAAA'),
    ];
    const { references } = decode(user(parts)).generation;
    expect(references).toEqual([url('https://a.example/1.png'), url('data:image/png;base64,AAAA')]);
  });

  test('of earlier messages are not references', () => {
    const messages = [
      { role: 'user', content: [picture('https://a.example/1.png')] },
      { role: 'user', content: 'a cat' },
    ];
    expect(decode({ messages }).generation.references).toEqual([]);
  });

  test.each(['ftp://a.example/1.png', '/etc/passwd', 'file:///etc/passwd', ''])(
    'the address %j is refused by the field',
    (address) => {
      expect(() => decode(user([{ type: 'text', text: 'a cat' }, picture(address)]))).toThrow(
        expect.objectContaining({ param: 'messages.0.content.1.image_url' }),
      );
    },
  );

  test('the old image field counts when the message has none', () => {
    const image = 'data:image/png;base64,AAAA';
    expect(decode({ ...user('a cat'), image }).generation.references).toEqual([url(image)]);
  });

  test('the old image field does not count beside a picture of the message', () => {
    const parts = [{ type: 'text', text: 'a cat' }, picture('https://a.example/1.png')];
    const { references } = decode({ ...user(parts), image: 'data:image/png;base64,AAAA' }).generation;
    expect(references).toEqual([url('https://a.example/1.png')]);
  });

  test('an extend:// reference is the video to go on from', () => {
    const { sourceVideo, references } = decode(
      user([{ type: 'text', text: 'go on' }, picture('extend://abc123')]),
    ).generation;
    expect({ sourceVideo, references }).toEqual({ sourceVideo: 'abc123', references: [] });
  });

  test('two videos to go on from are refused', () => {
    const parts = [{ type: 'text', text: 'go on' }, picture('extend://one'), picture('extend://two')];
    expect(() => decode(user(parts))).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});

describe('the picture of an earlier answer', () => {
  const shown = (...answers: unknown[]) => ({
    messages: [
      ...answers.flatMap((content) => [
        { role: 'user', content: 'a cat' },
        { role: 'assistant', content },
      ]),
      { role: 'user', content: 'make it blue' },
    ],
  });

  test.each([
    [
      'is the last one of the newest answer',
      shown('![a](https://a.example/1.png) ![b](https://a.example/2.png)'),
      ['https://a.example/2.png'],
    ],
    [
      'is tried before older ones',
      shown('![a](https://a.example/1.png)', '![b](https://a.example/2.png)'),
      ['https://a.example/2.png', 'https://a.example/1.png'],
    ],
    [
      'is found in text parts',
      shown([{ type: 'text', text: '![a](https://a.example/1.png)' }]),
      ['https://a.example/1.png'],
    ],
    [
      'may be a part of the answer',
      shown([
        { type: 'text', text: 'a' },
        { type: 'image_url', image_url: { url: 'https://a.example/1.png' } },
      ]),
      ['https://a.example/1.png'],
    ],
    [
      'may be a part in the words of responses',
      shown([{ type: 'input_image', image_url: 'https://a.example/1.png' }]),
      ['https://a.example/1.png'],
    ],
    ['may be a data address', shown('![a](data:image/png;base64,AAAA)'), ['data:image/png;base64,AAAA']],
    ['may have a title', shown('![a](https://a.example/1.png "a cat")'), ['https://a.example/1.png']],
    [
      'is passed over where an answer has none',
      shown('![a](https://a.example/1.png)', 'sorry'),
      ['https://a.example/1.png'],
    ],
  ])('%s', (_rule, body, addresses) => {
    expect(decode(body).generation.fallbackReferences).toEqual(addresses.map(url));
  });

  test.each([
    ['a picture part that is no address', shown([{ type: 'image_url', image_url: { url: '/tmp/a.png' } }])],
    ['a link', shown('[a](https://a.example/1.png)')],
    ['a path', shown('![a](/tmp/secret.png)')],
    [
      'a picture in a user message',
      {
        messages: [
          { role: 'user', content: '![a](https://a.example/1.png)' },
          { role: 'user', content: 'b' },
        ],
      },
    ],
  ])('%s is none', (_rule, body) => {
    expect(decode(body).generation.fallbackReferences).toBeUndefined();
  });

  test('does not count when the request brings a picture', () => {
    const body = shown('![a](https://a.example/1.png)');
    const image = 'data:image/png;base64,AAAA';
    expect(decode({ ...body, image }).generation.fallbackReferences).toBeUndefined();
  });

  test('does not count when it is switched off', () => {
    expect(
      decode(shown('![a](https://a.example/1.png)'), false).generation.fallbackReferences,
    ).toBeUndefined();
  });

  test('is looked for in time that grows with the length only', () => {
    const started = performance.now();
    decode(shown('!['.repeat(200_000)));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('everything else', () => {
  test('the form of the answer is read', () => {
    const asked = decode({ ...user('a cat'), stream: true, stream_options: { include_usage: true } });
    expect(asked).toMatchObject({ stream: true, includeUsage: true });
  });

  test('null means not set', () => {
    const asked = decode({ ...user('a cat'), stream: null, stream_options: null, image: null, size: null });
    expect(asked).toMatchObject({
      stream: false,
      includeUsage: false,
      generation: { options: {}, references: [] },
    });
  });

  test('what chat UIs send besides is ignored', () => {
    const extras = {
      temperature: 2,
      n: 3,
      tools: [],
      tool_choice: 'auto',
      user: 'me',
      seed: 7,
      metadata: { a: 1 },
      video: 'x',
    };
    expect(decode({ ...user('a cat'), ...extras })).toEqual(decode(user('a cat')));
  });

  test.each([
    ['no messages', { messages: [] }, ['messages']],
    ['messages missing', {}, ['messages']],
    ['stream as text', { ...user('a'), stream: 'yes' }, ['stream']],
    ['an empty model', { ...user('a'), model: '' }, ['model']],
  ])('%s is a fault of that field', (_rule, body, path) => {
    const result = chatRequest.safeParse({ model: 'm', ...body });
    expect(result.error?.issues[0]?.path).toEqual(path);
  });
});
