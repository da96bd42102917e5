import { afterAll, beforeAll, expect, test } from 'vitest';
import { POST as run } from '@/app/api/v1/admin/loops/[name]/run/route';
import { GET as loops } from '@/app/api/v1/admin/loops/route';
import { GET as system } from '@/app/api/v1/admin/system/route';
import { listAuditEntries } from '@/db/repositories/audit';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { call, signedIn } from './admin-console';

let program: TestProgram;
let cookie: string;
beforeAll(async () => {
  program = await startTestProgram();
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
});
afterAll(() => program.stop());

const runPath = (name: string) => `/api/v1/admin/loops/${name}/run`;

test.each([
  ['the system', () => call(system, 'GET', '/api/v1/admin/system')],
  ['the loops', () => call(loops, 'GET', '/api/v1/admin/loops')],
  ['running a loop', () => call(run, 'POST', runPath('clean-media'))],
])('%s needs a sign-in', async (_what, ask) => {
  expect((await ask()).status).toBe(401);
});

test('the system tells version, database, migrations, disk and checks, and no secret', async () => {
  const { json, text } = await call(system, 'GET', '/api/v1/admin/system', { cookie });
  expect(json).toMatchObject({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    node: process.version,
    database: { dialect: 'sqlite', size_bytes: expect.any(Number) },
    checks: [
      { name: 'database', ok: true },
      { name: 'media', ok: true },
      { name: 'disk', message: null },
    ],
  });
  expect(json.database.size_bytes).toBeGreaterThan(10_000);
  expect(json.database.migrations.length).toBeGreaterThanOrEqual(2);
  expect(json.disk.total_bytes).toBeGreaterThan(json.disk.free_bytes);
  expect(text).not.toMatch(/postgres:\/\/|password|secret/i);
});

test('every loop tells when it ran, how long it took and when it runs next', async () => {
  await call(run, 'POST', runPath('sample-minute'), { cookie });
  const { json } = await call(loops, 'GET', '/api/v1/admin/loops', { cookie });
  const loop = json.items.find(({ name }: { name: string }) => name === 'sample-minute');
  expect(loop).toEqual({
    name: 'sample-minute',
    scope: 'cluster',
    running: false,
    last_run_at: expect.any(String),
    duration_ms: expect.any(Number),
    next_run_at: expect.any(String),
    last_error: null,
  });
  expect(Date.parse(loop.next_run_at)).toBeGreaterThan(Date.parse(loop.last_run_at));
});

test('a loop is run by hand, which is written down', async () => {
  const { status, json } = await call(run, 'POST', runPath('end-cooldowns'), { cookie });
  expect({ status, ran: json.ran }).toEqual({ status: 200, ran: true });
  const [entry] = await listAuditEntries(program.runtime.db, { limit: 1, action: 'loop.run' });
  expect(entry).toMatchObject({ object: 'end-cooldowns', administrator: 'ada' });
});

test('a loop that does not exist is 404, and nothing is written down', async () => {
  const before = await listAuditEntries(program.runtime.db, { limit: 100 });
  expect((await call(run, 'POST', runPath('nothing'), { cookie })).status).toBe(404);
  expect(await listAuditEntries(program.runtime.db, { limit: 100 })).toHaveLength(before.length);
});
