import { describe, expect, test } from 'vitest';
import { isGatewayError } from '../errors';
import type { GenerationEvent, MediaItem } from '../generation/types';
import type { MediaKind } from '../models/types';
import {
  type AnswerObject,
  type Candidate,
  decodeGenerateContent,
  encodeContent,
  failureOf,
  spellProgress,
  toCandidate,
} from './generate-content';

const decode = (body: object, autoReference = true, kind: MediaKind | undefined = 'image') =>
  decodeGenerateContent('gemini-3.1-flash-image', body as Record<string, unknown>, { autoReference, kind });
const firstOf = (body: object, autoReference?: boolean) => decode(body, autoReference).generations[0];
const text = (prompt: string, role = 'user') => ({ role, parts: [{ text: prompt }] });
const inline = (data: string) => ({ inlineData: { mimeType: 'image/png', data } });
const url = (data: string) => `data:image/png;base64,${data}`;

/** What is refused, by the field that the error names. */
function refusedField(body: object, kind?: MediaKind): string | undefined {
  try {
    decode(body, true, kind);
  } catch (error) {
    if (isGatewayError(error) && error.code === 'invalid_request') return error.param;
    throw error;
  }
  return undefined;
}

describe('a request', () => {
  test('is the text and the pictures of the last turn of the user', () => {
    const body = {
      contents: [
        text('old'),
        text('answer', 'model'),
        {
          role: 'user',
          parts: [
            { text: 'a' },
            inline('QQ=='),
            { text: 'b' },
            { fileData: { fileUri: 'https://x.example/y.png' } },
          ],
        },
      ],
    };
    expect(firstOf(body)).toEqual({
      model: 'gemini-3.1-flash-image',
      prompt: 'a\nb',
      options: {},
      references: [
        { type: 'url', url: url('QQ=='), param: 'contents[2].parts[1].inlineData' },
        { type: 'url', url: 'https://x.example/y.png', param: 'contents[2].parts[3].fileData' },
      ],
    });
  });

  test('may be spelled in snake_case, and in part in both', () => {
    const body = {
      contents: {
        parts: [
          { text: 'a' },
          { inline_data: { mime_type: 'image/webp', data: 'QQ==' } },
          { file_data: { file_uri: 'http://x.example/y' } },
        ],
      },
      system_instruction: { parts: [{ text: 'In oil.' }] },
      generation_config: {
        image_config: { aspect_ratio: '9:16', imageSize: '2K' },
        candidate_count: 2,
        seed: '7',
        thinking_config: { include_thoughts: true },
      },
    };
    const { generations, wantsThoughts } = decode(body);
    expect(generations.map(({ seed }) => seed)).toEqual([7, 8]);
    expect(wantsThoughts).toBe(true);
    expect(generations[0]).toMatchObject({
      prompt: 'In oil.\n\na',
      options: {
        aspectRatio: '9:16',
        resolution: '2K',
        names: {
          aspectRatio: 'generation_config.image_config.aspect_ratio',
          resolution: 'generation_config.image_config.imageSize',
        },
      },
      references: [{ url: url('QQ==') }, { url: 'http://x.example/y' }],
    });
  });

  test.each<[string, unknown]>([
    ['text alone', 'a lighthouse'],
    ['one turn without a list', text('a lighthouse')],
    ['a turn without a role', [{ parts: [{ text: 'a lighthouse' }] }]],
    ['one part without a list', [{ role: 'user', parts: { text: 'a lighthouse' } }]],
    [
      'parts that mean nothing here',
      [
        {
          role: 'user',
          parts: [{ text: 'hmm', thought: true }, { functionCall: {} }, { text: 'a lighthouse' }],
        },
      ],
    ],
    ['an answer begun for the model', [text('a lighthouse'), text('Here', 'model')]],
  ])('takes %s', (_what, contents) => {
    expect(firstOf({ contents, safetySettings: [{}], tools: [{}], unknown: 1 }).prompt).toBe('a lighthouse');
  });

  test.each<[string, object]>([
    ['contents', {}],
    ['contents', { contents: [] }],
    ['contents', { contents: 7 }],
    ['contents', { contents: [text('x', 'model')] }],
    ['contents', { contents: [text(' \0')] }],
    ['contents[0]', { contents: ['x'] }],
    ['contents', { contents: [text('x'.repeat(32_001))] }],
    ['contents', { contents: [text('x'.repeat(31_000))], systemInstruction: 'y'.repeat(1_000) }],
    ['contents[0].role', { contents: [text('x', 'assistant')] }],
    ['contents[0].parts', { contents: [{ parts: 'x' }] }],
    ['contents[0].parts[0]', { contents: [{ parts: ['x'] }] }],
    ['contents[0].parts[0].text', { contents: [{ parts: [{ text: 7 }] }] }],
    ['contents[0].parts[1].inlineData', { contents: [{ parts: [{ text: 'x' }, { inlineData: 'x' }] }] }],
    [
      'contents[0].parts[1].inlineData.data',
      { contents: [{ parts: [{ text: 'x' }, { inlineData: { mimeType: 'image/png' } }] }] },
    ],
    [
      'contents[0].parts[1].inline_data.mime_type',
      { contents: [{ parts: [{ text: 'x' }, { inline_data: { mime_type: 7, data: 'x' } }] }] },
    ],
    [
      'contents[0].parts[1].inlineData',
      { contents: [{ parts: [{ text: 'x' }, { inlineData: { mimeType: 'audio/mp3', data: 'x' } }] }] },
    ],
    [
      'contents[0].parts[1].fileData.fileUri',
      { contents: [{ parts: [{ text: 'x' }, { fileData: { fileUri: 'gs://bucket/x' } }] }] },
    ],
    [
      'contents[0].parts[1].fileData',
      {
        contents: [
          {
            parts: [
              { text: 'x' },
              { fileData: { mimeType: 'application/pdf', fileUri: 'https://x.example/y' } },
            ],
          },
        ],
      },
    ],
    [
      'contents[0].parts[2].fileData',
      {
        contents: [
          {
            parts: [
              { text: 'x' },
              { fileData: { fileUri: 'extend://a' } },
              { fileData: { fileUri: 'extend://b' } },
            ],
          },
        ],
      },
    ],
    ['systemInstruction', { contents: 'x', systemInstruction: 7 }],
    ['generationConfig', { contents: 'x', generationConfig: [] }],
    ['generationConfig.imageConfig', { contents: 'x', generationConfig: { imageConfig: 'x' } }],
    [
      'generationConfig.imageConfig.aspectRatio',
      { contents: 'x', generationConfig: { imageConfig: { aspectRatio: 1 } } },
    ],
    ['generationConfig.durationSeconds', { contents: 'x', generationConfig: { durationSeconds: 'long' } }],
    ['generationConfig.seed', { contents: 'x', generationConfig: { seed: 1.5 } }],
    [
      'generationConfig.responseModalities',
      { contents: 'x', generationConfig: { responseModalities: ['TEXT'] } },
    ],
    [
      'generationConfig.responseModalities',
      { contents: 'x', generationConfig: { responseModalities: 'IMAGE' } },
    ],
    ...[0, -1, 9, 1e9, 1.5, 'many', true].map((candidateCount): [string, object] => [
      'generationConfig.candidateCount',
      { contents: 'x', generationConfig: { candidateCount } },
    ]),
  ])('is refused at %s: %j', (field, body) => {
    expect(refusedField(body)).toBe(field);
  });

  test.each<[MediaKind, string[]]>([
    ['image', []],
    ['image', ['IMAGE']],
    ['image', ['TEXT', 'Image']],
    ['image', ['VIDEO', 'IMAGE']],
    ['video', ['VIDEO']],
  ])('for the kind %s may name the modalities %j', (kind, responseModalities) => {
    expect(refusedField({ contents: 'x', generationConfig: { responseModalities } }, kind)).toBeUndefined();
  });

  test.each<[MediaKind, string[], string]>([
    ['image', ['VIDEO'], 'send ["IMAGE"], or take a model that makes videos'],
    ['video', ['TEXT', 'IMAGE'], 'send ["VIDEO"], or take a model that makes pictures'],
  ])('for the kind %s is refused for the modalities %j', (kind, modalities, hint) => {
    const body = { contents: 'x', generation_config: { response_modalities: modalities } };
    expect(() => decode(body, true, kind)).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        param: 'generation_config.response_modalities',
        message: expect.stringContaining(hint),
      }),
    );
  });

  test('may stand in several turns of the user, one after the other', () => {
    const contents = [
      text('old'),
      text('answer', 'model'),
      { role: 'user', parts: [{ text: 'a cat' }, inline('QQ==')] },
      { role: 'user', parts: [inline('Qg==')] },
      { parts: [{ text: 'in blue' }] },
    ];
    expect(firstOf({ contents })).toMatchObject({
      prompt: 'a cat\nin blue',
      references: [
        { url: url('QQ=='), param: 'contents[2].parts[1].inlineData' },
        { url: url('Qg=='), param: 'contents[3].parts[0].inlineData' },
      ],
    });
  });

  test.each([
    ['extend://abc', undefined, 'abc'],
    ['https://gw.example/media/abc.mp4?x=1', undefined, 'https://gw.example/media/abc.mp4'],
    ['https://gw.example/media/abc', 'video/mp4', 'https://gw.example/media/abc'],
  ])('with the video %s extends it', (fileUri, mimeType, sourceVideo) => {
    const shown = { role: 'model', parts: [inline('QQ==')] };
    const generation = firstOf({
      contents: [text('x'), shown, { parts: [{ text: 'on' }, { fileData: { fileUri, mimeType } }] }],
    });
    expect(generation).toMatchObject({
      sourceVideo,
      references: [],
      options: { names: { sourceVideo: 'contents[2].parts[1].fileData' } },
    });
    expect(generation).not.toHaveProperty('fallbackReferences');
  });
});

describe('pictures of earlier turns', () => {
  const contents = [
    { role: 'user', parts: [{ text: 'first' }, inline('AA')] },
    {
      role: 'model',
      parts: [
        inline('BB'),
        inline('CC'),
        { fileData: { mimeType: 'video/mp4', fileUri: 'https://x.example/v.mp4' } },
      ],
    },
    { role: 'user', parts: [{ text: 'and this' }, { inlineData: { mimeType: 'audio/mp3', data: 'x' } }] },
    text('ok', 'model'),
    text('bluer'),
  ];

  test('are gone on from, the newest first, one of each turn', () => {
    // Without their place: what is wrong with them is no fault of this request.
    expect(firstOf({ contents }).fallbackReferences).toEqual([
      { type: 'url', url: url('CC') },
      { type: 'url', url: url('AA') },
    ]);
  });

  test.each<[string, unknown]>([
    ['empty data', [inline('')]],
    ['data that is none', [{ inlineData: 7 }]],
    ['a type that is none', [{ inlineData: { mimeType: 7, data: 'x' } }]],
    ['a file of another service', [{ fileData: { fileUri: 'gs://bucket/x' } }]],
    ['text that is none', [{ text: 7 }]],
    ['a part that is none', ['x']],
    ['parts that are none', 'x'],
    ['no parts', undefined],
  ])('block nothing with %s', (_what, parts) => {
    const broken = [...contents.slice(0, 2), { role: 'model', parts }, text('bluer')];
    expect(firstOf({ contents: broken })).toMatchObject({
      prompt: 'bluer',
      fallbackReferences: [{ url: url('CC') }, { url: url('AA') }],
    });
  });

  test('are not where the request brings one, or where the setting is off', () => {
    expect(firstOf({ contents }, false)).not.toHaveProperty('fallbackReferences');
    const withOne = [...contents, text('ok', 'model'), { parts: [{ text: 'bluer' }, inline('DD')] }];
    expect(firstOf({ contents: withOne })).not.toHaveProperty('fallbackReferences');
  });
});

describe('an instruction', () => {
  const promptFor = (instruction: string) =>
    firstOf({ contents: 'a cat', systemInstruction: { parts: [{ text: instruction }] } }).prompt;

  test.each([
    ['Paint in oil.'],
    ['x'.repeat(1_200)],
    ['You are a helpful assistant. Draw tools and functions of a kitchen.'],
  ])('stands before the prompt: %.40s', (instruction) =>
    expect(promptFor(instruction)).toBe(`${instruction}\n\na cat`),
  );

  test.each([
    ['x'.repeat(1_201)],
    [' '],
    ['You are a coding agent in a terminal.'],
    ['You have access to the following tools: read_file.'],
    ['Answer with a <tool_call> block.'],
    ['Use function calling where possible.'],
  ])('is dropped: %.40s', (instruction) => expect(promptFor(instruction)).toBe('a cat'));
});

const picture: MediaItem = {
  id: 'p',
  kind: 'image',
  role: 'result',
  contentType: 'image/png',
  location: { type: 'path', path: '/media/p.png' },
};
const head = { responseId: 'job_1', modelVersion: 'm' };
const cost = { prompt: 'abcde', inputPictures: 1 };
const done = (media: MediaItem[]) =>
  toCandidate({ type: 'completed', media, cancelRequested: false }, { origin: 'http://gw', kind: 'image' });
const refused = (accepted: boolean, reason?: string, kind: 'image' | 'video' = 'image') =>
  toCandidate(
    {
      type: 'failed',
      error: { code: 'content_refused', message: 'No.', details: { reason } },
      media: [],
      accepted,
    },
    { origin: 'http://gw', kind },
  );
const failed = (
  code: 'upstream_unavailable' | 'upstream_failed',
  accepted = false,
  media: MediaItem[] = [],
) =>
  toCandidate(
    { type: 'failed', error: { code, message: 'Broken.' }, media, accepted },
    { origin: 'http://gw', kind: 'image' },
  );
const encode = async (candidates: Candidate[], more: Partial<AnswerObject> = {}) => {
  let json = '';
  const parts = (candidate: Candidate) =>
    candidate.type === 'media'
      ? [{ open: async () => ({ mimeType: 'image/jpeg', base64: ['QUJD', 'REVG'] }) }]
      : [];
  const object = {
    candidates: candidates.map((candidate, index) => ({ index, candidate, parts: parts(candidate) })),
    isAll: true,
    cost,
    ...more,
  };
  for await (const piece of encodeContent(object, head)) json += piece;
  return JSON.parse(json) as unknown;
};

describe('an answer', () => {
  test('has the picture as what it is, the usage and whose answer it is', async () => {
    expect(await encode([done([picture])])).toEqual({
      candidates: [
        {
          content: { role: 'model', parts: [{ inlineData: { mimeType: 'image/jpeg', data: 'QUJDREVG' } }] },
          finishReason: 'STOP',
          index: 0,
        },
      ],
      usageMetadata: {
        promptTokenCount: 260,
        candidatesTokenCount: 1_290,
        totalTokenCount: 1_550,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 2 },
          { modality: 'IMAGE', tokenCount: 258 },
        ],
        candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1_290 }],
      },
      modelVersion: 'm',
      responseId: 'job_1',
    });
  });

  test('may have a text before the picture', async () => {
    const parts = [
      { text: 'Not from "that".' },
      { open: async () => ({ mimeType: 'image/png', base64: ['QUJD'] }) },
    ];
    const candidate = done([picture]);
    expect(await encode([candidate], { candidates: [{ index: 0, candidate, parts }] })).toMatchObject({
      candidates: [
        { content: { parts: [{ text: 'Not from "that".' }, { inlineData: { mimeType: 'image/png' } }] } },
      ],
    });
  });

  test('has no usage while more is to come', async () => {
    expect(await encode([done([picture])], { cost: undefined } as never)).not.toHaveProperty('usageMetadata');
  });

  test.each([
    ['PUBLIC_ERROR_UNSAFE_GENERATION', 'SAFETY'],
    ['PUBLIC_ERROR_UNSAFE_IMAGE_UPLOAD', 'IMAGE_SAFETY'],
    ['PUBLIC_ERROR_MINOR', 'PROHIBITED_CONTENT'],
    [undefined, 'SAFETY'],
  ])('to a prompt that was refused for %s is feedback of %s', async (reason, blockReason) => {
    const answer = await encode([refused(false, reason)]);
    expect(answer).toMatchObject({
      promptFeedback: { blockReason, blockReasonMessage: 'No.' },
      responseId: 'job_1',
    });
    expect(answer).not.toHaveProperty('candidates');
  });

  test.each([
    ['image', 'IMAGE_SAFETY'],
    ['video', 'SAFETY'],
  ] as const)('of which the %s was held back says so in its candidate: %s', async (kind, finishReason) => {
    expect(await encode([refused(true, undefined, kind)])).toMatchObject({
      candidates: [{ finishReason, finishMessage: 'No.', content: { parts: [] } }],
    });
  });

  test('of several candidates has what was made, and says of the rest why not', async () => {
    expect(await encode([refused(false), done([picture]), failed('upstream_failed', true)])).toMatchObject({
      candidates: [
        { index: 0, finishReason: 'IMAGE_SAFETY' },
        { index: 1, finishReason: 'STOP' },
        { index: 2, finishReason: 'OTHER', finishMessage: 'Broken.' },
      ],
    });
  });

  test('is an error where nothing is an answer, rather one that nobody repeats', () => {
    expect(failureOf([done([picture]), failed('upstream_failed')])).toBeUndefined();
    expect(failureOf([refused(false), failed('upstream_failed')])).toBeUndefined();
    expect(failureOf([failed('upstream_unavailable'), failed('upstream_failed', true)])?.error.status).toBe(
      424,
    );
    expect(failureOf([failed('upstream_unavailable')])?.error.status).toBe(502);
  });

  test('says where what was made before a failure is', () => {
    const { error } = failureOf([failed('upstream_failed', true, [picture])]) ?? {};
    expect(error?.body.error.message).toBe('Broken. Made before the failure: http://gw/media/p.png');
  });

  test('without a result is a failure, and so is a cancelled job', () => {
    expect(failureOf([done([{ ...picture, role: 'base' }])])?.code).toBe('upstream_failed');
    expect(
      failureOf([toCandidate({ type: 'cancelled' }, { origin: '', kind: 'image' })])?.error.body.error.status,
    ).toBe('CANCELLED');
  });
});

test.each<[GenerationEvent, string | undefined]>([
  [{ type: 'queued', position: 3 }, 'Waiting in the queue: position 3.\n'],
  [{ type: 'progress', elapsedSeconds: 5 }, 'Generating: 5 s elapsed.\n'],
  [
    { type: 'progress', elapsedSeconds: 5, percent: 12.7, estimated: true },
    'Generating: about 12 %, 5 s elapsed.\n',
  ],
  [{ type: 'step', step: 'saving', detail: {} }, undefined],
])('progress %j is told as %j', (event, line) => expect(spellProgress(event)).toBe(line));
