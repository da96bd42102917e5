import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeAccount, findAccount, updateAccount } from '@/db/repositories/accounts';
import { listHealthChanges } from '@/db/repositories/health-changes';
import { endCooldowns } from '@/lib/accounts/cooldowns';
import { refreshCredits } from '@/lib/accounts/credits';
import { applyDisabled, healthOf } from '@/lib/accounts/health';
import { isGatewayError } from '@/lib/errors';
import type { CallName, SimulatorStats } from '../simulator/contract';
import { startTestProgram, type TestProgram } from '../support/test-runtime';

/**
 * Thirty accounts, each with a day of its own, and several hundred requests in six waves, four hours apart by a clock that
 * is moved here and upstream alike, with an outage of the upstream amid the last one. The numbers below are what the rules
 * need; everything else would be an account punished for another's fault, or a call too many.
 */
const video = 'veo_3_1_t2v_fast_landscape';
const image = 'gemini-3.1-flash-image';
const requests = 384;
const waves = 6;
const hour = 3_600_000;
const betweenMs = 4 * hour;
const always = Number.POSITIVE_INFINITY;
/** Requests at once in the outage, one round after the other: first two accounts fail once each, then all of them often. */
const outageRounds = [1, 60, 60, 60];

/** What each group of accounts goes through, and how many there are. */
const groups = {
  steady: 8,
  /** Their access token has run out before the day begins. */
  expiring: 4,
  /** Their access token is refused in the first and amid the third wave, without having run out. */
  refused: 3,
  /** 429 with Retry-After: 1 s, twice. */
  limitedShortly: 3,
  /** 429 without a reason and without a time, until noon. */
  limited: 3,
  /** Their session ends in the third wave. */
  dead: 3,
  /** Two videos' worth of credits. */
  poor: 2,
  /** The same, and credits again from the fifth wave on. */
  refilled: 1,
  /** 500 on every second submit, while all others go well. */
  flapping: 1,
  /** Switched off by hand before the day begins. */
  switchedOff: 2,
} as const;
type Group = keyof typeof groups;
type Member = { id: string; email: string };

const imagePlaces = 2;
const videoPlaces = 1;

let program: TestProgram;
let offsetMs = 0;
/** After each wave. */
const seen: SimulatorStats[] = [];
const members = new Map<Group, Member[]>();
type Ended = { type: string; code?: string };
const outcomes: (Ended & { wave: number })[] = [];
/** How each round of the outage ended, and the accounts' errors in a row after it, before anybody had a success. */
const outage: { ended: Ended[]; streaks: number[] }[] = [];
let outageBeganAt = 0;
/** Health at the end of each wave, by id. */
const healths: Map<string, string>[] = [];
let exchangesBefore: Map<string, number>;

const of = (group: Group): Member[] => members.get(group) ?? [];
const everybody = (): Member[] => [...members.values()].flat();
const now = () => new Date(Date.now() + offsetMs);
const exchangesOf = ({ tokenExchanges }: SimulatorStats) =>
  new Map(tokenExchanges.map(({ account, count }) => [account, count]));
const last = (): SimulatorStats => {
  const stats = seen.at(-1);
  if (stats === undefined) throw new Error('no wave has been');
  return stats;
};
const revoke = (group: Group) => {
  for (const { email } of of(group)) program.simulator.account(email).accessTokens.clear();
};
const fault = (
  group: Group,
  status: number,
  more: { times: number; after?: number; retryAfter?: number },
) => {
  const { retryAfter, ...when } = more;
  const effect = { type: 'status' as const, status, ...(retryAfter === undefined ? {} : { retryAfter }) };
  const calls: CallName[] = ['batchGenerateImages', 't2v'];
  return of(group).flatMap(({ email: account }) =>
    calls.map((call) => program.simulator.inject({ call, account, ...when, effect })),
  );
};

const flap = () => {
  for (let after = 0; after < 60; after += 2) fault('flapping', 500, { after, times: 1 });
};

/** What happens before each wave, beyond the hours that pass. */
async function begin(wave: number) {
  const { runtime, simulator } = program;
  if (wave === 0) revoke('refused');
  if (wave === 2) {
    for (const { email } of of('dead')) simulator.account(email).dead = true;
    revoke('dead');
  }
  if (wave === 3) {
    simulator.clearFaults();
    flap();
  }
  if (wave === 4) {
    for (const { id, email } of of('refilled')) {
      simulator.account(email).credits = 1_000;
      // What the loop has done within four hours.
      await refreshCredits(runtime, (await healthAt(id)).row, AbortSignal.timeout(5_000));
    }
  }
  if (wave === 5) simulator.clearFaults(); // nobody has an error of its own before the outage
}

/** So many requests at once, until all of them have ended. */
const sendAll = (count: number, videoEach = 4): Promise<Ended[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => sendOne(index % videoEach === 0 ? video : image)));

async function sendOne(model: string): Promise<Ended> {
  try {
    const end = (await program.events(await program.submit({ model }))).at(-1);
    return { type: end?.type ?? 'none', ...(end?.type === 'failed' ? { code: end.error.code } : {}) };
  } catch (error) {
    if (isGatewayError(error)) return { type: 'refused', code: error.code };
    throw error;
  }
}

/** Half a wave. */
async function send(wave: number, videoEach?: number) {
  for (const ended of await sendAll(requests / waves / 2, videoEach)) outcomes.push({ wave, ...ended });
}

/** The upstream itself fails, for every account alike, just after all went well. */
async function breakUpstream() {
  const { simulator } = program;
  outageBeganAt = simulator.stats().faults.length;
  for (const call of ['batchGenerateImages', 't2v'] as const)
    simulator.inject({ call, times: always, effect: { type: 'status', status: 500 } });
  for (const count of outageRounds) {
    const ended = await sendAll(count);
    const streaks = await Promise.all(
      everybody().map(async ({ id }) => (await healthAt(id)).row.errorStreak),
    );
    outage.push({ ended, streaks });
  }
  simulator.clearFaults();
}

beforeAll(async () => {
  program = await startTestProgram({
    now,
    simulator: { imageLatencyMs: 15, videoDurationMs: 250 },
    settings: { 'generation.video_timeout': 120, 'generation.image_timeout': 120, 'queue.max_wait': 120 },
  });
  const { runtime, simulator, addAccount } = program;
  for (const [group, count] of Object.entries(groups) as [Group, number][]) {
    const rows = [];
    for (let index = 0; index < count; index += 1) {
      const isPoor = group === 'poor' || group === 'refilled';
      const limits = { imageConcurrency: imagePlaces, videoConcurrency: videoPlaces };
      const { id, email } = await addAccount(isPoor ? { credits: 40 } : {}, limits);
      rows.push({ id, email });
    }
    members.set(group, rows);
  }
  revoke('expiring');
  for (const { id } of of('expiring'))
    await updateAccount(
      runtime.db,
      id,
      { accessTokenIssuedAt: new Date(0), accessTokenExpiresAt: new Date(1) },
      now(),
    );
  fault('limitedShortly', 429, { times: 2, retryAfter: 1 });
  fault('limited', 429, { times: always });
  flap();
  for (const { id } of of('switchedOff'))
    await changeAccount(runtime.db, id, now(), () => applyDisabled(now()));
  exchangesBefore = exchangesOf(simulator.stats());

  for (let wave = 0; wave < waves; wave += 1) {
    if (wave > 0) {
      offsetMs += betweenMs;
      simulator.advance(betweenMs);
      await endCooldowns(runtime);
    }
    await begin(wave);
    await send(wave);
    if (wave === 2) revoke('refused');
    if (wave === 5) await breakUpstream();
    await send(wave, wave === 4 ? 1 : undefined); // once, more videos than there are accounts
    seen.push(simulator.stats());
    const health = new Map<string, string>();
    for (const { id } of everybody()) health.set(id, (await healthAt(id)).health);
    healths.push(health);
  }
}, 200_000);
afterAll(() => program.stop());

const healthAt = async (id: string) => {
  const row = await findAccount(program.runtime.db, id);
  if (row === undefined) throw new Error(`no account ${id}`);
  return { row, health: healthOf(row, now()).state };
};
/** Sessions exchanged for an access token up to the end of a wave. */
const exchanged = (email: string, wave = waves - 1) =>
  (exchangesOf(seen[wave] ?? last()).get(email) ?? 0) - (exchangesBefore.get(email) ?? 0);
const operations = ({ email }: Member, wave = waves - 1) =>
  (seen[wave] ?? last()).operations.filter(({ account }) => account === email);
const sessionCalls = ({ email }: Member, wave: number) =>
  seen[wave]?.calls.find(({ call, account }) => call === 'session' && account === email)?.count ?? 0;

describe('a day in the life of thirty accounts', () => {
  test('there are thirty of them, and it is a day', () => {
    expect(Object.values<number>(groups).reduce((sum, count) => sum + count, 0)).toBe(30);
    expect(offsetMs).toBeGreaterThanOrEqual(20 * hour);
  });

  test(`all ${requests} requests succeed, for an account that could serve was always there`, () => {
    expect(outcomes).toHaveLength(requests);
    expect(outcomes.filter(({ type }) => type !== 'completed')).toEqual([]);
  });

  test('each was accepted once by upstream: nothing was paid twice', () => {
    expect(last().operations).toHaveLength(requests);
  });

  test("no account ever ran more than it may, by the upstream's own count", () => {
    expect(last().concurrency).toHaveLength(30);
    for (const { account, images, videos } of last().concurrency) {
      expect({ account, fits: images <= imagePlaces && videos <= videoPlaces }).toEqual({
        account,
        fits: true,
      });
    }
  });

  test('an outage that every account was hit by counts against none of them', () => {
    const all = last().faults.slice(outageBeganAt);
    for (const { email } of [...of('steady'), ...of('expiring'), ...of('refused'), ...of('limitedShortly')]) {
      // Enough for a ban, had they counted.
      expect(all.filter(({ account }) => account === email).length).toBeGreaterThanOrEqual(6);
    }
    expect(outage.map(({ ended }) => ended.length)).toEqual(outageRounds);
    for (const { ended, streaks } of outage) {
      expect(ended.filter(({ code }) => code !== 'upstream_unavailable')).toEqual([]);
      expect(streaks.filter((streak) => streak > 0)).toEqual([]);
    }
  });

  test('and once it is over every request succeeds again', () => {
    const after = outcomes.filter(({ wave }) => wave === waves - 1).slice(requests / waves / 2);
    expect(after).toHaveLength(requests / waves / 2);
    expect(after.filter(({ type }) => type !== 'completed')).toEqual([]);
  });

  test('nobody was ever banned, and nobody but the flapping account had an error of its own in a row', async () => {
    for (const { id } of everybody()) {
      const changes = await listHealthChanges(program.runtime.db, { accountId: id, limit: 100 });
      expect(changes.filter(({ after }) => after === 'banned')).toEqual([]);
      expect((await healthAt(id)).row.bannedAt).toBeNull();
    }
    for (const { id } of [...of('steady'), ...of('expiring'), ...of('refused'), ...of('limited')])
      expect((await healthAt(id)).row.errorStreak).toBe(0);
  });

  test.each(['steady', 'expiring', 'refused', 'limitedShortly', 'refilled'] as const)(
    '%s accounts end the day healthy',
    async (group) => {
      for (const { id } of of(group)) expect((await healthAt(id)).health).toBe('healthy');
    },
  );

  test('before the outage, accounts without a trouble of their own have nothing in their history', () => {
    for (const group of ['steady', 'expiring', 'refused'] as const) {
      for (const { id } of of(group)) {
        expect({ group, health: healths.slice(0, 5).map((at) => at.get(id)) }).toEqual({
          group,
          health: Array.from({ length: 5 }, () => 'healthy'),
        });
      }
    }
  });

  test('the work is spread: every account that may serve had a share of it', () => {
    for (const group of ['steady', 'expiring', 'refused'] as const)
      for (const member of of(group)) expect(operations(member).length).toBeGreaterThan(2);
  });

  test('a 429 with Retry-After rests as long as it says, and the account works again', async () => {
    for (const member of of('limitedShortly')) {
      const { row } = await healthAt(member.id);
      expect({ streak: row.errorStreak, banned: row.bannedAt }).toEqual({ streak: 0, banned: null });
      expect(operations(member).length).toBeGreaterThan(0);
    }
  });

  test('a 429 without a reason rests for twelve hours, is not tried meanwhile, and serves again after them', async () => {
    for (const member of of('limited')) {
      // At most as many tries as fit into its places at once, all of them in the first wave.
      const tries = last().faults.filter(
        ({ account, effect }) => account === member.email && effect === 'status',
      );
      expect(tries.length).toBeGreaterThan(0);
      const inFirstWave = seen[0]?.faults.filter(({ account }) => account === member.email) ?? [];
      expect(inFirstWave.length).toBeLessThanOrEqual(imagePlaces + videoPlaces);
      expect(healths.slice(0, 3).map((at) => at.get(member.id))).toEqual([
        'cooldown',
        'cooldown',
        'cooldown',
      ]);
      expect(operations(member, 2)).toEqual([]);
      expect(operations(member).length).toBeGreaterThan(0);
    }
  });

  test('dead sessions serve until they die, are found out with one call each, and are left alone from then on', async () => {
    for (const member of of('dead')) {
      expect(operations(member, 1).length).toBeGreaterThan(0);
      expect((await healthAt(member.id)).health).toBe('expired');
      expect(sessionCalls(member, 2) - sessionCalls(member, 1)).toBe(1);
      expect(sessionCalls(member, waves - 1)).toBe(sessionCalls(member, 2));
      expect(operations(member).length).toBe(operations(member, 1).length);
    }
  });

  test('accounts that run out of credits make pictures, and no video that they cannot pay', async () => {
    for (const member of of('poor')) {
      const videos = operations(member).filter(({ kind }) => kind === 'video');
      expect(videos.length).toBe(2);
      expect((await healthAt(member.id)).health).toBe('exhausted');
      expect(operations(member).filter(({ kind }) => kind === 'image').length).toBeGreaterThan(0);
      expect(program.simulator.account(member.email).credits).toBe(0);
    }
    // Beyond access tokens that were revoked, upstream had nothing to refuse.
    expect(last().refusals.filter(({ status }) => status !== 401)).toEqual([]);
  });

  test('and serve again once they have some', () => {
    for (const member of of('refilled')) {
      const videos = (wave: number) => operations(member, wave).filter(({ kind }) => kind === 'video').length;
      expect(videos(3)).toBeLessThanOrEqual(2);
      expect(videos(waves - 1)).toBeGreaterThan(2);
    }
  });

  test('a flapping account is never banned, for each success ends its streak', async () => {
    for (const member of of('flapping')) {
      expect((await healthAt(member.id)).row.bannedAt).toBeNull();
      expect(operations(member).length).toBeGreaterThan(0);
    }
  });

  test('accounts that were switched off by hand did nothing and are still off', async () => {
    for (const member of of('switchedOff')) {
      expect((await healthAt(member.id)).health).toBe('disabled');
      expect(operations(member)).toEqual([]);
      expect(exchanged(member.email)).toBe(0);
    }
  });

  test('an access token is exchanged once where it ran out or was refused, and nowhere else', () => {
    for (const { email } of of('steady'))
      expect({ email, first: exchanged(email, 0) }).toEqual({ email, first: 0 });
    for (const { email } of of('expiring'))
      expect({ email, first: exchanged(email, 0) }).toEqual({ email, first: 1 });
    for (const { email } of of('refused'))
      expect({ email, first: exchanged(email, 0) }).toEqual({ email, first: 1 });
    // Tokens live an hour and the waves are four hours apart: once a wave at most, however many requests there are.
    for (const group of Object.keys(groups) as Group[]) {
      for (const { email } of of(group)) {
        for (let wave = 1; wave < waves; wave += 1) {
          const count = exchanged(email, wave) - exchanged(email, wave - 1);
          const most = group === 'refused' && wave === 2 ? 2 : 1;
          expect({ group, wave, fits: count <= most }).toEqual({ group, wave, fits: true });
        }
      }
    }
  });
});
