import { setImmediate } from 'node:timers/promises';
import {
  claimTask,
  countTasks,
  findHeldTask,
  findTask,
  hasRunningTask,
  insertTask,
  listTasks,
  pruneTasks,
  requestTaskStop,
  type TaskChanges,
  type TaskLane,
  type TaskRow,
  type TaskSummary,
  updateHeldTask,
} from '@/db/repositories/tasks';
import { pageOf } from '../admin-api/query';
import type { TaskResult, TaskView } from '../admin-api/tasks';
import { type Actor, writeAudit } from '../audit';
import { GatewayError, isGatewayError } from '../errors';
import { randomId } from '../generation/ids';
import type { Runtime } from '../runtime';

/** What one row of a task came to. */
export type RowOutcome = Omit<TaskResult, 'row'>;

/** Work of one kind, made from what was sealed when the task began. */
export type TaskWork = {
  /** Does one row, counted from 0. What it throws becomes the reason of its failure. */
  run: (index: number, signal: AbortSignal) => Promise<RowOutcome>;
  /** How the row is called where it failed. */
  emailOf: (index: number) => string | null;
  /** The result that the row is about, where it is about one. */
  mediaIdOf?: (index: number) => string;
};

/** One kind of task. */
export type TaskKind = {
  /** Tasks that ask upstream run one after the other in the whole installation, so that what they ask stays bounded. */
  asksUpstream: boolean;
  /** Makes the work; `input` is what the program itself stored. */
  open: (input: unknown) => TaskWork;
};

type Needs = Pick<Runtime, 'db' | 'now' | 'log' | 'secrets' | 'instanceId'>;

const atATime = 2; // rows, and with that upstream calls, under way together
const leaseMs = 60_000; // four missed renewals
const renewEveryMs = leaseMs / 4;
const rowTimeoutMs = 90_000;
const saveEveryMs = 1_000; // what was done since is done again after a crash
const keptMs = 30 * 86_400_000; // how long the result of a task can be looked up

/** Stores long work; the loop of some process does it. `input` is sealed, for it may hold session tokens. */
export async function startTask(
  { db, now, secrets }: Pick<Runtime, 'db' | 'now' | 'secrets'>,
  task: { kind: string; total: number; input: unknown },
): Promise<TaskView> {
  const createdAt = now();
  await pruneTasks(db, new Date(createdAt.getTime() - keptMs));
  const row = await insertTask(db, {
    id: randomId(),
    kind: task.kind,
    state: 'running',
    inputSealed: secrets.seal(JSON.stringify(task.input)),
    total: task.total,
    results: [],
    createdAt,
  });
  return toTaskView(row);
}

/** How a task is doing. Throws `not_found`. */
export async function getTask({ db }: Pick<Runtime, 'db'>, id: string): Promise<TaskView> {
  const row = await findTask(db, id);
  if (row === undefined) throw taskNotFound(id);
  return toTaskView(row);
}

/** The latest tasks, the newest first. */
export async function listTaskViews(
  { db }: Pick<Runtime, 'db'>,
  query: { limit: number; page?: number | undefined; size?: number | undefined },
): Promise<{ items: Omit<TaskView, 'results'>[]; total: number; total_is_capped: boolean }> {
  const [rows, total] = await Promise.all([
    listTasks(db, pageOf(query) ?? { limit: query.limit }),
    countTasks(db),
  ]);
  return { items: rows.map(toSummaryView), total, total_is_capped: false };
}

/** Asks a task to stop; rows under way are finished, and what is done stays done. Throws `not_found`. */
export async function stopTask(
  runtime: Pick<Runtime, 'db' | 'now' | 'log'>,
  { id, actor }: { id: string; actor: Actor },
): Promise<TaskView> {
  const row = await requestTaskStop(runtime.db, id, runtime.now());
  if (row === undefined) throw taskNotFound(id);
  await writeAudit(runtime, { ...actor, action: 'task.stop', object: id, detail: { kind: row.kind } });
  return toTaskView(row);
}

/**
 * Does the tasks that wait, also those that a process left behind: those that ask upstream one after the other, and beside
 * them the others, which need not wait for them. The signal ends it between two rows: the rest is for whoever claims the
 * task next.
 */
export async function runTasks(
  runtime: Needs,
  kinds: Readonly<Record<string, TaskKind>>,
  signal: AbortSignal,
): Promise<void> {
  const upstreamKinds = Object.keys(kinds).filter((kind) => kinds[kind]?.asksUpstream);
  const lanes = [true, false].map((asksUpstream) => ({ kinds: upstreamKinds, isOneOf: asksUpstream }));
  const ends = await Promise.allSettled(lanes.map((lane) => runLane(runtime, kinds, lane, signal)));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function runLane(
  runtime: Needs,
  kinds: Readonly<Record<string, TaskKind>>,
  lane: TaskLane,
  signal: AbortSignal,
): Promise<void> {
  const { db, instanceId, now } = runtime;
  while (!signal.aborted && (await hasRunningTask(db, lane))) {
    const at = now();
    // A claim has an owner of its own: an earlier one of this process that hangs cannot write any more.
    const owner = `${instanceId}/${randomId()}`;
    const leaseUntil = new Date(at.getTime() + leaseMs);
    const row = await claimTask(db, { owner, now: at, leaseUntil, lane });
    if (row === undefined) return; // another process works on one
    await runTask(runtime, { row, owner }, kinds, signal);
  }
}

type Claim = { row: TaskRow; owner: string };

async function runTask(
  runtime: Needs,
  claim: Claim,
  kinds: Readonly<Record<string, TaskKind>>,
  signal: AbortSignal,
): Promise<void> {
  const { db, now, log } = runtime;
  const held = { id: claim.row.id, owner: claim.owner };
  const lost = new AbortController();
  const renewal = setInterval(() => {
    const leaseUntil = new Date(now().getTime() + leaseMs);
    updateHeldTask(db, { ...held, changes: { leaseUntil } }).then(
      (kept) => kept ?? lost.abort(new Error('The task was taken over by another process.')),
      (error: unknown) =>
        log.warn({ taskId: held.id, err: error }, 'the lease of a task could not be renewed'),
    );
  }, renewEveryMs);
  try {
    const work = openWork(runtime, claim.row, kinds);
    const changes =
      work === undefined
        ? endedAs('failed', now())
        : await runRows(runtime, claim, work, AbortSignal.any([signal, lost.signal]));
    await updateHeldTask(db, { ...held, changes: { ...changes, leaseOwner: null, leaseUntil: null } });
  } finally {
    clearInterval(renewal);
  }
}

const endedAs = (state: 'completed' | 'stopped' | 'failed', endedAt: Date) => ({
  state,
  endedAt,
  inputSealed: null,
});

/** The work of a task. `undefined` where this release does not know its kind or its input cannot be read any more. */
function openWork(
  { secrets, log }: Needs,
  row: TaskRow,
  kinds: Readonly<Record<string, TaskKind>>,
): TaskWork | undefined {
  try {
    const kind = Object.hasOwn(kinds, row.kind) ? kinds[row.kind] : undefined;
    if (kind === undefined || row.inputSealed === null) throw new Error(`nothing does the task ${row.kind}`);
    return kind.open(JSON.parse(secrets.open(row.inputSealed)));
  } catch (error) {
    log.error({ taskId: row.id, err: error }, 'a task cannot be done');
    return undefined;
  }
}

/**
 * Does what is left. What is to be written at the end, in one statement with the last results: how it ended, or nothing
 * more than the results when somebody else has to go on.
 */
async function runRows(
  runtime: Needs,
  { row, owner }: Claim,
  work: TaskWork,
  signal: AbortSignal,
): Promise<TaskChanges> {
  const results = new Map(resultsOf(row).map((result) => [result.row, result]));
  const left = Array.from({ length: row.total }, (_, index) => index).filter(
    (index) => !results.has(index + 1),
  );
  let isStopping = row.stopRequestedAt !== null;
  let isOver = false; // somebody else has the task, or it cannot be written
  let savedAt = Number.NEGATIVE_INFINITY;

  const progress = () => {
    const ordered = [...results.values()].sort((one, other) => one.row - other.row);
    const failed = ordered.filter(({ outcome }) => outcome === 'failed').length;
    return { results: ordered, done: ordered.length, failed };
  };
  // Two at once would let an older list win: whoever is first after the interval writes, the others go on.
  const saveNowAndThen = async () => {
    const isDue = performance.now() - savedAt >= saveEveryMs;
    if (isDue) savedAt = Number.POSITIVE_INFINITY;
    const held = isDue
      ? await updateHeldTask(runtime.db, { id: row.id, owner, changes: progress() })
      : await findHeldTask(runtime.db, { id: row.id, owner });
    if (isDue) savedAt = performance.now();
    isOver ||= held === undefined;
    isStopping ||= held?.stopRequestedAt != null;
  };
  const workThrough = async () => {
    while (!isStopping && !isOver && !signal.aborted) {
      const index = left.shift();
      if (index === undefined) return;
      const outcome = await runRow(runtime, work, index, signal);
      // What was cut off by the end of the process is done again by the next one.
      if (outcome === undefined) return;
      const { email, reason, ...rest } = outcome;
      results.set(index + 1, {
        row: index + 1,
        ...rest,
        email: email === null ? null : storable(email),
        ...(reason === undefined ? {} : { reason: storable(reason) }),
      });
      await saveNowAndThen();
      await setImmediate(); // rows that only ask SQLite never wait: let requests in
    }
  };
  const ends = await Promise.allSettled(
    Array.from({ length: atATime }, () =>
      workThrough().catch((error: unknown) => {
        isOver = true;
        throw error;
      }),
    ),
  );
  for (const end of ends)
    if (end.status === 'rejected')
      runtime.log.error({ taskId: row.id, err: end.reason }, 'the progress of a task could not be written');
  const changes = progress();
  if (changes.done === row.total) return { ...changes, ...endedAs('completed', runtime.now()) };
  if (isOver || signal.aborted) return changes;
  return { ...changes, ...endedAs('stopped', runtime.now()) };
}

/** Postgres stores neither NUL nor half a character, and both may stand in a file that is imported. */
const storable = (text: string): string => text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\ufffd');

async function runRow(
  { log }: Needs,
  work: TaskWork,
  index: number,
  signal: AbortSignal,
): Promise<RowOutcome | undefined> {
  try {
    return await work.run(index, AbortSignal.any([signal, AbortSignal.timeout(rowTimeoutMs)]));
  } catch (error) {
    if (signal.aborted) return undefined;
    if (!isGatewayError(error)) log.error({ err: error }, 'a row of a task failed');
    const reason = isGatewayError(error)
      ? error.message
      : 'The gateway failed on this row. The log has the reason.';
    const mediaId = work.mediaIdOf?.(index);
    return {
      email: work.emailOf(index),
      account_id: null,
      ...(mediaId === undefined ? {} : { media_id: mediaId }),
      outcome: 'failed',
      reason,
    };
  }
}

/** The program itself wrote them, so this cast is the one place that trusts their shape. */
const resultsOf = (row: TaskRow): TaskResult[] => row.results as TaskResult[];

const toTaskView = (row: TaskRow): TaskView => ({ ...toSummaryView(row), results: resultsOf(row) });

const toSummaryView = (row: TaskSummary): Omit<TaskView, 'results'> => ({
  id: row.id,
  kind: row.kind,
  state: row.state,
  total: row.total,
  done: row.done,
  failed: row.failed,
  is_stopping: row.state === 'running' && row.stopRequestedAt !== null,
  created_at: row.createdAt.toISOString(),
  ended_at: row.endedAt?.toISOString() ?? null,
});

const taskNotFound = (id: string): GatewayError =>
  new GatewayError('not_found', `There is no task ${id.slice(0, 100)}.`);
