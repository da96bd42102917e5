import { afterEach, describe, expect, test } from 'vitest';
import { findAccount, updateAccount } from '@/db/repositories/accounts';
import { claimResumable } from '@/db/repositories/jobs';
import { insertRequestLogs, listRequestLogs } from '@/db/repositories/request-logs';
import { insertUpstreamCalls, listUpstreamCalls } from '@/db/repositories/upstream-calls';
import { refreshDueCredits } from '@/lib/accounts/credits';
import { startLoops } from '@/lib/background/loops';
import { endHopelessJobs } from '@/lib/generation/orphans';
import type { Runtime } from '@/lib/runtime';
import { readSamples, sampleHour, sampleMinute } from '@/lib/samples';
import { startTestProgram, type TestProgram, type TestProgramOptions } from '../support/test-runtime';

const hour = 3_600_000;
const day = 24 * hour;
const video = 'veo_3_1_t2v_fast_landscape';

let program: TestProgram;
const start = async (options: TestProgramOptions = {}) => {
  program = await startTestProgram({ services: false, ...options });
  return program;
};
afterEach(() => program.stop());

const at = (now: Date): Runtime => ({ ...program.runtime, now: () => now });
const soon = () => AbortSignal.timeout(10_000);
const creditsCalls = () => program.simulator.stats().calls.filter(({ call }) => call === 'credits');
const creditsOf = async (id: string) => (await findAccount(program.runtime.db, id))?.credits;

describe('refreshing credits', () => {
  test('asks for what is older than the setting, and for nothing else', async () => {
    const { addAccount, runtime, simulator } = await start();
    const [old, fresh] = [await addAccount(), await addAccount()];
    await updateAccount(runtime.db, old.id, { creditsCheckedAt: new Date(Date.now() - hour) }, new Date());
    simulator.account(old.email).credits = 77;
    simulator.account(fresh.email).credits = 77;
    simulator.resetStats();
    await refreshDueCredits(runtime, soon(), new Map());
    expect([await creditsOf(old.id), await creditsOf(fresh.id)]).toEqual([77, 10_000]);
    expect(creditsCalls()).toMatchObject([{ account: old.email, count: 1 }]);
  });

  test('asks soon after a refusal for missing credits, even where it is switched off', async () => {
    const { addAccount, runtime, simulator } = await start({
      settings: { 'routing.refresh_credits_every': 0 },
    });
    const [out, other] = [await addAccount(), await addAccount()];
    await updateAccount(runtime.db, out.id, { credits: 0, creditsCheckedAt: null }, new Date());
    await updateAccount(runtime.db, other.id, { creditsCheckedAt: new Date(0) }, new Date());
    simulator.account(out.email).credits = 15;
    simulator.resetStats();
    await refreshDueCredits(runtime, soon(), new Map());
    expect(await creditsOf(out.id)).toBe(15);
    expect(creditsCalls()).toHaveLength(1);
  });

  test('asks a bounded number of accounts, those asked longest ago first, and no account that is out of use', async () => {
    const { addAccount, runtime, simulator } = await start();
    const rows = [];
    for (let index = 0; index < 30; index += 1) {
      const row = await addAccount();
      const creditsCheckedAt = new Date(Date.now() - day + index * 60_000);
      await updateAccount(runtime.db, row.id, { creditsCheckedAt }, new Date());
      rows.push(row);
    }
    const off = [
      { enabled: false },
      { expiredAt: new Date() },
      { bannedAt: new Date() },
      { removedAt: new Date() },
    ];
    for (const [index, part] of off.entries())
      await updateAccount(runtime.db, rows[index]?.id ?? '', part, new Date());
    simulator.resetStats();
    await refreshDueCredits(runtime, soon(), new Map());
    const asked = creditsCalls().map(({ account }) => account);
    expect(asked.toSorted()).toEqual(
      rows
        .slice(4, 29)
        .map(({ email }) => email)
        .toSorted(),
    );
  });

  test('lets an account that cannot be asked rest, so that it does not stand in the way', async () => {
    const { addAccount, runtime, simulator } = await start();
    const { id, email } = await addAccount();
    await updateAccount(runtime.db, id, { creditsCheckedAt: new Date(0) }, new Date());
    simulator.inject({ call: 'credits', account: email, effect: { type: 'status', status: 500 }, times: 9 });
    const failedAt = new Map<string, number>();
    expect(await refreshDueCredits(runtime, soon(), failedAt)).toEqual({ asked: 1, failed: 1 });
    expect(await refreshDueCredits(runtime, soon(), failedAt)).toEqual({ asked: 0, failed: 0 });
    expect((await findAccount(runtime.db, id))?.bannedAt).toBeNull();
  });
});

describe.each(['sqlite', 'postgres'] as const)('samples on %s', (dialect) => {
  test('are taken once a minute and once an hour, however often the loop runs', async () => {
    const { addAccount, submit } = await start({ dialect });
    const { id } = await addAccount();
    await submit({ model: video });
    const moment = new Date('2026-11-23T10:20:30Z');
    for (let count = 0; count < 3; count += 1) {
      await sampleMinute(at(moment));
      await sampleHour(at(moment));
    }
    const since = new Date(0);
    expect(await readSamples(program.runtime, { name: 'queued', since })).toEqual([
      { at: new Date('2026-11-23T10:20:00Z'), value: 1 },
    ]);
    expect(await readSamples(program.runtime, { name: 'in_flight_video', since })).toMatchObject([
      { value: 0 },
    ]);
    expect(await readSamples(program.runtime, { name: 'credits', scope: id, since })).toEqual([
      { at: new Date('2026-11-23T10:00:00Z'), value: 10_000 },
    ]);
  });

  test('and logs and calls that are older than the settings keep them are removed, the others stay', async () => {
    const { runtime } = await start({ dialect });
    const now = Date.now();
    for (const [requestId, age] of [
      ['old', 31],
      ['young', 29],
    ] as const) {
      const moment = new Date(now - age * day);
      await insertRequestLogs(runtime.db, [
        { requestId, at: moment, method: 'GET', path: '/', status: 200, durationMs: 1 },
      ]);
      await insertUpstreamCalls(runtime.db, [
        {
          jobId: 'job',
          at: moment,
          durationMs: 1,
          method: 'GET',
          host: 'h',
          path: requestId,
          proxied: false,
        },
      ]);
    }
    await sampleMinute(at(new Date(now - 91 * day)));
    await sampleMinute(at(new Date(now - 89 * day)));
    const loop = startLoops(runtime).find(({ name }) => name === 'prune-records');
    expect(await loop?.runNow()).toBe(true);
    expect((await listRequestLogs(runtime.db, { limit: 9 })).map((row) => row.requestId)).toEqual(['young']);
    expect((await listUpstreamCalls(runtime.db, { jobId: 'job', limit: 9 })).map((row) => row.path)).toEqual([
      'young',
    ]);
    expect(await readSamples(runtime, { name: 'queued', since: new Date(now - 85 * day) })).toBeDefined();
    expect(await readSamples(runtime, { name: 'in_flight_image', since: new Date(0) })).not.toHaveLength(0);
    expect(
      (await readSamples(runtime, { name: 'in_flight_image', since: new Date(0) })).every(
        (sample) => sample.at.getTime() > now - 90 * day,
      ),
    ).toBe(true);
  });
});

describe('orphaned jobs', () => {
  const running = async (part: { accountId?: string | null; heldMs?: number }) => {
    const { runtime, submit } = program;
    const id = await submit({ model: video });
    const { jobs } = runtime.db.tables;
    await runtime.db.update(jobs).set({
      state: 'running',
      availableAt: new Date(Date.now() - hour),
      accountId: part.accountId ?? null,
      ...(part.heldMs === undefined
        ? {}
        : { leaseOwner: 'somebody', leaseUntil: new Date(Date.now() + part.heldMs) }),
    });
    return id;
  };

  test('those whose account is gone end with the reason', async () => {
    const { addAccount, runtime, job } = await start();
    await addAccount();
    const id = await running({});
    expect(await endHopelessJobs(runtime)).toEqual({ ended: 1, unattended: 0 });
    expect(await job(id)).toMatchObject({ state: 'failed', error: { code: 'no_account_available' } });
  });

  test('those that can go on are told of, and left to the worker', async () => {
    const { addAccount, runtime } = await start();
    const { id: accountId } = await addAccount();
    await running({ accountId });
    expect(await endHopelessJobs(runtime)).toEqual({ ended: 0, unattended: 1 });
    const now = new Date();
    const claim = { owner: 'me', now, leaseUntil: new Date(now.getTime() + hour), limit: 5, except: [] };
    expect(await claimResumable(runtime.db, claim)).toHaveLength(1);
  });

  test('those that somebody works on are left alone', async () => {
    const { addAccount, runtime, job } = await start();
    await addAccount();
    const id = await running({ heldMs: hour });
    expect(await endHopelessJobs(runtime)).toEqual({ ended: 0, unattended: 0 });
    expect((await job(id)).state).toBe('running');
  });
});

test('every loop runs without an error', async () => {
  const { addAccount, runtime } = await start();
  await addAccount();
  for (const loop of startLoops(runtime)) {
    expect({ name: loop.name, ran: await loop.runNow() }).toEqual({ name: loop.name, ran: true });
    expect(loop.status()).toMatchObject({ name: loop.name, running: false });
    expect(loop.status().lastError).toBeUndefined();
  }
  expect(runtime.loops.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'refresh-access',
      'refresh-credits',
      'end-cooldowns',
      'end-hopeless-jobs',
      'sample-minute',
      'sample-hour',
      'clean-media',
      'forget-lost-files',
      'renew-reading',
      'prune-records',
      'reload-settings',
    ]),
  );
});
