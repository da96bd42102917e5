import type { AccountRow } from '@/db/repositories/accounts';

const second = 1_000;
const minute = 60 * second;
const bearerLifeMs = 60 * minute; // Google's bearer lives an hour, whatever the session answer says
// An exchange again at every use would be the answer to an `expires` that has passed already; a 401 exchanges anyway.
const leastLifeMs = 5 * minute;
const firstPauseMs = 30 * second;
const longestPauseMs = 15 * minute;

type Issued = Pick<AccountRow, 'accessTokenIssuedAt' | 'accessTokenExpiresAt'>;

/**
 * When the stored access token is taken to end: when upstream said, but an hour after it was issued at the latest, and
 * never sooner than some minutes after it, so that no answer makes every use of it an exchange.
 */
export function accessEndOf({
  accessTokenIssuedAt: issued,
  accessTokenExpiresAt: expires,
}: Issued): Date | undefined {
  if (issued === null || expires === null) return undefined;
  const lifeMs = Math.min(bearerLifeMs, Math.max(leastLifeMs, expires.getTime() - issued.getTime()));
  return new Date(issued.getTime() + lifeMs);
}

/** Whether upstream said, when it gave the access token, that it had ended already: one of two clocks is wrong. */
export const isEndedOnArrival = ({ accessTokenIssuedAt, accessTokenExpiresAt }: Issued): boolean =>
  accessTokenIssuedAt !== null &&
  accessTokenExpiresAt !== null &&
  accessTokenExpiresAt <= accessTokenIssuedAt;

/**
 * Whether the stored access token comes of another exchange than the one that was seen, and has not ended: then nobody
 * needs to exchange. What is stored is always the later one; the instants come from the clocks of several machines, so
 * that only their being different counts, not their order.
 */
export function isFromAnotherExchange(
  stored: Issued & Pick<AccountRow, 'accessTokenSealed'>,
  seen: Pick<AccountRow, 'accessTokenIssuedAt'>,
  now: Date,
): boolean {
  const end = accessEndOf(stored);
  return (
    stored.accessTokenSealed !== null &&
    end !== undefined &&
    end > now &&
    stored.accessTokenIssuedAt?.getTime() !== seen.accessTokenIssuedAt?.getTime()
  );
}

/** How long before its end a token is renewed: the setting, but at most a tenth of the token's life. */
export function refreshMarginMs(row: Issued, refreshBeforeSeconds: number): number {
  const end = accessEndOf(row);
  const wantedMs = refreshBeforeSeconds * second;
  if (end === undefined || row.accessTokenIssuedAt === null) return wantedMs;
  return Math.max(0, Math.min(wantedMs, (end.getTime() - row.accessTokenIssuedAt.getTime()) / 10));
}

/** How long the loop waits after so many failed exchanges in a row. A request that needs the token does not wait. */
export const refreshPauseMs = (failures: number): number =>
  failures === 0 ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));

/** Whether the loop renews the access token now: it ends soon, and the last failure is long enough ago. */
export function isRefreshDue(
  row: Issued & Pick<AccountRow, 'refreshFailures' | 'refreshFailedAt'>,
  refreshBeforeSeconds: number,
  now: Date,
): boolean {
  const end = accessEndOf(row);
  if (end !== undefined && end.getTime() - refreshMarginMs(row, refreshBeforeSeconds) > now.getTime())
    return false;
  const pausedUntil = (row.refreshFailedAt?.getTime() ?? 0) + refreshPauseMs(row.refreshFailures);
  return pausedUntil <= now.getTime();
}
