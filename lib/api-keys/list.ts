import type { z } from 'zod';
import { type ApiKeyRow, findApiKey, listAllApiKeys } from '@/db/repositories/api-keys';
import { countUnfinishedByKey, type KeyDayRow, usesOfDay } from '@/db/repositories/usage';
import {
  type KeyList,
  type KeyRow,
  type KeyStatus,
  keyStatuses,
  type listKeys as listContract,
} from '../admin-api/keys';
import { pageOf } from '../admin-api/query';
import { GatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { dayOf, dayZone } from '../usage/day';

type Needs = Pick<Runtime, 'db' | 'now' | 'settings'>;
type Query = z.infer<typeof listContract.query>;

/**
 * The page of keys that a query asks for. An installation has at most some thousand keys and their status is computed,
 * so all are read and the choice is made here. Throws `invalid_request` for a cursor that leads nowhere.
 */
export async function listKeyViews(runtime: Needs, query: Query): Promise<KeyList> {
  const all = await toViews(runtime, await listAllApiKeys(runtime.db));
  const matching = all.filter((row) => matches(row, query)).sort(comparator(query.sort));
  const page = pageOf(query);
  const after = page === undefined ? query.cursor : undefined;
  const start = after === undefined ? (page?.offset ?? 0) : matching.findIndex((row) => row.id === after) + 1;
  if (after !== undefined && start === 0) {
    throw new GatewayError('invalid_request', 'This page begins after a key that the list no longer has.', {
      param: 'cursor',
    });
  }
  const items = matching.slice(start, start + (page?.limit ?? query.limit));
  const isLast = start + items.length >= matching.length;
  return {
    items,
    next_cursor: isLast || page !== undefined ? null : (items.at(-1)?.id ?? null),
    total: matching.length,
    total_is_capped: false,
    status_counts: countStatuses(all),
    time_zone: dayZone(runtime),
  };
}

/** One key as the console sees it; `undefined` when there is none. */
export async function viewKey(runtime: Needs, id: string): Promise<KeyRow | undefined> {
  const row = await findApiKey(runtime.db, id);
  return row === undefined ? undefined : (await toViews(runtime, [row]))[0];
}

async function toViews(runtime: Needs, rows: ApiKeyRow[]): Promise<KeyRow[]> {
  const now = runtime.now();
  const [uses, unfinished] = await Promise.all([
    usesOfDay(runtime.db, dayOf(now, dayZone(runtime))),
    countUnfinishedByKey(runtime.db),
  ]);
  return rows.map((row) => toView(row, uses.get(row.id), unfinished.get(row.id) ?? 0, now));
}

function toView(row: ApiKeyRow, use: KeyDayRow | undefined, unfinishedJobs: number, now: Date): KeyRow {
  const { requests = 0, images = 0, videos = 0, credits = 0 } = use ?? {};
  const today = { requests, images, videos, credits };
  const isRotating = row.previousUntil !== null && row.previousUntil > now;
  return {
    id: row.id,
    name: row.name,
    hint: row.hint,
    status: statusOf(row, today, now),
    enabled: row.enabled,
    expires_at: iso(row.expiresAt),
    previous_works_until: isRotating ? iso(row.previousUntil) : null,
    models: row.models,
    media_types: row.mediaTypes,
    requests_per_minute: row.requestsPerMinute,
    concurrent_jobs: row.concurrentJobs,
    images_per_day: row.imagesPerDay,
    videos_per_day: row.videosPerDay,
    credits_per_day: row.creditsPerDay,
    today,
    unfinished_jobs: unfinishedJobs,
    last_used_at: iso(row.lastUsedAt),
    created_at: row.createdAt.toISOString(),
  };
}

function statusOf(row: ApiKeyRow, today: KeyRow['today'], now: Date): KeyStatus {
  if (!row.enabled) return 'disabled';
  if (row.expiresAt !== null && row.expiresAt <= now) return 'expired';
  const isUsedUp = (used: number, allowed: number | null) => allowed !== null && used >= allowed;
  const isOver =
    isUsedUp(today.images, row.imagesPerDay) ||
    isUsedUp(today.videos, row.videosPerDay) ||
    isUsedUp(today.credits, row.creditsPerDay);
  return isOver ? 'over_limit' : 'active';
}

function countStatuses(rows: KeyRow[]): KeyList['status_counts'] {
  const counts = Object.fromEntries(keyStatuses.map((status) => [status, 0])) as KeyList['status_counts'];
  for (const row of rows) counts[row.status] += 1;
  return counts;
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

function matches(row: KeyRow, { q, status }: Query): boolean {
  if (status !== undefined && status.length > 0 && !status.includes(row.status)) return false;
  const wanted = q?.toLowerCase() ?? '';
  return wanted === '' || [row.name, row.hint, row.id].some((text) => text.toLowerCase().includes(wanted));
}

/** Keys without the value come last in either direction; the id makes every order a total one. */
function comparator(sort: Query['sort']): (a: KeyRow, b: KeyRow) => number {
  const direction = sort.startsWith('-') ? -1 : 1;
  const key = sort.replace('-', '') as 'name' | 'created_at' | 'last_used_at' | 'expires_at';
  return (a, b) => {
    const [first, second] = [a[key], b[key]];
    if (first !== second && first === null) return 1;
    if (first !== second && second === null) return -1;
    return direction * compare(first ?? '', second ?? '') || compare(a.id, b.id);
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
