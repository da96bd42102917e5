import { and, eq, gt, inArray, lte } from 'drizzle-orm';
import type { Database } from '../client';
import type { Schema } from '../schema/define';

/** A picture that upstream has. */
export type ReferenceUploadRow = Schema['referenceUploads']['$inferSelect'];

/** Which picture, where, and what for. */
export type UploadKey = Pick<ReferenceUploadRow, 'accountId' | 'projectId' | 'sha256' | 'kind'>;

const is = (table: Database['tables']['referenceUploads'], key: UploadKey) =>
  and(
    eq(table.accountId, key.accountId),
    eq(table.projectId, key.projectId),
    eq(table.sha256, key.sha256),
    eq(table.kind, key.kind),
  );

/** The upload of this picture made after that moment, and notes that it is used. */
export async function touchReferenceUpload(
  db: Database,
  want: { key: UploadKey; createdAfter: Date; now: Date },
): Promise<ReferenceUploadRow | undefined> {
  const { referenceUploads } = db.tables;
  const [row] = await db
    .update(referenceUploads)
    .set({ usedAt: want.now })
    .where(and(is(referenceUploads, want.key), gt(referenceUploads.createdAt, want.createdAfter)))
    .returning();
  return row;
}

/** Notes an upload; of several of the same picture the last one counts. */
export async function saveReferenceUpload(db: Database, row: ReferenceUploadRow): Promise<void> {
  const { referenceUploads } = db.tables;
  const { upstreamName, createdAt, usedAt } = row;
  await db
    .insert(referenceUploads)
    .values(row)
    .onConflictDoUpdate({
      target: [
        referenceUploads.accountId,
        referenceUploads.projectId,
        referenceUploads.sha256,
        referenceUploads.kind,
      ],
      set: { upstreamName, createdAt, usedAt },
    });
}

/** Forgets uploads that upstream does not know any more. */
export async function deleteReferenceUploads(
  db: Database,
  want: { accountId: string; upstreamNames: readonly string[] },
): Promise<void> {
  const { referenceUploads } = db.tables;
  if (want.upstreamNames.length === 0) return;
  await db
    .delete(referenceUploads)
    .where(
      and(
        eq(referenceUploads.accountId, want.accountId),
        inArray(referenceUploads.upstreamName, [...want.upstreamNames]),
      ),
    );
}

/** Forgets uploads made before that moment. */
export async function pruneReferenceUploads(db: Database, before: Date): Promise<void> {
  const { referenceUploads } = db.tables;
  await db.delete(referenceUploads).where(lte(referenceUploads.createdAt, before));
}
