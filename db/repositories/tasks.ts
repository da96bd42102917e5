import { and, asc, count, desc, eq, getTableColumns, inArray, lt, ne, not } from 'drizzle-orm';
import { type Database, q } from '../client';
import type { Schema } from '../schema/define';

/** Long work of the console as stored; what is to be done is sealed, and gone at its end. */
export type TaskRow = Schema['tasks']['$inferSelect'];
/** A task without what is to be done and what came of each row, which may be long. */
export type TaskSummary = Omit<TaskRow, 'inputSealed' | 'results'>;
export type NewTaskRow = Schema['tasks']['$inferInsert'];
export type TaskChanges = Partial<
  Pick<
    TaskRow,
    'results' | 'done' | 'failed' | 'leaseOwner' | 'leaseUntil' | 'state' | 'endedAt' | 'inputSealed'
  >
>;
/** Tasks that run one after the other: those of these kinds, or all others. */
export type TaskLane = { kinds: readonly string[]; isOneOf: boolean };

export async function insertTask(db: Database, row: NewTaskRow): Promise<TaskRow> {
  const [stored] = await db.insert(db.tables.tasks).values(row).returning();
  if (stored === undefined) throw new Error('an insert gave no row');
  return stored;
}

export async function findTask(db: Database, id: string): Promise<TaskRow | undefined> {
  const { tasks } = db.tables;
  const [row] = await db.select().from(tasks).where(eq(tasks.id, id)).limit(1);
  return row;
}

function summaryOf(db: Database) {
  const { inputSealed: _input, results: _results, ...columns } = getTableColumns(db.tables.tasks);
  return columns;
}

const inLane = (db: Database, { kinds, isOneOf }: TaskLane) => {
  const { tasks } = db.tables;
  const isListed = inArray(tasks.kind, [...kinds]);
  return and(eq(tasks.state, 'running'), isOneOf ? isListed : not(isListed));
};

/** The newest first. */
export function listTasks(
  db: Database,
  { limit, offset = 0 }: { limit: number; offset?: number },
): Promise<TaskSummary[]> {
  const { tasks } = db.tables;
  return db
    .select(summaryOf(db))
    .from(tasks)
    .orderBy(desc(tasks.createdAt), desc(tasks.id))
    .limit(limit)
    .offset(offset);
}

/** How many there are: those that ended are forgotten after a while. */
export async function countTasks(db: Database): Promise<number> {
  const [row] = await db.select({ n: count().mapWith(Number) }).from(db.tables.tasks);
  return row?.n ?? 0;
}

/**
 * Takes the oldest task of a lane that waits, or whose holder is gone. `undefined` while another process works on one of
 * this lane: they run one after the other in the whole installation.
 */
export const claimTask = (
  db: Database,
  want: { owner: string; now: Date; leaseUntil: Date; lane: TaskLane },
): Promise<TaskRow | undefined> => {
  const { tasks } = db.tables;
  return db.transaction(function* (tx) {
    const rows = yield* q(
      db.forUpdate(
        tx
          .select({ id: tasks.id, owner: tasks.leaseOwner, until: tasks.leaseUntil })
          .from(tasks)
          .where(inLane(db, want.lane))
          .orderBy(asc(tasks.createdAt), asc(tasks.id)),
      ),
    );
    // A SQLite file has one process: whoever else holds something is gone.
    const isHeld =
      db.dialect !== 'sqlite' &&
      rows.some(({ owner, until }) => owner !== want.owner && until !== null && until > want.now);
    const [first] = rows;
    if (isHeld || first === undefined) return undefined;
    const [claimed] = yield* q(
      tx
        .update(tasks)
        .set({ leaseOwner: want.owner, leaseUntil: want.leaseUntil })
        .where(eq(tasks.id, first.id))
        .returning(),
    );
    return claimed;
  });
};

/** Whether a lane has a task that has not ended: a question that costs no lock. */
export async function hasRunningTask(db: Database, lane: TaskLane): Promise<boolean> {
  const { tasks } = db.tables;
  const rows = await db.select({ id: tasks.id }).from(tasks).where(inLane(db, lane)).limit(1);
  return rows.length > 0;
}

/** Changes a task that `owner` holds; `undefined` when somebody else does, or when it has ended. */
export async function updateHeldTask(
  db: Database,
  want: { id: string; owner: string; changes: TaskChanges },
): Promise<Pick<TaskRow, 'stopRequestedAt'> | undefined> {
  const { tasks } = db.tables;
  const [row] = await db
    .update(tasks)
    .set(want.changes)
    .where(and(eq(tasks.id, want.id), eq(tasks.leaseOwner, want.owner), eq(tasks.state, 'running')))
    .returning({ stopRequestedAt: tasks.stopRequestedAt });
  return row;
}

/** Whether the task that `owner` holds has been asked to stop; `undefined` when somebody else holds it. */
export async function findHeldTask(
  db: Database,
  want: { id: string; owner: string },
): Promise<Pick<TaskRow, 'stopRequestedAt'> | undefined> {
  const { tasks } = db.tables;
  const [row] = await db
    .select({ stopRequestedAt: tasks.stopRequestedAt })
    .from(tasks)
    .where(and(eq(tasks.id, want.id), eq(tasks.leaseOwner, want.owner), eq(tasks.state, 'running')))
    .limit(1);
  return row;
}

/** Asks a task to stop; one that nobody works on has stopped by that. `undefined` when there is none. */
export const requestTaskStop = (db: Database, id: string, now: Date): Promise<TaskRow | undefined> => {
  const { tasks } = db.tables;
  return db.transaction(function* (tx) {
    const [row] = yield* q(db.forUpdate(tx.select().from(tasks).where(eq(tasks.id, id))));
    if (row === undefined || row.state !== 'running') return row;
    const isHeld = row.leaseUntil !== null && row.leaseUntil > now;
    const [changed] = yield* q(
      tx
        .update(tasks)
        .set({
          stopRequestedAt: row.stopRequestedAt ?? now,
          ...(isHeld ? {} : { state: 'stopped' as const, endedAt: now, inputSealed: null }),
        })
        .where(eq(tasks.id, id))
        .returning(),
    );
    return changed;
  });
};

/** Forgets tasks that ended before. */
export async function pruneTasks(db: Database, before: Date): Promise<void> {
  const { tasks } = db.tables;
  await db.delete(tasks).where(and(ne(tasks.state, 'running'), lt(tasks.endedAt, before)));
}
