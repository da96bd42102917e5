import { setMaxListeners } from 'node:events';
import { findAccount } from '@/db/repositories/accounts';
import {
  findJobRow,
  listPollable,
  type PollableJob,
  recordOutcome,
  recordProgress,
} from '@/db/repositories/jobs';
import { claimLease, releaseLease } from '@/db/repositories/leases';
import { noteSecondRefusal, openAccess, refreshAccess } from '../accounts/access-token';
import { changeHealth } from '../accounts/change-health';
import { applyCharge } from '../accounts/health';
import { notePlaceFreed } from '../accounts/place-freed';
import { isUpstreamError, toStoredError } from '../errors';
import type { Outcome, PhaseHandle } from './job';
import { toJob } from './job';
import { keepsPlace, type RunNeeds } from './run';
import type { PollOutcome, UpstreamAccess } from './upstream';

/** The poller of one process; the lease `poll:<account>` makes it one per account in the whole installation. */
export type Poller = { stop: () => Promise<void> };

const shortestLeaseMs = 60_000;
const renewals = 3; // in the time of one lease
const hourMs = 3_600_000;
const longestPauseMs = 60_000;

/** How often a job of this age is asked about: `intervalMs` at first, slower with time. Pure. */
export function pollPauseMs(ageMs: number, intervalMs: number): number {
  if (ageMs < 10 * 60_000) return intervalMs;
  if (ageMs < hourMs) return Math.max(intervalMs, 5 * intervalMs);
  if (ageMs < 6 * hourMs) return Math.max(intervalMs, longestPauseMs);
  return Math.max(intervalMs, 5 * longestPauseMs);
}

/** A join takes seconds, and there is something to deliver without it. */
const longestJoin = { waitedMs: 10 * 60_000, unknownMs: 30_000 };

/** Whether upstream is asked about a job no longer, and why. Pure. */
export function whyOver(
  job: { isJoin: boolean; waitedMs: number; unknownMs: number | undefined },
  limitMs: number,
): 'never_ended' | 'lost' | undefined {
  const { isJoin, waitedMs, unknownMs } = job;
  if (isJoin && unknownMs !== undefined && unknownMs > longestJoin.unknownMs) return 'lost';
  if (waitedMs <= (isJoin ? longestJoin.waitedMs : limitMs)) return undefined;
  return unknownMs === undefined ? 'never_ended' : 'lost';
}

type AccountState = {
  /** Not before, by the clock that never steps back; so are all times here. */
  nextAt: number;
  failures: number;
  running: boolean;
  polledAt: Map<string, number>;
  unknownSince: Map<string, number>;
  cancelAsked: Set<string>;
};

type Waiting = PollableJob & { handle: PhaseHandle };

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
      if (state.running || state.nextAt > performance.now()) continue;
      state.running = true;
      const done = holdingLease(runtime, accountId, state, stopping.signal, (signal) =>
        pollTurn(runtime, accountId, jobs, state, signal),
      )
        .catch((error: unknown) => {
          state.nextAt = performance.now() + backOffMs(state, intervalOf(runtime));
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
  running: false,
  polledAt: new Map(),
  unknownSince: new Map(),
  cancelAsked: new Set(),
});

const intervalOf = ({ settings }: RunNeeds): number => settings.current()['flow.poll_interval'] * 1_000;

const smallestTurnMs = 10;
const longestTurnMs = 1_000;
const unknownPauses = 10; // a job that upstream does not know is asked about alone, this many times more seldom
const extraCalls = 8;

/** Until the first account is due; new work is announced, work of other processes is seen within an interval. */
function nextTurnMs(states: Map<string, AccountState>, intervalMs: number): number {
  const due = [...states.values()]
    .filter(({ running }) => !running)
    .map(({ nextAt }) => nextAt - performance.now());
  return Math.max(smallestTurnMs, Math.min(intervalMs, longestTurnMs, ...due));
}

const backOffMs = (state: AccountState, intervalMs: number): number => {
  state.failures += 1;
  return Math.min(longestPauseMs, intervalMs * 2 ** Math.min(state.failures, 10));
};

/**
 * Does the turn while this process holds the lease of the account, and stops it when the lease is lost: another process
 * asks then. The lease outlives the pause between two turns, so that one process goes on asking.
 */
async function holdingLease(
  runtime: RunNeeds,
  accountId: string,
  state: AccountState,
  stopped: AbortSignal,
  turn: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const leaseMs = Math.max(shortestLeaseMs, renewals * intervalOf(runtime));
  const claim = () => {
    const now = runtime.now();
    const untilAt = new Date(now.getTime() + leaseMs);
    return claimLease(runtime.db, { name: `poll:${accountId}`, owner: runtime.instanceId, untilAt, now });
  };
  if (!(await claim())) {
    state.nextAt = performance.now() + intervalOf(runtime); // another process asks; look again in case it dies
    return;
  }
  const lost = new AbortController();
  const renew = () =>
    claim().then(
      (isHeld) => {
        if (!isHeld) lost.abort(new Error('another process asks about this account now'));
      },
      (error: unknown) =>
        runtime.log.warn({ accountId, err: error }, 'the lease of a poller was not renewed'),
    );
  const timer = setInterval(() => void renew(), leaseMs / renewals);
  try {
    await turn(AbortSignal.any([stopped, lost.signal]));
  } finally {
    clearInterval(timer);
  }
}

async function pollTurn(
  runtime: RunNeeds,
  accountId: string,
  jobs: Waiting[],
  state: AccountState,
  signal: AbortSignal,
): Promise<void> {
  const account = await findAccount(runtime.db, accountId);
  if (account === undefined) return;
  const intervalMs = intervalOf(runtime);
  const now = runtime.now().getTime();
  const limitMs = runtime.settings.current()['generation.poll_limit'] * hourMs;
  const age = ({ handle, acceptedAt }: Waiting) => now - (handle.since ?? acceptedAt?.getTime() ?? now);
  const over = (job: Waiting) => {
    const unknownSince = state.unknownSince.get(job.id);
    const unknownMs = unknownSince === undefined ? undefined : performance.now() - unknownSince;
    return whyOver({ isJoin: isJoin(job), waitedMs: age(job), unknownMs }, limitMs);
  };

  const alive: Waiting[] = [];
  for (const job of jobs) {
    const why = over(job);
    if (why === undefined) alive.push(job);
    else {
      const error = (isJoin(job) ? noJoin : noVideo)[why];
      await endJob(runtime, job, accountId, { type: 'failed', error, cancelled: false });
    }
  }
  let access = await openAccess(runtime, account);
  const cancelling = askToCancel(runtime, access, alive, state, signal);
  const startedAt = performance.now(); // as late as can be: the pause between two calls is never shorter than the interval

  const isDue = (job: Waiting) => {
    const last = state.polledAt.get(job.id);
    const isUnknown = state.unknownSince.has(job.id);
    const pauseMs = pollPauseMs(age(job), intervalMs) * (isUnknown && !isJoin(job) ? unknownPauses : 1);
    // Half an interval of slack keeps the jobs of an account together in one call.
    return last === undefined || startedAt - last >= pauseMs - intervalMs / 2;
  };
  const due = alive.filter(isDue);
  const known = due.filter((job) => !isJoin(job) && !state.unknownSince.has(job.id));
  const joins = due.filter(isJoin);
  const unknown = due.filter((job) => !isJoin(job) && state.unknownSince.has(job.id));

  let answered = 0;
  let refused = 0;
  // Halving finds the one that spoils a call in this many steps; when all are refused it must not become a flood.
  let callsLeft = 2 * Math.ceil(Math.log2(due.length + 1)) + extraCalls + joins.length;
  const call = (batch: Waiting[]) =>
    runtime.upstream.poll(
      access,
      batch.map(({ handle }) => handle),
      signal,
    );
  const ask = async (batch: Waiting[]): Promise<void> => {
    if (callsLeft <= 0) return;
    callsLeft -= 1;
    // A job's timeline holds what told its end and what failed, not every question in between.
    const calls = runtime.upstreamCalls.group(accountId);
    try {
      const outcomes = await calls
        .run(() => call(batch))
        .catch(async (error: unknown) => {
          if (!isUpstreamError(error) || error.failure.account.type !== 'access_expired') throw error;
          calls.assign(batch.map(({ id }) => id));
          const renewed = await calls.run(() => refreshAccess(runtime, account));
          access = await openAccess(runtime, renewed);
          return calls
            .run(() => call(batch))
            .catch(async (second: unknown) => {
              throw await noteSecondRefusal(runtime, renewed, second);
            });
        });
      answered += 1;
      for (const { id } of batch) state.polledAt.set(id, startedAt);
      const isEnded = ({ handle }: Waiting) => (outcomes.get(handle.name)?.type ?? 'running') !== 'running';
      calls.assign(batch.filter(isEnded).map(({ id }) => id));
      await apply(runtime, accountId, batch, outcomes, state);
    } catch (error) {
      if (isUpstreamError(error)) calls.assign(batch.map(({ id }) => id));
      const status = isUpstreamError(error) ? error.failure.status : undefined;
      if (status !== 400 && status !== 404) throw error;
      const [only] = batch;
      if (only !== undefined && isJoin(only)) throw error;
      refused += 1;
      if (batch.length === 1 && only !== undefined) {
        state.polledAt.set(only.id, startedAt);
        noteUnknown(only, state);
        return;
      }
      const middle = Math.ceil(batch.length / 2);
      await ask(batch.slice(0, middle));
      await ask(batch.slice(middle));
    }
  };

  const size = runtime.settings.current()['flow.poll_batch'];
  const batches = [...batchesOf(known, size), ...unknown.map((job) => [job])];
  // One batch that fails keeps no other from being asked about.
  const failures: unknown[] = [];
  for (const batch of batches) {
    try {
      await ask(batch);
    } catch (error) {
      failures.push(error);
      if (signal.aborted) break;
    }
  }
  for (const job of joins) {
    try {
      await ask([job]);
    } catch (error) {
      if (signal.aborted) break;
      // It says nothing of the account's generations, and is not waited for long.
      state.polledAt.set(job.id, startedAt);
      const status = isUpstreamError(error) ? error.failure.status : undefined;
      if (status === 400 || status === 404) noteUnknown(job, state);
      runtime.log.info({ jobId: job.id, err: error }, 'a join could not be asked about');
    }
  }
  await cancelling;
  forgetEnded(state, jobs);
  if (failures.length > 0) throw failures[0];
  if (refused > 1 && answered === 0) {
    // Nothing at all was answered: that says something about upstream or the account, and nothing about the jobs.
    for (const { id } of known) state.unknownSince.delete(id);
    state.nextAt = performance.now() + backOffMs(state, intervalMs);
    return;
  }
  state.failures = 0;
  state.nextAt = startedAt + intervalMs;
}

const isJoin = ({ handle }: Waiting): boolean => handle.phase === 'concatenate';

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
      noteUnknown(job, state);
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
    await changeHealth(runtime, accountId, (row) => applyCharge(row, { remaining, cost: 0 }, runtime.now()));
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
  const stillOccupies = row !== undefined && keepsPlace(toJob(row), phase);
  const isNews = await recordOutcome(runtime.db, {
    jobId: job.id,
    handleName: job.handle.name,
    outcome,
    stillOccupies,
    now: runtime.now(),
  });
  if (!isNews) return;
  if (accountId !== undefined) await notePlaceFreed(runtime, accountId);
  runtime.signals.notify(job.id);
  runtime.signals.wakeWorker();
}

const noVideo = {
  never_ended: toStoredErrorOf('Google did not finish this video within the time it is waited for.'),
  lost: toStoredErrorOf('Google no longer knows this video, and gave no result for it.'),
};
const noJoin = {
  never_ended: toStoredErrorOf('Google did not finish joining the two within the time that is waited for.'),
  lost: toStoredErrorOf('Google no longer knows of the join, and gave no result for it.'),
};
const orphaned = toStoredErrorOf('The account that made this video was removed before it had ended.');

function toStoredErrorOf(message: string) {
  return { ...toStoredError(undefined), code: 'upstream_failed' as const, message };
}

/** Upstream does not know the operation now. That may pass, so it goes on being asked about, alone and more seldom. */
function noteUnknown(job: Waiting, state: AccountState): void {
  if (!state.unknownSince.has(job.id)) state.unknownSince.set(job.id, performance.now());
}

/** Passes each wish to cancel on until upstream has answered. Whether it took effect shows in the next status. */
async function askToCancel(
  runtime: RunNeeds,
  access: UpstreamAccess,
  jobs: Waiting[],
  state: AccountState,
  signal: AbortSignal,
): Promise<void> {
  const wishes = jobs.filter((job) => job.cancelRequestedAt !== null && !state.cancelAsked.has(job.id));
  await Promise.all(
    wishes.map(async (job) => {
      try {
        const accepted = await runtime.upstream.cancel(access, job.handle, signal);
        state.cancelAsked.add(job.id);
        runtime.log.info({ jobId: job.id, accepted }, 'upstream was asked to cancel a video');
      } catch (error) {
        runtime.log.info({ jobId: job.id, err: error }, 'upstream could not be asked to cancel a video yet');
      }
    }),
  );
}

function forgetEnded(state: AccountState, jobs: Waiting[]): void {
  const ids = new Set(jobs.map(({ id }) => id));
  for (const known of [state.polledAt, state.unknownSince, state.cancelAsked]) {
    for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
  }
}
