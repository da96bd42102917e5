import { fileTypeFromBuffer } from 'file-type';
import { convertPicture, holdPicture, type PictureNeeds, readPicture } from '../generation/picture';
import type { MediaItem } from '../generation/types';
import type { MemoryRoom } from '../memory-budget';
import { type PictureStyle, targetOf } from '../openai/images';

const sliceBytes = 3 * 64 * 1024; // a multiple of three has no padding, so the pieces are one text together

type Style = Pick<PictureStyle, 'format' | 'compression'>;

/** A finished picture as base64 (RFC 4648, 4) in pieces, in the form that was asked for. Throws as `readPicture` does. */
async function* pictureText(
  runtime: PictureNeeds,
  item: MediaItem,
  style: Style,
  signal: AbortSignal,
): AsyncGenerator<string> {
  yield* toBase64(await inStyle(await readPicture(runtime, item.id, signal), item, style));
}

/**
 * The same, with all that can fail about it done before it returns: what only upstream has is in memory then, held in
 * `room`; what is here is read when it is sent.
 */
export async function preparePictureText(
  runtime: PictureNeeds,
  item: MediaItem,
  { style, room, signal }: { style: Style; room: MemoryRoom; signal: AbortSignal },
): Promise<AsyncIterable<string> | Iterable<string>> {
  const held = await holdPicture(runtime, item.id, room, signal);
  return held === undefined
    ? pictureText(runtime, item, style, signal)
    : toBase64(await inStyle(held, item, style));
}

async function inStyle(bytes: Uint8Array, item: MediaItem, style: Style): Promise<Uint8Array> {
  const target = targetOf(style, item);
  return target === undefined ? bytes : convertPicture(bytes, target);
}

function* toBase64(bytes: Uint8Array): Generator<string> {
  for (let start = 0; start < bytes.byteLength; start += sliceBytes) {
    const slice = bytes.subarray(start, start + sliceBytes);
    yield Buffer.from(slice.buffer, slice.byteOffset, slice.byteLength).toString('base64');
  }
}

/**
 * A finished picture as it was made: what its bytes are, and those as base64 in pieces. All that can fail is done before
 * it returns, as in `preparePictureText`.
 */
export async function prepareOpening(
  runtime: PictureNeeds,
  { id }: Pick<MediaItem, 'id'>,
  { room, signal }: { room: MemoryRoom; signal: AbortSignal },
): Promise<() => Promise<{ mimeType: string; base64: Iterable<string> }>> {
  const held = await holdPicture(runtime, id, room, signal);
  return async () => {
    const bytes = held ?? (await readPicture(runtime, id, signal));
    const type = await fileTypeFromBuffer(bytes);
    return { mimeType: type?.mime ?? 'image/png', base64: toBase64(bytes) };
  };
}

/** A finished picture as a `data:` address (RFC 2397). Throws as `readPicture` does. */
export async function pictureDataUrl(
  runtime: PictureNeeds,
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
