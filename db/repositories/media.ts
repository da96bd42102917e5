import { asc, eq } from 'drizzle-orm';
import type { Database } from '../client';
import type { Schema } from '../schema/define';

/** One finished file. */
export type MediaRow = Schema['media']['$inferSelect'];

export async function findMedia(db: Database, id: string): Promise<MediaRow | undefined> {
  if (id.includes('\0')) return undefined; // Postgres refuses the question
  const { media } = db.tables;
  const [row] = await db.select().from(media).where(eq(media.id, id)).limit(1);
  return row;
}

/** The files of a job, in the order in which they were made. */
export function listMediaOfJob(db: Database, jobId: string): Promise<MediaRow[]> {
  const { media } = db.tables;
  return db.select().from(media).where(eq(media.jobId, jobId)).orderBy(asc(media.createdAt), asc(media.id));
}

/** Whether a file of that upstream name was delivered already. */
export async function hasMediaNamed(db: Database, upstreamName: string): Promise<boolean> {
  const { media } = db.tables;
  const [row] = await db
    .select({ id: media.id })
    .from(media)
    .where(eq(media.upstreamName, upstreamName))
    .limit(1);
  return row !== undefined;
}

/** A file that no job has to tell of; in the place of an earlier one with its id. */
export async function putMedia(db: Database, row: Schema['media']['$inferInsert']): Promise<MediaRow> {
  const { media } = db.tables;
  const { id, ...file } = row;
  const set = { ...file, previewKey: null, previewBytes: null };
  const [stored] = await db
    .insert(media)
    .values(row)
    .onConflictDoUpdate({ target: media.id, set })
    .returning();
  if (stored === undefined) throw new Error('the row was not stored');
  return stored;
}
