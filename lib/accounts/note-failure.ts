import { type AccountRow, changeAccount, listAccounts } from '@/db/repositories/accounts';
import type { UpstreamError } from '../errors';
import type { MediaKind } from '../models/types';
import type { Runtime } from '../runtime';
import { applyFailure } from './health';

const recentMs = 5 * 60_000; // a success this fresh on another account shows that upstream itself works

/** Writes what a failed call means for the account. Most failures mean nothing for it. */
export async function noteFailure(
  { db, settings, now, log }: Pick<Runtime, 'db' | 'settings' | 'now' | 'log'>,
  account: Pick<AccountRow, 'id'>,
  error: UpstreamError,
  what: { kind: MediaKind; modelKey: string },
): Promise<void> {
  const verdict = error.failure.account;
  if (verdict.type === 'none' || verdict.type === 'access_expired') return;
  const at = now();
  // Only an error of upstream's own can be everybody's; what is refused or unreadable is laid to the account.
  const mayBeOutage = (error.failure.status ?? 0) >= 500;
  const othersSucceed =
    !mayBeOutage ||
    (await listAccounts(db)).some(
      ({ id, lastSuccessAt }) =>
        id !== account.id && lastSuccessAt !== null && at.getTime() - lastSuccessAt.getTime() < recentMs,
    );
  const current = settings.current();
  await changeAccount(db, account.id, at, (row) =>
    applyFailure(row, verdict, {
      ...what,
      code:
        error.failure.reason ??
        (error.failure.status === undefined ? error.code : `HTTP ${error.failure.status}`),
      now: at,
      threshold: current['routing.error_threshold'],
      cooldownAfter429Seconds: current['routing.cooldown_after_429'],
      othersSucceed,
    }),
  );
  log.info({ accountId: account.id, verdict }, 'a failure was noted on an account');
}
