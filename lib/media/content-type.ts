import { fileTypeFromBuffer } from 'file-type';
import type { MediaKind } from '../models/types';

/** A kind of file that we store and serve. */
export type MediaType = { contentType: string; extension: string; kind: MediaKind };

const mediaTypes: ReadonlyMap<string, MediaType> = new Map(
  (
    [
      { contentType: 'image/png', extension: 'png', kind: 'image' },
      { contentType: 'image/jpeg', extension: 'jpg', kind: 'image' },
      { contentType: 'image/webp', extension: 'webp', kind: 'image' },
      { contentType: 'image/gif', extension: 'gif', kind: 'image' },
      { contentType: 'video/mp4', extension: 'mp4', kind: 'video' },
      { contentType: 'video/webm', extension: 'webm', kind: 'video' },
    ] as const
  ).map((type) => [type.contentType, type]),
);

/** What MP4 files are called that carry another brand in their header; every player takes them as MP4. */
const mp4Names: readonly string[] = ['video/quicktime', 'video/x-m4v'];

/**
 * The type of a file by its first bytes (4,100 are enough); what a header or a name claims does not count. `undefined`
 * for everything that is not a picture or a video of a known kind.
 */
export async function sniffMedia(head: Uint8Array): Promise<MediaType | undefined> {
  const found = (await fileTypeFromBuffer(head))?.mime;
  if (found === undefined) return undefined;
  // APNG is PNG with more frames, and everything that reads PNG reads it.
  if (found === 'image/apng') return mediaTypes.get('image/png');
  return mediaTypes.get(mp4Names.includes(found) ? 'video/mp4' : found);
}
