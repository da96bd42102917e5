import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GET as readLog } from '@/app/api/v1/admin/logs/[id]/route';
import { GET as exportLogs } from '@/app/api/v1/admin/logs/export/route';
import { GET as listLogs } from '@/app/api/v1/admin/logs/route';
import { GET as summariseLogs } from '@/app/api/v1/admin/logs/summary/route';
import { POST as chat } from '@/app/v1/chat/completions/route';
import { listAuditEntries } from '@/db/repositories/audit';
import { insertRequestLogs, type NewRequestLogRow } from '@/db/repositories/request-logs';
import { dataUrl, picture } from '../support/pictures';
import { startTestProgram, type TestProgram, until } from '../support/test-runtime';
import { call, signedIn } from './admin-console';

const path = '/api/v1/admin/logs';
const image = 'gemini-3.1-flash-image';
let program: TestProgram;
let cookie: string;

const start = async (...[options]: Parameters<typeof startTestProgram>) => {
  program = await startTestProgram(options);
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
};

let made = 0;
const row = (part: Partial<NewRequestLogRow>): NewRequestLogRow => {
  made += 1;
  return {
    requestId: `req_x${made}`,
    at: new Date('2026-11-20T12:00:00Z'),
    method: 'POST',
    path: '/v1/chat/completions',
    source: 'openai',
    status: 200,
    durationMs: 10,
    apiKeyId: 'filters',
    ...part,
  };
};

const list = async (query: string) => (await call(listLogs, 'GET', `${path}?${query}`, { cookie })).json;
const file = (query: string) =>
  exportLogs(
    new Request(`http://gateway.test${path}/export?${query}`, { headers: { cookie, host: 'gateway.test' } }),
  );

describe('with many rows', () => {
  beforeAll(async () => {
    await start({ services: false });
    const { db } = program.runtime;
    const job = (id: string, part: object) => ({
      id,
      requestId: `req_${id}`,
      state: 'completed' as const,
      kind: 'image' as const,
      model: image,
      specId: 'x',
      spec: {},
      need: 'x',
      prompt: `prompt of ${id}`,
      avoid: [],
      uploads: [],
      accountEmail: 'ann@example.com',
      credits: 5,
      availableAt: new Date(),
      deadlineAt: new Date(),
      createdAt: new Date('2026-11-20T12:00:00Z'),
      endedAt: new Date('2026-11-20T12:00:08Z'),
      ...part,
    });
    await db.insert(db.tables.jobs).values([
      job('one', {}),
      job('two', {
        kind: 'video',
        accountEmail: 'bob@example.com',
        credits: 20,
        endedAt: new Date('2026-11-20T12:02:00Z'),
      }),
      job('three', {
        state: 'failed',
        credits: 0,
        error: { code: 'upstream_failed', message: 'Upstream said no.' },
      }),
      job('four', { state: 'running', endedAt: null, credits: 0 }),
      job('five', { state: 'cancelled', credits: 0 }),
    ]);
    await insertRequestLogs(db, [
      row({ requestId: 'req_one', jobId: 'one', model: image, durationMs: 8_000 }),
      row({ requestId: 'req_poll', jobId: 'one', method: 'GET', path: '/v1/jobs/one' }),
      row({ requestId: 'req_two', jobId: 'two', model: 'veo-3.1-fast', durationMs: 50, source: 'gemini' }),
      row({ requestId: 'req_three', jobId: 'three', model: image, apiKeyId: 'filters' }),
      row({ requestId: 'req_four', jobId: 'four', model: image }),
      row({ requestId: 'req_five', jobId: 'five', model: image }),
      row({ requestId: 'req_limit', status: 429, errorCode: 'rate_limited', errorMessage: 'Too many.' }),
      row({ requestId: 'req_late', status: 424, errorCode: 'upstream_failed' }),
      row({
        requestId: 'req_bad',
        status: 404,
        errorCode: 'unknown_model',
        model: '=cmd|calc',
        source: 'playground',
      }),
      row({ requestId: 'req_left', status: 499, at: new Date('2026-11-19T12:00:00Z') }),
    ]);
  });
  afterAll(() => program.stop());

  const found = async (query: string) =>
    (await list(`key=filters&${query}`)).items.map(({ request_id }: { request_id: string }) =>
      request_id.slice('req_'.length),
    );

  test.each([
    ['status=running', ['four']],
    ['status=success', ['two', 'poll', 'one']],
    ['status=failed', ['late', 'three']],
    ['status=cancelled', ['five']],
    ['status=rate_limited', ['limit']],
    ['status=refused&status=left', ['left', 'bad']],
    ['code=404&code=429', ['bad', 'limit']],
    ['type=video', ['two']],
    ['type=other', ['left', 'bad', 'late', 'limit']],
    ['type=video&type=other', ['left', 'bad', 'late', 'limit', 'two']],
    [`model=veo-3.1-fast&model=${encodeURIComponent('=cmd|calc')}`, ['bad', 'two']],
    ['account=bob@example.com', ['two']],
    ['source=gemini&source=playground', ['bad', 'two']],
    ['min_duration_ms=8001', ['four', 'two']],
    ['min_duration_ms=8000&status=success', ['two', 'one']],
    ['from=2026-11-20T00:00:00Z&status=left', []],
    ['to=2026-11-20T00:00:00Z', ['left']],
    ['q=prompt%20of%20two', ['two']],
    ['q=req_bad', ['bad']],
    ['q=too+many', ['limit']],
    ['sort=-duration&status=success', ['two', 'one', 'poll']],
    ['sort=duration&status=success', ['poll', 'one', 'two']],
    ['sort=at&size=2&page=2', ['two', 'three']],
    ['page=99', []],
  ])('%s finds them', async (query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  test('a request that was answered while its job goes on is shown once', async () => {
    const { items, running } = await list('q=req_four');
    expect([items.length, running.length]).toEqual([1, 0]);
  });

  test('a request that made a job ends as its job does, with its error', async () => {
    const { items } = await list('q=req_three');
    expect(items).toMatchObject([
      { status: 'failed', code: 200, error: { code: 'upstream_failed', message: 'Upstream said no.' } },
    ]);
  });

  test('the summary has the numbers of the same requests', async () => {
    const summary = async (query: string) =>
      (await call(summariseLogs, 'GET', `${path}/summary?key=filters&${query}`, { cookie })).json;
    expect(await summary('')).toMatchObject({
      requests: 10,
      is_capped: false,
      success_rate: 0.5, // a poll that succeeded says nothing
      p50_ms: 8_000,
      p95_ms: 120_000,
      credits: 25,
      statuses: { success: 3, failed: 2, running: 1, cancelled: 1, rate_limited: 1, refused: 1, left: 1 },
    });
    expect(await summary('status=cancelled')).toMatchObject({
      requests: 1,
      success_rate: null,
      p50_ms: null,
    });
    expect(await summary('type=video')).toMatchObject({ requests: 1, success_rate: 1, credits: 20 });
  });

  test('the console, the predecessor and reading are not judged, however they ended', async () => {
    const { db } = program.runtime;
    const rate = async () =>
      (await call(summariseLogs, 'GET', `${path}/summary?key=judged`, { cookie })).json.success_rate;
    await insertRequestLogs(db, [
      row({ apiKeyId: 'judged', method: 'GET', path: '/v1/models' }),
      row({ apiKeyId: 'judged', source: 'console', path: '/api/v1/admin/sign-in' }),
      row({
        apiKeyId: 'judged',
        source: 'seed',
        path: '/api/login',
        status: 500,
        errorCode: 'internal_error',
      }),
    ]);
    expect(await rate()).toBeNull();
    await insertRequestLogs(db, [
      row({ apiKeyId: 'judged', status: 503, errorCode: 'no_account_available' }),
    ]);
    expect(await rate()).toBe(0);
  });

  test.each([
    ['q=a%00b', 'q'],
    ['model=%00', 'model'],
    ['min_duration_ms=2147483648', 'min_duration_ms'],
  ])('%s, which Postgres cannot store, is refused', async (query, field) => {
    const { status, json } = await call(listLogs, 'GET', `${path}?${query}`, { cookie });
    expect([status, json.error.code]).toEqual([400, 'invalid_request']);
    expect(json.error.fields).toHaveProperty(field);
  });

  test('limit counts in every order', async () => {
    expect((await list('key=filters&limit=2&sort=-duration')).items).toHaveLength(2);
  });

  test('a live tail gives what was written since, and only that', async () => {
    const first = await list('key=filters&limit=1');
    expect(await list(`key=filters&after=${first.latest_cursor}`)).toMatchObject({ items: [], total: 0 });
    await insertRequestLogs(program.runtime.db, [
      row({ requestId: 'req_new1', apiKeyId: 'tail' }),
      row({ requestId: 'req_other', apiKeyId: 'somebody' }),
      row({ requestId: 'req_new2', apiKeyId: 'tail' }),
      row({ requestId: 'req_new3', apiKeyId: 'tail' }),
    ]);
    const next = await list(`key=tail&limit=2&after=${first.latest_cursor}`);
    expect(next.items.map((item: { request_id: string }) => item.request_id)).toEqual([
      'req_new2',
      'req_new1',
    ]);
    const rest = await list(`key=tail&after=${next.latest_cursor}`);
    expect(rest.items.map((item: { request_id: string }) => item.request_id)).toEqual(['req_new3']);
    expect((await list(`key=tail&after=${rest.latest_cursor}`)).items).toEqual([]);
  });

  test('the CSV has the rows of the filter, no formula, and leaves an audit entry', async () => {
    const response = await file('key=filters&status=refused&status=success');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="requests.csv"');
    const lines = (await response.text()).trimEnd().split('\r\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/^id,request_id,at,status,code,/);
    expect(lines[1]).toContain(",'=cmd|calc,");
    const [entry] = await listAuditEntries(program.runtime.db, { limit: 1, action: 'logs.export' });
    expect(entry).toMatchObject({ administrator: 'ada', detail: { format: 'csv', key: ['filters'] } });
  });

  test('the JSONL has a row a line, page by page up to 10,000, and stops when its reader does', async () => {
    const many = () => Array.from({ length: 500 }, () => row({ apiKeyId: 'many' }));
    for (let count = 0; count < 21; count += 1) await insertRequestLogs(program.runtime.db, many());
    const text = await (await file('key=many&format=jsonl')).text();
    const rows = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toHaveLength(10_000);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(10_000);
    const reader = (await file('key=many&format=jsonl')).body?.getReader();
    expect((await reader?.read())?.value?.length).toBeLessThan(500_000);
    await reader?.cancel();
  });

  test('an export needs a sign-in, and a filter that exists', async () => {
    const stranger = await exportLogs(new Request(`http://gateway.test${path}/export`));
    expect(stranger.status).toBe(401);
    expect((await file('status=nonsense')).status).toBe(400);
  });
});

/** A request as a client sends it; `read` false leaves the answer alone. */
const ask = (body: object, signal?: AbortSignal) =>
  chat(
    new Request('http://gateway.test/v1/chat/completions', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${program.apiKey.value}`,
        'content-type': 'application/json',
        host: 'gateway.test',
      },
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    }),
    { params: Promise.resolve({}) },
  );
const message = (content: unknown) => ({ model: image, messages: [{ role: 'user', content }] });
const own = async () => {
  await program.runtime.requestLog.flush();
  return list(`key=${program.apiKey.id}`);
};

describe('requests that are being answered', () => {
  afterEach(() => program.stop());

  test('are shown by their jobs, found by their request id, and once only when they have ended', async () => {
    await start({ simulator: { imageLatencyMs: 400 } });
    await program.addAccount();
    const answer = ask({ ...message('a heron'), stream: false });
    const [running] = await until(async () => {
      const { running: rows } = await own();
      return rows.length > 0 && rows[0].job.state === 'running' ? rows : undefined;
    });
    expect(running).toMatchObject({ id: null, code: null, status: 'running', model: image });
    expect(running.key.id).toBe(program.apiKey.id);
    const detail = await call(readLog, 'GET', `${path}/${running.request_id}`, { cookie });
    expect(detail.json).toMatchObject({ status: 'running', prompt: 'a heron', job: { prompt: 'a heron' } });
    expect(detail.json.job.project_id).toEqual(expect.any(String));
    expect(detail.json.timeline.length).toBeGreaterThan(0);
    expect(detail.headers.get('cache-control')).toBe('no-store');
    expect((await list('status=failed')).running).toEqual([]);
    expect((await list('type=video')).running).toEqual([]);

    await (await answer).text();
    const after = await until(async () => {
      const rows = await own();
      return rows.items.length > 0 ? rows : undefined;
    });
    expect(after.running).toEqual([]);
    expect(after.items).toMatchObject([{ request_id: running.request_id, status: 'success', code: 200 }]);
    expect(after.items[0].job.media).toHaveLength(1);
  });

  test('get a row also when the client leaves', async () => {
    await start({ simulator: { imageLatencyMs: 500 } });
    await program.addAccount();
    const leaving = new AbortController();
    const answer = ask({ ...message('a heron'), stream: true }, leaving.signal);
    const reader = (await answer).body?.getReader();
    await reader?.read();
    leaving.abort();
    await reader?.cancel().catch(() => undefined);
    const rows = await until(async () => {
      const { items } = await own();
      return items.length > 0 ? items : undefined;
    });
    expect(rows).toMatchObject([{ code: 499 }]);
    await until(async () => (await own()).items[0].job.state === 'completed');
  });
});

describe('recorded bodies', () => {
  beforeEach(async () => {
    await start();
    await program.addAccount();
  });
  afterEach(() => program.stop());

  const recorded = async (body: object) => {
    await program.runtime.settings.update({ 'request_log.record_bodies': true });
    const answer = await (await ask(body)).text();
    const rows = await until(async () => {
      const { items } = await own();
      return items.length > 0 ? items : undefined;
    });
    const { json, text } = await call(readLog, 'GET', `${path}/${rows[0].id}`, { cookie });
    return { json, text, answer };
  };

  test('are what was sent and answered, with pictures as their type and size, and no secret', async () => {
    const bytes = Buffer.concat([
      await picture({ width: 1_200, height: 800, format: 'png' }),
      Buffer.alloc(900_000),
    ]);
    const content = [
      { type: 'text', text: `a fox, key ${program.apiKey.value}` },
      { type: 'image_url', image_url: { url: dataUrl(bytes) } },
    ];
    const { json, text, answer } = await recorded({
      ...message(content),
      stream: false,
      api_key: 'hush-hush',
    });
    expect(json.request_body.messages[0].content[0].text).toContain('a fox');
    expect(json.request_body.messages[0].content[1].image_url.url).toMatch(/^‹image\/png, [\d.]+ [kM]B›$/);
    expect(json.request_body.api_key).toBe('‹redacted›');
    expect(json.response_body).toMatchObject({ object: 'chat.completion' });
    expect(answer).toContain('chat.completion');
    expect(text).not.toContain(program.apiKey.value);
    expect(text).not.toMatch(/[A-Za-z0-9+/]{1024}/);
    expect(text.length).toBeLessThan(100_000);
  });

  test('of a stream are its final content', async () => {
    const { json, answer } = await recorded({ ...message('a fox'), stream: true });
    expect(answer).toContain('[DONE]');
    expect(json.response_body.stream.events).toBeGreaterThan(1);
    expect(json.response_body.content).toMatch(/!\[.*\]\(.*\/media\//);
  });

  test('of a refusal are the refusal', async () => {
    const { json } = await recorded({ ...message('x'), model: 'gpt-5' });
    expect(json).toMatchObject({ code: 404, response_body: { error: { code: 'model_not_found' } } });
    expect(json.request_body.model).toBe('gpt-5');
  });

  test('are not there unless they are asked for', async () => {
    await (await ask({ ...message('a fox'), stream: false })).text();
    const rows = await until(async () => {
      const { items } = await own();
      return items.length > 0 ? items : undefined;
    });
    const { json } = await call(readLog, 'GET', `${path}/${rows[0].id}`, { cookie });
    expect(json).toMatchObject({ request_body: null, response_body: null, records_bodies: false });
  });
});
