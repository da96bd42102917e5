import { findMedia, type MediaRow } from '@/db/repositories/media';
import { GatewayError } from '../errors';
import { lengthHeader } from '../lifecycle';
import { passThrough } from '../media/pass-through';
import { posterOf } from '../media/posters';
import { noteReading } from '../media/reading';
import type { Runtime } from '../runtime';
import { forGood, gone, nameFile, sendFile, unopened } from './send-file';

type StoredRow = MediaRow & { storageKey: string; sizeBytes: number; sha256: string };
type Needs = Parameters<typeof passThrough>[0] & Pick<Runtime, 'media' | 'posters'>;

/**
 * What stands below `/media`: `<id>.<extension>` is a finished file, `<id>/preview.webp` a small picture of it. Throws
 * `not_found` for what never was, `gone` for what is no longer kept.
 */
export async function mediaResponse(runtime: Needs, request: Request, name: string): Promise<Response> {
  // Addresses end in the extension: some chat UIs make a player of nothing else.
  const [, id, rest] = /^([a-z0-9]{1,64})(\.[a-z0-9]{1,8}|\/preview\.webp)$/.exec(name) ?? [];
  const row = id === undefined ? undefined : await findMedia(runtime.db, id);
  if (row !== undefined && rest === '/preview.webp') return posterResponse(runtime, request, row);
  if (row !== undefined && rest === `.${row.extension}`) return fileResponse(runtime, request, row);
  throw new GatewayError('not_found', 'There is no such file.', { wireCode: 'media_not_found' });
}

/** A finished file, or a part of it, as players and browsers ask for it (RFC 9110, 13 and 14). Throws `gone`. */
export async function fileResponse(runtime: Needs, request: Request, row: MediaRow): Promise<Response> {
  if (row.storageKey === null && row.upstreamUrl !== null) return passedResponse(runtime, request, row);
  const stored = await getWhole(runtime, row);
  return sendFile(
    request,
    { headers: describe(stored, request), sizeBytes: stored.sizeBytes },
    async (range) => {
      if (!(await noteReading(runtime, stored))) return undefined;
      return (await runtime.media.open(stored.storageKey, range))?.body;
    },
  );
}

/** The small picture of a finished file, as lists show it: at most 512 pixels wide and high. */
export async function posterResponse(runtime: Needs, request: Request, row: MediaRow): Promise<Response> {
  const poster = await posterOf(runtime, row, request.signal);
  if (poster === undefined) throw gone();
  const headers = new Headers({
    'content-type': poster.contentType,
    etag: `"${row.sha256 ?? row.id}-${poster.isFinal ? 'preview' : 'drawn'}"`,
    'cache-control': poster.isFinal ? forGood : 'public, max-age=300',
    ...unopened,
  });
  return sendFile(request, { headers, sizeBytes: poster.sizeBytes }, (range) =>
    Buffer.from(range === undefined ? poster.bytes : poster.bytes.subarray(range.start, range.end + 1)),
  );
}

/** A file that only upstream has: handed on piece by piece, under an address that says what it is. */
async function passedResponse(runtime: Needs, request: Request, row: MediaRow): Promise<Response> {
  const { signal } = request;
  const range = request.method === 'HEAD' ? null : request.headers.get('range');
  const file = await passThrough(runtime, row, { range, signal });
  if (file === undefined) throw gone();
  const headers = new Headers({
    'content-type': row.contentType,
    'accept-ranges': 'bytes',
    'cache-control': 'no-store',
    'content-disposition': nameFile(`${row.id}.${row.extension}`, request),
    ...unopened,
  });
  if (file.contentRange !== undefined) headers.set('content-range', file.contentRange);
  if (file.sizeBytes !== undefined && file.status !== 416) headers.set(lengthHeader, String(file.sizeBytes));
  if (request.method !== 'HEAD' && file.status !== 416)
    return new Response(file.body, { status: file.status, headers });
  await file.body.cancel();
  return new Response(null, { status: file.status, headers });
}

async function getWhole({ db, media, log }: Needs, row: MediaRow): Promise<StoredRow> {
  if (!isStored(row)) throw gone();
  const found = await media.find(row.storageKey);
  const isWhole =
    found?.sizeBytes === row.sizeBytes &&
    // Videos are on the disk before their job ends; a picture may be cut or empty after a loss of power.
    (row.kind === 'video' || (await media.verify(row.storageKey, row.sha256)));
  if (isWhole) return row;
  // Between the row and the file it may have been removed, as it should be.
  if ((await findMedia(db, row.id))?.storageKey !== row.storageKey) throw gone();
  log.error(
    { mediaId: row.id, key: row.storageKey, found: found?.sizeBytes },
    'a stored file is missing or damaged',
  );
  throw gone();
}

const isStored = (row: MediaRow): row is StoredRow =>
  row.storageKey !== null && row.sizeBytes !== null && row.sha256 !== null;

const describe = (row: StoredRow, request: Request) =>
  new Headers({
    'content-type': row.contentType,
    etag: `"${row.sha256}"`,
    'last-modified': row.createdAt.toUTCString(),
    'cache-control': forGood,
    'content-disposition': nameFile(`${row.id}.${row.extension}`, request),
    ...unopened,
  });
