import { findMedia } from '@/db/repositories/media';
import type { Runtime } from '../runtime';

const maxBytes = 20_000_000; // far above any picture that is made; a chat with more in it is of no use

/** A stored picture as a `data:` address (RFC 2397); `undefined` when its bytes are not kept here, or are too many. */
export async function readDataUrl(
  { db, media }: Pick<Runtime, 'db' | 'media'>,
  id: string,
): Promise<string | undefined> {
  const row = await findMedia(db, id);
  if (row === undefined || row.storageKey === null || (row.sizeBytes ?? 0) > maxBytes) return undefined;
  const bytes = await media.read(row.storageKey);
  if (bytes === undefined) return undefined;
  return `data:${row.contentType};base64,${Buffer.from(bytes).toString('base64')}`;
}
