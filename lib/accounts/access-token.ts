import { type AccountRow, findAccount, listRefreshable } from '@/db/repositories/accounts';
import { claimLease, releaseLease } from '@/db/repositories/leases';
import { GatewayError, isUpstreamError, UpstreamError } from '../errors';
import type { UpstreamAccess, UpstreamBalance, UpstreamSession } from '../generation/upstream';
import type { Runtime } from '../runtime';
import { accessEndOf, isFromAnotherExchange, isRefreshDue, refreshMarginMs } from './access-life';
import { changeHealth } from './change-health';
import { applyBalance, applyRefreshFailed, applySessionDead, applySessionOpened } from './health';

type Needs = Pick<
  Runtime,
  'db' | 'upstream' | 'secrets' | 'settings' | 'now' | 'log' | 'instanceId' | 'refreshing'
>;

const requestMarginSeconds = 60; // a token about to end would end inside the call
const refreshLeaseMs = 30_000;
const renewLeaseMs = 10_000; // an exchange may take longer than the lease: it is renewed meanwhile
const otherReplicaPollMs = 250;
const exchangeTimeoutMs = 60_000; // shared by everyone who waits, so no single caller's signal ends it
const exchangesAtOnce = 8; // of the loop

/**
 * The account opened for calls, with an access token that is valid now. Throws `UpstreamError`; a dead session has
 * marked the account then.
 */
export async function openAccess(runtime: Needs, row: AccountRow): Promise<UpstreamAccess> {
  return toAccess(runtime, await withValidAccess(runtime, row));
}

async function withValidAccess(runtime: Needs, row: AccountRow): Promise<AccountRow> {
  const end = accessEndOf(row);
  const isFresh =
    row.accessTokenSealed !== null &&
    end !== undefined &&
    end.getTime() - refreshMarginMs(row, requestMarginSeconds) > runtime.now().getTime();
  return isFresh ? row : refreshAccess(runtime, row);
}

/**
 * Calls upstream for the account; an access token that is refused is exchanged, and the call is made once more. When the
 * new one is refused as well the account is marked, so that nobody goes on exchanging. Throws what the call throws.
 */
export async function callWithAccess<T>(
  runtime: Needs,
  account: AccountRow,
  call: (access: UpstreamAccess) => Promise<T>,
): Promise<T> {
  const row = await withValidAccess(runtime, account);
  try {
    return await call(toAccess(runtime, row));
  } catch (error) {
    if (!isAccessRefused(error)) throw error;
  }
  const renewed = await refreshAccess(runtime, row);
  try {
    return await call(toAccess(runtime, renewed));
  } catch (error) {
    throw await noteSecondRefusal(runtime, renewed, error);
  }
}

/** The error of a call with an access token that was just exchanged; where that is refused too, the account is marked. */
export async function noteSecondRefusal(
  runtime: Needs,
  renewed: AccountRow,
  error: unknown,
): Promise<unknown> {
  if (!isAccessRefused(error)) return error;
  await markSessionDead(runtime, renewed, 'migrated');
  return refusedTwice(error);
}

const isAccessRefused = (error: unknown): error is UpstreamError =>
  isUpstreamError(error) && error.failure.account.type === 'access_expired';

/** A fresh access token that is refused as well: the account lives elsewhere now, or its session is as good as dead. */
export const refusedTwice = (error: UpstreamError): UpstreamError =>
  isAccessRefused(error)
    ? new UpstreamError(
        error.code,
        error.message,
        { ...error.failure, retry: 'other_account', account: { type: 'session_dead', reason: 'migrated' } },
        { cause: error },
      )
    : error;

/** Writes that a session token gives no access any more, unless another one has taken its place meanwhile. */
async function markSessionDead(
  runtime: Needs,
  seen: AccountRow,
  reason: 'dead' | 'refresh_needed' | 'migrated' | 'unreadable',
): Promise<void> {
  await changeHealth(runtime, seen.id, (row) =>
    isSameSession(row, seen) ? applySessionDead(row, reason, runtime.now()) : undefined,
  );
  runtime.log.warn({ accountId: seen.id, reason }, 'the session of an account has ended');
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
  const { db, instanceId, now, log } = runtime;
  const lease = { name: `access:${seen.id}`, owner: instanceId };
  const claim = () =>
    claimLease(db, { ...lease, untilAt: new Date(now().getTime() + refreshLeaseMs), now: now() });
  while (!(await claim())) {
    if (signal.aborted) throw tooSlow();
    await new Promise((done) => setTimeout(done, otherReplicaPollMs));
  }
  let renewing: Promise<unknown> = Promise.resolve();
  const renewal = setInterval(() => {
    renewing = claim().catch((error: unknown) =>
      log.warn({ accountId: seen.id, err: error }, 'the lease of an exchange was not renewed'),
    );
  }, renewLeaseMs);
  try {
    const row = await findAccount(db, seen.id);
    if (row === undefined || row.sessionTokenSealed === null) throw gone();
    if (isFromAnotherExchange(row, seen, now())) return row;
    if (row.expiredAt !== null) throw expired(row.expiredReason);
    return await exchange(runtime, row, row.sessionTokenSealed, signal);
  } finally {
    clearInterval(renewal);
    await renewing; // or it would take the lease again after it was given back
    await releaseLease(db, lease);
  }
}

async function exchange(
  runtime: Needs,
  row: AccountRow,
  sealed: string,
  signal: AbortSignal,
): Promise<AccountRow> {
  try {
    return await openSession(runtime, row, openSecret(runtime, row.id, sealed), signal);
  } catch (error) {
    const successor = await findSuccessor(runtime, row);
    if (successor !== undefined) return successor;
    if (isUpstreamError(error) && error.failure.account.type === 'session_dead') {
      await markSessionDead(runtime, row, error.failure.account.reason);
    } else if (isUpstreamError(error)) {
      await changeHealth(runtime, row.id, (current) =>
        isSameSession(current, row) ? applyRefreshFailed(current, runtime.now()) : undefined,
      );
    }
    throw error;
  }
}

/** Whether the account still has the session token that was seen: what another one came to says nothing about it. */
const isSameSession = (current: AccountRow, seen: AccountRow): boolean =>
  current.sessionTokenHash === seen.sessionTokenHash;

/** The account with the session token that was put in the place of the one in use, and has given access already. */
async function findSuccessor({ db, now }: Needs, seen: AccountRow): Promise<AccountRow | undefined> {
  const current = await findAccount(db, seen.id);
  if (current === undefined || isSameSession(current, seen)) return undefined;
  return isFromAnotherExchange(current, seen, now()) ? current : undefined;
}

async function openSession(
  runtime: Needs,
  row: AccountRow,
  sessionToken: string,
  signal: AbortSignal,
): Promise<AccountRow> {
  const { upstream, secrets, now } = runtime;
  const proxyUrl = proxyOf(runtime, row);
  const open = (token: string): Promise<UpstreamSession> =>
    upstream.openSession({ sessionToken: token, ...(proxyUrl === undefined ? {} : { proxyUrl }) }, signal);
  const given = await open(sessionToken);
  const prove = (token: string, { accessToken }: UpstreamSession) =>
    upstream.getBalance(
      {
        accountId: row.id,
        sessionToken: token,
        accessToken,
        tier: row.tier,
        ...(proxyUrl === undefined ? {} : { proxyUrl }),
      },
      signal,
    );
  const rotated = await provenRotation(given, { open, prove, log: runtime.log });
  const session = rotated?.session ?? given;
  // Credits and plan as they are now: asked with every new access token, so about once an hour. Without it an account
  // that had run out would never be used again. An answer that does not come changes nothing.
  const balance = rotated?.balance ?? (await askOnce(runtime, row, () => prove(sessionToken, given)));
  const at = now();
  const changes = {
    ...applySessionOpened(),
    accessTokenSealed: secrets.seal(session.accessToken),
    accessTokenIssuedAt: at,
    accessTokenExpiresAt: session.expiresAt,
    ...(rotated === undefined
      ? {}
      : {
          sessionTokenSealed: secrets.seal(rotated.token),
          sessionTokenHash: secrets.fingerprint(rotated.token),
        }),
    ...(balance === undefined ? {} : applyBalance(balance, at)),
  };
  // A session token that was replaced meanwhile stays, with the access that it gave.
  const stored = await changeHealth(runtime, row.id, (current) =>
    isSameSession(current, row) ? changes : undefined,
  );
  if (stored === undefined) throw gone();
  return stored;
}

async function askOnce(
  { log }: Needs,
  row: AccountRow,
  ask: () => Promise<UpstreamBalance>,
): Promise<UpstreamBalance | undefined> {
  try {
    return await ask();
  } catch (error) {
    log.info({ accountId: row.id, err: error }, 'the balance of an account could not be asked for');
    return undefined;
  }
}

/** A session token that an answer set, once it has given an access token of its own and that one has worked. */
export async function provenRotation(
  session: UpstreamSession,
  {
    open,
    prove,
    log,
  }: {
    open: (sessionToken: string) => Promise<UpstreamSession>;
    prove: (sessionToken: string, session: UpstreamSession) => Promise<UpstreamBalance>;
    log: Runtime['log'];
  },
): Promise<{ token: string; session: UpstreamSession; balance: UpstreamBalance } | undefined> {
  const token = session.rotatedSessionToken;
  if (token === undefined) return undefined;
  try {
    const opened = await open(token);
    return { token, session: opened, balance: await prove(token, opened) };
  } catch (error) {
    log.info({ err: error }, 'a session token that upstream rotated to does not work; the old one stays');
    return undefined;
  }
}

/**
 * Renews the access tokens that end soon, some at a time, and those that could not be had, with growing pauses. Gives how
 * many were renewed and how many failed.
 */
export async function refreshDueAccess(
  runtime: Needs,
  signal: AbortSignal,
): Promise<{ renewed: number; failed: number }> {
  const refreshBefore = runtime.settings.current()['routing.refresh_before'];
  if (refreshBefore === 0) return { renewed: 0, failed: 0 };
  const due = (await listRefreshable(runtime.db)).filter((row) =>
    isRefreshDue(row, refreshBefore, runtime.now()),
  );
  let renewed = 0;
  let failed = 0;
  let next = 0;
  const work = async () => {
    for (let row = due[next++]; row !== undefined && !signal.aborted; row = due[next++]) {
      try {
        await refreshAccess(runtime, row);
        renewed += 1;
      } catch (error) {
        failed += 1;
        runtime.log.warn({ accountId: row.id, err: error }, 'an access token could not be renewed');
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(exchangesAtOnce, due.length) }, work));
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
  runtime: Pick<Runtime, 'settings' | 'secrets' | 'log'>,
  row: AccountRow,
): string | undefined {
  if (row.proxyUrlSealed !== null) return openSecret(runtime, row.id, row.proxyUrlSealed);
  const current = runtime.settings.current();
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
export function openSecret(
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

/** A stored secret as text; `undefined` where there is none, and for one that cannot be opened, which the log names. */
export function findSecret(
  runtime: Pick<Runtime, 'secrets' | 'log'>,
  accountId: string,
  sealed: string | null,
): string | undefined {
  if (sealed === null) return undefined;
  try {
    return openSecret(runtime, accountId, sealed);
  } catch (error) {
    if (!isUpstreamError(error)) throw error;
    return undefined; // logged where it was opened
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
