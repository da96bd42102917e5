import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GET as readAccount } from '@/app/api/v1/admin/accounts/[id]/route';
import { GET as exportAccounts } from '@/app/api/v1/admin/accounts/export/route';
import { GET as listAccounts } from '@/app/api/v1/admin/accounts/route';
import { GET as listAudit } from '@/app/api/v1/admin/audit/route';
import { GET as readJob } from '@/app/api/v1/admin/jobs/[id]/route';
import { GET as listJobs } from '@/app/api/v1/admin/jobs/route';
import { GET as readKey } from '@/app/api/v1/admin/keys/[id]/route';
import { POST as createKey, GET as listKeys } from '@/app/api/v1/admin/keys/route';
import { GET as readLog } from '@/app/api/v1/admin/logs/[id]/route';
import { GET as readDocument } from '@/app/api/v1/admin/openapi.json/route';
import { GET as readSettings } from '@/app/api/v1/admin/settings/route';
import { GET as readTask } from '@/app/api/v1/admin/tasks/[id]/route';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { call, signedIn } from './admin-console';

let program: TestProgram;
let cookie: string;
beforeAll(async () => {
  program = await startTestProgram({ services: false });
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
});
afterAll(() => program.stop());

const settings = (headers: Record<string, string> = {}) =>
  readSettings(
    new Request('http://gateway.test/api/v1/admin/settings', {
      headers: { cookie, host: 'gateway.test', ...headers },
    }),
  );

describe('an answer', () => {
  test('has its time and its id, whatever its status', async () => {
    for (const [handler, path, status] of [
      [listKeys, '/api/v1/admin/keys', 200],
      [readKey, '/api/v1/admin/keys/nobody', 404],
      [listKeys, '/api/v1/admin/keys?status=nonsense', 400],
    ] as const) {
      const answer = await call(handler, 'GET', path, { cookie });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
      expect(Math.abs(Date.parse(answer.headers.get('date') ?? '') - Date.now())).toBeLessThan(5_000);
    }
  });

  test('that was read before is not sent again while nothing has changed', async () => {
    const first = await settings();
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/".+"$/);
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    for (const known of [etag, `"other", ${etag}`, etag.slice(2), '*']) {
      const again = await settings({ 'if-none-match': known });
      expect(again.status).toBe(304);
      expect(await again.text()).toBe('');
      expect(again.headers.get('etag')).toBe(etag);
      expect(again.headers.get('x-request-id')).toMatch(/^req_/);
    }
    await program.runtime.settings.update({ 'queue.max_length': 77 });
    const changed = await settings({ 'if-none-match': etag });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(etag);
  });

  test('is told to nobody without a session, whatever tag they know', async () => {
    const etag = (await settings()).headers.get('etag') ?? '';
    expect((await settings({ 'if-none-match': etag, cookie: '' })).status).toBe(401);
  });

  test('to a change, and a failure, is kept by nobody', async () => {
    const made = await call(createKey, 'POST', '/api/v1/admin/keys', { cookie, body: { name: 'new' } });
    expect(made.headers.get('cache-control')).toBe('no-store');
    expect(made.headers.get('etag')).toBeNull();
    const missing = await call(readKey, 'GET', '/api/v1/admin/keys/nobody', { cookie });
    expect(missing.headers.get('cache-control')).toBe('no-store');
  });
});

test.each([
  ['account', readAccount, '/api/v1/admin/accounts/nobody'],
  ['key', readKey, '/api/v1/admin/keys/nobody'],
  ['job', readJob, '/api/v1/admin/jobs/nobody'],
  ['request', readLog, '/api/v1/admin/logs/req_nobody'],
  ['task', readTask, '/api/v1/admin/tasks/nobody'],
])('an unknown %s is 404 in the shape of the API', async (_what, handler, path) => {
  const { status, json } = await call(handler, 'GET', path, { cookie });
  expect(status).toBe(404);
  expect(json).toEqual({
    error: { code: 'not_found', message: expect.any(String), request_id: expect.stringMatching(/^req_/) },
  });
});

describe('pages by number', () => {
  beforeAll(async () => {
    for (let count = 0; count < 5; count += 1) await program.addAccount();
    for (let count = 0; count < 5; count += 1) await program.submit({ model: 'gemini-3.1-flash-image' });
    for (const name of ['a', 'b', 'c', 'd']) {
      await call(createKey, 'POST', '/api/v1/admin/keys', { cookie, body: { name } });
    }
  });

  test.each([
    ['accounts', listAccounts, '/api/v1/admin/accounts', '-created_at'],
    ['keys', listKeys, '/api/v1/admin/keys', 'name'],
    ['jobs', listJobs, '/api/v1/admin/jobs', 'created_at'],
    ['audit entries', listAudit, '/api/v1/admin/audit', '-at'],
  ])('of %s hold each of them once', async (_what, handler, path, sort) => {
    const page = async (number: number) =>
      (await call(handler, 'GET', `${path}?sort=${sort}&size=2&page=${number}`, { cookie })).json;
    const first = await page(1);
    expect(first.total).toBeGreaterThanOrEqual(4);
    expect(first.total_is_capped).toBe(false);
    const ids: unknown[] = [];
    for (let number = 1; number <= Math.ceil(first.total / 2); number += 1) {
      ids.push(...(await page(number)).items.map(({ id }: { id: unknown }) => id));
    }
    expect(ids).toHaveLength(first.total);
    expect(new Set(ids).size).toBe(first.total);
    expect((await page(10_000)).items).toEqual([]);
  });
});

test('accounts are given as CSV, without any secret, and an audit entry tells of it', async () => {
  const row = await program.addAccount();
  const response = await exportAccounts(
    new Request(`http://gateway.test/api/v1/admin/accounts/export?id=${row.id}`, {
      headers: { cookie, host: 'gateway.test' },
    }),
  );
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  const lines = (await response.text()).trimEnd().split('\r\n');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^id,email,remark,/);
  expect(lines[1]).toContain(row.email);
  expect(lines[1]).not.toMatch(/eyJ|ya29/);
  const { json } = await call(listAudit, 'GET', '/api/v1/admin/audit?action=account.export', { cookie });
  expect(json.items).toMatchObject([{ detail: { accounts: 1, include_secrets: false, format: 'csv' } }]);
});

test('the OpenAPI document says which endpoints give files', async () => {
  const { json } = await call(readDocument, 'GET', '/api/v1/admin/openapi.json', { cookie });
  const types = (path: string) => Object.keys(json.paths[path].get.responses[200].content);
  expect(types('/api/v1/admin/logs/export')).toEqual(['text/csv', 'application/jsonl']);
  expect(types('/api/v1/admin/usage/export')).toEqual(['text/csv']);
  expect(types('/api/v1/admin/usage')).toEqual(['application/json']);
});
