import { setImmediate } from 'node:timers/promises';
import {
  finishQueuedJob,
  listJobInputs,
  listOverdueQueued,
  listQueuedGroups,
  listQueuedIds,
} from '@/db/repositories/jobs';
import { loadCandidates } from '../accounts/pool';
import { type Candidate, canBeServedBy, obstacleOf, servedFrom } from '../accounts/select';
import { whyNobody } from '../accounts/why-none';
import { type StoredError, toStoredError } from '../errors';
import type { ModelSpec } from '../models/types';
import type { Runtime } from '../runtime';
import { type Job, type Source, toJob } from './job';
import { noAccountError } from './no-account';
import { dropInputs, needOf } from './submit';

type Needs = Pick<Runtime, 'db' | 'media' | 'metrics' | 'now' | 'queueView' | 'settings' | 'signals'>;

const overduePerTurn = 100;
const hopelessPerTurn = 100;
const endedInARow = 10; // SQLite answers at once: what else waits gets a turn between them
const clockMarginMs = 1_000; // of the clocks of two processes
const guessedWaitSeconds = 60; // where no run of the model is known yet

const maxWaitMs = ({ settings }: Pick<Runtime, 'settings'>): number =>
  settings.current()['queue.max_wait'] * 1_000;

/** Until when a job may wait for an account. */
export const waitsUntil = (
  runtime: Pick<Runtime, 'settings'>,
  { createdAt, deadlineAt }: Pick<Job, 'createdAt' | 'deadlineAt'>,
): Date => new Date(Math.min(deadlineAt.getTime(), createdAt.getTime() + maxWaitMs(runtime)));

/** Ends queued jobs whose time is over. */
export async function endOverdue(runtime: Needs): Promise<void> {
  const now = runtime.now();
  const queuedBefore = new Date(now.getTime() - maxWaitMs(runtime));
  const rows = await listOverdueQueued(runtime.db, { now, queuedBefore, limit: overduePerTurn });
  if (rows.length === 0) return;
  const candidates = await loadCandidates(runtime);
  for (const row of rows) await endQueued(runtime, row.id, await waitedOut(runtime, toJob(row), candidates));
}

/**
 * Ends queued jobs that no account will take in their time: the last one is gone, or rests for longer than they wait. They are
 * told what a new request is told. Gives whether there may be more of them.
 */
export async function endHopeless(runtime: Needs): Promise<boolean> {
  const groups = await listQueuedGroups(runtime.db);
  if (groups.length === 0) return false;
  const all = await loadCandidates(runtime);
  let left = hopelessPerTurn;
  for (const { group, spec, source, pinnedTo, avoid } of groups) {
    const need = needOf({ spec: spec as ModelSpec, source: source as Source | null, pinnedTo }, avoid);
    if (canBeServedBy(all, need, runtime.now(), runtime.now())) continue;
    // A job that came after this look at the accounts may have come because of one that came with it.
    const now = runtime.now();
    const candidates = await loadCandidates(runtime);
    const from = servedFrom(candidates, need, now);
    if (from !== undefined && from <= now) continue;
    const error = toStoredError(noAccountError(candidates, need, now));
    const leavingBy =
      from === undefined
        ? undefined
        : { deadline: from, created: new Date(from.getTime() - maxWaitMs(runtime)) };
    const ids = await listQueuedIds(runtime.db, {
      group,
      createdBefore: new Date(now.getTime() - clockMarginMs),
      ...(leavingBy === undefined ? {} : { leavingBy }),
      limit: left,
    });
    for (const [index, id] of ids.entries()) {
      await endQueued(runtime, id, error);
      if (index % endedInARow === 0) await setImmediate();
    }
    left -= ids.length;
    if (left <= 0) return true;
  }
  return false;
}

/** What a job that waited in vain is told: why, and when another try makes sense, as far as that can be known. */
async function waitedOut(runtime: Needs, job: Job, candidates: Candidate[]): Promise<StoredError> {
  const now = runtime.now();
  const need = needOf(job, job.avoid);
  const why = whyNobody(candidates, need, now);
  const isOnlyBusy = candidates.some((candidate) => {
    const found = obstacleOf(candidate, need, now);
    return found === undefined || found.obstacle === 'busy';
  });
  const retryAfterSeconds = isOnlyBusy
    ? ((await runtime.queueView.secondsForNew(job.spec.id)) ?? guessedWaitSeconds)
    : why.retryAfterSeconds;
  return {
    code: 'queue_timeout',
    message: `No account became free in time. ${why.message} Nothing was submitted; send the request again later.`,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

async function endQueued(runtime: Needs, jobId: string, error: StoredError): Promise<void> {
  const inputs = await listJobInputs(runtime.db, jobId);
  const endedAt = runtime.now();
  const ended = await finishQueuedJob(runtime.db, { jobId, state: 'failed', error, now: endedAt });
  if (ended === undefined) return;
  runtime.metrics.noteJobEnd({ kind: ended.kind, state: 'failed', createdAt: ended.createdAt, endedAt });
  runtime.signals.notify(jobId);
  await dropInputs(runtime, inputs);
}
