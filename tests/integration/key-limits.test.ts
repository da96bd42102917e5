import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { POST as chat } from '@/app/v1/chat/completions/route';
import { updateApiKey } from '@/db/repositories/api-keys';
import { listKeyDays } from '@/db/repositories/usage';
import { type ApiKeyRules, issueApiKey } from '@/lib/api-keys/issue';
import { highestCost } from '@/lib/api-keys/limits';
import { submitOnce } from '@/lib/generation/submit-once';
import { cancelJob } from '@/lib/generation/view';
import type { Runtime } from '@/lib/runtime';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';
import { call } from './surface-client';

const programs: TestProgram[] = [];
afterEach(async () => {
  for (const program of programs.splice(0).reverse()) await program.stop();
});

const start = async (options?: TestProgramOptions) => {
  const program = await startTestProgram(options);
  programs.push(program);
  return program;
};

const image = 'gemini-3.1-flash-image';
const video = 'veo_3_1_t2v_fast_landscape';

const ask = async (
  runtime: Runtime,
  apiKeyId: string,
  model: string,
  now: () => Date = runtime.now,
): Promise<string> => {
  const request = { model, prompt: 'a lighthouse', options: {}, references: [] };
  const requester = { apiKeyId, requestId: 'req_test' };
  const signal = AbortSignal.timeout(20_000);
  const { jobs } = await submitOnce({ ...runtime, now }, [request], requester, undefined, signal);
  return jobs[0]?.jobId ?? '';
};

type Codes = { accepted: string[]; refused: unknown[] };
const many = async (count: number, make: (index: number) => Promise<string>): Promise<Codes> => {
  const ended = await Promise.allSettled(Array.from({ length: count }, (_, index) => make(index)));
  return {
    accepted: ended.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
    refused: ended.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : [])),
  };
};

const uses = async ({ db }: Runtime, apiKeyId: string) =>
  listKeyDays(db, { apiKeyId, sinceDay: '2000-01-01' });

/** A program with an account and a key of these rules; nothing works on its jobs. */
async function idle(rules: ApiKeyRules, options: TestProgramOptions = {}) {
  const program = await start({ services: false, ...options });
  await program.addAccount();
  const key = await issueApiKey(program.runtime, { name: 'limited', rules });
  return { program, key };
}

describe.each(['sqlite', 'postgres'] as const)('limits of a key on %s', (dialect) => {
  test('of 50 requests at once, exactly 10 images a day are accepted', async () => {
    const { program, key } = await idle({ imagesPerDay: 10 }, { dialect });
    const { accepted, refused } = await many(50, () => ask(program.runtime, key.id, image));
    expect(accepted).toHaveLength(10);
    expect(new Set(refused)).toEqual(new Set(['quota_exceeded']));
    expect(await uses(program.runtime, key.id)).toMatchObject([{ images: 10, videos: 0, requests: 10 }]);
    await expect(ask(program.runtime, key.id, video)).resolves.toMatch(/^job_/);
  });

  test('of 30 requests at once, exactly 4 jobs are unfinished', async () => {
    const { program, key } = await idle({ concurrentJobs: 4 }, { dialect });
    const { accepted, refused } = await many(30, (index) =>
      ask(program.runtime, key.id, index % 2 === 0 ? image : video),
    );
    expect(accepted).toHaveLength(4);
    expect(new Set(refused)).toEqual(new Set(['rate_limited']));
  });

  test('credits that waiting jobs can cost are set aside: the limit is not exceeded by jobs sent at once', async () => {
    const { program, key } = await idle({}, { dialect });
    const cost = highestCost((await program.job(await ask(program.runtime, key.id, video))).spec);
    expect(cost).toBeGreaterThan(0);
    await updateApiKey(program.runtime.db, key.id, { creditsPerDay: 3 * cost + 1 });
    const { accepted } = await many(12, () => ask(program.runtime, key.id, video));
    expect(accepted).toHaveLength(2); // and the one before
  });

  test('credits of an upscale that is still to come are set aside', async () => {
    const { program, key } = await idle({}, { dialect });
    const { db } = program.runtime;
    const id = await ask(program.runtime, key.id, video);
    const cost = highestCost((await program.job(id)).spec);
    const charged = cost - 1; // its first phase; what follows costs the last one
    await db
      .update(db.tables.jobs)
      .set({ state: 'running', acceptedAt: new Date(), credits: charged })
      .where(eq(db.tables.jobs.id, id));
    await db.update(db.tables.keyDays).set({ credits: charged });
    await updateApiKey(db, key.id, { creditsPerDay: 2 * cost - 1 });
    await expect(ask(program.runtime, key.id, video)).rejects.toMatchObject({ code: 'quota_exceeded' });
    await updateApiKey(db, key.id, { creditsPerDay: 2 * cost });
    await expect(ask(program.runtime, key.id, video)).resolves.toMatch(/^job_/);
  });

  test('a job that ends before upstream accepted it gives its count back', async () => {
    const { program, key } = await idle({ imagesPerDay: 1 }, { dialect });
    const id = await ask(program.runtime, key.id, image);
    await expect(ask(program.runtime, key.id, image)).rejects.toMatchObject({ code: 'quota_exceeded' });
    await cancelJob(program.runtime, id, { apiKeyId: key.id });
    expect(await uses(program.runtime, key.id)).toMatchObject([{ images: 0, requests: 1 }]);
    await expect(ask(program.runtime, key.id, image)).resolves.toMatch(/^job_/);
  });

  test('credits count when upstream has accepted, pictures that failed before do not', async () => {
    const program = await start({ dialect });
    await program.addAccount();
    const { runtime, apiKey } = program;
    const made = await ask(runtime, apiKey.id, video);
    await program.events(made);
    program.simulator.inject({
      call: 'batchGenerateImages',
      times: 20,
      effect: { type: 'status', status: 400 },
    });
    expect((await program.events(await ask(runtime, apiKey.id, image))).at(-1)).toMatchObject({
      type: 'failed',
    });
    const [today] = await uses(runtime, apiKey.id);
    const { credits } = await program.job(made);
    expect(today).toMatchObject({ videos: 1, images: 0, requests: 2, credits });
    expect(credits).toBeGreaterThan(0);
  });

  test('a key that was switched off within the last second stores no job any more', async () => {
    const { program, key } = await idle({}, { dialect });
    await ask(program.runtime, key.id, image);
    await updateApiKey(program.runtime.db, key.id, { enabled: false });
    await expect(ask(program.runtime, key.id, image)).rejects.toMatchObject({ code: 'invalid_api_key' });
  });
});

test('two processes on one Postgres keep the limits of a key together', async () => {
  const { program: first, key } = await idle({ imagesPerDay: 10 }, { dialect: 'postgres' });
  const { env } = first.runtime;
  if (env.databaseUrl.dialect !== 'postgres') throw new Error('not on Postgres');
  const second = await start({
    services: false,
    simulator: first.simulator,
    place: { dataDir: env.dataDir, databaseUrl: env.databaseUrl.url },
  });
  const { accepted } = await many(40, (index) =>
    ask((index % 2 === 0 ? first : second).runtime, key.id, image),
  );
  expect(accepted).toHaveLength(10);

  const hurried = await issueApiKey(first.runtime, { name: 'hurried', rules: { requestsPerMinute: 6 } });
  const sent = await many(20, (index) => ask((index % 2 === 0 ? first : second).runtime, hurried.id, image));
  expect(sent.accepted).toHaveLength(6);
  expect(new Set(sent.refused)).toEqual(new Set(['rate_limited']));
});

describe('a day', () => {
  const at = (text: string) => () => new Date(text);

  test('ends at midnight of the configured zone, which is when to come again', async () => {
    const { program, key } = await idle(
      { imagesPerDay: 1 },
      { settings: { 'general.time_zone': 'Asia/Shanghai' } },
    );
    const send = (now: string) => ask(program.runtime, key.id, image, at(now));
    await send('2027-03-01T15:00:00Z');
    await expect(send('2027-03-01T15:59:30Z')).rejects.toMatchObject({
      code: 'quota_exceeded',
      retryAfterSeconds: 30,
      message: expect.stringMatching(/images per day.*Asia\/Shanghai/),
    });
    await expect(send('2027-03-01T16:00:00Z')).resolves.toMatch(/^job_/);
    const days = (await uses(program.runtime, key.id)).map(({ day, images }) => [day, images]);
    expect(days).toEqual([
      ['2027-03-01', 1],
      ['2027-03-02', 1],
    ]);
  });

  test('gets back what a job of it had taken, also after midnight', async () => {
    const { program, key } = await idle({ imagesPerDay: 1 }, { settings: { 'general.time_zone': 'UTC' } });
    const id = await ask(program.runtime, key.id, image, at('2027-03-01T23:59:59Z'));
    await ask(program.runtime, key.id, image, at('2027-03-02T00:00:01Z'));
    await cancelJob(program.runtime, id, { apiKeyId: key.id });
    const days = (await uses(program.runtime, key.id)).map(({ day, images }) => [day, images]);
    expect(days).toEqual([
      ['2027-03-01', 0],
      ['2027-03-02', 1],
    ]);
  });
});

describe('over the API', () => {
  const send = async (key: { value: string }, model: string) => {
    const body = { model, messages: [{ role: 'user', content: 'a lighthouse' }], stream: true };
    const response = await call(chat, '/v1/chat/completions', { method: 'POST', key: key.value, body });
    if (response.ok) await response.body?.cancel();
    return { response, error: response.ok ? undefined : (await response.json()).error };
  };
  const over = async (rules: ApiKeyRules, model: string) => {
    const { program, key } = await idle(rules);
    program.makeGlobal();
    await until(async () => (await send(key, model)).response.status !== 200);
    return send(key, model);
  };

  test('requests per minute', async () => {
    const { response, error } = await over({ requestsPerMinute: 2 }, image);
    expect(response.status).toBe(429);
    expect(error).toEqual({
      type: 'rate_limit_error',
      code: 'rate_limit_exceeded',
      param: null,
      message: expect.stringContaining('2 requests a minute'),
    });
    const retryAfter = Number(response.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('2');
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(response.headers.get('x-ratelimit-reset-requests')).toBe(`${retryAfter}s`);
    expect(response.headers.get('x-should-retry')).toBeNull();
  });

  test('concurrent jobs', async () => {
    const { response, error } = await over({ concurrentJobs: 1 }, image);
    expect(response.status).toBe(429);
    expect(error).toMatchObject({
      type: 'rate_limit_error',
      code: 'rate_limit_exceeded',
      message: expect.stringContaining('concurrent jobs'),
    });
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test.each([
    ['images per day', { imagesPerDay: 1 }, image],
    ['videos per day', { videosPerDay: 1 }, video],
    ['credits per day', { creditsPerDay: 1 }, video],
  ])('%s', async (limit, rules, model) => {
    const { response, error } = await over(rules, model);
    expect(response.status).toBe(429);
    expect(error).toEqual({
      type: 'insufficient_quota',
      code: 'insufficient_quota',
      param: null,
      message: expect.stringContaining(limit),
    });
    const retryAfter = Number(response.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(25 * 3_600);
    expect(response.headers.get('x-should-retry')).toBe('false');
  });

  test.each([
    ['another model', { models: ['veo-3.1-fast', 'imagen-4'] }, image, 'veo-3.1-fast'],
    ['another kind of media', { mediaTypes: ['video' as const] }, image, 'videos'],
  ])('%s than the key allows', async (_what, rules, model, named) => {
    const { response, error } = await over(rules, model);
    expect(response.status).toBe(403);
    expect(error).toEqual({
      type: 'permission_error',
      code: 'key_not_allowed',
      param: 'model',
      message: expect.stringContaining(named),
    });
  });

  test.each([
    ['the other orientation', ['veo_3_1_t2v_fast_portrait'], video],
    ['a longer video', ['veo_3_1_t2v_fast_landscape'], 'veo_3_1_t2v_fast_landscape_4s'],
    ['a larger picture', ['gemini-3.1-flash-image-landscape'], 'gemini-3.1-flash-image-landscape-4k'],
    ['another base model', ['veo-3.1-lite'], video],
    ['the base model of what is allowed', ['gemini-3.1-flash-image-portrait'], image],
  ])('a list without %s does not allow it', async (_what, models, model) => {
    const { program, key } = await idle({ models });
    program.makeGlobal();
    expect((await send(key, model)).error).toMatchObject({ code: 'key_not_allowed' });
  });

  test('what is left of the requests of this minute is told with every answer', async () => {
    const { program, key } = await idle({ requestsPerMinute: 3 });
    program.makeGlobal();
    const { response } = await send(key, image);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('3');
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('2');
    expect(response.headers.get('x-ratelimit-reset-requests')).toMatch(/^(60|59)s$/);
    const refused = await send(key, 'no-such-model');
    expect(refused.response.status).toBe(404);
    expect(refused.response.headers.get('x-ratelimit-remaining-requests')).toBe('1');
  });

  test('a key without that limit is told none', async () => {
    const { program, key } = await idle({});
    program.makeGlobal();
    const { response } = await send(key, image);
    expect(response.status).toBe(200);
    expect([...response.headers.keys()].filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
  });

  test.each([
    ['is over', { expiresAt: new Date('2026-01-01T00:00:00Z') }, /expired/],
    ['is switched off', { enabled: false }, /disabled/],
  ])('a key that %s makes nothing', async (_what, changes, message) => {
    const { program, key } = await idle({});
    program.makeGlobal();
    await updateApiKey(program.runtime.db, key.id, changes);
    const { response, error } = await send(key, image);
    expect(response.status).toBe(401);
    expect(error).toMatchObject({ code: 'invalid_api_key', message: expect.stringMatching(message) });
  });

  test.each([
    ['the id itself', [video], video],
    ['its base model', ['veo-3.1-fast'], video],
    ['the canonical id of another name', [video], 'veo_3_1_t2v_fast_landscape_8s'],
    ['what a name of OpenAI stands for', [image], 'gpt-image-1'],
    ['a name of OpenAI itself', ['gpt-image-1'], 'gpt-image-1'],
    ['another name of OpenAI for the same', ['dall-e-3'], 'gpt-image-1'],
    ['a name of OpenAI for it', ['sora-2'], video],
    ['another name of its base model', ['veo-3.1-fast-generate-preview'], video],
    ['another name of exactly this', ['veo_3_1_t2v_fast_landscape_8s'], video],
  ])('a list that has %s allows it', async (_what, models, model) => {
    const { program, key } = await idle({ models });
    program.makeGlobal();
    expect((await send(key, model)).response.status).toBe(200);
  });
});
