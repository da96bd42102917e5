import { describe, expect, test } from 'vitest';
import type { AccountRow } from '@/db/repositories/accounts';
import { accountRow } from '../../tests/support/account-row';
import { resolveModel } from '../models/resolve';
import {
  type Candidate,
  canBeServedBy,
  type Need,
  nextUseAt,
  obstacleOf,
  selectAccount,
  servedFrom,
} from './select';
import { isPinnedToGone, whyNobody } from './why-none';

const now = new Date('2026-11-20T12:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1_000);
const defaults = { image: 'gemini-3.1-flash-image', video: 'veo-3.1-fast' };
const video: Need = {
  kind: 'video',
  spec: resolveModel('veo_3_1_t2v_fast_landscape', {}, { images: 0 }, defaults),
  avoid: [],
};
const image: Need = {
  kind: 'image',
  spec: resolveModel('gemini-3.1-flash-image', {}, { images: 0 }, defaults),
  avoid: [],
};
const ultra: Need = {
  kind: 'video',
  spec: resolveModel('veo_3_1_t2v_fast_4k', {}, { images: 0 }, defaults),
  avoid: [],
};

const candidate = (
  part: Partial<AccountRow> = {},
  running: Partial<Candidate['running']> = {},
): Candidate => ({
  row: accountRow(part),
  running: { image: 0, video: 0, ...running },
});

describe('C.4 what keeps an account from a job', () => {
  test.each([
    ['nothing', {}, {}, video, undefined],
    ['it is being removed', { removedAt: now }, {}, video, 'removed'],
    ['it is switched off', { enabled: false }, {}, video, 'disabled'],
    ['its videos are switched off', { videoEnabled: false }, {}, video, 'disabled'],
    ['switched-off videos do not touch pictures', { videoEnabled: false }, {}, image, undefined],
    ['its plan has no such model', {}, {}, ultra, 'tier'],
    ['it has refused this job', {}, {}, { ...video, avoid: ['a'] }, 'avoided'],
    ['the job is pinned to another', {}, {}, { ...video, pinnedTo: 'b' }, 'not_pinned'],
    ['it is banned', { bannedAt: now }, {}, video, 'banned'],
    ['its session has ended', { expiredAt: now }, {}, video, 'expired'],
    ['videos are blocked on it', { blocks: [{ scope: 'video', reason: 'challenge' }] }, {}, video, 'blocked'],
    [
      'blocked videos do not touch pictures',
      { blocks: [{ scope: 'video', reason: 'challenge' }] },
      {},
      image,
      undefined,
    ],
    [
      'the model is blocked on it',
      { blocks: [{ scope: 'veo_3_1_t2v_fast', reason: 'model_quota', until: later(60).getTime() }] },
      {},
      video,
      'blocked',
    ],
    [
      'a block that is over counts no more',
      { blocks: [{ scope: 'video', reason: 'model_quota', until: now.getTime() }] },
      {},
      video,
      undefined,
    ],
    ['it has too few credits', { credits: 19 }, {}, video, 'credits'],
    ['just enough credits are enough', { credits: 20 }, {}, video, undefined],
    ['unknown credits are tried', { credits: null }, {}, video, undefined],
    ['pictures cost nothing', { credits: 0 }, {}, image, undefined],
    ['it rests', { cooldownUntil: later(1) }, {}, video, 'cooldown'],
    ['a rest that is over counts no more', { cooldownUntil: now }, {}, video, undefined],
    ['its videos are full', { videoConcurrency: 2 }, { video: 2 }, video, 'busy'],
    ['full videos do not touch pictures', { videoConcurrency: 2 }, { video: 2 }, image, undefined],
    ['its pictures are switched off', { imageEnabled: false }, {}, image, 'disabled'],
    ['its pictures are full', { imageConcurrency: 1 }, { image: 1 }, image, 'busy'],
    ['one place is left', { imageConcurrency: 2 }, { image: 1 }, image, undefined],
    ['more run than a lowered limit allows', { videoConcurrency: 1 }, { video: 3 }, video, 'busy'],
    [
      'another model is blocked on it',
      { blocks: [{ scope: 'veo_2_0_t2v', reason: 'model_quota', until: later(60).getTime() }] },
      {},
      video,
      undefined,
    ],
    ['a failing refresh is tried', { refreshFailures: 3 }, {}, video, undefined],
    ['errors in a row below the threshold', { errorStreak: 2 }, {}, video, undefined],
    ['what lives on it is wanted', {}, {}, { ...video, pinnedTo: 'a' }, undefined],
    [
      'what waiting cannot change comes first',
      { bannedAt: now, credits: 0, cooldownUntil: later(9) },
      {},
      video,
      'banned',
    ],
    ['no limit is no limit', { videoConcurrency: null }, { video: 5_000 }, video, undefined],
  ] as const)('%s', (_rule, row, running, need, expected) => {
    expect(obstacleOf(candidate(row as Partial<AccountRow>, running), need, now)?.obstacle).toBe(expected);
  });
});

describe('the choice', () => {
  const how = { now, strategy: 'random_least_loaded', random: () => 0 } as const;

  test('the account with the fewest running jobs is taken', () => {
    const pool = [
      candidate({ id: 'a' }, { video: 2 }),
      candidate({ id: 'b' }, { image: 1 }),
      candidate({ id: 'c' }, { video: 3 }),
    ];
    expect(selectAccount(pool, video, how)?.id).toBe('b');
  });

  test('among equals chance decides, and reaches each', () => {
    const pool = ['a', 'b', 'c'].map((id) => candidate({ id }));
    const picks = [0, 0.34, 0.99].map(
      (number) => selectAccount(pool, video, { ...how, random: () => number })?.id,
    );
    expect(picks).toEqual(['a', 'b', 'c']);
  });

  test('in turn, the one that was used longest ago is taken, whatever runs on it', () => {
    const pool = [
      candidate({ id: 'a', lastUsedAt: later(-5) }),
      candidate({ id: 'b', lastUsedAt: later(-50) }, { video: 1 }),
    ];
    expect(selectAccount(pool, video, { ...how, strategy: 'round_robin' })?.id).toBe('b');
  });

  test('in turn, every account has its turn before any has a second one, within one millisecond too', () => {
    const pool = ['a', 'b', 'c'].map((id) => candidate({ id }));
    const turns = Array.from({ length: 7 }, () => {
      const taken = selectAccount(pool, video, { ...how, strategy: 'round_robin' });
      const usedAt = nextUseAt(pool, now);
      for (const each of pool) if (each.row.id === taken?.id) each.row = { ...each.row, lastUsedAt: usedAt };
      return taken?.id;
    });
    expect(turns.join('')).toBe('abcabca');
  });

  test('a job that lives on a busy account is given to no other', () => {
    const pool = [candidate({ id: 'a', videoConcurrency: 1 }, { video: 1 }), candidate({ id: 'b' })];
    expect(selectAccount(pool, { ...video, pinnedTo: 'a' }, how)).toBeUndefined();
    expect(selectAccount(pool, { ...video, pinnedTo: 'b' }, how)?.id).toBe('b');
  });

  test.each(['random_least_loaded', 'round_robin'] as const)(
    '%s takes no account that cannot pay, may not, or rests',
    (strategy) => {
      const pool = [
        candidate({ id: 'a', credits: 19 }),
        candidate({ id: 'b', cooldownUntil: later(9) }),
        candidate({ id: 'c', videoEnabled: false }),
        candidate({ id: 'd' }, { video: 9 }),
      ];
      expect(selectAccount(pool, video, { ...how, strategy })?.id).toBe('d');
    },
  );

  test('nobody is taken when nobody fits', () => {
    expect(selectAccount([candidate({ credits: 1 })], video, how)).toBeUndefined();
  });
});

describe('waiting can help', () => {
  const helps = (row: Partial<AccountRow>, running: Partial<Candidate['running']> = {}) =>
    canBeServedBy([candidate(row, running)], video, now, later(300));

  test.each([
    ['when an account is only busy', { videoConcurrency: 1 }, { video: 1 }, true],
    ['when a rest ends in time', { cooldownUntil: later(200) }, {}, true],
    ['but not when it ends too late', { cooldownUntil: later(400) }, {}, false],
    ['and not when credits are missing', { credits: 0 }, {}, false],
  ] as const)('%s', (_rule, row, running, expected) => {
    expect(helps(row, running)).toBe(expected);
  });

  test.each([
    ['now, when an account is only busy', [{ videoConcurrency: 0 }, { cooldownUntil: later(9) }], now],
    [
      'when the first rest ends',
      [{ cooldownUntil: later(90) }, { cooldownUntil: later(30) }, { credits: 0 }],
      later(30),
    ],
    ['never, when time alone brings nobody', [{ credits: 0 }, { enabled: false }], undefined],
    ['never, without accounts', [], undefined],
  ] as [string, Partial<AccountRow>[], Date | undefined][])('%s', (_when, rows, expected) => {
    const pool = rows.map((row) => candidate(row));
    expect(servedFrom(pool, video, now)).toEqual(expected);
  });
});

describe('why nobody takes it', () => {
  test.each([
    ['no account', [], {}, 'no account that is switched on'],
    [
      'all rest',
      [{ cooldownUntil: later(90) }, { id: 'b', cooldownUntil: later(30) }],
      {},
      'rests after a rate limit',
    ],
    ['all too poor', [{ credits: 1 }], {}, 'enough credits'],
    ['all have refused', [{}], { avoid: ['a'] }, 'has refused it'],
    ['all are busy', [{ videoConcurrency: 0 }], {}, 'is busy'],
    ['its account is gone', [{}], { pinnedTo: 'x' }, 'was removed'],
    ['its account is switched off', [{ enabled: false }], { pinnedTo: 'a' }, 'is switched off'],
    ['its account rests', [{ cooldownUntil: later(30) }], { pinnedTo: 'a' }, 'rests after a rate limit'],
    ['its account is signed out', [{ expiredAt: now }], { pinnedTo: 'a' }, 'is signed out'],
  ] as [string, Partial<AccountRow>[], Partial<Need>, string][])('%s', (_what, rows, need, words) => {
    const pool = rows.map((row) => candidate(row));
    expect(whyNobody(pool, { ...video, ...need }, now).message).toContain(words);
  });

  test('the time is that of the first that comes back, and none where time helps nobody', () => {
    const resting = [
      candidate({ cooldownUntil: later(90) }),
      candidate({ id: 'b', cooldownUntil: later(30) }),
    ];
    expect(whyNobody(resting, video, now).retryAfterSeconds).toBe(30);
    expect(whyNobody([candidate({ enabled: false })], video, now)).not.toHaveProperty('retryAfterSeconds');
  });

  test('an account that is being removed is as good as gone for what lives on it', () => {
    const need = { ...video, pinnedTo: 'a' };
    expect(isPinnedToGone([candidate({ removedAt: now })], need)).toBe(true);
    expect(isPinnedToGone([candidate({ enabled: false })], need)).toBe(false);
    expect(isPinnedToGone([], video)).toBe(false);
  });
});
