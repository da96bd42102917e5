import { afterEach, describe, expect, test } from 'vitest';
import { POST as chat } from '@/app/v1/chat/completions/route';
import { countUnfinished } from '@/db/repositories/jobs';
import { disableAccount, editAccount } from '@/lib/accounts/edit';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';
import { call } from './surface-client';

const video = 'veo_3_1_t2v_fast_landscape';
const image = 'gemini-3.1-flash-image';
const actor = { administrator: { id: 'adm', name: 'ada' } };

const programs: TestProgram[] = [];
let program: TestProgram;
const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  programs.push(program);
  return program;
};
afterEach(async () => {
  for (const one of programs.splice(0).toReversed()) await one.stop();
});

const many = <T>(count: number, make: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));
const isAccepted = async (id: string) => (await program.job(id)).acceptedAt !== null;
const runningVideos = (email: string) =>
  program.simulator.stats().concurrency.find(({ account }) => account === email)?.runningVideos;

test("C.6 concurrency slots: two processes with 240 requests at once keep every account's limits, by the upstream's own count", async () => {
  const first = await start({
    dialect: 'postgres',
    simulator: { imageLatencyMs: 40, videoDurationMs: 120 },
  });
  const { env } = first.runtime;
  if (env.databaseUrl.dialect !== 'postgres') throw new Error('not on Postgres');
  const second = await startTestProgram({
    simulator: first.simulator,
    place: { dataDir: env.dataDir, databaseUrl: env.databaseUrl.url },
  });
  programs.push(second);
  const limits = [
    { imageConcurrency: 3, videoConcurrency: 1 },
    { imageConcurrency: 2, videoConcurrency: 3 },
    { imageConcurrency: 1, videoConcurrency: 2 },
    { imageConcurrency: 4, videoConcurrency: 4 },
  ];
  const accounts = [];
  for (const limit of limits) accounts.push({ ...limit, email: (await first.addAccount({}, limit)).email });
  const ids = await many(240, (index) =>
    (index % 2 === 0 ? first : second).submit({ model: index % 4 < 3 ? image : video }),
  );
  for (const id of ids) expect((await first.events(id)).at(-1)).toMatchObject({ type: 'completed' });
  const { operations, concurrency } = first.simulator.stats();
  expect(operations).toHaveLength(240);
  for (const { email, imageConcurrency, videoConcurrency } of accounts) {
    const highest = concurrency.find(({ account }) => account === email);
    expect(highest?.images).toBeLessThanOrEqual(imageConcurrency);
    expect(highest?.videos).toBeLessThanOrEqual(videoConcurrency);
    expect(highest?.images).toBeGreaterThan(0);
  }
}, 120_000);

describe('a limit that is changed while the program runs', () => {
  const limit = (id: string, video_concurrency: number | null) =>
    editAccount(program.runtime, { id, actor }, { video_concurrency });

  test('wakes the queue when it is raised, which waits for nothing else', async () => {
    const { addAccount, runtime } = await start({ services: false });
    const { id } = await addAccount({}, { videoConcurrency: 1 });
    await runtime.signals.workerTurn(1, AbortSignal.timeout(1_000));
    await limit(id, 2);
    const asked = performance.now();
    await runtime.signals.workerTurn(5_000, AbortSignal.timeout(5_000));
    expect(performance.now() - asked).toBeLessThan(1_000);
  });

  test('lets as many begin as the raise makes room for', async () => {
    const { addAccount, submit, simulator, job } = await start({ simulator: { videoDurationMs: 60_000 } });
    const { id, email } = await addAccount({}, { videoConcurrency: 1 });
    const ids = await many(5, () => submit({ model: video }));
    await until(() => runningVideos(email) === 1);
    await limit(id, 3);
    await until(() => runningVideos(email) === 3);
    await submit({ model: image }); // the queue has had another turn
    expect((await Promise.all(ids.map(job))).filter(({ state }) => state === 'queued')).toHaveLength(2);
    await limit(id, null);
    await until(() => runningVideos(email) === 5);
    expect(simulator.stats().concurrency.find(({ account }) => account === email)?.videos).toBe(5);
  });

  test('lets nothing begin after it was lowered until fewer run', async () => {
    const { addAccount, submit, events, simulator } = await start();
    const { id } = await addAccount({}, { videoConcurrency: 3 });
    const running: string[] = [];
    for (const ms of [500, 900, 2_500]) {
      simulator.options.videoDurationMs = ms;
      const next = await submit({ model: video });
      await until(() => isAccepted(next));
      running.push(next);
    }
    const waiting = await submit({ model: video });
    await limit(id, 1);
    const [first = '', second = '', last = ''] = running;
    await events(first);
    await events(second);
    await events(await submit({ model: image })); // the queue has had its turn
    expect(await isAccepted(waiting)).toBe(false);
    expect((await program.job(last)).state).toBe('running');
    await events(last);
    await until(() => isAccepted(waiting));
    const [ended, begun] = [await program.job(last), await program.job(waiting)];
    expect(begun.startedAt?.getTime()).toBeGreaterThanOrEqual((ended.endedAt?.getTime() ?? 0) - 1_000);
  });
});

describe('over HTTP', () => {
  const ask = () =>
    call(chat, '/v1/chat/completions', {
      method: 'POST',
      key: program.apiKey.value,
      body: { model: video, messages: [{ role: 'user', content: 'a lighthouse' }] },
    });
  const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
  /** One video has been made, so that this gateway knows how long they take; another one is running. */
  const busy = async (options: TestProgramOptions) => {
    await start(options);
    program.makeGlobal();
    const { id } = await program.addAccount({}, { videoConcurrency: 1 });
    await program.events(await program.submit({ model: video }));
    const running = await program.submit({ model: video });
    await until(() => isAccepted(running));
    return id;
  };

  test('a full queue is a 429 that says when there is room, which is true', async () => {
    await busy({ simulator: { videoDurationMs: 2_500 }, settings: { 'queue.max_length': 1 } });
    await program.submit({ model: video });
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ error: { code: 'queue_full', type: 'rate_limit_error' } });
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(4);
    await sleep(seconds * 1_000);
    expect((await ask()).status).toBe(200);
  });

  test('a full queue without any history says when the first that waits must have left', async () => {
    await start({
      simulator: { videoDurationMs: 60_000 },
      settings: { 'queue.max_length': 1, 'queue.max_wait': 40 },
    });
    program.makeGlobal();
    await program.addAccount({}, { videoConcurrency: 1 });
    const running = await program.submit({ model: video });
    await until(() => isAccepted(running));
    await program.submit({ model: video });
    const seconds = Number((await ask()).headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(35);
    expect(seconds).toBeLessThanOrEqual(40);
  });

  test('a wait in vain is a 503 that says when another try can succeed, which is true', async () => {
    await busy({ simulator: { videoDurationMs: 2_500 }, settings: { 'queue.max_wait': 1 } });
    const late = await ask();
    expect(late.status).toBe(503);
    expect(await late.json()).toMatchObject({
      error: { code: 'queue_timeout', message: expect.stringContaining('is busy') },
    });
    const seconds = Number(late.headers.get('retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(7);
    await sleep(seconds * 1_000);
    expect((await ask()).status).toBe(200);
  });

  test('a wait in vain for an account that was switched off meanwhile promises nothing', async () => {
    await start({ simulator: { videoDurationMs: 60_000 }, settings: { 'queue.max_wait': 2 } });
    program.makeGlobal();
    const { id } = await program.addAccount({}, { videoConcurrency: 1 });
    const running = await program.submit({ model: video });
    await until(() => isAccepted(running));
    const asked = ask();
    await until(async () => (await countUnfinished(program.runtime.db)).queued === 1);
    await disableAccount(program.runtime, { id, actor });
    const late = await asked;
    expect(late.status).toBe(503);
    expect(late.headers.get('retry-after')).toBeNull();
    expect(late.headers.get('x-should-retry')).toBe('false');
  });
});

test('a waiting job is told its place and how long it takes at the pace of the last runs', async () => {
  const { addAccount, submit, events } = await start({ simulator: { videoDurationMs: 2_500 } });
  await addAccount({}, { videoConcurrency: 1 });
  await events(await submit({ model: video }));
  const ids = [];
  for (let count = 0; count < 3; count += 1) ids.push(await submit({ model: video }));
  const lines = await Promise.all(ids.map(events));
  const places = lines.map((line) => line.flatMap((event) => (event.type === 'queued' ? [event] : [])));
  const [, , last = []] = places;
  expect(last[0]).toMatchObject({ position: 2, estimateSeconds: expect.any(Number) });
  expect(last[0]?.estimateSeconds).toBeGreaterThanOrEqual(2);
  expect(last[0]?.estimateSeconds).toBeLessThanOrEqual(12);
});
