import { describe, expect, test } from 'vitest';
import type { AccountRow } from '@/db/repositories/accounts';
import { accountRow } from '../../tests/support/account-row';
import type { AccountVerdict } from '../errors';
import { applyFailure, applySuccess, type FailureContext, healthOf } from './health';

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
    othersSucceed: true,
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
    expect(
      changesOf({ type: 'suspicious' }, { errorStreak: 2 }, { othersSucceed: false }),
    ).not.toHaveProperty('bannedAt');
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
