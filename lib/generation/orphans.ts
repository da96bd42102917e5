import { failUnheldJob, type JobRow, listJobInputs, listUnattended } from '@/db/repositories/jobs';
import type { StoredError } from '../errors';
import type { Runtime } from '../runtime';
import { toJob } from './job';
import { dropInputs } from './submit';

const patienceMs = 5 * 60_000; // the worker looks every second: what is still there then is not being taken up
const atATime = 500;

/**
 * Looks for running jobs that nobody holds and that wait for nothing: the worker takes up such jobs at its next turn.
 * Those whose account is gone can never go on, and end with the reason; the others are only counted.
 */
export async function endHopelessJobs(
  runtime: Pick<Runtime, 'db' | 'now' | 'signals' | 'media' | 'log' | 'metrics'>,
): Promise<{ ended: number; unattended: number }> {
  const { db, now, signals, log } = runtime;
  const before = new Date(now().getTime() - patienceMs);
  const rows = await listUnattended(db, { now: now(), limit: atATime });
  let ended = 0;
  for (const row of rows.filter(({ accountId }) => accountId === null)) {
    const inputs = await listJobInputs(db, row.id);
    const failed = await failUnheldJob(db, { jobId: row.id, error: whyHopeless(row), now: now() });
    if (!failed) continue;
    ended += 1;
    const { kind, createdAt } = row;
    runtime.metrics.noteJobEnd({ kind, state: 'failed', createdAt, endedAt: now() });
    log.warn({ jobId: row.id }, 'a job whose account is gone was ended');
    signals.notify(row.id);
    await dropInputs(runtime, inputs);
  }
  const unattended = rows.filter((row) => row.accountId !== null && row.availableAt < before).length;
  if (unattended > 0) signals.wakeWorker();
  return { ended, unattended };
}

/** What upstream may have accepted is said to be so, and nothing else. */
function whyHopeless(row: JobRow): StoredError {
  const job = toJob(row);
  if (job.acceptedAt !== null || job.outcome !== null) {
    return {
      code: 'upstream_failed',
      message: 'The account that made this was removed before its result could be stored.',
    };
  }
  if (job.intent !== null) {
    return {
      code: 'submission_unknown',
      message:
        'The account of this job was removed before it was known whether Google had taken the submission. It was not sent again.',
    };
  }
  return { code: 'no_account_available', message: 'The account of this job has been removed.' };
}
