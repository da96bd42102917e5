import { describe, expect, test } from 'vitest';
import type { AccountRow } from '@/db/repositories/accounts';
import { accountRow } from '../../tests/support/account-row';
import { resolveModel } from '../models/resolve';
import { type Candidate, canBeServedBy, type Need, obstacleOf, selectAccount } from './select';

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

describe('what keeps an account from a job', () => {
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
});
