import { and, eq, gte, lt, sql } from 'drizzle-orm';
import { type Database, type Queryable, q } from '../client';
import type { Schema } from '../schema/define';

/** What one account did on one day. */
export type AccountDayRow = Schema['accountDays']['$inferSelect'];

/** What is added to a day of an account. */
export type DayTally = { day: string; images?: number; videos?: number; errors?: number };

/** Adds to the counters of a day, within a transaction. */
export function* addToAccountDay(
  db: Database,
  tx: Queryable,
  accountId: string,
  { day, images = 0, videos = 0, errors = 0 }: DayTally,
) {
  const { accountDays } = db.tables;
  yield* q(
    tx
      .insert(accountDays)
      .values({ accountId, day, images, videos, errors })
      .onConflictDoUpdate({
        target: [accountDays.accountId, accountDays.day],
        set: {
          images: sql`${accountDays.images} + ${images}`,
          videos: sql`${accountDays.videos} + ${videos}`,
          errors: sql`${accountDays.errors} + ${errors}`,
        },
      }),
  );
}

/** The counters of every account on one day; accounts that did nothing are missing. */
export function listAccountDay(db: Database, day: string): Promise<AccountDayRow[]> {
  const { accountDays } = db.tables;
  return db.select().from(accountDays).where(eq(accountDays.day, day));
}

/** The counters of one account from a day on, oldest first. */
export function listDaysOfAccount(
  db: Database,
  want: { accountId: string; fromDay: string },
): Promise<AccountDayRow[]> {
  const { accountDays } = db.tables;
  return db
    .select()
    .from(accountDays)
    .where(and(eq(accountDays.accountId, want.accountId), gte(accountDays.day, want.fromDay)))
    .orderBy(accountDays.day);
}

/** Removes the counters of days before `day`. */
export async function pruneAccountDays(db: Database, day: string): Promise<void> {
  const { accountDays } = db.tables;
  await db.delete(accountDays).where(lt(accountDays.day, day));
}
