import { and, gt, like, sql } from 'drizzle-orm';
import type { Database } from '../client';
import type { Schema } from '../schema/define';

export type LoopRunRow = Schema['loopRuns']['$inferSelect'];

/** Keeps the last run of a loop, in the place of the one before. */
export async function recordLoopRun(db: Database, row: LoopRunRow): Promise<void> {
  const { loopRuns } = db.tables;
  const { name: _name, ...values } = row;
  await db.insert(loopRuns).values(row).onConflictDoUpdate({ target: loopRuns.name, set: values });
}

/** The last run of every loop, whichever process made it, by name. */
export async function listLoopRuns(db: Database): Promise<Map<string, LoopRunRow>> {
  const rows = await db.select().from(db.tables.loopRuns);
  return new Map(rows.map((row) => [row.name, row]));
}

const prefix = 'loop:';

/** Names of the loops that some process runs at this moment. */
export async function listLoopsUnderWay(db: Database, now: Date): Promise<Set<string>> {
  const { leases } = db.tables;
  const rows = await db
    .select({ name: leases.name })
    .from(leases)
    .where(and(like(leases.name, sql`${`${prefix}%`}`), gt(leases.until, now)));
  return new Set(rows.map(({ name }) => name.slice(prefix.length)));
}
