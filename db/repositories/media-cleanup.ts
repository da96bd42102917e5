import { and, asc, eq, gt, inArray, isNotNull, isNull, lt, lte, or, sql } from 'drizzle-orm';
import type { Database } from '../client';

/** A stored file that nobody asked to keep. `sizeBytes` counts its preview. */
export type RemovableMedia = {
  id: string;
  storageKey: string;
  previewKey: string | null;
  sizeBytes: number;
  createdAt: Date;
};

/** Where to go on: the last file of the page before. */
export type MediaCursor = { id: string; createdAt: Date };

/**
 * Stored files made before a moment that may be removed, oldest first, after the cursor. What was kept until
 * `releasedBefore` or later is none of them.
 */
export async function listRemovableMedia(
  db: Database,
  want: { createdBefore: Date; releasedBefore: Date; after: MediaCursor | undefined; limit: number },
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
      previewKey: media.previewKey,
      sizeBytes: storedBytes(media),
      createdAt: media.createdAt,
    })
    .from(media)
    .where(
      and(
        isNotNull(media.storageKey),
        eq(media.kept, false),
        notReleasedSince(media, want.releasedBefore),
        lt(media.createdAt, want.createdBefore),
        afterCursor,
      ),
    )
    .orderBy(asc(media.createdAt), asc(media.id))
    .limit(want.limit);
  return rows.flatMap(({ storageKey, ...row }) => (storageKey === null ? [] : [{ ...row, storageKey }]));
}

/** What a file and its preview take. */
export const storedBytes = (media: Database['tables']['media']) =>
  sql<number>`coalesce(${media.sizeBytes}, 0) + coalesce(${media.previewBytes}, 0)`.mapWith(Number);

/** Every row that has a file, page by page by id. */
export async function listStoredFiles(
  db: Database,
  want: { afterId: string; limit: number },
): Promise<{ id: string; storageKey: string }[]> {
  const { media } = db.tables;
  const rows = await db
    .select({ id: media.id, storageKey: media.storageKey })
    .from(media)
    .where(and(isNotNull(media.storageKey), gt(media.id, want.afterId)))
    .orderBy(asc(media.id))
    .limit(want.limit);
  return rows.flatMap(({ id, storageKey }) => (storageKey === null ? [] : [{ id, storageKey }]));
}

/** Notes that these files are gone although nobody removed them. */
export async function markMediaLost(db: Database, storageKeys: readonly string[]): Promise<void> {
  const { media } = db.tables;
  if (storageKeys.length === 0) return;
  await db
    .update(media)
    .set({ storageKey: null, previewKey: null, previewBytes: null })
    .where(inArray(media.storageKey, [...storageKeys]));
}

/** What all stored files take together, and what of it is kept for good. */
export async function sumStoredMedia(
  db: Database,
): Promise<{ files: number; sizeBytes: number; keptBytes: number }> {
  const { media } = db.tables;
  const [row] = await db
    .select({
      files: sql<number>`count(*)`.mapWith(Number),
      sizeBytes: sql<number>`coalesce(sum(${storedBytes(media)}), 0)`.mapWith(Number),
      keptBytes:
        sql<number>`coalesce(sum(case when ${media.kept} then ${storedBytes(media)} else 0 end), 0)`.mapWith(
          Number,
        ),
    })
    .from(media)
    .where(isNotNull(media.storageKey));
  return row ?? { files: 0, sizeBytes: 0, keptBytes: 0 };
}

const notReleasedSince = (media: Database['tables']['media'], moment: Date) =>
  or(isNull(media.releasedAt), lt(media.releasedAt, moment));

/**
 * Notes that the file and its preview are no longer stored; the row stays for the job's history. `false` when it is kept
 * by now, or was until `releasedBefore` or later, or is being read by some process.
 */
export async function markMediaRemoved(
  db: Database,
  id: string,
  { now, releasedBefore }: { now: Date; releasedBefore: Date },
): Promise<boolean> {
  const { media } = db.tables;
  const rows = await db
    .update(media)
    .set({ storageKey: null, previewKey: null, previewBytes: null })
    .where(
      and(
        eq(media.id, id),
        eq(media.kept, false),
        isNotNull(media.storageKey),
        notReleasedSince(media, releasedBefore),
        notRead(media, now),
      ),
    )
    .returning({ id: media.id });
  return rows.length > 0;
}

const notRead = (media: Database['tables']['media'], now: Date) =>
  or(isNull(media.readUntil), lte(media.readUntil, now));

/** Notes that these files are being read until then: no other process removes them before. Gives those that exist. */
export async function markMediaRead(
  db: Database,
  storageKeys: readonly string[],
  until: Date,
): Promise<Set<string>> {
  const { media } = db.tables;
  if (storageKeys.length === 0) return new Set();
  const rows = await db
    .update(media)
    .set({ readUntil: until })
    .where(inArray(media.storageKey, [...storageKeys]))
    .returning({ key: media.storageKey });
  return new Set(rows.flatMap(({ key }) => (key === null ? [] : [key])));
}

/** Notes the preview of a file; `false` when the file is no longer stored. */
export async function setMediaPreview(
  db: Database,
  id: string,
  preview: { key: string; sizeBytes: number },
): Promise<boolean> {
  const { media } = db.tables;
  const rows = await db
    .update(media)
    .set({ previewKey: preview.key, previewBytes: preview.sizeBytes })
    .where(and(eq(media.id, id), isNotNull(media.storageKey)))
    .returning({ id: media.id });
  return rows.length > 0;
}

/** Those of the keys that a finished file or a reference of a job has. */
export async function findUsedStorageKeys(db: Database, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const { media, jobInputs } = db.tables;
  const [files, previews, inputs] = await Promise.all([
    db
      .select({ key: media.storageKey })
      .from(media)
      .where(inArray(media.storageKey, [...keys])),
    db
      .select({ key: media.previewKey })
      .from(media)
      .where(inArray(media.previewKey, [...keys])),
    db
      .select({ key: jobInputs.storageKey })
      .from(jobInputs)
      .where(inArray(jobInputs.storageKey, [...keys])),
  ]);
  return new Set([...files, ...previews, ...inputs].flatMap(({ key }) => (key === null ? [] : [key])));
}
