import { and, asc, count, desc, eq, inArray, lt, sql } from 'drizzle-orm';
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
  page: AuditFilter & { limit: number; before?: number; offset?: number; oldestFirst?: boolean },
): Promise<AuditRow[]> {
  const { auditEntries } = db.tables;
  return await db
    .select()
    .from(auditEntries)
    .where(and(page.before === undefined ? undefined : lt(auditEntries.id, page.before), matching(db, page)))
    .orderBy(page.oldestFirst === true ? asc(auditEntries.id) : desc(auditEntries.id))
    .limit(page.limit)
    .offset(page.offset ?? 0);
}

/** How many match, counted up to `limit`. */
export async function countAuditEntries(db: Database, filter: AuditFilter, limit: number): Promise<number> {
  const { auditEntries } = db.tables;
  const found = db
    .select({ id: auditEntries.id })
    .from(auditEntries)
    .where(matching(db, filter))
    .limit(limit)
    .as('found');
  const [row] = await db.select({ n: count().mapWith(Number) }).from(found);
  return row?.n ?? 0;
}

/** What a list of entries is narrowed to. */
type AuditFilter = { action?: string | undefined; object?: string | undefined };

const matching = (db: Database, { action, object }: AuditFilter) =>
  and(
    action === undefined ? undefined : matchesAction(db, action),
    object === undefined ? undefined : eq(db.tables.auditEntries.object, object),
  );

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
