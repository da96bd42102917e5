import { describe, expect, test } from 'vitest';
import type { GenerationEvent, MediaItem } from '../generation/types';
import {
  decodeResponses,
  encodeResponseAnswer,
  encodeResponseStream,
  encodeTextResponseStream,
  findNamedItems,
  type ResponseHead,
  type ResponseStyle,
  readMessages,
} from './responses';

const decode = (body: object, autoReference = true) =>
  decodeResponses({ model: 'm', input: 'a lighthouse', ...body }, { autoReference });
const dataUrl = 'data:image/png;base64,AAAA';

describe('a request', () => {
  test.each<[rule: string, body: object, generation: object]>([
    ['of text', {}, { model: 'm', prompt: 'a lighthouse', references: [], options: {} }],
    [
      'of messages: the last of the user counts',
      {
        input: [
          { role: 'user', content: 'a cat' },
          { role: 'assistant', content: 'ok' },
          { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'a dog' }] },
        ],
      },
      { prompt: 'a dog' },
    ],
    [
      'of a message with a picture',
      {
        input: [
          {
            role: 'user',
            content: [
              { type: 'input_text', text: 'bluer' },
              { type: 'input_image', image_url: dataUrl },
            ],
          },
        ],
      },
      { prompt: 'bluer', references: [{ type: 'url', url: dataUrl, param: 'input.0.content.1.image_url' }] },
    ],
    [
      'with the options of the tool before its own',
      {
        size: '512x512',
        tools: [
          { type: 'web_search' },
          { type: 'image_generation', model: 'gpt-image-1', size: '1024x1536', quality: 'high' },
        ],
      },
      { model: 'm', options: { size: '1024x1536', quality: 'high' } },
    ],
    [
      'that goes on from the result of the tool',
      {
        input: [
          { type: 'image_generation_call', id: 'ig_1', result: 'AAAA' },
          { role: 'user', content: 'bluer' },
        ],
      },
      { fallbackReferences: [{ type: 'url', url: dataUrl }] },
    ],
    [
      'that goes on from a picture in the text of an answer',
      {
        input: [
          {
            role: 'assistant',
            content: [{ type: 'output_text', text: '![image](http://gw.example/media/a.png)' }],
          },
          { role: 'user', content: 'bluer' },
        ],
      },
      { fallbackReferences: [{ type: 'url', url: 'http://gw.example/media/a.png' }] },
    ],
    [
      'with items that mean nothing here',
      {
        input: [
          { type: 'reasoning', summary: [] },
          { type: 'item_reference', id: 'x' },
          { role: 'user', content: 'a cat' },
        ],
      },
      { prompt: 'a cat' },
    ],
  ])('%s', (_rule, body, generation) => {
    expect(decode(body).generation).toMatchObject(generation);
  });

  test('uses no earlier picture where that is switched off', () => {
    const input = [
      { type: 'image_generation_call', result: 'AAAA' },
      { role: 'user', content: 'bluer' },
    ];
    expect(decode({ input }, false).generation).not.toHaveProperty('fallbackReferences');
  });

  test('has a tool only when it brings one', () => {
    expect(decode({}).tool).toBeUndefined();
    const tool = { type: 'image_generation', output_format: 'webp', output_compression: 50 };
    expect(decode({ tools: [tool] }).tool).toEqual({
      style: { format: 'webp', compression: 50 },
      echo: tool,
    });
  });

  test.each<[param: string, body: object]>([
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: 'conv_1' }],
    ['background', { background: true }],
    ['tools', { tools: [{ type: 'image_generation', input_image_mask: { image_url: dataUrl } }] }],
    ['input', { input: '' }],
    ['input', { input: [] }],
    ['input.0.content.0', { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }] }],
    ['output_format', { tools: [{ type: 'image_generation', output_format: 'gif' }] }],
  ])('is refused for its %s', (param, body) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ code: 'invalid_request', param }));
  });

  test.each([['previous_response_id'], ['background'], ['conversation'], ['tools'], ['store']])(
    'may have a %s of null',
    (name) => {
      expect(decode({ [name]: null }).generation.prompt).toBe('a lighthouse');
    },
  );

  test('has its instructions before its messages', () => {
    expect(readMessages('hi', 'be short')).toEqual([
      { role: 'system', content: 'be short' },
      { role: 'user', content: 'hi' },
    ]);
  });
});

const head: ResponseHead = {
  id: 'abc',
  createdAt: 1_764_000_000,
  model: 'm',
  prompt: 'a lighthouse',
  inputPictures: 0,
  metadata: { a: 'b' },
  tools: [],
};
const media = (kind: 'image' | 'video'): MediaItem => ({
  id: 'x',
  kind,
  role: 'result',
  contentType: kind === 'image' ? 'image/png' : 'video/mp4',
  location: { type: 'path', path: kind === 'image' ? '/media/x.png' : '/media/x.mp4' },
});
const asText: ResponseStyle = { origin: 'http://gw.example', videoMarkup: 'link' };
const asTool: ResponseStyle = { ...asText, pictureText: () => Promise.resolve('AAAA') };
async function* events(...all: GenerationEvent[]) {
  yield* all;
}
const completed = (kind: 'image' | 'video'): GenerationEvent => ({
  type: 'completed',
  endedAt: new Date(1_764_000_020_500),
  media: [media(kind)],
  cancelRequested: false,
});
const refused: GenerationEvent = {
  type: 'failed',
  error: { code: 'content_refused', message: 'no' },
  media: [],
  accepted: true,
};

test('items that are only named are found from the newest on', () => {
  const job = 'a'.repeat(26);
  const input = [
    { role: 'user', content: 'a cat' },
    { type: 'item_reference', id: `msg_${job}` },
    { type: 'image_generation_call', id: `ig_${job}`, result: 'AAAA' },
    { type: 'image_generation_call', id: `ig_${job}_1`, result: null },
    { type: 'item_reference', id: `ig_${job}` },
    { type: 'item_reference', id: 'rs_68af4b' },
    { type: 'message', id: `msg_${job}`, role: 'assistant', content: 'text' },
  ];
  expect(findNamedItems(input)).toEqual([
    { at: 5, id: 'rs_68af4b' },
    { at: 4, id: `ig_${job}`, jobId: `job_${job}`, picture: 0 },
    { at: 3, id: `ig_${job}_1`, jobId: `job_${job}`, picture: 1 },
    { at: 1, id: `msg_${job}`, jobId: `job_${job}` },
  ]);
});

describe('an answer in one piece', () => {
  test('shows a picture in its text', async () => {
    const { status, body } = await encodeResponseAnswer(events(completed('image')), head, asText);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: 'resp_abc',
      object: 'response',
      created_at: 1_764_000_000,
      completed_at: 1_764_000_020,
      status: 'completed',
      model: 'm',
      error: null,
      store: false,
      metadata: { a: 'b' },
      output: [
        {
          id: 'msg_abc',
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [
            {
              type: 'output_text',
              text: '![Generated Image](http://gw.example/media/x.png)',
              annotations: [],
            },
          ],
        },
      ],
      usage: {
        input_tokens: 3,
        output_tokens: 13,
        total_tokens: 16,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens_details: { reasoning_tokens: 0 },
      },
    });
  });

  test('has a link to a video', async () => {
    const { body } = await encodeResponseAnswer(events(completed('video')), head, asText);
    expect(body).toMatchObject({
      output: [{ content: [{ text: '[video](http://gw.example/media/x.mp4)' }] }],
    });
  });

  test('has a picture as the result of the tool', async () => {
    const { body } = await encodeResponseAnswer(events(completed('image')), head, asTool);
    expect(body).toMatchObject({
      output: [{ id: 'ig_abc', type: 'image_generation_call', status: 'completed', result: 'AAAA' }],
    });
  });

  test('says that the earlier picture was lost: in its text, or in a message before the picture', async () => {
    const lostPicture = { isOurs: true, usedOlder: false };
    const line = 'The earlier picture is no longer kept; this is made from the text alone.';
    const bodyOf = async (style: ResponseStyle) =>
      (await encodeResponseAnswer(events(completed('image')), head, { ...style, lostPicture })).body;
    expect(await bodyOf(asText)).toMatchObject({
      output: [{ content: [{ text: `${line}\n\n![Generated Image](http://gw.example/media/x.png)` }] }],
    });
    expect(await bodyOf(asTool)).toMatchObject({
      output: [
        { id: 'msg_abc', type: 'message', status: 'completed', content: [{ text: line }] },
        { id: 'ig_abc', type: 'image_generation_call', result: 'AAAA' },
      ],
    });
  });

  test('of a failed job has its status, and is a failed response when that comes too late', async () => {
    const { status, body, late } = await encodeResponseAnswer(events(refused), head, asText);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'content_policy_violation' } });
    expect(late).toMatchObject({
      id: 'resp_abc',
      status: 'failed',
      error: { code: 'content_policy_violation', message: 'no' },
      output: [],
    });
  });
});

const typesOf = (all: { type: string }[]) => all.map(({ type }) => type);
const collect = async <T>(all: AsyncIterable<T>) => {
  const list: T[] = [];
  for await (const one of all) list.push(one);
  return list;
};

describe('a stream', () => {
  const texts = [
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ];

  test.each<[rule: string, end: GenerationEvent, style: ResponseStyle, types: string[]]>([
    ['of text', completed('image'), asText, texts],
    [
      'of the tool',
      completed('image'),
      asTool,
      [
        ...texts.slice(0, 3),
        'response.image_generation_call.in_progress',
        'response.image_generation_call.generating',
        'response.image_generation_call.completed',
        'response.output_item.done',
        'response.completed',
      ],
    ],
    ['that fails', refused, asText, [...texts.slice(0, 4), 'response.failed']],
    ['that is cancelled', { type: 'cancelled' }, asText, [...texts.slice(0, 4), 'response.failed']],
  ])('%s has its events in their order, numbered', async (_rule, end, style, types) => {
    const all = await collect(encodeResponseStream(events(end), head, style));
    expect(typesOf(all)).toEqual(types);
    expect(all.map(({ sequence_number }) => sequence_number)).toEqual(types.map((_type, index) => index));
  });

  test('of the tool says first that the earlier picture was lost', async () => {
    const style = { ...asTool, lostPicture: { isOurs: false, usedOlder: true } };
    const two: GenerationEvent = {
      type: 'completed',
      media: [media('image'), media('image')],
      cancelRequested: false,
    };
    const all = await collect(encodeResponseStream(events(two), head, style));
    const ofTool = [
      'response.output_item.added',
      'response.image_generation_call.in_progress',
      'response.image_generation_call.generating',
      'response.image_generation_call.completed',
      'response.output_item.done',
    ];
    expect(typesOf(all)).toEqual([...texts.slice(0, -1), ...ofTool, ...ofTool, 'response.completed']);
    const done = all.filter(({ type }) => type === 'response.output_item.done');
    expect(done).toMatchObject([
      { output_index: 0, item: { content: [{ text: expect.stringContaining('an older one') }] } },
      { output_index: 1, item: { id: 'ig_abc' } },
      { output_index: 2, item: { id: 'ig_abc_1' } },
    ]);
    expect(all.at(-1)).toMatchObject({ response: { output: done.map(({ item }) => item) } });
  });

  test('ends in the whole response', async () => {
    const all = await collect(encodeResponseStream(events(completed('image')), head, asTool));
    expect(all.at(-1)).toMatchObject({
      response: { status: 'completed', output: [{ result: 'AAAA' }], usage: { total_tokens: 1_293 } },
    });
    expect(all.at(-2)).toMatchObject({ output_index: 0, item: { id: 'ig_abc', result: 'AAAA' } });
  });

  test('of text that was not generated has the same events', async () => {
    const all = await collect(encodeTextResponseStream(head, 'A title'));
    expect(typesOf(all)).toEqual(texts);
    expect(all[4]).toMatchObject({ delta: 'A title', sequence_number: 4 });
  });
});
