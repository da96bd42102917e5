import { type AccountRow, listAccountsByCredits } from '@/db/repositories/accounts';
import { GatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { callWithAccess } from './access-token';
import { changeHealth } from './change-health';
import { applyBalance } from './health';

type Needs = Pick<
  Runtime,
  'db' | 'upstream' | 'secrets' | 'settings' | 'now' | 'log' | 'instanceId' | 'refreshing'
>;

const perRun = 25; // some seconds of calls, one after the other
const callTimeoutMs = 30_000;
const restAfterFailureMs = 10 * 60_000;

/**
 * Asks upstream for credits and tier and keeps them; an access token that is refused is exchanged once. Throws
 * `UpstreamError`, and `no_account_available` when the account is gone.
 */
export async function refreshCredits(
  runtime: Needs,
  row: AccountRow,
  signal: AbortSignal,
): Promise<AccountRow> {
  const balance = await callWithAccess(runtime, row, (access) => runtime.upstream.getBalance(access, signal));
  const stored = await changeHealth(runtime, row.id, () => applyBalance(balance, runtime.now()));
  if (stored === undefined) throw new GatewayError('no_account_available', 'The account has been removed.');
  return stored;
}

/**
 * Makes one run of the loop that asks again for credits: the accounts in use whose number is oldest, a bounded number at
 * a time, and before all others those that a refusal has shown to be out of credits. `failedAt` is the loop's own memory
 * of accounts that could not be asked: they rest, so that they do not stand in the way of others.
 */
export async function refreshDueCredits(
  runtime: Needs,
  signal: AbortSignal,
  failedAt: Map<string, number>,
): Promise<{ asked: number; failed: number }> {
  const everySeconds = runtime.settings.current()['routing.refresh_credits_every'];
  const now = runtime.now().getTime();
  for (const [id, at] of failedAt) if (now - at >= restAfterFailureMs) failedAt.delete(id);
  const rows = await listAccountsByCredits(runtime.db, {
    checkedBefore: everySeconds === 0 ? undefined : new Date(now - everySeconds * 1_000),
  });
  const due = rows.filter(({ id }) => !failedAt.has(id)).slice(0, perRun);
  let failed = 0;
  for (const row of due) {
    if (signal.aborted) break;
    try {
      await refreshCredits(runtime, row, AbortSignal.any([signal, AbortSignal.timeout(callTimeoutMs)]));
    } catch (error) {
      failed += 1;
      failedAt.set(row.id, now);
      runtime.log.warn({ accountId: row.id, err: error }, 'the credits of an account could not be asked for');
    }
  }
  return { asked: due.length, failed };
}
