import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { GET as openapi } from '@/app/api/v1/admin/openapi.json/route';
import { POST as chat } from '@/app/v1/chat/completions/route';
import { GET as models } from '@/app/v1/models/route';
import { listAccounts } from '@/db/repositories/accounts';
import { findJobRow } from '@/db/repositories/jobs';
import { listRequestLogs } from '@/db/repositories/request-logs';
import { startLoops } from '@/lib/background/loops';
import { countCalls } from '../simulator/stats';
import { dataUrl, picture } from '../support/pictures';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';
import { signedIn } from './admin-console';
import { call, contentOf, logRow, readEvents } from './surface-client';

/** What the predecessor did wrong, by the number it has there, and what happens here instead. */
const image = 'gemini-3.1-flash-image';
const video = 'veo_3_1_t2v_fast_landscape';
const path = '/v1/chat/completions';

let program: TestProgram;
const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  program.makeGlobal();
  await program.addAccount();
  return program;
};
afterEach(() => program.stop());

const ask = (body: object, more: { signal?: AbortSignal; headers?: Record<string, string> } = {}) =>
  call(chat, path, {
    method: 'POST',
    key: program.apiKey.value,
    body: { model: image, messages: [{ role: 'user', content: 'a lighthouse' }], ...body },
    ...more,
  });
const polls = () => program.simulator.stats().statusCalls.length;

describe('C.9.4 the status of a video', () => {
  test.each(['MEDIA_GENERATION_STATUS_FAILED', 'MEDIA_GENERATION_STATUS_CANCELLED'])(
    '%s ends the job at once, it is not asked about for minutes',
    async (status) => {
      const { submit, events, simulator } = await start();
      simulator.inject({ call: 't2v', effect: { type: 'pollStatus', status } });
      const id = await submit({ model: video });
      expect((await events(id)).at(-1)).toMatchObject({ type: 'failed', error: { code: 'upstream_failed' } });
      const asked = polls();
      expect(asked).toBeLessThan(30);
      await new Promise((done) => setTimeout(done, 300));
      expect(polls()).toBe(asked);
    },
  );

  test('that can never be read is asked for more and more seldom, and not without an end', async () => {
    const { submit, events, job, runtime, simulator } = await start({
      simulator: { videoDurationMs: 60_000 },
    });
    const id = await submit({ model: video });
    await until(async () => (await job(id)).handle !== null);
    simulator.inject({
      call: 'checkStatus',
      times: Number.POSITIVE_INFINITY,
      effect: { type: 'status', status: 500 },
    });
    simulator.resetStats();
    await new Promise((done) => setTimeout(done, 2_000)); // forty intervals
    expect(countCalls(simulator.stats(), 'checkStatus')).toBeLessThan(20);
    const { jobs } = runtime.db.tables;
    await runtime.db
      .update(jobs)
      .set({ acceptedAt: new Date(Date.now() - 25 * 3_600_000) })
      .where(eq(jobs.id, id));
    expect((await events(id)).at(-1)).toMatchObject({ type: 'failed', error: { code: 'upstream_failed' } });
  });
});

test('C.9.6 a client that leaves cancels nothing: what upstream makes is stored', async () => {
  const { simulator, runtime } = await start({ simulator: { videoDurationMs: 700 } });
  const client = new AbortController();
  const response = await ask({ stream: true, model: video }, { signal: client.signal });
  const reader = response.body?.getReader();
  await reader?.read();
  client.abort();
  await reader?.cancel().catch(() => undefined);
  const { jobId } = await logRow(program, path);
  await until(async () => (await findJobRow(runtime.db, jobId ?? ''))?.state === 'completed');
  expect(countCalls(simulator.stats(), 'cancelGeneration')).toBe(0);
});

describe('C.9.8 an error', () => {
  test('in a stream is an event of its own, and so is the end', async () => {
    await start();
    const response = await ask({ stream: true, messages: [{ role: 'user', content: 'unsafe-prompt' }] });
    const text = await response.text();
    const frames = text.split('\n\n').filter((frame) => frame !== '');
    for (const frame of frames) expect(frame).toMatch(/^data: /);
    expect(frames.at(-1)).toBe('data: [DONE]');
    expect(JSON.parse(frames.at(-2)?.slice(6) ?? '')).toMatchObject({
      error: { code: 'content_policy_violation' },
    });
    expect(text.endsWith('\n\n')).toBe(true);
  });

  test('in one piece has its status', async () => {
    await start();
    expect((await ask({ messages: [{ role: 'user', content: 'unsafe-prompt' }] })).status).toBe(400);
    expect((await ask({ model: 'no-such-model' })).status).toBe(404);
  });
});

describe('C.9.9 a file', () => {
  test.each([
    ['the address that the client called', {}, {}, /^http:\/\/gw\.example\/media\/[a-z0-9]{26,}\.png$/],
    [
      'the one that a proxy was called by',
      {},
      { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'pics.example', 'x-flow2api-peer': '127.0.0.1' },
      /^https:\/\/pics\.example\/media\//,
    ],
    [
      'the one that is configured',
      { 'cache.base_url': 'https://cdn.example' },
      {},
      /^https:\/\/cdn\.example\/media\//,
    ],
  ])('has the address of %s, never that of the bind', async (_whose, settings, headers, expected) => {
    await start({ settings });
    const events = await readEvents(await ask({ stream: true }, { headers }));
    const address = /\((.*)\)/.exec(contentOf(events))?.[1];
    expect(address).toMatch(expected);
    expect(address).not.toContain('0.0.0.0');
  });

  test('is named after what it is, and a reference goes up as what it is', async () => {
    const { runtime } = await start();
    const uploads: string[] = [];
    const upload = runtime.upstream.uploadReference;
    runtime.upstream.uploadReference = (access, sent, signal) => {
      uploads.push(sent.contentType);
      return upload.call(runtime.upstream, access, sent, signal);
    };
    for (const format of ['png', 'jpeg', 'webp'] as const) {
      const url = dataUrl(await picture({ format }));
      const content = [
        { type: 'text', text: 'make it blue' },
        { type: 'image_url', image_url: { url } },
      ];
      expect((await ask({ messages: [{ role: 'user', content }] })).status).toBe(200);
    }
    expect(uploads).toEqual(['image/png', 'image/jpeg', 'image/webp']);
    const rows = await runtime.db.select().from(runtime.db.tables.media);
    expect(rows).toHaveLength(3);
    for (const { contentType, extension } of rows)
      expect(extension).toBe(contentType === 'image/jpeg' ? 'jpg' : contentType.replace('image/', ''));
  });
});

describe('C.9.10 a picture of the conversation', () => {
  const followUp = (address: string) =>
    ask({
      messages: [
        { role: 'user', content: 'a lighthouse' },
        { role: 'assistant', content: `![Generated Image](${address})` },
        { role: 'user', content: 'make it blue' },
      ],
    });

  test.each(['/tmp/../flow2api.db', '/tmp/..%2f..%2fsecret.key', '/tmp/x.jpg'])(
    'at an address with %s is no local file, and nothing inside the network is asked for it',
    async (part) => {
      let hits = 0;
      const inside = createServer((_request, response) => {
        hits += 1;
        response.end('secret');
      });
      await new Promise<void>((done) => inside.listen(0, '127.0.0.1', done));
      const { port } = inside.address() as AddressInfo;
      try {
        const { simulator } = await start();
        expect((await followUp(`http://127.0.0.1:${port}${part}`)).status).toBe(200);
        expect((await followUp(`http://gw.example${part}`)).status).toBe(200);
        expect(hits).toBe(0);
        expect(simulator.stats().operations.flatMap(({ referenceMediaIds }) => referenceMediaIds)).toEqual(
          [],
        );
      } finally {
        inside.close();
      }
    },
  );
});

describe('C.9.11 secrets', () => {
  test('are nowhere in the database as they are', async () => {
    const { runtime, apiKey } = await start();
    await signedIn(runtime);
    const [account] = await listAccounts(runtime.db);
    const { secrets } = runtime;
    const plain = [
      secrets.open(account?.sessionTokenSealed ?? ''),
      secrets.open(account?.accessTokenSealed ?? ''),
      apiKey.value,
      'correct horse battery',
    ];
    const dump = [];
    for (const table of Object.values(runtime.db.tables)) dump.push(await runtime.db.select().from(table));
    const text = JSON.stringify(dump);
    expect(text).toContain(account?.email);
    for (const secret of plain) expect(text).not.toContain(secret);
  });

  test.each(['han1234', 'admin', ''])('the key %j of the predecessor opens nothing', async (key) => {
    await start();
    expect((await call(models, '/v1/models', { key })).status).toBe(401);
  });

  test('no answer allows credentials of other origins, and the description of the API is behind the session', async () => {
    await start();
    const answer = await call(models, '/v1/models', {
      key: program.apiKey.value,
      headers: { origin: 'https://evil.example' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect((await call(openapi, '/api/v1/admin/openapi.json')).status).toBe(401);
  });
});

describe('C.9.12 a video made larger', () => {
  test.each(['veo_3_1_t2v_fast_1080p', 'veo_3_1_t2v_1080p'])(
    '%s is the larger one that is delivered',
    async (model) => {
      const { submit, events, job, simulator, runtime } = await start();
      const id = await submit({ model });
      expect((await events(id)).at(-1)).toMatchObject({ type: 'completed', media: [{ role: 'result' }] });
      const larger = simulator.stats().operations.find(({ call }) => call === 'upsampleVideo');
      const { media } = runtime.db.tables;
      const rows = await runtime.db.select().from(media).where(eq(media.jobId, id));
      expect(rows.map(({ upstreamName }) => upstreamName)).toEqual([larger?.mediaName]);
      expect((await job(id)).state).toBe('completed');
    },
  );

  test('is never silently the smaller one', async () => {
    const { submit, events, simulator } = await start();
    simulator.inject({
      call: 'upsampleVideo',
      effect: { type: 'pollStatus', status: 'MEDIA_GENERATION_STATUS_FAILED' },
    });
    const id = await submit({ model: 'veo_3_1_t2v_fast_1080p' });
    expect((await events(id)).at(-1)).toMatchObject({
      type: 'failed',
      error: { message: expect.stringContaining('upscale failed') },
      media: [{ role: 'base' }],
    });
  });
});

describe('C.9.13 a video that takes long', () => {
  test('is not abandoned after eighty looks', async () => {
    const { submit, events } = await start({ simulator: { videoDurationMs: 6_500 } });
    expect((await events(await submit({ model: video }))).at(-1)).toMatchObject({ type: 'completed' });
    expect(polls()).toBeGreaterThan(80);
  });

  test('is not abandoned after three looks in a row that failed', async () => {
    const { submit, events, simulator } = await start({ simulator: { videoDurationMs: 300 } });
    simulator.inject({ call: 'checkStatus', times: 4, effect: { type: 'status', status: 503 } });
    simulator.inject({ call: 'checkStatus', times: 1, effect: { type: 'reset', when: 'before' } });
    expect((await events(await submit({ model: video }))).at(-1)).toMatchObject({ type: 'completed' });
  });
});

test('C.7 cleaning, ends of cooldowns, access, credits, retention and orphans each have a loop that begins soon', async () => {
  const { runtime } = await start({ services: false });
  const loops = startLoops(runtime).map((loop) => loop.status());
  for (const name of [
    'clean-media',
    'end-cooldowns',
    'refresh-access',
    'refresh-credits',
    'prune-records',
    'end-hopeless-jobs',
  ]) {
    const loop = loops.find((one) => one.name === name);
    // The predecessor's first look came an hour after the start.
    const inMs = (loop?.nextRunAt?.getTime() ?? Number.POSITIVE_INFINITY) - Date.now();
    expect({ name, isSoon: inMs < 3_500 }).toEqual({ name, isSoon: true });
  }
});

test('E.9 a request has its row when it has ended: a process that is killed leaves none that looks unfinished', async () => {
  const { runtime } = await start({ simulator: { videoDurationMs: 1_200 } });
  const answer = ask({ stream: true, model: video });
  await until(async () => (await runtime.db.select().from(runtime.db.tables.jobs))[0]?.handle !== null);
  await runtime.requestLog.flush();
  expect(await listRequestLogs(runtime.db, { limit: 9 })).toEqual([]);
  await (await answer).text();
  expect(await logRow(program, path)).toMatchObject({ status: 200 });
});
