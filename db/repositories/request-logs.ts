import { asc, desc, inArray, lt } from 'drizzle-orm';
import type { Database } from '../client';
import type { Schema } from '../schema/define';

export type RequestLogRow = Schema['requestLogs']['$inferSelect'];
export type NewRequestLogRow = Schema['requestLogs']['$inferInsert'];

/** Stores all rows or none. */
export async function insertRequestLogs(db: Database, rows: readonly NewRequestLogRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db.insert(db.tables.requestLogs).values([...rows]);
}

/** The newest rows first; `before` is the id of the last row of the page before. */
export async function listRequestLogs(
  db: Database,
  page: { limit: number; before?: number },
): Promise<RequestLogRow[]> {
  const { requestLogs } = db.tables;
  return await db
    .select()
    .from(requestLogs)
    .where(page.before === undefined ? undefined : lt(requestLogs.id, page.before))
    .orderBy(desc(requestLogs.id))
    .limit(page.limit);
}

/** Removes up to `limit` rows that are older, and says how many. Call again while it returns `limit`. */
export async function pruneRequestLogs(db: Database, want: { before: Date; limit: number }): Promise<number> {
  const { requestLogs } = db.tables;
  const old = db
    .select({ id: requestLogs.id })
    .from(requestLogs)
    .where(lt(requestLogs.at, want.before))
    .orderBy(asc(requestLogs.at))
    .limit(want.limit);
  const gone = await db
    .delete(requestLogs)
    .where(inArray(requestLogs.id, old))
    .returning({ id: requestLogs.id });
  return gone.length;
}
