import { setMaxListeners } from 'node:events';
import { endConcurrencyCooldown, findAccount } from '@/db/repositories/accounts';
import {
  findJobRow,
  listPollable,
  type PollableJob,
  recordOutcome,
  recordProgress,
} from '@/db/repositories/jobs';
import { claimLease, releaseLease } from '@/db/repositories/leases';
import { openAccess, refreshAccess } from '../accounts/access-token';
import { changeHealth } from '../accounts/change-health';
import { isUpstreamError, toStoredError } from '../errors';
import type { Outcome } from './job';
import { toJob } from './job';
import { goesOnUpstream, type RunNeeds } from './run';
import type { Phase, PollOutcome, UpstreamAccess, UpstreamHandle } from './upstream';

/** The poller of one process; the lease `poll:<account>` makes it one per account in the whole installation. */
export type Poller = { stop: () => Promise<void> };

const leaseMs = 30_000;
const hourMs = 3_600_000;
const longestPauseMs = 60_000;
const lostAfterMs = 600_000; // how long upstream may not know an operation before it counts as lost

/** How often a job of this age is asked about: `intervalMs` at first, slower with time. Pure. */
export function pollPauseMs(ageMs: number, intervalMs: number): number {
  if (ageMs < 10 * 60_000) return intervalMs;
  if (ageMs < hourMs) return Math.max(intervalMs, 5 * intervalMs);
  if (ageMs < 6 * hourMs) return Math.max(intervalMs, longestPauseMs);
  return Math.max(intervalMs, 5 * longestPauseMs);
}

type AccountState = {
  /** Not before. */
  nextAt: number;
  failures: number;
  leaseUntil: number;
  running: boolean;
  polledAt: Map<string, number>;
  unknownSince: Map<string, number>;
  cancelAsked: Set<string>;
};

type Waiting = PollableJob & { handle: UpstreamHandle & { phase: Phase } };

/** Starts asking upstream about every accepted video: one status call per account and interval for all of them. */
export function startPoller(runtime: RunNeeds): Poller {
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal); // the call of every account listens
  const states = new Map<string, AccountState>();
  const polling = new Set<Promise<void>>();

  const turn = async () => {
    const groups = new Map<string, Waiting[]>();
    for (const job of (await listPollable(runtime.db)) as Waiting[]) {
      if (job.accountId === null) {
        await endJob(runtime, job, undefined, { type: 'failed', error: orphaned, cancelled: false });
        continue;
      }
      const group = groups.get(job.accountId);
      if (group === undefined) groups.set(job.accountId, [job]);
      else group.push(job);
    }
    for (const [accountId, state] of states) {
      if (groups.has(accountId) || state.running) continue;
      states.delete(accountId);
      await releaseLease(runtime.db, { name: `poll:${accountId}`, owner: runtime.instanceId });
    }
    for (const [accountId, jobs] of groups) {
      const state = states.get(accountId) ?? newState();
      states.set(accountId, state);
      if (state.running || state.nextAt > Date.now()) continue;
      state.running = true;
      const done = pollTurn(runtime, accountId, jobs, state, stopping.signal)
        .catch((error: unknown) => {
          state.nextAt = Date.now() + backOffMs(state, intervalOf(runtime));
          if (!stopping.signal.aborted)
            runtime.log.warn({ accountId, err: error }, 'the jobs of an account could not be asked about');
        })
        .finally(() => {
          state.running = false;
          polling.delete(done);
        });
      polling.add(done);
    }
  };

  const loop = async () => {
    while (!stopping.signal.aborted) {
      try {
        await turn();
      } catch (error) {
        runtime.log.error({ err: error }, 'a turn of the poller failed; the next one comes');
      }
      await runtime.signals.pollerTurn(nextTurnMs(states, intervalOf(runtime)), stopping.signal);
    }
  };
  const looping = loop();

  return {
    async stop() {
      stopping.abort(new Error('the gateway stops'));
      await looping;
      await Promise.allSettled(polling);
      for (const accountId of states.keys()) {
        await releaseLease(runtime.db, { name: `poll:${accountId}`, owner: runtime.instanceId });
      }
    },
  };
}

const newState = (): AccountState => ({
  nextAt: 0,
  failures: 0,
  leaseUntil: 0,
  running: false,
  polledAt: new Map(),
  unknownSince: new Map(),
  cancelAsked: new Set(),
});

const intervalOf = ({ settings }: RunNeeds): number => settings.current()['flow.poll_interval'] * 1_000;

const smallestTurnMs = 10;
const longestTurnMs = 1_000;

/** Until the first account is due; new work is announced, work of other processes is seen within an interval. */
function nextTurnMs(states: Map<string, AccountState>, intervalMs: number): number {
  const due = [...states.values()].filter(({ running }) => !running).map(({ nextAt }) => nextAt - Date.now());
  return Math.max(smallestTurnMs, Math.min(intervalMs, longestTurnMs, ...due));
}

const backOffMs = (state: AccountState, intervalMs: number): number => {
  state.failures += 1;
  return Math.min(longestPauseMs, intervalMs * 2 ** Math.min(state.failures, 10));
};

async function pollTurn(
  runtime: RunNeeds,
  accountId: string,
  jobs: Waiting[],
  state: AccountState,
  signal: AbortSignal,
): Promise<void> {
  if (!(await holdLease(runtime, accountId, state))) {
    state.nextAt = Date.now() + intervalOf(runtime); // another process asks; look again in case it dies
    return;
  }
  const account = await findAccount(runtime.db, accountId);
  if (account === undefined) return;
  const intervalMs = intervalOf(runtime);
  const now = runtime.now().getTime();
  const limitMs = runtime.settings.current()['generation.poll_limit'] * hourMs;
  const age = (job: Waiting) => now - (job.acceptedAt?.getTime() ?? now);

  const alive: Waiting[] = [];
  for (const job of jobs) {
    if (age(job) <= limitMs) alive.push(job);
    else await endJob(runtime, job, accountId, { type: 'failed', error: neverEnded, cancelled: false });
  }
  let access = await openAccess(runtime, account);
  await askToCancel(runtime, access, alive, state, signal);
  const startedAt = Date.now(); // as late as can be: the pause between two calls is never shorter than the interval

  const due = alive.filter((job) => {
    const last = state.polledAt.get(job.id);
    // Half an interval of slack keeps the jobs of an account together in one call.
    return last === undefined || startedAt - last >= pollPauseMs(age(job), intervalMs) - intervalMs / 2;
  });
  const ask = async (batch: Waiting[]): Promise<void> => {
    // A job's timeline holds what told its end and what failed, not every question in between.
    const calls = runtime.upstreamCalls.group(accountId);
    const askOnce = async () => {
      const handles = batch.map(({ handle }) => handle);
      const outcomes = await calls.run(() => runtime.upstream.poll(access, handles, signal));
      const isEnded = ({ handle }: Waiting) => (outcomes.get(handle.name)?.type ?? 'running') !== 'running';
      calls.assign(batch.filter(isEnded).map(({ id }) => id));
      await apply(runtime, accountId, batch, outcomes, state);
    };
    try {
      await askOnce();
    } catch (error) {
      if (!isUpstreamError(error)) throw error;
      calls.assign(batch.map(({ id }) => id));
      if (error.failure.account.type === 'access_expired') {
        access = await openAccess(runtime, await calls.run(() => refreshAccess(runtime, account)));
        return askOnce();
      }
      const isRefusedWhole = error.failure.status === 400 || error.failure.status === 404;
      if (!isRefusedWhole) throw error;
      // Something in the call is refused: halve it until that one stands alone.
      const [only] = batch;
      if (batch.length === 1 && only !== undefined) return noteUnknown(runtime, accountId, only, state);
      const middle = Math.ceil(batch.length / 2);
      await ask(batch.slice(0, middle));
      await ask(batch.slice(middle));
    }
  };
  for (const batch of batchesOf(due, runtime.settings.current()['flow.poll_batch'])) await ask(batch);

  for (const { id } of due) state.polledAt.set(id, startedAt);
  forgetEnded(state, jobs);
  state.failures = 0;
  state.nextAt = startedAt + intervalMs;
}

async function holdLease(runtime: RunNeeds, accountId: string, state: AccountState): Promise<boolean> {
  const now = runtime.now();
  if (state.leaseUntil - now.getTime() > leaseMs / 2) return true;
  const untilAt = new Date(now.getTime() + leaseMs);
  const isHeld = await claimLease(runtime.db, {
    name: `poll:${accountId}`,
    owner: runtime.instanceId,
    untilAt,
    now,
  });
  state.leaseUntil = isHeld ? untilAt.getTime() : 0;
  return isHeld;
}

/** All handles of one call have one form. */
function batchesOf(jobs: Waiting[], size: number): Waiting[][] {
  const batches: Waiting[][] = [];
  for (const form of ['media', 'operations'] as const) {
    const same = jobs.filter(({ handle }) => handle.form === form);
    for (let start = 0; start < same.length; start += size) batches.push(same.slice(start, start + size));
  }
  return batches;
}

async function apply(
  runtime: RunNeeds,
  accountId: string,
  batch: Waiting[],
  outcomes: Map<string, PollOutcome>,
  state: AccountState,
): Promise<void> {
  let remaining: number | undefined;
  for (const job of batch) {
    const outcome = outcomes.get(job.handle.name);
    if (outcome === undefined) {
      await noteUnknown(runtime, accountId, job, state);
      continue;
    }
    state.unknownSince.delete(job.id);
    if (outcome.type === 'running') {
      if (outcome.percent !== undefined && outcome.percent > (job.progress ?? 0)) {
        await recordProgress(runtime.db, job.id, Math.min(99, Math.floor(outcome.percent)));
        runtime.signals.notify(job.id);
      }
      continue;
    }
    if (outcome.type === 'succeeded') remaining = outcome.remainingCredits ?? remaining;
    await endJob(runtime, job, accountId, outcome);
  }
  if (remaining !== undefined) {
    const creditsCheckedAt = runtime.now();
    await changeHealth(runtime, accountId, () => ({ credits: remaining, creditsCheckedAt }));
  }
}

async function endJob(
  runtime: RunNeeds,
  job: Waiting,
  accountId: string | undefined,
  ended: Exclude<PollOutcome, { type: 'running' }>,
): Promise<void> {
  const { phase } = job.handle;
  const outcome: Outcome =
    ended.type === 'succeeded'
      ? { phase, type: 'succeeded', outputs: [ended.output] }
      : { phase, type: 'failed', error: ended.error, cancelled: ended.cancelled };
  const row =
    ended.type === 'succeeded' && phase === 'generate' ? await findJobRow(runtime.db, job.id) : undefined;
  const stillOccupies = row !== undefined && goesOnUpstream(toJob(row), phase);
  await recordOutcome(runtime.db, { jobId: job.id, outcome, stillOccupies, now: runtime.now() });
  if (accountId !== undefined) await endConcurrencyCooldown(runtime.db, [accountId], runtime.now());
  runtime.signals.notify(job.id);
  runtime.signals.wakeWorker();
}

const neverEnded = toStoredErrorOf('Google did not finish this video within the time it is waited for.');
const orphaned = toStoredErrorOf('The account that made this video was removed before it had ended.');
const lost = toStoredErrorOf('Google no longer knows this video, and gave no result for it.');

function toStoredErrorOf(message: string) {
  return { ...toStoredError(undefined), code: 'upstream_failed' as const, message };
}

/** Upstream does not know the operation now. That can be a moment's inconsistency, so it must last to count. */
async function noteUnknown(
  runtime: RunNeeds,
  accountId: string,
  job: Waiting,
  state: AccountState,
): Promise<void> {
  const since = state.unknownSince.get(job.id) ?? Date.now();
  state.unknownSince.set(job.id, since);
  if (Date.now() - since < lostAfterMs) return;
  await endJob(runtime, job, accountId, { type: 'failed', error: lost, cancelled: false });
}

/** Passes each wish to cancel on, once. Whether it took effect shows in the next status. */
async function askToCancel(
  runtime: RunNeeds,
  access: UpstreamAccess,
  jobs: Waiting[],
  state: AccountState,
  signal: AbortSignal,
): Promise<void> {
  for (const job of jobs) {
    if (job.cancelRequestedAt === null || state.cancelAsked.has(job.id)) continue;
    state.cancelAsked.add(job.id);
    try {
      const accepted = await runtime.upstream.cancel(access, job.handle, signal);
      runtime.log.info({ jobId: job.id, accepted }, 'upstream was asked to cancel a video');
    } catch (error) {
      runtime.log.info({ jobId: job.id, err: error }, 'upstream could not be asked to cancel a video');
    }
  }
}

function forgetEnded(state: AccountState, jobs: Waiting[]): void {
  const ids = new Set(jobs.map(({ id }) => id));
  for (const known of [state.polledAt, state.unknownSince, state.cancelAsked]) {
    for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
  }
}
