import { countEndedJobs } from '@/db/repositories/usage-hours';
import type { Runtime } from '../runtime';
import { dayZone } from './day';
import { tallyJob } from './tally';

const jobsAtATime = 100; // some milliseconds of SQLite's thread

/** Adds the jobs that have ended to the hours and days of their end. Gives how many. */
export async function countUsage(
  runtime: Pick<Runtime, 'db' | 'settings'>,
  signal: AbortSignal,
): Promise<number> {
  const zone = dayZone(runtime);
  let counted = 0;
  while (!signal.aborted) {
    const found = await countEndedJobs(runtime.db, {
      limit: jobsAtATime,
      tally: (job) => tallyJob({ ...job, errorCode: errorCodeOf(job.error) }, zone),
    });
    counted += found;
    if (found < jobsAtATime) break;
    await new Promise((resolve) => setImmediate(resolve)); // requests first
  }
  return counted;
}

/** The code in an error as `jobs.error` holds it. */
export function errorCodeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
