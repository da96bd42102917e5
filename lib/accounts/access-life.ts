import type { AccountRow } from '@/db/repositories/accounts';

const second = 1_000;
const minute = 60 * second;
const bearerLifeMs = 60 * minute; // Google's bearer lives an hour, whatever the session answer says
const firstPauseMs = 30 * second;
const longestPauseMs = 15 * minute;

type Issued = Pick<AccountRow, 'accessTokenIssuedAt' | 'accessTokenExpiresAt'>;

/** When the stored access token really ends: the sooner of what upstream said and an hour after it was issued. */
export function accessEndOf({
  accessTokenIssuedAt: issued,
  accessTokenExpiresAt: expires,
}: Issued): Date | undefined {
  if (issued === null || expires === null) return undefined;
  return new Date(Math.min(expires.getTime(), issued.getTime() + bearerLifeMs));
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
