import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { findAccount } from '@/db/repositories/accounts';
import { recordOutcome } from '@/db/repositories/jobs';
import { healthOf } from '@/lib/accounts/health';
import { cancelJob } from '@/lib/generation/view';
import { references } from '../support/pictures';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';

let program: TestProgram;
const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  return program;
};
afterEach(() => program.stop());

const video = 'veo_3_1_t2v_fast_landscape';
const always = Number.POSITIVE_INFINITY;
const dialects = ['sqlite', 'postgres'] as const;
const cancel = (id: string) => cancelJob(program.runtime, id, { apiKeyId: program.apiKey.id });
const setJob = async (id: string, changes: Record<string, unknown>) => {
  const { db } = program.runtime;
  await db.update(db.tables.jobs).set(changes).where(eq(db.tables.jobs.id, id));
};

describe.each(dialects)('a lease that was lost, on %s', (dialect) => {
  test('does not let the same process take its own job a second time', async () => {
    const { addAccount, submit, events, job, simulator } = await start({ dialect });
    await addAccount();
    simulator.inject({ call: 'uploadImage', effect: { type: 'slow', delayMs: 2_500 } });
    const id = await submit({ model: 'veo_3_1_r2v_fast', references: await references(1) });
    await until(async () => (await job(id)).step === 'uploading');
    await setJob(id, { leaseUntil: new Date(0) });
    expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
    expect(simulator.stats().operations).toHaveLength(1);
  });

  test('during a submit does not throw away what upstream accepted', async () => {
    const { addAccount, submit, events, job, simulator } = await start({
      dialect,
      simulator: { listing: 'withheld' },
    });
    await addAccount();
    simulator.inject({ call: 't2v', effect: { type: 'slow', delayMs: 1_500 } });
    const id = await submit({ model: video });
    await until(async () => (await job(id)).intent !== null);
    await setJob(id, { leaseOwner: 'another process', leaseUntil: new Date(Date.now() + 60_000) });
    expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
    expect(simulator.stats().operations).toHaveLength(1);
  });
});

describe.each(dialects)('an answer that comes late, on %s', (dialect) => {
  test('does not end the operation that came after the one it is about', async () => {
    const { addAccount, submit, job, runtime } = await start({
      dialect,
      simulator: { videoDurationMs: 60_000 },
    });
    await addAccount();
    const id = await submit({ model: video });
    await until(async () => (await job(id)).handle !== null);
    const outcome = {
      phase: 'generate',
      type: 'failed',
      error: { code: 'upstream_failed', message: 'x' },
      cancelled: false,
    };
    const late = { jobId: id, outcome, stillOccupies: false, now: new Date() };
    expect(await recordOutcome(runtime.db, { ...late, handleName: 'an earlier one' })).toBe(false);
    expect((await job(id)).outcome).toBeNull();
  });
});

test('an upscaled picture whose storing failed is asked for again, and delivered', async () => {
  const { addAccount, submit, events, runtime, simulator } = await start();
  await addAccount();
  const write = runtime.media.write;
  let failures = 0;
  runtime.media.write = (key, body, options) => {
    if (key.startsWith('inputs/') || failures > 0) return write(key, body, options);
    failures += 1;
    return Promise.reject(new Error('no space left'));
  };
  const id = await submit({ model: 'gemini-3.0-pro-image-landscape-2k' });
  expect((await events(id)).at(-1)).toMatchObject({ type: 'completed', media: [{ width: 2752 }] });
  expect(simulator.stats().calls.find(({ call }) => call === 'upsampleImage')?.count).toBe(2);
});

describe('a cancelled job', () => {
  test('is not upscaled any more: what was made is kept, and nothing more is charged', async () => {
    const { addAccount, submit, events, job, runtime, simulator } = await start({
      simulator: { videoDurationMs: 700, cancelTakesEffect: false },
    });
    await addAccount();
    const id = await submit({ model: 'veo_3_1_t2v_fast_1080p' });
    await until(async () => (await job(id)).handle !== null);
    await cancel(id);
    expect((await events(id)).at(-1)).toEqual({ type: 'cancelled' });
    expect(simulator.stats().operations.map(({ call }) => call)).toEqual(['t2v']);
    const { media } = runtime.db.tables;
    expect(await runtime.db.select().from(media).where(eq(media.jobId, id))).toMatchObject([
      { role: 'base' },
    ]);
  });

  test('whose submit is refused ends, and does not wait for its turn again', async () => {
    const { addAccount, submit, events, job, simulator } = await start();
    await addAccount({ challenge: 'video' });
    await addAccount({ challenge: 'video' });
    simulator.options.latencyMs = 700;
    const id = await submit({ model: video });
    await until(async () => (await job(id)).intent !== null);
    await cancel(id);
    expect((await events(id)).at(-1)).toEqual({ type: 'cancelled' });
    expect(simulator.stats().operations).toHaveLength(0);
  });
});

test("upstream's own limit is waited for: nobody is refused because the account is full there", async () => {
  const { addAccount, submit, events, simulator } = await start({ simulator: { videoDurationMs: 150 } });
  await addAccount({ concurrency: 2 });
  const ids = await Promise.all(Array.from({ length: 12 }, () => submit({ model: video })));
  for (const id of ids) expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
  expect(simulator.stats().operations).toHaveLength(12);
});

test('status calls that are all refused become no flood, and lose nothing', async () => {
  const { addAccount, submit, events, job, simulator } = await start({ simulator: { videoDurationMs: 400 } });
  await addAccount();
  const ids = await Promise.all(Array.from({ length: 64 }, () => submit({ model: video })));
  for (const id of ids) await until(async () => (await job(id)).handle !== null);
  simulator.inject({ call: 'checkStatus', effect: { type: 'status', status: 400 }, times: always });
  simulator.resetStats();
  const calls = () => simulator.stats().calls.find(({ call }) => call === 'checkStatus')?.count ?? 0;
  await until(() => calls() > 20);
  const before = calls();
  await new Promise((done) => setTimeout(done, 2_000)); // forty intervals
  expect(calls() - before).toBeLessThan(130);
  simulator.clearFaults();
  for (const id of ids) expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
});

test('a stop while a submit is being refused does not make its outcome unknown', async () => {
  const first = await startTestProgram();
  await first.addAccount({ challenge: 'video' });
  first.simulator.options.latencyMs = 600;
  const id = await first.submit({ model: video });
  await until(async () => (await first.job(id)).intent !== null);
  const place = {
    dataDir: first.runtime.env.dataDir,
    databaseUrl: `file:${first.runtime.env.dataDir}/flow2api.db`,
  };
  await first.runtime.life.drain('the test ends it');
  program = await startTestProgram({ simulator: first.simulator, place });
  const { intent, error } = await program.job(id);
  expect({ intent, code: error?.code }).not.toMatchObject({ code: 'submission_unknown' });
  expect(intent).toBeNull();
  await first.simulator.close();
});

test('an upscale that upstream fails on once is tried again on the account that has the video', async () => {
  const { addAccount, submit, events, simulator } = await start();
  await addAccount();
  simulator.inject({ call: 'upsampleVideo', effect: { type: 'status', status: 500 } });
  const id = await submit({ model: 'veo_3_1_t2v_fast_1080p' });
  expect((await events(id)).at(-1)).toMatchObject({ type: 'completed', media: [{ role: 'result' }] });
  expect(simulator.stats().operations).toHaveLength(2);
});

test('an account whose stored sign-in cannot be opened is marked, and another one serves', async () => {
  const { addAccount, submit, events, runtime } = await start();
  const bad = await addAccount();
  await addAccount({}, { imageConcurrency: 1 });
  const { accounts } = runtime.db.tables;
  const foreign = 'v1.AAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
  await runtime.db
    .update(accounts)
    .set({ sessionTokenSealed: foreign, accessTokenSealed: foreign })
    .where(eq(accounts.id, bad.id));
  const ids = await Promise.all(Array.from({ length: 4 }, () => submit({ model: 'gemini-3.1-flash-image' })));
  for (const id of ids) expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
  const row = await findAccount(runtime.db, bad.id);
  expect(row && healthOf(row, new Date())).toMatchObject({ state: 'expired', reason: 'unreadable' });
});

test('a prompt of absurd length is refused and not stored', async () => {
  const { addAccount, submit } = await start();
  await addAccount();
  await expect(submit({ model: video, prompt: 'x'.repeat(32_001) })).rejects.toMatchObject({
    code: 'invalid_request',
    wireCode: 'string_above_max_length',
  });
});
