/** What comes out of a generation. */
export type MediaKind = 'image' | 'video';

/** Plan of an upstream account. Flow: `PAYGATE_TIER_NOT_PAID` = free, `…_ONE` = pro, `…_TWO` = ultra. */
export type Tier = 'free' | 'pro' | 'ultra';

export const tiers = ['free', 'pro', 'ultra'] as const satisfies readonly Tier[];

/** Width to height. */
export type AspectRatio = '16:9' | '9:16' | '1:1' | '4:3' | '3:4';

/** What the pictures of a request mean for the model. */
export type GenerationMode =
  | 'text-to-image'
  | 'image-to-image'
  | 'text-to-video'
  | 'first-frame'
  | 'first-last-frame'
  | 'reference-images'
  | 'extend';

/** Size asked beyond the native one; made by an upscale step of its own. */
export type Upscale = '2k' | '4k' | '1080p';

/** Every size a request can name: native of pictures, native of videos, or one made by an upscale step. */
export type Resolution = '1k' | '720p' | Upscale;

/** Options of a request that choose among the variants of a model. Everything is optional; see `resolveModel`. */
export type ModelOptions = {
  /** Demand: met, or refused with what is possible. Text as the client wrote it, e.g. `16:9`, `portrait`. */
  aspectRatio?: string;
  /** Wish: `<width>x<height>` or `auto`; the nearest ratio is taken. */
  size?: string;
  /** Demand: length of a video in seconds. */
  seconds?: number;
  /** Demand: `1k`, `2k`, `4k`, `720p`, `1080p`, in any case. */
  resolution?: string;
  /**
   * Only `2k`, `4k` and, of a video, `1080p` mean something, the same as in `resolution`; every other word is ignored.
   */
  quality?: string;
  /** What the client calls these, where that is not their usual name: errors speak of what was sent. */
  names?: { aspectRatio?: string; resolution?: string; seconds?: string; sourceVideo?: string };
};

/** The pictures (or the video) that come with a request, as far as the choice of the model depends on them. */
export type ModelInputs = {
  /** Number of pictures. */
  images: number;
  /** Pixels of the first picture after EXIF rotation: decides the ratio where nothing else does. */
  firstImage?: { width: number; height: number };
  /** An earlier video to go on from. */
  sourceVideo?: boolean;
  /** What the client said the pictures are. Absent: the id and their number decide. */
  pictureRole?: 'frame' | 'reference';
};

/** The model ids that foreign names such as `dall-e-3` and `sora-2` stand for: a setting. */
export type ModelDefaults = { image: string; video: string };

/** What Flow needs for one tier: the keys and prices, all in credits. */
export type FlowPlan = {
  /** `videoModelKey` or `imageModelName`. */
  modelKey: string;
  /**
   * Key to send instead on the wire of December 2025, where that differs: it had one key for frames of either orientation
   * and number, and none for Ultra accounts.
   */
  legacyModelKey?: string;
  /** Credits for the generation itself. */
  cost: number;
  /** Set where no price is known. `cost` is then 0, so that no account is left out for it. */
  costUnknown?: true;
  /** Upscaler of a video; images need none. */
  upscaleKey?: string;
  /** Credits for the upscale step. */
  upscaleCost: number;
};

/** One fully decided generation: the outcome of resolving an id with its options. Plain JSON, stored with the job. */
export type ModelSpec = {
  /** Id to show: the canonical id of the variant when the catalog has one, else `<base>`. */
  id: string;
  /** Base model, one of about ten, e.g. `veo-3.1-fast`. */
  base: string;
  kind: MediaKind;
  mode: GenerationMode;
  aspectRatio: AspectRatio;
  /** Length of a video; absent for images. */
  seconds?: number;
  upscale?: Upscale;
  /** What Flow needs, per tier that can do it. A missing tier cannot. */
  flow: Partial<Record<Tier, FlowPlan>>;
  /** Upstream's own estimate of the generation in seconds, where it is known. */
  typicalSeconds?: number;
  /** The same for the upscale step. */
  typicalUpscaleSeconds?: number;
};

/** A model as listings show it. */
export type ModelInfo = {
  id: string;
  kind: MediaKind;
  description: string;
  /** Set for ids that mean another id. */
  aliasOf?: string;
};
