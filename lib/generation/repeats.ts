import type { Earlier, RecordedJob } from '@/db/repositories/submissions';
import { isAccepted } from './job';

const hourMs = 60 * 60_000;

/** How long an earlier request is remembered. */
export const rememberedMs = 24 * hourMs;
/** How long after their end jobs are given to a client library that repeats by itself. */
const recentMs = 10 * 60_000;

/** What an earlier request means for one that may be the same again. */
export type Verdict =
  /** The same: it gets the same jobs, whatever becomes or became of them. */
  | 'join'
  /** Nothing stands in its way: it makes its own jobs. */
  | 'anew'
  /** The same, and nothing came of it: its jobs are made again. */
  | 'again'
  /** Its key belongs to another request. */
  | 'other_body'
  /** The same, but its client has deleted what came of it. */
  | 'deleted';

/**
 * Compares a request with an earlier one of the same API key and route that has the same `Idempotency-Key`, or where
 * neither has one. A group of jobs is one answer: it is made anew only when none of them got as far as upstream.
 */
export function judgeRepeat(
  { record, jobs }: Earlier,
  repeat: { key: string | null; bodyHash: string },
  now: Date,
): Verdict {
  if (now.getTime() - record.createdAt.getTime() >= rememberedMs) return 'anew';
  if (record.bodyHash !== repeat.bodyHash) return 'other_body';
  if (jobs.length === 0) return 'anew';
  if (jobs.every(isVoid)) return 'again';
  const isDeleted = jobs.every(({ hiddenAt }) => hiddenAt !== null);
  if (repeat.key !== null) return isDeleted ? 'deleted' : 'join';
  return isDeleted || jobs.every((job) => hasEndedBefore(job, now)) ? 'anew' : 'join';
}

/** Failed before upstream had accepted anything: its answer invited a repeat. What somebody cancelled stays cancelled. */
const isVoid = (job: RecordedJob): boolean => job.state === 'failed' && !isAccepted(job);

const hasEndedBefore = ({ endedAt }: RecordedJob, now: Date): boolean =>
  endedAt !== null && now.getTime() - endedAt.getTime() >= recentMs;
