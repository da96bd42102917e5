import { GatewayError } from '../errors';
import { parseShape } from '../models/aspect-ratio';
import type { ModelOptions } from '../models/types';

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const within = (place: Fields, ...names: string[]): Fields[] =>
  names.map((name) => place[name]).filter(isFields);

/** Gemini's own form: the part for pictures first, then the settings around it. */
const generationConfigs = (place: Fields): Fields[] =>
  within(place, 'generationConfig', 'generation_config').flatMap((config) => [
    ...within(config, 'imageConfig', 'image_config', 'videoConfig', 'video_config'),
    config,
  ]);

/** OpenRouter's `image_config`, and what Google's OpenAI-compatible API takes below `google`. */
const vendorConfigs = (place: Fields): Fields[] => [
  ...within(place, 'image_config', 'imageConfig'),
  ...within(place, 'google').flatMap((google) => [
    ...within(google, 'image_config', 'imageConfig'),
    ...generationConfigs(google),
    google,
  ]),
];

/**
 * Where clients put options, the most specific place first: Gemini's `generationConfig`, the same inside `extra_body`,
 * configs of other vendors, then the top level. Python's client merges `extra_body` into the body, others send it as it is.
 */
function placesOf(body: Fields): Fields[] {
  const extras = within(body, 'extra_body', 'extraBody');
  return [
    ...generationConfigs(body),
    ...extras.flatMap(generationConfigs),
    ...vendorConfigs(body),
    ...extras.flatMap(vendorConfigs),
    body,
    ...extras,
  ];
}

const textOf = (value: unknown): string | undefined => {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  return text === '' ? undefined : text;
};

/** An option as it was sent, with the name that it was sent under. */
type Sent = { name: string; text: string };

const sentTexts = (places: readonly Fields[], names: readonly string[]): Sent[] =>
  places.flatMap((place) =>
    names.flatMap((name) => {
      const text = textOf(place[name]);
      return text === undefined ? [] : [{ name, text }];
    }),
  );

/** The same for what must be met: a value of another kind would count for nothing, and another result be made and paid. */
function sentDemands(places: readonly Fields[], ...names: string[]): Sent[] {
  for (const place of places) {
    for (const name of names) {
      const value = place[name] ?? '';
      if (typeof value === 'string' || typeof value === 'number') continue;
      throw new GatewayError('invalid_request', `"${name}" must be text or a number.`, { param: name });
    }
  }
  return sentTexts(places, names);
}

/** `8`, `"8"` and `"8s"` alike. */
function parseSeconds({ name, text }: Sent): number {
  const digits = /^(\d{1,4}(?:\.\d+)?)\s*s?$/i.exec(text)?.[1];
  if (digits !== undefined) return Number(digits);
  throw new GatewayError(
    'invalid_request',
    `"${name}" is ${JSON.stringify(text.slice(0, 40))}; it must be a number such as 8.`,
    { param: name },
  );
}

/** What names no shape would silently count for nothing. */
function checkSize(text: string | undefined): string | undefined {
  if (text === undefined || /^auto$/i.test(text) || parseShape(text) !== undefined) return text;
  throw new GatewayError(
    'invalid_request',
    `"size" is ${JSON.stringify(text.slice(0, 40))}; it must be "auto" or width x height, such as 1024x1024.`,
    { param: 'size' },
  );
}

/** Width x height, as SiliconFlow's clients put it into `image_size`: the wish that others call `size`. */
const isPixels = ({ text }: Sent): boolean =>
  /^\d+\s*[x×*]\s*\d+$/i.test(text) && parseShape(text) !== undefined;

/** The names of the demands as errors have them, where no other one was sent. */
const usualNames = { aspectRatio: 'aspect_ratio', resolution: 'resolution', seconds: 'seconds' } as const;

/** Under which names the demands were sent, where those are not the usual ones. */
function nameDemands(
  demands: Record<keyof typeof usualNames, Sent | undefined>,
): Pick<ModelOptions, 'names'> {
  const names = (['aspectRatio', 'resolution', 'seconds'] as const).flatMap((option) => {
    const name = demands[option]?.name;
    return name === undefined || name === usualNames[option] ? [] : [[option, name]];
  });
  return names.length === 0 ? {} : { names: Object.fromEntries(names) };
}

/**
 * The options that choose among the variants of a model, from all the places where clients put them; the first wins. Of
 * what is only ever a picture no length is read.
 */
export function decodeModelOptions(body: Fields, { kind }: { kind?: 'image' } = {}): ModelOptions {
  const places = placesOf(body);
  const [aspectRatio] = sentDemands(places, 'aspect_ratio', 'aspectRatio', 'aspect');
  const resolutions = sentDemands(places, 'image_size', 'imageSize', 'resolution');
  const resolution = resolutions.find((sent) => !isPixels(sent));
  const size = checkSize(sentDemands(places, 'size')[0]?.text) ?? resolutions.find(isPixels)?.text;
  const [quality] = sentTexts(places, ['quality', 'image_quality', 'imageQuality']);
  const lengthNames = ['seconds', 'duration_seconds', 'durationSeconds', 'duration'];
  const [seconds] = kind === 'image' ? [] : sentDemands(places, ...lengthNames);
  return {
    ...(aspectRatio === undefined ? {} : { aspectRatio: aspectRatio.text }),
    ...(size === undefined ? {} : { size }),
    ...(resolution === undefined ? {} : { resolution: resolution.text }),
    ...(quality === undefined ? {} : { quality: quality.text }),
    ...(seconds === undefined ? {} : { seconds: parseSeconds(seconds) }),
    ...nameDemands({ aspectRatio, resolution, seconds }),
  };
}

/** Whether pictures are asked for beside the text: OpenRouter's `modalities`, or Gemini's own in any of the same places. */
export const asksForPictures = (body: Fields): boolean =>
  placesOf(body)
    .flatMap((place) =>
      ['modalities', 'response_modalities', 'responseModalities'].map((name) => place[name]),
    )
    .filter((modalities) => Array.isArray(modalities))
    .flat()
    .some((modality) => typeof modality === 'string' && modality.trim().toLowerCase() === 'image');
