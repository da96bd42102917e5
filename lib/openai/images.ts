import {
  type GenerationEvent,
  type GenerationRequest,
  isBlank,
  longestPrompt,
  type MediaItem,
} from '../generation/types';
import { type Fields, type FieldsBody, given, picturesIn, refuse, refuseStrayPictures } from './body-fields';
import type { WireError } from './error';
import { describeJobFailure, type JobFailure } from './job-failure';
import { addressOf } from './media-address';
import { decodeModelOptions } from './model-options';

/** What a file holds, or is to be turned into. */
export type PictureFormat = 'png' | 'jpeg' | 'webp';

/** How the pictures of an answer are given. */
export type PictureStyle = {
  as: 'url' | 'b64_json';
  /** Absent: as they were made. */
  format?: PictureFormat;
  /** 0 to 100, for JPEG and WebP. */
  compression?: number;
};

/** What a request for pictures asks of the domain, and how it wants the answer. */
export type DecodedImages = {
  /** One for each picture; they differ in their seed only, where the request brought one. */
  generations: GenerationRequest[];
  style: PictureStyle;
  stream: boolean;
};

/** What an edit is, and what is made from text alone; they differ in what they need and in the names of their events. */
export type ImageTask = 'generation' | 'edit';

const mostPictures = 10;

/** The pictures in every spelling; `image[]`, `image[0]` and repeated ones are `image` here. */
const pictureNames = ['image', 'images', 'image_url', 'image_urls'];

const advice = {
  generation: 'Send the pictures to start from as "image" to POST /v1/images/edits',
  edit: 'Send the pictures as "image", as many as there are',
} as const satisfies Record<ImageTask, string>;

const largestSeed = 2_147_483_647;

/**
 * A body of `POST /v1/images/generations` or `/v1/images/edits`, JSON or multipart alike: numbers and booleans may be text.
 * What means nothing here is ignored. Throws `invalid_request` with the field at fault.
 */
export function decodeImages(task: ImageTask, body: FieldsBody, defaultModel: string): DecodedImages {
  const { fields, files } = body;
  const model = decodeModel(given(fields, 'model')) ?? defaultModel;
  const prompt = decodePrompt(given(fields, 'prompt'));
  const count = decodeCount(fields);
  const stream = decodeFlag(given(fields, 'stream'), 'stream');
  const style = decodeStyle(fields, model, stream);
  for (const name of ['mask', 'markup']) {
    if (given(fields, name) === undefined && files.every(({ field }) => field !== name)) continue;
    throw refuse(
      name,
      'cannot be used: no model here paints inside a mask. Describe in the prompt what is to change',
      'unsupported_parameter',
    );
  }
  refuseStrayPictures(body, pictureNames, advice[task]);
  const references = picturesIn(body, ...pictureNames);
  if (task === 'edit' && references.length === 0) {
    throw refuse('image', 'is missing; send the picture to edit', 'missing_required_parameter');
  }
  const options = decodeModelOptions(withSize(fields), { kind: 'image' });
  const seed = decodeSeed(given(fields, 'seed'));
  const generations = Array.from({ length: count }, (_, index) => ({
    model,
    prompt,
    options,
    references,
    ...(seed === undefined ? {} : { seed: (seed + index) % largestSeed }),
  }));
  return { generations, style, stream };
}

function decodeModel(value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && value.trim() !== '')) return value;
  throw refuse('model', 'must be the id of a model as text');
}

function decodePrompt(value: unknown): string {
  if (value === undefined || (typeof value === 'string' && isBlank(value))) {
    throw refuse('prompt', 'is missing; say what to make', 'missing_required_parameter');
  }
  if (typeof value !== 'string') throw refuse('prompt', 'must be text');
  if (value.length <= longestPrompt) return value;
  const [found, most] = [value.length, longestPrompt].map((length) => length.toLocaleString('en'));
  throw refuse('prompt', `has ${found} characters; use at most ${most}`, 'string_above_max_length');
}

/** `batch_size` is the name that SiliconFlow and its clients have for `n`. */
function decodeCount(fields: Fields): number {
  const name = given(fields, 'n') === undefined ? 'batch_size' : 'n';
  const value = given(fields, name);
  if (value === undefined) return 1;
  const count = parseWhole(value);
  if (count !== undefined && count >= 1 && count <= mostPictures) return count;
  throw refuse(name, `must be a whole number from 1 to ${mostPictures}`);
}

function parseWhole(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\s*-?\d{1,15}\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

function decodeFlag(value: unknown, param: string): boolean {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (word === undefined || word === false || word === 'false') return false;
  if (word === true || word === 'true') return true;
  throw refuse(param, 'must be true or false');
}

/** A seed that upstream cannot take is as good as none: nobody is promised the same picture again. */
function decodeSeed(value: unknown): number | undefined {
  const seed = parseWhole(value);
  return seed !== undefined && seed >= 0 && seed < largestSeed ? seed : undefined;
}

const formats: ReadonlyMap<unknown, PictureFormat> = new Map([
  ['png', 'png'],
  ['jpeg', 'jpeg'],
  ['jpg', 'jpeg'],
  ['webp', 'webp'],
]);

function decodeStyle(fields: Fields, model: string, stream: boolean): PictureStyle {
  // OpenAI's own rule: only the models of that name ever gave addresses, and no event of a stream has one.
  const usual = /^dall-e/i.test(model) && !stream ? 'url' : 'b64_json';
  const as = given(fields, 'response_format') ?? usual;
  if (as !== 'url' && as !== 'b64_json') throw refuse('response_format', 'must be "url" or "b64_json"');
  const { format, compression } = decodeFormat(fields);
  return {
    as,
    ...(format === undefined ? {} : { format }),
    ...(compression === undefined ? {} : { compression }),
  };
}

/** `output_format` and `output_compression`. Throws `invalid_request` for a format that nothing here makes. */
export function decodeFormat(fields: Fields): Pick<PictureStyle, 'format' | 'compression'> {
  const wanted = given(fields, 'output_format');
  const format = formats.get(typeof wanted === 'string' ? wanted.trim().toLowerCase() : wanted);
  if (wanted !== undefined && format === undefined) {
    throw refuse('output_format', 'must be "png", "jpeg" or "webp"');
  }
  const compression = parseWhole(given(fields, 'output_compression'));
  const isLevel = compression !== undefined && compression >= 0 && compression <= 100;
  return { ...(format === undefined ? {} : { format }), ...(isLevel ? { compression } : {}) };
}

/** Width and height as numbers of their own, as one chat UI sends them, count where there is no `size`. */
function withSize(fields: Fields): Record<string, unknown> {
  const [width, height] = [parseWhole(given(fields, 'width')), parseWhole(given(fields, 'height'))];
  const size = given(fields, 'size');
  if (size !== undefined && typeof size !== 'string')
    throw refuse('size', 'must be text such as "1024x1024"');
  return size === undefined && width !== undefined && height !== undefined
    ? { ...fields, size: `${width}x${height}` }
    : { ...fields };
}

/** How one of the jobs of a request ended. */
export type PictureEnd = Extract<GenerationEvent, { type: 'completed' | 'failed' | 'cancelled' }>;

/** What was made, and why the rest was not. */
export type ImagesOutcome = { pictures: MediaItem[]; failures: JobFailure[] };

/** Sorts the ends of all jobs of a request, in the order of the jobs. */
export function sortEnds(ends: readonly PictureEnd[], origin: string): ImagesOutcome {
  return {
    pictures: ends.flatMap((end) =>
      end.type === 'completed' ? end.media.filter(({ role }) => role === 'result') : [],
    ),
    failures: ends.flatMap((end) => (end.type === 'completed' ? [] : [describeJobFailure(end, origin)])),
  };
}

/** What an answer and every event of a stream say of a picture besides its bytes: true for the pictures given. */
export type PictureFacts = { format: PictureFormat | undefined; width?: number; height?: number };

// What Google's price list counts for a picture that goes in and one that comes out (Gemini API, pricing, 2026).
const inputPictureTokens = 258;
const outputPictureTokens = 1_290;

/** What of a request is counted. */
export type ImageCost = { prompt: string; inputPictures: number };

/** Numbers for clients that add some up: text at four characters a token. No model counted them. */
export function countImageUsage({ prompt, inputPictures }: ImageCost, pictures: number) {
  const textTokens = Math.ceil(prompt.length / 4);
  const imageTokens = inputPictures * inputPictureTokens;
  const outputTokens = pictures * outputPictureTokens;
  return {
    input_tokens: textTokens + imageTokens,
    output_tokens: outputTokens,
    total_tokens: textTokens + imageTokens + outputTokens,
    input_tokens_details: { text_tokens: textTokens, image_tokens: imageTokens },
  };
}

const describeFacts = ({ format, width, height }: PictureFacts) => ({
  ...(width === undefined || height === undefined ? {} : { size: `${width}x${height}` }),
  // There is one quality: the best that the model has.
  quality: 'high',
  background: 'opaque',
  ...(format === undefined ? {} : { output_format: format }),
});

/** One picture of an answer: its address, or what its text in base64 comes from. */
export type AnswerPicture = { url: string } | { base64: AsyncIterable<string> | Iterable<string> };

/**
 * The JSON of an answer in pieces, so that never more than a part of one picture is in memory. `facts` are those of the
 * first picture.
 */
export async function* encodeImagesAnswer(
  pictures: Iterable<AnswerPicture>,
  head: { created: number; facts: PictureFacts; usage: object },
): AsyncGenerator<string> {
  yield `{"created":${head.created},"data":[`;
  let isFirst = true;
  for (const picture of pictures) {
    if (!isFirst) yield ',';
    isFirst = false;
    if ('url' in picture) {
      yield JSON.stringify({ url: picture.url });
      continue;
    }
    yield '{"b64_json":"';
    yield* picture.base64; // its alphabet needs no escapes
    yield '"}';
  }
  yield `],${JSON.stringify({ ...describeFacts(head.facts), usage: head.usage }).slice(1)}`;
}

/** The event of a stream for one finished picture. */
export const encodeCompletedPicture = (
  task: ImageTask,
  picture: { url: string } | { b64_json: string },
  head: { created: number; facts: PictureFacts; usage: object },
) => ({
  type: `image_${task === 'edit' ? 'edit' : 'generation'}.completed`,
  ...picture,
  created_at: head.created,
  ...describeFacts(head.facts),
  usage: head.usage,
});

/**
 * The failure that a request without any picture ends in: one that no client repeats by itself, where there is one, since
 * that job may have cost something.
 */
export const tellingFailure = (failures: readonly JobFailure[]): JobFailure | undefined =>
  failures.find(({ error }) => error.status < 429 || error.headers['x-should-retry'] === 'false') ??
  failures[0];

/** The event of a stream that made nothing, or the last one of a stream that broke. */
export const encodeImageError = ({ body }: WireError) => ({ type: 'error', error: body.error });

/** The format of a stored picture; `undefined` for one that no client expects here. */
export const formatOf = ({ contentType }: Pick<MediaItem, 'contentType'>): PictureFormat | undefined =>
  formats.get(contentType.replace(/^image\//, ''));

/** What a picture has to be turned into to be what was asked for; `undefined` for one that is that already. */
export function targetOf(
  { format, compression }: Pick<PictureStyle, 'format' | 'compression'>,
  item: Pick<MediaItem, 'contentType'>,
): { format: PictureFormat; quality?: number } | undefined {
  const stored = formatOf(item);
  const wanted = format ?? stored;
  const isCompressed = compression !== undefined && (wanted === 'jpeg' || wanted === 'webp');
  if (wanted === undefined || (wanted === stored && !isCompressed)) return undefined;
  return { format: wanted, ...(isCompressed ? { quality: compression } : {}) };
}

/** The address of a picture in an answer. */
export const pictureAddress = (item: MediaItem, origin: string): string => addressOf(item, origin);
