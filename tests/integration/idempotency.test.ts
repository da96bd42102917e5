import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { POST as chat } from '@/app/v1/chat/completions/route';
import { POST as generateImages } from '@/app/v1/images/generations/route';
import { DELETE as deleteJob, GET as getJob } from '@/app/v1/jobs/[id]/route';
import { updateAccount } from '@/db/repositories/accounts';
import { updateApiKey } from '@/db/repositories/api-keys';
import { listKeyDays } from '@/db/repositories/usage';
import { issueApiKey } from '@/lib/api-keys/issue';
import { startLoops } from '@/lib/background/loops';
import { hashBody, type Repeat, submitOnce } from '@/lib/generation/submit-once';
import type { GenerationRequest } from '@/lib/generation/types';
import { cancelJob } from '@/lib/generation/view';
import type { Runtime } from '@/lib/runtime';
import { picture } from '../support/pictures';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';
import { call, contentOf, readEvents, reasoningOf } from './surface-client';

const minute = 60_000;
const hour = 60 * minute;
const image = 'gemini-3.1-flash-image';
const video = 'veo_3_1_t2v_fast_landscape';
const path = '/v1/chat/completions';

const programs: TestProgram[] = [];
const servers: Server[] = [];
afterEach(async () => {
  for (const program of programs.splice(0).reverse()) await program.stop();
  for (const server of servers.splice(0)) await new Promise((closed) => server.close(closed));
});

const start = async (options: TestProgramOptions = {}) => {
  const program = await startTestProgram(options);
  programs.push(program);
  program.makeGlobal();
  return program;
};

/** A program with an account, on which nothing works on the jobs. */
const idle = async (options: TestProgramOptions = {}) => {
  const program = await start({ services: false, ...options });
  await program.addAccount();
  return program;
};

type Ask = { body?: object; headers?: Record<string, string>; key?: string; signal?: AbortSignal };

const ask = (
  program: TestProgram,
  { body = {}, headers = {}, key = program.apiKey.value, signal }: Ask = {},
) => {
  program.makeGlobal(); // which a handler looks up before it waits for anything
  return call(chat, path, {
    method: 'POST',
    key,
    headers,
    body: { model: image, messages: [{ role: 'user', content: 'a lighthouse' }], ...body },
    ...(signal === undefined ? {} : { signal }),
  });
};

const withKey = (key: string) => ({ 'idempotency-key': key });
const asRepeat = (count = 1) => ({ 'x-stainless-retry-count': String(count) });
const isReplayed = (response: Response) => response.headers.get('idempotency-replayed') === 'true';

type Completion = { id: string; choices: { message: { content: string } }[]; error?: { code: string } };
const read = async (response: Response) => (await response.json()) as Completion;

const submits = ({ simulator }: TestProgram) => simulator.stats().operations.length;
const jobsOf = ({ runtime }: TestProgram) => runtime.db.select().from(runtime.db.tables.jobs);

const request = (more: Partial<GenerationRequest> = {}): GenerationRequest => ({
  model: image,
  prompt: 'a lighthouse',
  options: {},
  references: [],
  ...more,
});

type Sent = {
  key?: string;
  count?: number;
  route?: string;
  hash?: string;
  apiKeyId?: string;
  at?: Date;
  requests?: GenerationRequest[];
};

/** What a route does once it has read a request. */
const send = (program: TestProgram, sent: Sent = {}) => {
  const repeat: Repeat = {
    route: sent.route ?? path,
    retryCount: sent.count ?? 0,
    bodyHash: sent.hash ?? hashBody({ prompt: 'a lighthouse' }),
    ...(sent.key === undefined ? {} : { key: sent.key }),
  };
  const { at } = sent;
  const runtime: Runtime = at === undefined ? program.runtime : { ...program.runtime, now: () => at };
  const requester = { apiKeyId: sent.apiKeyId ?? program.apiKey.id, requestId: 'req_test' };
  const signal = AbortSignal.timeout(20_000);
  return submitOnce(runtime, sent.requests ?? [request()], requester, repeat, signal);
};

const ids = ({ jobs }: { jobs: { jobId: string }[] }) => jobs.map(({ jobId }) => jobId);
const later = (ms: number) => new Date(Date.now() + ms);

/** Ends a job as run does, without a run: only how it ended matters here. */
const end = (program: TestProgram, jobId: string, changes: Record<string, unknown>) => {
  const { jobs } = program.runtime.db.tables;
  return program.runtime.db
    .update(jobs)
    .set({ endedAt: new Date(), ...changes })
    .where(eq(jobs.id, jobId));
};
const error = { code: 'upstream_unavailable', message: 'Not now.' };
const refused = { state: 'failed', error };
const paid = { state: 'failed', error: { ...error, code: 'upstream_failed' }, acceptedAt: new Date() };

/** Serves a picture that comes only when it is let go. */
async function serveSlowly(bytes: Uint8Array) {
  let letGo = () => {};
  let reached = () => {};
  const asked = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const server = createServer((_request, response) => {
    letGo = () => response.writeHead(200, { 'content-type': 'image/png' }).end(bytes);
    reached();
  });
  servers.push(server);
  await new Promise<void>((open) => server.listen(0, '127.0.0.1', open));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/picture.png`, asked, letGo: () => letGo() };
}

describe.each(['sqlite', 'postgres'] as const)('on %s', (dialect) => {
  test('50 equal requests at once with one key are one job, one submit and one answer', async () => {
    const program = await start({ dialect });
    await program.addAccount();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => ask(program, { headers: withKey('order-7') })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(answers.filter(isReplayed)).toHaveLength(49);
    const contents = await Promise.all(answers.map(async (answer) => JSON.stringify(await read(answer))));
    expect(new Set(contents).size).toBe(1);
    expect(contents[0]).toContain('![Generated Image](');
    expect(submits(program)).toBe(1);
    expect(await jobsOf(program)).toHaveLength(1);
  });

  test('50 repeats of a client library at once join the one job', async () => {
    const program = await start({ dialect });
    await program.addAccount();
    const first = await read(await ask(program));
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => ask(program, { headers: asRepeat() })),
    );
    expect(new Set(await Promise.all(answers.map(async (answer) => (await read(answer)).id)))).toEqual(
      new Set([first.id]),
    );
    expect(answers.every(isReplayed)).toBe(true);
    expect(submits(program)).toBe(1);
  });

  test('the same key with another body is refused, and nothing is made', async () => {
    const program = await idle({ dialect });
    await send(program, { key: 'k' });
    const answer = await ask(program, { headers: withKey('k') });
    expect(answer.status).toBe(400);
    expect((await read(answer)).error).toMatchObject({
      type: 'invalid_request_error',
      code: 'idempotency_key_reused',
      param: 'Idempotency-Key',
    });
    expect(await jobsOf(program)).toHaveLength(1);
  });

  test('a key is remembered for 24 hours', async () => {
    const program = await idle({ dialect });
    const first = await send(program, { key: 'k' });
    expect(ids(await send(program, { key: 'k', at: later(24 * hour - minute) }))).toEqual(ids(first));
    const anew = await send(program, { key: 'k', hash: 'another body', at: later(24 * hour) });
    expect(anew.joined).toBe(false);
    expect(ids(anew)).not.toEqual(ids(first));
  });

  test('the loop forgets requests of 24 hours ago', async () => {
    const program = await idle({ dialect });
    const { runtime } = program;
    const { idempotencyRecords: records } = runtime.db.tables;
    for (const [key, age] of [
      ['old', 24 * hour + minute],
      ['young', 24 * hour - minute],
    ] as const) {
      await send(program, { key });
      await runtime.db
        .update(records)
        .set({ createdAt: later(-age) })
        .where(eq(records.key, key));
    }
    await send(program);
    const loop = startLoops(runtime).find(({ name }) => name === 'prune-records');
    expect(await loop?.runNow()).toBe(true);
    const left = await runtime.db.select().from(records).orderBy(records.id);
    expect(left.map(({ key }) => key)).toEqual(['young', null]);
  });

  test('what failed before acceptance is made anew, once for all that ask', async () => {
    const program = await idle({ dialect });
    const [first = ''] = ids(await send(program, { key: 'k' }));
    await end(program, first, refused);
    const again = await Promise.all(Array.from({ length: 10 }, () => send(program, { key: 'k' })));
    expect(new Set(again.flatMap(ids)).size).toBe(1);
    expect(again.flatMap(ids)).not.toContain(first);
    expect(again.filter(({ joined }) => !joined)).toHaveLength(1);
  });

  test('what failed after acceptance is given again, and so is what nobody knows the outcome of', async () => {
    const program = await idle({ dialect });
    for (const how of [paid, { ...refused, intent: { at: 1 } }]) {
      const key = JSON.stringify(how);
      const first = await send(program, { key });
      await end(program, ids(first)[0] ?? '', how);
      expect(await send(program, { key })).toEqual({ jobs: first.jobs, joined: true });
    }
  });

  test('a repeat joins what runs or ended less than 10 minutes ago, and is made where there is nothing', async () => {
    const program = await idle({ dialect });
    const alone = await send(program, { count: 1 });
    expect(alone.joined).toBe(false);
    expect(await send(program, { count: 1 })).toMatchObject({ joined: true, jobs: alone.jobs });
    await end(program, ids(alone)[0] ?? '', { state: 'completed' });
    expect(await send(program, { count: 2, at: later(9 * minute) })).toMatchObject({ joined: true });
    expect(await send(program, { count: 2, at: later(11 * minute) })).toMatchObject({ joined: false });
  });

  test('a repeat of what failed before acceptance is made anew, not answered with an older equal one', async () => {
    const program = await idle({ dialect });
    const [older = ''] = ids(await send(program));
    await end(program, older, { state: 'completed', acceptedAt: new Date() });
    const [failed = ''] = ids(await send(program));
    await end(program, failed, refused);
    const repeat = await send(program, { count: 1 });
    expect(repeat.joined).toBe(false);
    expect(await send(program, { count: 2 })).toEqual({ jobs: repeat.jobs, joined: true });
  });

  test('a repeat leaves alone what failed for another repeat of the same count', async () => {
    const program = await idle({ dialect });
    const failing = await send(program, { count: 1 });
    await end(program, ids(failing)[0] ?? '', refused);
    const [one, other] = [await send(program, { count: 1 }), await send(program, { count: 2 })];
    expect([one.joined, other.joined]).toEqual([false, true]);
    const { db } = program.runtime;
    const records = await db.select().from(db.tables.idempotencyRecords);
    expect(records.map(({ jobIds }) => jobIds)).toEqual([ids(failing), ids(one)]);
  });

  test('equal requests that are no repeats are jobs of their own', async () => {
    const program = await idle({ dialect });
    const repeat = await send(program, { count: 1 });
    const sent = await Promise.all(Array.from({ length: 5 }, () => send(program)));
    expect(new Set([repeat, ...sent].flatMap(ids)).size).toBe(6);
    expect(sent.some(({ joined }) => joined)).toBe(false);
  });

  test('when several equal requests are cut at once, each repeat takes up another one', async () => {
    const program = await idle({ dialect });
    const first = await Promise.all(Array.from({ length: 5 }, () => send(program)));
    const made = new Set(first.flatMap(ids));
    for (const count of [1, 2]) {
      const repeats = await Promise.all(Array.from({ length: 5 }, () => send(program, { count })));
      expect(new Set(repeats.flatMap(ids))).toEqual(made);
    }
    expect(await jobsOf(program)).toHaveLength(5);
  });

  test('another API key and another route have nothing to do with it', async () => {
    const program = await idle({ dialect });
    const other = await issueApiKey(program.runtime, { name: 'other' });
    for (const how of [{ key: 'k' }, { count: 1 }]) {
      const mine = await send(program, how);
      const theirs = await send(program, { ...how, apiKeyId: other.id });
      const elsewhere = await send(program, { ...how, route: '/v1/images/generations' });
      expect([mine.joined, theirs.joined, elsewhere.joined]).toEqual([false, false, false]);
      expect(new Set([mine, theirs, elsewhere].flatMap(ids)).size).toBe(3);
    }
  });

  test('a request of several jobs is stored whole or not at all', async () => {
    const program = await idle({ dialect, settings: { 'queue.max_length': 5 } });
    const four = Array.from({ length: 4 }, () => request());
    const { jobs } = await send(program, { key: 'k', requests: four });
    expect(jobs).toHaveLength(4);
    await expect(send(program, { key: 'more', requests: four })).rejects.toMatchObject({
      code: 'queue_full',
    });
    await updateApiKey(program.runtime.db, program.apiKey.id, { imagesPerDay: 4 });
    await expect(send(program, { requests: [request()] })).rejects.toMatchObject({ code: 'quota_exceeded' });
    expect(await jobsOf(program)).toHaveLength(4);
    const { db } = program.runtime;
    expect(await listKeyDays(db, { apiKeyId: program.apiKey.id, sinceDay: '2000-01-01' })).toMatchObject([
      { images: 4, requests: 1 },
    ]);
    // What was refused is not remembered, and a repeat of what was accepted meets no limit.
    expect(await send(program, { key: 'k', requests: four })).toEqual({ jobs, joined: true });
    await expect(send(program, { key: 'more', hash: 'other' })).rejects.toMatchObject({
      code: 'quota_exceeded',
    });
  });

  test('a group with one result is the answer again; one without any is made anew as a whole', async () => {
    const program = await idle({ dialect });
    const three = Array.from({ length: 3 }, () => request());
    const group = await send(program, { key: 'k', requests: three });
    const [one = '', two = '', last = ''] = ids(group);
    await end(program, one, refused);
    await end(program, two, refused);
    await end(program, last, { state: 'completed' });
    expect(await send(program, { key: 'k', requests: three })).toMatchObject({
      joined: true,
      jobs: group.jobs,
    });
    await end(program, last, refused);
    const anew = await send(program, { key: 'k', requests: three });
    expect(anew.joined).toBe(false);
    expect(new Set([...ids(group), ...ids(anew)]).size).toBe(6);
  });

  test('a repeat that overtakes its request, still loading pictures, is joined by it', async () => {
    const program = await idle({ dialect, settings: { 'references.allow_private_addresses': true } });
    const { url, asked, letGo } = await serveSlowly(await picture());
    const slow = send(program, { requests: [request({ references: [{ type: 'url', url }] })] });
    await asked;
    await new Promise((done) => setTimeout(done, 400)); // as long as a client library waits
    const repeat = await send(program, { count: 1 });
    letGo();
    expect(await slow).toEqual({ jobs: repeat.jobs, joined: true });
    expect(await jobsOf(program)).toHaveLength(1);
  });
});

test('two processes on one Postgres make one job of 50 equal requests', async () => {
  const first = await start({ dialect: 'postgres' });
  const { env } = first.runtime;
  if (env.databaseUrl.dialect !== 'postgres') throw new Error('not on Postgres');
  const second = await start({
    simulator: first.simulator,
    place: { dataDir: env.dataDir, databaseUrl: env.databaseUrl.url },
  });
  await first.addAccount();
  const key = first.apiKey.value;
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      ask(index % 2 === 0 ? first : second, { key, headers: withKey('order-7') }),
    ),
  );
  expect(new Set(await Promise.all(answers.map(async (answer) => (await read(answer)).id))).size).toBe(1);
  expect(answers.filter(isReplayed)).toHaveLength(49);
  expect(submits(first)).toBe(1);
});

test('a repeat at a process whose clock is seconds behind is joined by the request that it has overtaken', async () => {
  const program = await idle({
    dialect: 'postgres',
    settings: { 'references.allow_private_addresses': true },
  });
  const { url, asked, letGo } = await serveSlowly(await picture());
  const slow = send(program, { requests: [request({ references: [{ type: 'url', url }] })] });
  await asked;
  await new Promise((done) => setTimeout(done, 400));
  const repeat = await send(program, { count: 1, at: later(-3_000) });
  letGo();
  expect(await slow).toEqual({ jobs: repeat.jobs, joined: true });
  expect(await jobsOf(program)).toHaveLength(1);
});

describe.each(['sqlite', 'postgres'] as const)('a restart on %s', (dialect) => {
  test('loses no memory of a key: the result is the same, and nothing is submitted again', async () => {
    const simulator = { videoDurationMs: 1_500 };
    const first = await start({ dialect, simulator });
    await first.addAccount();
    const { env } = first.runtime;
    const body = { model: video };
    const asked = await ask(first, { body, headers: { ...withKey('k'), prefer: 'respond-async' } });
    const { id } = (await asked.json()) as { id: string };
    await until(() => submits(first) === 1);
    await first.runtime.life.drain('restart');
    const { databaseUrl } = env;
    const second = await start({
      simulator: first.simulator,
      place: {
        dataDir: env.dataDir,
        databaseUrl: databaseUrl.dialect === 'postgres' ? databaseUrl.url : `file:${databaseUrl.file}`,
      },
    });
    const answer = await ask(second, { key: first.apiKey.value, body, headers: withKey('k') });
    expect(isReplayed(answer)).toBe(true);
    const completion = await read(answer);
    expect(completion.id).toBe(`chatcmpl-${id}`);
    expect(completion.choices[0]?.message.content).toContain('<video');
    expect(submits(second)).toBe(1);
  });
});

describe('a replayed answer', () => {
  test('of a stream is a stream of the same job from its beginning', async () => {
    const program = await start();
    await program.addAccount();
    const body = { model: video, stream: true };
    const first = await ask(program, { body, headers: withKey('k') });
    expect(isReplayed(first)).toBe(false);
    const told = await readEvents(first);
    const second = await ask(program, { body, headers: withKey('k') });
    expect(second.headers.get('content-type')).toContain('text/event-stream');
    expect(isReplayed(second)).toBe(true);
    expect(second.headers.get('access-control-expose-headers')).toContain('idempotency-replayed');
    const retold = await readEvents(second);
    expect(contentOf(retold)).toBe(contentOf(told));
    expect(reasoningOf(retold)).toContain('Generating the video.');
    expect(submits(program)).toBe(1);
  });

  test('of a failure after acceptance is the same failure', async () => {
    const program = await start();
    await program.addAccount();
    program.simulator.inject({
      call: 't2v',
      effect: {
        type: 'pollStatus',
        status: 'MEDIA_GENERATION_STATUS_FAILED',
        reason: 'PUBLIC_ERROR_HIGH_TRAFFIC',
      },
    });
    const sent = { body: { model: video }, headers: withKey('k') };
    const first = await ask(program, sent);
    const second = await ask(program, sent);
    expect([first.status, second.status]).toEqual([424, 424]);
    expect(second.headers.get('x-should-retry')).toBe('false');
    expect(await read(second)).toEqual(await read(first));
    expect(isReplayed(second)).toBe(true);
    expect(submits(program)).toBe(1);
  });

  test('of a failure before acceptance is a new try', async () => {
    const program = await start();
    await program.addAccount();
    program.simulator.inject({
      call: 'batchGenerateImages',
      effect: { type: 'status', status: 400, rpcStatus: 'INVALID_ARGUMENT' },
    });
    const first = await ask(program, { headers: withKey('k') });
    expect(first.status).toBe(400);
    const second = await ask(program, { headers: withKey('k') });
    expect([second.status, isReplayed(second)]).toEqual([200, false]);
  });

  test('needs no account and meets no limit', async () => {
    const program = await start();
    const account = await program.addAccount();
    const first = await read(await ask(program, { headers: withKey('k') }));
    const { db, now } = program.runtime;
    await updateAccount(db, account.id, { enabled: false }, now());
    await updateApiKey(db, program.apiKey.id, { requestsPerMinute: 0, imagesPerDay: 0 });
    program.runtime.apiKeys.forget();
    const second = await ask(program, { headers: withKey('k') });
    expect(second.status).toBe(200);
    expect((await read(second)).id).toBe(first.id);
  });

  test('at once with many others meets no limit on requests either', async () => {
    const program = await start();
    await program.addAccount();
    await updateApiKey(program.runtime.db, program.apiKey.id, { requestsPerMinute: 2 });
    program.runtime.apiKeys.forget();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask(program, { headers: withKey('k') })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(submits(program)).toBe(1);
    expect((await ask(program)).status).toBe(200); // the second of this minute
    expect((await ask(program)).status).toBe(429);
  });

  test('has the same address for a picture of another kind, as long as its file is there', async () => {
    const program = await start();
    await program.addAccount();
    const { db } = program.runtime;
    const generate = async (format = 'webp') => {
      program.makeGlobal();
      const body = { model: image, prompt: 'a lighthouse', response_format: 'url', output_format: format };
      const path = '/v1/images/generations';
      const key = program.apiKey.value;
      const response = await call(generateImages, path, {
        method: 'POST',
        key,
        headers: withKey(format),
        body,
      });
      const { data } = (await response.json()) as { data: { url: string }[] };
      return data[0]?.url ?? '';
    };
    const files = () => db.select().from(db.tables.media);
    const first = await generate();
    expect(new Set(await Promise.all(Array.from({ length: 6 }, () => generate())))).toEqual(new Set([first]));
    expect(await files()).toHaveLength(2);
    const [copy] = (await files()).filter(({ contentType }) => contentType === 'image/webp');
    const storageKey = copy?.storageKey ?? '';
    expect(first).toContain(copy?.id);
    await db
      .update(db.tables.media)
      .set({ storageKey: null })
      .where(eq(db.tables.media.id, copy?.id ?? ''));
    await program.runtime.media.delete(storageKey);
    expect(await generate()).toBe(first);
    const again = (await files()).find(({ id }) => id === copy?.id)?.storageKey ?? '';
    expect(await program.runtime.media.find(again)).toBeDefined();
    expect(await files()).toHaveLength(2);
    expect(new Set(await Promise.all([generate('jpeg'), generate('jpeg')])).size).toBe(1);
    expect(await files()).toHaveLength(4); // another request: its own picture, and one copy
  });

  test('of what was cancelled says so', async () => {
    const program = await idle();
    const [id = ''] = ids(await send(program, { key: 'k' }));
    await cancelJob(program.runtime, id, { apiKeyId: program.apiKey.id });
    const again = await send(program, { key: 'k' });
    expect([again.joined, ids(again)]).toEqual([true, [id]]);
    expect((await program.events(id)).at(-1)).toEqual({ type: 'cancelled' });
  });

  test('of which no file is left is a 410 instead of a dead address', async () => {
    const program = await start();
    await program.addAccount();
    await ask(program, { headers: withKey('k') });
    const { db } = program.runtime;
    await db.update(db.tables.media).set({ storageKey: null });
    const second = await ask(program, { headers: withKey('k') });
    expect(second.status).toBe(410);
    expect((await read(second)).error).toMatchObject({ code: 'gone' });
    expect(submits(program)).toBe(1);
  });
});

test('a group of pictures is replayed in its order, and one picture that failed is not made later', async () => {
  const program = await start();
  await program.addAccount();
  const generate = (headers: Record<string, string>) =>
    call(generateImages, '/v1/images/generations', {
      method: 'POST',
      key: program.apiKey.value,
      headers,
      body: { model: image, prompt: 'a lighthouse', n: 3, response_format: 'url' },
    });
  program.simulator.inject({
    call: 'batchGenerateImages',
    effect: { type: 'status', status: 400, rpcStatus: 'INVALID_ARGUMENT' },
  });
  const first = await generate(withKey('k'));
  const { data } = (await first.json()) as { data: { url: string }[] };
  expect(data).toHaveLength(2);
  const second = await generate(withKey('k'));
  expect(isReplayed(second)).toBe(true);
  expect(((await second.json()) as { data: unknown }).data).toEqual(data);
  expect(submits(program)).toBe(2);
});

describe('Prefer: respond-async', () => {
  test('is answered at once with the job and its absolute address, which leads to the result', async () => {
    const program = await start();
    await program.addAccount();
    const answer = await ask(program, { body: { model: video }, headers: { prefer: 'respond-async' } });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('preference-applied')).toBe('respond-async');
    const job = (await answer.json()) as { id: string; object: string; state: string };
    expect(job).toMatchObject({
      object: 'job',
      model: video,
      state: expect.stringMatching(/queued|running/),
    });
    const location = answer.headers.get('location') ?? '';
    expect(location).toBe(`http://gw.example/v1/jobs/${job.id}`);
    const found = await until(async () => {
      const { pathname } = new URL(location);
      const response = await call(getJob, pathname, { key: program.apiKey.value, params: { id: job.id } });
      const body = (await response.json()) as { state: string; media: { url: string }[] };
      return body.state === 'completed' && body;
    });
    expect(found.media[0]?.url).toMatch(/^http:\/\/gw\.example\/media\/.+\.mp4$/);
  });

  test('has its address at this gateway, wherever its media are', async () => {
    const program = await idle({ settings: { 'cache.base_url': 'https://cdn.example' } });
    const answer = await ask(program, { headers: { prefer: 'respond-async' } });
    const { id } = (await answer.json()) as { id: string };
    expect(answer.headers.get('location')).toBe(`http://gw.example/v1/jobs/${id}`);
  });

  test('and at its public address where it has one', async () => {
    const settings = { 'cache.base_url': 'https://cdn.example' };
    const program = await idle({ settings, env: { PUBLIC_URL: 'https://api.example/' } });
    const answer = await ask(program, { headers: { prefer: 'respond-async' } });
    const { id } = (await answer.json()) as { id: string };
    expect(answer.headers.get('location')).toBe(`https://api.example/v1/jobs/${id}`);
  });

  test('of several jobs is answered with all of them and the address of the first', async () => {
    const program = await idle();
    const answer = await call(generateImages, '/v1/images/generations', {
      method: 'POST',
      key: program.apiKey.value,
      headers: { prefer: 'respond-async' },
      body: { model: image, prompt: 'a lighthouse', n: 3 },
    });
    expect(answer.status).toBe(202);
    const list = (await answer.json()) as { object: string; data: { id: string; object: string }[] };
    expect(list.object).toBe('list');
    expect(list.data.map(({ object }) => object)).toEqual(['job', 'job', 'job']);
    expect(answer.headers.get('location')).toBe(`http://gw.example/v1/jobs/${list.data[0]?.id}`);
  });

  test('is answered with the same job again, and the job can be cancelled there', async () => {
    const program = await idle();
    const headers = { prefer: 'respond-async', ...withKey('k') };
    const first = await ask(program, { headers });
    const second = await ask(program, { headers });
    expect([second.status, isReplayed(first), isReplayed(second)]).toEqual([202, false, true]);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    const { id } = (await second.json()) as { id: string };
    const cancelled = await call(deleteJob, `/v1/jobs/${id}`, {
      method: 'DELETE',
      key: program.apiKey.value,
      params: { id },
    });
    expect(await cancelled.json()).toMatchObject({ id, state: 'cancelled' });
  });
});

test.each([
  ['empty', ''],
  ['too long', 'k'.repeat(256)],
])('a key that is %s is refused before anything is made', async (_how, key) => {
  const program = await idle();
  const answer = await ask(program, { headers: withKey(key) });
  expect(answer.status).toBe(400);
  expect((await read(answer)).error).toMatchObject({ code: 'invalid_idempotency_key' });
  expect(await jobsOf(program)).toHaveLength(0);
});

test('a client that leaves before its job is stored leaves nothing behind', async () => {
  const program = await idle();
  const client = new AbortController();
  const asked = ask(program, { signal: client.signal });
  client.abort();
  await asked;
  expect(await jobsOf(program)).toHaveLength(0);
  const { db } = program.runtime;
  expect(await db.select().from(db.tables.idempotencyRecords)).toHaveLength(0);
});
