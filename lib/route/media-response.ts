import { findMedia, type MediaRow } from '@/db/repositories/media';
import { GatewayError } from '../errors';
import { lengthHeader } from '../lifecycle';
import type { Runtime } from '../runtime';
import { parseRange } from './byte-range';

type StoredRow = MediaRow & { storageKey: string; sizeBytes: number; sha256: string };

/**
 * A finished file, or a part of it, as players and browsers ask for it (RFC 9110, 13 and 14). Throws `not_found` for what
 * never was, `gone` for what is no longer kept.
 */
export async function mediaResponse(
  { db, media, log }: Pick<Runtime, 'db' | 'media' | 'log'>,
  request: Request,
  name: string,
): Promise<Response> {
  const row = await getStored({ db, media, log }, name);
  const headers = describe(row);
  if (isUnchanged(request, headers))
    return new Response(null, { status: 304, headers: withoutBody(headers) });

  const range = isRangeWanted(request, headers)
    ? parseRange(request.headers.get('range'), row.sizeBytes)
    : undefined;
  if (range === 'unsatisfiable') return refuseRange(row, headers);
  const length = range === undefined ? row.sizeBytes : range.end - range.start + 1;
  headers.set(lengthHeader, String(length));
  if (range !== undefined) {
    headers.set('content-range', `bytes ${range.start}-${range.end}/${row.sizeBytes}`);
  }
  const status = range === undefined ? 200 : 206;
  if (request.method === 'HEAD') return new Response(null, { status, headers });
  const file = await media.open(row.storageKey, range);
  if (file === undefined) throw gone();
  return new Response(file.body, { status, headers });
}

/** Addresses are `<id>.<extension>`, so that a video's ends in `.mp4`: some chat UIs make a player of nothing else. */
async function getStored(
  { db, media, log }: Pick<Runtime, 'db' | 'media' | 'log'>,
  name: string,
): Promise<StoredRow> {
  const [, id, extension] = /^([a-z0-9]{1,64})\.([a-z0-9]{1,8})$/.exec(name) ?? [];
  const row = id === undefined ? undefined : await findMedia(db, id);
  if (row === undefined || row.extension !== extension) {
    throw new GatewayError('not_found', 'There is no such file.', { wireCode: 'media_not_found' });
  }
  if (!isStored(row)) throw gone();
  const found = await media.find(row.storageKey);
  const isWhole =
    found?.sizeBytes === row.sizeBytes &&
    // Videos are on the disk before their job ends; a picture may be cut or empty after a loss of power.
    (row.kind === 'video' || (await media.verify(row.storageKey, row.sha256)));
  if (isWhole) return row;
  log.error(
    { mediaId: row.id, key: row.storageKey, found: found?.sizeBytes },
    'a stored file is missing or damaged',
  );
  throw gone();
}

const isStored = (row: MediaRow): row is StoredRow =>
  row.storageKey !== null && row.sizeBytes !== null && row.sha256 !== null;

const gone = () =>
  new GatewayError('gone', 'This file is no longer kept here. Generate it again.', {
    wireCode: 'media_gone',
  });

const describe = (row: StoredRow) =>
  new Headers({
    'content-type': row.contentType,
    'accept-ranges': 'bytes',
    etag: `"${row.sha256}"`,
    'last-modified': row.createdAt.toUTCString(),
    // A file never changes, and nobody finds its address who was not told.
    'cache-control': 'public, max-age=31536000, immutable',
    'content-disposition': `inline; filename="${row.id}.${row.extension}"`,
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'cross-origin',
  });

function withoutBody(headers: Headers): Headers {
  headers.delete('content-type');
  headers.delete('content-disposition');
  return headers;
}

/** `If-None-Match` decides; `If-Modified-Since` only without it. */
function isUnchanged({ headers: asked }: Request, headers: Headers): boolean {
  const tags = asked.get('if-none-match');
  if (tags !== null) {
    const known = tags.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
    return known.includes('*') || known.includes(headers.get('etag') ?? '');
  }
  const since = Date.parse(asked.get('if-modified-since') ?? '');
  return since >= Date.parse(headers.get('last-modified') ?? '');
}

/** Only GET has ranges, and `If-Range` lets them count only for the very same file. */
function isRangeWanted({ method, headers: asked }: Request, headers: Headers): boolean {
  if (method !== 'GET') return false;
  const condition = asked.get('if-range')?.trim();
  return (
    condition === undefined || condition === headers.get('etag') || condition === headers.get('last-modified')
  );
}

function refuseRange(row: StoredRow, headers: Headers): Response {
  const refusal = withoutBody(headers);
  refusal.set('content-range', `bytes */${row.sizeBytes}`);
  refusal.set('cache-control', 'no-store');
  return new Response(null, { status: 416, headers: refusal });
}
