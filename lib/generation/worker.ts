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
import { type Candidate, type Need, selectAccount } from '../accounts/select';
import type { StoredError } from '../errors';
import type { ModelSpec } from '../models/types';
import type { Source } from './job';
import { fairOrder } from './queue';
import { type RunNeeds, run } from './run';
import { dropInputs, needOf } from './submit';

/** The worker of one process. `stop` lets running jobs reach a safe point, or be handed over. */
export type Worker = { stop: () => Promise<void>; readonly active: number };

const leaseMs = 60_000; // three missed renewals
const renewEveryMs = 20_000;
const idleMs = 1_000; // how late a job queued by another process is seen
const maxActive = 256; // jobs that one process submits or stores at a time; waiting for upstream does not count
const headsPerGroup = 50;
const maxHeads = 500;
const overduePerTurn = 100;

/** Starts claiming jobs: new ones in fair order as accounts have room, and those that another run has left behind. */
export function startWorker(runtime: RunNeeds): Worker {
  const stopping = new AbortController();
  const held = new Map<string, { controller: AbortController; done: Promise<void> }>();

  const begin = (row: JobRow) => {
    const controller = new AbortController();
    const hold = { owner: runtime.instanceId, signal: controller.signal };
    const done = run(runtime, row, hold).finally(() => {
      // The job may have come back meanwhile: an outcome can be there before the run that submitted it has returned.
      if (held.get(row.id) === entry) held.delete(row.id);
    });
    const entry = { controller, done };
    held.set(row.id, entry);
  };

  const renew = async () => {
    const ids = [...held.keys()];
    const until = new Date(runtime.now().getTime() + leaseMs);
    const kept = new Set(await renewLeases(runtime.db, { owner: runtime.instanceId, ids, until }));
    // A job that ended meanwhile is no longer leased either: only those still held here were lost.
    for (const id of ids) if (!kept.has(id)) held.get(id)?.controller.abort(new Error('the lease was lost'));
  };

  const turn = async () => {
    const room = () => maxActive - held.size;
    if (room() <= 0 || runtime.life.draining) return;
    const now = runtime.now();
    const leaseUntil = new Date(now.getTime() + leaseMs);
    const claim = { owner: runtime.instanceId, now, leaseUntil };
    for (const row of await claimResumable(runtime.db, { ...claim, limit: room() })) begin(row);
    await endOverdue(runtime);
    await dispatch(runtime, { owner: runtime.instanceId, leaseUntil, room, begin });
  };

  const loop = async () => {
    let renewedAt = Date.now();
    while (!stopping.signal.aborted) {
      try {
        if (Date.now() - renewedAt >= renewEveryMs) {
          renewedAt = Date.now();
          await renew();
        }
        await turn();
      } catch (error) {
        runtime.log.error({ err: error }, 'a turn of the worker failed; the next one comes');
      }
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
      const renewing = setInterval(() => void renew().catch(() => undefined), renewEveryMs);
      for (const { controller } of held.values()) controller.abort(new Error('the gateway stops'));
      await Promise.all([...held.values()].map(({ done }) => done));
      clearInterval(renewing);
    },
  };
}

/** Gives queued jobs to accounts that have room, in fair order. Jobs with a need that nobody can meet now are passed over. */
async function dispatch(
  runtime: RunNeeds,
  {
    owner,
    leaseUntil,
    room,
    begin,
  }: { owner: string; leaseUntil: Date; room: () => number; begin: (row: JobRow) => void },
): Promise<void> {
  const { db } = runtime;
  for (;;) {
    const heads = await listQueueHeads(db, { now: runtime.now(), perGroup: headsPerGroup, limit: maxHeads });
    if (heads.length === 0) return;
    const candidates = await loadCandidates(runtime);
    const unmet = new Set<string>();
    let placed = 0;
    for (const head of fairOrder(heads)) {
      if (room() <= 0) return;
      if (unmet.has(head.need)) continue;
      const row = await place(runtime, head, candidates, { owner, leaseUntil });
      if (row === undefined) {
        // One with a list of its own says nothing about the others that have the same need.
        if (head.avoid.length === 0) unmet.add(head.need);
        continue;
      }
      placed += 1;
      begin(row);
    }
    if (placed === 0 || heads.length < headsPerGroup) return;
  }
}

/** Finds an account for one job and takes its slot. `undefined` when none has room now. */
async function place(
  runtime: RunNeeds,
  head: QueueHead,
  candidates: Candidate[],
  { owner, leaseUntil }: { owner: string; leaseUntil: Date },
): Promise<JobRow | undefined> {
  const now = runtime.now();
  const strategy = runtime.settings.current()['routing.strategy'];
  const spec = head.spec as ModelSpec;
  const full: string[] = [];
  for (;;) {
    const need: Need = needOf(spec, head.source as Source | null, [...head.avoid, ...full]);
    const account = selectAccount(candidates, need, { now, strategy, random: Math.random });
    if (account === undefined) return undefined;
    const outcome = await takeSlot(runtime.db, {
      jobId: head.id,
      account,
      kind: head.kind,
      owner,
      leaseUntil,
      now,
    });
    if (outcome === 'gone') return undefined;
    if (outcome === 'full') {
      full.push(account.id);
      continue;
    }
    const candidate = candidates.find(({ row }) => row.id === account.id);
    if (candidate !== undefined) candidate.running[head.kind] += 1;
    return outcome.job;
  }
}

const waitedOut: StoredError = {
  code: 'queue_timeout',
  message: 'No account became free in time. Nothing was submitted; send the request again later.',
};

async function endOverdue(runtime: RunNeeds): Promise<void> {
  const now = runtime.now();
  const queuedBefore = new Date(now.getTime() - runtime.settings.current()['queue.max_wait'] * 1_000);
  for (const row of await listOverdueQueued(runtime.db, { now, queuedBefore, limit: overduePerTurn })) {
    const ended = await finishQueuedJob(runtime.db, {
      jobId: row.id,
      state: 'failed',
      error: waitedOut,
      now,
    });
    if (ended === undefined) continue;
    runtime.signals.notify(row.id);
    await dropInputs(runtime, await listJobInputs(runtime.db, row.id));
  }
}
