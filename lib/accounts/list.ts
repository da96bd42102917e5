import type { z } from 'zod';
import {
  countRunning,
  listAccounts,
  type RunningCounts,
  type AccountRow as StoredAccount,
} from '@/db/repositories/accounts';
import {
  type AccountList,
  type AccountRow,
  healthStates,
  type listAccounts as listContract,
} from '../admin-api/accounts';
import { GatewayError } from '../errors';
import { cheapestVideoCost } from '../models/prices';
import type { Runtime } from '../runtime';
import { accessEndOf } from './access-token';
import { healthOf } from './health';

type Query = z.infer<typeof listContract.query>;

/**
 * The page of accounts that a query asks for. An installation has at most some thousand accounts and health is computed,
 * so all are read and the choice is made here. Throws `invalid_request` for a cursor that leads nowhere.
 */
export async function listAccountViews(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  query: Query,
): Promise<AccountList> {
  const [rows, running] = await Promise.all([listAccounts(db), countRunning(db)]);
  const all = rows.map((row) => toAccountView(row, running.get(row.id), now()));
  const matching = all.filter((row) => matches(row, query)).sort(comparator(query.sort));
  const start = query.cursor === undefined ? 0 : matching.findIndex((row) => row.id === query.cursor) + 1;
  if (query.cursor !== undefined && start === 0) {
    throw new GatewayError(
      'invalid_request',
      'This page begins after an account that the list no longer has.',
      {
        param: 'cursor',
      },
    );
  }
  const items = matching.slice(start, start + query.limit);
  const isLast = start + items.length >= matching.length;
  return {
    at: now().toISOString(),
    items,
    next_cursor: isLast ? null : (items.at(-1)?.id ?? null),
    total: matching.length,
    total_is_capped: false,
    health_counts: countHealth(all),
  };
}

/** An account as the console sees it: no secret, and its health at this moment. */
export function toAccountView(row: StoredAccount, running: RunningCounts | undefined, now: Date): AccountRow {
  const { until, detail, ...health } = healthOf(row, now, cheapestVideoCost(row.tier));
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
      ...(detail === undefined ? {} : { detail: detailOf(row, health) ?? detail }),
      ...(until === undefined ? {} : { until: until.toISOString() }),
    },
    enabled: row.enabled,
    image_enabled: row.imageEnabled,
    video_enabled: row.videoEnabled,
    image_concurrency: row.imageConcurrency,
    video_concurrency: row.videoConcurrency,
    running: running ?? { image: 0, video: 0 },
    counts: { image: row.imageCount, video: row.videoCount, error: row.errorCount },
    error_streak: row.errorStreak,
    has_proxy: row.proxyUrlSealed !== null,
    is_being_removed: row.removedAt !== null,
    last_used_at: iso(row.lastUsedAt),
    last_success_at: iso(row.lastSuccessAt),
    created_at: row.createdAt.toISOString(),
  };
}

/** The words for what counts errors: nobody reads an error code as a sentence. */
function detailOf({ errorStreak }: StoredAccount, { state, reason }: { state: string; reason?: string }) {
  const last = reason === undefined ? undefined : lastErrors[reason];
  if (state === 'banned') {
    const why = errorStreak === 1 ? 'an error' : `${errorStreak} errors in a row`;
    return `Switched off after ${why}${last === undefined ? '' : `: ${last}`}`;
  }
  if (state !== 'degraded' || reason !== 'errors') return undefined;
  return errorStreak === 1 ? 'The last request failed' : `The last ${errorStreak} requests failed`;
}

const lastErrors: Readonly<Record<string, string>> = {
  upstream_failed: 'Google failed on its requests',
  upstream_unavailable: 'Google did not take its requests',
  upstream_challenge: 'Google asks for a challenge',
  unknown_model: 'Google does not know the model for this account',
};

/** How many accounts are in each state; states without any are 0. What is being removed serves no more and is in none. */
export function countHealth(rows: AccountRow[]): AccountList['health_counts'] {
  const counts = Object.fromEntries(healthStates.map((state) => [state, 0])) as AccountList['health_counts'];
  for (const row of rows) if (!row.is_being_removed) counts[row.health.state] += 1;
  return counts;
}

const iso = (at: Date | null | undefined): string | null => at?.toISOString() ?? null;

function matches(row: AccountRow, query: Query): boolean {
  const isNarrowed = query.health !== undefined && query.health.length > 0;
  if (isNarrowed && (row.is_being_removed || !query.health?.includes(row.health.state))) return false;
  const wanted = query.q?.toLowerCase() ?? '';
  if (wanted === '') return true;
  const texts = [row.email, row.remark, row.project_id, row.project_name, row.id];
  return texts.some((text) => text?.toLowerCase().includes(wanted) ?? false);
}

const severity = (row: AccountRow) => healthStates.indexOf(row.health.state);

/** Unknown values come last in either direction; the id makes every order a total one. */
function comparator(sort: Query['sort']): (a: AccountRow, b: AccountRow) => number {
  const direction = sort.startsWith('-') ? -1 : 1;
  const key = sort.replace('-', '') as
    | 'health'
    | 'email'
    | 'credits'
    | 'access_expires_at'
    | 'last_used_at'
    | 'created_at';
  const keyOf = (row: AccountRow): string | number | null => (key === 'health' ? severity(row) : row[key]);
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
