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

function firstText(places: readonly Fields[], ...names: string[]): string | undefined {
  for (const place of places) {
    for (const name of names) {
      const text = textOf(place[name]);
      if (text !== undefined) return text;
    }
  }
  return undefined;
}

/** The same for what must be met: a value of another kind would count for nothing, and another result be made and paid. */
function firstDemand(places: readonly Fields[], ...names: string[]): string | undefined {
  for (const place of places) {
    for (const name of names) {
      const value = place[name] ?? '';
      if (typeof value === 'string' || typeof value === 'number') continue;
      throw new GatewayError('invalid_request', `"${name}" must be text or a number.`, { param: name });
    }
  }
  return firstText(places, ...names);
}

/** `8`, `"8"` and `"8s"` alike. */
function parseSeconds(text: string): number {
  const digits = /^(\d{1,4}(?:\.\d+)?)\s*s?$/i.exec(text)?.[1];
  if (digits !== undefined) return Number(digits);
  throw new GatewayError(
    'invalid_request',
    `"seconds" is ${JSON.stringify(text.slice(0, 40))}; it must be a number such as 8.`,
    {
      param: 'seconds',
    },
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

/** The options that choose among the variants of a model, from all the places where clients put them; the first wins. */
export function decodeModelOptions(body: Fields): ModelOptions {
  const places = placesOf(body);
  const aspectRatio = firstDemand(places, 'aspect_ratio', 'aspectRatio', 'aspect');
  const size = checkSize(firstDemand(places, 'size'));
  const resolution = firstDemand(places, 'image_size', 'imageSize', 'resolution');
  const quality = firstText(places, 'quality', 'image_quality', 'imageQuality');
  const seconds = firstDemand(places, 'seconds', 'duration_seconds', 'durationSeconds', 'duration');
  return {
    ...(aspectRatio === undefined ? {} : { aspectRatio }),
    ...(size === undefined ? {} : { size }),
    ...(resolution === undefined ? {} : { resolution }),
    ...(quality === undefined ? {} : { quality }),
    ...(seconds === undefined ? {} : { seconds: parseSeconds(seconds) }),
  };
}
