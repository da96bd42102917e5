import { claimLease, findLease, releaseLease, renewLease } from '@/db/repositories/leases';
import { recordLoopRun } from '@/db/repositories/loop-runs';
import { maskText } from '../observability/mask';
import type { Runtime } from '../runtime';

/** Something that is done again and again. */
export type LoopDefinition = {
  name: string;
  /** What it does, in one sentence for people. */
  description: string;
  /** The pause from the end of one run to the start of the next; asked again while waiting. */
  everyMs: () => number;
  /** `cluster`: of all processes on this database one at a time does it, and once a pause. */
  scope: 'process' | 'cluster';
  /** One run. The signal fires at shutdown and when another process has taken the turn over. */
  run: (signal: AbortSignal) => Promise<void>;
};

/** How a loop is doing. A cluster loop that other processes run has no last run here. */
export type LoopStatus = {
  name: string;
  description: string;
  scope: LoopDefinition['scope'];
  /** The pause between two runs, as it is now. */
  everyMs: number;
  running: boolean;
  lastRunAt?: Date;
  /** Of the last run. */
  durationMs?: number;
  /** Absent while it runs and after its end. */
  nextRunAt?: Date;
  /** Of the last run, if it failed. Without secrets. */
  lastError?: { at: Date; message: string };
};

/** A loop that has been started. */
export type Loop = {
  readonly name: string;
  status(): LoopStatus;
  /** Runs now, or waits for the run under way. False: another process is running it, or the loop has ended. */
  runNow(): Promise<boolean>;
  /** Starts no further run, tells the one under way, and waits for its end. */
  stop(): Promise<void>;
};

type Parts = Pick<Runtime, 'db' | 'instanceId' | 'now' | 'log'> & {
  signal: AbortSignal;
  random?: () => number;
};

const leaseMs = 60_000; // four missed renewals
const renewEveryMs = leaseMs / 4;
const longestNapMs = 5_000; // a changed pause counts within this time
const latestFirstRunMs = 3_000;
const shortestRetryMs = 100;

/** Starts a loop; the first run comes soon, at a random moment, so that replicas and loops do not start as one. */
export function startLoop(definition: LoopDefinition, parts: Parts): Loop {
  const { name, description, scope } = definition;
  const { now, random = Math.random } = parts;
  const ended = new AbortController();
  const pauseMs = () => Math.max(1, Number(definition.everyMs()) || 1);
  const status: LoopStatus = { name, description, scope, everyMs: pauseMs(), running: false };

  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<boolean> | undefined;
  let dueMs = () => firstRunMs;
  let waitingSince = performance.now();
  const firstRunMs = random() * Math.min(pauseMs(), latestFirstRunMs);

  function wait() {
    if (ended.signal.aborted) return;
    const leftMs = dueMs() - (performance.now() - waitingSince);
    if (leftMs <= 0) void takeTurn('scheduled');
    else timer = setTimeout(wait, Math.min(leftMs, longestNapMs));
  }

  function takeTurn(why: 'scheduled' | 'asked'): Promise<boolean> {
    clearTimeout(timer);
    turn ??= runTurn(definition, { ...parts, pauseMs: pauseMs(), ended: ended.signal, status, why }).then(
      (outcome) => {
        turn = undefined;
        dueMs = outcome === 'ran' ? pauseMs : () => Math.min(pauseMs(), outcome.againInMs);
        waitingSince = performance.now();
        wait();
        return outcome === 'ran';
      },
    );
    return turn;
  }

  const end = () => {
    clearTimeout(timer);
    ended.abort(parts.signal.reason ?? new Error(`The loop ${name} was stopped.`));
  };
  if (parts.signal.aborted) end();
  else parts.signal.addEventListener('abort', end, { once: true });
  wait();

  return {
    name,
    status() {
      status.everyMs = pauseMs();
      if (turn !== undefined || ended.signal.aborted) return { ...status };
      const leftMs = Math.max(0, dueMs() - (performance.now() - waitingSince));
      return { ...status, nextRunAt: new Date(now().getTime() + leftMs) };
    },
    runNow: async () => !ended.signal.aborted && (await takeTurn('asked')),
    async stop() {
      parts.signal.removeEventListener('abort', end);
      end();
      await turn;
    },
  };
}

type Turn = Parts & { pauseMs: number; ended: AbortSignal; status: LoopStatus; why: 'scheduled' | 'asked' };

/** Whether the loop ran here, else when another process will have had its turn. */
type Outcome = 'ran' | { againInMs: number };

/** One turn of the loop, never rejecting. */
async function runTurn(definition: LoopDefinition, turn: Turn): Promise<Outcome> {
  try {
    if (definition.scope === 'cluster') return await runAlone(definition, turn);
    await runOnce(definition, turn, turn.ended);
    return 'ran';
  } catch (error) {
    // A run reports its own failures: this is the database, asked for the lease.
    failed(definition, turn, error);
    return { againInMs: turn.pauseMs };
  }
}

async function runOnce({ name, run }: LoopDefinition, turn: Turn, signal: AbortSignal): Promise<void> {
  const { status, now, log } = turn;
  const startedMs = performance.now();
  status.running = true;
  status.lastRunAt = now();
  try {
    await run(signal);
    delete status.lastError;
  } catch (error) {
    // What ends because it was told to has not failed.
    if (turn.ended.aborted) log.debug({ loop: name, err: error }, 'a background loop was interrupted');
    else failed({ name }, turn, error);
  } finally {
    status.running = false;
    status.durationMs = Math.round(performance.now() - startedMs);
  }
}

function failed({ name }: Pick<LoopDefinition, 'name'>, { status, now, log }: Turn, error: unknown) {
  const message = error instanceof Error ? error.message : String(error);
  status.lastError = { at: now(), message: maskText(message) };
  log.error({ loop: name, err: error }, 'a background loop failed and will try again');
}

/**
 * Runs under the lease `loop:<name>`, which is held while the run lasts. The lease `turn:<name>` is kept for the pause
 * as well: it spaces the scheduled runs of all processes, and does not bind who was asked to run.
 */
async function runAlone(definition: LoopDefinition, turn: Turn): Promise<Outcome> {
  const { db, instanceId: owner, now, pauseMs, why } = turn;
  const [alone, paced] = [`loop:${definition.name}`, `turn:${definition.name}`];
  const lease = (name: string, ms: number) => {
    const at = now();
    return { name, owner, now: at, untilAt: new Date(at.getTime() + ms) };
  };
  const refusedBy = async (name: string) => {
    const holder = await findLease(db, { name, now: now() });
    return { againInMs: Math.max(0, (holder?.until.getTime() ?? 0) - now().getTime()) + shortestRetryMs };
  };
  if (!(await claimLease(db, lease(alone, leaseMs)))) return await refusedBy(alone);
  try {
    const isMyTurn = await claimLease(db, lease(paced, leaseMs));
    if (!isMyTurn && why === 'scheduled') return await refusedBy(paced);
    const held = holdLease(() => renewLease(db, lease(alone, leaseMs)), turn);
    try {
      await runOnce(definition, turn, held.signal);
    } finally {
      await held.end();
      await keepRun(turn);
      // A little less than the pause, so that whoever ran last finds it free again.
      await claimLease(db, lease(paced, pauseMs * 0.9));
    }
    return 'ran';
  } finally {
    await releaseLease(db, { name: alone, owner });
  }
}

/** Writes down how the run went, for the pages of all processes. What cannot be written does no harm to the loop. */
async function keepRun({ db, instanceId, now, log, pauseMs, status }: Turn): Promise<void> {
  const { name, lastRunAt, durationMs, lastError } = status;
  if (lastRunAt === undefined || durationMs === undefined) return;
  try {
    await recordLoopRun(db, {
      name,
      instanceId,
      startedAt: lastRunAt,
      durationMs,
      nextAt: new Date(now().getTime() + pauseMs),
      errorAt: lastError?.at ?? null,
      error: lastError?.message ?? null,
    });
  } catch (error) {
    log.warn({ loop: name, err: error }, 'the run of a background loop was not written down');
  }
}

/** Renews a lease until `end`. Its signal fires when the loop ends, or when the lease is lost. */
function holdLease(renew: () => Promise<boolean>, { ended, log }: Turn) {
  const controller = new AbortController();
  const pass = () => controller.abort(ended.reason);
  if (ended.aborted) pass();
  ended.addEventListener('abort', pass, { once: true });
  let heldSince = performance.now();
  let renewal: Promise<void> = Promise.resolve();

  async function renewOnce() {
    const askedAt = performance.now();
    try {
      if (await renew()) heldSince = askedAt;
      else controller.abort(new Error('Another process took over this turn.'));
    } catch (error) {
      log.warn({ err: error }, 'a lease could not be renewed');
      if (performance.now() - heldSince > leaseMs - renewEveryMs) {
        controller.abort(
          new Error('The turn could not be kept: the database did not answer.', { cause: error }),
        );
      }
    }
  }

  const timer = setInterval(() => {
    renewal = renewal.then(renewOnce);
  }, renewEveryMs);
  return {
    signal: controller.signal,
    async end() {
      clearInterval(timer);
      ended.removeEventListener('abort', pass);
      await renewal;
    },
  };
}
