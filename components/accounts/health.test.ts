import { expect, test } from 'vitest';
import type { AccountRow } from '@/lib/admin-api/accounts';
import { actionFor } from './health';

const health = (rest: Partial<AccountRow['health']> & Pick<AccountRow['health'], 'state'>) => ({
  facts: {},
  ...rest,
});

test.each([
  ['what was switched off can be switched on', health({ state: 'disabled' }), { type: 'enable' }],
  ['a ban is forgiven', health({ state: 'banned' }), { type: 'enable_and_reset' }],
  ['a cooldown can be ended', health({ state: 'cooldown' }), { type: 'end_cooldown' }],
  ['an ended sign-in needs another token', health({ state: 'expired' }), { type: 'replace_token' }],
  ['credits are asked for again', health({ state: 'exhausted' }), { type: 'refresh_credits' }],
  ['errors are reset', health({ state: 'degraded', reason: 'errors' }), { type: 'reset_errors' }],
  [
    'access is asked for',
    health({ state: 'degraded', reason: 'refresh_failing' }),
    { type: 'refresh_access' },
  ],
  [
    'a block is tried again by its scope',
    health({ state: 'degraded', reason: 'challenge', facts: { scope: 'video' } }),
    { type: 'unblock', scope: 'video' },
  ],
  [
    'nothing here sets the clock right',
    health({ state: 'degraded', reason: 'access_ended_on_arrival' }),
    undefined,
  ],
  ['a healthy account needs nothing', health({ state: 'healthy' }), undefined],
])('%s', (_rule, given, expected) => {
  expect(actionFor(given)).toEqual(expected);
});
