import { fileTypeFromBuffer } from 'file-type';
import { convertPicture, readPicture } from '../generation/picture';
import type { MediaItem } from '../generation/types';
import { type PictureStyle, targetOf } from '../openai/images';
import type { Runtime } from '../runtime';

const sliceBytes = 3 * 64 * 1024; // a multiple of three has no padding, so the pieces are one text together

/** A finished picture as base64 (RFC 4648, 4) in pieces, in the form that was asked for. Throws `gone`. */
export async function* pictureText(
  runtime: Pick<Runtime, 'db' | 'media' | 'http' | 'settings'>,
  item: MediaItem,
  style: Pick<PictureStyle, 'format' | 'compression'>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const stored = await readPicture(runtime, item.id, signal);
  const target = targetOf(style, item);
  yield* toBase64(target === undefined ? stored : await convertPicture(stored, target));
}

function* toBase64(bytes: Uint8Array): Generator<string> {
  for (let start = 0; start < bytes.byteLength; start += sliceBytes) {
    const slice = bytes.subarray(start, start + sliceBytes);
    yield Buffer.from(slice.buffer, slice.byteOffset, slice.byteLength).toString('base64');
  }
}

/** A finished picture as it was made: what its bytes are, and those as base64 in pieces. Throws `gone`. */
export async function openPictureText(
  runtime: Pick<Runtime, 'db' | 'media' | 'http' | 'settings'>,
  { id }: Pick<MediaItem, 'id'>,
  signal: AbortSignal,
): Promise<{ mimeType: string; base64: Generator<string> }> {
  const bytes = await readPicture(runtime, id, signal);
  const type = await fileTypeFromBuffer(bytes);
  return { mimeType: type?.mime ?? 'image/png', base64: toBase64(bytes) };
}

/** A finished picture as a `data:` address (RFC 2397). Throws `gone`. */
export async function pictureDataUrl(
  runtime: Pick<Runtime, 'db' | 'media' | 'http' | 'settings'>,
  { id }: Pick<MediaItem, 'id'>,
  signal: AbortSignal,
): Promise<string> {
  const bytes = await readPicture(runtime, id, signal);
  const type = await fileTypeFromBuffer(bytes);
  return `data:${type?.mime ?? 'image/png'};base64,${Buffer.from(bytes).toString('base64')}`;
}

/** The same as one text. */
export async function wholePictureText(...of: Parameters<typeof pictureText>): Promise<string> {
  let text = '';
  for await (const piece of pictureText(...of)) text += piece;
  return text;
}
