import { describe, expect, test } from 'vitest';
import { isGatewayError } from '../errors';
import { expectedIds, expectedNames } from './__fixtures__/expected-ids';
import { flowPlanFor, requiredTiers, totalCost } from './flow-plan';
import { resolveModel } from './resolve';
import type { FlowPlan, ModelInputs, ModelOptions, ModelSpec } from './types';

const defaults = { image: 'gemini-3.1-flash-image', video: 'veo-3.1-fast' };
const resolve = (id: string, options: ModelOptions = {}, inputs: ModelInputs = { images: 0 }): ModelSpec =>
  resolveModel(id, options, inputs, defaults);

const refusal = (id: string, options: ModelOptions, inputs: ModelInputs = { images: 0 }) => {
  try {
    return resolve(id, options, inputs);
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return { code: error.code, param: error.param, message: error.message };
  }
};

/** A plan as the fixture writes it. */
const written = (plan: FlowPlan | undefined) =>
  plan && {
    key: plan.modelKey,
    cost: plan.costUnknown ? '?' : String(plan.cost),
    upscaleCost: String(plan.upscaleCost),
  };

const size = (spec: ModelSpec) => spec.upscale ?? (spec.kind === 'image' ? '1k' : '720p');

describe('every id of the predecessor', () => {
  test.each(expectedIds)('$id with $inputs', ({ id, inputs, plans, ...expected }) => {
    const spec = resolve(id, {}, inputs);
    expect({ aspectRatio: spec.aspectRatio, seconds: spec.seconds, resolution: size(spec) }).toEqual(
      expected,
    );
    expect({
      free: written(flowPlanFor(spec, 'free')),
      pro: written(flowPlanFor(spec, 'pro')),
      ultra: written(flowPlanFor(spec, 'ultra')),
    }).toEqual(plans);
  });

  test('there are 228, and the id of the outcome means the same again', () => {
    expect(new Set(expectedIds.map(({ id }) => id)).size).toBe(228);
    const outcomes = expectedIds.map(({ id, inputs }) => ({ spec: resolve(id, {}, inputs), inputs }));
    const named = outcomes.filter(({ spec }) => spec.id !== spec.base);
    expect(named.map(({ spec, inputs }) => resolve(spec.id, {}, inputs))).toEqual(
      named.map(({ spec }) => spec),
    );
  });

  test.each(expectedIds)(
    '$id takes options that agree with it',
    ({ id, inputs, aspectRatio, seconds, resolution }) => {
      const options = { aspectRatio, resolution, ...(seconds === undefined ? {} : { seconds }) };
      expect(resolve(id, options, inputs)).toEqual(resolve(id, {}, inputs));
    },
  );
});

/** The inputs that suit an id, by the first line that the fixture has for it. */
const inputsOf = (id: string) => expectedIds.find((entry) => entry.id === id)?.inputs ?? { images: 0 };

describe('every video base name', () => {
  test('there are 56', () => expect(expectedNames).toHaveLength(56));

  test.each(expectedNames)('$name leaves the ratio open', ({ name, landscapeId, portraitId }) => {
    const inputs = inputsOf(landscapeId);
    expect(resolve(name, {}, inputs)).toEqual(resolve(landscapeId, {}, inputs));
    expect(resolve(name, { aspectRatio: '16:9' }, inputs)).toEqual(resolve(landscapeId, {}, inputs));
    expect(resolve(name, { aspectRatio: 'portrait' }, inputs)).toEqual(resolve(portraitId, {}, inputs));
    expect(resolve(name, { size: '720x1280' }, inputs)).toEqual(resolve(portraitId, {}, inputs));
  });

  test.each(
    expectedNames.flatMap(({ name, landscapeId, sizes }) => sizes.map((to) => ({ name, landscapeId, to }))),
  )('$name with $to is a name of its own', ({ name, landscapeId, to }) => {
    const inputs = inputsOf(landscapeId);
    expect(resolve(name, { resolution: to }, inputs)).toEqual(resolve(`${name}_${to}`, {}, inputs));
  });

  test.each(expectedNames.filter(({ sizes }) => sizes.length === 0))(
    '$name has its size fixed',
    ({ name, landscapeId }) => {
      const other = name.endsWith('4k') ? '1080p' : '4k';
      expect(refusal(name, { resolution: other }, inputsOf(landscapeId))).toMatchObject({
        param: 'resolution',
      });
    },
  );
});

describe('the ratio, when no option names it', () => {
  const tall = { images: 1, firstImage: { width: 900, height: 1600 } };
  const wide = { images: 1, firstImage: { width: 1600, height: 900 } };
  test.each([
    ['a base model follows the first picture', 'veo-3.1-fast', {}, tall, '9:16'],
    ['a base name follows the first picture', 'veo_3_1_i2v_s', {}, tall, '9:16'],
    [
      'the nearest ratio that the model has',
      'gemini-3.1-flash-image',
      {},
      { images: 1, firstImage: { width: 800, height: 1100 } },
      '3:4',
    ],
    ['a size comes before the picture', 'veo-3.1-fast', { size: '720x1280' }, wide, '9:16'],
    ['a size is a wish', 'veo-3.1-fast', { size: '1024x1024' }, { images: 0 }, '16:9'],
    ['size auto says nothing', 'veo-3.1-fast', { size: 'auto' }, tall, '9:16'],
    ['a ratio in size is a wish too', 'gemini-3.1-flash-image', { size: '1:1' }, { images: 0 }, '1:1'],
    [
      'a demand comes before the size',
      'veo-3.1-fast',
      { aspectRatio: '16:9', size: '720x1280' },
      tall,
      '16:9',
    ],
    ['a concrete id never follows the picture', 'veo_3_1_i2v_s_landscape', {}, tall, '16:9'],
    ['a name that is both stays landscape', 'veo_3_1_i2v_s_fast_fl', {}, tall, '16:9'],
    [
      'a wish does not move a concrete id',
      'veo_3_1_t2v_fast_landscape',
      { size: '720x1280' },
      { images: 0 },
      '16:9',
    ],
    ['nothing at all is landscape', 'gemini-3.0-pro-image', {}, { images: 0 }, '16:9'],
    [
      'an unreadable picture is landscape',
      'veo-3.1-fast',
      {},
      { images: 1, firstImage: { width: 0, height: 0 } },
      '16:9',
    ],
    ['auto as a ratio says nothing', 'veo-3.1-fast', { aspectRatio: 'auto' }, tall, '9:16'],
  ])('%s', (_rule, id, options, inputs, expected) => {
    expect(resolve(id, options, inputs).aspectRatio).toBe(expected);
  });
});

describe('the pictures decide the mode', () => {
  test.each([
    ['veo-3.1-fast', { images: 0 }, 'text-to-video'],
    ['veo-3.1-fast', { images: 1 }, 'first-frame'],
    ['veo-3.1-fast', { images: 2 }, 'first-last-frame'],
    ['veo-3.1-fast', { images: 3 }, 'reference-images'],
    ['veo-3.1-fast', { images: 1, pictureRole: 'reference' }, 'reference-images'],
    ['veo-3.1-fast', { images: 0, pictureRole: 'reference' }, 'text-to-video'],
    ['veo-3.1-fast', { images: 0, sourceVideo: true }, 'extend'],
    ['veo-3.1-fast-references', { images: 1 }, 'reference-images'],
    ['veo-3.1-lite', { images: 2 }, 'first-last-frame'],
    ['omni', { images: 0 }, 'text-to-video'],
    ['omni', { images: 7 }, 'reference-images'],
    ['omni-flash', { images: 1 }, 'reference-images'],
    ['omni-flash', { images: 1, pictureRole: 'frame' }, 'first-frame'],
    ['omni-flash-frames', { images: 1 }, 'first-frame'],
    ['gemini-3.1-flash-image', { images: 0 }, 'text-to-image'],
    ['gemini-3.1-flash-image', { images: 10 }, 'image-to-image'],
  ] as const)('%s with %j is %s', (id, inputs, expected) => {
    expect(resolve(id, {}, inputs).mode).toBe(expected);
  });
});

describe('worked examples', () => {
  test.each([
    ['gemini-3.0-pro-image', {}, 'gemini-3.0-pro-image-landscape'],
    ['gemini-3.0-pro-image', { aspectRatio: '16:9', resolution: '2K' }, 'gemini-3.0-pro-image-landscape-2k'],
    ['gemini-3.0-pro-image', { size: '1024x1792', quality: '4k' }, 'gemini-3.0-pro-image-portrait-4k'],
    ['gemini-3.1-flash-image', { aspectRatio: '3:4' }, 'gemini-3.1-flash-image-three-four'],
    ['veo_3_1_t2v_fast', { aspectRatio: '9:16' }, 'veo_3_1_t2v_fast_portrait'],
    ['veo_3_1_t2v', { size: '720x1280', resolution: '4k' }, 'veo_3_1_t2v_portrait_4k'],
    ['veo_3_1_t2v_4s', { resolution: '1080p' }, 'veo_3_1_t2v_4s_1080p'],
    ['omni', { aspectRatio: '9:16' }, 'omni_portrait'],
    // Ours.
    ['veo-3.1-fast', { aspectRatio: '9:16', seconds: 4 }, 'veo_3_1_t2v_fast_portrait_4s'],
    ['veo-3.1-quality', { resolution: '720p' }, 'veo_3_1_t2v_landscape'],
    ['omni-flash', { seconds: 10 }, 'omni-flash'],
    ['veo_3_1_t2v_landscape_8s', {}, 'veo_3_1_t2v_landscape'],
    // `quality` counts only where it names a size: no 4K upscale for `hd`, which only Ultra accounts could do.
    ['gemini-3.0-pro-image', { size: '1024x1792', quality: 'hd' }, 'gemini-3.0-pro-image-portrait'],
    ['dall-e-3', { size: '1024x1024', quality: '1080p' }, 'gemini-3.1-flash-image-square'],
    ['dall-e-3', { size: '1024x1024', quality: 'hd' }, 'gemini-3.1-flash-image-square'],
    ['sora-2', { size: '1280x720', seconds: 8 }, 'veo_3_1_t2v_fast_landscape'],
    ['nano-banana-pro', { aspectRatio: '1:1' }, 'gemini-3.0-pro-image-square'],
    ['veo-3.1-generate-preview', { resolution: '1080p' }, 'veo_3_1_t2v_1080p'],
  ])('%s %j is %s', (id, options, expected) => {
    expect(resolve(id, options).id).toBe(expected);
  });
});

describe('what cannot be met is refused with what is possible', () => {
  test.each([
    // Where the predecessor quietly did something else.
    [
      'gemini-3.0-pro-image',
      { aspectRatio: '21:9' },
      { images: 0 },
      'aspect_ratio',
      'gemini-3.0-pro-image cannot make 21:9. Nano Banana Pro (text to image) makes 16:9, 9:16, 1:1, 4:3 or 3:4.',
    ],
    [
      'gemini-3.1-flash-image-landscape',
      { aspectRatio: '1:1' },
      { images: 0 },
      'aspect_ratio',
      'gemini-3.1-flash-image-landscape is 16:9. For 1:1 use gemini-3.1-flash-image with aspect_ratio or gemini-3.1-flash-image-square.',
    ],
    [
      'imagen-4.0-generate-preview',
      { aspectRatio: '1:1' },
      { images: 0 },
      'aspect_ratio',
      'imagen-4.0-generate-preview cannot make 1:1. Imagen 4 (text to image) makes 16:9 or 9:16.',
    ],
    [
      'imagen-4.0-generate-preview',
      { resolution: '4k' },
      { images: 0 },
      'resolution',
      'imagen-4.0-generate-preview cannot make 4k. Imagen 4 (text to image) makes 1k.',
    ],
    [
      'veo_3_1_t2v_fast',
      { aspectRatio: '9:16', resolution: '4k' },
      { images: 0 },
      'resolution',
      'veo_3_1_t2v_fast is 720p. For 4k use veo-3.1-fast with resolution or veo_3_1_t2v_fast_4k.',
    ],
    [
      'veo_3_1_r2v_fast',
      { aspectRatio: '1:1' },
      { images: 1 },
      'aspect_ratio',
      'veo_3_1_r2v_fast cannot make 1:1. Veo 3.1 Fast (reference images) makes 16:9 or 9:16.',
    ],
    [
      'veo_3_1_t2v_fast_landscape',
      {},
      { images: 1 },
      'image',
      'veo_3_1_t2v_fast_landscape takes no picture (text to video); it got 1. For 1 picture use veo_3_1_i2v_s_fast_fl (first frame) or veo_3_1_r2v_fast (reference images).',
    ],
    [
      'veo_3_1_r2v_fast',
      {},
      { images: 0 },
      'image',
      'veo_3_1_r2v_fast takes 1 to 3 pictures (reference images); it got none. For text alone use veo_3_1_t2v_fast_landscape (text to video).',
    ],
    // Ids against demands.
    [
      'veo_3_1_t2v_fast_landscape',
      { aspectRatio: '9:16' },
      { images: 0 },
      'aspect_ratio',
      'veo_3_1_t2v_fast_landscape is 16:9. For 9:16 use veo-3.1-fast with aspect_ratio or veo_3_1_t2v_fast_portrait.',
    ],
    [
      'veo_3_1_r2v_fast_portrait',
      { aspectRatio: '16:9' },
      { images: 1 },
      'aspect_ratio',
      'veo_3_1_r2v_fast_portrait is 9:16. For 16:9 use veo-3.1-fast-references with aspect_ratio or veo_3_1_r2v_fast.',
    ],
    [
      'veo_3_1_t2v_fast_8s',
      { seconds: 4 },
      { images: 0 },
      'seconds',
      'veo_3_1_t2v_fast_8s is 8 s. For 4 s use veo-3.1-fast with seconds or veo_3_1_t2v_fast_4s.',
    ],
    [
      'veo_3_1_t2v_fast_ultra',
      { seconds: 4 },
      { images: 0 },
      'seconds',
      'veo_3_1_t2v_fast_ultra is 8 s. For 4 s use veo-3.1-fast with seconds or veo_3_1_t2v_fast_4s.',
    ],
    ['omni', { seconds: 4 }, { images: 0 }, 'seconds', 'omni is 8 s. For 4 s use omni-flash with seconds.'],
    [
      'veo_3_1_t2v_fast_4k',
      { resolution: '720p' },
      { images: 0 },
      'resolution',
      'veo_3_1_t2v_fast_4k is 4k. For 720p use veo-3.1-fast with resolution or veo_3_1_t2v_fast_landscape.',
    ],
    [
      'gemini-3.0-pro-image-square',
      { quality: '4K' },
      { images: 0 },
      'quality',
      'gemini-3.0-pro-image-square is 1k. For 4k use gemini-3.0-pro-image with quality or gemini-3.0-pro-image-square-4k.',
    ],
    // What no model of the kind does.
    [
      'veo-3.1-fast',
      { seconds: 5 },
      { images: 0 },
      'seconds',
      'veo-3.1-fast cannot make 5 s. Veo 3.1 Fast (text to video) makes 4 s, 6 s or 8 s.',
    ],
    [
      'veo-3.1-fast',
      { seconds: 4 },
      { images: 3 },
      'seconds',
      'veo-3.1-fast cannot make 4 s. Veo 3.1 Fast (reference images) makes 8 s.',
    ],
    [
      'veo-3.1-lite',
      { resolution: '1080p' },
      { images: 0 },
      'resolution',
      'veo-3.1-lite cannot make 1080p. Veo 3.1 Lite (text to video) makes 720p.',
    ],
    [
      'veo-3.1-fast',
      { quality: '2k' },
      { images: 0 },
      'quality',
      'veo-3.1-fast cannot make 2k. Veo 3.1 Fast (text to video) makes 720p, 1080p or 4k.',
    ],
    [
      'veo-3.1-fast',
      { aspectRatio: '1024x1792' },
      { images: 0 },
      'aspect_ratio',
      'veo-3.1-fast cannot make 1024x1792. Veo 3.1 Fast (text to video) makes 16:9 or 9:16.',
    ],
    [
      'gemini-3.1-flash-image',
      { seconds: 8 },
      { images: 0 },
      'seconds',
      'gemini-3.1-flash-image makes pictures, which have no length in seconds.',
    ],
    [
      'sora-2',
      { seconds: 12 },
      { images: 0 },
      'seconds',
      'sora-2 (veo-3.1-fast) cannot make 12 s. Veo 3.1 Fast (text to video) makes 4 s, 6 s or 8 s.',
    ],
    // Numbers of pictures.
    [
      'veo-3.1-fast',
      {},
      { images: 4 },
      'image',
      'veo-3.1-fast takes no picture (text to video), 1 picture (first frame), 2 pictures (first and last frame) or 1 to 3 pictures (reference images); it got 4. For 4 pictures use omni-flash.',
    ],
    [
      'veo-3.1-quality',
      {},
      { images: 3 },
      'image',
      'veo-3.1-quality takes no picture (text to video), 1 picture (first frame) or 2 pictures (first and last frame); it got 3. For 3 pictures use veo-3.1-fast, veo-3.1-lite or omni-flash.',
    ],
    [
      'veo-3.1-quality',
      {},
      { images: 1, pictureRole: 'reference' },
      'image',
      'veo-3.1-quality takes no picture (text to video), 1 picture (first frame) or 2 pictures (first and last frame); it got 1 as reference. For 1 picture use veo-3.1-fast, veo-3.1-lite or omni-flash.',
    ],
    [
      'veo_3_1_i2v_lite',
      {},
      { images: 2 },
      'image',
      'veo_3_1_i2v_lite takes 1 picture (first frame); it got 2. For 2 pictures use veo_3_1_interpolation_lite_landscape (first and last frame) or veo-3.1-lite-references (reference images).',
    ],
    [
      'gemini-3.1-flash-image',
      {},
      { images: 11 },
      'image',
      'gemini-3.1-flash-image takes no picture (text to image) or 1 to 10 pictures (image to image); it got 11.',
    ],
    [
      'imagen-4.0-generate-preview',
      {},
      { images: 4 },
      'image',
      'imagen-4.0-generate-preview takes no picture (text to image) or 1 to 3 pictures (image to image); it got 4. For 4 pictures use gemini-3.1-flash-image, gemini-3.0-pro-image or gemini-2.5-flash-image.',
    ],
    // Extending.
    [
      'veo_3_1_extend',
      {},
      { images: 0 },
      'video',
      'veo_3_1_extend extends an earlier video, which the request must name. For text alone use veo_3_1_t2v_landscape (text to video).',
    ],
    [
      'veo_3_1_t2v_landscape',
      {},
      { images: 0, sourceVideo: true },
      'video',
      'veo_3_1_t2v_landscape cannot extend a video. To extend a video use veo_3_1_extend (extend a video).',
    ],
    [
      'omni',
      {},
      { images: 0, sourceVideo: true },
      'video',
      'omni cannot extend a video. To extend a video use veo-3.1-fast, veo-3.1-quality or veo-3.1-lite.',
    ],
    [
      'veo-3.1-fast',
      {},
      { images: 1, sourceVideo: true },
      'image',
      'veo-3.1-fast takes no picture (extend a video); it got 1.',
    ],
  ] as const)('%s %j with %j', (id, options, inputs, param, message) => {
    expect(refusal(id, options, inputs)).toEqual({ code: 'invalid_request', param, message });
  });
});

describe('an id that does not exist', () => {
  test.each([
    ['veo_3_1_t2v_fst', 'veo_3_1_t2v_fast'],
    ['gemini-3-pro-image-landscape', 'gemini-3.0-pro-image-landscape'],
    ['gpt-4o', 'Models here are for example gemini-3.1-flash-image and veo-3.1-fast.'],
    ['', 'Models here are for example'],
  ])('"%s" hears of %s', (id, hint) => {
    expect(refusal(id, {})).toMatchObject({ code: 'unknown_model', param: 'model' });
    expect(refusal(id, {})).toMatchObject({ message: expect.stringContaining(hint) });
  });

  test.each(['', 'sora-2', 'veo-9', 'gemini-3.1-flash-image'])(
    'a default of "%s" for videos is named as the fault',
    (video) => {
      expect(() => resolveModel('sora-2', {}, { images: 0 }, { ...defaults, video })).toThrow(
        `sora-2 stands for the default video model, which is set to "${video}": no video model has this id.`,
      );
    },
  );
});

describe('tiers', () => {
  test.each([
    ['veo-3.1-fast', {}, ['free', 'pro', 'ultra']],
    ['veo-3.1-fast', { seconds: 4 }, ['ultra']],
    ['veo-3.1-fast', { resolution: '1080p' }, ['pro', 'ultra']],
    ['veo-3.1-fast', { resolution: '4k' }, ['ultra']],
    ['veo_3_1_t2v_4s_1080p', {}, ['ultra']],
    ['veo_3_1_t2v_fast_ultra', {}, ['ultra']],
    ['veo-3.1-lite-low-priority', {}, ['ultra']],
    ['gemini-3.0-pro-image', { resolution: '2k' }, ['pro', 'ultra']],
    ['omni-flash', { seconds: 10 }, ['free', 'pro', 'ultra']],
  ])('%s %j needs one of %j', (id, options, expected) => {
    expect(requiredTiers(resolve(id, options))).toEqual(expected);
  });

  test('an upscale adds its key, its price and its time', () => {
    const spec = resolve('veo-3.1-quality', { resolution: '4k' });
    const plan = flowPlanFor(spec, 'ultra');
    expect(spec).toMatchObject({ upscale: '4k', typicalSeconds: 120, typicalUpscaleSeconds: 330 });
    expect(plan).toEqual({
      modelKey: 'veo_3_1_t2v',
      cost: 100,
      upscaleKey: 'veo_3_1_upsampler_4k',
      upscaleCost: 50,
    });
    expect(plan && totalCost(plan)).toBe(150);
  });

  test('a price nobody knows keeps no account out', () => {
    const plan = flowPlanFor(resolve('veo_2_0_t2v_landscape'), 'free');
    expect(plan).toEqual({ modelKey: 'veo_2_0_t2v', cost: 0, costUnknown: true, upscaleCost: 0 });
  });
});

describe('the wire of December 2025', () => {
  test.each([
    ['veo_3_1_t2v_fast_landscape', 0, 'free', undefined],
    ['veo_3_1_t2v_fast_landscape', 0, 'ultra', 'veo_3_1_t2v_fast'],
    ['veo_3_1_t2v_fast_portrait', 0, 'ultra', 'veo_3_1_t2v_fast_portrait'],
    ['veo_3_1_i2v_s_fast_fl_landscape', 1, 'pro', 'veo_3_1_i2v_s_fast_fl'],
    ['veo_3_1_i2v_s_fast_fl_landscape', 2, 'pro', undefined],
    ['veo_3_1_i2v_s_fast_fl_portrait', 1, 'free', 'veo_3_1_i2v_s_fast_fl'],
    ['veo_3_1_i2v_s_fast_fl_portrait', 2, 'ultra', 'veo_3_1_i2v_s_fast_fl'],
    ['veo_2_0_i2v_portrait', 2, 'free', undefined],
    ['veo_3_0_r2v_fast_portrait', 3, 'free', undefined],
  ] as const)('%s with %d pictures on %s had the key %s', (id, images, tier, expected) => {
    expect(flowPlanFor(resolve(id, {}, { images }), tier)?.legacyModelKey).toBe(expected);
  });
});
