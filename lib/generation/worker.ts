import { setTimeout as sleep } from 'node:timers/promises';
import {
  claimResumable,
  finishQueuedJob,
  type JobRow,
  listJobInputs,
  listOverdueQueued,
  listQueueHeads,
  type QueueHead,
  renewLeases,
} from '@/db/repositories/jobs';
import { takeSlot } from '@/db/repositories/slots';
import { loadCandidates } from '../accounts/pool';
import { type Candidate, type Need, nextUseAt, obstacleOf, selectAccount } from '../accounts/select';
import { isPinnedToGone, sourceAccountGone, whyNobody } from '../accounts/why-none';
import type { StoredError } from '../errors';
import type { ModelSpec } from '../models/types';
import { type Job, type Source, toJob } from './job';
import { fairOrder } from './queue';
import { type RunNeeds, run } from './run';
import { dropInputs, needOf } from './submit';

/** The worker of one process. `stop` lets running jobs reach a safe point, or be handed over. */
export type Worker = { stop: () => Promise<void>; readonly active: number };

const leaseMs = 60_000; // three missed renewals
const renewEveryMs = 20_000;
const renewAgainMs = 2_000;
const reservedForResults = 32; // places for finished videos when submits fill all the others
const crowdedPauseMs = 50;
const idleMs = 1_000; // how late a job queued by another process is seen
const maxActive = 256; // jobs that one process submits or stores at a time; waiting for upstream does not count
const headsPerGroup = 50;
const maxHeads = 500;
const overduePerTurn = 100;
const guessedWaitSeconds = 60; // where no run of the model is known yet

/** Starts claiming jobs: new ones in fair order as accounts have room, and those that another run has left behind. */
export function startWorker(runtime: RunNeeds): Worker {
  const stopping = new AbortController();
  const held = new Map<string, { owner: string; controller: AbortController; done: Promise<void> }>();
  let claims = 0;

  /** Every claim has an owner of its own: a claim that was lost cannot pass for a later one of the same process. */
  const nextOwner = () => {
    claims += 1;
    return `${runtime.instanceId}/${claims}`;
  };

  const begin = (row: JobRow, owner: string) => {
    const controller = new AbortController();
    const done = run(runtime, row, { owner, signal: controller.signal }).finally(() => {
      // The job may have come back meanwhile: an outcome can be there before the run that submitted it has returned.
      if (held.get(row.id) === entry) held.delete(row.id);
    });
    const entry = { owner, controller, done };
    held.set(row.id, entry);
  };

  const renew = async () => {
    const before = [...held];
    const owners = [...new Set(before.map(([, { owner }]) => owner))];
    const until = new Date(runtime.now().getTime() + leaseMs);
    const ids = before.map(([id]) => id);
    const kept = new Set(await renewLeases(runtime.db, { owners, ids, until }));
    // A job that has just ended is no longer leased either: telling its run to stop changes nothing.
    for (const [id, { controller }] of before) {
      if (!kept.has(id)) controller.abort(new Error('the lease was lost'));
    }
  };

  const renewing = startRenewing(renew, (error) =>
    runtime.log.warn({ err: error }, 'the leases of running jobs could not be renewed; it is tried again'),
  );

  const turn = async (): Promise<boolean> => {
    const room = () => maxActive - held.size;
    if (runtime.life.draining) return false;
    const now = runtime.now();
    const leaseUntil = new Date(now.getTime() + leaseMs);
    // What upstream has finished is stored even when new submits fill every place.
    const limit = Math.max(room(), reservedForResults);
    const owner = nextOwner();
    const claim = { owner, now, leaseUntil, limit, except: [...held.keys()] };
    for (const row of await claimResumable(runtime.db, claim)) begin(row, owner);
    await endOverdue(runtime);
    return dispatch(runtime, { nextOwner, room, begin });
  };

  const loop = async () => {
    while (!stopping.signal.aborted) {
      let isCrowded = false;
      try {
        isCrowded = await turn();
      } catch (error) {
        runtime.log.error({ err: error }, 'a turn of the worker failed; the next one comes');
      }
      // With jobs waiting for room, every job that ends rings the bell: the queue is not looked through for each of them.
      if (isCrowded) await sleep(crowdedPauseMs);
      await runtime.signals.workerTurn(idleMs, stopping.signal);
    }
  };
  const looping = loop();

  return {
    get active() {
      return held.size;
    },
    async stop() {
      stopping.abort();
      await looping;
      for (const { controller } of held.values()) controller.abort(new Error('the gateway stops'));
      await Promise.all([...held.values()].map(({ done }) => done));
      renewing.stop();
    },
  };
}

/** Renews on its own clock, whatever else the process does, and soon again after a failure. */
function startRenewing(renew: () => Promise<void>, onError: (error: unknown) => void): { stop: () => void } {
  let timer: NodeJS.Timeout;
  const turn = async () => {
    let pauseMs = renewEveryMs;
    try {
      await renew();
    } catch (error) {
      onError(error);
      pauseMs = renewAgainMs;
    }
    if (!stopped) timer = setTimeout(() => void turn(), pauseMs);
  };
  let stopped = false;
  timer = setTimeout(() => void turn(), renewEveryMs);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/**
 * Gives queued jobs to accounts that have room, in fair order. Jobs with a need that nobody can meet now are passed over.
 * Gives whether some are left waiting.
 */
async function dispatch(
  runtime: RunNeeds,
  {
    nextOwner,
    room,
    begin,
  }: { nextOwner: () => string; room: () => number; begin: (row: JobRow, owner: string) => void },
): Promise<boolean> {
  const { db } = runtime;
  for (;;) {
    if (room() <= 0) return true;
    const now = runtime.now();
    const queuedAfter = new Date(now.getTime() - runtime.settings.current()['queue.max_wait'] * 1_000);
    const heads = await listQueueHeads(db, { now, queuedAfter, perGroup: headsPerGroup, limit: maxHeads });
    if (heads.length === 0) return false;
    const candidates = await loadCandidates(runtime);
    const unmet = new Set<string>();
    let placed = 0;
    for (const head of fairOrder(heads)) {
      if (room() <= 0) return true;
      if (unmet.has(head.need)) continue;
      const owner = nextOwner();
      const outcome = await place(runtime, head, candidates, owner);
      if (outcome === 'hopeless') {
        await endQueued(runtime, head.id, { code: 'no_account_available', message: sourceAccountGone });
        continue;
      }
      if (outcome === 'gone') continue; // another process was quicker, which says nothing about the others
      if (outcome === undefined) {
        // One with a list of its own says nothing about the others that have the same need.
        if (head.avoid.length === 0) unmet.add(head.need);
        continue;
      }
      placed += 1;
      begin(outcome, owner);
    }
    if (placed === 0) return true;
    if (heads.length < headsPerGroup) return placed < heads.length;
  }
}

/** Finds an account for one job and takes its slot. `undefined` when none has room now, `hopeless` when none ever will. */
async function place(
  runtime: RunNeeds,
  head: QueueHead,
  candidates: Candidate[],
  owner: string,
): Promise<JobRow | 'gone' | 'hopeless' | undefined> {
  const now = runtime.now();
  const leaseUntil = new Date(now.getTime() + leaseMs);
  const strategy = runtime.settings.current()['routing.strategy'];
  const spec = head.spec as ModelSpec;
  const full: string[] = [];
  for (;;) {
    const need: Need = needOf(spec, head.source as Source | null, [...head.avoid, ...full]);
    const account = selectAccount(candidates, need, { now, strategy, random: Math.random });
    if (account === undefined) return isPinnedToGone(candidates, need) ? 'hopeless' : undefined;
    const usedAt = nextUseAt(candidates, now);
    const outcome = await takeSlot(runtime.db, {
      jobId: head.id,
      account,
      kind: head.kind,
      owner,
      leaseUntil,
      now,
      usedAt,
    });
    if (outcome === 'gone') return outcome;
    if (outcome === 'full') {
      full.push(account.id);
      continue;
    }
    const candidate = candidates.find(({ row }) => row.id === account.id);
    if (candidate !== undefined) {
      candidate.running[head.kind] += 1;
      candidate.row = { ...candidate.row, lastUsedAt: usedAt };
    }
    return outcome.job;
  }
}

async function endOverdue(runtime: RunNeeds): Promise<void> {
  const now = runtime.now();
  const queuedBefore = new Date(now.getTime() - runtime.settings.current()['queue.max_wait'] * 1_000);
  const rows = await listOverdueQueued(runtime.db, { now, queuedBefore, limit: overduePerTurn });
  if (rows.length === 0) return;
  const candidates = await loadCandidates(runtime);
  for (const row of rows) await endQueued(runtime, row.id, await waitedOut(runtime, toJob(row), candidates));
}

/** What a job that waited in vain is told: why, and when another try makes sense, as far as that can be known. */
async function waitedOut(
  runtime: RunNeeds,
  { spec, source, avoid }: Job,
  candidates: Candidate[],
): Promise<StoredError> {
  const now = runtime.now();
  const need = needOf(spec, source, avoid);
  const why = whyNobody(candidates, need, now);
  const isOnlyBusy = candidates.some((candidate) => {
    const found = obstacleOf(candidate, need, now);
    return found === undefined || found.obstacle === 'busy';
  });
  const retryAfterSeconds = isOnlyBusy
    ? ((await runtime.queueView.secondsForNew(spec.id)) ?? guessedWaitSeconds)
    : why.retryAfterSeconds;
  return {
    code: 'queue_timeout',
    message: `No account became free in time. ${why.message} Nothing was submitted; send the request again later.`,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

async function endQueued(runtime: RunNeeds, jobId: string, error: StoredError): Promise<void> {
  const endedAt = runtime.now();
  const ended = await finishQueuedJob(runtime.db, { jobId, state: 'failed', error, now: endedAt });
  if (ended === undefined) return;
  runtime.metrics.noteJobEnd({ kind: ended.kind, state: 'failed', createdAt: ended.createdAt, endedAt });
  runtime.signals.notify(jobId);
  await dropInputs(runtime, await listJobInputs(runtime.db, jobId));
}
