import { fromStoredError, GatewayError } from '../errors';
import { type GenerationRequest, isBlank, longestPrompt, type VideoView } from '../generation/types';
import { parseShape } from '../models/aspect-ratio';
import { findKind } from '../models/kind';
import type { ModelDefaults } from '../models/types';
import {
  type Fields,
  type FieldsBody,
  given,
  isFields,
  parseObject,
  picturesIn,
  refuse,
  refuseStrayPictures,
} from './body-fields';
import { cancelledError, encodeError } from './error';
import { decodeModelOptions } from './model-options';

const largestSeed = 2_147_483_647;

/**
 * A body of `POST /v1/videos`, JSON or multipart alike. What means nothing here is ignored. Throws `invalid_request` with
 * the field at fault.
 */
export function decodeVideoRequest(
  { fields, files }: FieldsBody,
  defaults: ModelDefaults,
): GenerationRequest {
  const model = decodeModel(fields, defaults);
  const seed = decodeSeed(given(fields, 'seed'));
  return {
    model,
    prompt: decodePrompt(fields),
    options: decodeOptions(fields),
    ...decodePictures({ fields, files }),
    ...(seed === undefined ? {} : { seed }),
  };
}

function decodeModel(fields: Fields, defaults: ModelDefaults): string {
  const model = decodeText(fields, 'model') ?? defaults.video;
  // An id that nobody knows is refused where all ids are, with those that are like it.
  if (findKind(model, defaults) !== 'image') return model;
  throw refuse(
    'model',
    `is ${model.slice(0, 100)}, which makes pictures; use POST /v1/images/generations, or a model such as ${defaults.video}`,
  );
}

function decodePrompt(fields: Fields): string {
  const prompt = decodeText(fields, 'prompt');
  if (prompt === undefined)
    throw refuse('prompt', 'is missing; say what to make', 'missing_required_parameter');
  if (prompt.length <= longestPrompt) return prompt;
  const [found, most] = [prompt.length, longestPrompt].map((length) => length.toLocaleString('en'));
  throw refuse('prompt', `has ${found} characters; use at most ${most}`, 'string_above_max_length');
}

/** Text with something in it; `undefined` for none. */
function decodeText(fields: Fields, name: string): string | undefined {
  const value = given(fields, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw refuse(name, 'must be text');
  return isBlank(value) ? undefined : value;
}

/** Options that are not text or a number would count for nothing, and another video would be made than was asked for. */
function decodeOptions(fields: Fields): GenerationRequest['options'] {
  for (const name of ['size', 'aspect_ratio', 'resolution']) decodeText(fields, name);
  const seconds = given(fields, 'seconds');
  if (seconds !== undefined && typeof seconds !== 'string' && typeof seconds !== 'number') {
    throw refuse('seconds', 'must be a number such as "8"');
  }
  return decodeModelOptions({ ...fields });
}

/** A seed that upstream cannot take is as good as none. */
function decodeSeed(value: unknown): number | undefined {
  const seed = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  const isSeed = typeof seed === 'number' && Number.isInteger(seed) && seed >= 0 && seed < largestSeed;
  return isSeed ? seed : undefined;
}

/** Names of the first picture: one that is left out would make another video than was asked for. */
const firstNames = ['input_reference', 'first_frame', 'image', 'images', 'image_url'];
const pictureNames = [...firstNames, 'last_frame', 'reference_images'];

/**
 * One `input_reference` is what the model makes of a picture, as a rule its first frame; `first_frame` and `last_frame`
 * make it one. `reference_images` are never frames.
 */
function decodePictures(body: FieldsBody): Pick<GenerationRequest, 'references' | 'pictureRole'> {
  refuseStrayPictures(
    body,
    pictureNames,
    'Send the first frame as "first_frame" or "input_reference", the last one as "last_frame", and other pictures as "reference_images"',
  );
  const first = picturesIn(body, ...firstNames);
  const last = picturesIn(body, 'last_frame');
  const references = picturesIn(body, 'reference_images');
  if (references.length > 0 && first.length + last.length > 0) {
    throw refuse('reference_images', 'cannot be used together with a first or last frame');
  }
  if (references.length > 0) return { references, pictureRole: 'reference' };
  const isFrame = picturesIn(body, 'first_frame').length > 0;
  if (isFrame && first.length !== 1) {
    throw refuse('first_frame', 'must be one picture, and the only first one');
  }
  if (last.length === 0) return { references: first, ...(isFrame ? { pictureRole: 'frame' } : {}) };
  if (last.length > 1) throw refuse('last_frame', 'must be one picture');
  if (first.length !== 1) {
    throw refuse(
      'last_frame',
      'needs the first frame too: one picture in "first_frame" or "input_reference"',
    );
  }
  return { references: [...first, ...last], pictureRole: 'frame' };
}

/** What goes on from an earlier video. */
export type DecodedExtension = {
  /** Id of the job that made the earlier one. */
  jobId: string;
  /** Absent: the model of the earlier video, where that can. */
  model?: string;
  prompt: string;
  options: GenerationRequest['options'];
  seed?: number;
};

/** A body of `POST /v1/videos/extensions`. Throws `invalid_request`, and `not_found` for an id that can be none. */
export function decodeExtension(body: FieldsBody, defaults: ModelDefaults): DecodedExtension {
  const { fields } = body;
  const jobId = decodeSource(body);
  refuseStrayPictures(body, [], 'What goes on from a video takes no pictures');
  for (const name of pictureNames) {
    if (given(fields, name) === undefined) continue;
    throw refuse(
      name,
      'cannot be used: what goes on from a video takes no pictures',
      'unsupported_parameter',
    );
  }
  const seed = decodeSeed(given(fields, 'seed'));
  return {
    jobId,
    ...(given(fields, 'model') === undefined ? {} : { model: decodeModel(fields, defaults) }),
    prompt: decodePrompt(fields),
    options: decodeOptions(fields),
    ...(seed === undefined ? {} : { seed }),
  };
}

/** The id of the job that the body names as `video`: `{id}`, or the id alone. */
export function decodeSource({ fields, files }: FieldsBody): string {
  if (files.some(({ field }) => field === 'video')) {
    throw refuse('video', 'cannot be a file: only videos made here go on. Send {"id": "video_…"}');
  }
  const value = parseObject(given(fields, 'video'));
  if (value === undefined) {
    throw refuse(
      'video',
      'is missing; send {"id": "video_…"} of an earlier video',
      'missing_required_parameter',
    );
  }
  const id = isFields(value) ? value.id : value;
  if (typeof id !== 'string') throw refuse('video', 'must be {"id": "video_…"} of an earlier video');
  return decodeVideoId(id) ?? refuseUnknown('video');
}

const prefix = 'video_';

/** The id of a video, by its job. */
export const encodeVideoId = (jobId: string): string => jobId.replace(/^job_/, prefix);

/** The id of the job that a video id means; the job's own id is taken as well. `undefined` for what is neither. */
export const decodeVideoId = (id: string): string | undefined => {
  const [, own] = /^(?:video_|job_)([a-z0-9]{1,64})$/.exec(id.trim()) ?? [];
  return own === undefined ? undefined : `job_${own}`;
};

/** Throws what is said of every video that is not there for the caller. */
export function refuseUnknown(param = 'video_id'): never {
  throw new GatewayError('not_found', 'There is no video of this id for your API key.', {
    param,
    wireCode: 'video_not_found',
  });
}

/** What no model here can: the words for a caller who asked for it. */
export const unsupported = (what: 'remix' | 'edit') =>
  new GatewayError(
    'invalid_request',
    what === 'remix'
      ? 'No model here can make a video anew from an earlier one. Create one with POST /v1/videos and another prompt, or go on from it with POST /v1/videos/extensions.'
      : 'No model here can change an earlier video. Go on from it with POST /v1/videos/extensions, or create another with POST /v1/videos.',
    { param: 'video', wireCode: 'unsupported_operation' },
  );

const seconds = (instant: Date) => Math.floor(instant.getTime() / 1_000);

const statuses = {
  queued: 'queued',
  running: 'in_progress',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'failed',
} as const satisfies Record<VideoView['state'], string>;

/** A video as this surface shows it: every key, always (OpenAI's reference, Videos, August 2026). */
export const encodeVideo = (video: VideoView) => ({
  id: encodeVideoId(video.jobId),
  object: 'video' as const,
  model: video.model,
  status: statuses[video.state],
  progress: video.percent,
  created_at: seconds(video.createdAt),
  completed_at: video.endedAt === undefined ? null : seconds(video.endedAt),
  expires_at: video.expiresAt === undefined ? null : seconds(video.expiresAt),
  prompt: video.prompt,
  size: encodeSize(video),
  seconds: video.seconds === undefined ? '' : String(video.seconds),
  remixed_from_video_id: null,
  error: encodeFailure(video),
});

/** The shorter side in pixels of what a model is asked for. */
const shortSides = {
  '720p': 720,
  '1080p': 1_080,
  '1k': 1_024,
  '2k': 1_440,
  '4k': 2_160,
} as const satisfies Record<VideoView['resolution'], number>;

/** The pixels of the file; before there is one, those that are asked for. */
function encodeSize({ width, height, aspectRatio, resolution }: VideoView): string {
  if (width !== undefined && height !== undefined) return `${width}x${height}`;
  const short = shortSides[resolution];
  const { width: wide, height: high } = parseShape(aspectRatio) ?? { width: 16, height: 9 };
  const scale = short / Math.min(wide, high);
  return `${Math.round(wide * scale)}x${Math.round(high * scale)}`;
}

const failureOf = ({ state, error }: VideoView): GatewayError => {
  if (state === 'cancelled') return cancelledError();
  return fromStoredError(error ?? { code: 'internal_error', message: 'The job failed.' });
};

function encodeFailure(video: VideoView): { code: string; message: string } | null {
  const { state } = video;
  if (state !== 'failed' && state !== 'cancelled') return null;
  const { code, type, message } = encodeError(failureOf(video), video).body.error;
  const made = video.hasFile
    ? ` What was made before it is at /v1/videos/${encodeVideoId(video.jobId)}/content.`
    : '';
  return { code: code ?? type, message: `${message}${made}` };
}

/** A page of `GET /v1/videos`. Clients go on from `last_id`. */
export const encodeVideoList = (videos: readonly VideoView[], hasMore: boolean) => {
  const data = videos.map(encodeVideo);
  return {
    object: 'list' as const,
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: hasMore,
  };
};

const pollMs = { least: 2_000, most: 10_000, usual: 5_000 };
const looksPerVideo = 20;

/**
 * How long a client does well to wait before it looks again, for the header `openai-poll-after-ms`; `undefined` once
 * there is nothing to wait for. python's client reads it once and keeps to it.
 */
export function pollAfterMs({ state, expectedMs }: VideoView): number | undefined {
  if (state !== 'queued' && state !== 'running') return undefined;
  const wished = expectedMs === undefined ? pollMs.usual : Math.round(expectedMs / looksPerVideo);
  return Math.min(pollMs.most, Math.max(pollMs.least, wished));
}

const largestPage = 100;
const usualPage = 20;

/** The query of `GET /v1/videos`. Throws `invalid_request`. */
export function decodeVideoQuery(query: URLSearchParams): {
  limit: number;
  order: 'asc' | 'desc';
  after?: string;
} {
  const limit = query.get('limit') || String(usualPage);
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > largestPage) {
    throw refuse('limit', `must be a whole number from 1 to ${largestPage}`);
  }
  const order = query.get('order') || 'desc';
  if (order !== 'asc' && order !== 'desc') throw refuse('order', 'must be "asc" or "desc"');
  const after = query.get('after');
  if (after === null || after === '') return { limit: Number(limit), order };
  const jobId = decodeVideoId(after);
  if (jobId === undefined) throw refuse('after', 'is not the id of a video');
  return { limit: Number(limit), order, after: jobId };
}

const variants = ['video', 'thumbnail', 'spritesheet'] as const;

/** What of a video is wanted. Throws `invalid_request`, and `not_found` for what is not made here. */
export function decodeVariant(query: URLSearchParams): 'video' | 'thumbnail' {
  const variant = query.get('variant') || 'video';
  if (variant === 'video' || variant === 'thumbnail') return variant;
  if (variant === 'spritesheet') {
    throw new GatewayError('not_found', 'No spritesheets are made here. Ask for "thumbnail" or "video".', {
      param: 'variant',
      wireCode: 'variant_not_found',
    });
  }
  throw refuse('variant', `must be one of ${variants.join(', ')}`);
}
