import type { DayTally } from '@/db/repositories/account-days';
import { type AccountChanges, type AccountRow, listAccounts } from '@/db/repositories/accounts';
import {
  changeAccountHealth,
  listRecordedStates,
  type RecordedState,
} from '@/db/repositories/health-changes';
import type { Runtime } from '../runtime';
import { today } from './days';
import { healthOf } from './health';

type Needs = Pick<Runtime, 'db' | 'now' | 'settings'>;

const stateAt =
  (now: Date) =>
  (row: AccountRow): RecordedState => {
    const { state, reason } = healthOf(row, now);
    return reason === undefined ? { state } : { state, reason };
  };

/**
 * Changes an account and writes a row of its history when that changes its health, in one transaction; `tally` is added
 * to its day when `decide` changes something. The row as it is then; `undefined` when the account is gone.
 */
export function changeHealth(
  runtime: Needs,
  accountId: string,
  decide: (row: AccountRow) => AccountChanges | undefined,
  tally?: Omit<DayTally, 'day'>,
): Promise<AccountRow | undefined> {
  const now = runtime.now();
  return changeAccountHealth(runtime.db, {
    accountId,
    now,
    decide,
    stateOf: stateAt(now),
    ...(tally === undefined ? {} : { tally: { ...tally, day: today(runtime) } }),
  });
}

/**
 * Writes the changes of health that nobody has written down: what time alone ended, and what was changed elsewhere.
 * Gives how many.
 */
export async function recordHealthChanges({ db, now }: Pick<Runtime, 'db' | 'now'>): Promise<number> {
  const [rows, recorded] = await Promise.all([listAccounts(db), listRecordedStates(db)]);
  const at = now();
  const stateOf = stateAt(at);
  const unrecorded = rows.filter((row) => stateOf(row).state !== (recorded.get(row.id) ?? 'healthy'));
  for (const { id } of unrecorded) {
    await changeAccountHealth(db, {
      accountId: id,
      now: at,
      decide: () => undefined,
      stateOf,
      compare: 'recorded',
    });
  }
  return unrecorded.length;
}
