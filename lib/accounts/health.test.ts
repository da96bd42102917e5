import { describe, expect, test } from 'vitest';
import type { AccountRow } from '@/db/repositories/accounts';
import { accountRow as anyAccountRow } from '../../tests/support/account-row';
import type { AccountVerdict } from '../errors';
import {
  applyBalance,
  applyBlocksEnded,
  applyCharge,
  applyCooldownEnded,
  applyDisabled,
  applyEnabled,
  applyErrorsReset,
  applyFailure,
  applyPlaceFreed,
  applyRefreshFailed,
  applySessionDead,
  applySessionOpened,
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
const dayEndsAt = new Date('2026-11-21T03:00:00Z'); // midnight somewhere

describe('health: the first that fits', () => {
  test.each([
    ['failing refreshes before a block', { refreshFailures: 1, errorStreak: 1 }, 'degraded'],
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
    ['no credits on a plan that has videos for nothing', { tier: 'ultra', credits: 0 }, 'degraded'],
    ['too few for any other video of that plan', { tier: 'ultra', credits: 4 }, 'degraded'],
    ['enough for one', { tier: 'ultra', credits: 5 }, 'healthy'],
    [
      'no credits matter to pictures only, on any plan',
      { tier: 'ultra', credits: 0, videoEnabled: false },
      'healthy',
    ],
    [
      'an access token that ended on arrival',
      { accessTokenIssuedAt: now, accessTokenExpiresAt: now },
      'degraded',
    ],
    ['one that ends after it', { accessTokenIssuedAt: now, accessTokenExpiresAt: later(1) }, 'healthy'],
    ['a block', { blocks: [{ scope: 'video', reason: 'challenge' }] }, 'degraded'],
    ['errors in a row', { errorStreak: 2 }, 'degraded'],
    ['nothing', {}, 'healthy'],
  ] as const)('%s', (_rule, part, expected) => {
    expect(healthOf(accountRow(part as Partial<AccountRow>), now).state).toBe(expected);
  });
});

describe('the detail line of', () => {
  const issued = later(-3_360); // ends in four minutes
  const token = { accessTokenIssuedAt: issued, accessTokenExpiresAt: later(9_999) };
  const everything: Partial<AccountRow> = {
    enabled: false,
    disabledAt: later(-7_200),
    bannedAt: now,
    banReason: 'upstream_failed',
    errorStreak: 3,
    cooldownUntil: later(41_820),
    cooldownReason: 'unknown_429',
    expiredAt: later(-300),
    expiredReason: 'dead',
    credits: 5,
    refreshFailures: 1,
    refreshFailingSince: later(-720),
    refreshFailedAt: later(-20),
    ...token,
    blocks: [{ scope: 'video', reason: 'challenge' }],
    lastSuccessAt: later(-480),
  };
  const well: Partial<AccountRow> = { enabled: true, bannedAt: null, cooldownUntil: null, expiredAt: null };

  // Each row takes away what the row before it showed: so the order of the states is shown as well.
  test.each([
    ['disabled', {}, 'By you, 2 h ago'],
    ['banned', { enabled: true }, '3 of 3 errors in a row: Google failed on its requests'],
    ['cooldown', { enabled: true, bannedAt: null }, 'Rate limited (429)'],
    [
      'expired',
      { enabled: true, bannedAt: null, cooldownUntil: null },
      'Refresh failed 5 m ago. The session has ended; replace the session token',
    ],
    ['exhausted', well, '5 left, cheapest video needs 7'],
    ['degraded', { ...well, credits: 500 }, 'Access expires in 4 m, refresh failing'],
    ['degraded', { ...well, credits: 500, refreshFailures: 0 }, 'Videos: Google asks for a challenge'],
    [
      'degraded',
      { ...well, credits: 500, refreshFailures: 0, blocks: [], errorStreak: 2 },
      '2 of 3 errors in a row',
    ],
    [
      'healthy',
      { ...well, credits: 500, refreshFailures: 0, blocks: [], errorStreak: 0 },
      'Last success 8 m ago',
    ],
  ] as [string, Partial<AccountRow>, string][])('%s', (state, part, detail) => {
    expect(healthOf(accountRow({ tier: 'free', ...everything, ...part }), now)).toMatchObject({
      state,
      detail,
    });
  });

  test.each([
    [
      'an access that has run out',
      { ...token, accessTokenExpiresAt: later(-180), refreshFailures: 4, refreshFailingSince: later(-720) },
      'Access expired 3 m ago, refresh failing for 12 m',
    ],
    [
      'an access that there never was',
      { refreshFailures: 4, refreshFailingSince: later(-3_720) },
      'No access, refresh failing for 1 h 2 m',
    ],
    [
      'a ban with a reason that has no words',
      { bannedAt: now, banReason: 'HTTP 500', errorStreak: 4 },
      '4 of 4 errors in a row: HTTP 500',
    ],
    ['overload', { cooldownUntil: later(9), cooldownReason: 'load' }, 'Google is overloaded'],
    [
      'the host that Google moves accounts to',
      { expiredAt: later(-3_600), expiredReason: 'migrated' },
      'Refresh failed 1 h ago. Google has moved this account to another host, which this upstream does not speak',
    ],
  ] as [string, Partial<AccountRow>, string][])('%s', (_what, part, detail) => {
    expect(healthOf(accountRow(part), now).detail).toBe(detail);
  });

  test('a rest and a timed block say until when, and a lower threshold makes no nonsense of the words', () => {
    expect(healthOf(accountRow({ cooldownUntil: later(41_820) }), now).until).toEqual(later(41_820));
    expect(healthOf(accountRow({ errorStreak: 2 }), now, { threshold: 5 }).detail).toBe(
      '2 of 5 errors in a row',
    );
    expect(healthOf(accountRow({ errorStreak: 2 }), now, { threshold: 1 }).detail).toBe(
      '2 of 2 errors in a row',
    );
  });
});

describe('a failure', () => {
  const context: FailureContext = {
    kind: 'video',
    modelKey: 'veo_key',
    code: 'CODE',
    now,
    dayEndsAt,
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
      'Retry-After: 0 is a second all the same',
      { type: 'cooldown', reason: 'concurrency', retryAfterSeconds: 0 },
      { cooldownUntil: later(1) },
    ],
    [
      'Retry-After is believed up to a week',
      { type: 'cooldown', reason: 'throttle', retryAfterSeconds: 9e15 },
      { cooldownUntil: later(7 * 86_400) },
    ],
    [
      'a model that is used up for no time rests a second all the same',
      { type: 'model_quota', retryAfterSeconds: 0 },
      { blocks: [{ scope: 'veo_key', reason: 'model_quota', until: later(1).getTime() }] },
    ],
    [
      'a used-up model rests until the next day of the configured zone',
      { type: 'model_quota' },
      { blocks: [{ scope: 'veo_key', reason: 'model_quota', until: dayEndsAt.getTime() }] },
    ],
    [
      'Retry-After wins over the next day',
      { type: 'model_quota', retryAfterSeconds: 60 },
      { blocks: [{ scope: 'veo_key', reason: 'model_quota', until: later(60).getTime() }] },
    ],
    [
      'what waits for a free place rests five minutes at most',
      { type: 'cooldown', reason: 'concurrency' },
      { cooldownUntil: later(300), cooldownReason: 'concurrency' },
    ],
    [
      'the quota of the account rests as long as the setting says',
      { type: 'cooldown', reason: 'quota' },
      { cooldownUntil: later(43_200), cooldownReason: 'quota' },
    ],
    [
      'missing credits are nought until upstream says otherwise',
      { type: 'out_of_credits' },
      { credits: 0, creditsCheckedAt: null },
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
  dayEndsAt,
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
    ['healthy', 'a refresh that fails by the network', {}, (row) => applyRefreshFailed(row, now), 'degraded'],
    [
      'healthy',
      'what a job cost',
      { credits: 20 },
      (row) => applyCharge(row, { remaining: undefined, cost: 20 }, now),
      'exhausted',
    ],
    [
      'healthy',
      'what upstream says is left',
      {},
      (row) => applyCharge(row, { remaining: 3, cost: 20 }, now),
      'exhausted',
    ],
    ['degraded', 'a refresh that works again', { refreshFailures: 3 }, () => applySessionOpened(), 'healthy'],
    [
      'degraded',
      'a refresh that finds the session dead',
      { refreshFailures: 3 },
      (row) => applySessionDead(row, 'dead', now),
      'expired',
    ],
    [
      'degraded',
      'time, for a refresh that fails',
      { refreshFailures: 3 },
      (row) => applyTimePassed(row, later(9e6)),
      'degraded',
    ],
    [
      'degraded',
      'a block whose time is over',
      { blocks: [{ ...over, until: later(1).getTime() }] },
      (row) => applyTimePassed(row, later(1)),
      'healthy',
    ],
    ['cooldown', 'its time', { cooldownUntil: later(1) }, (row) => applyTimePassed(row, later(1)), 'healthy'],
    [
      'cooldown',
      'one of its jobs that ends',
      { cooldownUntil: later(9), cooldownReason: 'concurrency' },
      applyPlaceFreed,
      'healthy',
    ],
    [
      'cooldown',
      'one of its jobs that ends, for any other rest',
      { cooldownUntil: later(9), cooldownReason: 'throttle' },
      applyPlaceFreed,
      'cooldown',
    ],
    ['cooldown', 'switching it off', { cooldownUntil: later(9) }, () => applyDisabled(now), 'disabled'],
    ['cooldown', 'switching it on', { cooldownUntil: later(9) }, () => applyEnabled(), 'cooldown'],
    [
      'cooldown',
      'a success that was under way',
      { cooldownUntil: later(9) },
      (row) => applySuccess(row, 'image', now),
      'cooldown',
    ],
    [
      'cooldown',
      'an error too many',
      { cooldownUntil: later(9), errorStreak: 2 },
      failing({ type: 'suspicious' }),
      'banned',
    ],
    ['exhausted', 'a rate limit', { credits: 0 }, failing({ type: 'cooldown', reason: 'load' }), 'cooldown'],
    [
      'exhausted',
      'a dead session',
      { credits: 0 },
      failing({ type: 'session_dead', reason: 'dead' }),
      'expired',
    ],
    ['expired', 'a new session token', { expiredAt: now }, () => applySessionOpened(), 'healthy'],
    [
      'expired',
      'a rate limit that was under way',
      { expiredAt: now },
      failing({ type: 'cooldown', reason: 'load' }),
      'cooldown',
    ],
    [
      'banned',
      'errors that are reset',
      { bannedAt: now, errorStreak: 3 },
      () => applyErrorsReset(),
      'healthy',
    ],
    [
      'banned',
      'a rate limit that was under way',
      { bannedAt: now, errorStreak: 3 },
      failing({ type: 'cooldown', reason: 'load' }),
      'banned',
    ],
    [
      'disabled',
      'a success that was under way',
      { enabled: false },
      (row) => applySuccess(row, 'image', now),
      'disabled',
    ],
    [
      'disabled',
      'a new session token',
      { enabled: false, expiredAt: now },
      () => applySessionOpened(),
      'disabled',
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
