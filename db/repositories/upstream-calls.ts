import { asc, eq, inArray, lt } from 'drizzle-orm';
import type { Database } from '../client';
import type { Schema } from '../schema/define';

export type UpstreamCallRow = Schema['upstreamCalls']['$inferSelect'];
export type NewUpstreamCallRow = Schema['upstreamCalls']['$inferInsert'];

/** Stores all rows or none; a row whose `entryId` is there already stays as it is. */
export async function insertUpstreamCalls(db: Database, rows: readonly NewUpstreamCallRow[]): Promise<void> {
  if (rows.length === 0) return;
  const { upstreamCalls } = db.tables;
  await db
    .insert(upstreamCalls)
    .values([...rows])
    .onConflictDoNothing({ target: upstreamCalls.entryId });
}

/** The calls of a job in the order in which they began; the first `limit` of them. */
export function listUpstreamCalls(
  db: Database,
  want: { jobId: string; limit: number },
): Promise<UpstreamCallRow[]> {
  const { upstreamCalls } = db.tables;
  return db
    .select()
    .from(upstreamCalls)
    .where(eq(upstreamCalls.jobId, want.jobId))
    .orderBy(asc(upstreamCalls.at), asc(upstreamCalls.id))
    .limit(want.limit);
}

/** Removes up to `limit` calls that are older, and says how many. Call again while it returns `limit`. */
export async function pruneUpstreamCalls(
  db: Database,
  want: { before: Date; limit: number },
): Promise<number> {
  const { upstreamCalls } = db.tables;
  const old = db
    .select({ id: upstreamCalls.id })
    .from(upstreamCalls)
    .where(lt(upstreamCalls.at, want.before))
    .limit(want.limit);
  const gone = await db
    .delete(upstreamCalls)
    .where(inArray(upstreamCalls.id, old))
    .returning({ id: upstreamCalls.id });
  return gone.length;
}
