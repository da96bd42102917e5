import type { z } from 'zod';
import {
  countRunning,
  listAccounts,
  type RunningCounts,
  type AccountRow as StoredAccount,
} from '@/db/repositories/accounts';
import {
  type AccountFilter,
  type AccountList,
  type AccountRow,
  type accountSorts,
  healthStates,
  type listAccounts as listContract,
} from '../admin-api/accounts';
import { pageOf } from '../admin-api/query';
import { GatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { accessEndOf } from './access-life';
import { countToday, type DayCounts } from './days';
import { activeBlocks, healthOf } from './health';
import { versionOf } from './version';

type Query = z.infer<typeof listContract.query>;

/**
 * The page of accounts that a query asks for. An installation has at most some thousand accounts and health is computed,
 * so all are read and the choice is made here. Throws `invalid_request` for a cursor that leads nowhere.
 */
export async function listAccountViews(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings'>,
  query: Query,
): Promise<AccountList> {
  return { at: runtime.now().toISOString(), ...pageOfAccounts(await viewAllAccounts(runtime), query) };
}

/** The page that a query asks for of all accounts. Throws `invalid_request` for a cursor that leads nowhere. */
export function pageOfAccounts(all: AccountRow[], query: Query): Omit<AccountList, 'at'> {
  const matching = all.filter((row) => matches(row, query)).sort(comparator(query.sort));
  const page = pageOf(query);
  const after = page === undefined ? query.cursor : undefined;
  const start = after === undefined ? (page?.offset ?? 0) : matching.findIndex((row) => row.id === after) + 1;
  if (after !== undefined && start === 0) {
    throw new GatewayError(
      'invalid_request',
      'This page begins after an account that the list no longer has.',
      {
        param: 'cursor',
      },
    );
  }
  const items = matching.slice(start, start + (page?.limit ?? query.limit));
  const isLast = start + items.length >= matching.length;
  return {
    items,
    next_cursor: isLast || page !== undefined ? null : (items.at(-1)?.id ?? null),
    total: matching.length,
    total_is_capped: false,
    health_counts: countHealth(all),
    being_removed: all.filter((row) => row.is_being_removed).length,
  };
}

/** The ids of all accounts that a filter finds, the oldest first; those being removed are left out. */
export async function findAccountIds(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings'>,
  filter: AccountFilter,
): Promise<string[]> {
  const all = await viewAllAccounts(runtime);
  return all.filter((row) => !row.is_being_removed && matches(row, filter)).map(({ id }) => id);
}

/** Every account as the console sees it, in three queries however many there are. */
export async function viewAllAccounts(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings'>,
): Promise<AccountRow[]> {
  const { db, now } = runtime;
  const [rows, running, today] = await Promise.all([listAccounts(db), countRunning(db), countToday(runtime)]);
  const threshold = thresholdOf(runtime);
  return rows.map((row) =>
    toAccountView(row, { running: running.get(row.id), today: today.of(row.id), threshold, now: now() }),
  );
}

/** One account as the console sees it, with what it runs now and has done today. */
export async function viewAccount(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings'>,
  row: StoredAccount,
): Promise<AccountRow> {
  const [running, today] = await Promise.all([countRunning(runtime.db), countToday(runtime)]);
  return toAccountView(row, {
    running: running.get(row.id),
    today: today.of(row.id),
    threshold: thresholdOf(runtime),
    now: runtime.now(),
  });
}

const nothing: DayCounts = { images: 0, videos: 0, errors: 0 };

const thresholdOf = ({ settings }: Pick<Runtime, 'settings'>): number =>
  settings.current()['routing.error_threshold'];

/** An account as the console sees it: no secret, and its health at this moment. */
export function toAccountView(
  row: StoredAccount,
  {
    running,
    today = nothing,
    threshold,
    now,
  }: { running: RunningCounts | undefined; today?: DayCounts; threshold: number; now: Date },
): AccountRow {
  const { until, facts, ...health } = healthOf(row, now, { threshold });
  return {
    id: row.id,
    upstream: row.upstream,
    email: row.email,
    name: row.name,
    remark: row.remark,
    tier: row.tier,
    credits: row.credits,
    credits_checked_at: iso(row.creditsCheckedAt),
    access_expires_at: iso(accessEndOf(row)),
    project_id: row.projectId,
    project_name: row.projectName,
    health: {
      ...health,
      ...(until === undefined ? {} : { until: until.toISOString() }),
      facts: {
        ...facts,
        since: facts?.since?.toISOString(),
        access_ends_at: facts?.access_ends_at?.toISOString(),
      },
    },
    blocks: activeBlocks(row, now).map(({ scope, reason, until: end }) => ({
      scope,
      reason,
      until: end === undefined ? null : new Date(end).toISOString(),
    })),
    enabled: row.enabled,
    image_enabled: row.imageEnabled,
    video_enabled: row.videoEnabled,
    image_concurrency: row.imageConcurrency,
    video_concurrency: row.videoConcurrency,
    running: running ?? { image: 0, video: 0 },
    counts: { image: row.imageCount, video: row.videoCount, error: row.errorCount },
    today: { image: today.images, video: today.videos, error: today.errors },
    error_streak: row.errorStreak,
    last_error:
      row.lastErrorAt === null
        ? null
        : { at: row.lastErrorAt.toISOString(), code: row.lastErrorCode ?? 'unknown' },
    session_token: {
      is_stored: row.sessionTokenSealed !== null,
      replaced_at: iso(row.sessionTokenReplacedAt),
    },
    has_proxy: row.proxyUrlSealed !== null,
    is_being_removed: row.removedAt !== null,
    last_used_at: iso(row.lastUsedAt),
    last_success_at: iso(row.lastSuccessAt),
    created_at: row.createdAt.toISOString(),
    version: versionOf(row),
  };
}

/** How many accounts are in each state; states without any are 0. What is being removed serves no more and is in none. */
export function countHealth(rows: AccountRow[]): AccountList['health_counts'] {
  const counts = Object.fromEntries(healthStates.map((state) => [state, 0])) as AccountList['health_counts'];
  for (const row of rows) if (!row.is_being_removed) counts[row.health.state] += 1;
  return counts;
}

const iso = (at: Date | null | undefined): string | null => at?.toISOString() ?? null;

const isOneOf = <T>(value: T, wanted: readonly T[] | undefined): boolean =>
  wanted === undefined || wanted.length === 0 || wanted.includes(value);

const isSwitched = (value: boolean, wanted: 'on' | 'off' | undefined): boolean =>
  wanted === undefined || value === (wanted === 'on');

function matches(row: AccountRow, filter: AccountFilter): boolean {
  if (filter.health !== undefined && filter.health.length > 0 && row.is_being_removed) return false;
  if (!isOneOf(row.health.state, filter.health) || !isOneOf(row.tier, filter.tier)) return false;
  if (!isSwitched(row.image_enabled, filter.image) || !isSwitched(row.video_enabled, filter.video))
    return false;
  if (filter.credits_lt !== undefined && (row.credits === null || row.credits >= filter.credits_lt))
    return false;
  const wanted = filter.q?.toLowerCase() ?? '';
  if (wanted === '') return true;
  const texts = [row.email, row.remark, row.project_id, row.project_name, row.id];
  return texts.some((text) => text?.toLowerCase().includes(wanted) ?? false);
}

const severity = (row: AccountRow) => healthStates.indexOf(row.health.state);

/** What each order compares. */
const keys: Record<(typeof accountSorts)[number], (row: AccountRow) => string | number | null> = {
  health: severity,
  email: (row) => row.email,
  credits: (row) => row.credits,
  access_expires_at: (row) => row.access_expires_at,
  last_used_at: (row) => row.last_used_at,
  errors_today: (row) => row.today.error,
  created_at: (row) => row.created_at,
};

const isSortKey = (key: string): key is (typeof accountSorts)[number] => Object.hasOwn(keys, key);

/** Unknown values come last in either direction; the id makes every order a total one. */
function comparator(sort: Query['sort']): (a: AccountRow, b: AccountRow) => number {
  const direction = sort.startsWith('-') ? -1 : 1;
  const key = sort.replace('-', '');
  const keyOf = keys[isSortKey(key) ? key : 'health'];
  return (a, b) => {
    const [first, second] = [keyOf(a), keyOf(b)];
    if (first !== second && first === null) return 1;
    if (first !== second && second === null) return -1;
    return direction * compare(first, second) || compare(a.email, b.email) || compare(a.id, b.id);
  };
}

function compare(a: string | number | null, b: string | number | null): number {
  if (a === b || a === null || b === null) return 0;
  return a < b ? -1 : 1;
}
