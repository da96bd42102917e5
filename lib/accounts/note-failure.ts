import { type AccountRow, listAccounts } from '@/db/repositories/accounts';
import type { UpstreamError } from '../errors';
import type { MediaKind } from '../models/types';
import type { Runtime } from '../runtime';
import { dayZone, endOfDay } from '../usage/day';
import { changeHealth } from './change-health';
import { applyFailure, sharedMark, takeBackError } from './health';

type Needs = Pick<Runtime, 'db' | 'settings' | 'now' | 'log'>;

const comparedMs = 5 * 60_000; // a 5xx that another account gets within this time is the upstream's

/** Writes what a failed call means for the account. Most failures mean nothing for it. */
export async function noteFailure(
  runtime: Needs,
  /** With the session token that the call was made with, where its end is what may have been found out. */
  account: Pick<AccountRow, 'id'> & Partial<Pick<AccountRow, 'sessionTokenHash'>>,
  error: UpstreamError,
  what: {
    kind: MediaKind;
    modelKey: string;
    /** The call named a file that was made earlier, so that a 404 may mean the file. */
    namesOlderFile?: boolean;
  },
): Promise<void> {
  const { settings, now, log } = runtime;
  const verdict = error.failure.account;
  if (verdict.type === 'none' || verdict.type === 'access_expired') return;
  const at = now();
  const isServerError = verdict.type === 'suspicious' && (error.failure.status ?? 0) >= 500;
  const others = isServerError ? await othersEnabled(runtime, account.id) : [];
  const sharing = others.filter((row) => hadServerError(row, at));
  const isFileMissing = verdict.type === 'not_found' && what.namesOlderFile === true;
  const isShared = sharing.length > 0;
  // With nobody to compare with, a 5xx says nothing about the account.
  const isOwnFault = (row: AccountRow) =>
    !isFileMissing &&
    (!isServerError || (!isShared && others.some((other) => servedMeanwhile(other, row, at))));
  const current = settings.current();
  const dayEndsAt = endOfDay(at, dayZone(runtime));
  await changeHealth(
    runtime,
    account.id,
    (row) => {
      const isReplaced =
        account.sessionTokenHash !== undefined && account.sessionTokenHash !== row.sessionTokenHash;
      if (verdict.type === 'session_dead' && isReplaced) return undefined; // that one is gone already
      // Its own last one counted before the others had theirs.
      const takenBack = isShared && hadServerError(row, at) ? takeBackError(row) : undefined;
      const changes = applyFailure(
        { ...row, errorStreak: takenBack?.errorStreak ?? row.errorStreak },
        verdict,
        {
          ...what,
          code: `${codeOf(error)}${isShared ? sharedMark : ''}`,
          now: at,
          dayEndsAt,
          threshold: current['routing.error_threshold'],
          cooldownAfter429Seconds: current['routing.cooldown_after_429'],
          isOwnFault: isOwnFault(row),
        },
      );
      return changes === undefined ? undefined : { ...takenBack, ...changes };
    },
    { errors: 1 },
  );
  for (const row of sharing) await changeHealth(runtime, row.id, takeBackError);
  log.info({ accountId: account.id, verdict }, 'a failure was noted on an account');
}

const othersEnabled = async ({ db }: Needs, id: string): Promise<AccountRow[]> =>
  (await listAccounts(db)).filter((row) => row.id !== id && row.enabled && row.removedAt === null);

/** The other account was delivered to lately, and since the last error of this one: upstream itself works. */
const servedMeanwhile = ({ lastSuccessAt }: AccountRow, row: AccountRow, at: Date): boolean =>
  lastSuccessAt !== null &&
  at.getTime() - lastSuccessAt.getTime() < comparedMs &&
  (row.errorStreak === 0 || row.lastErrorAt === null || lastSuccessAt > row.lastErrorAt);

const hadServerError = (row: AccountRow, at: Date): boolean =>
  row.lastErrorAt !== null &&
  at.getTime() - row.lastErrorAt.getTime() < comparedMs &&
  /^HTTP 5\d\d/.test(row.lastErrorCode ?? '');

/** The status leads where it is a 5xx: by that accounts are compared. */
function codeOf({ code, failure: { status, reason } }: UpstreamError): string {
  if (status !== undefined && status >= 500)
    return `HTTP ${status}${reason === undefined ? '' : ` ${reason}`}`;
  return reason ?? (status === undefined ? code : `HTTP ${status}`);
}
