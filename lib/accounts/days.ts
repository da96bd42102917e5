import { type AccountDayRow, listAccountDay, listDaysOfAccount } from '@/db/repositories/account-days';
import type { Runtime } from '../runtime';
import { dayOf, dayZone, lastDays } from '../usage/day';

/** The day it is now in the zone that days are counted in, `YYYY-MM-DD`. */
export const today = (runtime: Pick<Runtime, 'now' | 'settings'>): string =>
  dayOf(runtime.now(), dayZone(runtime));

/** What an account did on a day. */
export type DayCounts = Pick<AccountDayRow, 'images' | 'videos' | 'errors'>;

const nothing: DayCounts = { images: 0, videos: 0, errors: 0 };

/**
 * What every account did today. The day is part of the question, so the answer is nought from midnight on without
 * anything having been reset. `of` gives the counts of one account.
 */
export async function countToday(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings'>,
): Promise<{ day: string; of: (accountId: string) => DayCounts }> {
  const day = today(runtime);
  const rows = new Map((await listAccountDay(runtime.db, day)).map((row) => [row.accountId, row]));
  return { day, of: (accountId) => countsOf(rows.get(accountId)) };
}

/** What one account did on each of the last days, oldest first; days without anything are there as well. */
export async function countLastDays(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings'>,
  accountId: string,
  count: number,
): Promise<({ day: string } & DayCounts)[]> {
  const days = lastDays(today(runtime), count);
  const fromDay = days[0] ?? today(runtime);
  const rows = await listDaysOfAccount(runtime.db, { accountId, fromDay });
  return days.map((day) => ({ day, ...countsOf(rows.find((row) => row.day === day)) }));
}

const countsOf = (row: AccountDayRow | undefined): DayCounts =>
  row === undefined ? nothing : { images: row.images, videos: row.videos, errors: row.errors };
