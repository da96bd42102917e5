import { expect, test } from 'vitest';
import { resolveModel } from '../models/resolve';
import { asksForPictures, decodeModelOptions } from './model-options';

/** The options without the names that they were sent under. */
const optionsOf = (body: Record<string, unknown>) => {
  const { names: _names, ...options } = decodeModelOptions(body);
  return options;
};

test.each([
  ['nothing', {}, {}],
  [
    'the top level',
    { size: '1024x1024', quality: '2k', aspect_ratio: '16:9' },
    { size: '1024x1024', quality: '2k', aspectRatio: '16:9' },
  ],
  [
    'camel case at the top level',
    { aspectRatio: '9:16', imageSize: '4K' },
    { aspectRatio: '9:16', resolution: '4K' },
  ],
  [
    "Gemini's imageConfig",
    { generationConfig: { imageConfig: { aspectRatio: '1:1', imageSize: '2K' } } },
    { aspectRatio: '1:1', resolution: '2K' },
  ],
  [
    'generation_config in snake case',
    { generation_config: { image_config: { aspect_ratio: '4:3' } } },
    { aspectRatio: '4:3' },
  ],
  ['generationConfig itself', { generationConfig: { aspectRatio: '3:4' } }, { aspectRatio: '3:4' }],
  [
    'generationConfig inside extra_body',
    { extra_body: { generationConfig: { imageConfig: { aspectRatio: '1:1' } } } },
    { aspectRatio: '1:1' },
  ],
  [
    "OpenRouter's image_config",
    { image_config: { aspect_ratio: '16:9', image_size: '2K' } },
    { aspectRatio: '16:9', resolution: '2K' },
  ],
  [
    "Google's extra_body",
    { extra_body: { google: { image_config: { aspect_ratio: '9:16', image_size: '4K' } } } },
    { aspectRatio: '9:16', resolution: '4K' },
  ],
  [
    "Google's extra_body without a config",
    { extra_body: { google: { aspect_ratio: '1:1' } } },
    { aspectRatio: '1:1' },
  ],
  [
    'extra_body as Python merges it',
    { google: { image_config: { aspect_ratio: '1:1' } } },
    { aspectRatio: '1:1' },
  ],
  ['seconds as a number', { seconds: 8 }, { seconds: 8 }],
  ['seconds as text', { seconds: '8' }, { seconds: 8 }],
  ['a duration with its unit', { duration: '6s' }, { seconds: 6 }],
  ['a resolution', { resolution: '1080p' }, { resolution: '1080p' }],
  ["pixels in SiliconFlow's image_size", { image_size: '1024x1024' }, { size: '1024x1024' }],
  ['pixels in imageSize', { imageSize: '960x1280' }, { size: '960x1280' }],
  ['pixels in resolution', { resolution: '1280x720' }, { size: '1280x720' }],
  ['a size before pixels elsewhere', { image_size: '512x512', size: '1024x1536' }, { size: '1024x1536' }],
  [
    'pixels beside a resolution',
    { image_size: '512x512', resolution: '2k' },
    { size: '512x512', resolution: '2k' },
  ],
])('options are read from %s', (_place, body, options) => {
  expect(optionsOf(body)).toEqual(options);
});

test('the most specific place wins', () => {
  const body = { aspect_ratio: '1:1', generationConfig: { imageConfig: { aspectRatio: '16:9' } } };
  expect(optionsOf(body)).toEqual({ aspectRatio: '16:9' });
});

test.each([
  [{ size: null }],
  [{ size: '' }],
  [{ quality: {} }],
  [{ generationConfig: 'x' }],
  [{ extra_body: [] }],
])('%j means nothing', (body) => {
  expect(decodeModelOptions(body)).toEqual({});
});

test.each([
  ['aspect_ratio', ['16:9']],
  ['aspectRatio', {}],
  ['size', true],
  ['size', { width: 1_024 }],
  ['resolution', []],
  ['seconds', true],
  ['duration', [8]],
])('%s of another kind is refused instead of passed over: %j', (name, value) => {
  for (const body of [{ [name]: value }, { extra_body: { google: { [name]: value } } }]) {
    expect(() => decodeModelOptions(body)).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: name }),
    );
  }
});

test.each(['auto', '1024x1024', '1536X1024', '16:9'])('the size %s is taken', (size) => {
  expect(decodeModelOptions({ size })).toEqual({ size });
});

test.each(['large', '1024', '2K', 'x', '1024x', '-1x5'])('the size %j is refused by name', (size) => {
  expect(() => decodeModelOptions({ size })).toThrow(
    expect.objectContaining({ code: 'invalid_request', param: 'size' }),
  );
});

test.each(['seconds', 'duration', 'durationSeconds'])('%s that is no number is refused by name', (name) => {
  expect(() => decodeModelOptions({ [name]: 'long' })).toThrow(
    expect.objectContaining({
      code: 'invalid_request',
      param: name,
      message: expect.stringContaining(`"${name}"`),
    }),
  );
});

test.each([
  { seconds: 'long' },
  { duration: [8] },
  { duration_seconds: 'abc' },
  { durationSeconds: true },
  { extra_body: { duration: {} } },
])('of a picture no length is read: %j', (body) => {
  expect(decodeModelOptions(body, { kind: 'image' })).toEqual({});
});

test.each<[object, string]>([
  [{ image_size: '9k' }, 'image_size'],
  [{ image_config: { imageSize: '9k' } }, 'imageSize'],
  [{ resolution: '9k' }, 'resolution'],
  [{ aspect: '5:1' }, 'aspect'],
  [{ duration: 3 }, 'duration'],
  [{ seconds: 3 }, 'seconds'],
])('a demand of %j that cannot be met is refused as %s', (body, param) => {
  const model = 'seconds' in body || 'duration' in body ? 'veo-3.1-fast' : 'gemini-3.1-flash-image';
  const defaults = { image: 'gemini-3.1-flash-image', video: 'veo-3.1-fast' };
  expect(() => resolveModel(model, decodeModelOptions({ ...body }), { images: 0 }, defaults)).toThrow(
    expect.objectContaining({ code: 'invalid_request', param }),
  );
});

test.each<[object, boolean]>([
  [{ modalities: ['image', 'text'] }, true],
  [{ modalities: ['TEXT', 'IMAGE'] }, true],
  [{ extra_body: { google: { response_modalities: ['IMAGE'] } } }, true],
  [{ extra_body: { google: { generation_config: { response_modalities: ['Image'] } } } }, true],
  [{ google: { response_modalities: ['IMAGE'] } }, true],
  [{ generationConfig: { responseModalities: ['TEXT', 'IMAGE'] } }, true],
  [{ extra_body: { modalities: ['image'] } }, true],
  [{ modalities: ['text', 7, null] }, false],
  [{ modalities: { image: true } }, false],
  [{}, false],
])('%j asks for pictures beside the text: %s', (body, expected) => {
  expect(asksForPictures({ ...body })).toBe(expected);
});
