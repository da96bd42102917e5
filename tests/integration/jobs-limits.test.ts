import { afterEach, describe, expect, test } from 'vitest';
import { issueApiKey } from '@/lib/api-keys/issue';
import { follow } from '@/lib/generation/follow';
import { submitOnce } from '@/lib/generation/submit-once';
import type { GenerationEvent } from '@/lib/generation/types';
import { cancelJob, findJob } from '@/lib/generation/view';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';

let program: TestProgram;
const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  return program;
};
afterEach(() => program.stop());

const video = 'veo_3_1_t2v_fast_landscape';
const image = 'gemini-3.1-flash-image';
const many = <T>(count: number, make: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

describe.each(['sqlite', 'postgres'] as const)('limits on %s', (dialect) => {
  test("an account never runs more than it may, by the upstream's own count", async () => {
    const { addAccount, submit, events, simulator } = await start({
      dialect,
      simulator: { videoDurationMs: 60 },
    });
    const one = await addAccount({}, { videoConcurrency: 2, imageConcurrency: 1 });
    const two = await addAccount({}, { videoConcurrency: 3 });
    const ids = await many(30, (index) => submit({ model: index % 3 === 0 ? image : video }));
    for (const id of ids) expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
    const { concurrency } = simulator.stats();
    const of = (email: string) => concurrency.find(({ account }) => account === email);
    expect(of(one.email)?.videos).toBeLessThanOrEqual(2);
    expect(of(one.email)?.images).toBeLessThanOrEqual(1);
    expect(of(two.email)?.videos).toBeLessThanOrEqual(3);
    expect(of(two.email)?.videos).toBeGreaterThan(0);
  });
});

test('two processes on one Postgres together keep the limit, and submit each job once', async () => {
  const first = await start({ dialect: 'postgres', simulator: { videoDurationMs: 60 } });
  const { env } = first.runtime;
  if (env.databaseUrl.dialect !== 'postgres') throw new Error('not on Postgres');
  const second = await startTestProgram({
    simulator: first.simulator,
    place: { dataDir: env.dataDir, databaseUrl: env.databaseUrl.url },
    env: {},
  });
  const account = await first.addAccount({}, { videoConcurrency: 3 });
  const ids = await many(40, (index) => (index % 2 === 0 ? first : second).submit({ model: video }));
  for (const id of ids) expect((await first.events(id)).at(-1)).toMatchObject({ type: 'completed' });
  const { operations, concurrency } = first.simulator.stats();
  expect(operations).toHaveLength(40);
  expect(concurrency.find((entry) => entry.account === account.email)?.videos).toBeLessThanOrEqual(3);
  await second.stop();
});

describe('the queue', () => {
  test('gives each key its turn: many jobs of one do not hold up one of another', async () => {
    const {
      addAccount,
      runtime,
      submit: submitOne,
      events,
      job,
    } = await start({ simulator: { videoDurationMs: 50 } });
    await addAccount({}, { videoConcurrency: 1 });
    const other = await issueApiKey(runtime, { name: 'other' });
    const flood = await many(12, () => submitOne({ model: video }));
    const { jobs } = await submitOnce(
      runtime,
      [{ model: video, prompt: 'x', options: {}, references: [] }],
      { apiKeyId: other.id, requestId: 'req' },
      undefined,
      AbortSignal.timeout(5_000),
    );
    await events(jobs[0]?.jobId ?? '');
    const endedBefore = (await Promise.all(flood.map(job))).filter(({ endedAt }) => endedAt !== null).length;
    expect(endedBefore).toBeLessThanOrEqual(4);
    for (const id of flood) await events(id);
  });

  test('tells a waiting job its place, which falls', async () => {
    const { addAccount, submit: submitOne, events } = await start({ simulator: { videoDurationMs: 2_500 } });
    await addAccount({}, { videoConcurrency: 1 });
    const ids = await many(3, () => submitOne({ model: video }));
    const lines = await Promise.all(ids.map(events));
    const positions = lines.map((line) =>
      line.flatMap((event) => (event.type === 'queued' ? [event.position] : [])),
    );
    expect(positions.some((line) => line.includes(2))).toBe(true);
    for (const line of positions) expect(line).toEqual(line.toSorted((a, b) => b - a));
  });

  test('is full at its length: refused, and nothing is kept', async () => {
    const { addAccount, submit: submitOne } = await start({
      simulator: { videoDurationMs: 30_000 },
      settings: { 'queue.max_length': 2 },
    });
    await addAccount({}, { videoConcurrency: 1 });
    const first = await submitOne({ model: video });
    await until(async () => (await program.job(first)).handle !== null);
    await many(2, () => submitOne({ model: video }));
    await expect(submitOne({ model: video })).rejects.toMatchObject({ code: 'queue_full' });
  });

  test('is waited out: nothing was submitted, and the caller is told so', async () => {
    const {
      addAccount,
      submit: submitOne,
      events,
      simulator,
    } = await start({
      simulator: { videoDurationMs: 30_000 },
      settings: { 'queue.max_wait': 1 },
    });
    await addAccount({}, { videoConcurrency: 1 });
    const first = await submitOne({ model: video });
    await until(async () => (await program.job(first)).handle !== null);
    const late = await submitOne({ model: video });
    expect((await events(late)).at(-1)).toMatchObject({
      type: 'failed',
      error: { code: 'queue_timeout' },
      accepted: false,
    });
    expect(simulator.stats().operations).toHaveLength(1);
  });
});

describe("the caller's time", () => {
  test('ends before the job does: the caller is told where to look, and the result arrives there', async () => {
    const {
      addAccount,
      submit: submitOne,
      events,
      runtime,
      apiKey,
      simulator,
    } = await start({
      simulator: { videoDurationMs: 2_500 },
      settings: { 'generation.video_timeout': 1 },
    });
    await addAccount();
    const id = await submitOne({ model: video });
    expect((await events(id)).at(-1)).toMatchObject({
      type: 'failed',
      error: { code: 'result_pending' },
      accepted: true,
    });
    const view = await until(async () => {
      const now = await findJob(runtime, id, { apiKeyId: apiKey.id });
      return now?.state === 'completed' ? now : undefined;
    });
    expect(view.media).toMatchObject([{ kind: 'video' }]);
    expect(simulator.stats().operations).toHaveLength(1);
  });

  test('leaving does not end the job', async () => {
    const {
      addAccount,
      submit: submitOne,
      runtime,
      apiKey,
    } = await start({ simulator: { videoDurationMs: 800 } });
    await addAccount();
    const id = await submitOne({ model: video });
    const leaving = new AbortController();
    for await (const event of follow(runtime, id, leaving.signal)) {
      if (event.type === 'step' && event.step === 'generating') leaving.abort();
    }
    await until(async () => (await findJob(runtime, id, { apiKeyId: apiKey.id }))?.state === 'completed');
  });
});

describe('cancelling', () => {
  const cancel = (id: string) => cancelJob(program.runtime, id, { apiKeyId: program.apiKey.id });

  test('a queued job ends at once, and nothing is submitted', async () => {
    const {
      addAccount,
      submit: submitOne,
      simulator,
    } = await start({ simulator: { videoDurationMs: 20_000 } });
    await addAccount({}, { videoConcurrency: 1 });
    const running = await submitOne({ model: video });
    await until(async () => (await program.job(running)).handle !== null);
    const waiting = await submitOne({ model: video });
    expect(await cancel(waiting)).toMatchObject({ state: 'cancelled' });
    expect(simulator.stats().operations).toHaveLength(1);
  });

  test('a running video is cancelled upstream, and its place is free only then', async () => {
    const {
      addAccount,
      submit: submitOne,
      events,
      job,
      simulator,
    } = await start({ simulator: { videoDurationMs: 20_000 } });
    await addAccount();
    const id = await submitOne({ model: video });
    await until(async () => (await job(id)).handle !== null);
    await cancel(id);
    expect((await events(id)).at(-1)).toEqual({ type: 'cancelled' });
    expect(await job(id)).toMatchObject({ state: 'cancelled', occupies: false });
    expect(simulator.stats().calls.find(({ call }) => call === 'cancelGeneration')?.count).toBe(1);
  });

  test('what finishes all the same is stored and marked', async () => {
    const {
      addAccount,
      submit: submitOne,
      events,
      job,
    } = await start({ simulator: { videoDurationMs: 700, cancelTakesEffect: false } });
    await addAccount();
    const id = await submitOne({ model: video });
    await until(async () => (await job(id)).handle !== null);
    await cancel(id);
    expect((await events(id)).at(-1)).toMatchObject({
      type: 'completed',
      cancelRequested: true,
      media: [{ kind: 'video' }],
    });
  });

  test('another key cannot cancel or see the job', async () => {
    const { addAccount, submit: submitOne, runtime, events } = await start();
    await addAccount();
    const id = await submitOne({ model: video });
    const other = await issueApiKey(runtime, { name: 'stranger' });
    expect(await cancelJob(runtime, id, { apiKeyId: other.id })).toBeUndefined();
    expect(await findJob(runtime, id, { apiKeyId: other.id })).toBeUndefined();
    expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
  });
});

describe('progress', () => {
  test("comes from this gateway's own history, is marked so, never falls, and never says 100 before the end", async () => {
    const { addAccount, submit: submitOne, events } = await start({ simulator: { videoDurationMs: 1_500 } });
    await addAccount();
    const percents = (line: GenerationEvent[]) =>
      line.flatMap((event) => (event.type === 'progress' ? [event.percent] : []));
    expect(percents(await events(await submitOne({ model: video })))).toEqual(
      expect.not.arrayContaining([expect.any(Number)]),
    );
    const second = await events(await submitOne({ model: video }));
    const told = second.filter((event) => event.type === 'progress');
    expect(told.every((event) => event.percent === undefined || event.estimated === true)).toBe(true);
    const numbers = percents(second).filter((percent) => percent !== undefined);
    expect(numbers.length).toBeGreaterThan(0);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(Math.max(...numbers)).toBeLessThan(100);
  });
});

test('what could not be submitted in time is not submitted after it', async () => {
  const {
    addAccount,
    submit: submitOne,
    events,
    simulator,
  } = await start({ settings: { 'generation.video_timeout': 2 } });
  const account = await addAccount();
  simulator.account(account.email).accessTokens.clear();
  simulator.inject({ call: 't2v', effect: { type: 'status', status: 401 } });
  simulator.inject({ call: 'session', effect: { type: 'slow', delayMs: 3_000 } });
  const id = await submitOne({ model: video });
  expect((await events(id)).at(-1)).toMatchObject({
    type: 'failed',
    error: { code: 'upstream_unavailable' },
    accepted: false,
  });
  expect(simulator.stats().operations).toHaveLength(0);
});

describe('what no account could ever serve is refused at once', () => {
  test('no account at all', async () => {
    const { submit: submitOne } = await start();
    await expect(submitOne({ model: video })).rejects.toMatchObject({ code: 'no_account_available' });
  });

  test('a plan that no account has', async () => {
    const { addAccount, submit: submitOne } = await start();
    await addAccount({ tier: 'PAYGATE_TIER_NOT_PAID' });
    await expect(submitOne({ model: 'gemini-3.0-pro-image-landscape-4k' })).rejects.toMatchObject({
      code: 'model_requires_tier',
      message: expect.stringContaining('Ultra'),
    });
  });

  test('credits that nobody has', async () => {
    const { addAccount, submit: submitOne } = await start();
    await addAccount({ credits: 5 });
    await expect(submitOne({ model: video })).rejects.toMatchObject({ code: 'no_account_available' });
  });

  test('an unknown model', async () => {
    const { addAccount, submit: submitOne } = await start();
    await addAccount();
    await expect(submitOne({ model: 'gpt-5' })).rejects.toMatchObject({ code: 'unknown_model' });
  });
});
