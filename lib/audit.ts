import {
  type AuditRow,
  countAuditEntries,
  insertAuditEntry,
  listAuditEntries,
} from '@/db/repositories/audit';
import type { AuditEntry } from './admin-api/audit';
import { pageOf } from './admin-api/query';
import type { Runtime } from './runtime';

/** One thing that somebody did: `action` is `<what>.<verb>` (`account.delete`), `object` the id or key it was done to. */
export type AuditInput = {
  action: string;
  object?: string;
  /** Facts for people; never a secret. */
  detail?: Record<string, unknown>;
  /** Absent: the program itself, or a stranger. */
  administrator?: { id: string; name: string };
  requestId?: string;
  address?: string;
};

/** Who calls, as `adminRoute` gives it to its handlers: spread it into the entry. */
export type Actor = Pick<AuditInput, 'administrator' | 'requestId' | 'address'>;

/** Writes an entry. It never fails the change that it tells of: what cannot be written goes to the log. */
export async function writeAudit(
  { db, now, log }: Pick<Runtime, 'db' | 'now' | 'log'>,
  entry: AuditInput,
): Promise<void> {
  try {
    await insertAuditEntry(db, {
      at: now(),
      action: entry.action,
      object: entry.object ?? null,
      detail: entry.detail ?? {},
      administratorId: entry.administrator?.id ?? null,
      administrator: entry.administrator?.name ?? null,
      requestId: entry.requestId ?? null,
      address: entry.address ?? null,
    });
  } catch (error) {
    const { action, object, requestId } = entry;
    log.error({ err: error, audit: { action, object, requestId } }, 'an audit entry was not written');
  }
}

const countedUpTo = 10_000;

/** A page of entries, the newest first unless asked for otherwise. */
export async function listAudit(
  { db }: Pick<Runtime, 'db'>,
  query: {
    action?: string | undefined;
    object?: string | undefined;
    limit: number;
    cursor?: number | undefined;
    sort?: '-at' | 'at' | undefined;
    page?: number | undefined;
    size?: number | undefined;
  },
): Promise<{
  items: AuditEntry[];
  next_cursor: string | null;
  total: number;
  total_is_capped: boolean;
}> {
  const { action, object, cursor } = query;
  const oldestFirst = query.sort === 'at';
  const page = pageOf(oldestFirst ? { page: 1, ...query } : query);
  const limit = page?.limit ?? query.limit;
  const [rows, total] = await Promise.all([
    listAuditEntries(db, {
      action,
      object,
      limit: limit + 1,
      oldestFirst,
      ...(page === undefined ? {} : { offset: page.offset }),
      ...(page !== undefined || cursor === undefined ? {} : { before: cursor }),
    }),
    countAuditEntries(db, { action, object }, countedUpTo + 1),
  ]);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toAuditEntry),
    next_cursor: page === undefined && rows.length > limit && last !== undefined ? String(last.id) : null,
    total: Math.min(total, countedUpTo),
    total_is_capped: total > countedUpTo,
  };
}

const toAuditEntry = (row: AuditRow): AuditEntry => ({
  id: row.id,
  at: row.at.toISOString(),
  administrator: row.administrator,
  action: row.action,
  object: row.object,
  detail: row.detail,
  request_id: row.requestId,
  address: row.address,
});
