import { desc, eq, gte, inArray, lt, max, min } from 'drizzle-orm';
import { type Database, type Queryable, q } from '../client';
import type { Schema } from '../schema/define';
import { addToAccountDay, type DayTally } from './account-days';
import type { AccountChanges, AccountRow } from './accounts';

export type HealthChangeRow = Schema['healthChanges']['$inferSelect'];

/** What the history keeps of a state. */
export type RecordedState = { state: string; reason?: string };

/** What an account that was never recorded is taken to have been. */
const firstState = 'healthy';

/**
 * Reads, decides and writes one account in one transaction, adds to its day, and writes its history: a row where the
 * state is another one now. `decide` and `stateOf` are pure; `undefined` changes nothing. With `compare: 'recorded'` the
 * last row of the history is what counts, so that a change nobody wrote down is made good.
 */
export const changeAccountHealth = (
  db: Database,
  want: {
    accountId: string;
    now: Date;
    decide: (row: AccountRow) => AccountChanges | undefined;
    stateOf: (row: AccountRow) => RecordedState;
    tally?: DayTally;
    compare?: 'before' | 'recorded';
  },
): Promise<AccountRow | undefined> => {
  const { accounts } = db.tables;
  const { accountId, now } = want;
  return db.transaction(function* (tx) {
    const [row] = yield* q(db.forUpdate(tx.select().from(accounts).where(eq(accounts.id, accountId))));
    if (row === undefined) return undefined;
    const changes = want.decide(row);
    let current = row;
    if (changes !== undefined) {
      const [changed] = yield* q(
        tx
          .update(accounts)
          .set({ ...changes, updatedAt: now })
          .where(eq(accounts.id, accountId))
          .returning(),
      );
      current = changed ?? row;
      if (want.tally !== undefined) yield* addToAccountDay(db, tx, accountId, want.tally);
    }
    const after = want.stateOf(current);
    if (want.compare === 'recorded' || want.stateOf(row).state !== after.state) {
      yield* recordState(db, tx, accountId, now, after);
    }
    return current;
  });
};

/** Adds a row unless the last one says the same: each row's `before` is the `after` of the one before. */
function* recordState(db: Database, tx: Queryable, accountId: string, at: Date, after: RecordedState) {
  const { healthChanges } = db.tables;
  const [last] = yield* q(
    tx
      .select({ after: healthChanges.after })
      .from(healthChanges)
      .where(eq(healthChanges.accountId, accountId))
      .orderBy(desc(healthChanges.id))
      .limit(1),
  );
  const before = last?.after ?? firstState;
  if (before === after.state) return;
  yield* q(
    tx
      .insert(healthChanges)
      .values({ accountId, at, before, after: after.state, reason: after.reason ?? null }),
  );
}

/** The state that each account was last recorded in. */
export async function listRecordedStates(db: Database): Promise<Map<string, string>> {
  const { healthChanges } = db.tables;
  const newest = db
    .select({ id: max(healthChanges.id).as('newest_id') })
    .from(healthChanges)
    .groupBy(healthChanges.accountId);
  const rows = await db
    .select({ accountId: healthChanges.accountId, after: healthChanges.after })
    .from(healthChanges)
    .where(inArray(healthChanges.id, newest));
  return new Map(rows.map(({ accountId, after }) => [accountId, after]));
}

/** The state that each account had at a moment; those whose state has not changed since are missing. */
export async function listStatesBefore(db: Database, at: Date): Promise<Map<string, string>> {
  const { healthChanges } = db.tables;
  const first = db
    .select({ id: min(healthChanges.id).as('first_id') })
    .from(healthChanges)
    .where(gte(healthChanges.at, at))
    .groupBy(healthChanges.accountId);
  const rows = await db
    .select({ accountId: healthChanges.accountId, before: healthChanges.before })
    .from(healthChanges)
    .where(inArray(healthChanges.id, first));
  return new Map(rows.map(({ accountId, before }) => [accountId, before]));
}

/** The history of an account, the newest change first. */
export function listHealthChanges(
  db: Database,
  want: { accountId: string; limit: number },
): Promise<HealthChangeRow[]> {
  const { healthChanges } = db.tables;
  return db
    .select()
    .from(healthChanges)
    .where(eq(healthChanges.accountId, want.accountId))
    .orderBy(desc(healthChanges.id))
    .limit(want.limit);
}

/** Removes up to `limit` changes that are older, and says how many. The last one of each account stays: it is its state. */
export async function pruneHealthChanges(
  db: Database,
  want: { before: Date; limit: number },
): Promise<number> {
  const { healthChanges } = db.tables;
  const newest = await db
    .select({ id: max(healthChanges.id) })
    .from(healthChanges)
    .groupBy(healthChanges.accountId);
  const kept = new Set(newest.map(({ id }) => id));
  const old = await db
    .select({ id: healthChanges.id })
    .from(healthChanges)
    .where(lt(healthChanges.at, want.before))
    .limit(want.limit + kept.size);
  const ids = old
    .map(({ id }) => id)
    .filter((id) => !kept.has(id))
    .slice(0, want.limit);
  if (ids.length > 0) await db.delete(healthChanges).where(inArray(healthChanges.id, ids));
  return ids.length;
}
