import { describe, expect, test } from 'vitest';
import type { MediaItem } from '../generation/types';
import {
  countImageUsage,
  decodeImages,
  encodeCompletedPicture,
  encodeImagesAnswer,
  sortEnds,
  targetOf,
  tellingFailure,
} from './images';

const decode = (
  fields: object,
  files: { field: string; bytes: Uint8Array }[] = [],
  task: 'generation' | 'edit' = 'generation',
) => decodeImages(task, { fields: { prompt: 'a lighthouse', ...fields }, files }, 'default-model');
const png = { field: 'image', bytes: new Uint8Array([1]) };
const dataUrl = 'data:image/png;base64,AAAA';

const refusal = (run: () => unknown): { param?: string; message?: string; code?: string } => {
  try {
    run();
  } catch (error) {
    return error as { param: string };
  }
  return {};
};

describe('what a request asks for', () => {
  test.each<[rule: string, fields: object, expected: object]>([
    ['the default model without one', {}, { model: 'default-model' }],
    [
      'null is not set',
      { model: null, n: null, size: null, seed: null, stream: null },
      { model: 'default-model', options: {} },
    ],
    [
      'nor is the empty text of a form',
      { model: '', n: '', size: '' },
      { model: 'default-model', options: {} },
    ],
    ['the model as it was sent', { model: 'gpt-image-1' }, { model: 'gpt-image-1' }],
    ['a size is a wish', { size: '1024x1536' }, { options: { size: '1024x1536' } }],
    ['auto is one as well', { size: 'auto' }, { options: { size: 'auto' } }],
    ['width and height count as a size', { width: 1024, height: '768' }, { options: { size: '1024x768' } }],
    ['but not beside one', { width: 1024, height: 768, size: '512x512' }, { options: { size: '512x512' } }],
    ['a ratio is a demand', { aspect_ratio: '16:9' }, { options: { aspectRatio: '16:9' } }],
    [
      'in the spelling of LobeChat too',
      { aspectRatio: '3:4' },
      { options: expect.objectContaining({ aspectRatio: '3:4' }) },
    ],
    ["pixels in SiliconFlow's image_size", { image_size: '1024x1024' }, { options: { size: '1024x1024' } }],
    ['nor does a length in any spelling', { duration_seconds: 'abc', durationSeconds: [] }, { options: {} }],
    ['a resolution is a demand', { resolution: '2K' }, { options: { resolution: '2K' } }],
    ['a quality is handed on', { quality: 'hd' }, { options: { quality: 'hd' } }],
    ['seconds mean nothing', { seconds: 'long', duration: 8 }, { options: {} }],
    ['a seed is used', { seed: '7' }, { seed: 7 }],
    [
      'what means nothing is ignored',
      {
        style: 'vivid',
        background: 'transparent',
        moderation: 'low',
        user: 7,
        output_compression: 'much',
        partial_images: 9,
        x: {},
      },
      { prompt: 'a lighthouse', options: {}, references: [] },
    ],
  ])('%s', (_rule, fields, expected) => {
    expect(decode(fields).generations).toEqual([expect.objectContaining(expected)]);
  });

  test.each([
    ['absent', undefined, 1],
    ['a number', 4, 4],
    ['text, as forms have it', '10', 10],
  ])('n is %s', (_what, n, expected) => {
    expect(decode({ n }).generations).toHaveLength(expected);
  });

  test.each([
    [{ batch_size: 3 }, 3],
    [{ batch_size: 3, n: 2 }, 2],
    [{ batch_size: 3, n: null }, 3],
  ])('batch_size counts where there is no n: %j', (fields, expected) => {
    expect(decode(fields).generations).toHaveLength(expected);
  });

  test('pictures of one request share what has to be looked at once, and have seeds of their own', () => {
    const [one, two] = decode({ n: 2, seed: 5, image: dataUrl }).generations;
    expect([one?.seed, two?.seed]).toEqual([5, 6]);
    expect(one?.references).toBe(two?.references);
    expect(one?.options).toBe(two?.options);
  });

  test.each<[rule: string, fields: object, stream: boolean]>([
    ['absent', {}, false],
    ['true', { stream: true }, true],
    ['text', { stream: 'true' }, true],
    ['text that says no', { stream: 'false' }, false],
  ])('stream is %s', (_rule, fields, stream) => {
    expect(decode(fields).stream).toBe(stream);
  });

  test.each<[rule: string, fields: object, style: object]>([
    ['bytes unless asked otherwise', {}, { as: 'b64_json' }],
    ['addresses for the models that gave them', { model: 'dall-e-3' }, { as: 'url' }],
    ['what is asked for', { model: 'dall-e-3', response_format: 'b64_json' }, { as: 'b64_json' }],
    ['bytes in a stream, whatever the model', { model: 'dall-e-3', stream: true }, { as: 'b64_json' }],
    [
      'addresses in a stream that asks for them',
      { model: 'dall-e-3', stream: true, response_format: 'url' },
      { as: 'url' },
    ],
    ['addresses where asked for', { response_format: 'url' }, { as: 'url' }],
    [
      'a format',
      { output_format: 'jpeg', output_compression: '40' },
      { as: 'b64_json', format: 'jpeg', compression: 40 },
    ],
    ['a format by its other name', { output_format: 'JPG' }, { as: 'b64_json', format: 'jpeg' }],
    ['no compression beyond the scale', { output_compression: 101 }, { as: 'b64_json' }],
  ])('the answer has %s', (_rule, fields, style) => {
    expect(decode(fields).style).toEqual(style);
  });

  test.each<[field: string, fields: object]>([
    ['prompt', { prompt: undefined }],
    ['prompt', { prompt: '  ' }],
    ['prompt', { prompt: '\0 \0' }],
    ['prompt', { prompt: 7 }],
    ['prompt', { prompt: 'x'.repeat(32_001) }],
    ['model', { model: 7 }],
    ['n', { n: 0 }],
    ['n', { n: -1 }],
    ['n', { n: 1e9 }],
    ['n', { n: 1.5 }],
    ['n', { n: 'many' }],
    ['n', { n: [1] }],
    ['batch_size', { batch_size: 11 }],
    ['size', { size: 'huge' }],
    ['size', { size: { width: 1 } }],
    ['response_format', { response_format: 'png' }],
    ['output_format', { output_format: 'gif' }],
    ['stream', { stream: 'perhaps' }],
    ['mask', { mask: { image_url: dataUrl } }],
    ['markup', { markup: dataUrl }],
    ['image', { image: 'cat.png' }],
    ['image.1', { image: [dataUrl, 'ftp://example.com/x.png'] }],
    ['images.0', { images: [{ file_id: 'file-1' }] }],
    ['images.0', { images: [7] }],
    ['image_url', { image_url: 'cat.png' }],
    ['reference_image', { reference_image: dataUrl }],
    ['reference_images', { reference_images: [dataUrl] }],
    ['input_image', { input_image: { image_url: { url: dataUrl } } }],
    ['input_reference', { input_reference: `{"image_url":"${dataUrl}"}` }],
    ['start_image', { start_image: 'https://example.com/a.png' }],
    ['first_frame', { first_frame: dataUrl }],
    ['imageUrl', { imageUrl: dataUrl }],
    ['imageUrls', { imageUrls: [dataUrl] }],
  ])('%s is refused as %o', (param, fields) => {
    expect(refusal(() => decode(fields))).toMatchObject({ code: 'invalid_request', param });
  });

  test('a file that nobody reads is refused, with what would be right', () => {
    const stray = { ...png, field: 'picture' };
    expect(refusal(() => decode({}, [stray]))).toMatchObject({
      code: 'invalid_request',
      param: 'picture',
      message: expect.stringContaining('POST /v1/images/edits'),
    });
    expect(refusal(() => decode({}, [png, stray], 'edit'))).toMatchObject({ param: 'picture' });
  });

  test.each([
    { reference_image: 'none' },
    { input_image: true },
    { imageUrl: '' },
    { reference_images: [] },
    { webhook_url: 'https://example.com/a.png' },
  ])('what is no picture, or no field of one, is ignored: %j', (fields) => {
    expect(decode(fields).generations[0]?.references).toEqual([]);
  });

  test('a mask that is a file is refused as well', () => {
    expect(refusal(() => decode({}, [png, { ...png, field: 'mask' }], 'edit'))).toMatchObject({
      param: 'mask',
    });
  });

  test('an edit needs a picture', () => {
    expect(refusal(() => decode({}, [], 'edit'))).toMatchObject({ param: 'image' });
  });
});

describe('pictures in every spelling', () => {
  const url = (at: string, param: string) => ({ type: 'url', url: at, param });
  test.each<[rule: string, fields: object, expected: object[]]>([
    ['an address', { image: 'https://example.com/a.png' }, [url('https://example.com/a.png', 'image')]],
    ['the picture itself', { image: dataUrl }, [url(dataUrl, 'image')]],
    ['a list', { image: [dataUrl, dataUrl] }, [url(dataUrl, 'image.0'), url(dataUrl, 'image.1')]],
    ['images of addresses', { images: [dataUrl] }, [url(dataUrl, 'images.0')]],
    ['images of objects', { images: [{ image_url: dataUrl }] }, [url(dataUrl, 'images.0')]],
    ['objects within objects', { images: [{ image_url: { url: dataUrl } }] }, [url(dataUrl, 'images.0')]],
    ['one object', { image: { url: dataUrl } }, [url(dataUrl, 'image')]],
    ['image_url', { image_url: dataUrl }, [url(dataUrl, 'image_url')]],
    [
      'image_urls',
      { image_urls: [dataUrl, dataUrl] },
      [url(dataUrl, 'image_urls.0'), url(dataUrl, 'image_urls.1')],
    ],
    ['a list as text of a form', { images: `[{"image_url":"${dataUrl}"}]` }, [url(dataUrl, 'images.0')]],
    ['null', { image: null, images: null, image_url: null, image_urls: '' }, []],
  ])('%s', (_rule, fields, expected) => {
    expect(decode(fields).generations[0]?.references).toEqual(expected);
  });

  test('files come before addresses', () => {
    const { generations } = decode({ image: dataUrl }, [png], 'edit');
    expect(generations[0]?.references).toEqual([
      { type: 'bytes', bytes: png.bytes, param: 'image' },
      url(dataUrl, 'image'),
    ]);
  });
});

const item = (id: string, contentType = 'image/png', role: 'result' | 'base' = 'result'): MediaItem => ({
  id,
  kind: 'image',
  role,
  contentType,
  location: { type: 'path', path: `/media/${id}.png` },
  width: 1376,
  height: 768,
});
const completed = (...media: MediaItem[]) => ({ type: 'completed' as const, media, cancelRequested: false });
const failed = (
  code: 'content_refused' | 'upstream_unavailable' | 'upstream_failed',
  accepted = false,
  media: MediaItem[] = [],
) => ({
  type: 'failed' as const,
  error: { code, message: `it was ${code}` },
  media,
  accepted,
});
const origin = 'https://gw.example';

describe('what became of the jobs', () => {
  test('what was made is given, and the rest is known', () => {
    const { pictures, failures } = sortEnds(
      [completed(item('a')), failed('upstream_failed', true), completed(item('b'))],
      origin,
    );
    expect(pictures.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(failures.map(({ code }) => code)).toEqual(['upstream_failed']);
  });

  test('the base of an upscale that was made is left out', () => {
    const { pictures } = sortEnds([completed(item('a', 'image/png', 'base'), item('b'))], origin);
    expect(pictures.map(({ id }) => id)).toEqual(['b']);
  });

  test('the base of an upscale is no result, and the failure says where it is', () => {
    const { pictures, failures } = sortEnds(
      [failed('upstream_failed', true, [item('a', 'image/png', 'base')])],
      origin,
    );
    expect(pictures).toEqual([]);
    expect(failures[0]?.error.body.error.message).toContain('https://gw.example/media/a.png');
  });

  test.each([
    [
      'one that no client repeats before one that it would',
      [failed('upstream_unavailable'), failed('upstream_failed', true)],
      424,
    ],
    ['a refusal of the prompt likewise', [failed('upstream_unavailable'), failed('content_refused')], 400],
    ['the first otherwise', [failed('upstream_unavailable')], 502],
  ])('the failure told is %s', (_rule, ends, status) => {
    expect(tellingFailure(sortEnds(ends, origin).failures)?.error.status).toBe(status);
  });
});

describe('what a picture is turned into', () => {
  test.each<[rule: string, style: object, stored: string, expected: object | undefined]>([
    ['nothing unless asked', {}, 'image/png', undefined],
    ['nothing when it is that already', { format: 'png' }, 'image/png', undefined],
    ['the format that is asked for', { format: 'webp' }, 'image/png', { format: 'webp' }],
    [
      'with the compression that is asked for',
      { format: 'jpeg', compression: 40 },
      'image/png',
      { format: 'jpeg', quality: 40 },
    ],
    [
      'also when only the compression differs',
      { compression: 40 },
      'image/jpeg',
      { format: 'jpeg', quality: 40 },
    ],
    ['but PNG has none', { compression: 40 }, 'image/png', undefined],
  ])('%s', (_rule, style, contentType, expected) => {
    expect(targetOf(style, { contentType })).toEqual(expected);
  });
});

const text = async (pieces: AsyncIterable<string>) => {
  let all = '';
  for await (const piece of pieces) all += piece;
  return all;
};
async function* pieces(...all: string[]) {
  yield* all;
}

describe('the answer', () => {
  const usage = countImageUsage({ prompt: 'a lighthouse', inputPictures: 1 }, 2);
  const head = { created: 1_764_000_000, facts: { format: 'png' as const, width: 1376, height: 768 }, usage };

  test('is JSON whose pieces are one text', async () => {
    const answer = encodeImagesAnswer(
      [{ base64: pieces('AAAA', 'BBBB') }, { url: 'https://gw.example/a"b' }],
      head,
    );
    expect(JSON.parse(await text(answer))).toEqual({
      created: 1_764_000_000,
      data: [{ b64_json: 'AAAABBBB' }, { url: 'https://gw.example/a"b' }],
      size: '1376x768',
      quality: 'high',
      background: 'opaque',
      output_format: 'png',
      usage: {
        input_tokens: 261,
        output_tokens: 2_580,
        total_tokens: 2_841,
        input_tokens_details: { text_tokens: 3, image_tokens: 258 },
      },
    });
  });

  test('says no size that is not known', async () => {
    const answer = encodeImagesAnswer([{ url: 'u' }], { ...head, facts: { format: undefined } });
    expect(JSON.parse(await text(answer))).not.toHaveProperty('size');
  });

  test.each([
    ['generation', 'image_generation.completed'],
    ['edit', 'image_edit.completed'],
  ] as const)('as an event of a stream: %s', (task, type) => {
    expect(encodeCompletedPicture(task, { b64_json: 'AAAA' }, head)).toEqual({
      type,
      b64_json: 'AAAA',
      created_at: 1_764_000_000,
      size: '1376x768',
      quality: 'high',
      background: 'opaque',
      output_format: 'png',
      usage,
    });
  });
});
