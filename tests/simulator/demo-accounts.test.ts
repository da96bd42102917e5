import { expect, test } from 'vitest';
import { demoAccounts } from './demo-accounts';

test('there is one account of each plan, with session tokens that look real and differ', () => {
  expect(demoAccounts.map((account) => account.tier)).toEqual([
    'PAYGATE_TIER_NOT_PAID',
    'PAYGATE_TIER_ONE',
    'PAYGATE_TIER_TWO',
  ]);
  for (const { sessionToken } of demoAccounts) expect(sessionToken).toMatch(/^eyJ[\w.-]{200,}$/);
  expect(new Set(demoAccounts.map((account) => account.sessionToken)).size).toBe(3);
});
