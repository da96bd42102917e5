import { and, asc, eq, gt, inArray, isNotNull, lt, or, sql } from 'drizzle-orm';
import type { Database } from '../client';

/** A stored file that nobody asked to keep. */
export type RemovableMedia = { id: string; storageKey: string; sizeBytes: number; createdAt: Date };

/** Where to go on: the last file of the page before. */
export type MediaCursor = { id: string; createdAt: Date };

/**
 * Stored files made before that moment that may be removed, oldest first, after the cursor. Without `createdBefore`, all
 * of them.
 */
export async function listRemovableMedia(
  db: Database,
  want: { createdBefore: Date; after: MediaCursor | undefined; limit: number },
): Promise<RemovableMedia[]> {
  const { media } = db.tables;
  const afterCursor =
    want.after === undefined
      ? undefined
      : or(
          gt(media.createdAt, want.after.createdAt),
          and(eq(media.createdAt, want.after.createdAt), gt(media.id, want.after.id)),
        );
  const rows = await db
    .select({
      id: media.id,
      storageKey: media.storageKey,
      sizeBytes: media.sizeBytes,
      createdAt: media.createdAt,
    })
    .from(media)
    .where(
      and(
        isNotNull(media.storageKey),
        eq(media.kept, false),
        lt(media.createdAt, want.createdBefore),
        afterCursor,
      ),
    )
    .orderBy(asc(media.createdAt), asc(media.id))
    .limit(want.limit);
  return rows.flatMap(({ storageKey, sizeBytes, ...row }) =>
    storageKey === null ? [] : [{ ...row, storageKey, sizeBytes: sizeBytes ?? 0 }],
  );
}

/** What all stored files take together, and what of it is kept for good. */
export async function sumStoredMedia(
  db: Database,
): Promise<{ files: number; sizeBytes: number; keptBytes: number }> {
  const { media } = db.tables;
  const [row] = await db
    .select({
      files: sql<number>`count(*)`.mapWith(Number),
      sizeBytes: sql<number>`coalesce(sum(${media.sizeBytes}), 0)`.mapWith(Number),
      keptBytes:
        sql<number>`coalesce(sum(case when ${media.kept} then ${media.sizeBytes} else 0 end), 0)`.mapWith(
          Number,
        ),
    })
    .from(media)
    .where(isNotNull(media.storageKey));
  return row ?? { files: 0, sizeBytes: 0, keptBytes: 0 };
}

/** Notes that the file is no longer stored; the row stays for the job's history. `false` when it is kept by now. */
export async function markMediaRemoved(db: Database, id: string): Promise<boolean> {
  const { media } = db.tables;
  const rows = await db
    .update(media)
    .set({ storageKey: null })
    .where(and(eq(media.id, id), eq(media.kept, false), isNotNull(media.storageKey)))
    .returning({ id: media.id });
  return rows.length > 0;
}

/** Those of the keys that a finished file or a reference of a job has. */
export async function findUsedStorageKeys(db: Database, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const { media, jobInputs } = db.tables;
  const [files, inputs] = await Promise.all([
    db
      .select({ key: media.storageKey })
      .from(media)
      .where(inArray(media.storageKey, [...keys])),
    db
      .select({ key: jobInputs.storageKey })
      .from(jobInputs)
      .where(inArray(jobInputs.storageKey, [...keys])),
  ]);
  return new Set([...files, ...inputs].flatMap(({ key }) => (key === null ? [] : [key])));
}
