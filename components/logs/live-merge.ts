import type { z } from 'zod';
import type { LogRow, listLogs } from '@/lib/admin-api/logs';

type Answer = z.infer<typeof listLogs.output>;

/** The list as the page holds it. */
export type LogView = {
  /** The newest first; those that have no row yet are in `running`. */
  rows: LogRow[];
  running: LogRow[];
  total: number;
  isCapped: boolean;
  /** Where a live list goes on. */
  cursor: string;
};

/** How many rows a live list keeps. */
export const keptRows = 500;

/** What a row is known by: the same before and after it has been answered. */
export const idOfLog = (row: LogRow): string =>
  row.request_id ?? (row.id === null ? `job ${row.job?.id ?? row.at}` : String(row.id));

/** By what the details of a row are asked for; undefined: it has none yet. */
export function addressOfLog({ id, request_id }: LogRow): string | undefined {
  if (request_id !== null && /^req_\w{1,100}$/.test(request_id)) return request_id;
  return id === null ? undefined : String(id);
}

export const isLog = (row: LogRow, address: string): boolean =>
  row.request_id === address || (row.id !== null && String(row.id) === address);

export const toView = ({ items, running, total, total_is_capped, latest_cursor }: Answer): LogView => ({
  rows: items,
  running,
  total,
  isCapped: total_is_capped,
  cursor: latest_cursor,
});

const byId = (one: LogRow, other: LogRow) => (other.id ?? 0) - (one.id ?? 0);

/** The list with what one `after` answer says: what was written since, and what became of what was running. */
export function mergeTail(view: LogView, tail: Answer): LogView {
  const known = new Set(view.rows.map(({ id }) => id));
  const gone = new Set(tail.gone);
  const changed = new Map(tail.changed.map((row) => [row.id, row]));
  const kept = view.rows
    .filter(({ id }) => id === null || !gone.has(id))
    .map((row) => changed.get(row.id) ?? row);
  const fresh = tail.items.filter(({ id }) => !known.has(id));
  const freshIds = new Set(fresh.map(({ id }) => id));
  // One that matches only since its end. Older than all that is shown, its place is on another page.
  const oldest = view.rows.at(-1)?.id ?? 0;
  const late = [...changed.values()].filter(
    ({ id }) => id !== null && id > oldest && !known.has(id) && !freshIds.has(id),
  );
  const added = [...fresh, ...late];
  return {
    rows: added.length === 0 ? kept : [...added, ...kept].toSorted(byId).slice(0, keptRows),
    running: tail.running,
    total: view.total + added.length - (view.rows.length - kept.length),
    isCapped: view.isCapped,
    cursor: tail.latest_cursor,
  };
}

/** All that is shown: what is being answered on top. One may be in both for a moment. */
export function rowsOfView({ rows, running }: LogView): LogRow[] {
  const ended = new Set(rows.map(idOfLog));
  return [...running.filter((row) => !ended.has(idOfLog(row))), ...rows];
}

export type News = { arrived: number; failed: number };

/** What has come and what has failed since `before`, which holds each row's status by its id. */
export function newsSince(before: ReadonlyMap<string, LogRow['status']>, rows: readonly LogRow[]): News {
  const added = rows.filter((row) => !before.has(idOfLog(row)));
  const failed = rows.filter((row) => row.status === 'failed' && before.get(idOfLog(row)) !== 'failed');
  return { arrived: added.length, failed: failed.length };
}

export const statusesOf = (rows: readonly LogRow[]): Map<string, LogRow['status']> =>
  new Map(rows.map((row) => [idOfLog(row), row.status]));
