import { eq, inArray } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { POST as chat } from '@/app/v1/chat/completions/route';
import { updateAccount } from '@/db/repositories/accounts';
import { listQueueHeads } from '@/db/repositories/jobs';
import { removeAccount } from '@/lib/accounts/remove';
import { issueApiKey } from '@/lib/api-keys/issue';
import { startServices } from '@/lib/boot';
import { endHopeless } from '@/lib/generation/queued';
import { submitOnce } from '@/lib/generation/submit-once';
import { cancelJob } from '@/lib/generation/view';
import { startWorker } from '@/lib/generation/worker';
import { countCalls } from '../simulator/stats';
import { references } from '../support/pictures';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';
import { call } from './surface-client';

const video = 'veo_3_1_t2v_fast_landscape';
const image = 'gemini-3.1-flash-image';
const dialects = ['sqlite', 'postgres'] as const;
const hour = 3_600_000;
const actor = { administrator: { id: 'adm', name: 'ada' } };
const soonMs = 6_000; // a few looks at the queue, on a busy machine

let program: TestProgram;
const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  return program;
};
afterEach(() => program.stop());

const change = (id: string, changes: Parameters<typeof updateAccount>[2]) =>
  updateAccount(program.runtime.db, id, changes, new Date());
const tables = () => program.runtime.db.tables;
const inputsOf = (id: string) =>
  program.runtime.db.select().from(tables().jobInputs).where(eq(tables().jobInputs.jobId, id));
const hasEnded = async (id: string) => (await program.job(id)).endedAt !== null;
const isAccepted = async (id: string) => (await program.job(id)).acceptedAt !== null;
const later = (ms: number) => new Date(Date.now() + ms);

/** One account whose only place for videos is taken for long. */
const busy = async (options: TestProgramOptions = {}) => {
  await start({ ...options, simulator: { videoDurationMs: 60_000 } });
  const account = await program.addAccount({}, { videoConcurrency: 1 });
  const running = await program.submit({ model: video });
  await until(() => isAccepted(running));
  return account;
};

describe('a job that waits ends at once when nobody can take it any more', () => {
  test.each([
    ['switched off', { enabled: false, disabledAt: new Date() }, 'no_account_available', undefined],
    ['banned', { bannedAt: new Date(), banReason: 'HTTP 403' }, 'no_account_available', undefined],
    ['signed out', { expiredAt: new Date(), expiredReason: 'dead' }, 'no_account_available', undefined],
    ['out of credits', { credits: 0 }, 'no_account_available', undefined],
    ['of a lower plan', { tier: 'free' }, 'model_requires_tier', undefined],
    [
      'at rest for longer than the job waits',
      { cooldownUntil: later(hour), cooldownReason: 'unknown_429' },
      'no_account_available',
      3_600,
    ],
  ] as const)('the last account is %s', async (_how, changes, code, retryAfterSeconds) => {
    const { id } = await busy({ settings: { 'queue.max_wait': 600 } });
    const model = code === 'model_requires_tier' ? 'veo_3_1_t2v_fast_4k' : video;
    if (code === 'model_requires_tier') await change(id, { tier: 'ultra' });
    const waiting = await program.submit({ model });
    await change(id, changes);
    await until(() => hasEnded(waiting), soonMs);
    const { state, error } = await program.job(waiting);
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code });
    const told = error?.retryAfterSeconds;
    expect(told === undefined ? undefined : Math.ceil(told / 100) * 100).toBe(retryAfterSeconds);
    await expect(program.submit({ model })).rejects.toMatchObject({ code, message: error?.message });
  });

  test('the last account is removed', async () => {
    const { id } = await busy();
    const waiting = await program.submit({ model: video });
    await removeAccount(program.runtime, { id, actor });
    await until(() => hasEnded(waiting), soonMs);
    expect((await program.job(waiting)).error).toMatchObject({ code: 'no_account_available' });
  });

  test('and is told so over HTTP, with a time to come back where there is one', async () => {
    const { id } = await busy();
    program.makeGlobal();
    const body = { model: video, messages: [{ role: 'user', content: 'a lighthouse' }] };
    const asked = call(chat, '/v1/chat/completions', { method: 'POST', key: program.apiKey.value, body });
    const jobs = tables().jobs;
    await until(
      async () => (await program.runtime.db.select().from(jobs).where(eq(jobs.state, 'queued'))).length === 1,
    );
    await change(id, { cooldownUntil: later(2 * hour), cooldownReason: 'unknown_429' });
    const answer = await asked;
    expect(answer.status).toBe(503);
    const seconds = Number(answer.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(7_100);
    expect(seconds).toBeLessThanOrEqual(7_200);
  });

  test('and goes on waiting while another account comes back in its time', async () => {
    const { id } = await busy();
    await change((await program.addAccount()).id, { cooldownUntil: later(3_000), cooldownReason: 'load' });
    const waiting = await program.submit({ model: video });
    await change(id, { enabled: false });
    await until(() => isAccepted(waiting), 15_000);
  });
});

describe('what is left of the time decides whether a rest is waited for', () => {
  test('one that outlasts queue.max_wait is not, though the deadline is later', async () => {
    const settings = { 'queue.max_wait': 20, 'generation.image_timeout': 300 };
    const { addAccount, submit: send, events, simulator } = await start({ settings });
    await addAccount();
    const effect = { type: 'status', status: 429, retryAfter: 60 } as const;
    simulator.inject({ call: 'batchGenerateImages', effect });
    const began = Date.now();
    const end = (await events(await send({ model: image }))).at(-1);
    expect(Date.now() - began).toBeLessThan(soonMs);
    const error = end?.type === 'failed' ? end.error : undefined;
    expect(error?.code).toBe('no_account_available');
    expect(error?.retryAfterSeconds).toBeGreaterThan(50);
    expect(error?.retryAfterSeconds).toBeLessThanOrEqual(60);
    await expect(send({ model: image })).rejects.toMatchObject({ code: 'no_account_available' });
  });

  test('an account that rests a second is waited for, although the next one rests for hours', async () => {
    const {
      addAccount,
      submit: send,
      events,
      job,
      simulator,
    } = await start({
      settings: { 'routing.strategy': 'round_robin' },
    });
    const [soon, long] = [await addAccount(), await addAccount()];
    await change(long.id, { lastUsedAt: new Date() });
    const limited = (account: string, retryAfter?: number) =>
      simulator.inject({
        call: 'batchGenerateImages',
        account,
        effect: { type: 'status', status: 429, ...(retryAfter === undefined ? {} : { retryAfter }) },
      });
    limited(soon.email, 1);
    limited(long.email);
    const id = await send({ model: image });
    expect((await events(id)).at(-1)).toMatchObject({ type: 'completed' });
    expect((await job(id)).accountId).toBe(soon.id);
    expect(countCalls(simulator.stats(), 'batchGenerateImages')).toBe(3);
  });

  test('"Retry-After: 0" does not become a hot loop', async () => {
    const {
      addAccount,
      submit: send,
      events,
      simulator,
    } = await start({
      settings: { 'generation.image_timeout': 4 },
    });
    await addAccount();
    const reason = 'PUBLIC_ERROR_CONCURRENT_LIMIT_REACHED';
    simulator.inject({
      call: 'batchGenerateImages',
      times: Number.POSITIVE_INFINITY,
      effect: { type: 'status', status: 429, reason, retryAfter: 0 },
    });
    expect((await events(await send({ model: image }))).at(-1)).toMatchObject({ type: 'failed' });
    const submits = countCalls(simulator.stats(), 'batchGenerateImages');
    expect(submits).toBeGreaterThan(1);
    expect(submits).toBeLessThanOrEqual(5);
  });
});

describe.each(dialects)('with very many keys on %s', (dialect) => {
  const sendAs = async (apiKeyId: string, model: string) => {
    const request = { model, prompt: 'x', options: {}, references: [] };
    const requester = { apiKeyId, requestId: 'req' };
    const { jobs } = await submitOnce(
      program.runtime,
      [request],
      requester,
      undefined,
      AbortSignal.timeout(10_000),
    );
    return jobs[0]?.jobId ?? '';
  };
  const keys = async (count: number) => {
    const ids: string[] = [];
    for (let index = 0; index < count; index += 1)
      ids.push((await issueApiKey(program.runtime, { name: `key ${index}` })).id);
    return ids;
  };

  test('a job that an account has room for is not kept back by the ones before it, however many', async () => {
    const { addAccount, runtime } = await start({ dialect, services: false });
    await addAccount({}, { videoConcurrency: 0 });
    const waiting: string[] = [];
    for (const key of await keys(620)) waiting.push(await sendAs(key, video));
    // Some of them have been refused by an account before, and so have a choice of their own.
    const { jobs } = tables();
    await runtime.db
      .update(jobs)
      .set({ avoid: ['acc_gone'] })
      .where(inArray(jobs.id, waiting.slice(0, 300)));
    const last = await sendAs((await issueApiKey(runtime, { name: 'last' })).id, image);
    startServices(runtime);
    expect((await program.events(last)).at(-1)).toMatchObject({ type: 'completed' });
    expect((await program.job(waiting[0] ?? '')).state).toBe('queued');
  }, 60_000);

  test('everybody has a first turn before anybody has a second, also where they do not fit into one look', async () => {
    const { addAccount, runtime } = await start({ dialect, services: false });
    await addAccount({}, { videoConcurrency: 0 });
    const ids = await keys(30);
    for (const key of ids) for (let count = 0; count < 3; count += 1) await sendAs(key, video);
    const [servedLast = ''] = ids;
    const { apiKeys } = tables();
    await runtime.db.update(apiKeys).set({ lastServedAt: new Date() }).where(eq(apiKeys.id, servedLast));
    const now = new Date();
    const look = (limit: number, exceptNeeds: string[] = []) =>
      listQueueHeads(runtime.db, { now, queuedAfter: new Date(0), limit, exceptNeeds, exceptGroups: [] });
    const heads = await look(60);
    expect(new Set(heads.slice(0, 30).map(({ apiKeyId }) => apiKeyId)).size).toBe(30);
    expect(new Set(heads.slice(30).map(({ apiKeyId }) => apiKeyId)).size).toBe(30);
    expect(heads[29]?.apiKeyId).toBe(servedLast);
    expect(await look(60, [heads[0]?.need ?? ''])).toEqual([]);
  });
});

describe.each(dialects)('on %s an account that changes between being chosen and being taken', (dialect) => {
  test.each([
    ['has lost its plan', { tier: 'free' }, 'veo_3_1_t2v_fast_4k'],
    ['has lost its credits', { credits: 0 }, video],
    ['is blocked for videos', { blocks: [{ scope: 'video', reason: 'challenge' }] }, video],
    ['has its videos switched off', { videoEnabled: false }, video],
    ['has no place left', { videoConcurrency: 0 }, video],
    ['rests', { cooldownUntil: later(9 * hour) }, video],
  ] as const)('is not taken: it %s', async (_how, changes, model) => {
    const { addAccount, runtime, simulator, job } = await start({ dialect, services: false });
    const { id } = await addAccount({ tier: 'PAYGATE_TIER_TWO' });
    const waiting = await program.submit({ model });
    const { db } = runtime;
    const transaction = db.transaction.bind(db);
    let turns = 0;
    // The first transaction of a turn takes over what was left behind, the second is the taking of a place.
    db.transaction = async (body) => {
      turns += 1;
      if (turns === 2) await change(id, changes as Parameters<typeof change>[1]);
      return transaction(body);
    };
    const worker = startWorker(runtime);
    await until(() => turns > 3);
    await worker.stop();
    db.transaction = transaction;
    expect(await job(waiting)).toMatchObject({ accountId: null, startedAt: null });
    expect(simulator.stats().operations).toEqual([]);
  });
});

describe('the pictures of a job that ends in the queue go with it', () => {
  const ends = {
    'is cancelled': (id: string) => cancelJob(program.runtime, id, { apiKeyId: program.apiKey.id }),
    'waits in vain': (id: string) =>
      program.runtime.db
        .update(tables().jobs)
        .set({ deadlineAt: new Date(0) })
        .where(eq(tables().jobs.id, id)),
    'has no account any more': () => program.runtime.db.update(tables().accounts).set({ enabled: false }),
  } satisfies Record<string, (id: string) => unknown>;

  test.each(Object.entries(ends))('when it %s', async (_how, end) => {
    const { addAccount, runtime } = await start();
    await addAccount({}, { imageConcurrency: 0 });
    const id = await program.submit({ model: image, references: await references(2) });
    const [{ storageKey } = { storageKey: '' }, ...others] = await inputsOf(id);
    expect(others).toHaveLength(1);
    expect(await runtime.media.read(storageKey)).toBeDefined();
    await end(id);
    await until(() => hasEnded(id), soonMs);
    expect(await inputsOf(id)).toEqual([]);
    await until(async () => (await runtime.media.read(storageKey)) === undefined);
  });
});

test('videos are asked about on time although the clock of the machine is set back', async () => {
  let offsetMs = 0;
  const {
    addAccount,
    submit: send,
    job,
    simulator,
  } = await start({
    now: () => new Date(Date.now() + offsetMs),
    simulator: { videoDurationMs: 1_000 },
  });
  await addAccount();
  const id = await send({ model: video });
  await until(() => countCalls(simulator.stats(), 'checkStatus') > 1);
  offsetMs = -hour;
  await until(async () => (await job(id)).state === 'completed', 10_000);
});

test('a rest that ends with the next job of the account ends no waiting one: all are made', async () => {
  const { simulator } = await start({
    simulator: { imageLatencyMs: 1_500, videoDurationMs: 300 },
    settings: { 'generation.image_timeout': 60 },
  });
  await program.addAccount({}, { imageConcurrency: 1 });
  const ids = [await program.submit({ model: image }), await program.submit({ model: image })];
  await until(() => countCalls(simulator.stats(), 'batchGenerateImages') === 1);
  simulator.inject({
    call: 't2v',
    effect: { type: 'status', status: 429, reason: 'PUBLIC_ERROR_CONCURRENT_LIMIT_REACHED' },
  });
  ids.push(await program.submit({ model: video }));
  for (const id of ids) expect((await program.events(id)).at(-1)).toMatchObject({ type: 'completed' });
  expect(countCalls(simulator.stats(), 't2v')).toBe(2);
});

test.each(dialects)(
  'a job that came with the account it waits for is not ended with those before (%s)',
  async (dialect) => {
    const { runtime } = await start({ dialect, services: false });
    const account = await program.addAccount();
    const before = await program.submit({ model: image });
    await change(account.id, { enabled: false });
    let late: string | undefined;
    // Both come after the look at the accounts and before the look at the jobs.
    const db = new Proxy(runtime.db, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown;
        if (name !== 'select') return typeof value === 'function' ? value.bind(target) : value;
        return (columns?: Record<string, unknown>) => {
          const query = target.select(columns as never);
          if (Object.keys(columns ?? {}).join() !== 'id') return query;
          return {
            from: (table: never) => ({
              where: (condition: never) => ({
                async limit(count: number) {
                  await change(account.id, { enabled: true });
                  late ??= await program.submit({ model: image });
                  return await query.from(table).where(condition).limit(count);
                },
              }),
            }),
          };
        };
      },
    });
    await runtime.db
      .update(tables().jobs)
      .set({ createdAt: later(-10_000) })
      .where(eq(tables().jobs.id, before));
    await endHopeless({ ...runtime, db });
    expect(late).toBeDefined();
    expect((await program.job(late ?? '')).state).toBe('queued');
    expect((await program.job(before)).state).toBe('failed');
  },
);
