import { describe, expect, test } from 'vitest';
import type { AccountRow } from '@/db/repositories/accounts';
import { accountRow } from '../../tests/support/account-row';
import {
  accessEndOf,
  isEndedOnArrival,
  isFromAnotherExchange,
  isRefreshDue,
  refreshMarginMs,
  refreshPauseMs,
} from './access-life';

const now = new Date('2026-11-20T12:00:00Z');
const minutes = (count: number) => new Date(now.getTime() + count * 60_000);
const issued = (ago: number, life: number) => ({
  accessTokenIssuedAt: minutes(-ago),
  accessTokenExpiresAt: minutes(life - ago),
});

describe('an access token ends', () => {
  test.each([
    ['when upstream says so', issued(0, 30), 30],
    ['after an hour, whatever upstream says', issued(0, 30 * 24 * 60), 60],
    ['an hour after it was issued, not after it was looked at', issued(50, 600), 10],
    ['no sooner than five minutes after it was issued, whatever upstream says', issued(0, 1), 5],
    ['five minutes after it was issued where upstream says that it has ended', issued(0, -9_999), 5],
    ['five minutes after it was issued, not after it was looked at', issued(3, -60), 2],
  ])('%s', (_rule, row, expected) => {
    expect(accessEndOf(row)).toEqual(minutes(expected));
  });

  test('at no known time where there is none', () => {
    expect(accessEndOf({ accessTokenIssuedAt: null, accessTokenExpiresAt: null })).toBeUndefined();
  });
});

describe('the margin before it', () => {
  test.each([
    ['is a tenth of the life where the setting wants more', issued(0, 60), 3_600, 6],
    ['is the setting where that is less', issued(0, 60), 120, 2],
    ['is a tenth of a short life', issued(0, 10), 3_600, 1],
    ['is a tenth of the least life of one that has ended on arrival', issued(0, -5), 3_600, 0.5],
  ])('%s', (_rule, row, seconds, expected) => {
    expect(refreshMarginMs(row, seconds)).toBe(expected * 60_000);
  });
});

test.each([
  ['in the past', -0.1, true],
  ['just now', 0, true],
  ['in the future', 0.1, false],
])('an end %s is told from any other', (_when, life, expected) => {
  expect(isEndedOnArrival(issued(0, life))).toBe(expected);
});

describe('a stored access token spares the exchange', () => {
  const stored = (ago: number | null, part: object = {}) => ({
    accessTokenSealed: 'sealed',
    ...(ago === null ? { accessTokenIssuedAt: null, accessTokenExpiresAt: null } : issued(ago, 60)),
    ...part,
  });

  test.each([
    ['when it was issued after the one that was seen', stored(1), 30, true],
    ['also where the clock that issued it is behind', stored(40), 30, true],
    ['also where that clock is ahead', stored(-5), 30, true],
    ['when none was seen', stored(1), null, true],
    ['not when it is the one that was seen', stored(30), 30, false],
    ['not when it has ended itself', stored(61), 90, false],
    ['not when there is none', stored(null, { accessTokenSealed: null }), 30, false],
    ['not when it is not known since when', stored(null), 30, false],
  ] as const)('%s', (_rule, row, seenAgo, expected) => {
    const seen = { accessTokenIssuedAt: seenAgo === null ? null : minutes(-seenAgo) };
    expect(isFromAnotherExchange(row, seen, now)).toBe(expected);
  });
});

describe('C.5 the loop renews', () => {
  const due = (part: Partial<AccountRow>, refreshBefore = 3_600) =>
    isRefreshDue(accountRow(part), refreshBefore, now);

  test.each([
    ['not while more than the margin is left', issued(53, 60), false],
    ['from the margin on', issued(54, 60), true],
    ['what has run out', issued(61, 60), true],
    ['what claims to live for a month, within its hour', issued(54, 30 * 24 * 60), true],
    ['where there is none', {}, true],
    [
      'not right after a failure',
      { ...issued(61, 60), refreshFailures: 1, refreshFailedAt: minutes(-0.4) },
      false,
    ],
    [
      'half a minute after the first failure',
      { ...issued(61, 60), refreshFailures: 1, refreshFailedAt: minutes(-0.5) },
      true,
    ],
    [
      'not so soon after the fourth one',
      { ...issued(61, 60), refreshFailures: 4, refreshFailedAt: minutes(-3.9) },
      false,
    ],
    [
      'a quarter of an hour after any failure at the latest',
      { ...issued(61, 60), refreshFailures: 99, refreshFailedAt: minutes(-15) },
      true,
    ],
  ] as [string, Partial<AccountRow>, boolean][])('%s', (_rule, part, expected) => {
    expect(due(part)).toBe(expected);
  });

  test('with pauses that grow', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7].map(refreshPauseMs)).toEqual(
      [0, 30, 60, 120, 240, 480, 900, 900].map((seconds) => seconds * 1_000),
    );
  });
});
