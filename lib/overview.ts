import { countUnfinished, latestJobs, oldestQueued, searchJobs } from '@/db/repositories/jobs';
import { countResultsSince } from '@/db/repositories/overview';
import { pageOfAccounts, viewAllAccounts } from './accounts/list';
import { type AccountRow, listAccounts } from './admin-api/accounts';
import type { Overview } from './admin-api/overview';
import { readKnown, toSummary } from './generation/list-jobs';
import type { Runtime } from './runtime';
import { dayZone, startOfDay } from './usage/day';

const shownJobs = 20;
const shownRunning = 50;
const shownAccounts = 10;

/** What the console's overview shows. */
export async function readOverview(runtime: Pick<Runtime, 'db' | 'now' | 'settings'>): Promise<Overview> {
  const { db, now } = runtime;
  const [all, unfinished, oldest, results, jobs, running] = await Promise.all([
    viewAllAccounts(runtime),
    countUnfinished(db),
    oldestQueued(db),
    countResultsSince(db, startOfDay(now(), dayZone(runtime))),
    latestJobs(db, shownJobs),
    searchJobs(db, { state: ['running'] }, { limit: shownRunning }),
  ]);
  const known = await readKnown(db, [...new Map([...jobs, ...running].map((job) => [job.id, job])).values()]);
  const accounts = pageOfAccounts(all, listAccounts.query.parse({ limit: shownAccounts }));
  const serving = all.filter(({ enabled, is_being_removed: isGoing }) => enabled && !isGoing);
  const sum = (of: (row: AccountRow) => number, rows = all) =>
    rows.reduce((total, row) => total + of(row), 0);
  return {
    at: now().toISOString(),
    health_counts: accounts.health_counts,
    jobs_running: unfinished.running,
    jobs_queued: unfinished.queued,
    queue_oldest_at: oldest?.toISOString() ?? null,
    slots: { image: slotsOf('image', all, serving), video: slotsOf('video', all, serving) },
    credits_left: sum((row) => row.credits ?? 0, serving),
    images_today: results.image,
    videos_today: results.video,
    images_total: sum((row) => row.counts.image),
    videos_total: sum((row) => row.counts.video),
    accounts: accounts.items,
    accounts_total: accounts.total,
    accounts_being_removed: accounts.being_removed,
    running: running.map((job) => toSummary(job, known)),
    jobs: jobs.map((job) => toSummary(job, known)),
  };
}

/** Places that are taken, on whichever account, and those that there are on the accounts that take jobs of the kind. */
function slotsOf(kind: 'image' | 'video', all: AccountRow[], serving: AccountRow[]) {
  const limits = serving.filter((row) => row[`${kind}_enabled`]).map((row) => row[`${kind}_concurrency`]);
  return {
    used: all.reduce((total, row) => total + row.running[kind], 0),
    limit: limits.reduce((total, limit) => (total === null || limit === null ? null : total + limit), 0),
  };
}
