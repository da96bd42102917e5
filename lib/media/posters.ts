import { LRUCache } from 'lru-cache';
import sharp from 'sharp';
import type { Database } from '@/db/client';
import { findMedia, type MediaRow } from '@/db/repositories/media';
import { setMediaPreview } from '@/db/repositories/media-cleanup';
import type { Logger } from '../observability/log';
import type { Runtime } from '../runtime';
import { unlessAborted } from '../unless-aborted';
import { takeFrame } from './frame';
import type { MediaStore } from './store';
import { makeTurns, type Turns } from './turns';

/** A small picture of a finished file. `isFinal`: it comes of the file itself and stays as it is. */
export type Poster = { bytes: Uint8Array; contentType: 'image/webp'; sizeBytes: number; isFinal: boolean };

/** Makes small pictures of finished files: one at a time for each file, few at a time in all. */
export type Posters = {
  /** The picture: stored, made now, or drawn. `undefined` when there is nothing to make one of. */
  of(row: MediaRow, signal: AbortSignal): Promise<Poster | undefined>;
  /** Makes them in the background. Never throws; what does not come about is made when it is asked for. */
  prepare(ids: readonly string[]): void;
  /** Gives up what is under way. */
  close(): Promise<void>;
};

const side = 512;
const atOnce = 2;
const longestQueue = 200; // of those that nobody waits for
const failureMs = 600_000; // how long a file that gave no picture is left alone
const maxSourceBytes = 200_000_000;

type Needs = { db: Database; media: MediaStore; log: Logger; ffmpegPath: string };
type Part = Needs & {
  /** False once the program was looked for in vain. */
  state: { hasFfmpeg: boolean };
  turns: Turns;
  running: Map<string, Promise<Uint8Array | undefined>>;
  failed: LRUCache<string, true>;
  stop: AbortController;
};

/** The small picture of a file: see `Posters.of`. */
export const posterOf = (
  { posters }: Pick<Runtime, 'posters'>,
  row: MediaRow,
  signal: AbortSignal,
): Promise<Poster | undefined> => posters.of(row, signal);

export function makePosters(needs: Needs): Posters {
  const part: Part = {
    ...needs,
    state: { hasFfmpeg: true },
    turns: makeTurns(atOnce),
    running: new Map(),
    failed: new LRUCache({ max: 1_000, ttl: failureMs }),
    stop: new AbortController(),
  };
  return {
    async of(row, signal) {
      const isHere = row.storageKey !== null;
      const bytes = isHere ? await unlessAborted(storedOrMade(part, row, true), signal) : undefined;
      if (bytes !== undefined) return toPoster(bytes, true);
      const isThere = isHere || row.upstreamUrl !== null;
      return row.kind === 'video' && isThere ? toPoster(await drawPoster(row), false) : undefined;
    },

    prepare(ids) {
      for (const id of ids) {
        if (part.turns.waiting > longestQueue) return;
        void findMedia(part.db, id)
          .then((row) => (row === undefined || row.storageKey === null ? undefined : make(part, row, false)))
          .catch((error: unknown) => giveUp(part, id, error));
      }
    },

    async close() {
      part.stop.abort(new Error('the process ends'));
      await Promise.allSettled(part.running.values());
    },
  };
}

const toPoster = (bytes: Uint8Array, isFinal: boolean): Poster => ({
  bytes,
  contentType: 'image/webp',
  sizeBytes: bytes.byteLength,
  isFinal,
});

async function storedOrMade(part: Part, row: MediaRow, isUrgent: boolean): Promise<Uint8Array | undefined> {
  const stored = row.previewKey === null ? undefined : await part.media.read(row.previewKey);
  return stored ?? make(part, row, isUrgent);
}

/** Makes the picture and stores it beside the file; whoever asks meanwhile waits for the same one. */
async function make(part: Part, row: MediaRow, isUrgent: boolean): Promise<Uint8Array | undefined> {
  const { id } = row;
  if (part.failed.has(id) || part.stop.signal.aborted) return undefined;
  if (row.kind === 'video' && !part.state.hasFfmpeg) return undefined;
  const known = part.running.get(id);
  if (known !== undefined) {
    if (isUrgent) part.turns.hurry(id);
    return known;
  }
  const work = part.turns
    .take(id, isUrgent, () => render(part, row))
    .catch((error: unknown) => giveUp(part, id, error))
    .finally(() => part.running.delete(id));
  part.running.set(id, work);
  return work;
}

function giveUp({ failed, log, stop }: Part, id: string, error: unknown): undefined {
  if (stop.signal.aborted) return undefined;
  failed.set(id, true);
  log.warn({ mediaId: id, err: error }, 'no preview could be made of a stored file');
}

async function render(part: Part, row: MediaRow): Promise<Uint8Array | undefined> {
  const { media, db, stop, log } = part;
  const { storageKey } = row;
  if (storageKey === null || stop.signal.aborted || (row.sizeBytes ?? 0) > maxSourceBytes) return undefined;
  const bytes = await media.lend(storageKey, (path) =>
    row.kind === 'video' ? frameOf(part, row, path) : reduce(path),
  );
  if (bytes === undefined) return undefined;
  const key = previewKeyOf(storageKey);
  await media.write(key, once(bytes), { durable: false });
  if (!(await setMediaPreview(db, row.id, { key, sizeBytes: bytes.byteLength }))) {
    log.info({ mediaId: row.id }, 'a file was removed while its preview was made');
    await media.delete(key);
  }
  return bytes;
}

/** Stands beside the file: `3f/3fa9….mp4` has `3f/3fa9….preview.webp`. */
const previewKeyOf = (storageKey: string): string => storageKey.replace(/\.[^./]*$/, '.preview.webp');

async function frameOf(part: Part, row: MediaRow, path: string): Promise<Uint8Array | undefined> {
  const video = { path, contentType: row.contentType, side };
  const frame = await takeFrame(part.ffmpegPath, video, part.stop.signal);
  if (frame.type === 'failed') throw frame.error;
  if (frame.type === 'frame') return reduce(frame.png);
  part.state.hasFfmpeg = false;
  part.log.info({ program: part.ffmpegPath }, 'there is no ffmpeg: videos are shown with a drawn poster');
  return undefined;
}

/** At most `side` pixels wide and high, upright. Of an animation, its first picture. */
const reduce = (picture: string | Uint8Array): Promise<Uint8Array> =>
  sharp(picture)
    .autoOrient()
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80 })
    .toBuffer();

/** What stands for a video of which no frame can be had: a play sign, in the video's own ratio. */
function drawPoster(row: Pick<MediaRow, 'width' | 'height'>): Promise<Uint8Array> {
  const { width: wide, height: high } = row;
  const ratio = wide === null || high === null || wide <= 0 || high <= 0 ? 16 / 9 : wide / high;
  const width = Math.max(64, Math.round(ratio >= 1 ? side : side * ratio));
  const height = Math.max(64, Math.round(ratio >= 1 ? side / ratio : side));
  const [x, y, size] = [width / 2, height / 2, Math.min(width, height) / 6];
  const sign = `M${x - size * 0.4} ${y - size / 2}L${x + size * 0.6} ${y}L${x - size * 0.4} ${y + size / 2}Z`;
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="#1b252b"/>
    <circle cx="${x}" cy="${y}" r="${size}" fill="#33424a"/><path d="${sign}" fill="#eceff1"/></svg>`;
  return sharp(Buffer.from(drawing)).webp({ quality: 80 }).toBuffer();
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}
