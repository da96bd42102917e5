import type { AccountRow } from '@/db/repositories/accounts';
import { accessEndOf } from './access-life';

/** How many accounts are in which condition, for health and metrics. One can be in several. */
export type AccountCounts = {
  total: number;
  /** Neither switched off nor banned. */
  active: number;
  missingAccess: number;
  accessEnded: number;
  accessEndsWithinHour: number;
  /** Resting after a 429. */
  resting: number;
};

const hourMs = 3_600_000;

/** What of the access token of an account is left. */
export function accessStateOf(
  row: AccountRow,
  now: Date,
): { isMissing: boolean; endAt: Date | undefined; hasEnded: boolean; endsWithinHour: boolean } {
  const endAt = row.accessTokenSealed === null ? undefined : accessEndOf(row);
  const leftMs = endAt === undefined ? undefined : endAt.getTime() - now.getTime();
  return {
    isMissing: endAt === undefined,
    endAt,
    hasEnded: leftMs !== undefined && leftMs <= 0,
    endsWithinHour: leftMs !== undefined && leftMs > 0 && leftMs <= hourMs,
  };
}

/** Whether the account is neither switched off nor banned. */
export const isActive = (row: Pick<AccountRow, 'enabled' | 'bannedAt'>): boolean =>
  row.enabled && row.bannedAt === null;

/** Whether the account rests now. */
export const isResting = (row: Pick<AccountRow, 'cooldownUntil'>, now: Date): boolean =>
  row.cooldownUntil !== null && row.cooldownUntil > now;

/** Accounts being removed count no more. */
export function countAccounts(all: readonly AccountRow[], now: Date): AccountCounts {
  const rows = all.filter((row) => row.removedAt === null);
  const count = (holds: (row: AccountRow) => boolean) => rows.filter(holds).length;
  return {
    total: rows.length,
    active: count(isActive),
    missingAccess: count((row) => accessStateOf(row, now).isMissing),
    accessEnded: count((row) => accessStateOf(row, now).hasEnded),
    accessEndsWithinHour: count((row) => accessStateOf(row, now).endsWithinHour),
    resting: count((row) => isResting(row, now)),
  };
}
