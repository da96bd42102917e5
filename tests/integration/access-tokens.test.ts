import { afterEach, describe, expect, test, vi } from 'vitest';
import { type AccountRow, findAccount, updateAccount } from '@/db/repositories/accounts';
import { findLease } from '@/db/repositories/leases';
import { callWithAccess, openAccess, refreshAccess, refreshDueAccess } from '@/lib/accounts/access-token';
import { refreshCredits } from '@/lib/accounts/credits';
import { healthOf } from '@/lib/accounts/health';
import { refreshAccountAccess, replaceSessionToken } from '@/lib/accounts/refresh';
import { putAccount } from '@/lib/accounts/transfer';
import type { Runtime } from '@/lib/runtime';
import type { CallName, FaultEffect } from '../simulator/contract';
import type { SimulatorAccount } from '../simulator/server';
import { countCalls } from '../simulator/stats';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';
import { freshToken } from './admin-console';

const image = 'gemini-3.1-flash-image';
const video = 'veo_3_1_t2v_fast_landscape';
const always = Number.POSITIVE_INFINITY;
const minute = 60_000;
const actor = { administrator: { id: 'adm', name: 'ada' }, requestId: 'req_test' };

const programs: TestProgram[] = [];
let program: TestProgram;
const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  programs.push(program);
  return program;
};
afterEach(async () => {
  vi.useRealTimers();
  for (const one of programs.splice(0).toReversed()) await one.stop();
});

const at = (offsetMs: number): Runtime => ({
  ...program.runtime,
  now: () => new Date(Date.now() + offsetMs),
  refreshing: new Map(),
});
const soon = () => AbortSignal.timeout(20_000);
const stored = async (id: string): Promise<AccountRow> => {
  const row = await findAccount(program.runtime.db, id);
  if (row === undefined) throw new Error(`no account ${id}`);
  return row;
};
const longAgo = { accessTokenIssuedAt: new Date(0), accessTokenExpiresAt: new Date(minute) };
/** Its access token has run out, here and upstream. */
const expire = async ({ id, email }: AccountRow) => {
  program.simulator.account(email).accessTokens.clear();
  await updateAccount(program.runtime.db, id, longAgo, new Date());
  program.simulator.resetStats();
};
const exchanges = () => program.simulator.stats().tokenExchanges;
const calls = (call: CallName) => countCalls(program.simulator.stats(), call);

describe('C.5 a hundred requests at once on an access token that has run out make one exchange', () => {
  test('in one process on SQLite', async () => {
    const { addAccount, submit, events } = await start();
    const account = await addAccount();
    await expire(account);
    const ids = await Promise.all(Array.from({ length: 100 }, () => submit({ model: image })));
    for (const id of ids) expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
    expect(exchanges()).toEqual([{ account: account.email, count: 1 }]);
    expect(calls('session')).toBe(1);
  });

  test('in two processes on one Postgres', async () => {
    const first = await start({ dialect: 'postgres' });
    const { env } = first.runtime;
    if (env.databaseUrl.dialect !== 'postgres') throw new Error('not on Postgres');
    const second = await startTestProgram({
      simulator: first.simulator,
      place: { dataDir: env.dataDir, databaseUrl: env.databaseUrl.url },
    });
    programs.push(second);
    const account = await first.addAccount();
    await expire(account);
    first.simulator.inject({ call: 'session', effect: { type: 'slow', delayMs: 700 } });
    // Each process needs the token by itself, whichever of them the queue gives the jobs to.
    const asked = [first, second].flatMap(({ runtime }) =>
      Array.from({ length: 10 }, async () => openAccess(runtime, await stored(account.id))),
    );
    const ids = await Promise.all(
      Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? first : second).submit({ model: image })),
    );
    for (const id of ids) expect((await first.events(id)).at(-1)).toMatchObject({ type: 'completed' });
    expect(new Set((await Promise.all(asked)).map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(exchanges()).toEqual([{ account: account.email, count: 1 }]);
    expect(calls('session')).toBe(1);
  });
});

describe('C.5 a 401 exchanges once, and a second one is a failure', () => {
  test('of a submit', async () => {
    const { addAccount, submit, events, simulator } = await start();
    const account = await addAccount();
    simulator.resetStats();
    simulator.inject({ call: 'batchGenerateImages', effect: { type: 'status', status: 401 } });
    expect((await events(await submit({ model: image }))).at(-1)).toMatchObject({ type: 'completed' });
    expect(calls('session')).toBe(1);
    simulator.inject({
      call: 'batchGenerateImages',
      times: always,
      effect: { type: 'status', status: 401 },
    });
    expect((await events(await submit({ model: image }))).at(-1)).toMatchObject({ type: 'failed' });
    expect(calls('session')).toBe(2);
    expect(calls('batchGenerateImages')).toBe(4);
    expect(await stored(account.id)).toMatchObject({
      expiredReason: 'migrated',
      errorStreak: 0,
      bannedAt: null,
    });
  });

  test('of credits', async () => {
    const { addAccount, runtime, simulator } = await start({ services: false });
    const account = await addAccount();
    simulator.resetStats();
    simulator.inject({ call: 'credits', times: always, effect: { type: 'status', status: 401 } });
    await expect(refreshCredits(runtime, account, soon())).rejects.toMatchObject({
      failure: { account: { type: 'session_dead', reason: 'migrated' } },
    });
    expect(calls('session')).toBe(1);
    await expect(refreshAccess(runtime, await stored(account.id))).rejects.toThrow();
    expect(calls('session')).toBe(1);
  });

  test('of the status of a running video: it is asked about again without any further exchange', async () => {
    const { addAccount, submit, events, job, simulator } = await start({
      simulator: { videoDurationMs: 60_000 },
    });
    const account = await addAccount();
    const id = await submit({ model: video });
    await until(async () => (await job(id)).handle !== null);
    simulator.resetStats();
    simulator.inject({ call: 'checkStatus', times: always, effect: { type: 'status', status: 401 } });
    await until(async () => (await stored(account.id)).expiredAt !== null);
    const before = calls('checkStatus');
    await until(() => calls('checkStatus') > before + 1);
    expect(calls('session')).toBe(1);
    // The account is signed in again, and the video that was paid for is delivered.
    simulator.clearFaults();
    simulator.advance(120_000);
    const { secrets } = program.runtime;
    const token = secrets.open(account.sessionTokenSealed ?? '');
    await replaceSessionToken(program.runtime, { id: account.id, actor, sessionToken: token }, soon());
    expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
  });

  test('of the listing that a lost submit is searched in', async () => {
    const { addAccount, submit, events, simulator } = await start({ settings: { 'flow.adoption_grace': 3 } });
    const account = await addAccount();
    simulator.inject({ call: 't2v', effect: { type: 'reset', when: 'after' } });
    simulator.resetStats();
    simulator.inject({ call: 'projectInitialData', effect: { type: 'status', status: 401 } });
    expect((await events(await submit({ model: video }))).at(-1)).toMatchObject({ type: 'completed' });
    expect(calls('session')).toBe(1);
    expect(await stored(account.id)).toMatchObject({ expiredAt: null });
  });
});

describe('C.5 an exchange that fails by the network', () => {
  test('disables nothing, shows as degraded, is retried with growing pauses, and is over with the first that works', async () => {
    const { addAccount, simulator } = await start({ services: false });
    const account = await addAccount();
    await expire(account);
    const id = simulator.inject({
      call: 'session',
      times: always,
      effect: { type: 'reset', when: 'before' },
    });
    const turn = (offsetMs: number) => refreshDueAccess(at(offsetMs), soon());

    expect(await turn(0)).toEqual({ renewed: 0, failed: 1 });
    expect(await turn(1_000)).toEqual({ renewed: 0, failed: 0 });
    expect(await turn(minute)).toEqual({ renewed: 0, failed: 1 });
    expect(await turn(1.9 * minute)).toEqual({ renewed: 0, failed: 0 });
    expect(await turn(2.5 * minute)).toEqual({ renewed: 0, failed: 1 });
    const failing = await stored(account.id);
    expect(failing).toMatchObject({ enabled: true, bannedAt: null, expiredAt: null, errorStreak: 0 });
    expect(healthOf(failing, new Date())).toMatchObject({
      state: 'degraded',
      reason: 'refresh_failing',
      detail: expect.stringContaining('refresh failing'),
    });

    simulator.clearFaults();
    expect(id).toBeDefined();
    expect(await turn(10 * minute)).toEqual({ renewed: 1, failed: 0 });
    expect(healthOf(await stored(account.id), new Date()).state).toBe('healthy');
  });

  test('does not keep a request from another account', async () => {
    const { addAccount, submit, events, job, simulator } = await start();
    const [bad, good] = [await addAccount(), await addAccount()];
    await expire(bad);
    simulator.inject({
      call: 'session',
      account: bad.email,
      times: always,
      effect: { type: 'reset', when: 'before' },
    });
    const ids = await Promise.all([1, 2, 3, 4].map(() => submit({ model: image })));
    for (const id of ids) {
      expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
      expect((await job(id)).accountId).toBe(good.id);
    }
  });
});

describe('an answer that says that its access token has ended already', () => {
  const used = async (offsetMs: number, id: string) => {
    const runtime = at(offsetMs);
    return callWithAccess(runtime, await stored(id), (access) => runtime.upstream.getBalance(access, soon()));
  };

  test('costs an exchange every five minutes, not one for each use, and the account shows it', async () => {
    const { addAccount, simulator } = await start({ services: false });
    const account = await addAccount({ expiresAheadMs: -60 * minute });
    simulator.resetStats();
    for (const seconds of [0, 1, 60, 240]) await used(seconds * 1_000, account.id);
    expect(exchanges()).toEqual([]);
    for (const seconds of [301, 302, 360, 500]) await used(seconds * 1_000, account.id);
    expect(exchanges()).toEqual([{ account: account.email, count: 1 }]);
    expect(healthOf(await stored(account.id), at(500_000).now())).toMatchObject({
      state: 'degraded',
      reason: 'access_ended_on_arrival',
    });
    expect(await refreshDueAccess(at(500_000), soon())).toEqual({ renewed: 0, failed: 0 });
    simulator.account(account.email).expiresAheadMs = 60 * minute;
    await used(605_000, account.id);
    expect(healthOf(await stored(account.id), at(605_000).now()).state).toBe('healthy');
  });

  test.each([
    ['none', {}],
    ['null', { expires: null }],
    ['no date', { expires: 'soon' }],
    ['a number', { expires: 4_102_444_800 }],
  ])('where it says %s, the token is used for its hour', async (_what, part) => {
    const { addAccount, simulator } = await start({ services: false });
    const account = await addAccount();
    const [access_token] = [...simulator.account(account.email).accessTokens.keys()];
    const body = { user: { email: account.email }, access_token, ...part };
    simulator.inject({ call: 'session', effect: { type: 'json', status: 200, body } });
    await refreshAccess(program.runtime, account);
    simulator.resetStats();
    for (const minutes of [0, 1, 30, 50]) await used(minutes * minute, account.id);
    expect(calls('session')).toBe(0);
    expect(healthOf(await stored(account.id), new Date()).state).toBe('healthy');
  });
});

describe.each(['sqlite', 'postgres'] as const)('a session token that is replaced on %s', (dialect) => {
  /** Holds an exchange of the old one open, and puts another one in its place, as a process whose turn has run out may. */
  const replaceDuring = async (
    work: (row: AccountRow) => Promise<AccountRow>,
    upstream: Partial<SimulatorAccount> = {},
    effect: FaultEffect = { type: 'slow', delayMs: 700 },
  ) => {
    const { addAccount, simulator, runtime } = await start({ dialect, services: false });
    const row = await addAccount();
    Object.assign(simulator.account(row.email), upstream);
    simulator.inject({ call: 'session', account: row.email, effect });
    simulator.resetStats();
    const working = work(row);
    await until(() => simulator.stats().faults.length > 0);
    const byHand = {
      sessionTokenSealed: runtime.secrets.seal('by-hand'),
      sessionTokenHash: runtime.secrets.fingerprint('by-hand'),
      accessTokenSealed: runtime.secrets.seal('ya29.by-hand'),
      accessTokenIssuedAt: new Date(Date.now() - 1_000), // by a clock that is behind
      accessTokenExpiresAt: new Date(Date.now() + 60 * minute),
      credits: 7,
    };
    await updateAccount(runtime.db, row.id, byHand, new Date());
    const given = await working;
    return { row, given, now: await stored(row.id), byHand };
  };
  const exchange = (row: AccountRow) => refreshAccess(program.runtime, row);

  test('stays while an exchange of the one before ends well, and its access is what is used', async () => {
    const { given, now, byHand } = await replaceDuring(exchange);
    expect(now).toMatchObject(byHand);
    expect(given.accessTokenSealed).toBe(byHand.accessTokenSealed);
  });

  test('stays while upstream rotates the one before', async () => {
    const { now, byHand } = await replaceDuring(exchange, { rotateSessionToken: true });
    expect(now).toMatchObject(byHand);
  });

  test('is not called dead with the one before', async () => {
    const { given, now, byHand } = await replaceDuring(exchange, { dead: true });
    expect(now).toMatchObject({ ...byHand, expiredAt: null });
    expect(given.accessTokenSealed).toBe(byHand.accessTokenSealed);
  });

  test('takes nothing over from an exchange of the one before that the network ended', async () => {
    const { given, now } = await replaceDuring(exchange, {}, { type: 'hang', when: 'before' });
    expect(now).toMatchObject({ refreshFailures: 0, refreshFailedAt: null });
    expect(given.sessionTokenHash).toBe(now.sessionTokenHash);
  });

  test('stays when the one before, which had ended, is tried again', async () => {
    const { now, byHand } = await replaceDuring(async (row) => {
      await updateAccount(program.runtime.db, row.id, { expiredAt: new Date() }, new Date());
      return refreshAccountAccess(program.runtime, { id: row.id }, soon());
    });
    expect(now).toMatchObject(byHand);
  });
});

describe('C.5 the loop', () => {
  test('renews before the end, a tenth of the life at most, also what claims to live for a month', async () => {
    const { addAccount, simulator } = await start({ services: false });
    const [plain, boasting] = [
      await addAccount(),
      await addAccount({ expiresAheadMs: 30 * 24 * 60 * minute }),
    ];
    simulator.resetStats();
    expect(await refreshDueAccess(at(53 * minute), soon())).toEqual({ renewed: 0, failed: 0 });
    expect(await refreshDueAccess(at(54.1 * minute), soon())).toEqual({ renewed: 2, failed: 0 });
    expect(
      exchanges()
        .map(({ account }) => account)
        .toSorted(),
    ).toEqual([plain.email, boasting.email].toSorted());
  });

  test('leaves alone what is switched off, signed out or being removed', async () => {
    const { addAccount, simulator, runtime } = await start({ services: false });
    for (const part of [{ enabled: false }, { expiredAt: new Date() }, { removedAt: new Date() }]) {
      const { id } = await addAccount();
      await updateAccount(runtime.db, id, part, new Date());
    }
    simulator.resetStats();
    expect(await refreshDueAccess(at(59 * minute), soon())).toEqual({ renewed: 0, failed: 0 });
    expect(calls('session')).toBe(0);
  });

  test('an exchange that takes long keeps its lease, so that no other process makes a second one', async () => {
    const { addAccount, simulator, runtime } = await start({ services: false });
    const account = await addAccount();
    await expire(account);
    simulator.inject({ call: 'session', effect: { type: 'slow', delayMs: 2_000 } });
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const lease = async () =>
      (await findLease(runtime.db, { name: `access:${account.id}`, now: new Date() }))?.until.getTime();
    const exchange = refreshAccess(runtime, account);
    const first = await until(lease);
    await new Promise((done) => setTimeout(done, 300));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await until(lease)).toBeGreaterThan(first + 200);
    await exchange;
    expect(await lease()).toBeUndefined();
  });
});

describe('a session token that an answer sets is kept only once its own access token has worked', () => {
  const open = (row: AccountRow) => program.runtime.secrets.open(row.sessionTokenSealed ?? '');
  const email = 'rota@example.com';

  /** Brings a session token in, on one of two ways; upstream rotates it with the first answer. */
  const ways: Record<string, { asks: number; bring: (token: string) => Promise<AccountRow> }> = {
    'a token that replaces another one': {
      asks: 1,
      bring: async (sessionToken) => {
        const { id } = await program.addAccount({ email: 'other@example.com' });
        await updateAccount(program.runtime.db, id, { email }, new Date());
        return replaceSessionToken(program.runtime, { id, actor, sessionToken }, soon());
      },
    },
    'a token that is imported': {
      asks: 1,
      bring: async (session_token) =>
        (await putAccount(program.runtime, { session_token }, { mode: 'add_and_update' }, soon())).row,
    },
  };

  describe.each(Object.entries(ways))('%s', (_way, { asks, bring }) => {
    const bringRotating = async (rotateSessionToken: true | 'dead') => {
      const token = freshToken();
      const identity = { sessionToken: token, email, tier: 'PAYGATE_TIER_ONE' as const, credits: 10 };
      program.simulator.addAccount({ ...identity, rotateSessionToken });
      return { token, row: await bring(token) };
    };

    test('one that works is kept', async () => {
      await start({ services: false });
      const { token, row } = await bringRotating(true);
      expect(open(row)).not.toBe(token);
      expect(row.sessionTokenHash).toBe(program.runtime.secrets.fingerprint(open(row)));
    });

    test('one that is dead on arrival is not', async () => {
      await start({ services: false });
      const { token, row } = await bringRotating('dead');
      expect(open(row)).toBe(token);
      expect(row.expiredAt).toBeNull();
    });

    test('one whose access token is refused is not', async () => {
      await start({ services: false });
      program.simulator.inject({
        call: 'credits',
        account: email,
        after: asks,
        effect: { type: 'status', status: 401 },
      });
      const { token, row } = await bringRotating(true);
      expect(open(row)).toBe(token);
    });
  });

  test('in the loop, one whose access token is refused is not', async () => {
    const { addAccount, simulator, runtime } = await start({ services: false });
    const row = await addAccount();
    simulator.account(row.email).rotateSessionToken = true;
    simulator.inject({ call: 'credits', account: row.email, effect: { type: 'status', status: 401 } });
    const after = await refreshAccess(runtime, row);
    expect(open(after)).toBe(open(row));
    expect(after.expiredAt).toBeNull();
  });
});
