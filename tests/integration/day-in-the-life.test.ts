import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeAccount, findAccount, updateAccount } from '@/db/repositories/accounts';
import { listHealthChanges } from '@/db/repositories/health-changes';
import { applyDisabled, healthOf } from '@/lib/accounts/health';
import type { SimulatorStats } from '../simulator/contract';
import { startTestProgram, type TestProgram } from '../support/test-runtime';

/**
 * Thirty accounts, each with a day of its own, and several hundred requests. The numbers below are what the rules need;
 * everything else would be an account punished for another's fault, or a call too many.
 */
const video = 'veo_3_1_t2v_fast_landscape';
const image = 'gemini-3.1-flash-image';
const requests = 360;
const waves = 6;
const always = Number.POSITIVE_INFINITY;

/** What each group of accounts goes through: how many, and the health it ends in. */
const groups = {
  steady: 8,
  /** Access tokens that run out while they are in use. */
  expiring: 4,
  /** Their access token is refused once, without having run out. */
  refused: 3,
  /** 429 with Retry-After: 1 s, twice. */
  limitedShortly: 3,
  /** 429 without a reason and without a time. */
  limited: 3,
  dead: 3,
  /** Two videos' worth of credits. */
  poor: 3,
  /** 500 on every second submit, while all others go well. */
  flapping: 1,
  /** Switched off by hand before the day begins. */
  switchedOff: 2,
} as const;
type Group = keyof typeof groups;

const imagePlaces = 2;
const videoPlaces = 1;

let program: TestProgram;
let stats: SimulatorStats;
let exchangesBefore: Map<string, number>;
const members = new Map<Group, { id: string; email: string }[]>();
const outcomes: { type: string; code?: string }[] = [];

const of = (group: Group) => members.get(group) ?? [];
const exchangesOf = (entries: SimulatorStats['tokenExchanges']) =>
  new Map(entries.map(({ account, count }) => [account, count]));

beforeAll(async () => {
  program = await startTestProgram({
    simulator: { imageLatencyMs: 15, videoDurationMs: 250 },
    settings: { 'generation.video_timeout': 120, 'generation.image_timeout': 120, 'queue.max_wait': 120 },
  });
  const { runtime, simulator, addAccount } = program;
  for (const [group, count] of Object.entries(groups) as [Group, number][]) {
    const rows = [];
    for (let index = 0; index < count; index += 1) {
      const { id, email } = await addAccount(group === 'poor' ? { credits: 40 } : {}, {
        imageConcurrency: imagePlaces,
        videoConcurrency: videoPlaces,
      });
      rows.push({ id, email });
    }
    members.set(group, rows);
  }

  for (const { email } of of('expiring')) simulator.account(email).accessTokens.clear();
  for (const { id } of of('expiring')) {
    await updateAccount(runtime.db, id, { accessTokenExpiresAt: new Date(Date.now() - 1_000) }, new Date());
  }
  for (const { email } of of('refused')) simulator.account(email).accessTokens.clear();
  const submits = ['batchGenerateImages', 't2v'] as const;
  for (const { email: account } of of('limitedShortly')) {
    for (const call of submits)
      simulator.inject({ call, account, times: 2, effect: { type: 'status', status: 429, retryAfter: 1 } });
  }
  for (const { email: account } of of('limited')) {
    for (const call of submits)
      simulator.inject({ call, account, times: always, effect: { type: 'status', status: 429 } });
  }
  for (const { id, email } of of('dead')) {
    simulator.account(email).dead = true;
    simulator.account(email).accessTokens.clear();
    await updateAccount(runtime.db, id, { accessTokenExpiresAt: new Date(Date.now() - 1_000) }, new Date());
  }
  for (const { email: account } of of('flapping')) {
    for (let after = 0; after < 40; after += 2)
      simulator.inject({
        call: 'batchGenerateImages',
        account,
        after,
        times: 1,
        effect: { type: 'status', status: 500 },
      });
  }
  for (const { id } of of('switchedOff'))
    await changeAccount(runtime.db, id, new Date(), () => applyDisabled(new Date()));
  exchangesBefore = exchangesOf(simulator.stats().tokenExchanges);

  for (let wave = 0; wave < waves; wave += 1) {
    const ids = await Promise.all(
      Array.from({ length: requests / waves }, (_, index) =>
        program.submit({ model: index % 4 === 0 ? video : image }),
      ),
    );
    for (const events of await Promise.all(ids.map((id) => program.events(id)))) {
      const last = events.at(-1);
      outcomes.push({
        type: last?.type ?? 'none',
        ...(last?.type === 'failed' ? { code: last.error.code } : {}),
      });
    }
  }
  stats = simulator.stats();
}, 170_000);
afterAll(() => program.stop());

const healthAt = async (id: string) => {
  const row = await findAccount(program.runtime.db, id);
  if (row === undefined) throw new Error(`no account ${id}`);
  return { row, health: healthOf(row, program.runtime.now()).state };
};

/** Access tokens exchanged for the account on this day. */
const exchanged = (email: string) =>
  (exchangesOf(stats.tokenExchanges).get(email) ?? 0) - (exchangesBefore.get(email) ?? 0);

describe('a day in the life of thirty accounts', () => {
  test('there are thirty of them', () => {
    expect(Object.values<number>(groups).reduce((sum, count) => sum + count, 0)).toBe(30);
  });

  test(`all ${requests} requests succeed, for an account that could serve was always there`, () => {
    expect(outcomes).toHaveLength(requests);
    expect(outcomes.filter(({ type }) => type !== 'completed')).toEqual([]);
  });

  test('each was accepted once by upstream: nothing was paid twice', () => {
    expect(stats.operations).toHaveLength(requests);
  });

  test("no account ever ran more than it may, by the upstream's own count", () => {
    for (const { account, images, videos } of stats.concurrency) {
      expect({ account, fits: images <= imagePlaces && videos <= videoPlaces }).toEqual({
        account,
        fits: true,
      });
    }
  });

  test.each(['steady', 'expiring', 'refused'] as const)('%s accounts end the day healthy', async (group) => {
    for (const { id } of of(group)) {
      const { row, health } = await healthAt(id);
      expect({ health, streak: row.errorStreak, errors: row.errorCount }).toEqual({
        health: 'healthy',
        streak: 0,
        errors: 0,
      });
    }
  });

  test('steady accounts all had a share of the work, and none has anything in its history', async () => {
    for (const { id, email } of of('steady')) {
      expect(stats.operations.filter(({ account }) => account === email).length).toBeGreaterThan(0);
      expect(await listHealthChanges(program.runtime.db, { accountId: id, limit: 5 })).toEqual([]);
    }
  });

  test('a 429 with Retry-After rests as long as it says, and the account works again', async () => {
    for (const { id, email } of of('limitedShortly')) {
      const { row } = await healthAt(id);
      expect({ streak: row.errorStreak, banned: row.bannedAt }).toEqual({ streak: 0, banned: null });
      expect(stats.operations.some(({ account }) => account === email)).toBe(true);
    }
  });

  test('a 429 without a reason rests for twelve hours and is not tried again', async () => {
    for (const { id, email } of of('limited')) {
      const { row, health } = await healthAt(id);
      expect({ health, reason: row.cooldownReason }).toEqual({ health: 'cooldown', reason: 'unknown_429' });
      expect((row.cooldownUntil?.getTime() ?? 0) - Date.now()).toBeGreaterThan(11.9 * 3_600_000);
      // At most as many tries as fit into its places at once.
      const tries = stats.faults.filter(({ account }) => account === email).length;
      expect(tries).toBeLessThanOrEqual(imagePlaces + videoPlaces);
    }
  });

  test('dead sessions are found out and marked as such', async () => {
    for (const { id } of of('dead')) expect((await healthAt(id)).health).toBe('expired');
  });

  test('accounts without credits make pictures, and no video that they cannot pay', async () => {
    for (const { id, email } of of('poor')) {
      const own = stats.operations.filter(({ account }) => account === email);
      expect(own.filter(({ kind }) => kind === 'video').length).toBeLessThanOrEqual(2);
      expect((await healthAt(id)).row.bannedAt).toBeNull();
      expect(program.simulator.account(email).credits).toBeGreaterThanOrEqual(0);
    }
    expect(stats.refusals.filter(({ reason }) => reason === 'PUBLIC_ERROR_USER_QUOTA_REACHED')).toEqual([]);
  });

  test('a flapping account is never banned, for each success ends its streak', async () => {
    for (const { id } of of('flapping')) expect((await healthAt(id)).row.bannedAt).toBeNull();
  });

  test('accounts that were switched off by hand did nothing and are still off', async () => {
    for (const { id, email } of of('switchedOff')) {
      expect((await healthAt(id)).health).toBe('disabled');
      expect(stats.operations.some(({ account }) => account === email)).toBe(false);
    }
  });

  test('access tokens are exchanged once where one ran out or was refused, and nowhere else', () => {
    const needed: Record<Group, number> = {
      steady: 0,
      expiring: 1,
      refused: 1,
      limitedShortly: 0,
      limited: 0,
      dead: 0, // the simulator counts exchanges that gave a token
      poor: 0,
      flapping: 0,
      switchedOff: 0,
    };
    for (const [group, most] of Object.entries(needed) as [Group, number][]) {
      for (const { email } of of(group)) {
        expect({ group, count: exchanged(email) }).toEqual({ group, count: most });
      }
    }
  });
});
