import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import type { Database } from '../client';
import type { Schema } from '../schema/define';

export type AuditRow = Schema['auditEntries']['$inferSelect'];
export type NewAuditRow = Schema['auditEntries']['$inferInsert'];

/** Stores one entry. */
export async function insertAuditEntry(db: Database, row: NewAuditRow): Promise<void> {
  await db.insert(db.tables.auditEntries).values(row);
}

/**
 * The newest entries first; `before` is the id of the last row of the page before. `action` is a whole action
 * (`settings.change`) or, ending in a dot, all that begin so (`settings.`).
 */
export async function listAuditEntries(
  db: Database,
  page: { limit: number; before?: number; action?: string; object?: string },
): Promise<AuditRow[]> {
  const { auditEntries } = db.tables;
  return await db
    .select()
    .from(auditEntries)
    .where(
      and(
        page.before === undefined ? undefined : lt(auditEntries.id, page.before),
        page.action === undefined ? undefined : matchesAction(db, page.action),
        page.object === undefined ? undefined : eq(auditEntries.object, page.object),
      ),
    )
    .orderBy(desc(auditEntries.id))
    .limit(page.limit);
}

const matchesAction = ({ tables: { auditEntries } }: Database, action: string) =>
  action.endsWith('.')
    ? sql`substr(${auditEntries.action}, 1, ${action.length}) = ${action}`
    : eq(auditEntries.action, action);

/** Removes up to `limit` entries that are older, and says how many. Call again while it returns `limit`. */
export async function pruneAuditEntries(
  db: Database,
  want: { before: Date; limit: number },
): Promise<number> {
  const { auditEntries } = db.tables;
  const old = db
    .select({ id: auditEntries.id })
    .from(auditEntries)
    .where(lt(auditEntries.at, want.before))
    .limit(want.limit);
  const gone = await db
    .delete(auditEntries)
    .where(inArray(auditEntries.id, old))
    .returning({ id: auditEntries.id });
  return gone.length;
}
