import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GET as readJob } from '@/app/api/v1/admin/jobs/[id]/route';
import { GET as listJobs } from '@/app/api/v1/admin/jobs/route';
import { GET as readLog } from '@/app/api/v1/admin/logs/[id]/route';
import { DELETE as clearLogs, GET as listLogs } from '@/app/api/v1/admin/logs/route';
import { POST as chat } from '@/app/v1/chat/completions/route';
import { listAuditEntries } from '@/db/repositories/audit';
import { insertRequestLogs } from '@/db/repositories/request-logs';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { call, signedIn } from './admin-console';

const path = '/api/v1/admin/logs';
let program: TestProgram;
let cookie: string;
let email: string;

const ask = async (content: string, model = 'gemini-3.1-flash-image') => {
  await chat(
    new Request('http://gateway.test/v1/chat/completions', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${program.apiKey.value}`,
        'content-type': 'application/json',
        host: 'gateway.test',
      },
      body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
    }),
    { params: Promise.resolve({}) },
  );
  await program.runtime.requestLog.flush();
};
/** What the key of this test asked: refused visitors leave rows of their own. */
const logs = async (query = '') => {
  const own = query.includes('key=') ? '' : `&key=${program.apiKey.id}`;
  return (await call(listLogs, 'GET', `${path}?${query}${own}`, { cookie })).json;
};
const ids = async (query: string) =>
  (await logs(query)).items.map(({ job }: { job: { prompt: string } | null }) => job?.prompt ?? null);

beforeAll(async () => {
  program = await startTestProgram({ settings: { 'request_log.record_bodies': true } });
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
  email = (await program.addAccount()).email;
  await ask('a red lighthouse');
  await ask('a blue 100% boat');
  await ask('unsafe-prompt');
  await ask('nobody knows this', 'gpt-5');
});
afterAll(() => program.stop());

test.each([
  ['the log', () => call(listLogs, 'GET', path)],
  ['one request', () => call(readLog, 'GET', `${path}/1`)],
  ['clearing the log', () => call(clearLogs, 'DELETE', `${path}?older_than_days=0`)],
  ['the jobs', () => call(listJobs, 'GET', '/api/v1/admin/jobs')],
  ['one job', () => call(readJob, 'GET', '/api/v1/admin/jobs/x')],
])('%s needs a sign-in', async (_what, request) => {
  expect((await request()).status).toBe(401);
});

describe('the request log', () => {
  test('has one row a request, the newest first, with its key, its job and its account', async () => {
    const { items, total, total_is_capped } = await logs();
    expect(items.map((row: { code: number }) => row.code)).toEqual([404, 400, 200, 200]);
    expect({ total, total_is_capped }).toEqual({ total: 4, total_is_capped: false });
    expect(items[3]).toMatchObject({
      status: 'success',
      model: 'gemini-3.1-flash-image',
      key: { id: program.apiKey.id },
      job: { state: 'completed', account_email: email, prompt: 'a red lighthouse' },
    });
  });

  test.each([
    ['status=success', ['a blue 100% boat', 'a red lighthouse']],
    ['status=refused', [null, 'unsafe-prompt']],
    ['code=404', [null]],
    ['model=gpt-5', [null]],
    ['q=LIGHTHOUSE', ['a red lighthouse']],
    ['q=100%25', ['a blue 100% boat']],
    ['q=%25', ['a blue 100% boat']],
    ['to=2020-01-01T00:00:00Z', []],
    ['key=somebody-else', []],
    ['account=somebody-else', []],
  ])('is narrowed by %s', async (query, expected) => {
    expect(await ids(query)).toEqual(expected);
  });

  test('comes page by page, each request once', async () => {
    const first = await logs('limit=3');
    expect(first.items).toHaveLength(3);
    const second = await logs(`limit=3&cursor=${first.next_cursor}`);
    expect(second.next_cursor).toBeNull();
    const all = [...first.items, ...second.items].map(({ id }: { id: number }) => id);
    expect(new Set(all).size).toBe(4);
  });

  test('counts up to 10,000 and says that it stopped there', async () => {
    const row = {
      apiKeyId: program.apiKey.id,
      method: 'GET',
      path: '/x',
      status: 200,
      durationMs: 1,
    };
    const at = new Date(Date.now() - 20 * 86_400_000);
    const many = (count: number) =>
      Array.from({ length: 500 }, (_, index) => ({ ...row, requestId: `many_${count}_${index}`, at }));
    for (let count = 0; count < 21; count += 1) await insertRequestLogs(program.runtime.db, many(count));
    expect(await logs('limit=1')).toMatchObject({ total: 10_000, total_is_capped: true });
    for (const query of ['', '?older_than_days=', '?older_than_days']) {
      const { status, json } = await call(clearLogs, 'DELETE', `${path}${query}`, { cookie });
      expect([query, status]).toEqual([query, 400]);
      expect(json.error.fields).toHaveProperty('older_than_days');
    }
    const cleared = await call(clearLogs, 'DELETE', `${path}?older_than_days=10`, { cookie });
    expect(cleared.json).toEqual({ removed: 10_500 });
    expect(await logs('limit=1')).toMatchObject({ total: 4, total_is_capped: false });
    const [entry] = await listAuditEntries(program.runtime.db, { limit: 1, action: 'logs.clear' });
    expect(entry).toMatchObject({ administrator: 'ada', detail: { older_than_days: 10 } });
  });
});

describe('one request', () => {
  const detail = async (query: string) => {
    const [row] = (await logs(query)).items;
    return call(readLog, 'GET', `${path}/${row.id}`, { cookie });
  };

  test('has the steps of its job and the calls to upstream in one timeline, in order', async () => {
    const { json } = await detail('q=lighthouse');
    const offsets = json.timeline.map((entry: { offset_ms: number }) => entry.offset_ms);
    expect(offsets).toEqual([...offsets].sort((a: number, b: number) => a - b));
    const names = json.timeline.map((entry: { type: string; name?: string; path?: string }) =>
      entry.type === 'step' ? entry.name : entry.path?.split(/[/:]/).at(-1),
    );
    expect(names).toEqual(expect.arrayContaining(['account_selected', 'batchGenerateImages', 'saving']));
    expect(
      json.timeline.find((entry: { path?: string }) => entry.path?.endsWith('batchGenerateImages')),
    ).toMatchObject({ method: 'POST', status: 200, proxied: false, error: null });
  });

  test('shows what was refused and why', async () => {
    const { json } = await detail('q=unsafe-prompt');
    const [refused] = json.timeline.filter(
      (entry: { type: string; status?: number }) => entry.status === 400,
    );
    expect(JSON.stringify(refused.response)).toContain('PUBLIC_ERROR_UNSAFE_GENERATION');
    expect(JSON.stringify(refused.request)).toContain('unsafe-prompt');
  });

  test('shows no token, no cookie and no key, although bodies are recorded', async () => {
    const { text } = await detail('q=lighthouse');
    expect(text).not.toMatch(/ya29\.|eyJ[A-Za-z0-9_-]{20}|Bearer [^‹]|sk-[A-Za-z0-9]/);
    expect(text).not.toMatch(/[A-Za-z0-9+/]{1024}/);
  });

  test('that is not there is 404', async () => {
    expect((await call(readLog, 'GET', `${path}/999999999`, { cookie })).status).toBe(404);
    expect((await call(readLog, 'GET', `${path}/nonsense`, { cookie })).status).toBe(404);
  });
});

describe('jobs', () => {
  const jobs = async (query = '') =>
    (await call(listJobs, 'GET', `/api/v1/admin/jobs?${query}`, { cookie })).json;

  test.each([
    ['', ['unsafe-prompt', 'a blue 100% boat', 'a red lighthouse']],
    ['state=failed', ['unsafe-prompt']],
    ['kind=video', []],
    ['q=boat', ['a blue 100% boat']],
  ])('that match %s are listed, the newest first', async (query, expected) => {
    const { items, total } = await jobs(query);
    expect(items.map((row: { prompt: string }) => row.prompt)).toEqual(expected);
    expect(total).toBe(expected.length);
  });

  test('come page by page, and a cursor that leads nowhere is refused', async () => {
    const first = await jobs('limit=2');
    const second = await jobs(`limit=2&cursor=${first.next_cursor}`);
    expect(second.items).toMatchObject([{ prompt: 'a red lighthouse' }]);
    const bad = await call(listJobs, 'GET', '/api/v1/admin/jobs?cursor=nonsense', { cookie });
    expect(bad.json.error).toMatchObject({ code: 'invalid_request', fields: { cursor: expect.any(String) } });
  });

  test('one of them has its steps and its calls; an unknown one is 404', async () => {
    const [row] = (await jobs('q=lighthouse')).items;
    const { json, text } = await call(readJob, 'GET', `/api/v1/admin/jobs/${row.id}`, { cookie });
    expect(json).toMatchObject({ state: 'completed', accepted: true, records_bodies: true, refused_by: [] });
    expect(json.steps.length).toBeGreaterThan(1);
    expect(json.upstream_calls.length).toBeGreaterThan(0);
    expect(text).not.toMatch(/ya29\.|eyJ[A-Za-z0-9_-]{20}/);
    expect((await call(readJob, 'GET', '/api/v1/admin/jobs/job_x', { cookie })).status).toBe(404);
  });
});
