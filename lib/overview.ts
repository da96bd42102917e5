import type { z } from 'zod';
import { listMigrations, migrationsFolder } from '@/db/migrate';
import { listStatesBefore } from '@/db/repositories/health-changes';
import { countUnfinished, type JobRow, latestJobs, oldestQueued, searchJobs } from '@/db/repositories/jobs';
import { countResultsSince } from '@/db/repositories/overview';
import { listLastSamples } from '@/db/repositories/samples';
import { pageOfAccounts, viewAllAccounts } from './accounts/list';
import { type AccountRow, listAccounts } from './admin-api/accounts';
import type { AttentionItem, readOverview as contract, Overview } from './admin-api/overview';
import { readChecklist } from './checklist';
import { readKnown, toSummary } from './generation/list-jobs';
import { cheapestPricedVideoCost } from './models/prices';
import type { Runtime } from './runtime';
import { leastFreeBytes, listLoops, readDisk } from './system';
import { dayZone, startOfDay } from './usage/day';
import { usedWithin } from './usage/over-time';
import { previousOf, type Span, spanOf } from './usage/span';

const shownJobs = 20;
const shownRunning = 50;
const shownAccounts = 10;
const shownAttention = 20;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Credits for ten videos: with fewer, somebody should think of more. */
export const lowCredits = 10 * cheapestPricedVideoCost('pro');

/** What the console's overview shows. Throws `invalid_request` for a range that is none. */
export async function readOverview(
  runtime: Pick<Runtime, 'db' | 'env' | 'loops' | 'now' | 'settings'>,
  query: z.output<typeof contract.query>,
): Promise<Overview> {
  const { db, now } = runtime;
  const at = now();
  const zone = dayZone(runtime);
  const span = spanOf(query, at, zone);
  const [all, unfinished, oldest, results, jobs, running, numbers, checklist] = await Promise.all([
    viewAllAccounts(runtime),
    countUnfinished(db),
    oldestQueued(db),
    countResultsSince(db, startOfDay(at, zone)),
    latestJobs(db, shownJobs),
    searchJobs(db, { state: ['running'] }, { limit: shownRunning }),
    usedWithin(runtime, span),
    readChecklist(runtime),
  ]);
  const known = await readKnown(db, [...new Map([...jobs, ...running].map((job) => [job.id, job])).values()]);
  const accounts = pageOfAccounts(all, listAccounts.query.parse({ limit: shownAccounts }));
  const serving = all.filter(isServing);
  const sum = (of: (row: AccountRow) => number, rows = all) =>
    rows.reduce((total, row) => total + of(row), 0);
  return {
    at: at.toISOString(),
    health_counts: accounts.health_counts,
    jobs_running: unfinished.running,
    jobs_queued: unfinished.queued,
    queue_oldest_at: oldest?.toISOString() ?? null,
    slots: { image: slotsOf('image', all, serving), video: slotsOf('video', all, serving) },
    credits_left: serving.some(({ credits }) => credits !== null)
      ? sum((row) => row.credits ?? 0, serving)
      : null,
    images_today: results.image,
    videos_today: results.video,
    images_total: sum((row) => row.counts.image),
    videos_total: sum((row) => row.counts.video),
    period: { since: span.since.toISOString(), until: span.until?.toISOString() ?? null, numbers },
    previous: query.compare ? await readPrevious(runtime, span, all) : null,
    attention: await readAttention(runtime, all),
    checklist,
    accounts: accounts.items,
    accounts_total: accounts.total,
    accounts_being_removed: accounts.being_removed,
    running: running.map((job) => toRunning(job, known)),
    jobs: jobs.map((job) => toSummary(job, known)),
  };
}

/** Whether it gets jobs, health aside. */
export const isServing = ({ enabled, is_being_removed: isGoing }: AccountRow): boolean => enabled && !isGoing;

const toRunning = (job: JobRow, known: Awaited<ReturnType<typeof readKnown>>) => ({
  ...toSummary(job, known),
  account_id: job.accountId,
  request_id: job.requestId,
});

/** Places that are taken, on whichever account, and those that there are on the accounts that take jobs of the kind. */
function slotsOf(kind: 'image' | 'video', all: AccountRow[], serving: AccountRow[]) {
  const limits = serving.filter((row) => row[`${kind}_enabled`]).map((row) => row[`${kind}_concurrency`]);
  return {
    used: all.reduce((total, row) => total + row.running[kind], 0),
    limit: limits.reduce((total, limit) => (total === null || limit === null ? null : total + limit), 0),
  };
}

/** From when on the numbers of charts are kept; `undefined`: for good. */
export function keptSince({ now, settings }: Pick<Runtime, 'now' | 'settings'>): Date | undefined {
  const days = settings.current()['log.sample_retention_days'];
  return days === 0 ? undefined : new Date(now().getTime() - days * dayMs);
}

async function readPrevious(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings'>,
  span: Span,
  all: readonly AccountRow[],
): Promise<Overview['previous']> {
  const { db, now } = runtime;
  const before = previousOf(span, now());
  if (before.since < (keptSince(runtime) ?? before.since)) return null;
  const [numbers, states, credits] = await Promise.all([
    usedWithin(runtime, before),
    listStatesBefore(db, span.since),
    listLastSamples(db, {
      name: 'credits',
      from: new Date(span.since.getTime() - hourMs),
      to: new Date(span.since.getTime() + hourMs),
    }),
  ]);
  const existing = all.filter((row) => !row.is_being_removed && new Date(row.created_at) < span.since);
  const stateOf = (row: AccountRow) => states.get(row.id) ?? row.health.state;
  const enabled = existing.filter((row) => stateOf(row) !== 'disabled');
  const amounts = existing.filter(({ enabled: isOn }) => isOn).map(({ id }) => credits.get(id));
  return {
    since: before.since.toISOString(),
    numbers,
    credits_left:
      amounts.length === 0 || amounts.includes(undefined)
        ? null
        : amounts.reduce<number>((total, amount) => total + (amount ?? 0), 0),
    healthy_accounts: enabled.filter((row) => stateOf(row) === 'healthy').length,
    enabled_accounts: enabled.length,
  };
}

/** What needs somebody, the worst first. */
async function readAttention(
  runtime: Pick<Runtime, 'db' | 'env' | 'loops' | 'now'>,
  all: readonly AccountRow[],
): Promise<Overview['attention']> {
  const { db, env } = runtime;
  const [loops, disk, migrations] = await Promise.all([
    listLoops(runtime),
    readDisk(env.dataDir),
    listMigrations(db, migrationsFolder),
  ]);
  const pending = migrations.filter(({ isPending }) => isPending).length;
  const troubled = all.filter(
    ({ health, is_being_removed: isGoing }) =>
      !isGoing && health.state !== 'healthy' && health.state !== 'disabled',
  );
  const poor = all.filter(
    (row) =>
      isServing(row) && row.health.state === 'healthy' && row.credits !== null && row.credits < lowCredits,
  ).length;
  const listed = pageOfAccounts(troubled, listAccounts.query.parse({ limit: shownAttention })).items;
  const items: AttentionItem[] = [
    ...(disk !== undefined && disk.free_bytes < leastFreeBytes ? [{ kind: 'disk' as const, ...disk }] : []),
    ...(pending > 0 ? [{ kind: 'migrations' as const, pending }] : []),
    ...loops.flatMap(({ name, last_error: error }) =>
      error === null ? [] : [{ kind: 'loop' as const, name, ...error }],
    ),
    ...listed.map((account) => ({ kind: 'account' as const, account })),
    ...(poor > 0 ? [{ kind: 'low_credits' as const, accounts: poor, below: lowCredits }] : []),
  ];
  return { items, accounts_total: troubled.length };
}
