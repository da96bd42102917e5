import type { AspectRatio } from './types';

const numbers: Record<AspectRatio, number> = {
  '16:9': 16 / 9,
  '9:16': 9 / 16,
  '1:1': 1,
  '4:3': 4 / 3,
  '3:4': 3 / 4,
};

const words: ReadonlyMap<string, AspectRatio> = new Map([
  ['landscape', '16:9'],
  ['portrait', '9:16'],
  ['square', '1:1'],
  ['four-three', '4:3'],
  ['three-four', '3:4'],
]);

const aspectRatios: readonly AspectRatio[] = ['16:9', '9:16', '1:1', '4:3', '3:4'];

/**
 * A ratio as clients write it: `16:9` (also with `/`, `x` or a full-width colon, and spaces) or a word of the old model ids
 * (`landscape`, `four-three`, any case, `_` for `-`). `undefined` for everything else, e.g. `21:9` or `1024x1792`.
 */
export function parseAspectRatio(text: string): AspectRatio | undefined {
  const lower = text.trim().toLowerCase();
  const ratio = lower.replace(/\s+/g, '').replace(/[：/x×]/, ':');
  return words.get(lower.replace(/[\s_]+/g, '-')) ?? aspectRatios.find((known) => known === ratio);
}

/** `<width>x<height>`, two to five digits each. `undefined` for `auto` and everything else. */
function parseSize(text: string): { width: number; height: number } | undefined {
  const match = /^\s*([1-9]\d{1,4})\s*[x×*]\s*([1-9]\d{1,4})\s*$/i.exec(text);
  return match === null ? undefined : { width: Number(match[1]), height: Number(match[2]) };
}

/** The shape that a `size` names: `<width>x<height>`, or a ratio where a client put one there. */
export function parseShape(text: string): { width: number; height: number } | undefined {
  const [width, height] = parseAspectRatio(text)?.split(':').map(Number) ?? [];
  return parseSize(text) ?? (width && height ? { width, height } : undefined);
}

/** The ratio of `among` nearest to a picture's shape; the first of equals. `undefined` if there is no shape or no choice. */
export function nearestAspectRatio(
  { width, height }: { width: number; height: number },
  among: readonly AspectRatio[],
): AspectRatio | undefined {
  if (!(width > 0 && height > 0)) return undefined;
  const distance = (ratio: AspectRatio) => Math.abs(Math.log(width / height / numbers[ratio]));
  return [...among].sort((a, b) => distance(a) - distance(b))[0];
}
