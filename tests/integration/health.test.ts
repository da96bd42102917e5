import { afterEach, describe, expect, test } from 'vitest';
import { changeAccount, findAccount, updateAccount } from '@/db/repositories/accounts';
import { listHealthChanges } from '@/db/repositories/health-changes';
import { changeHealth } from '@/lib/accounts/change-health';
import { endCooldowns } from '@/lib/accounts/cooldowns';
import { countLastDays, countToday } from '@/lib/accounts/days';
import { applyDisabled, applyEnabled, applyErrorsReset, healthOf } from '@/lib/accounts/health';
import { noteFailure } from '@/lib/accounts/note-failure';
import { noteSuccess } from '@/lib/accounts/note-success';
import { type AccountVerdict, UpstreamError } from '@/lib/errors';
import type { Runtime } from '@/lib/runtime';
import type { SimulatorFault } from '../simulator/contract';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';

const image = 'gemini-3.1-flash-image';
const minute = 60_000;
const hour = 60 * minute;

let program: TestProgram;
const start = async (options: TestProgramOptions = { services: false }) => {
  program = await startTestProgram(options);
  return program;
};
afterEach(() => program.stop());

/** The program as it is at another time. */
const at = (now: Date): Runtime => ({ ...program.runtime, now: () => now });

const rowOf = async (id: string) => {
  const row = await findAccount(program.runtime.db, id);
  if (row === undefined) throw new Error(`no account ${id}`);
  return row;
};
const stateOf = async (id: string, now = new Date()) => healthOf(await rowOf(id), now).state;
const historyOf = async (id: string) =>
  (await listHealthChanges(program.runtime.db, { accountId: id, limit: 50 }))
    .toReversed()
    .map(({ before, after }) => `${before} > ${after}`);

const failure = (account: AccountVerdict, status?: number, reason?: string) =>
  new UpstreamError('upstream_unavailable', 'refused', {
    accepted: 'no',
    retry: 'other_account',
    account,
    ...(status === undefined ? {} : { status }),
    ...(reason === undefined ? {} : { reason }),
  });
const what = { kind: 'image', modelKey: 'key' } as const;
const fail = (id: string, error: UpstreamError, runtime: Runtime = program.runtime) =>
  noteFailure(runtime, { id }, error, what);
const suspicious = { type: 'suspicious' } as const;

describe.each(['sqlite', 'postgres'] as const)('the history of an account on %s', (dialect) => {
  test('has a row for every change of health, each going on from the one before', async () => {
    const { addAccount, runtime } = await start({ services: false, dialect });
    const { id } = await addAccount();
    for (let count = 0; count < 3; count += 1) await fail(id, failure(suspicious, 403));
    await changeHealth(runtime, id, applyErrorsReset);
    await fail(id, failure({ type: 'cooldown', reason: 'throttle' }, 429));
    const later = at(new Date(Date.now() + 2 * hour));
    await endCooldowns(later);
    await changeHealth(later, id, () => applyDisabled(later.now()));
    await changeHealth(later, id, applyEnabled);
    expect(await historyOf(id)).toEqual([
      'healthy > degraded',
      'degraded > banned',
      'banned > healthy',
      'healthy > cooldown',
      'cooldown > healthy',
      'healthy > disabled',
      'disabled > healthy',
    ]);
  });

  test('is made good by the loop where something else changed the account', async () => {
    const { addAccount, runtime } = await start({ services: false, dialect });
    const { id } = await addAccount();
    await changeAccount(runtime.db, id, new Date(), () => ({
      expiredAt: new Date(),
      expiredReason: 'dead',
    }));
    await endCooldowns(runtime);
    await endCooldowns(runtime);
    expect(await historyOf(id)).toEqual(['healthy > expired']);
  });

  test('the counters of a day rise with each result and each error', async () => {
    const { addAccount, runtime } = await start({ services: false, dialect });
    const { id } = await addAccount();
    await Promise.all([1, 2, 3].map(() => noteSuccess(runtime, id, 'image')));
    await noteSuccess(runtime, id, 'video');
    await fail(id, failure(suspicious, 403));
    expect((await countToday(runtime)).of(id)).toEqual({ images: 3, videos: 1, errors: 1 });
  });
});

describe('counters of the day', () => {
  test('C.6 today counters: read nought from midnight on, in the zone of the installation, without anything being reset', async () => {
    const { addAccount } = await start({ services: false, settings: { 'general.time_zone': 'Asia/Tokyo' } });
    const { id } = await addAccount();
    const before = at(new Date('2026-11-23T14:59:59Z')); // 23:59:59 in Tokyo
    const after = at(new Date('2026-11-23T15:00:00Z'));
    await noteSuccess(before, id, 'image');
    expect((await countToday(before)).of(id).images).toBe(1);
    expect((await countToday(after)).of(id).images).toBe(0);
    await noteSuccess(after, id, 'image');
    expect(await countLastDays(after, id, 3)).toMatchObject([
      { day: '2026-11-22', images: 0 },
      { day: '2026-11-23', images: 1 },
      { day: '2026-11-24', images: 1 },
    ]);
  });
});

describe('what counts towards the streak', () => {
  test.each([
    ['a 403 without a known reason counts', suspicious, 403, 1],
    ['an unreadable answer counts', suspicious, 200, 1],
    ["a 404 on a key of the account's plan counts", { type: 'not_found' }, 404, 1],
    ['a content refusal does not', { type: 'none' }, 400, 0],
    ['a challenge does not', { type: 'challenge' }, 403, 0],
    ['a 429 does not', { type: 'cooldown', reason: 'unknown_429' }, 429, 0],
    ['a network error does not', { type: 'none' }, undefined, 0],
    ['a refused access token does not', { type: 'access_expired' }, 401, 0],
  ] as [string, AccountVerdict, number | undefined, number][])(
    '%s',
    async (_rule, verdict, status, streak) => {
      const { addAccount } = await start();
      const { id } = await addAccount();
      await addAccount();
      await fail(id, failure(verdict, status));
      expect((await rowOf(id)).errorStreak).toBe(streak);
    },
  );

  test('a 404 on an older video that is gone does not', async () => {
    const { addAccount, runtime } = await start();
    const { id } = await addAccount();
    await noteFailure(runtime, { id }, failure({ type: 'not_found' }, 404), {
      ...what,
      namesOlderFile: true,
    });
    expect((await rowOf(id)).errorStreak).toBe(0);
  });

  test('a 5xx that no other account gets counts, and the third one bans', async () => {
    const { addAccount } = await start();
    const { id } = await addAccount();
    const other = await addAccount();
    for (let count = 0; count < 3; count += 1) {
      const moment = Date.now() + count * 1_000;
      await noteSuccess(at(new Date(moment)), other.id, 'image');
      await fail(id, failure(suspicious, 500), at(new Date(moment + 500)));
    }
    expect(await stateOf(id)).toBe('banned');
  });

  test('an outage does not ban the one account that works, next to one that is expired', async () => {
    const { addAccount, runtime, submit, events, simulator } = await start({});
    const { id } = await addAccount();
    const other = await addAccount();
    await updateAccount(runtime.db, other.id, { expiredAt: new Date(), expiredReason: 'dead' }, new Date());
    const times = Number.POSITIVE_INFINITY;
    simulator.inject({ call: 'batchGenerateImages', times, effect: { type: 'status', status: 500 } });
    const ids = await Promise.all([1, 2, 3, 4].map(() => submit({ model: image })));
    for (const job of ids) expect((await events(job)).at(-1)).toMatchObject({ type: 'failed' });
    const row = await rowOf(id);
    expect(row).toMatchObject({ bannedAt: null, errorStreak: 0 });
    expect(row.errorCount).toBeGreaterThan(3); // more than the streak that bans
  });

  test('a 5xx that another account got within 5 minutes counts for neither, however often it comes', async () => {
    const { addAccount } = await start();
    const [one, other] = [await addAccount(), await addAccount()];
    for (let count = 0; count < 6; count += 1) {
      await fail(one.id, failure(suspicious, 503));
      await fail(other.id, failure(suspicious, 500));
    }
    expect(await stateOf(one.id)).toBe('healthy');
    expect(await stateOf(other.id)).toBe('healthy');
  });

  test('a 5xx of another account more than 5 minutes ago is no excuse', async () => {
    const { addAccount } = await start();
    const [one, other] = [await addAccount(), await addAccount()];
    await fail(other.id, failure(suspicious, 500), at(new Date(Date.now() - 6 * minute)));
    await noteSuccess(at(new Date(Date.now() - minute)), other.id, 'image');
    await fail(one.id, failure(suspicious, 500));
    expect((await rowOf(one.id)).errorStreak).toBe(1);
  });

  test('with one account there is nobody to compare with: an outage of the upstream does not ban it', async () => {
    const { addAccount } = await start();
    const { id } = await addAccount();
    for (let count = 0; count < 5; count += 1) await fail(id, failure(suspicious, 500));
    expect(await stateOf(id)).toBe('healthy');
  });

  test('C.6 success: ends the streak, and counts for the account and its day', async () => {
    const { addAccount, runtime } = await start();
    const { id } = await addAccount();
    await fail(id, failure(suspicious, 403));
    await noteSuccess(runtime, id, 'image');
    expect(await rowOf(id)).toMatchObject({ errorStreak: 0, imageCount: 1, videoCount: 0 });
    expect((await countToday(runtime)).of(id)).toEqual({ images: 1, videos: 0, errors: 1 });
  });
});

describe("the predecessor's rules and defects", () => {
  test('C.6 other error: the third one in a row disables, which only a hand ends', async () => {
    const { addAccount, runtime } = await start();
    const { id } = await addAccount();
    for (let count = 0; count < 3; count += 1) await fail(id, failure(suspicious, 403));
    await endCooldowns(at(new Date(Date.now() + 1_000 * hour)));
    expect(await stateOf(id)).toBe('banned');
    await changeHealth(runtime, id, applyEnabled);
    expect(await rowOf(id)).toMatchObject({ errorStreak: 0, bannedAt: null, banReason: null });
  });

  test('C.6 error text 429: rests for twelve hours where no reason is given, and comes back by itself', async () => {
    const { addAccount } = await start();
    const { id } = await addAccount();
    await fail(id, failure({ type: 'cooldown', reason: 'unknown_429' }, 429));
    await endCooldowns(at(new Date(Date.now() + 11.9 * hour)));
    expect(await stateOf(id)).toBe('cooldown');
    await endCooldowns(at(new Date(Date.now() + 12.1 * hour)));
    expect(await rowOf(id)).toMatchObject({ cooldownUntil: null, cooldownReason: null });
  });

  test('C.6 error text 429: counts as no error in a row, and the text alone means nothing', async () => {
    const { addAccount } = await start();
    const { id } = await addAccount();
    for (let count = 0; count < 5; count += 1)
      await fail(id, failure({ type: 'cooldown', reason: 'unknown_429' }, 429));
    expect(await rowOf(id)).toMatchObject({ errorStreak: 0, bannedAt: null, enabled: true });
    const other = await addAccount();
    await fail(other.id, failure({ type: 'none' }, 400, 'PUBLIC_ERROR_429_IS_IN_THE_TEXT'));
    expect(await stateOf(other.id)).toBe('healthy');
  });

  test('C.6 other error: the threshold is the one of the settings', async () => {
    const { addAccount } = await start({
      services: false,
      settings: { 'routing.error_threshold': 2 },
    });
    const { id } = await addAccount();
    await fail(id, failure(suspicious, 403));
    expect(await stateOf(id)).toBe('degraded');
    await fail(id, failure(suspicious, 403));
    expect(await stateOf(id)).toBe('banned');
  });

  test('C.6 enable: forgives the errors and the ban, a rest and a dead session stay', async () => {
    const { addAccount, runtime } = await start();
    const { id } = await addAccount();
    for (let count = 0; count < 3; count += 1) await fail(id, failure(suspicious, 403));
    await fail(id, failure({ type: 'cooldown', reason: 'throttle' }, 429));
    await changeHealth(runtime, id, () => applyDisabled(new Date()));
    await changeHealth(runtime, id, applyEnabled);
    expect(await rowOf(id)).toMatchObject({ enabled: true, errorStreak: 0, bannedAt: null, banReason: null });
    expect(await stateOf(id)).toBe('cooldown');
  });

  test('C.6 auto-unban loop: a rest is over when its time is, whenever the loop looks', async () => {
    const { addAccount, submit, events } = await start({});
    const { id } = await addAccount();
    await fail(id, failure({ type: 'cooldown', reason: 'unknown_429', retryAfterSeconds: 1 }, 429));
    // No loop has had a turn in between: the queue itself goes by the time.
    expect((await events(await submit({ model: image }))).at(-1)).toMatchObject({ type: 'completed' });
  });

  test('C.6 retry: once more on the same account for a fault that passes, never for a refused content', async () => {
    const { addAccount, submit, events, simulator } = await start({});
    await addAccount();
    const asks = () => simulator.stats().calls.find(({ call }) => call === 'batchGenerateImages')?.count;
    simulator.inject({ call: 'batchGenerateImages', effect: { type: 'status', status: 500 } });
    expect((await events(await submit({ model: image }))).at(-1)).toMatchObject({ type: 'completed' });
    expect(asks()).toBe(2);
    await events(await submit({ model: image, prompt: 'unsafe-prompt' }));
    expect(asks()).toBe(3);
  });

  test('C.6 credits: an account that cannot pay is not asked to', async () => {
    const { addAccount, submit, events, job, simulator } = await start({});
    await addAccount({ credits: 19 });
    const rich = await addAccount({ credits: 20 });
    const id = await submit({ model: 'veo_3_1_t2v_fast_landscape' });
    expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
    expect((await job(id)).accountId).toBe(rich.id);
    expect(simulator.stats().refusals).toEqual([]);
  });

  test.each([
    ['Asia/Tokyo', '2026-11-23T10:00:00Z', '2026-11-23T15:00:00.000Z'],
    ['America/New_York', '2026-11-23T10:00:00Z', '2026-11-24T05:00:00.000Z'],
    ['UTC', '2026-11-23T10:00:00Z', '2026-11-24T00:00:00.000Z'],
  ])('the quota of a model ends with the day in %s', async (zone, moment, end) => {
    const { addAccount } = await start({ services: false, settings: { 'general.time_zone': zone } });
    const { id } = await addAccount();
    await fail(id, failure({ type: 'model_quota' }, 429), at(new Date(moment)));
    const [block] = (await rowOf(id)).blocks;
    expect(new Date(block?.until ?? 0).toISOString()).toBe(end);
    expect(await stateOf(id, new Date(moment))).toBe('degraded');
    await endCooldowns(at(new Date(end)));
    expect((await rowOf(id)).blocks).toEqual([]);
  });

  test('a session that was replaced meanwhile is not marked by what the old one was told', async () => {
    const { addAccount, runtime } = await start();
    const { id } = await addAccount();
    const dead = failure({ type: 'session_dead', reason: 'dead' });
    await noteFailure(runtime, { id, sessionTokenHash: 'the one before' }, dead, what);
    expect(await stateOf(id)).toBe('healthy');
    await noteFailure(runtime, await rowOf(id), dead, what);
    expect(await stateOf(id)).toBe('expired');
    expect(await historyOf(id)).toEqual(['healthy > expired']);
  });

  test('C.9.1 an account disabled by hand is never switched on by a loop', async () => {
    const { addAccount, runtime } = await start();
    const { id } = await addAccount();
    await fail(id, failure({ type: 'cooldown', reason: 'unknown_429' }, 429));
    await changeHealth(runtime, id, () => applyDisabled(new Date()));
    const before = await rowOf(id);
    await endCooldowns(at(new Date(Date.now() + 100 * hour)));
    expect(await rowOf(id)).toEqual(before);
  });

  test('C.9.2 a cooldown ends on time although the access token ran out meanwhile', async () => {
    const { addAccount, runtime } = await start();
    const { id } = await addAccount();
    await fail(id, failure({ type: 'cooldown', reason: 'unknown_429' }, 429));
    const longAgo = { accessTokenIssuedAt: new Date(0), accessTokenExpiresAt: new Date(1) };
    await updateAccount(runtime.db, id, longAgo, new Date());
    await endCooldowns(at(new Date(Date.now() + 13 * hour)));
    expect(await stateOf(id)).toBe('healthy');
  });

  test('C.9.3 a generation that fails after acceptance counts as no success of the account', async () => {
    const { addAccount, runtime, submit, events, simulator } = await start({});
    const { id } = await addAccount();
    simulator.inject({
      call: 't2v',
      effect: { type: 'pollStatus', status: 'MEDIA_GENERATION_STATUS_FAILED' },
    });
    const job = await submit({ model: 'veo_3_1_t2v_fast_landscape' });
    expect((await events(job)).at(-1)).toMatchObject({ type: 'failed' });
    expect(await rowOf(id)).toMatchObject({ videoCount: 0, lastSuccessAt: null });
    expect((await countToday(runtime)).of(id).videos).toBe(0);
  });

  test('C.9.5 a job whose account is gone ends, and does not stay running for ever', async () => {
    const { addAccount, submit, job, runtime } = await start({
      simulator: { videoDurationMs: 600_000 },
    });
    await addAccount();
    const id = await submit({ model: 'veo_3_1_t2v_fast_landscape' });
    await until(async () => (await job(id)).handle !== null);
    await runtime.db.delete(runtime.db.tables.accounts);
    await until(async () => (await job(id)).state === 'failed');
  });

  test('C.9.7 a limit that is edited while the program runs counts at once, and nought is no word for unlimited', async () => {
    const { addAccount, submit, events, runtime, simulator } = await start({
      simulator: { imageLatencyMs: 100 },
    });
    const account = await addAccount();
    await updateAccount(runtime.db, account.id, { imageConcurrency: 1 }, new Date());
    const ids = await Promise.all([1, 2, 3, 4].map(() => submit({ model: image })));
    for (const id of ids) expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
    expect(simulator.stats().concurrency.find((entry) => entry.account === account.email)?.images).toBe(1);
  });

  test('C.6 credits: are kept up with each generation, also where the answer leaves a zero out', async () => {
    const { addAccount, submit, events } = await start({});
    const { id } = await addAccount({ credits: 20 });
    expect((await events(await submit({ model: 'veo_3_1_t2v_fast_landscape' }))).at(-1)).toMatchObject({
      type: 'completed',
    });
    expect((await rowOf(id)).credits).toBe(0);
  });

  test('C.5 a network error never disables an account', async () => {
    const { addAccount, submit, events, simulator } = await start({});
    const { id } = await addAccount();
    const fault: SimulatorFault = {
      call: 'batchGenerateImages',
      effect: { type: 'reset', when: 'before' },
      times: 2,
    };
    simulator.inject(fault);
    await events(await submit({ model: image }));
    expect(await rowOf(id)).toMatchObject({ enabled: true, bannedAt: null, expiredAt: null });
  });
});
