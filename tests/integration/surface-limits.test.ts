import { afterEach, describe, expect, test } from 'vitest';
import { GET as listLogs } from '@/app/api/v1/admin/logs/route';
import { GET as summariseLogs } from '@/app/api/v1/admin/logs/summary/route';
import { POST as chat } from '@/app/v1/chat/completions/route';
import { POST as edit } from '@/app/v1/images/edits/route';
import { POST as generate } from '@/app/v1/images/generations/route';
import { POST as respond } from '@/app/v1/responses/route';
import { POST as createVideo } from '@/app/v1/videos/route';
import { countUnfinished } from '@/db/repositories/jobs';
import { listKeyDays } from '@/db/repositories/usage';
import { type ApiKeyRules, issueApiKey } from '@/lib/api-keys/issue';
import { highestCost } from '@/lib/api-keys/limits';
import { countUsage } from '@/lib/usage/count';
import { dataUrl, picture } from '../support/pictures';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';
import { call as callAdmin, signedIn } from './admin-console';
import { call } from './surface-client';

const programs: TestProgram[] = [];
let program: TestProgram;
const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  programs.push(program);
  program.makeGlobal();
  await program.addAccount();
};
afterEach(async () => {
  for (const one of programs.splice(0).toReversed()) await one.stop();
});

type Failure = { error: { message: string; type: string; param: string | null; code: string | null } };

const image = 'gemini-3.1-flash-image';
const video = 'veo_3_1_t2v_fast_landscape';
const reference = async () => dataUrl(await picture({}));

/** Every route that makes something, each with a body of its own. */
const routes = {
  chat: async (prompt: string, more: object = {}) => ({
    handler: chat,
    path: '/v1/chat/completions',
    body: { model: image, messages: [{ role: 'user', content: prompt }], ...more },
  }),
  images: async (prompt: string, more: object = {}) => ({
    handler: generate,
    path: '/v1/images/generations',
    body: { model: image, prompt, ...more },
  }),
  edits: async (prompt: string, more: object = {}) => ({
    handler: edit,
    path: '/v1/images/edits',
    body: { model: image, prompt, image: await reference(), ...more },
  }),
  videos: async (prompt: string, more: object = {}) => ({
    handler: createVideo,
    path: '/v1/videos',
    body: { model: video, prompt, ...more },
  }),
  responses: async (prompt: string, more: object = {}) => ({
    handler: respond,
    path: '/v1/responses',
    body: { model: image, input: prompt, ...more },
  }),
};
type Route = keyof typeof routes;

const ask = async (route: Route, key: string, prompt: string, more: object = {}) => {
  const { handler, path, body } = await routes[route](prompt, more);
  const headers = { prefer: 'respond-async' };
  return await call(handler, path, { method: 'POST', key, body, headers });
};
const refusalOf = async (response: Response) => ({
  status: response.status,
  ...((await response.json()) as Failure).error,
});
let keys = 0;
const keyWith = (rules: ApiKeyRules) => {
  keys += 1;
  return issueApiKey(program.runtime, { name: `limited ${keys}`, rules });
};
const uses = (apiKeyId: string) => listKeyDays(program.runtime.db, { apiKeyId, sinceDay: '2000-01-01' });
const queued = async () => (await countUnfinished(program.runtime.db)).queued;

describe.each(Object.keys(routes) as Route[])('a key at %s', (route) => {
  const kind = route === 'videos' ? 'video' : 'image';
  const other = kind === 'video' ? 'image' : 'video';

  test('is told what is left of its minute, and refused beyond it', async () => {
    await start({ services: false });
    const key = await keyWith({ requestsPerMinute: 2 });
    const first = await ask(route, key.value, 'a lighthouse');
    expect(first.status).toBeLessThan(300);
    expect(first.headers.get('x-ratelimit-limit-requests')).toBe('2');
    expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('1');
    await ask(route, key.value, 'a mill');
    const third = await ask(route, key.value, 'a barn');
    expect(third.status).toBe(429);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(third.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(await queued()).toBe(2);
  });

  test('makes only what it may, and nothing is left of what it may not', async () => {
    await start({ services: false });
    const kindless = await keyWith({ mediaTypes: [other] });
    const modelless = await keyWith({ models: ['imagen-4.0-generate-preview'] });
    for (const key of [kindless, modelless]) {
      const response = await ask(route, key.value, 'a lighthouse');
      expect(await refusalOf(response)).toMatchObject({
        status: 403,
        type: 'permission_error',
        code: 'key_not_allowed',
        param: 'model',
      });
    }
    expect(await queued()).toBe(0);
  });

  test('has so many a day', async () => {
    await start({ services: false });
    const key = await keyWith({ [`${kind}sPerDay`]: 1 });
    expect((await ask(route, key.value, 'a lighthouse')).status).toBeLessThan(300);
    const second = await ask(route, key.value, 'a mill');
    expect(second.headers.get('x-should-retry')).toBe('false');
    expect(await refusalOf(second)).toMatchObject({ status: 429, code: 'insufficient_quota' });
    expect(await uses(key.id)).toMatchObject([{ [`${kind}s`]: 1, [`${other}s`]: 0, requests: 1 }]);
  });
});

test('the videos of a key cost no more than its credits of the day', async () => {
  await start({ services: false });
  const cost = highestCost((await program.job(await program.submit({ model: video }))).spec);
  const key = await keyWith({ creditsPerDay: 2 * cost });
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, index) => ask('videos', key.value, `lighthouse ${index}`)),
  );
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(2);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(4);
});

describe('several pictures of one request', () => {
  test('count as many, and are let in whole or not at all', async () => {
    await start({ services: false });
    const key = await keyWith({ imagesPerDay: 5 });
    expect((await ask('images', key.value, 'a lighthouse', { n: 4 })).status).toBe(202);
    expect(await refusalOf(await ask('images', key.value, 'a mill', { n: 2 }))).toMatchObject({
      status: 429,
      code: 'insufficient_quota',
    });
    expect(await refusalOf(await ask('images', key.value, 'a mill', { n: 6 }))).toMatchObject({
      status: 403,
      code: 'key_not_allowed',
      param: 'n',
    });
    expect(await queued()).toBe(4);
    expect(await uses(key.id)).toMatchObject([{ images: 4, requests: 1 }]);
    expect((await ask('edits', key.value, 'a mill', { n: 1 })).status).toBe(202);
  });

  test.each(['sqlite', 'postgres'] as const)('fill the queue exactly, on %s', async (dialect) => {
    await start({ services: false, dialect, settings: { 'queue.max_length': 10 } });
    const asking = await Promise.all(Array.from({ length: 4 }, () => keyWith({})));
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        ask('images', asking[index % asking.length]?.value ?? '', `lighthouse ${index}`, { n: 3 }),
      ),
    );
    const accepted = answers.filter(({ status }) => status === 202);
    const refused = answers.filter(({ status }) => status === 429);
    expect([accepted.length, refused.length]).toEqual([3, 9]);
    expect(await queued()).toBe(9);
    for (const answer of refused) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask('images', asking[0]?.value ?? '', 'the last', { n: 1 })).status).toBe(202);
    expect(await queued()).toBe(10);
  });

  test('are one row of the log and as many of the usage, with what they cost and made together', async () => {
    await start({ simulator: { imageLatencyMs: 400 } });
    const cookie = await signedIn(program.runtime);
    const list = async () => (await callAdmin(listLogs, 'GET', '/api/v1/admin/logs', { cookie })).json;
    const answer = (async () => {
      const { handler, path, body } = await routes.images('a lighthouse, key=sk-0123456789abcdef', { n: 3 });
      return await call(handler, path, { method: 'POST', key: program.apiKey.value, body });
    })();
    const waiting = await until(async () => {
      const { running } = await list();
      return running.length > 0 ? running : undefined;
    });
    expect(waiting).toMatchObject([{ status: 'running', model: image, job: { count: 3 } }]);
    const response = await answer;
    expect(response.status).toBe(200);
    expect(((await response.json()) as { data: unknown[] }).data).toHaveLength(3);
    const { jobs, usageHours } = program.runtime.db.tables;
    await program.runtime.db.update(jobs).set({ credits: 7 }); // pictures of the simulator cost nothing
    const { items, running } = await until(async () => {
      const found = await list();
      return found.items.length > 0 ? found : undefined;
    });
    expect(running).toEqual([]);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      path: '/v1/images/generations',
      request_id: response.headers.get('x-request-id'),
      status: 'success',
      source: 'openai',
      job: { count: 3, credits: 21, media: [{}, {}, {}] },
    });
    expect(JSON.stringify(items)).not.toContain('sk-0123456789abcdef');
    const summary = await callAdmin(summariseLogs, 'GET', '/api/v1/admin/logs/summary', { cookie });
    expect(summary.json).toMatchObject({ requests: 1, credits: 21 });
    await countUsage(program.runtime, new AbortController().signal);
    const usage = await program.runtime.db.select().from(usageHours);
    const ofKey = usage.filter(({ dimension, value }) => dimension === 'key' && value === program.apiKey.id);
    expect(Object.fromEntries(ofKey.map(({ metric, amount }) => [metric, amount]))).toMatchObject({
      images: 3,
      succeeded: 3,
    });
  });
});

test('bodies that are recorded hold neither the pictures that came nor those that were made', async () => {
  await start({ settings: { 'request_log.record_bodies': true } });
  const form = new FormData();
  form.append('model', image);
  form.append('prompt', 'a lighthouse');
  form.append('image', new Blob([new Uint8Array(await picture({}))]), 'blob');
  const headers = { host: 'gw.example', authorization: `Bearer ${program.apiKey.value}` };
  const post = (path: string, body: BodyInit, type: Record<string, string> = {}) =>
    new Request(`http://gw.example${path}`, { method: 'POST', headers: { ...headers, ...type }, body });
  const none = { params: Promise.resolve(undefined) };
  const edited = await edit(post('/v1/images/edits', form), none);
  const streamed = await generate(
    post(
      '/v1/images/generations',
      JSON.stringify({ model: image, prompt: 'a mill', response_format: 'b64_json', stream: true }),
      { 'content-type': 'application/json' },
    ),
    none,
  );
  expect((await edited.text()).length).toBeGreaterThan(1_000);
  expect((await streamed.text()).length).toBeGreaterThan(1_000);
  await program.runtime.requestLog.flush();
  const { requestLogs } = program.runtime.db.tables;
  const rows = await until(async () => {
    const found = await program.runtime.db.select().from(requestLogs);
    return found.length === 2 ? found : undefined;
  });
  const sent = rows.map(({ requestBody }) => JSON.stringify(requestBody));
  expect(sent.find((body) => body.includes('multipart/form-data'))?.length).toBeLessThan(100);
  expect(sent.find((body) => body.includes('a mill'))?.length).toBeLessThan(500);
  for (const { responseBody } of rows) {
    expect(JSON.stringify(responseBody).length).toBeLessThan(2_000);
    expect(JSON.stringify(responseBody)).toMatch(/‹image\/(?:png|jpeg)/);
  }
});
