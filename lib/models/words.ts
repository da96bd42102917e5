import type { FlowRow, ModeRule } from './catalog';
import type { GenerationMode } from './types';

/** How a mode reads in descriptions. */
export const modeWords: Record<GenerationMode, string> = {
  'text-to-image': 'text to image',
  'image-to-image': 'image to image',
  'text-to-video': 'text to video',
  'first-frame': 'first frame',
  'first-last-frame': 'first and last frame',
  'reference-images': 'reference images',
  extend: 'extend a video',
};

/** `a`, `a or b`, `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

/** `no picture`, `1 picture`, `1 to 3 pictures`. */
export function pictureCount({ min, max }: ModeRule['images']): string {
  if (max === 0) return 'no picture';
  if (min === max) return `${min} ${min === 1 ? 'picture' : 'pictures'}`;
  return `${min} to ${max} pictures`;
}

/** Each value once, in the order of first sight. */
export const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** Lengths among these rows, shortest first. */
export const secondsOf = (rows: readonly FlowRow[]): number[] =>
  distinct(rows.flatMap(({ seconds }) => seconds ?? [])).sort((a, b) => a - b);
