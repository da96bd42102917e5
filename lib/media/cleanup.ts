import {
  findUsedStorageKeys,
  listRemovableMedia,
  listStoredFiles,
  type MediaCursor,
  markMediaLost,
  markMediaRemoved,
  type RemovableMedia,
  sumStoredMedia,
} from '@/db/repositories/media-cleanup';
import type { Runtime } from '../runtime';
import { graceMs } from './expiry';

type Needs = Pick<Runtime, 'db' | 'media' | 'settings' | 'now' | 'log'>;

/** A cleaning under way, with the files that it could not remove, and why. */
type Work = Needs & { stuck: Map<string, unknown> };

/** What one cleaning removed. */
export type Cleaning = { expired: number; evicted: number; orphans: number };

const megabyte = 1_000_000;
/** A file is stored a moment before its row, so a young file without one is no orphan yet. */
const orphanAgeMs = 3_600_000;
const pageSize = 200;

/**
 * Removes what is past its lifetime, then the oldest until the rest fits the size cap, then files that no row knows.
 * What is kept for good, being read, or a few minutes old stays. Rows of removed files stay too, without their file.
 */
export async function cleanMedia(needs: Needs): Promise<Cleaning> {
  const { log, media, now } = needs;
  const stuck = new Map<string, unknown>();
  const work: Work = { ...needs, stuck };
  try {
    const expired = await removeExpired(work);
    const evicted = await removeBeyondCap(work);
    const orphans = await removeOrphans(work);
    const cleaning = { expired, evicted, orphans };
    if (expired + evicted + orphans > 0) log.info(cleaning, 'stored files removed');
    return cleaning;
  } finally {
    const [first] = stuck;
    if (first !== undefined) {
      log.warn({ files: stuck.size, key: first[0], err: first[1] }, 'stored files could not be removed');
    }
    await media.sweep(now());
  }
}

/** The file goes, or is noted as one that cannot be removed: the others need not wait for it. */
async function deleteFile({ media, stuck }: Pick<Work, 'media' | 'stuck'>, key: string): Promise<boolean> {
  try {
    await media.delete(key);
    return true;
  } catch (error) {
    stuck.set(key, error);
    return false;
  }
}

async function removeExpired(needs: Work): Promise<number> {
  const lifetimeSeconds = needs.settings.current()['cache.lifetime'];
  if (lifetimeSeconds === 0) return 0;
  const createdBefore = new Date(needs.now().getTime() - lifetimeSeconds * 1_000);
  let removed = 0;
  for await (const file of removable(needs, createdBefore)) {
    if (await remove(needs, file)) removed += 1;
  }
  return removed;
}

async function removeBeyondCap(needs: Work): Promise<number> {
  const capBytes = needs.settings.current()['cache.max_size'] * megabyte;
  if (capBytes === 0) return 0;
  const stored = await sumStoredMedia(needs.db);
  let excessBytes = stored.sizeBytes - capBytes;
  let removed = 0;
  if (excessBytes <= 0) return 0;
  // Whoever waited for a result is about to fetch it: a full store takes an older file, or waits.
  for await (const file of removable(needs, graceBefore(needs))) {
    if (await remove(needs, file)) {
      removed += 1;
      excessBytes -= file.sizeBytes;
    }
    if (excessBytes <= 0) return removed;
  }
  needs.log.warn(
    { storedBytes: stored.sizeBytes, keptBytes: stored.keptBytes, capBytes, excessBytes },
    'the stored files exceed the size cap, and none of them may be removed: keep fewer for good, or raise the cap',
  );
  return removed;
}

/** Page by page, so that a store of any size costs the same memory. Pages go on after files that had to stay. */
async function* removable(
  { db, now }: Pick<Needs, 'db' | 'now'>,
  createdBefore: Date,
): AsyncGenerator<RemovableMedia> {
  const releasedBefore = graceBefore({ now });
  let after: MediaCursor | undefined;
  for (;;) {
    const page = await listRemovableMedia(db, { createdBefore, releasedBefore, after, limit: pageSize });
    yield* page;
    after = page.at(-1);
    if (page.length < pageSize) return;
  }
}

const graceBefore = ({ now }: Pick<Needs, 'now'>) => new Date(now().getTime() - graceMs);

/** The row first: a crash between the two leaves a file without a row, which the next cleaning finds. */
async function remove(work: Work, file: RemovableMedia): Promise<boolean> {
  const { db, media, now } = work;
  const { id, storageKey, previewKey } = file;
  if (media.isBeingRead(storageKey)) return false;
  if (!(await markMediaRemoved(db, id, { now: now(), releasedBefore: graceBefore(work) }))) return false;
  // Somebody may have begun to read it meanwhile: then it is a file without a row, which a later cleaning takes.
  for (const key of [storageKey, previewKey]) {
    if (key !== null && !media.isBeingRead(key)) await deleteFile(work, key);
  }
  return true;
}

async function removeOrphans(needs: Work): Promise<number> {
  // A database that knows no file at all is more likely a wrong or a new one than a store of rubbish.
  if ((await sumStoredMedia(needs.db)).files === 0) return 0;
  const oldest = needs.now().getTime() - orphanAgeMs;
  let removed = 0;
  let candidates: string[] = [];
  const flush = async () => {
    const used = await findUsedStorageKeys(needs.db, candidates);
    for (const key of candidates) {
      if (used.has(key) || needs.media.isBeingRead(key)) continue;
      if (await deleteFile(needs, key)) removed += 1;
    }
    candidates = [];
  };
  for await (const { key, modifiedAt } of needs.media.list()) {
    if (modifiedAt.getTime() < oldest) candidates.push(key);
    if (candidates.length === pageSize) await flush();
  }
  await flush();
  return removed;
}

/** Up to so many lost files are believed whatever the size of the store; beyond that a tenth of it. */
const believedLosses = 3;
const believedShare = 0.1;

/**
 * Notes which files are gone although nobody here removed them, so that nothing is promised that cannot be sent. Throws
 * when it is so many that a folder which is not mounted, or not shared by all processes, is more likely.
 */
export async function forgetLostFiles({ db, media, log }: Omit<Needs, 'settings' | 'now'>): Promise<number> {
  const lost: string[] = [];
  let files = 0;
  let afterId = '';
  for (;;) {
    const page = await listStoredFiles(db, { afterId, limit: pageSize });
    for (const { storageKey } of page) {
      if ((await media.find(storageKey)) === undefined) lost.push(storageKey);
    }
    files += page.length;
    afterId = page.at(-1)?.id ?? '';
    if (page.length < pageSize) break;
  }
  if (lost.length === 0) return 0;
  if (lost.length === files || lost.length > Math.max(believedLosses, files * believedShare)) {
    throw new Error(
      `${lost.length} of ${files} stored files are missing: is the media folder mounted, and the same for every process?`,
    );
  }
  for (let from = 0; from < lost.length; from += pageSize) {
    await markMediaLost(db, lost.slice(from, from + pageSize));
  }
  log.warn({ lost: lost.length, keys: lost.slice(0, 10) }, 'stored files are missing, and are forgotten');
  return lost.length;
}
