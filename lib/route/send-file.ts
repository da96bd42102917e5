import { GatewayError } from '../errors';
import { lengthHeader } from '../lifecycle';
import type { ByteRange } from '../media/store';
import { parseRange } from './byte-range';

/** A file that never changes, and whose address nobody finds who was not told. */
export const forGood = 'public, max-age=31536000, immutable';

/** Nobody takes the file for anything but what it is; any page may show it. */
export const unopened = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'cross-origin',
};

/** The refusal of what was here once. */
export const gone = () =>
  new GatewayError('gone', 'This file is no longer kept here. Generate it again.', {
    wireCode: 'media_gone',
  });

/** Shown where it is, or saved where the address ends in `?download`. */
export function nameFile(name: string, { url }: Pick<Request, 'url'>): string {
  const asked = new URL(url).searchParams.get('download');
  const isSaved = asked !== null && asked !== '0' && asked !== 'false';
  return `${isSaved ? 'attachment' : 'inline'}; filename="${name}"`;
}

/**
 * Answers with a file or a part of it (RFC 9110, 13 and 14). `headers` describe the whole file, with `etag`, and
 * `last-modified` where it has one. Throws `gone` when `open` finds nothing.
 */
export async function sendFile(
  request: Request,
  { headers, sizeBytes }: { headers: Headers; sizeBytes: number },
  open: (range: ByteRange | undefined) => BodyInit | undefined | Promise<BodyInit | undefined>,
): Promise<Response> {
  headers.set('accept-ranges', 'bytes');
  if (isUnchanged(request, headers))
    return new Response(null, { status: 304, headers: withoutBody(headers) });

  const range = isRangeWanted(request, headers)
    ? parseRange(request.headers.get('range'), sizeBytes)
    : undefined;
  if (range === 'unsatisfiable') return refuseRange(sizeBytes, headers);
  headers.set(lengthHeader, String(range === undefined ? sizeBytes : range.end - range.start + 1));
  if (range !== undefined) headers.set('content-range', `bytes ${range.start}-${range.end}/${sizeBytes}`);
  const status = range === undefined ? 200 : 206;
  if (request.method === 'HEAD') return new Response(null, { status, headers });
  const body = await open(range);
  if (body === undefined) throw gone();
  return new Response(body, { status, headers });
}

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

function refuseRange(sizeBytes: number, headers: Headers): Response {
  const refusal = withoutBody(headers);
  refusal.set('content-range', `bytes */${sizeBytes}`);
  refusal.set('cache-control', 'no-store');
  return new Response(null, { status: 416, headers: refusal });
}
