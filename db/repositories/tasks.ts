import { and, asc, count, desc, eq, lt, ne } from 'drizzle-orm';
import { type Database, q } from '../client';
import type { Schema } from '../schema/define';

/** Long work of the console as stored; what is to be done is sealed, and gone at its end. */
export type TaskRow = Schema['tasks']['$inferSelect'];
export type NewTaskRow = Schema['tasks']['$inferInsert'];

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

/** The newest first. */
export function listTasks(
  db: Database,
  { limit, offset = 0 }: { limit: number; offset?: number },
): Promise<TaskRow[]> {
  const { tasks } = db.tables;
  return db.select().from(tasks).orderBy(desc(tasks.createdAt), desc(tasks.id)).limit(limit).offset(offset);
}

/** How many there are: those that ended are forgotten after a while. */
export async function countTasks(db: Database): Promise<number> {
  const [row] = await db.select({ n: count().mapWith(Number) }).from(db.tables.tasks);
  return row?.n ?? 0;
}

/**
 * Takes the oldest task that waits, or whose holder is gone. `undefined` while another process works on one: tasks run
 * one after the other in the whole installation, so that what they ask of upstream stays bounded.
 */
export const claimTask = (
  db: Database,
  want: { owner: string; now: Date; leaseUntil: Date },
): Promise<TaskRow | undefined> => {
  const { tasks } = db.tables;
  return db.transaction(function* (tx) {
    const rows = yield* q(
      db.forUpdate(
        tx
          .select({ id: tasks.id, owner: tasks.leaseOwner, until: tasks.leaseUntil })
          .from(tasks)
          .where(eq(tasks.state, 'running'))
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

/** Whether there is a task that has not ended: a question that costs no lock. */
export async function hasRunningTask(db: Database): Promise<boolean> {
  const { tasks } = db.tables;
  const rows = await db.select({ id: tasks.id }).from(tasks).where(eq(tasks.state, 'running')).limit(1);
  return rows.length > 0;
}

/** Changes a task that `owner` holds; `undefined` when somebody else does, or when it has ended. */
export async function updateHeldTask(
  db: Database,
  want: {
    id: string;
    owner: string;
    changes: Partial<
      Pick<TaskRow, 'results' | 'done' | 'leaseOwner' | 'leaseUntil' | 'state' | 'endedAt' | 'inputSealed'>
    >;
  },
): Promise<TaskRow | undefined> {
  const { tasks } = db.tables;
  const [row] = await db
    .update(tasks)
    .set(want.changes)
    .where(and(eq(tasks.id, want.id), eq(tasks.leaseOwner, want.owner), eq(tasks.state, 'running')))
    .returning();
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
