import type { LogRow } from '@/lib/admin-api/logs';

/** How much of the time of a finished job was waiting in the queue; `undefined` where that is not known. */
export function splitOf({ job }: Pick<LogRow, 'job'>) {
  if (job === null || job.started_at === null || job.ended_at === null) return undefined;
  const [created, started, ended] = [job.created_at, job.started_at, job.ended_at].map(Date.parse);
  if (created === undefined || started === undefined || ended === undefined || ended <= created)
    return undefined;
  const queueMs = Math.max(0, started - created);
  const generationMs = Math.max(0, ended - started);
  return { queueMs, generationMs, queueShare: queueMs / (queueMs + generationMs) };
}

/** How often a job was tried, the try under way or the good one among them; its row counts those that failed. */
export function attemptsOf({
  state,
  attempts,
  started_at,
}: Pick<NonNullable<LogRow['job']>, 'state' | 'attempts' | 'started_at'>): number {
  if (started_at === null || state === 'queued') return attempts;
  return state === 'completed' || state === 'running' ? attempts + 1 : Math.max(1, attempts);
}
