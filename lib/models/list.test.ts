import { describe, expect, test } from 'vitest';
import { expectedIds, expectedNames } from './__fixtures__/expected-ids';
import { baseModels } from './catalog';
import { describeBaseModels, findModel, listModels } from './list';
import { resolveModel } from './resolve';

const defaults = { image: 'gemini-3.1-flash-image', video: 'veo-3.1-fast' };
const listed = listModels(defaults);
const ids = listed.map(({ id }) => id);

describe('the list of models', () => {
  test('begins with the base models', () => {
    expect(ids.slice(0, baseModels.length)).toEqual(baseModels.map(({ id }) => id));
  });

  test('has every id of the predecessor, its base names and the names of OpenAI, each once', () => {
    const wanted = [
      ...expectedIds.map(({ id }) => id),
      ...expectedNames.map(({ name }) => name),
      ...['gemini-3.0-pro-image', 'gemini-3.1-flash-image', 'imagen-4.0-generate-preview'],
      ...['gpt-image-1', 'gpt-image-1-mini', 'gpt-image-1.5', 'gpt-image-2', 'chatgpt-image-latest'],
      ...['dall-e-3', 'dall-e-2', 'sora-2', 'sora-2-pro'],
    ];
    expect(ids).toEqual(expect.arrayContaining(wanted));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('names only ids that resolve, and other names that exist', () => {
    expect(listed.flatMap(({ aliasOf }) => aliasOf ?? []).filter((id) => !ids.includes(id))).toEqual([]);
    expect(listed.map(({ id }) => findModel(id, defaults))).toEqual(listed);
  });

  test('an unknown id is nothing', () => {
    expect(findModel('veo-9', defaults)).toBeUndefined();
  });

  test.each([
    [
      'veo-3.1-fast',
      'Veo 3.1 Fast: text to video, first frame, first and last frame, reference images or extend a video; 16:9, 9:16; 4, 6, 8 s; 720p, 1080p, 4k.',
    ],
    [
      'gemini-3.0-pro-image-square-4k',
      'Nano Banana Pro: text to image or image to image; 1:1; 4k; Ultra accounts.',
    ],
    ['veo_3_1_t2v_fast_landscape', 'Veo 3.1 Fast: text to video; 16:9; 8 s; 720p.'],
    ['veo_3_1_t2v_fast', 'Veo 3.1 Fast: text to video; 16:9, 9:16; 8 s; 720p.'],
    ['veo_3_1_t2v_fast_4s', 'Veo 3.1 Fast: text to video; 16:9, 9:16; 4 s; 720p; Ultra accounts.'],
    ['veo_3_1_t2v_fast_1080p', 'Veo 3.1 Fast: text to video; 16:9; 8 s; 1080p; Pro or Ultra accounts.'],
    [
      'veo_3_1_t2v_fast_ultra_relaxed',
      'Veo 3.1 Fast, relaxed: text to video; 16:9, 9:16; 8 s; 720p; Ultra accounts. Not in the list of upstream since August 2026, which may refuse it; veo-3.1-lite-low-priority came after it.',
    ],
  ])('describes %s', (id, description) => {
    expect(findModel(id, defaults)?.description).toBe(description);
  });

  test.each([
    ['veo_3_1_t2v_8s', 'veo_3_1_t2v_landscape'],
    ['veo_3_1_r2v_fast_landscape_ultra_1080p', 'veo_3_1_r2v_fast_ultra_1080p'],
    ['nano-banana', 'gemini-2.5-flash-image'],
    ['dall-e-3', 'gemini-3.1-flash-image'],
    ['sora-2-pro', 'veo-3.1-fast'],
    ['veo_3_1_t2v_landscape', undefined],
    ['veo_3_1_t2v', undefined],
  ])('%s is another name of %s', (id, expected) => {
    expect(findModel(id, defaults)?.aliasOf).toBe(expected);
  });

  test('leaves out OpenAI names whose default does not exist', () => {
    const broken = listModels({ ...defaults, video: 'veo-9' }).map(({ id }) => id);
    expect(broken).toContain('dall-e-3');
    expect(broken).not.toContain('sora-2');
  });
});

describe('base models as data for a console', () => {
  const described = describeBaseModels();

  test.each(described.flatMap((base) => base.modes.map((mode) => ({ base: base.id, ...mode }))))(
    '$base, $mode: the id $id does what is promised',
    ({ base, mode, id, images, needsSourceVideo, aspectRatios, lengths, resolutions }) => {
      const inputs = { images: images.min, sourceVideo: needsSourceVideo };
      const specs = aspectRatios.flatMap((aspectRatio) =>
        lengths.flatMap(({ seconds }) =>
          resolutions.map(({ resolution }) =>
            resolveModel(
              id,
              { aspectRatio, resolution, ...(seconds === undefined ? {} : { seconds }) },
              inputs,
              defaults,
            ),
          ),
        ),
      );
      expect(new Set(specs.map((spec) => `${spec.base} ${spec.mode}`))).toEqual(new Set([`${base} ${mode}`]));
    },
  );

  test('prices are per tier, unknown ones null', () => {
    const lite = described.find(({ id }) => id === 'veo-3.1-lite');
    expect(lite?.modes[0]?.lengths).toEqual([
      { seconds: 8, credits: { free: 10, pro: 10, ultra: 5 } },
      { seconds: 4, credits: { ultra: 5 } },
      { seconds: 6, credits: { ultra: 5 } },
    ]);
    const veo2 = described.find(({ id }) => id === 'veo-2.0');
    expect(veo2?.modes[0]?.lengths[0]?.credits).toEqual({ free: null, pro: null, ultra: null });
  });

  test('an upscale costs extra, the native size does not', () => {
    const fast = described.find(({ id }) => id === 'veo-3.1-fast');
    expect(fast?.modes[0]?.resolutions).toEqual([
      { resolution: '720p', credits: { free: 0, pro: 0, ultra: 0 } },
      { resolution: '1080p', credits: { pro: 0, ultra: 0 } },
      { resolution: '4k', credits: { ultra: 50 } },
    ]);
  });
});
