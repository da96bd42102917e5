import type { UpstreamError, UpstreamFailure } from '../errors';

/** What a job does after an upstream call failed before acceptance, or with an unknown outcome. */
export type NextMove =
  /** The submit may have been accepted: search the listing, never submit again. */
  | { type: 'find_out' }
  /** The access token was refused: exchange once and do the same call again. */
  | { type: 'refresh' }
  /** The uploaded pictures have gone: upload them again, once. */
  | { type: 'upload_again' }
  /** Do the same call again after a pause. */
  | { type: 'again'; afterMs: number }
  /** Back to the queue; `avoid`: not with this account. */
  | { type: 'requeue'; avoid: boolean }
  | { type: 'fail' };

/** What has been tried on this job so far. */
export type Tried = {
  /** Calls that failed, this one included. */
  attempts: number;
  maxAttempts: number;
  /** Whether this turn has exchanged the session token already. */
  refreshed: boolean;
  /** Whether the job uses uploads that were not made in this turn. */
  reusesUploads: boolean;
};

const firstPauseMs = 1_000;
const longestPauseMs = 8_000;

/** The rule for every failed call of a job that upstream has not accepted. Pure. */
export function nextMove({ failure }: Pick<UpstreamError, 'failure'>, tried: Tried): NextMove {
  if (failure.accepted === 'unknown') return { type: 'find_out' };
  if (failure.account.type === 'access_expired')
    return tried.refreshed ? { type: 'requeue', avoid: true } : { type: 'refresh' };
  if (failure.account.type === 'not_found' && tried.reusesUploads) return { type: 'upload_again' };
  if (failure.retry === 'never') return { type: 'fail' };
  if (passes(failure)) return { type: 'requeue', avoid: false };
  if (tried.attempts >= tried.maxAttempts) return { type: 'fail' };
  if (failure.account.type === 'cooldown') return { type: 'requeue', avoid: true };
  // Once more on the same account: most such faults pass at once. After that another account may know better.
  if (failure.retry === 'same_account' && tried.attempts === 1)
    return { type: 'again', afterMs: pauseAfter(1) };
  return { type: 'requeue', avoid: true };
}

/** Whether this is only a matter of waiting: then the job's time bounds it, not the number of attempts. */
export const passes = ({ account }: UpstreamFailure): boolean =>
  account.type === 'cooldown' && (account.reason === 'load' || account.reason === 'concurrency');

/**
 * Whether a failure uses up an attempt. A dead session that is found out before anything was sent does not: it is found
 * once for each account, and the next one may well be alive.
 */
export const usesAttempt = ({ account }: UpstreamFailure, { submitted }: { submitted: boolean }): boolean =>
  submitted || account.type !== 'session_dead';

/** Growing pauses between repeats, in milliseconds. */
export const pauseAfter = (attempts: number): number =>
  Math.min(longestPauseMs, firstPauseMs * 2 ** (attempts - 1));
