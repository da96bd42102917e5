import { describe, expect, test } from 'vitest';
import { baseModels, getBaseModel, nativeResolution } from './catalog';
import { flowPlanFor } from './flow-plan';
import { resolveModel } from './resolve';
import { tiers } from './types';

const defaults = { image: 'gemini-3.1-flash-image', video: 'veo-3.1-fast' };

/** Every variant that the rows of a base model promise. */
const variants = baseModels.flatMap((base) =>
  base.upstreams.flow.rows.flatMap((row) =>
    row.ratios.map((aspectRatio) => ({
      base,
      row,
      aspectRatio,
      name: `${base.id} ${row.key} ${aspectRatio}`,
    })),
  ),
);

describe('every row of the catalog', () => {
  test.each(variants)('can be reached by the base id: $name', ({ base, row, aspectRatio }) => {
    const rule = base.modes.find(({ mode }) => mode === row.mode);
    const spec = resolveModel(
      base.id,
      { aspectRatio, ...(row.seconds === undefined ? {} : { seconds: row.seconds }) },
      {
        images: rule?.images.min ?? 0,
        sourceVideo: row.mode === 'extend',
        pictureRole: row.mode.endsWith('frame') ? 'frame' : 'reference',
      },
      defaults,
    );
    const able = tiers.filter((tier) => row.credits[tier] !== undefined);
    expect(spec).toMatchObject({ base: base.id, mode: row.mode, aspectRatio });
    expect(able.map((tier) => flowPlanFor(spec, tier)?.modelKey)).toEqual(able.map(() => row.key));
  });

  test('no tier has two keys for the same variant', () => {
    const cells = variants.flatMap(({ base, row, aspectRatio }) =>
      Object.keys(row.credits).map((tier) => `${base.id} ${row.mode} ${aspectRatio} ${row.seconds} ${tier}`),
    );
    expect(cells.length).toBe(new Set(cells).size);
  });
});

describe('the base models', () => {
  test.each(baseModels)('$id has rows for each of its modes and no other', (base) => {
    const modes = new Set(base.upstreams.flow.rows.map(({ mode }) => mode));
    expect([...modes].sort()).toEqual(base.modes.map(({ mode }) => mode).sort());
  });

  test('are about ten, each once', () => {
    expect(new Set(baseModels.map(({ id }) => id)).size).toBe(13);
  });

  test('an unknown one is a mistake in the tables', () => {
    expect(() => getBaseModel('veo-9')).toThrow('veo-9');
  });

  test('make 1k pictures and 720p videos', () => {
    expect(nativeResolution).toEqual({ image: '1k', video: '720p' });
  });
});
