import type { MediaRow } from '@/db/repositories/media';
import { markMediaRead } from '@/db/repositories/media-cleanup';
import type { Runtime } from '../runtime';

type Needs = Pick<Runtime, 'db' | 'media' | 'now'>;

const markMs = 120_000;
const freshMs = 60_000; // a mark that lasts that much longer is not written again

/**
 * Tells the other processes of the installation that this one sends the file, so that none of them removes it. `false`:
 * it has been removed meanwhile. On SQLite there are no others, and nothing is written.
 */
export async function noteReading(
  { db, now }: Pick<Needs, 'db' | 'now'>,
  { storageKey, readUntil }: Pick<MediaRow, 'storageKey' | 'readUntil'>,
): Promise<boolean> {
  if (db.dialect === 'sqlite' || storageKey === null) return storageKey !== null;
  const at = now().getTime();
  if (readUntil !== null && readUntil.getTime() - at > freshMs) return true;
  return (await markMediaRead(db, [storageKey], new Date(at + markMs))).has(storageKey);
}

/** The same for everything that is still being sent. Called more often than a mark lasts. */
export async function renewReading({ db, media, now }: Needs): Promise<void> {
  if (db.dialect === 'sqlite') return;
  await markMediaRead(db, media.keysBeingRead(), new Date(now().getTime() + markMs));
}
