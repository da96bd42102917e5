import { and, asc, desc, eq, inArray, lte, sql } from 'drizzle-orm';
import { type Database, q } from '../client';

/** How often something was tried, and when that is forgotten. */
export type Tries = { count: number; forgottenAt: Date };

/** What is counted under these keys and not forgotten yet. */
export async function readTries(
  db: Database,
  want: { keys: readonly string[]; now: Date },
): Promise<Map<string, Tries>> {
  const { rateCounters } = db.tables;
  const rows = await db
    .select()
    .from(rateCounters)
    .where(inArray(rateCounters.key, [...want.keys]));
  return asTries(rows, want.now);
}

/**
 * Changes what is counted, as `decide` says, and gives its result. It sees the counts as nobody can change them
 * meanwhile; keys that it leaves out stay as they are.
 */
export const changeTries = <T>(
  db: Database,
  want: { keys: readonly string[]; now: Date },
  decide: (found: ReadonlyMap<string, Tries>) => { changes: ReadonlyMap<string, Tries>; result: T },
): Promise<T> => {
  const { rateCounters } = db.tables;
  const keys = want.keys.toSorted(); // in one order everywhere, so that two never wait for each other's rows
  return db.transaction(function* (tx) {
    // A row that is not there cannot be locked.
    const empty = keys.map((key) => ({ key, points: 0, expire: new Date(0) }));
    yield* q(tx.insert(rateCounters).values(empty).onConflictDoNothing());
    const rows = yield* q(
      db.forUpdate(
        tx.select().from(rateCounters).where(inArray(rateCounters.key, keys)).orderBy(asc(rateCounters.key)),
      ),
    );
    const { changes, result } = decide(asTries(rows, want.now));
    for (const [key, { count, forgottenAt }] of changes) {
      yield* q(
        tx.update(rateCounters).set({ points: count, expire: forgottenAt }).where(eq(rateCounters.key, key)),
      );
    }
    return result;
  });
};

function asTries(
  rows: readonly { key: string; points: number; expire: Date | null }[],
  now: Date,
): Map<string, Tries> {
  return new Map(
    rows.flatMap(({ key, points, expire }) =>
      expire === null || expire <= now ? [] : [[key, { count: points, forgottenAt: expire }]],
    ),
  );
}

/** Forgets what is counted under these keys. */
export async function forgetTries(db: Database, keys: readonly string[]): Promise<void> {
  const { rateCounters } = db.tables;
  await db.delete(rateCounters).where(inArray(rateCounters.key, [...keys]));
}

/** Removes what is over, and of the rest with this beginning of the key all but the `keep` that last longest. */
export async function pruneTries(
  db: Database,
  want: { prefix: string; now: Date; keep: number },
): Promise<void> {
  const { rateCounters } = db.tables;
  const isOne = sql`substr(${rateCounters.key}, 1, ${want.prefix.length}) = ${want.prefix}`;
  await db.delete(rateCounters).where(and(isOne, lte(rateCounters.expire, want.now)));
  const tooMany = db
    .select({ key: rateCounters.key })
    .from(rateCounters)
    .where(isOne)
    .orderBy(desc(rateCounters.expire), asc(rateCounters.key))
    .limit(mostRemoved)
    .offset(want.keep);
  await db.delete(rateCounters).where(inArray(rateCounters.key, tooMany));
}

const mostRemoved = 1_000_000; // SQLite takes an offset only with a limit
