import type { AspectRatio, GenerationMode, MediaKind, Resolution, Tier } from './types';

/**
 * Ratio of an id. A ratio is fixed. `ask`: 16:9 unless the request names another. `infer`: what the request names, else
 * the shape of its first picture, else 16:9.
 */
export type RatioRule = AspectRatio | 'ask' | 'infer';

/** What the ids at its end fix. A resolution of `ask` is native unless the request names another. */
export type VideoRow = readonly [
  ratio: RatioRule,
  seconds: number,
  resolution: Resolution | 'ask',
  ...ids: string[],
];

/** The same for pictures, whose concrete ids fix everything. */
export type ImageRow = readonly [ratio: AspectRatio, resolution: Resolution, ...ids: string[]];

/** Ids of one base model that mean the same modes, for the same tiers. */
export type IdGroup<Row> = {
  base: string;
  modes: readonly GenerationMode[];
  tiers?: readonly Tier[];
  rows: readonly Row[];
};

const imageModes = ['text-to-image', 'image-to-image'] as const;
const frames = ['first-frame', 'first-last-frame'] as const;

/** Picture ids of the predecessor, December 2025 and August 2026. Its three base names are base models of ours. */
export const imageIds: readonly IdGroup<ImageRow>[] = [
  {
    base: 'gemini-3.0-pro-image',
    modes: imageModes,
    rows: [
      ['16:9', '1k', 'gemini-3.0-pro-image-landscape'],
      ['9:16', '1k', 'gemini-3.0-pro-image-portrait'],
      ['1:1', '1k', 'gemini-3.0-pro-image-square'],
      ['4:3', '1k', 'gemini-3.0-pro-image-four-three'],
      ['3:4', '1k', 'gemini-3.0-pro-image-three-four'],
      ['16:9', '2k', 'gemini-3.0-pro-image-landscape-2k'],
      ['9:16', '2k', 'gemini-3.0-pro-image-portrait-2k'],
      ['1:1', '2k', 'gemini-3.0-pro-image-square-2k'],
      ['4:3', '2k', 'gemini-3.0-pro-image-four-three-2k'],
      ['3:4', '2k', 'gemini-3.0-pro-image-three-four-2k'],
      ['16:9', '4k', 'gemini-3.0-pro-image-landscape-4k'],
      ['9:16', '4k', 'gemini-3.0-pro-image-portrait-4k'],
      ['1:1', '4k', 'gemini-3.0-pro-image-square-4k'],
      ['4:3', '4k', 'gemini-3.0-pro-image-four-three-4k'],
      ['3:4', '4k', 'gemini-3.0-pro-image-three-four-4k'],
    ],
  },
  {
    base: 'gemini-3.1-flash-image',
    modes: imageModes,
    rows: [
      ['16:9', '1k', 'gemini-3.1-flash-image-landscape'],
      ['9:16', '1k', 'gemini-3.1-flash-image-portrait'],
      ['1:1', '1k', 'gemini-3.1-flash-image-square'],
      ['4:3', '1k', 'gemini-3.1-flash-image-four-three'],
      ['3:4', '1k', 'gemini-3.1-flash-image-three-four'],
      ['16:9', '2k', 'gemini-3.1-flash-image-landscape-2k'],
      ['9:16', '2k', 'gemini-3.1-flash-image-portrait-2k'],
      ['1:1', '2k', 'gemini-3.1-flash-image-square-2k'],
      ['4:3', '2k', 'gemini-3.1-flash-image-four-three-2k'],
      ['3:4', '2k', 'gemini-3.1-flash-image-three-four-2k'],
      ['16:9', '4k', 'gemini-3.1-flash-image-landscape-4k'],
      ['9:16', '4k', 'gemini-3.1-flash-image-portrait-4k'],
      ['1:1', '4k', 'gemini-3.1-flash-image-square-4k'],
      ['4:3', '4k', 'gemini-3.1-flash-image-four-three-4k'],
      ['3:4', '4k', 'gemini-3.1-flash-image-three-four-4k'],
    ],
  },
  {
    base: 'gemini-2.5-flash-image',
    modes: imageModes,
    rows: [
      ['16:9', '1k', 'gemini-2.5-flash-image-landscape'],
      ['9:16', '1k', 'gemini-2.5-flash-image-portrait'],
    ],
  },
  {
    base: 'imagen-4.0-generate-preview',
    modes: imageModes,
    rows: [
      ['16:9', '1k', 'imagen-4.0-generate-preview-landscape'],
      ['9:16', '1k', 'imagen-4.0-generate-preview-portrait'],
    ],
  },
];

/**
 * Video ids and base names of the predecessor, December 2025 and August 2026. Ids of one row mean the same; the first
 * row and id that fits a variant is its canonical id. 41 names were base name and concrete landscape id at once; they
 * are `ask`: a ratio in the request chooses, a picture does not. Base names only are `infer`.
 */
export const videoIds: readonly IdGroup<VideoRow>[] = [
  {
    base: 'veo-3.1-fast',
    modes: frames,
    rows: [
      ['ask', 8, '720p', 'veo_3_1_i2v_s_fast_fl', 'veo_3_1_i2v_s_fast_8s_fl'],
      ['16:9', 8, '720p', 'veo_3_1_i2v_s_fast_fl_landscape', 'veo_3_1_i2v_s_fast_landscape_8s_fl'],
      [
        '9:16',
        8,
        '720p',
        'veo_3_1_i2v_s_fast_portrait_fl',
        'veo_3_1_i2v_s_fast_fl_portrait',
        'veo_3_1_i2v_s_fast_portrait_8s_fl',
      ],
      ['ask', 4, '720p', 'veo_3_1_i2v_s_fast_4s_fl'],
      ['16:9', 4, '720p', 'veo_3_1_i2v_s_fast_landscape_4s_fl'],
      ['9:16', 4, '720p', 'veo_3_1_i2v_s_fast_portrait_4s_fl'],
      ['ask', 6, '720p', 'veo_3_1_i2v_s_fast_6s_fl'],
      ['16:9', 6, '720p', 'veo_3_1_i2v_s_fast_landscape_6s_fl'],
      ['9:16', 6, '720p', 'veo_3_1_i2v_s_fast_portrait_6s_fl'],
    ],
  },
  {
    base: 'veo-3.1-fast',
    modes: ['text-to-video'],
    rows: [
      ['16:9', 8, '720p', 'veo_3_1_t2v_fast_landscape', 'veo_3_1_t2v_fast_landscape_8s'],
      ['ask', 8, '720p', 'veo_3_1_t2v_fast_8s'],
      ['infer', 8, '720p', 'veo_3_1_t2v_fast'],
      ['9:16', 8, '720p', 'veo_3_1_t2v_fast_portrait', 'veo_3_1_t2v_fast_portrait_8s'],
      ['16:9', 8, '1080p', 'veo_3_1_t2v_fast_1080p'],
      ['9:16', 8, '1080p', 'veo_3_1_t2v_fast_portrait_1080p'],
      ['16:9', 8, '4k', 'veo_3_1_t2v_fast_4k'],
      ['9:16', 8, '4k', 'veo_3_1_t2v_fast_portrait_4k'],
      ['ask', 4, '720p', 'veo_3_1_t2v_fast_4s'],
      ['16:9', 4, '720p', 'veo_3_1_t2v_fast_landscape_4s'],
      ['9:16', 4, '720p', 'veo_3_1_t2v_fast_portrait_4s'],
      ['ask', 6, '720p', 'veo_3_1_t2v_fast_6s'],
      ['16:9', 6, '720p', 'veo_3_1_t2v_fast_landscape_6s'],
      ['9:16', 6, '720p', 'veo_3_1_t2v_fast_portrait_6s'],
    ],
  },
  {
    base: 'veo-3.1-fast',
    modes: ['text-to-video'],
    tiers: ['ultra'],
    rows: [
      ['ask', 8, '720p', 'veo_3_1_t2v_fast_ultra'],
      ['9:16', 8, '720p', 'veo_3_1_t2v_fast_portrait_ultra'],
      ['16:9', 8, '1080p', 'veo_3_1_t2v_fast_ultra_1080p'],
      ['9:16', 8, '1080p', 'veo_3_1_t2v_fast_portrait_ultra_1080p'],
      ['16:9', 8, '4k', 'veo_3_1_t2v_fast_ultra_4k'],
      ['9:16', 8, '4k', 'veo_3_1_t2v_fast_portrait_ultra_4k'],
    ],
  },
  {
    base: 'veo-3.1-fast',
    modes: frames,
    tiers: ['ultra'],
    rows: [
      ['ask', 8, '720p', 'veo_3_1_i2v_s_fast_ultra_fl'],
      ['9:16', 8, '720p', 'veo_3_1_i2v_s_fast_portrait_ultra_fl'],
      ['16:9', 8, '1080p', 'veo_3_1_i2v_s_fast_ultra_fl_1080p'],
      ['9:16', 8, '1080p', 'veo_3_1_i2v_s_fast_portrait_ultra_fl_1080p'],
      ['16:9', 8, '4k', 'veo_3_1_i2v_s_fast_ultra_fl_4k'],
      ['9:16', 8, '4k', 'veo_3_1_i2v_s_fast_portrait_ultra_fl_4k'],
    ],
  },
  {
    base: 'veo-3.1-fast',
    modes: ['reference-images'],
    rows: [
      ['ask', 8, '720p', 'veo_3_1_r2v_fast', 'veo_3_1_r2v_fast_8s'],
      ['16:9', 8, '720p', 'veo_3_1_r2v_fast_landscape', 'veo_3_1_r2v_fast_landscape_8s'],
      ['9:16', 8, '720p', 'veo_3_1_r2v_fast_portrait', 'veo_3_1_r2v_fast_portrait_8s'],
    ],
  },
  {
    base: 'veo-3.1-fast',
    modes: ['reference-images'],
    tiers: ['ultra'],
    rows: [
      ['ask', 8, '720p', 'veo_3_1_r2v_fast_ultra', 'veo_3_1_r2v_fast_ultra_8s'],
      ['16:9', 8, '720p', 'veo_3_1_r2v_fast_landscape_ultra', 'veo_3_1_r2v_fast_landscape_ultra_8s'],
      ['9:16', 8, '720p', 'veo_3_1_r2v_fast_portrait_ultra', 'veo_3_1_r2v_fast_portrait_ultra_8s'],
      ['16:9', 8, '1080p', 'veo_3_1_r2v_fast_ultra_1080p', 'veo_3_1_r2v_fast_landscape_ultra_1080p'],
      ['9:16', 8, '1080p', 'veo_3_1_r2v_fast_portrait_ultra_1080p'],
      ['16:9', 8, '4k', 'veo_3_1_r2v_fast_ultra_4k', 'veo_3_1_r2v_fast_landscape_ultra_4k'],
      ['9:16', 8, '4k', 'veo_3_1_r2v_fast_portrait_ultra_4k'],
    ],
  },
  {
    base: 'veo-3.1-quality',
    modes: ['text-to-video'],
    rows: [
      ['16:9', 8, '720p', 'veo_3_1_t2v_landscape', 'veo_3_1_t2v_landscape_8s'],
      ['ask', 8, 'ask', 'veo_3_1_t2v_8s'],
      ['infer', 8, 'ask', 'veo_3_1_t2v'],
      ['9:16', 8, '720p', 'veo_3_1_t2v_portrait', 'veo_3_1_t2v_portrait_8s'],
      ['ask', 8, '1080p', 'veo_3_1_t2v_1080p', 'veo_3_1_t2v_8s_1080p'],
      ['16:9', 8, '1080p', 'veo_3_1_t2v_landscape_1080p', 'veo_3_1_t2v_landscape_8s_1080p'],
      ['9:16', 8, '1080p', 'veo_3_1_t2v_portrait_1080p', 'veo_3_1_t2v_portrait_8s_1080p'],
      ['ask', 8, '4k', 'veo_3_1_t2v_4k', 'veo_3_1_t2v_8s_4k'],
      ['16:9', 8, '4k', 'veo_3_1_t2v_landscape_4k', 'veo_3_1_t2v_landscape_8s_4k'],
      ['9:16', 8, '4k', 'veo_3_1_t2v_portrait_4k', 'veo_3_1_t2v_portrait_8s_4k'],
      ['ask', 4, 'ask', 'veo_3_1_t2v_4s'],
      ['16:9', 4, '720p', 'veo_3_1_t2v_landscape_4s'],
      ['9:16', 4, '720p', 'veo_3_1_t2v_portrait_4s'],
      ['ask', 4, '1080p', 'veo_3_1_t2v_4s_1080p'],
      ['16:9', 4, '1080p', 'veo_3_1_t2v_landscape_4s_1080p'],
      ['9:16', 4, '1080p', 'veo_3_1_t2v_portrait_4s_1080p'],
      ['ask', 4, '4k', 'veo_3_1_t2v_4s_4k'],
      ['16:9', 4, '4k', 'veo_3_1_t2v_landscape_4s_4k'],
      ['9:16', 4, '4k', 'veo_3_1_t2v_portrait_4s_4k'],
      ['ask', 6, 'ask', 'veo_3_1_t2v_6s'],
      ['16:9', 6, '720p', 'veo_3_1_t2v_landscape_6s'],
      ['9:16', 6, '720p', 'veo_3_1_t2v_portrait_6s'],
      ['ask', 6, '1080p', 'veo_3_1_t2v_6s_1080p'],
      ['16:9', 6, '1080p', 'veo_3_1_t2v_landscape_6s_1080p'],
      ['9:16', 6, '1080p', 'veo_3_1_t2v_portrait_6s_1080p'],
      ['ask', 6, '4k', 'veo_3_1_t2v_6s_4k'],
      ['16:9', 6, '4k', 'veo_3_1_t2v_landscape_6s_4k'],
      ['9:16', 6, '4k', 'veo_3_1_t2v_portrait_6s_4k'],
    ],
  },
  {
    base: 'veo-3.1-quality',
    modes: frames,
    rows: [
      ['16:9', 8, '720p', 'veo_3_1_i2v_s_landscape', 'veo_3_1_i2v_s_landscape_8s'],
      ['ask', 8, 'ask', 'veo_3_1_i2v_s_8s'],
      ['infer', 8, 'ask', 'veo_3_1_i2v_s'],
      ['9:16', 8, '720p', 'veo_3_1_i2v_s_portrait', 'veo_3_1_i2v_s_portrait_8s'],
      ['ask', 8, '1080p', 'veo_3_1_i2v_s_1080p', 'veo_3_1_i2v_s_8s_1080p'],
      ['16:9', 8, '1080p', 'veo_3_1_i2v_s_landscape_1080p', 'veo_3_1_i2v_s_landscape_8s_1080p'],
      ['9:16', 8, '1080p', 'veo_3_1_i2v_s_portrait_1080p', 'veo_3_1_i2v_s_portrait_8s_1080p'],
      ['ask', 8, '4k', 'veo_3_1_i2v_s_4k', 'veo_3_1_i2v_s_8s_4k'],
      ['16:9', 8, '4k', 'veo_3_1_i2v_s_landscape_4k', 'veo_3_1_i2v_s_landscape_8s_4k'],
      ['9:16', 8, '4k', 'veo_3_1_i2v_s_portrait_4k', 'veo_3_1_i2v_s_portrait_8s_4k'],
      ['ask', 4, 'ask', 'veo_3_1_i2v_s_4s'],
      ['16:9', 4, '720p', 'veo_3_1_i2v_s_landscape_4s'],
      ['9:16', 4, '720p', 'veo_3_1_i2v_s_portrait_4s'],
      ['ask', 4, '1080p', 'veo_3_1_i2v_s_4s_1080p'],
      ['16:9', 4, '1080p', 'veo_3_1_i2v_s_landscape_4s_1080p'],
      ['9:16', 4, '1080p', 'veo_3_1_i2v_s_portrait_4s_1080p'],
      ['ask', 4, '4k', 'veo_3_1_i2v_s_4s_4k'],
      ['16:9', 4, '4k', 'veo_3_1_i2v_s_landscape_4s_4k'],
      ['9:16', 4, '4k', 'veo_3_1_i2v_s_portrait_4s_4k'],
      ['ask', 6, 'ask', 'veo_3_1_i2v_s_6s'],
      ['16:9', 6, '720p', 'veo_3_1_i2v_s_landscape_6s'],
      ['9:16', 6, '720p', 'veo_3_1_i2v_s_portrait_6s'],
      ['ask', 6, '1080p', 'veo_3_1_i2v_s_6s_1080p'],
      ['16:9', 6, '1080p', 'veo_3_1_i2v_s_landscape_6s_1080p'],
      ['9:16', 6, '1080p', 'veo_3_1_i2v_s_portrait_6s_1080p'],
      ['ask', 6, '4k', 'veo_3_1_i2v_s_6s_4k'],
      ['16:9', 6, '4k', 'veo_3_1_i2v_s_landscape_6s_4k'],
      ['9:16', 6, '4k', 'veo_3_1_i2v_s_portrait_6s_4k'],
    ],
  },
  {
    base: 'veo-3.1-quality',
    modes: ['extend'],
    rows: [
      ['ask', 8, '720p', 'veo_3_1_extend'],
      ['9:16', 8, '720p', 'veo_3_1_extend_portrait'],
    ],
  },
  {
    base: 'veo-3.1-lite',
    modes: ['text-to-video'],
    rows: [
      [
        '16:9',
        8,
        '720p',
        'veo_3_1_t2v_lite_landscape',
        'veo_3_1_t2v_lite_8s_landscape',
        'veo_3_1_t2v_lite_landscape_8s',
      ],
      ['infer', 8, '720p', 'veo_3_1_t2v_lite', 'veo_3_1_t2v_lite_8s'],
      [
        '9:16',
        8,
        '720p',
        'veo_3_1_t2v_lite_portrait',
        'veo_3_1_t2v_lite_8s_portrait',
        'veo_3_1_t2v_lite_portrait_8s',
      ],
      ['16:9', 4, '720p', 'veo_3_1_t2v_lite_4s_landscape', 'veo_3_1_t2v_lite_landscape_4s'],
      ['infer', 4, '720p', 'veo_3_1_t2v_lite_4s'],
      ['9:16', 4, '720p', 'veo_3_1_t2v_lite_4s_portrait', 'veo_3_1_t2v_lite_portrait_4s'],
      ['16:9', 6, '720p', 'veo_3_1_t2v_lite_6s_landscape', 'veo_3_1_t2v_lite_landscape_6s'],
      ['infer', 6, '720p', 'veo_3_1_t2v_lite_6s'],
      ['9:16', 6, '720p', 'veo_3_1_t2v_lite_6s_portrait', 'veo_3_1_t2v_lite_portrait_6s'],
    ],
  },
  {
    base: 'veo-3.1-lite',
    modes: ['first-frame'],
    rows: [
      [
        '16:9',
        8,
        '720p',
        'veo_3_1_i2v_lite_landscape',
        'veo_3_1_i2v_lite_8s_landscape',
        'veo_3_1_i2v_lite_landscape_8s',
      ],
      ['infer', 8, '720p', 'veo_3_1_i2v_lite', 'veo_3_1_i2v_lite_8s'],
      [
        '9:16',
        8,
        '720p',
        'veo_3_1_i2v_lite_portrait',
        'veo_3_1_i2v_lite_8s_portrait',
        'veo_3_1_i2v_lite_portrait_8s',
      ],
      ['16:9', 4, '720p', 'veo_3_1_i2v_lite_4s_landscape', 'veo_3_1_i2v_lite_landscape_4s'],
      ['infer', 4, '720p', 'veo_3_1_i2v_lite_4s'],
      ['9:16', 4, '720p', 'veo_3_1_i2v_lite_4s_portrait', 'veo_3_1_i2v_lite_portrait_4s'],
      ['16:9', 6, '720p', 'veo_3_1_i2v_lite_6s_landscape', 'veo_3_1_i2v_lite_landscape_6s'],
      ['infer', 6, '720p', 'veo_3_1_i2v_lite_6s'],
      ['9:16', 6, '720p', 'veo_3_1_i2v_lite_6s_portrait', 'veo_3_1_i2v_lite_portrait_6s'],
    ],
  },
  {
    base: 'veo-3.1-lite',
    modes: ['first-last-frame'],
    rows: [
      [
        '16:9',
        8,
        '720p',
        'veo_3_1_interpolation_lite_landscape',
        'veo_3_1_interpolation_lite_8s_landscape',
        'veo_3_1_interpolation_lite_landscape_8s',
      ],
      ['infer', 8, '720p', 'veo_3_1_interpolation_lite', 'veo_3_1_interpolation_lite_8s'],
      [
        '9:16',
        8,
        '720p',
        'veo_3_1_interpolation_lite_portrait',
        'veo_3_1_interpolation_lite_8s_portrait',
        'veo_3_1_interpolation_lite_portrait_8s',
      ],
      [
        '16:9',
        4,
        '720p',
        'veo_3_1_interpolation_lite_4s_landscape',
        'veo_3_1_interpolation_lite_landscape_4s',
      ],
      ['infer', 4, '720p', 'veo_3_1_interpolation_lite_4s'],
      ['9:16', 4, '720p', 'veo_3_1_interpolation_lite_4s_portrait', 'veo_3_1_interpolation_lite_portrait_4s'],
      [
        '16:9',
        6,
        '720p',
        'veo_3_1_interpolation_lite_6s_landscape',
        'veo_3_1_interpolation_lite_landscape_6s',
      ],
      ['infer', 6, '720p', 'veo_3_1_interpolation_lite_6s'],
      ['9:16', 6, '720p', 'veo_3_1_interpolation_lite_6s_portrait', 'veo_3_1_interpolation_lite_portrait_6s'],
    ],
  },
  {
    base: 'omni-flash',
    modes: ['text-to-video', 'reference-images'],
    rows: [
      ['ask', 8, '720p', 'omni'],
      ['9:16', 8, '720p', 'omni_portrait'],
    ],
  },
  {
    base: 'veo-3.0-fast',
    modes: ['reference-images'],
    rows: [
      ['16:9', 8, '720p', 'veo_3_0_r2v_fast_landscape'],
      ['9:16', 8, '720p', 'veo_3_0_r2v_fast_portrait'],
    ],
  },
  {
    base: 'veo-2.1-fast',
    modes: ['text-to-video'],
    rows: [
      ['16:9', 8, '720p', 'veo_2_1_fast_d_15_t2v_landscape'],
      ['9:16', 8, '720p', 'veo_2_1_fast_d_15_t2v_portrait'],
    ],
  },
  {
    base: 'veo-2.1-fast',
    modes: frames,
    rows: [
      ['16:9', 8, '720p', 'veo_2_1_fast_d_15_i2v_landscape'],
      ['9:16', 8, '720p', 'veo_2_1_fast_d_15_i2v_portrait'],
    ],
  },
  {
    base: 'veo-2.0',
    modes: ['text-to-video'],
    rows: [
      ['16:9', 8, '720p', 'veo_2_0_t2v_landscape'],
      ['9:16', 8, '720p', 'veo_2_0_t2v_portrait'],
    ],
  },
  {
    base: 'veo-2.0',
    modes: frames,
    rows: [
      ['16:9', 8, '720p', 'veo_2_0_i2v_landscape'],
      ['9:16', 8, '720p', 'veo_2_0_i2v_portrait'],
    ],
  },
  {
    base: 'veo-3.1-fast-relaxed',
    modes: ['text-to-video'],
    rows: [
      ['ask', 8, '720p', 'veo_3_1_t2v_fast_ultra_relaxed'],
      ['9:16', 8, '720p', 'veo_3_1_t2v_fast_portrait_ultra_relaxed'],
    ],
  },
  {
    base: 'veo-3.1-fast-relaxed',
    modes: frames,
    rows: [
      ['ask', 8, '720p', 'veo_3_1_i2v_s_fast_ultra_relaxed'],
      ['9:16', 8, '720p', 'veo_3_1_i2v_s_fast_portrait_ultra_relaxed'],
    ],
  },
  {
    base: 'veo-3.1-fast-relaxed',
    modes: ['reference-images'],
    rows: [
      ['ask', 8, '720p', 'veo_3_1_r2v_fast_ultra_relaxed', 'veo_3_1_r2v_fast_ultra_relaxed_8s'],
      [
        '16:9',
        8,
        '720p',
        'veo_3_1_r2v_fast_landscape_ultra_relaxed',
        'veo_3_1_r2v_fast_landscape_ultra_relaxed_8s',
      ],
      [
        '9:16',
        8,
        '720p',
        'veo_3_1_r2v_fast_portrait_ultra_relaxed',
        'veo_3_1_r2v_fast_portrait_ultra_relaxed_8s',
      ],
    ],
  },
];

/** Our own ids for a mode that the number of pictures alone would not choose. Everything else is left open. */
export const modeIds: readonly (readonly [id: string, base: string, mode: GenerationMode])[] = [
  ['veo-3.1-fast-references', 'veo-3.1-fast', 'reference-images'],
  ['veo-3.1-lite-references', 'veo-3.1-lite', 'reference-images'],
  ['veo-3.1-lite-low-priority-references', 'veo-3.1-lite-low-priority', 'reference-images'],
  ['omni-flash-frames', 'omni-flash', 'first-frame'],
  ['veo-3.1-fast-relaxed-references', 'veo-3.1-fast-relaxed', 'reference-images'],
];

/** Other names of base models: those of the Gemini API and of Vertex AI, and what people say. */
export const otherNames: readonly (readonly [base: string, ...ids: string[]])[] = [
  ['gemini-3.1-flash-image', 'nano-banana-2', 'gemini-3.1-flash-image-preview'],
  ['gemini-3.0-pro-image', 'nano-banana-pro', 'gemini-3-pro-image', 'gemini-3-pro-image-preview'],
  ['gemini-2.5-flash-image', 'nano-banana', 'gemini-2.5-flash-image-preview'],
  ['imagen-4.0-generate-preview', 'imagen-4.0-generate-001'],
  ['veo-3.1-fast', 'veo-3.1-fast-generate-preview', 'veo-3.1-fast-generate-001'],
  ['veo-3.1-quality', 'veo-3.1-generate-preview', 'veo-3.1-generate-001'],
  ['veo-3.1-lite', 'veo-3.1-lite-generate-preview', 'veo-3.1-lite-generate-001'],
  ['veo-2.0', 'veo-2.0-generate-001'],
];

/** Names that clients of OpenAI's API have built in. They stand for the default model of their kind, a setting. */
export const openAiAliases: ReadonlyMap<string, MediaKind> = new Map([
  ['gpt-image-1', 'image'],
  ['gpt-image-1-mini', 'image'],
  ['gpt-image-1.5', 'image'],
  ['gpt-image-2', 'image'],
  ['chatgpt-image-latest', 'image'],
  ['dall-e-3', 'image'],
  ['dall-e-2', 'image'],
  ['sora-2', 'video'],
  ['sora-2-pro', 'video'],
]);
