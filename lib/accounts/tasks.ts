import {
  claimTask,
  countTasks,
  findTask,
  hasRunningTask,
  insertTask,
  listTasks,
  pruneTasks,
  requestTaskStop,
  type TaskRow,
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
};

/** Makes the work of a kind; `input` is what the program itself stored. */
export type TaskKind = (input: unknown) => TaskWork;

type Needs = Pick<Runtime, 'db' | 'now' | 'log' | 'secrets' | 'instanceId'>;

const atATime = 2; // rows, and with that upstream calls, under way together
const leaseMs = 60_000; // four missed renewals
const renewEveryMs = leaseMs / 4;
const rowTimeoutMs = 90_000;
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
  return { items: rows.map((row) => withoutResults(toTaskView(row))), total, total_is_capped: false };
}

const withoutResults = ({ results: _results, ...view }: TaskView): Omit<TaskView, 'results'> => view;

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
 * Does the tasks that wait, also those that a process left behind, one after the other. The signal ends it between two
 * rows: the rest is for whoever claims the task next.
 */
export async function runTasks(
  runtime: Needs,
  kinds: Readonly<Record<string, TaskKind>>,
  signal: AbortSignal,
): Promise<void> {
  const { db, instanceId: owner, now } = runtime;
  while (!signal.aborted && (await hasRunningTask(db))) {
    const at = now();
    const row = await claimTask(db, { owner, now: at, leaseUntil: new Date(at.getTime() + leaseMs) });
    if (row === undefined) return; // another process works on one
    await runTask(runtime, row, kinds, signal);
  }
}

async function runTask(
  runtime: Needs,
  row: TaskRow,
  kinds: Readonly<Record<string, TaskKind>>,
  signal: AbortSignal,
): Promise<void> {
  const { db, instanceId: owner, now, log } = runtime;
  const held = { id: row.id, owner };
  const ended = new AbortController();
  const renewal = setInterval(() => {
    const leaseUntil = new Date(now().getTime() + leaseMs);
    updateHeldTask(db, { ...held, changes: { leaseUntil } }).then(
      (kept) => kept ?? ended.abort(new Error('The task was taken over by another process.')),
      (error: unknown) =>
        log.warn({ taskId: row.id, err: error }, 'the lease of a task could not be renewed'),
    );
  }, renewEveryMs);
  try {
    const work = openWork(runtime, row, kinds);
    if (work === undefined) return await end(runtime, row, 'failed');
    const state = await runRows(runtime, row, work, AbortSignal.any([signal, ended.signal]));
    if (state !== undefined) await end(runtime, row, state);
    else await updateHeldTask(db, { ...held, changes: { leaseOwner: null, leaseUntil: null } });
  } finally {
    clearInterval(renewal);
  }
}

/** The work of a task. `undefined` where this release does not know its kind or its input cannot be read any more. */
function openWork(
  { secrets, log }: Needs,
  row: TaskRow,
  kinds: Readonly<Record<string, TaskKind>>,
): TaskWork | undefined {
  try {
    const kind = Object.hasOwn(kinds, row.kind) ? kinds[row.kind] : undefined;
    if (kind === undefined || row.inputSealed === null) throw new Error(`nothing does the task ${row.kind}`);
    return kind(JSON.parse(secrets.open(row.inputSealed)));
  } catch (error) {
    log.error({ taskId: row.id, err: error }, 'a task cannot be done');
    return undefined;
  }
}

/** Does what is left. The state it ended in; `undefined` when somebody else has to go on. */
async function runRows(
  runtime: Needs,
  row: TaskRow,
  work: TaskWork,
  signal: AbortSignal,
): Promise<'completed' | 'stopped' | undefined> {
  const results = new Map(resultsOf(row).map((result) => [result.row, result]));
  const left = Array.from({ length: row.total }, (_, index) => index).filter(
    (index) => !results.has(index + 1),
  );
  let isStopping = row.stopRequestedAt !== null;
  let isLost = false;

  const save = async () => {
    const ordered = [...results.values()].sort((one, other) => one.row - other.row);
    const changes = { results: ordered, done: ordered.length };
    const stored = await updateHeldTask(runtime.db, { id: row.id, owner: runtime.instanceId, changes });
    isLost ||= stored === undefined;
    isStopping ||= stored?.stopRequestedAt != null;
  };
  const workThrough = async () => {
    while (!isStopping && !isLost && !signal.aborted) {
      const index = left.shift();
      if (index === undefined) return;
      const outcome = await runRow(runtime, work, index, signal);
      // What was cut off by the end of the process is done again by the next one.
      if (outcome === undefined) return;
      results.set(index + 1, { row: index + 1, ...outcome });
      await save();
    }
  };
  await Promise.all(Array.from({ length: atATime }, workThrough));
  if (isLost || (signal.aborted && results.size < row.total)) return undefined;
  return results.size < row.total ? 'stopped' : 'completed';
}

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
    return { email: work.emailOf(index), account_id: null, outcome: 'failed', reason };
  }
}

async function end(
  { db, instanceId, now }: Needs,
  row: TaskRow,
  state: 'completed' | 'stopped' | 'failed',
): Promise<void> {
  const changes = { state, endedAt: now(), inputSealed: null, leaseOwner: null, leaseUntil: null };
  await updateHeldTask(db, { id: row.id, owner: instanceId, changes });
}

/** The program itself wrote them, so this cast is the one place that trusts their shape. */
const resultsOf = (row: TaskRow): TaskResult[] => row.results as TaskResult[];

function toTaskView(row: TaskRow): TaskView {
  const results = resultsOf(row);
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    total: row.total,
    done: row.done,
    failed: results.filter(({ outcome }) => outcome === 'failed').length,
    is_stopping: row.state === 'running' && row.stopRequestedAt !== null,
    created_at: row.createdAt.toISOString(),
    ended_at: row.endedAt?.toISOString() ?? null,
    results,
  };
}

const taskNotFound = (id: string): GatewayError =>
  new GatewayError('not_found', `There is no task ${id.slice(0, 100)}.`);
