import { describe, expect, test } from 'vitest';
import type { AccountRow } from '@/db/repositories/accounts';
import { accountRow as anyAccountRow } from '../../tests/support/account-row';
import type { AccountVerdict } from '../errors';
import {
  applyBalance,
  applyBlocksEnded,
  applyCooldownEnded,
  applyDisabled,
  applyEnabled,
  applyErrorsReset,
  applyFailure,
  applySuccess,
  applyTimePassed,
  type FailureContext,
  healthOf,
  sharedMark,
  takeBackError,
} from './health';

const accountRow = (part: Partial<AccountRow> = {}): AccountRow =>
  anyAccountRow({ disabledAt: null, sessionTokenReplacedAt: null, ...part });
const now = new Date('2026-11-20T12:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

describe('health: the first that fits', () => {
  test.each([
    [
      'disabled wins over all',
      { enabled: false, bannedAt: now, cooldownUntil: later(9), expiredAt: now },
      'disabled',
    ],
    ['banned', { bannedAt: now, cooldownUntil: later(9), expiredAt: now }, 'banned'],
    ['cooling down', { cooldownUntil: later(9), expiredAt: now }, 'cooldown'],
    ['a cooldown that is over', { cooldownUntil: now }, 'healthy'],
    ['signed out', { expiredAt: now, credits: 0 }, 'expired'],
    ['out of credits', { credits: 0, errorStreak: 1 }, 'exhausted'],
    ['no credits matter to pictures only', { credits: 0, videoEnabled: false }, 'healthy'],
    ['a block', { blocks: [{ scope: 'video', reason: 'challenge' }] }, 'degraded'],
    ['errors in a row', { errorStreak: 2 }, 'degraded'],
    ['nothing', {}, 'healthy'],
  ] as const)('%s', (_rule, part, expected) => {
    expect(healthOf(accountRow(part as Partial<AccountRow>), now).state).toBe(expected);
  });
});

describe('a failure', () => {
  const context: FailureContext = {
    kind: 'video',
    modelKey: 'veo_key',
    code: 'CODE',
    now,
    threshold: 3,
    cooldownAfter429Seconds: 43_200,
    isOwnFault: true,
  };
  const changesOf = (
    verdict: AccountVerdict,
    row: Partial<AccountRow> = {},
    part: Partial<FailureContext> = {},
  ) => applyFailure(accountRow(row), verdict, { ...context, ...part });

  test.each([
    ['content refusals and network errors say nothing about the account', { type: 'none' }, undefined],
    ['a 401 says nothing yet', { type: 'access_expired' }, undefined],
    [
      'a dead session signs out',
      { type: 'session_dead', reason: 'migrated' },
      { expiredAt: now, expiredReason: 'migrated' },
    ],
    [
      'a challenge blocks the kind until somebody acts',
      { type: 'challenge' },
      { blocks: [{ scope: 'video', reason: 'challenge' }] },
    ],
    [
      'overload rests 30 s',
      { type: 'cooldown', reason: 'load' },
      { cooldownUntil: later(30), cooldownReason: 'load' },
    ],
    ['throttling rests an hour', { type: 'cooldown', reason: 'throttle' }, { cooldownUntil: later(3_600) }],
    [
      'a 429 without a reason rests as long as the setting says',
      { type: 'cooldown', reason: 'unknown_429' },
      { cooldownUntil: later(43_200) },
    ],
    [
      'Retry-After wins',
      { type: 'cooldown', reason: 'throttle', retryAfterSeconds: 7 },
      { cooldownUntil: later(7) },
    ],
    [
      'a used-up model rests until the next day',
      { type: 'model_quota' },
      { blocks: [{ scope: 'veo_key', reason: 'model_quota', until: Date.parse('2026-11-21T00:00:00Z') }] },
    ],
    [
      'a model outside the plan is blocked for a day',
      { type: 'no_access' },
      { blocks: [{ scope: 'veo_key', reason: 'no_access', until: later(86_400).getTime() }] },
    ],
    ['an unexplained failure adds to the streak', { type: 'suspicious' }, { errorStreak: 1 }],
    ['a key that the plan should have adds to the streak', { type: 'not_found' }, { errorStreak: 1 }],
  ] as const)('%s', (_rule, verdict, expected) => {
    const changes = changesOf(verdict);
    if (expected === undefined) expect(changes).toBeUndefined();
    else expect(changes).toMatchObject(expected);
  });

  test('the third error in a row bans', () => {
    expect(changesOf({ type: 'suspicious' }, { errorStreak: 2 })).toMatchObject({
      errorStreak: 3,
      bannedAt: now,
      banReason: 'CODE',
    });
  });

  test("an outage of upstream itself is nobody's fault", () => {
    expect(changesOf({ type: 'suspicious' }, { errorStreak: 2 }, { isOwnFault: false })).not.toHaveProperty(
      'bannedAt',
    );
  });

  test('a short rest does not shorten a long one', () => {
    expect(changesOf({ type: 'cooldown', reason: 'load' }, { cooldownUntil: later(999) })).not.toHaveProperty(
      'cooldownUntil',
    );
  });

  test('a block is not kept twice, and others stay', () => {
    const blocks = [
      { scope: 'video', reason: 'challenge' },
      { scope: 'image', reason: 'challenge' },
    ];
    expect(changesOf({ type: 'challenge' }, { blocks })?.blocks).toHaveLength(2);
  });

  test('a success ends the streak and counts', () => {
    expect(applySuccess(accountRow({ errorStreak: 2, videoCount: 4 }), 'video', now)).toMatchObject({
      errorStreak: 0,
      videoCount: 5,
    });
  });
});

const video = { scope: 'video', reason: 'challenge' };
const over = { scope: 'veo_key', reason: 'model_quota', until: now.getTime() };
const cause = {
  kind: 'video',
  modelKey: 'veo_key',
  code: 'CODE',
  now,
  threshold: 3,
  cooldownAfter429Seconds: 43_200,
  isOwnFault: true,
} as const satisfies FailureContext;
const failing =
  (verdict: AccountVerdict, part: Partial<FailureContext> = {}) =>
  (row: AccountRow) =>
    applyFailure(row, verdict, { ...cause, ...part });

describe('every transition', () => {
  test.each([
    ['healthy', 'errors in a row', {}, failing({ type: 'suspicious' }), 'degraded'],
    ['healthy', 'a challenge', {}, failing({ type: 'challenge' }), 'degraded'],
    ['healthy', 'the quota of a model', {}, failing({ type: 'model_quota' }), 'degraded'],
    ['healthy', 'a model outside the plan', {}, failing({ type: 'no_access' }), 'degraded'],
    ['healthy', 'a rate limit', {}, failing({ type: 'cooldown', reason: 'throttle' }), 'cooldown'],
    ['healthy', 'a dead session', {}, failing({ type: 'session_dead', reason: 'dead' }), 'expired'],
    ['healthy', 'no credits', {}, failing({ type: 'out_of_credits' }), 'exhausted'],
    ['healthy', 'a threshold of one', {}, failing({ type: 'suspicious' }, { threshold: 1 }), 'banned'],
    ['healthy', 'the hand', {}, () => applyDisabled(now), 'disabled'],
    ['healthy', 'a refused content', {}, failing({ type: 'none' }), 'healthy'],
    ['healthy', 'one refused access token', {}, failing({ type: 'access_expired' }), 'healthy'],
    [
      'healthy',
      "the upstream's own failure",
      {},
      failing({ type: 'suspicious' }, { isOwnFault: false }),
      'healthy',
    ],
    [
      'healthy',
      'the loss of an older file',
      {},
      failing({ type: 'not_found' }, { isOwnFault: false }),
      'healthy',
    ],
    ['degraded', 'a success', { errorStreak: 2 }, (row) => applySuccess(row, 'image', now), 'healthy'],
    [
      'degraded',
      'a success, which ends no block',
      { blocks: [video] },
      (row) => applySuccess(row, 'image', now),
      'degraded',
    ],
    ['degraded', 'one error too many', { errorStreak: 2 }, failing({ type: 'not_found' }), 'banned'],
    ['degraded', 'errors that are reset', { errorStreak: 2 }, () => applyErrorsReset(), 'healthy'],
    ['degraded', 'trying again', { blocks: [video] }, (row) => applyBlocksEnded(row, 'video'), 'healthy'],
    [
      'degraded',
      'time, for a block without an end',
      { blocks: [video] },
      (row) => applyTimePassed(row, later(9e6)),
      'degraded',
    ],
    [
      'degraded',
      "a fault that turns out to be the upstream's",
      { errorStreak: 1, lastErrorCode: 'HTTP 500' },
      takeBackError,
      'healthy',
    ],
    [
      'cooldown',
      'ending it by hand',
      { cooldownUntil: later(9), cooldownReason: 'load' },
      () => applyCooldownEnded(),
      'healthy',
    ],
    [
      'cooldown',
      'a dead session behind it',
      { cooldownUntil: later(9), expiredAt: now },
      () => applyCooldownEnded(),
      'expired',
    ],
    [
      'exhausted',
      'credits that came back',
      { credits: 0 },
      () => applyBalance({ credits: 500, tier: 'pro' }, now),
      'healthy',
    ],
    [
      'exhausted',
      'a success with a picture',
      { credits: 0 },
      (row) => applySuccess(row, 'image', now),
      'exhausted',
    ],
    [
      'expired',
      'a success that was under way',
      { expiredAt: now },
      (row) => applySuccess(row, 'image', now),
      'expired',
    ],
    ['expired', 'switching it on', { expiredAt: now }, () => applyEnabled(), 'expired'],
    ['banned', 'switching it on', { bannedAt: now, errorStreak: 3 }, () => applyEnabled(), 'healthy'],
    [
      'banned',
      'time',
      { bannedAt: now, errorStreak: 3 },
      (row) => applyTimePassed(row, later(9e6)),
      'banned',
    ],
    [
      'banned',
      'a success that was under way',
      { bannedAt: now, errorStreak: 3 },
      (row) => applySuccess(row, 'image', now),
      'banned',
    ],
    ['disabled', 'switching it on', { enabled: false, disabledAt: now }, () => applyEnabled(), 'healthy'],
    [
      'disabled',
      'time',
      { enabled: false, cooldownUntil: now },
      (row) => applyTimePassed(row, later(9e6)),
      'disabled',
    ],
    [
      'disabled',
      'credits',
      { enabled: false, credits: 0 },
      () => applyBalance({ credits: 500, tier: 'pro' }, now),
      'disabled',
    ],
  ] as [string, string, Partial<AccountRow>, (row: AccountRow) => Partial<AccountRow> | undefined, string][])(
    '%s, then %s',
    (before, _cause, part, change, expected) => {
      const row = accountRow(part);
      expect(healthOf(row, now).state).toBe(before);
      expect(healthOf({ ...row, ...change(row) }, now).state).toBe(expected);
    },
  );
});

describe('what time ends', () => {
  test('a cooldown and a block are cleared when they are over, and what goes on stays', () => {
    const row = accountRow({ cooldownUntil: now, cooldownReason: 'throttle', blocks: [video, over] });
    expect(applyTimePassed(row, now)).toEqual({ cooldownUntil: null, cooldownReason: null, blocks: [video] });
  });

  test('nothing is written while nothing has ended', () => {
    expect(applyTimePassed(accountRow({ cooldownUntil: later(1), blocks: [video] }), now)).toBeUndefined();
  });

  test('C.9.1 an account disabled by hand is never switched on by a loop', () => {
    const row = accountRow({ enabled: false, cooldownUntil: now, blocks: [over] });
    expect(applyTimePassed(row, later(9e6))).toBeUndefined();
  });

  test('C.9.2 a cooldown ends on time although the access token has run out meanwhile', () => {
    const row = accountRow({ cooldownUntil: now, accessTokenExpiresAt: later(-9_999) });
    expect(applyTimePassed(row, now)).toMatchObject({ cooldownUntil: null });
  });
});

describe('taking a 5xx back', () => {
  test('happens once', () => {
    const row = accountRow({ errorStreak: 2, lastErrorCode: 'HTTP 500' });
    const changes = takeBackError(row);
    expect(changes).toEqual({ errorStreak: 1, lastErrorCode: `HTTP 500${sharedMark}` });
    expect(takeBackError({ ...row, ...(changes as Partial<AccountRow>) })).toBeUndefined();
  });

  test('ends no ban', () => {
    const row = accountRow({ errorStreak: 3, lastErrorCode: 'HTTP 500', bannedAt: now });
    expect(takeBackError(row)).toBeUndefined();
  });
});
