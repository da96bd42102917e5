import type { Era, Tier } from './contract';

export type KeyMode = 't2v' | 'frames' | 'r2v' | 'extend' | 'upsample';
export type Orientation = 'LANDSCAPE' | 'PORTRAIT';

/** Credits for each tier; null = the tier does not have the key. */
export type Price = readonly [free: number | null, pro: number | null, ultra: number | null];

export type ModelKey = {
  key: string;
  mode: KeyMode;
  /** undefined: the key serves both. */
  orientation: Orientation | undefined;
  seconds: number;
  price: Price;
  /** How many frames it takes, for `frames`. */
  frames: readonly [least: number, most: number];
  /** How many references it takes at most, for `r2v`. */
  references: number;
};

// The price list of August 2026.
const fast: Price = [20, 20, null];
const fastUltra: Price = [null, null, 10];
const quality: Price = [100, 100, 100];
const qualityShort: Price = [null, null, 100];
const lite: Price = [10, 10, 5];
const liteShort: Price = [null, null, 5];
const lowPriority: Price = [null, null, 0];
const everyone = (credits: number): Price => [credits, credits, credits];

type Variation = Partial<Omit<ModelKey, 'key' | 'mode' | 'price'>>;

const key =
  (mode: KeyMode) =>
  (name: string, price: Price, variation: Variation = {}) =>
    ({
      key: name,
      mode,
      price,
      orientation: undefined,
      seconds: 8,
      frames: [0, 0],
      references: 0,
      ...variation,
    }) satisfies ModelKey;

const t2v = key('t2v');
const frames = key('frames');
const r2v = key('r2v');
const extend = key('extend');
const upsample = key('upsample');

const landscape = { orientation: 'LANDSCAPE' } as const;
const portrait = { orientation: 'PORTRAIT' } as const;
const one = { frames: [1, 1] } as const;
const two = { frames: [2, 2] } as const;
const oneOrTwo = { frames: [1, 2] } as const;
const three = { references: 3 } as const;
const four = { seconds: 4 } as const;
const six = { seconds: 6 } as const;

const liteKeys: ModelKey[] = [
  t2v('veo_3_1_t2v_lite', lite),
  t2v('veo_3_1_t2v_lite_4s', liteShort, four),
  t2v('veo_3_1_t2v_lite_6s', liteShort, six),
  frames('veo_3_1_i2v_lite', lite, one),
  frames('veo_3_1_i2v_s_lite_4s', liteShort, { ...one, ...four }),
  frames('veo_3_1_i2v_s_lite_6s', liteShort, { ...one, ...six }),
  frames('veo_3_1_interpolation_lite', lite, two),
  frames('veo_3_1_i2v_s_lite_4s_fl', liteShort, { ...two, ...four }),
  frames('veo_3_1_i2v_s_lite_6s_fl', liteShort, { ...two, ...six }),
  r2v('veo_3_1_r2v_lite', lite, three),
  extend('veo_3_1_extension_lite', lite),
];

/** Served in December 2025, and still in 2026 although no list names them any more; to all tiers. */
const retiredKeys: ModelKey[] = [
  t2v('veo_2_0_t2v', everyone(100)),
  t2v('veo_2_1_fast_d_15_t2v', everyone(10)),
  r2v('veo_3_0_r2v_fast', everyone(20), three),
];
const retiredFrameKeys = [
  ['veo_2_0_i2v', everyone(100)],
  ['veo_2_1_fast_d_15_i2v', everyone(10)],
] as const;

const currentKeys: ModelKey[] = [
  t2v('veo_3_1_t2v_fast', fast, landscape),
  t2v('veo_3_1_t2v_fast_portrait', fast, portrait),
  t2v('veo_3_1_t2v_fast_ultra', fastUltra, landscape),
  t2v('veo_3_1_t2v_fast_portrait_ultra', fastUltra, portrait),
  t2v('veo_3_1_t2v_fast_4s', fastUltra, four),
  t2v('veo_3_1_t2v_fast_6s', fastUltra, six),
  t2v('veo_3_1_t2v', quality, landscape),
  t2v('veo_3_1_t2v_portrait', quality, portrait),
  t2v('veo_3_1_t2v_quality_4s', qualityShort, four),
  t2v('veo_3_1_t2v_quality_6s', qualityShort, six),

  frames('veo_3_1_i2v_s_fast', fast, { ...one, ...landscape }),
  frames('veo_3_1_i2v_s_fast_portrait', fast, { ...one, ...portrait }),
  frames('veo_3_1_i2v_s_fast_ultra', fastUltra, { ...one, ...landscape }),
  frames('veo_3_1_i2v_s_fast_portrait_ultra', fastUltra, { ...one, ...portrait }),
  frames('veo_3_1_i2v_s_fast_4s', fastUltra, { ...one, ...four }),
  frames('veo_3_1_i2v_s_fast_6s', fastUltra, { ...one, ...six }),
  frames('veo_3_1_i2v_s', quality, { ...one, ...landscape }),
  frames('veo_3_1_i2v_s_portrait', quality, { ...one, ...portrait }),
  frames('veo_3_1_i2v_s_quality_4s', qualityShort, { ...one, ...four }),
  frames('veo_3_1_i2v_s_quality_6s', qualityShort, { ...one, ...six }),

  frames('veo_3_1_i2v_s_fast_fl', fast, { ...two, ...landscape }),
  frames('veo_3_1_i2v_s_fast_portrait_fl', fast, { ...two, ...portrait }),
  frames('veo_3_1_i2v_s_fast_ultra_fl', fastUltra, { ...two, ...landscape }),
  frames('veo_3_1_i2v_s_fast_portrait_ultra_fl', fastUltra, { ...two, ...portrait }),
  frames('veo_3_1_i2v_s_fast_4s_fl', fastUltra, { ...two, ...four }),
  frames('veo_3_1_i2v_s_fast_6s_fl', fastUltra, { ...two, ...six }),
  frames('veo_3_1_i2v_s_fl', quality, { ...two, ...landscape }),
  frames('veo_3_1_i2v_s_portrait_fl', quality, { ...two, ...portrait }),
  frames('veo_3_1_i2v_s_quality_4s_fl', qualityShort, { ...two, ...four }),
  frames('veo_3_1_i2v_s_quality_6s_fl', qualityShort, { ...two, ...six }),

  r2v('veo_3_1_r2v_fast_landscape', fast, { ...three, ...landscape }),
  r2v('veo_3_1_r2v_fast_portrait', fast, { ...three, ...portrait }),
  r2v('veo_3_1_r2v_fast_landscape_ultra', fastUltra, { ...three, ...landscape }),
  r2v('veo_3_1_r2v_fast_portrait_ultra', fastUltra, { ...three, ...portrait }),

  extend('veo_3_1_extend_fast_landscape', fast, landscape),
  extend('veo_3_1_extend_fast_portrait', fast, portrait),
  extend('veo_3_1_extend_fast_landscape_ultra', fastUltra, landscape),
  extend('veo_3_1_extend_fast_portrait_ultra', fastUltra, portrait),
  extend('veo_3_1_extend_landscape', quality, landscape),
  extend('veo_3_1_extend_portrait', quality, portrait),

  upsample('veo_3_1_upsampler_1080p', [null, 0, 0]),
  upsample('veo_3_1_upsampler_4k', [null, null, 50]),

  ...liteKeys,
  ...liteKeys.map((row) => ({ ...row, key: `${row.key}_low_priority`, price: lowPriority })),

  ...(
    [
      [4, 7],
      [6, 10],
      [8, 12],
      [10, 15],
    ] as const
  ).flatMap(([seconds, credits]) => [
    t2v(`abra_t2v_${seconds}s`, everyone(credits), { seconds }),
    frames(`abra_i2v_${seconds}s`, everyone(credits), { seconds, ...one }),
    r2v(`abra_r2v_${seconds}s`, everyone(credits), { seconds, references: 7 }),
  ]),

  ...retiredKeys,
  ...retiredFrameKeys.map(([name, price]) => frames(name, price, one)),
];

const decemberKeys: ModelKey[] = [
  t2v('veo_3_1_t2v_fast', everyone(20), landscape),
  t2v('veo_3_1_t2v_fast_portrait', everyone(20), portrait),
  // One key for both orientations; captures of that time show the portrait key beside it.
  frames('veo_3_1_i2v_s_fast_fl', everyone(20), oneOrTwo),
  frames('veo_3_1_i2v_s_fast_portrait_fl', everyone(20), { ...oneOrTwo, ...portrait }),
  ...retiredKeys,
  ...retiredFrameKeys.map(([name, price]) => frames(name, price, oneOrTwo)),
];

const byEra: Record<Era, ReadonlyMap<string, ModelKey>> = {
  '2025-12': new Map(decemberKeys.map((row) => [row.key, row])),
  '2026-08': new Map(currentKeys.map((row) => [row.key, row])),
};

const priceIndex: Record<Tier, 0 | 1 | 2> = {
  PAYGATE_TIER_NOT_PAID: 0,
  PAYGATE_TIER_ONE: 1,
  PAYGATE_TIER_TWO: 2,
};

/** A key that accounts of the tier have, with its price; undefined when they do not have it. */
export function findModelKey(
  era: Era,
  tier: Tier,
  name: string,
): (ModelKey & { credits: number }) | undefined {
  const row = byEra[era].get(name);
  const credits = row?.price[priceIndex[tier]];
  return row === undefined || credits === undefined || credits === null ? undefined : { ...row, credits };
}

/** Every key of the era, for the catalog in the project listing. */
export function listModelKeys(era: Era): ModelKey[] {
  return [...byEra[era].values()];
}

export const serviceTiers: Record<Tier, string> = {
  PAYGATE_TIER_NOT_PAID: 'SERVICE_TIER_ENTRY',
  PAYGATE_TIER_ONE: 'SERVICE_TIER_INTERMEDIATE',
  PAYGATE_TIER_TWO: 'SERVICE_TIER_ADVANCED',
};

export const skus: Record<Tier, string> = {
  PAYGATE_TIER_NOT_PAID: 'G1_FREEMIUM',
  PAYGATE_TIER_ONE: 'G1_TIER1',
  PAYGATE_TIER_TWO: 'WS_ULTRA',
};
