import { readFileSync } from 'node:fs';
import type { Media } from './state';

const assets = new URL('./assets/', import.meta.url);
// The clips that ship; a wish in between gets the nearest length.
const clipSeconds: Record<string, readonly number[]> = {
  '720p': [4, 6, 8, 10, 11, 13, 15, 22, 29],
  '1080p': [4, 6, 8],
  '4k': [4, 6, 8],
};
const clips = new Map<string, Buffer>();

/** The MP4 of a video: a clip of its shape and length with a box that makes the file its own. */
export function readVideoFile(media: Media): Buffer {
  return withFreeBox(readClip(media), `media ${media.fileId}`);
}

/** The clip nearest to the shape and length. */
export function readClip(shape: { width: number; height: number; seconds: number }): Buffer {
  const shorter = Math.min(shape.width, shape.height);
  const resolution = shorter === 2160 ? '4k' : `${shorter}p`;
  const lengths = clipSeconds[resolution] ?? [];
  const seconds = lengths.reduce(
    (best, next) => (Math.abs(next - shape.seconds) < Math.abs(best - shape.seconds) ? next : best),
    8,
  );
  const name = `${shape.width < shape.height ? 'portrait' : 'landscape'}-${resolution}-${seconds}s.mp4`;
  const known = clips.get(name);
  if (known !== undefined) return known;
  const clip = readFileSync(new URL(name, assets));
  clips.set(name, clip);
  return clip;
}

/** A joined video is as long as its parts are together; `undefined` where no clip of that length ships. */
export function readJoinedClip(shape: {
  width: number;
  height: number;
  seconds: number;
}): Buffer | undefined {
  const isNative = Math.min(shape.width, shape.height) === 720;
  return isNative && clipSeconds['720p']?.includes(shape.seconds) ? readClip(shape) : undefined;
}

/** Appends a `free` box (ISO 14496-12, 8.1.2), which players skip. */
export function withFreeBox(file: Buffer, text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(head.length + payload.length, 0);
  head.write('free', 4, 'latin1');
  return Buffer.concat([file, head, payload]);
}
