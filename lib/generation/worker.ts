import { setTimeout as sleep } from 'node:timers/promises';
import {
  claimResumable,
  type JobRow,
  listQueueHeads,
  type QueueHead,
  renewLeases,
} from '@/db/repositories/jobs';
import { takeSlot } from '@/db/repositories/slots';
import { loadCandidates } from '../accounts/pool';
import { type Candidate, type Need, nextUseAt, obstacleOf, selectAccount } from '../accounts/select';
import type { ModelSpec } from '../models/types';
import type { Source } from './job';
import { fairOrder } from './queue';
import { endHopeless, endOverdue } from './queued';
import { type RunNeeds, run } from './run';
import { needOf } from './submit';

/** The worker of one process. `stop` lets running jobs reach a safe point, or be handed over. */
export type Worker = { stop: () => Promise<void>; readonly active: number };

const leaseMs = 60_000; // three missed renewals
const renewEveryMs = 20_000;
const renewAgainMs = 2_000;
const reservedForResults = 32; // places for finished videos when submits fill all the others
const crowdedPauseMs = 50;
const idleMs = 1_000; // how late a job queued by another process is seen
const maxActive = 256; // jobs that one process submits or stores at a time; waiting for upstream does not count
const headsAtATime = 250;
const hopelessEveryMs = 1_000;

/** Starts claiming jobs: new ones in fair order as accounts have room, and those that another run has left behind. */
export function startWorker(runtime: RunNeeds): Worker {
  const stopping = new AbortController();
  const held = new Map<string, { owner: string; controller: AbortController; done: Promise<void> }>();
  let claims = 0;
  let hopelessSoughtAt = Number.NEGATIVE_INFINITY;

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
    if (performance.now() - hopelessSoughtAt >= hopelessEveryMs) {
      hopelessSoughtAt = performance.now();
      if (await endHopeless(runtime)) {
        hopelessSoughtAt = Number.NEGATIVE_INFINITY;
        runtime.signals.wakeWorker(); // for the rest of them
      }
    }
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
 * Gives queued jobs to accounts that have room, in fair order. Jobs with a need that nobody can meet now are passed over,
 * and all that come after them have their look. Gives whether some are left waiting.
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
  const needs = new Set<string>();
  const groups = new Set<string>();
  const isUnmet = (head: QueueHead) => needs.has(head.need) || groups.has(head.group);
  for (;;) {
    if (room() <= 0) return true;
    const now = runtime.now();
    const queuedAfter = new Date(now.getTime() - runtime.settings.current()['queue.max_wait'] * 1_000);
    // Each of these is placed, has gone, or is left out of the next ones: so this comes to an end.
    const heads = await listQueueHeads(db, {
      now,
      queuedAfter,
      exceptNeeds: [...needs],
      exceptGroups: [...groups],
      limit: headsAtATime,
    });
    const candidates = heads.length === 0 ? [] : await loadCandidates(runtime);
    for (const head of fairOrder(heads)) {
      if (room() <= 0) return true;
      if (isUnmet(head)) continue;
      const owner = nextOwner();
      const outcome = await place(runtime, head, candidates, owner);
      if (outcome === 'gone') continue; // another process was quicker, which says nothing about the others
      if (outcome === undefined) {
        // One with a list of its own says nothing about the others that have the same need.
        if (head.avoid.length === 0) needs.add(head.need);
        else groups.add(head.group);
        continue;
      }
      begin(outcome, owner);
    }
    if (heads.length < headsAtATime) return needs.size + groups.size > 0;
  }
}

/** Finds an account for one job and takes its slot. `undefined` when none has room now. */
async function place(
  runtime: RunNeeds,
  head: QueueHead,
  candidates: Candidate[],
  owner: string,
): Promise<JobRow | 'gone' | undefined> {
  const now = runtime.now();
  const leaseUntil = new Date(now.getTime() + leaseMs);
  const strategy = runtime.settings.current()['routing.strategy'];
  const spec = head.spec as ModelSpec;
  const full: string[] = [];
  for (;;) {
    const { source, pinnedTo } = head;
    const need: Need = needOf({ spec, source: source as Source | null, pinnedTo }, [...head.avoid, ...full]);
    const account = selectAccount(candidates, need, { now, strategy, random: Math.random });
    if (account === undefined) return undefined;
    const usedAt = nextUseAt(candidates, now);
    const outcome = await takeSlot(runtime.db, {
      jobId: head.id,
      accountId: account.id,
      kind: head.kind,
      owner,
      leaseUntil,
      now,
      usedAt,
      mayServe: (candidate) => obstacleOf(candidate, need, now) === undefined,
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
