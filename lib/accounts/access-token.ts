import {
  type AccountRow,
  changeAccount,
  findAccount,
  listAccountsToRefresh,
  updateAccount,
} from '@/db/repositories/accounts';
import { claimLease, releaseLease } from '@/db/repositories/leases';
import { GatewayError, isUpstreamError, UpstreamError } from '../errors';
import type { UpstreamAccess, UpstreamSession } from '../generation/upstream';
import type { Runtime } from '../runtime';
import { changeHealth } from './change-health';
import { applyBalance } from './health';

type Needs = Pick<
  Runtime,
  'db' | 'upstream' | 'secrets' | 'settings' | 'now' | 'log' | 'instanceId' | 'refreshing'
>;

const minute = 60_000;
const bearerLifeMs = 60 * minute; // Google's bearer lives an hour, whatever the session answer says
const requestMarginMs = minute; // a token about to end would end inside the call
const refreshLeaseMs = 30_000; // longer than an exchange takes, shorter than others wait for it
const otherReplicaPollMs = 250;
const exchangeTimeoutMs = 60_000; // shared by everyone who waits, so no single caller's signal ends it

/** When the stored access token really ends: the sooner of what upstream said and an hour after it was issued. */
export function accessEndOf(
  row: Pick<AccountRow, 'accessTokenIssuedAt' | 'accessTokenExpiresAt'>,
): Date | undefined {
  const { accessTokenIssuedAt: issued, accessTokenExpiresAt: expires } = row;
  if (issued === null || expires === null) return undefined;
  return new Date(Math.min(expires.getTime(), issued.getTime() + bearerLifeMs));
}

/** How long before its end the loop renews a token: the setting, but at most a tenth of the token's life. */
export function refreshMarginMs(
  row: Pick<AccountRow, 'accessTokenIssuedAt' | 'accessTokenExpiresAt'>,
  refreshBeforeSeconds: number,
): number {
  const end = accessEndOf(row);
  const issued = row.accessTokenIssuedAt;
  if (end === undefined || issued === null) return refreshBeforeSeconds * 1_000;
  return Math.min(refreshBeforeSeconds * 1_000, (end.getTime() - issued.getTime()) / 10);
}

/**
 * The account opened for calls, with an access token that is valid now. Throws `UpstreamError`; a dead session has
 * marked the account then.
 */
export async function openAccess(runtime: Needs, row: AccountRow): Promise<UpstreamAccess> {
  const end = accessEndOf(row);
  const tenth = refreshMarginMs(row, requestMarginMs / 1_000);
  const isFresh =
    row.accessTokenSealed !== null && end !== undefined && end.getTime() - tenth > runtime.now().getTime();
  return toAccess(runtime, isFresh ? row : await refreshAccess(runtime, row));
}

/**
 * Exchanges the session token for a new access token: one exchange at a time for an account, in this process and among
 * replicas; whoever asks meanwhile gets the same answer. `row` is what the caller saw fail: a newer token counts as done.
 */
export function refreshAccess(runtime: Needs, row: AccountRow): Promise<AccountRow> {
  const running = runtime.refreshing.get(row.id);
  if (running !== undefined) return running;
  const refresh = refreshOnce(runtime, row, AbortSignal.timeout(exchangeTimeoutMs)).finally(() =>
    runtime.refreshing.delete(row.id),
  );
  runtime.refreshing.set(row.id, refresh);
  return refresh;
}

async function refreshOnce(runtime: Needs, seen: AccountRow, signal: AbortSignal): Promise<AccountRow> {
  const { db, instanceId, now } = runtime;
  const lease = { name: `access:${seen.id}`, owner: instanceId };
  while (
    !(await claimLease(db, { ...lease, untilAt: new Date(now().getTime() + refreshLeaseMs), now: now() }))
  ) {
    if (signal.aborted) throw tooSlow();
    await new Promise((done) => setTimeout(done, otherReplicaPollMs));
  }
  try {
    const row = await findAccount(db, seen.id);
    if (row === undefined || row.sessionTokenSealed === null) throw gone();
    if (isNewer(row, seen)) return row;
    if (row.expiredAt !== null) throw expired(row.expiredReason);
    return await exchange(runtime, row, row.sessionTokenSealed, signal);
  } finally {
    await releaseLease(db, lease);
  }
}

const isNewer = (row: AccountRow, seen: AccountRow): boolean =>
  row.accessTokenIssuedAt !== null &&
  (seen.accessTokenIssuedAt === null || row.accessTokenIssuedAt > seen.accessTokenIssuedAt);

async function exchange(
  runtime: Needs,
  row: AccountRow,
  sealed: string,
  signal: AbortSignal,
): Promise<AccountRow> {
  const { db, upstream, secrets, now, log } = runtime;
  const proxyUrl = proxyOf(runtime, row);
  const open = (sessionToken: string): Promise<UpstreamSession> =>
    upstream.openSession({ sessionToken, ...(proxyUrl === undefined ? {} : { proxyUrl }) }, signal);
  try {
    const session = await open(openSecret(runtime, row.id, sealed));
    const rotated = await provenRotation(session, open, log);
    const stored = await updateAccount(
      db,
      row.id,
      {
        accessTokenSealed: secrets.seal(rotated?.session.accessToken ?? session.accessToken),
        accessTokenIssuedAt: now(),
        accessTokenExpiresAt: rotated?.session.expiresAt ?? session.expiresAt,
        expiredAt: null,
        expiredReason: null,
        ...(rotated === undefined
          ? {}
          : {
              sessionTokenSealed: secrets.seal(rotated.token),
              sessionTokenHash: secrets.fingerprint(rotated.token),
            }),
      },
      now(),
    );
    if (stored === undefined) throw gone();
    return await withBalance(runtime, stored, signal);
  } catch (error) {
    if (isUpstreamError(error) && error.failure.account.type === 'session_dead') {
      const { reason } = error.failure.account;
      await changeAccount(db, row.id, now(), (current) =>
        current.sessionTokenHash === row.sessionTokenHash
          ? { expiredAt: now(), expiredReason: reason }
          : undefined,
      );
      log.warn({ accountId: row.id, reason }, 'the session of an account has ended');
    }
    throw error;
  }
}

/**
 * Credits and plan as they are now: asked with every new access token, so about once an hour. Without it an account that
 * had run out would never be used again. An answer that does not come changes nothing.
 */
async function withBalance(runtime: Needs, row: AccountRow, signal: AbortSignal): Promise<AccountRow> {
  try {
    const balance = await runtime.upstream.getBalance(toAccess(runtime, row), signal);
    return (await changeHealth(runtime, row.id, () => applyBalance(balance, runtime.now()))) ?? row;
  } catch (error) {
    runtime.log.info({ accountId: row.id, err: error }, 'the balance of an account could not be asked for');
    return row;
  }
}

/** A session token that the answer set is believed only after it has given an access token of its own. */
export async function provenRotation(
  session: UpstreamSession,
  open: (sessionToken: string) => Promise<UpstreamSession>,
  log: Runtime['log'],
): Promise<{ token: string; session: UpstreamSession } | undefined> {
  const token = session.rotatedSessionToken;
  if (token === undefined) return undefined;
  try {
    return { token, session: await open(token) };
  } catch (error) {
    log.info({ err: error }, 'a session token that upstream rotated to does not work; the old one stays');
    return undefined;
  }
}

/** Renews the access tokens that end soon, one account after the other. Gives how many were renewed and how many failed. */
export async function refreshDueAccess(
  runtime: Needs,
  signal: AbortSignal,
): Promise<{ renewed: number; failed: number }> {
  const refreshBefore = runtime.settings.current()['routing.refresh_before'];
  if (refreshBefore === 0) return { renewed: 0, failed: 0 };
  const now = runtime.now();
  const rows = await listAccountsToRefresh(
    runtime.db,
    new Date(now.getTime() + bearerLifeMs + refreshBefore * 1_000),
  );
  let renewed = 0;
  let failed = 0;
  for (const row of rows) {
    if (signal.aborted) break;
    const end = accessEndOf(row);
    if (end !== undefined && end.getTime() - refreshMarginMs(row, refreshBefore) > now.getTime()) continue;
    try {
      await refreshAccess(runtime, row);
      renewed += 1;
    } catch (error) {
      failed += 1;
      runtime.log.warn({ accountId: row.id, err: error }, 'an access token could not be renewed');
    }
  }
  return { renewed, failed };
}

function toAccess(runtime: Needs, row: AccountRow): UpstreamAccess {
  if (row.sessionTokenSealed === null || row.accessTokenSealed === null) throw gone();
  const proxyUrl = proxyOf(runtime, row);
  const settings = runtime.settings.current();
  const mediaProxyUrl = settings['proxy.media_enabled'] ? settings['proxy.media_url'] : proxyUrl;
  return {
    accountId: row.id,
    sessionToken: openSecret(runtime, row.id, row.sessionTokenSealed),
    accessToken: openSecret(runtime, row.id, row.accessTokenSealed),
    tier: row.tier,
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
    ...(mediaProxyUrl === undefined || mediaProxyUrl === '' ? {} : { mediaProxyUrl }),
  };
}

/** The account's own proxy, else the one of the settings. */
function proxyOf(
  { settings, secrets }: Pick<Runtime, 'settings' | 'secrets'>,
  row: AccountRow,
): string | undefined {
  if (row.proxyUrlSealed !== null) return secrets.open(row.proxyUrlSealed);
  const current = settings.current();
  return current['proxy.enabled'] && current['proxy.url'] !== '' ? current['proxy.url'] : undefined;
}

const tooSlow = () =>
  new UpstreamError(
    'upstream_unavailable',
    'Another process takes too long to renew the access of the account.',
    {
      accepted: 'no',
      retry: 'same_account',
      account: { type: 'none' },
    },
  );

/** A stored secret as text. One that cannot be opened makes the account unusable, not the request. */
function openSecret(
  { secrets, log }: Pick<Runtime, 'secrets' | 'log'>,
  accountId: string,
  sealed: string,
): string {
  try {
    return secrets.open(sealed);
  } catch (error) {
    log.error({ accountId, err: error }, 'the secrets of an account cannot be opened');
    throw new UpstreamError(
      'upstream_unavailable',
      'The stored sign-in of the account that was to serve this cannot be read.',
      { accepted: 'no', retry: 'other_account', account: { type: 'session_dead', reason: 'unreadable' } },
      { cause: error },
    );
  }
}

const gone = () => new GatewayError('no_account_available', 'The account of this job has been removed.');

const expired = (reason: string | null) =>
  new UpstreamError('upstream_unavailable', 'The sign-in of the account that was to serve this has ended.', {
    accepted: 'no',
    retry: 'other_account',
    account: {
      type: 'session_dead',
      reason: reason === 'migrated' || reason === 'refresh_needed' ? reason : 'dead',
    },
  });
