import { type Answer, Refusal } from './answer';
import type { Call } from './call';
import { readVideoFile } from './mp4';
import { renderPicture, renderPoster } from './pictures';
import { isSignedBy } from './signature';
import { isReady, type Media } from './state';

/** `GET|HEAD /cdn/(image|video)/<id>`: files by signed link only; credentials of any kind are refused. */
export async function serveFile(call: Call): Promise<Answer> {
  const media = requireSignedFile(call);
  const [folder] = call.parameters;
  const file = folder === 'video' ? videoFile(media) : await pictureFile(call, media);
  return ranged(call, file);
}

function requireSignedFile(call: Call): Media {
  const { world, url, headers } = call;
  const [folder, fileId = ''] = call.parameters;
  if (headers.authorization !== undefined) throw cdnRefusal(403, 'Authorization on a signed link');
  if (headers.cookie !== undefined) throw cdnRefusal(403, 'Cookie on a signed link');
  const expires = url.searchParams.get('Expires') ?? '';
  const signature = url.searchParams.get('Signature') ?? '';
  if (!isSignedBy(world.signingKey, { path: url.pathname, expires, signature })) {
    throw cdnRefusal(403, 'wrong signature');
  }
  if (Number(expires) * 1_000 <= world.now()) throw cdnRefusal(403, 'link has expired');
  const media = world.files.get(fileId);
  if (media === undefined || !isReady(world, media)) throw cdnRefusal(404, `no file ${fileId}`);
  if (folder === 'video' && media.kind !== 'video') throw cdnRefusal(404, `no video ${fileId}`);
  return media;
}

function cdnRefusal(status: 403 | 404, detail: string): Refusal {
  const code = status === 403 ? 'AccessDenied' : 'NoSuchKey';
  const body = `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${detail}</Message></Error>`;
  const headers = { 'content-type': 'application/xml; charset=UTF-8' };
  return new Refusal({ status, headers, body: Buffer.from(body) }, { message: `cdn: ${detail}` });
}

type File = { bytes: Buffer; contentType: string; tag: string };

function videoFile(media: Media): File {
  return { bytes: readVideoFile(media), contentType: 'video/mp4', tag: media.fileId };
}

async function pictureFile(call: Call, media: Media): Promise<File> {
  if (media.kind === 'video') {
    const bytes = await renderPoster(call.world, media);
    return { bytes, contentType: 'image/jpeg', tag: `${media.fileId}-poster` };
  }
  const bytes = await renderPicture(call.world, media);
  return { bytes, contentType: bytes[0] === 0xff ? 'image/jpeg' : 'image/png', tag: media.fileId };
}

function ranged(call: Call, { bytes, contentType, tag }: File): Answer {
  const headers = {
    'content-type': contentType,
    'accept-ranges': 'bytes',
    etag: `"${tag}"`,
    'cache-control': 'private',
  };
  const range = parseRange(call.headers.range, bytes.length);
  if (range === undefined) return { status: 200, headers, body: bytes };
  if (range === 'unsatisfiable') {
    return {
      status: 416,
      headers: { ...headers, 'content-range': `bytes */${bytes.length}` },
      body: Buffer.alloc(0),
    };
  }
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${range.start}-${range.end}/${bytes.length}` },
    body: bytes.subarray(range.start, range.end + 1),
  };
}

/** One range of bytes (RFC 9110, 14.1.2); anything else is answered with the whole file. */
function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = header?.match(/^bytes=(\d*)-(\d*)$/) ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start > end ? 'unsatisfiable' : { start, end };
}
