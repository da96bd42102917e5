import sharp from 'sharp';
import { findMedia, type MediaRow, putMedia } from '@/db/repositories/media';
import { GatewayError, isUpstreamError } from '../errors';
import { isHttpFailure } from '../http/failure';
import { passThrough } from '../media/pass-through';
import { storageKeyOf } from '../media/store';
import type { MemoryRoom } from '../memory-budget';
import type { Runtime } from '../runtime';
import { unlessAborted } from '../unless-aborted';
import { randomId } from './ids';
import type { MediaItem } from './types';
import { toMediaItem } from './view';

/** What of the runtime reading a picture takes. */
export type PictureNeeds = Parameters<typeof passThrough>[0] & Pick<Runtime, 'db' | 'media' | 'log'>;
type Needs = PictureNeeds & Pick<Runtime, 'now' | 'secrets' | 'copying'>;

const maxBytes = 64 * 1024 * 1024; // far above any picture that is made
const fetchTimeoutMs = 60_000;

/** A kind of file that a picture can be turned into. */
export type PictureTarget = {
  format: 'png' | 'jpeg' | 'webp';
  /** 0 to 100, for JPEG and WebP. */
  quality?: number;
};

/**
 * For answers whose status must be right before they are sent: does now all that can fail about reading a picture. Gives
 * the bytes where only upstream has them, held in `room`; `undefined` for a picture that is here, to be read when it is
 * sent. Throws as `readPicture` does.
 */
export async function holdPicture(
  runtime: PictureNeeds,
  id: string,
  room: MemoryRoom,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const row = await findMedia(runtime.db, id);
  if (row === undefined) throw gone();
  if (row.storageKey === null) return fetchPicture(runtime, row, signal, room);
  if (!(await isWhole(runtime, row))) throw gone();
  return undefined;
}

/**
 * The bytes of a finished picture, from the store or, where storing is off, from upstream. Throws `gone`, also for a file
 * that is damaged, and `upstream_failed` where upstream does not give it at this time.
 */
export async function readPicture(
  runtime: PictureNeeds,
  id: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const row = await findMedia(runtime.db, id);
  if (row === undefined) throw gone();
  if (row.storageKey === null) return fetchPicture(runtime, row, signal);
  const bytes = (await isWhole(runtime, row)) ? await runtime.media.read(row.storageKey) : undefined;
  if (bytes?.byteLength !== row.sizeBytes || bytes === undefined) throw gone();
  return bytes;
}

/** Whether the file of a row is here as it was written: it may be cut or empty after a loss of power. */
async function isWhole(
  { media, log }: Pick<PictureNeeds, 'media' | 'log'>,
  { id, storageKey, sizeBytes, sha256 }: MediaRow,
): Promise<boolean> {
  if (storageKey === null || sha256 === null) return false;
  const found = await media.find(storageKey);
  if (found === undefined) return false;
  if (found.sizeBytes === sizeBytes && (await media.verify(storageKey, sha256))) return true;
  log.error({ mediaId: id, key: storageKey, found: found.sizeBytes }, 'a stored picture is damaged');
  return false;
}

/** By the same ways as the picture's own address, a fresh link among them. */
async function fetchPicture(
  runtime: PictureNeeds,
  row: MediaRow,
  signal: AbortSignal,
  room?: MemoryRoom,
): Promise<Uint8Array> {
  const limit = AbortSignal.timeout(fetchTimeoutMs);
  let failure: unknown;
  const onFailure = (error: unknown) => {
    failure = error;
  };
  try {
    const want = { range: null, signal: AbortSignal.any([signal, limit]), onFailure };
    const file = await passThrough(runtime, row, want);
    if (file !== undefined) return await readAll(file.body, room);
  } catch (error) {
    signal.throwIfAborted();
    if (!limit.aborted && !isHttpFailure(error) && !isUpstreamError(error)) throw error;
    failure = error;
  }
  throw failure === undefined ? gone() : notGiven(row, failure);
}

async function readAll(body: ReadableStream<Uint8Array>, room: MemoryRoom | undefined): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  const reader = body.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      sizeBytes += next.value.byteLength;
      if (sizeBytes > maxBytes) throw new Error('The picture is larger than any that is made.');
      await room?.add(next.value.byteLength);
      chunks.push(next.value);
    }
  } finally {
    await reader.cancel().catch(() => undefined); // of one that was read to its end it does nothing
  }
  return Buffer.concat(chunks);
}

/** Not `gone`: it may be there, and it is paid for. */
const notGiven = ({ jobId }: MediaRow, cause: unknown) =>
  new GatewayError(
    'upstream_failed',
    `The picture was made, but upstream, which alone has it, does not give it at this time. Ask for it later${jobId === null ? '' : ` at /v1/jobs/${jobId}`}. Sending the request again would charge again.`,
    { cause },
  );

const usualQuality = 95; // no difference that anybody sees, at a fraction of the size of 100

/** The picture as another kind of file. Runs outside the event loop. */
export const convertPicture = (
  bytes: Uint8Array,
  { format, quality = usualQuality }: PictureTarget,
): Promise<Buffer> => {
  const picture = sharp(bytes).keepIccProfile();
  switch (format) {
    case 'png':
      return picture.png().toBuffer();
    case 'jpeg':
      return picture
        .flatten({ background: '#fff' })
        .jpeg({ quality: Math.max(1, quality) })
        .toBuffer();
    case 'webp':
      return picture.webp({ quality: Math.max(1, quality) }).toBuffer();
  }
};

const extensions = { png: 'png', jpeg: 'jpg', webp: 'webp' } as const;

/**
 * The picture as another kind of file, with an address of its own: stored once, and again when that file is gone. It
 * belongs to no job. Throws as `readPicture` does.
 */
export async function storeCopy(
  runtime: Needs,
  id: string,
  target: PictureTarget,
  signal: AbortSignal,
): Promise<MediaItem> {
  const { copying, secrets } = runtime;
  const { format, quality = usualQuality } = target;
  // The same for the same copy, and nobody else can tell it from the id of the original.
  const copyId = secrets
    .fingerprint(JSON.stringify(['copy', id, format, format === 'png' ? null : quality]))
    .slice(0, copyIdLength);
  let making = copying.get(copyId);
  if (making === undefined) {
    making = findOrMakeCopy(runtime, { id, copyId, target }).finally(() => copying.delete(copyId));
    copying.set(copyId, making);
  }
  return unlessAborted(making, signal);
}

const copyIdLength = 32; // of hexadecimal: 128 bits

/** Goes on when one of those who wait for it leaves. */
async function findOrMakeCopy(
  runtime: Needs,
  { id, copyId, target }: { id: string; copyId: string; target: PictureTarget },
): Promise<MediaItem> {
  const { db, media, now } = runtime;
  const known = await findMedia(db, copyId);
  if (known !== undefined && (await isWhole(runtime, known))) return toMediaItem(known);
  const made = await convertPicture(
    await readPicture(runtime, id, AbortSignal.timeout(fetchTimeoutMs)),
    target,
  );
  const original = await findMedia(db, id);
  if (original === undefined || original.deletedAt !== null) throw gone();
  const extension = extensions[target.format];
  const storageKey = storageKeyOf(`${copyId}-${randomId()}`, extension); // files are never written twice
  const { sizeBytes, sha256 } = await media.write(storageKey, once(made), { durable: false });
  const row = await putMedia(db, {
    ...describeCopy(original),
    id: copyId,
    storageKey,
    sizeBytes,
    sha256,
    extension,
    contentType: `image/${target.format}`,
    createdAt: now(),
  });
  return toMediaItem(row);
}

/** Nothing of where it lives upstream: only the original goes on from there. */
const describeCopy = ({
  id,
  apiKeyId,
  kind,
  role,
  accountId,
  accountEmail,
  width,
  height,
  kept,
}: MediaRow) => ({
  copyOf: id,
  kept,
  apiKeyId,
  kind,
  role,
  accountId,
  accountEmail,
  width,
  height,
});

async function* once(bytes: Uint8Array) {
  yield bytes;
}

const gone = () =>
  new GatewayError('gone', 'The picture was made, but it is no longer kept here. Generate it again.', {
    wireCode: 'media_gone',
  });
