import { countUnfinished, type JobRow, latestJobs } from '@/db/repositories/jobs';
import type { MediaRow } from '@/db/repositories/media';
import { countResultsSince, listMediaOfJobs } from '@/db/repositories/overview';
import { listAccountViews } from './accounts/list';
import { listAccounts } from './admin-api/accounts';
import type { JobSummary, Overview } from './admin-api/overview';
import type { StoredError } from './errors';
import { shorten } from './format';
import { linkTo } from './generation/list-jobs';
import type { Runtime } from './runtime';
import { dayZone, startOfDay } from './usage/day';

const shownJobs = 20;
const shownAccounts = 10;
const shownPromptLength = 300;

/** What the console's overview shows. */
export async function readOverview(runtime: Pick<Runtime, 'db' | 'now' | 'settings'>): Promise<Overview> {
  const { db, now } = runtime;
  const [accounts, unfinished, results, jobs] = await Promise.all([
    listAccountViews(runtime, listAccounts.query.parse({ limit: shownAccounts })),
    countUnfinished(db),
    countResultsSince(db, startOfDay(now(), dayZone(runtime))),
    latestJobs(db, shownJobs),
  ]);
  const media = await listMediaOfJobs(
    db,
    jobs.map((job) => job.id),
  );
  return {
    at: now().toISOString(),
    health_counts: accounts.health_counts,
    jobs_running: unfinished.running,
    jobs_queued: unfinished.queued,
    images_today: results.image,
    videos_today: results.video,
    accounts: accounts.items,
    accounts_total: accounts.total,
    jobs: jobs.map((job) =>
      summarize(
        job,
        media.filter((item) => item.jobId === job.id),
      ),
    ),
  };
}

function summarize(job: JobRow, media: MediaRow[]): JobSummary {
  const error = storedErrorOf(job);
  return {
    id: job.id,
    state: job.state,
    step: job.step,
    kind: job.kind,
    model: job.model,
    prompt: shorten(job.prompt, shownPromptLength),
    account_email: job.accountEmail,
    progress: job.state === 'running' ? job.progress : null,
    error: error === null ? null : { code: error.wireCode ?? error.code, message: error.message },
    media: media.map(linkTo),
    created_at: job.createdAt.toISOString(),
    started_at: job.startedAt?.toISOString() ?? null,
    ended_at: job.endedAt?.toISOString() ?? null,
  };
}

/** Jobs keep only what `toStoredError` gave. */
const storedErrorOf = (job: JobRow) => job.error as StoredError | null;
