import { describe, expect, test } from 'vitest';
import type { UpstreamFailure } from '../errors';
import { nextMove, usesAttempt } from './decide';

const failure = (part: Partial<UpstreamFailure>): { failure: UpstreamFailure } => ({
  failure: { accepted: 'no', retry: 'other_account', account: { type: 'none' }, ...part },
});
const first = { attempts: 1, maxAttempts: 3, refreshed: false, reusesUploads: false };

describe('after a failed call', () => {
  test.each([
    [
      'a submit that may have been accepted is never repeated',
      failure({ accepted: 'unknown', retry: 'same_account' }),
      first,
      { type: 'find_out' },
    ],
    [
      '401 exchanges the session token',
      failure({ account: { type: 'access_expired' } }),
      first,
      { type: 'refresh' },
    ],
    [
      'a second 401 in the same turn does not',
      failure({ account: { type: 'access_expired' } }),
      { ...first, refreshed: true },
      { type: 'requeue', avoid: true },
    ],
    [
      'uploads of an earlier turn that have gone are made again',
      failure({ account: { type: 'not_found' } }),
      { ...first, reusesUploads: true },
      { type: 'upload_again' },
    ],
    [
      "a fresh upload that is not found is the account's fault",
      failure({ account: { type: 'not_found' } }),
      first,
      { type: 'requeue', avoid: true },
    ],
    ['what no repeat can mend fails at once', failure({ retry: 'never' }), first, { type: 'fail' }],
    ['the last attempt was the last', failure({}), { ...first, attempts: 3 }, { type: 'fail' }],
    [
      'an overloaded account may serve the job later',
      failure({ account: { type: 'cooldown', reason: 'load' } }),
      first,
      { type: 'requeue', avoid: false },
    ],
    [
      'a full account may serve the job later',
      failure({ account: { type: 'cooldown', reason: 'concurrency' } }),
      first,
      { type: 'requeue', avoid: false },
    ],
    [
      'waiting for room is no attempt',
      failure({ account: { type: 'cooldown', reason: 'concurrency' } }),
      { ...first, attempts: 3 },
      { type: 'requeue', avoid: false },
    ],
    [
      'a throttled account is left out for this job',
      failure({ account: { type: 'cooldown', reason: 'throttle' } }),
      first,
      { type: 'requeue', avoid: true },
    ],
    [
      'a passing fault is tried again on the same account',
      failure({ retry: 'same_account' }),
      first,
      { type: 'again', afterMs: 1_000 },
    ],
    [
      'then on another one',
      failure({ retry: 'same_account' }),
      { ...first, attempts: 2 },
      { type: 'requeue', avoid: true },
    ],
    ['another account is tried', failure({}), first, { type: 'requeue', avoid: true }],
  ] as const)('%s', (_rule, error, tried, expected) => {
    expect(nextMove(error, tried)).toEqual(expected);
  });
});

test.each([
  [
    'a dead session that is found out before anything was sent',
    { type: 'session_dead', reason: 'dead' },
    false,
    false,
  ],
  ['an access token that was refused twice', { type: 'session_dead', reason: 'migrated' }, true, true],
  ['a rate limit', { type: 'cooldown', reason: 'throttle' }, true, true],
  ['a broken connection before the submit', { type: 'none' }, false, true],
] as const)('%s: uses an attempt?', (_what, account, submitted, expected) => {
  expect(usesAttempt(failure({ account }).failure, { submitted })).toBe(expected);
});
