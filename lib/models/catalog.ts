import type { AspectRatio, GenerationMode, MediaKind, Resolution, Tier, Upscale } from './types';

/** Price per tier in credits. A tier that is missing cannot; `unknown` where a tier can but no price was ever seen. */
export type Credits = Partial<Record<Tier, number | 'unknown'>>;

/** One upstream key: what it makes, for whom and for how much. `seconds` is absent for pictures. */
export type FlowRow = {
  mode: GenerationMode;
  ratios: readonly AspectRatio[];
  seconds?: number;
  key: string;
  credits: Credits;
  /** See `FlowPlan.legacyModelKey`. */
  legacyKey?: string;
};

/** An upscale step that may follow. `key` is absent for pictures, whose upscaler has no name. */
export type FlowUpscale = {
  to: Upscale;
  modes: readonly GenerationMode[];
  key?: string;
  /** Price per tier in credits; a tier that is missing cannot. */
  credits: Partial<Record<Tier, number>>;
  typicalSeconds?: number;
};

/** What one way of using a model takes. The first mode that accepts the number of pictures is meant. */
export type ModeRule = {
  mode: GenerationMode;
  images: { min: number; max: number };
  typicalSeconds?: number;
};

/** One of the models underneath: what every public id is a choice of. */
export type BaseModel = {
  id: string;
  label: string;
  family: 'Nano Banana' | 'Imagen' | 'Veo' | 'Omni';
  kind: MediaKind;
  /** What a user should know before choosing it. */
  note?: string;
  modes: readonly ModeRule[];
  /** Offers per upstream; each upstream has its own shape. */
  upstreams: { flow: { rows: readonly FlowRow[]; upscales: readonly FlowUpscale[] } };
};

type Cell = readonly [
  ratios: readonly AspectRatio[],
  seconds: number,
  key: string,
  credits: Credits,
  legacyKey?: string,
];

/** The rows of one mode of a video model, one key a line. */
const keys = (mode: GenerationMode, cells: readonly Cell[]): FlowRow[] =>
  cells.map(([ratios, seconds, key, credits, legacyKey]) => ({
    mode,
    ratios,
    seconds,
    key,
    credits,
    ...(legacyKey === undefined ? {} : { legacyKey }),
  }));

const landscape = ['16:9'] as const;
const portrait = ['9:16'] as const;
const both = ['16:9', '9:16'] as const;
const five = ['16:9', '9:16', '1:1', '4:3', '3:4'] as const;

// Prices: Flow reference, price list, Aug 2026 (service tiers entry, intermediate, advanced).
const gratis: Credits = { free: 0, pro: 0, ultra: 0 };
const fastPlain: Credits = { free: 20, pro: 20 };
const fastUltra: Credits = { ultra: 10 };
const quality: Credits = { free: 100, pro: 100, ultra: 100 };
const qualityShort: Credits = { ultra: 100 };
const lite: Credits = { free: 10, pro: 10, ultra: 5 };
const liteShort: Credits = { ultra: 5 };
const lowPriority: Credits = { ultra: 0 };
const relaxed: Credits = { ultra: 'unknown' };
const omni4: Credits = { free: 7, pro: 7, ultra: 7 };
const omni6: Credits = { free: 10, pro: 10, ultra: 10 };
const omni8: Credits = { free: 12, pro: 12, ultra: 12 };
const omni10: Credits = { free: 15, pro: 15, ultra: 15 };
const unpriced: Credits = { free: 'unknown', pro: 'unknown', ultra: 'unknown' };

const none = { min: 0, max: 0 };
const one = { min: 1, max: 1 };
const two = { min: 2, max: 2 };

/** At most three references with Veo (Flow reference, reference images). */
const references = { min: 1, max: 3 };

/** Upstream says 270 to 330 seconds. */
const extension: ModeRule = { mode: 'extend', images: none, typicalSeconds: 300 };

const imageModes = ['text-to-image', 'image-to-image'] as const;

const imageModel = (
  maxImages: number,
  key: string,
  ratios: readonly AspectRatio[],
  upscales: readonly FlowUpscale[],
): Pick<BaseModel, 'kind' | 'modes' | 'upstreams'> => ({
  kind: 'image',
  modes: [
    // Observed 20 to 40 seconds; upstream gives no estimate for pictures.
    { mode: 'text-to-image', images: none, typicalSeconds: 30 },
    { mode: 'image-to-image', images: { min: 1, max: maxImages }, typicalSeconds: 30 },
  ],
  upstreams: { flow: { rows: imageModes.map((mode) => ({ mode, ratios, key, credits: gratis })), upscales } },
});

/** Pictures of the Nano Banana family only (Flow reference, image upscale). */
const imageUpscales: readonly FlowUpscale[] = [
  { to: '2k', modes: imageModes, credits: { pro: 0, ultra: 0 } },
  { to: '4k', modes: imageModes, credits: { ultra: 0 } },
];

const clips = ['text-to-video', 'first-frame', 'first-last-frame', 'reference-images'] as const;

/** For clips of Veo 3.1 Fast and Quality; nobody was seen to upscale Lite, Omni or an extension. */
const videoUpscales: readonly FlowUpscale[] = [
  {
    to: '1080p',
    modes: clips,
    key: 'veo_3_1_upsampler_1080p',
    credits: { pro: 0, ultra: 0 },
    typicalSeconds: 330,
  },
  { to: '4k', modes: clips, key: 'veo_3_1_upsampler_4k', credits: { ultra: 50 }, typicalSeconds: 330 },
];

const of2025 = 'Of 2025, last seen in the list of upstream in February 2026.';

/** The one key that the wire of December 2025 had for frames, whatever the orientation and number of frames. */
const framesOf2025 = 'veo_3_1_i2v_s_fast_fl';

/**
 * The models underneath. Keys: Flow reference, server key table, Aug 2026 (two independent captures agree). They are
 * irregular, so each stands here in full. Times: upstream's `generationTimeSeconds`. Where the predecessor sent another
 * key than the server is known to accept, the server's stands here.
 */
export const baseModels: readonly BaseModel[] = [
  {
    id: 'gemini-3.1-flash-image',
    label: 'Nano Banana 2',
    family: 'Nano Banana',
    ...imageModel(10, 'NARWHAL', five, imageUpscales),
  },
  {
    id: 'gemini-3.0-pro-image',
    label: 'Nano Banana Pro',
    family: 'Nano Banana',
    ...imageModel(10, 'GEM_PIX_2', five, imageUpscales),
  },
  {
    id: 'gemini-2.5-flash-image',
    label: 'Nano Banana',
    family: 'Nano Banana',
    ...imageModel(10, 'GEM_PIX', both, imageUpscales),
  },
  {
    id: 'imagen-4.0-generate-preview',
    label: 'Imagen 4',
    family: 'Imagen',
    ...imageModel(3, 'IMAGEN_3_5', both, []),
  },
  {
    id: 'veo-3.1-fast',
    label: 'Veo 3.1 Fast',
    family: 'Veo',
    kind: 'video',
    modes: [
      { mode: 'text-to-video', images: none, typicalSeconds: 100 },
      { mode: 'first-frame', images: one, typicalSeconds: 180 },
      { mode: 'first-last-frame', images: two, typicalSeconds: 180 },
      { mode: 'reference-images', images: references },
      extension,
    ],
    upstreams: {
      flow: {
        // The plain 8 s keys are refused to Ultra accounts, the `_ultra` keys to all others; 4 s and 6 s are Ultra's only.
        rows: [
          ...keys('text-to-video', [
            [landscape, 8, 'veo_3_1_t2v_fast', fastPlain],
            [portrait, 8, 'veo_3_1_t2v_fast_portrait', fastPlain],
            [landscape, 8, 'veo_3_1_t2v_fast_ultra', fastUltra, 'veo_3_1_t2v_fast'],
            [portrait, 8, 'veo_3_1_t2v_fast_portrait_ultra', fastUltra, 'veo_3_1_t2v_fast_portrait'],
            [both, 4, 'veo_3_1_t2v_fast_4s', fastUltra],
            [both, 6, 'veo_3_1_t2v_fast_6s', fastUltra],
          ]),
          ...keys('first-frame', [
            [landscape, 8, 'veo_3_1_i2v_s_fast', fastPlain, framesOf2025],
            [portrait, 8, 'veo_3_1_i2v_s_fast_portrait', fastPlain, framesOf2025],
            [landscape, 8, 'veo_3_1_i2v_s_fast_ultra', fastUltra, framesOf2025],
            [portrait, 8, 'veo_3_1_i2v_s_fast_portrait_ultra', fastUltra, framesOf2025],
            [both, 4, 'veo_3_1_i2v_s_fast_4s', fastUltra],
            [both, 6, 'veo_3_1_i2v_s_fast_6s', fastUltra],
          ]),
          ...keys('first-last-frame', [
            [landscape, 8, 'veo_3_1_i2v_s_fast_fl', fastPlain],
            [portrait, 8, 'veo_3_1_i2v_s_fast_portrait_fl', fastPlain, framesOf2025],
            [landscape, 8, 'veo_3_1_i2v_s_fast_ultra_fl', fastUltra, framesOf2025],
            [portrait, 8, 'veo_3_1_i2v_s_fast_portrait_ultra_fl', fastUltra, framesOf2025],
            [both, 4, 'veo_3_1_i2v_s_fast_4s_fl', fastUltra],
            [both, 6, 'veo_3_1_i2v_s_fast_6s_fl', fastUltra],
          ]),
          ...keys('reference-images', [
            [landscape, 8, 'veo_3_1_r2v_fast_landscape', fastPlain],
            [portrait, 8, 'veo_3_1_r2v_fast_portrait', fastPlain],
            [landscape, 8, 'veo_3_1_r2v_fast_landscape_ultra', fastUltra],
            [portrait, 8, 'veo_3_1_r2v_fast_portrait_ultra', fastUltra],
          ]),
          ...keys('extend', [
            [landscape, 8, 'veo_3_1_extend_fast_landscape', fastPlain],
            [portrait, 8, 'veo_3_1_extend_fast_portrait', fastPlain],
            [landscape, 8, 'veo_3_1_extend_fast_landscape_ultra', fastUltra],
            [portrait, 8, 'veo_3_1_extend_fast_portrait_ultra', fastUltra],
          ]),
        ],
        upscales: videoUpscales,
      },
    },
  },
  {
    id: 'veo-3.1-quality',
    label: 'Veo 3.1 Quality',
    family: 'Veo',
    kind: 'video',
    modes: [
      { mode: 'text-to-video', images: none, typicalSeconds: 120 },
      { mode: 'first-frame', images: one, typicalSeconds: 120 },
      { mode: 'first-last-frame', images: two, typicalSeconds: 120 },
      extension,
    ],
    upstreams: {
      flow: {
        rows: [
          ...keys('text-to-video', [
            [landscape, 8, 'veo_3_1_t2v', quality],
            [portrait, 8, 'veo_3_1_t2v_portrait', quality],
            [both, 4, 'veo_3_1_t2v_quality_4s', qualityShort],
            [both, 6, 'veo_3_1_t2v_quality_6s', qualityShort],
          ]),
          ...keys('first-frame', [
            [landscape, 8, 'veo_3_1_i2v_s', quality],
            [portrait, 8, 'veo_3_1_i2v_s_portrait', quality],
            [both, 4, 'veo_3_1_i2v_s_quality_4s', qualityShort],
            [both, 6, 'veo_3_1_i2v_s_quality_6s', qualityShort],
          ]),
          ...keys('first-last-frame', [
            [landscape, 8, 'veo_3_1_i2v_s_fl', quality],
            [portrait, 8, 'veo_3_1_i2v_s_portrait_fl', quality],
            [both, 4, 'veo_3_1_i2v_s_quality_4s_fl', qualityShort],
            [both, 6, 'veo_3_1_i2v_s_quality_6s_fl', qualityShort],
          ]),
          ...keys('extend', [
            [landscape, 8, 'veo_3_1_extend_landscape', quality],
            [portrait, 8, 'veo_3_1_extend_portrait', quality],
          ]),
        ],
        upscales: videoUpscales,
      },
    },
  },
  {
    id: 'veo-3.1-lite',
    label: 'Veo 3.1 Lite',
    family: 'Veo',
    kind: 'video',
    modes: [
      { mode: 'text-to-video', images: none, typicalSeconds: 110 },
      { mode: 'first-frame', images: one, typicalSeconds: 110 },
      { mode: 'first-last-frame', images: two, typicalSeconds: 110 },
      { mode: 'reference-images', images: references, typicalSeconds: 110 },
      extension,
    ],
    upstreams: {
      flow: {
        rows: [
          ...keys('text-to-video', [
            [both, 8, 'veo_3_1_t2v_lite', lite],
            [both, 4, 'veo_3_1_t2v_lite_4s', liteShort],
            [both, 6, 'veo_3_1_t2v_lite_6s', liteShort],
          ]),
          ...keys('first-frame', [
            [both, 8, 'veo_3_1_i2v_lite', lite],
            [both, 4, 'veo_3_1_i2v_s_lite_4s', liteShort],
            [both, 6, 'veo_3_1_i2v_s_lite_6s', liteShort],
          ]),
          ...keys('first-last-frame', [
            [both, 8, 'veo_3_1_interpolation_lite', lite],
            [both, 4, 'veo_3_1_i2v_s_lite_4s_fl', liteShort],
            [both, 6, 'veo_3_1_i2v_s_lite_6s_fl', liteShort],
          ]),
          ...keys('reference-images', [[both, 8, 'veo_3_1_r2v_lite', lite]]),
          ...keys('extend', [[both, 8, 'veo_3_1_extension_lite', lite]]),
        ],
        upscales: [],
      },
    },
  },
  {
    id: 'veo-3.1-lite-low-priority',
    label: 'Veo 3.1 Lite, low priority',
    family: 'Veo',
    kind: 'video',
    note: 'Costs no credits and waits its turn upstream.',
    modes: [
      { mode: 'text-to-video', images: none },
      { mode: 'first-frame', images: one },
      { mode: 'first-last-frame', images: two },
      { mode: 'reference-images', images: references },
      { mode: 'extend', images: none },
    ],
    upstreams: {
      flow: {
        rows: [
          ...keys('text-to-video', [
            [both, 8, 'veo_3_1_t2v_lite_low_priority', lowPriority],
            [both, 4, 'veo_3_1_t2v_lite_4s_low_priority', lowPriority],
            [both, 6, 'veo_3_1_t2v_lite_6s_low_priority', lowPriority],
          ]),
          ...keys('first-frame', [
            [both, 8, 'veo_3_1_i2v_lite_low_priority', lowPriority],
            [both, 4, 'veo_3_1_i2v_s_lite_4s_low_priority', lowPriority],
            [both, 6, 'veo_3_1_i2v_s_lite_6s_low_priority', lowPriority],
          ]),
          ...keys('first-last-frame', [
            [both, 8, 'veo_3_1_interpolation_lite_low_priority', lowPriority],
            [both, 4, 'veo_3_1_i2v_s_lite_4s_fl_low_priority', lowPriority],
            [both, 6, 'veo_3_1_i2v_s_lite_6s_fl_low_priority', lowPriority],
          ]),
          ...keys('reference-images', [[both, 8, 'veo_3_1_r2v_lite_low_priority', lowPriority]]),
          ...keys('extend', [[both, 8, 'veo_3_1_extension_lite_low_priority', lowPriority]]),
        ],
        upscales: [],
      },
    },
  },
  {
    id: 'omni-flash',
    label: 'Omni Flash',
    family: 'Omni',
    kind: 'video',
    modes: [
      { mode: 'text-to-video', images: none, typicalSeconds: 120 },
      { mode: 'reference-images', images: { min: 1, max: 7 }, typicalSeconds: 120 },
      { mode: 'first-frame', images: one, typicalSeconds: 120 },
    ],
    upstreams: {
      flow: {
        rows: [
          ...keys('text-to-video', [
            [both, 4, 'abra_t2v_4s', omni4],
            [both, 6, 'abra_t2v_6s', omni6],
            [both, 8, 'abra_t2v_8s', omni8],
            [both, 10, 'abra_t2v_10s', omni10],
          ]),
          ...keys('reference-images', [
            [both, 4, 'abra_r2v_4s', omni4],
            [both, 6, 'abra_r2v_6s', omni6],
            [both, 8, 'abra_r2v_8s', omni8],
            [both, 10, 'abra_r2v_10s', omni10],
          ]),
          ...keys('first-frame', [
            [both, 4, 'abra_i2v_4s', omni4],
            [both, 6, 'abra_i2v_6s', omni6],
            [both, 8, 'abra_i2v_8s', omni8],
            [both, 10, 'abra_i2v_10s', omni10],
          ]),
        ],
        upscales: [],
      },
    },
  },
  {
    id: 'veo-3.0-fast',
    label: 'Veo 3.0 Fast',
    family: 'Veo',
    kind: 'video',
    note: of2025,
    modes: [{ mode: 'reference-images', images: references }],
    upstreams: {
      flow: { rows: keys('reference-images', [[both, 8, 'veo_3_0_r2v_fast', unpriced]]), upscales: [] },
    },
  },
  {
    id: 'veo-2.1-fast',
    label: 'Veo 2.1 Fast',
    family: 'Veo',
    kind: 'video',
    note: of2025,
    modes: [
      { mode: 'text-to-video', images: none },
      { mode: 'first-frame', images: one },
      { mode: 'first-last-frame', images: two },
    ],
    upstreams: {
      flow: {
        rows: [
          ...keys('text-to-video', [[both, 8, 'veo_2_1_fast_d_15_t2v', unpriced]]),
          ...keys('first-frame', [[both, 8, 'veo_2_1_fast_d_15_i2v', unpriced]]),
          // The same key with two frames: what the code of December 2025 sent, never seen confirmed.
          ...keys('first-last-frame', [[both, 8, 'veo_2_1_fast_d_15_i2v', unpriced]]),
        ],
        upscales: [],
      },
    },
  },
  {
    id: 'veo-2.0',
    label: 'Veo 2',
    family: 'Veo',
    kind: 'video',
    note: of2025,
    modes: [
      { mode: 'text-to-video', images: none },
      { mode: 'first-frame', images: one },
      { mode: 'first-last-frame', images: two },
    ],
    upstreams: {
      flow: {
        rows: [
          ...keys('text-to-video', [[both, 8, 'veo_2_0_t2v', unpriced]]),
          ...keys('first-frame', [[both, 8, 'veo_2_0_i2v', unpriced]]),
          ...keys('first-last-frame', [[both, 8, 'veo_2_0_i2v', unpriced]]),
        ],
        upscales: [],
      },
    },
  },
  {
    id: 'veo-3.1-fast-relaxed',
    label: 'Veo 3.1 Fast, relaxed',
    family: 'Veo',
    kind: 'video',
    note: 'Not in the list of upstream since August 2026, which may refuse it; veo-3.1-lite-low-priority came after it.',
    modes: [
      { mode: 'text-to-video', images: none },
      { mode: 'first-frame', images: one },
      { mode: 'first-last-frame', images: two },
      { mode: 'reference-images', images: references },
    ],
    upstreams: {
      flow: {
        // No tier has these keys any more. They stand under Ultra so that upstream's own refusal decides.
        rows: [
          ...keys('text-to-video', [
            [landscape, 8, 'veo_3_1_t2v_fast_ultra_relaxed', relaxed],
            [portrait, 8, 'veo_3_1_t2v_fast_portrait_ultra_relaxed', relaxed],
          ]),
          ...keys('first-frame', [
            [landscape, 8, 'veo_3_1_i2v_s_fast_ultra_relaxed', relaxed],
            [portrait, 8, 'veo_3_1_i2v_s_fast_portrait_ultra_relaxed', relaxed],
          ]),
          // Landscape as captured in early 2026; the portrait key is inferred from it.
          ...keys('first-last-frame', [
            [landscape, 8, 'veo_3_1_i2v_s_fast_fl_ultra_relaxed', relaxed],
            [portrait, 8, 'veo_3_1_i2v_s_fast_portrait_fl_ultra_relaxed', relaxed],
          ]),
          ...keys('reference-images', [
            [landscape, 8, 'veo_3_1_r2v_fast_landscape_ultra_relaxed', relaxed],
            [portrait, 8, 'veo_3_1_r2v_fast_portrait_ultra_relaxed', relaxed],
          ]),
        ],
        upscales: [],
      },
    },
  },
];

/** The size a model makes without an upscale step: pictures about 1K, videos 720p (Flow reference). */
export const nativeResolution = { image: '1k', video: '720p' } as const satisfies Record<
  MediaKind,
  Resolution
>;

const byId = new Map(baseModels.map((base) => [base.id, base]));

/** The base model of this id. Throws a plain error for an unknown one: the tables are wrong then, not the caller. */
export function getBaseModel(id: string): BaseModel {
  const base = byId.get(id);
  if (base === undefined) throw new Error(`No base model ${id} in the catalog`);
  return base;
}
