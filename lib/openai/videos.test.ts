import { describe, expect, test } from 'vitest';
import type { VideoView } from '../generation/types';
import {
  decodeExtension,
  decodeSource,
  decodeVariant,
  decodeVideoId,
  decodeVideoQuery,
  decodeVideoRequest,
  encodeVideo,
  encodeVideoId,
  encodeVideoList,
  pollAfterMs,
} from './videos';

const defaults = { image: 'gemini-3.1-flash-image', video: 'veo-3.1-fast' };
const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const file = (field: string, text = field) => ({ field, bytes: bytes(text) });

const decode = (fields: Record<string, unknown>, files: { field: string; bytes: Uint8Array }[] = []) =>
  decodeVideoRequest({ fields: { prompt: 'a lighthouse', ...fields }, files }, defaults);

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('the request', () => {
  test('text alone goes to the default model', () => {
    expect(decode({})).toEqual({
      model: 'veo-3.1-fast',
      prompt: 'a lighthouse',
      options: {},
      references: [],
    });
  });

  test.each<[string, Record<string, unknown>, object]>([
    ['text of a form', { seconds: '8', size: '720x1280' }, { seconds: 8, size: '720x1280' }],
    ['a number', { seconds: 6 }, { seconds: 6 }],
    ['our own', { aspect_ratio: '9:16', resolution: '1080p' }, { aspectRatio: '9:16', resolution: '1080p' }],
    ['a quality that is no text', { quality: 1 }, { quality: '1' }],
    ['a quality that is an object', { quality: {} }, {}],
    ['null and empty text are not set', { seconds: null, size: '', resolution: null }, {}],
    ['what is unknown is ignored', { style: 'x', metadata: { a: 1 } }, {}],
  ])('options: %s', (_rule, fields, options) => {
    expect(decode(fields).options).toEqual(options);
  });

  const address = 'https://example.com/a.png';
  test.each<[string, Record<string, unknown>, ReturnType<typeof file>[], object]>([
    [
      'a file',
      {},
      [file('input_reference')],
      { references: [{ type: 'bytes', bytes: bytes('input_reference'), param: 'input_reference' }] },
    ],
    [
      'an address',
      { input_reference: address },
      [],
      { references: [{ type: 'url', url: address, param: 'input_reference' }] },
    ],
    [
      'an object',
      { input_reference: { image_url: address } },
      [],
      { references: [{ type: 'url', url: address, param: 'input_reference' }] },
    ],
    [
      'a nested object',
      { input_reference: { image_url: { url: address } } },
      [],
      { references: [{ type: 'url', url: address, param: 'input_reference' }] },
    ],
    [
      'an object as text of a form',
      { input_reference: `{"image_url":"${address}"}` },
      [],
      { references: [{ type: 'url', url: address, param: 'input_reference' }] },
    ],
    [
      'an object with a plain address',
      { input_reference: { url: address } },
      [],
      { references: [{ type: 'url', url: address, param: 'input_reference' }] },
    ],
    [
      'a data URL',
      { input_reference: 'data:image/png;base64,AAAA' },
      [],
      { references: [{ type: 'url', url: 'data:image/png;base64,AAAA', param: 'input_reference' }] },
    ],
    ['another name', { image: address }, [], { references: [{ type: 'url', url: address, param: 'image' }] }],
    [
      'image_url',
      { image_url: address },
      [],
      { references: [{ type: 'url', url: address, param: 'image_url' }] },
    ],
    [
      'a first frame',
      { first_frame: address },
      [],
      { references: [{ type: 'url', url: address, param: 'first_frame' }], pictureRole: 'frame' },
    ],
    [
      'a first frame as a file, and a last one',
      { last_frame: address },
      [file('first_frame')],
      {
        references: [
          { type: 'bytes', bytes: bytes('first_frame'), param: 'first_frame' },
          { type: 'url', url: address, param: 'last_frame' },
        ],
        pictureRole: 'frame',
      },
    ],
    [
      'a first and a last frame, in that order',
      { last_frame: address },
      [file('input_reference')],
      {
        references: [
          { type: 'bytes', bytes: bytes('input_reference'), param: 'input_reference' },
          { type: 'url', url: address, param: 'last_frame' },
        ],
        pictureRole: 'frame',
      },
    ],
    [
      'pictures that are no frames',
      { reference_images: [address, { image_url: address }] },
      [],
      {
        references: [
          { type: 'url', url: address, param: 'reference_images.0' },
          { type: 'url', url: address, param: 'reference_images.1' },
        ],
        pictureRole: 'reference',
      },
    ],
    [
      'files of no frames',
      {},
      [file('reference_images', 'a'), file('reference_images', 'b')],
      { references: [{ bytes: bytes('a') }, { bytes: bytes('b') }], pictureRole: 'reference' },
    ],
  ])('pictures: %s', (_rule, fields, files, expected) => {
    const { references, pictureRole } = decode(fields, files);
    expect({ references, ...(pictureRole === undefined ? {} : { pictureRole }) }).toMatchObject(expected);
    expect(references).toHaveLength((expected as { references: unknown[] }).references.length);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['no prompt', { prompt: undefined }, 'prompt'],
    ['an empty prompt', { prompt: '  ' }, 'prompt'],
    ['a prompt of NUL', { prompt: '\0' }, 'prompt'],
    ['a prompt that is no text', { prompt: ['x'] }, 'prompt'],
    ['a prompt that is too long', { prompt: 'x'.repeat(32_001) }, 'prompt'],
    ['a model that is no text', { model: 5 }, 'model'],
    ['a model for pictures', { model: 'gemini-3.1-flash-image' }, 'model'],
    ['the name of one', { model: 'gpt-image-1' }, 'model'],
    ['seconds that are no number', { seconds: 'long' }, 'seconds'],
    ['seconds that are a list', { seconds: [8] }, 'seconds'],
    ['a size that is none', { size: 'large' }, 'size'],
    ['a size that is an object', { size: { width: 1 } }, 'size'],
    ['a ratio that is a number', { aspect_ratio: 1.78 }, 'aspect_ratio'],
    ['an uploaded file', { input_reference: { file_id: 'file-1' } }, 'input_reference'],
    ['a reference that is none', { input_reference: 'lighthouse.png' }, 'input_reference'],
    [
      'an address of another kind',
      { reference_images: ['https://example.com/a', 'file:///etc/passwd'] },
      'reference_images.1',
    ],
    ['a last frame alone', { last_frame: address }, 'last_frame'],
    ['two last frames', { input_reference: address, last_frame: [address, address] }, 'last_frame'],
    ['two first frames', { first_frame: address, input_reference: address }, 'first_frame'],
    ['a picture under a name of other APIs', { reference_image: address }, 'reference_image'],
    ['another such name', { start_image: { url: address } }, 'start_image'],
    ['another', { image_urls: [address] }, 'image_urls'],
    ['another, as text of a form', { input_image: `[{"image_url":"${address}"}]` }, 'input_image'],
    ['another, in camel case', { imageUrl: address }, 'imageUrl'],
    ['frames beside references', { input_reference: address, reference_images: address }, 'reference_images'],
  ])('%s is refused', (_rule, fields, param) => {
    expect(thrownBy(() => decode(fields))).toMatchObject({ code: 'invalid_request', param });
  });

  test.each(['file', 'mask', 'input_reference[image_url]'])(
    'a file in %s, which nobody reads, is refused',
    (field) => {
      expect(thrownBy(() => decode({}, [file('input_reference'), file(field)]))).toMatchObject({
        code: 'invalid_request',
        param: field,
        message: expect.stringContaining('input_reference'),
      });
    },
  );
});

describe('the earlier video', () => {
  test.each<[string, unknown]>([
    ['an object', { id: 'video_abc' }],
    ['its id alone', 'video_abc'],
    ['the id of its job', 'job_abc'],
    ['an object as text of a form', '{"id":"video_abc"}'],
  ])('as %s', (_rule, video) => {
    expect(decodeSource({ fields: { video }, files: [] })).toBe('job_abc');
  });

  test.each<[string, unknown, object]>([
    ['nothing', undefined, { code: 'invalid_request', param: 'video' }],
    ['a number', { id: 5 }, { code: 'invalid_request', param: 'video' }],
    [
      'an id that can be none',
      { id: '../x' },
      { code: 'not_found', param: 'video', wireCode: 'video_not_found' },
    ],
  ])('%s is refused', (_rule, video, expected) => {
    expect(thrownBy(() => decodeSource({ fields: { video }, files: [] }))).toMatchObject(expected);
  });

  test('a file is refused', () => {
    expect(thrownBy(() => decodeSource({ fields: {}, files: [file('video')] }))).toMatchObject({
      message: expect.stringContaining('file'),
      param: 'video',
    });
  });

  test.each<[string, Record<string, unknown>, ReturnType<typeof file>[]]>([
    ['input_reference', {}, [file('input_reference')]],
    ['last_frame', { last_frame: 'https://example.com/a.png' }, []],
    ['start_image', { start_image: 'https://example.com/a.png' }, []],
  ])('an extension takes no picture: %s', (param, fields, files) => {
    const body = { fields: { prompt: 'on', video: 'video_abc', ...fields }, files };
    expect(thrownBy(() => decodeExtension(body, defaults))).toMatchObject({ code: 'invalid_request', param });
  });

  test('an extension has the words and options of its own, and no model unless it is said', () => {
    const fields = { prompt: 'on and on', seconds: '8', video: { id: 'video_abc' } };
    expect(decodeExtension({ fields, files: [] }, defaults)).toEqual({
      jobId: 'job_abc',
      prompt: 'on and on',
      options: { seconds: 8 },
    });
    const named = { ...fields, model: 'veo-3.1-lite' };
    expect(decodeExtension({ fields: named, files: [] }, defaults).model).toBe('veo-3.1-lite');
  });
});

test.each([
  ['video_abc1', 'job_abc1'],
  ['job_abc1', 'job_abc1'],
  ['abc1', undefined],
  ['video_', undefined],
  ["video_' or 1=1", undefined],
])('the id %s means the job %s', (id, jobId) => {
  expect(decodeVideoId(id)).toBe(jobId);
});

test('an id goes there and back', () => {
  expect(decodeVideoId(encodeVideoId('job_abc'))).toBe('job_abc');
});

const view: VideoView = {
  jobId: 'job_abc',
  state: 'queued',
  model: 'sora-2',
  prompt: 'a lighthouse',
  aspectRatio: '16:9',
  resolution: '720p',
  seconds: 8,
  percent: 0,
  accepted: false,
  hasFile: false,
  createdAt: new Date(1_700_000_000_900),
};

describe('the object', () => {
  test('has every key from the beginning', () => {
    expect(encodeVideo(view)).toEqual({
      id: 'video_abc',
      object: 'video',
      model: 'sora-2',
      status: 'queued',
      progress: 0,
      created_at: 1_700_000_000,
      completed_at: null,
      expires_at: null,
      prompt: 'a lighthouse',
      size: '1280x720',
      seconds: '8',
      remixed_from_video_id: null,
      error: null,
    });
  });

  test('and the same keys at the end', () => {
    const done = encodeVideo({
      ...view,
      state: 'completed',
      percent: 100,
      endedAt: new Date(1_700_000_100_000),
      expiresAt: new Date(1_700_600_100_000),
    });
    expect(Object.keys(done)).toEqual(Object.keys(encodeVideo(view)));
    expect(done).toMatchObject({
      status: 'completed',
      completed_at: 1_700_000_100,
      expires_at: 1_700_600_100,
    });
  });

  test.each([
    ['running', 'in_progress'],
    ['failed', 'failed'],
    ['cancelled', 'failed'],
  ] as const)('%s is %s', (state, status) => {
    expect(encodeVideo({ ...view, state }).status).toBe(status);
  });

  test.each<[Partial<VideoView>, string]>([
    [{ aspectRatio: '9:16' }, '720x1280'],
    [{ resolution: '1080p' }, '1920x1080'],
    [{ aspectRatio: '9:16', resolution: '4k' }, '2160x3840'],
    [{ width: 1_264, height: 704 }, '1264x704'],
  ])('the size of %j is %s', (part, size) => {
    expect(encodeVideo({ ...view, ...part }).size).toBe(size);
  });

  test('a failure says what it was, with a code that is always text', () => {
    const error = { code: 'content_refused', message: 'The prompt was refused.' } as const;
    expect(encodeVideo({ ...view, state: 'failed', error }).error).toEqual({
      code: 'content_policy_violation',
      message: 'The prompt was refused.',
    });
    const plain = { code: 'invalid_request', message: 'No.' } as const;
    expect(encodeVideo({ ...view, state: 'failed', error: plain }).error?.code).toBe('invalid_request_error');
    expect(encodeVideo({ ...view, state: 'cancelled' }).error?.code).toBe('cancelled');
  });

  test('a failure says where what was made before it is', () => {
    const error = { code: 'upstream_failed', message: 'The upscale failed.' } as const;
    const { message } = encodeVideo({ ...view, state: 'failed', error, hasFile: true }).error ?? {};
    expect(message).toContain('/v1/videos/video_abc/content');
  });
});

describe('the list', () => {
  test('names its ends, by which clients go on', () => {
    const page = encodeVideoList([view, { ...view, jobId: 'job_def' }], true);
    expect(page).toMatchObject({
      object: 'list',
      first_id: 'video_abc',
      last_id: 'video_def',
      has_more: true,
    });
  });

  test('may be empty', () => {
    expect(encodeVideoList([], false)).toEqual({
      object: 'list',
      data: [],
      first_id: null,
      last_id: null,
      has_more: false,
    });
  });

  test.each([
    ['', { limit: 20, order: 'desc' }],
    ['limit=100&order=asc&after=video_abc', { limit: 100, order: 'asc', after: 'job_abc' }],
    ['limit=&order=', { limit: 20, order: 'desc' }],
    ['after=', { limit: 20, order: 'desc' }],
  ])('the query %j', (query, expected) => {
    expect(decodeVideoQuery(new URLSearchParams(query))).toEqual(expected);
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1e2', 'limit'],
    ['order=newest', 'order'],
    ['after=x', 'after'],
  ])('the query %s is refused', (query, param) => {
    expect(thrownBy(() => decodeVideoQuery(new URLSearchParams(query)))).toMatchObject({
      code: 'invalid_request',
      param,
    });
  });
});

test.each([
  ['', 'video'],
  ['variant=video', 'video'],
  ['variant=thumbnail', 'thumbnail'],
])('the query %j asks for the %s', (query, variant) => {
  expect(decodeVariant(new URLSearchParams(query))).toBe(variant);
});

test.each([
  ['variant=spritesheet', { code: 'not_found', param: 'variant' }],
  ['variant=gif', { code: 'invalid_request', param: 'variant' }],
])('the query %s is refused', (query, expected) => {
  expect(thrownBy(() => decodeVariant(new URLSearchParams(query)))).toMatchObject(expected);
});

test.each<[Partial<VideoView>, number | undefined]>([
  [{}, 5_000],
  [{ expectedMs: 10_000 }, 2_000],
  [{ state: 'running', expectedMs: 100_000 }, 5_000],
  [{ state: 'running', expectedMs: 900_000 }, 10_000],
  [{ state: 'completed', expectedMs: 100_000 }, undefined],
  [{ state: 'failed' }, undefined],
])('a client that sees %j looks again after %s ms', (part, ms) => {
  expect(pollAfterMs({ ...view, ...part })).toBe(ms);
});
