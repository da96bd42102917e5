import sharp from 'sharp';
import type { Settings } from '@/config/settings-schema';
import { findMedia, type MediaRow, putMedia } from '@/db/repositories/media';
import { GatewayError } from '../errors';
import { storageKeyOf } from '../media/store';
import type { Runtime } from '../runtime';
import { unlessAborted } from '../unless-aborted';
import { randomId } from './ids';
import type { MediaItem } from './types';
import { toMediaItem } from './view';

type Needs = Pick<Runtime, 'db' | 'media' | 'http' | 'settings' | 'now' | 'secrets' | 'copying'>;

const maxBytes = 64 * 1024 * 1024; // far above any picture that is made
const fetchTimeoutMs = 60_000;

/** A kind of file that a picture can be turned into. */
export type PictureTarget = {
  format: 'png' | 'jpeg' | 'webp';
  /** 0 to 100, for JPEG and WebP. */
  quality?: number;
};

/** Throws `gone` unless the bytes of a picture can be had: for answers whose status must be right before they are read. */
export async function assertPicture({ db, media }: Pick<Needs, 'db' | 'media'>, id: string): Promise<void> {
  const row = await findMedia(db, id);
  const isThere =
    row?.storageKey == null
      ? row?.upstreamUrl != null
      : row.sha256 !== null && (await media.verify(row.storageKey, row.sha256));
  if (!isThere) throw gone();
}

/** The bytes of a finished picture, from the store or, where storing is off, from upstream. Throws `gone`. */
export async function readPicture(
  { db, media, http, settings }: Pick<Needs, 'db' | 'media' | 'http' | 'settings'>,
  id: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const row = await findMedia(db, id);
  const bytes =
    row?.storageKey == null
      ? row?.upstreamUrl && (await download({ http, settings }, row.upstreamUrl, signal))
      : await media.read(row.storageKey);
  if (bytes) return bytes;
  throw gone();
}

async function download(
  { http, settings }: Pick<Needs, 'http' | 'settings'>,
  url: string,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const proxyUrl = proxyOf(settings.current());
  const answer = await http.request({
    method: 'GET',
    url,
    headers: {},
    timeoutMs: fetchTimeoutMs,
    maxBytes,
    signal,
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
  });
  if (answer.status === 200) return answer.bytes();
  answer.dump();
  return undefined;
}

function proxyOf(settings: Settings): string | undefined {
  const isMedia = settings['proxy.media_enabled'];
  const url = settings[isMedia ? 'proxy.media_url' : 'proxy.url'];
  return (isMedia || settings['proxy.enabled']) && url !== '' ? url : undefined;
}

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
 * belongs to no job. Throws `gone`.
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
  if (known?.storageKey != null && (await media.find(known.storageKey)) !== undefined)
    return toMediaItem(known);
  const made = await convertPicture(
    await readPicture(runtime, id, AbortSignal.timeout(fetchTimeoutMs)),
    target,
  );
  const original = await findMedia(db, id);
  if (original === undefined) throw gone();
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
const describeCopy = ({ apiKeyId, kind, role, accountId, accountEmail, width, height }: MediaRow) => ({
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
