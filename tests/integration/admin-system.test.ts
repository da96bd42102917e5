import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { POST as run } from '@/app/api/v1/admin/loops/[name]/run/route';
import { GET as loops } from '@/app/api/v1/admin/loops/route';
import { GET as diagnostics } from '@/app/api/v1/admin/system/diagnostics/route';
import { GET as system } from '@/app/api/v1/admin/system/route';
import { listMigrations, migrateDatabase } from '@/db/migrate';
import { listAuditEntries } from '@/db/repositories/audit';
import type { SettingsStore } from '@/lib/settings';
import { readSystem } from '@/lib/system';
import { makeUpstreamProbe } from '@/lib/upstream-probe';
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

/** The settings, with another place of the upstream. */
const pointingTo = (labs: string): SettingsStore => ({
  ...program.runtime.settings,
  current: () => ({ ...program.runtime.settings.current(), 'flow.labs_base_url': labs }),
});

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
    commit: null,
    built_at: null,
    node: process.version,
    database: {
      dialect: 'sqlite',
      size_bytes: expect.any(Number),
      path: expect.stringMatching(/flow2api\.db$/),
    },
    checks: [
      { name: 'database', ok: true },
      { name: 'media', ok: true },
      { name: 'disk', message: null },
      { name: 'upstream', ok: true, message: null },
      { name: 'clock', ok: true, message: null },
    ],
  });
  expect(json.database.size_bytes).toBeGreaterThan(10_000);
  expect(Math.abs(json.clock_offset_ms)).toBeLessThan(5_000);
  const [first] = json.database.migrations;
  expect(first).toEqual({
    id: 0,
    name: '0000_initial',
    pending: false,
    applied_at: expect.any(String),
    duration_ms: null, // of several at once nobody knows
  });
  expect(json.disk.total_bytes).toBeGreaterThan(json.disk.free_bytes);
  expect(text).not.toMatch(/postgres:\/\/|password|secret/i);
});

test('upstream is looked at once a minute, however many look at the page', async () => {
  const asked = () => program.simulator.stats().calls.reduce((sum, { count }) => sum + count, 0);
  const look = () => call(system, 'GET', '/api/v1/admin/system', { cookie });
  const first = await look();
  const before = asked();
  const answers = await Promise.all([look(), look(), look()]);
  expect(asked()).toBe(before);
  const at = (answer: typeof first) =>
    answer.json.checks.find(({ name }: { name: string }) => name === 'upstream').checked_at;
  expect(answers.map(at)).toEqual([at(first), at(first), at(first)]);
});

test.each([
  ['behind', 90_000, 'behind'],
  ['ahead', -90_000, 'ahead of'],
])('a clock that is far %s is told of', async (_what, aheadMs, word) => {
  const server = createServer((_request, response) => {
    response.setHeader('date', new Date(Date.now() + aheadMs).toUTCString());
    response.end('x');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const probe = makeUpstreamProbe({
    ...program.runtime,
    settings: pointingTo(`http://127.0.0.1:${port}/fx/api`),
  });
  const found = await readSystem({ ...program.runtime, upstreamProbe: probe });
  server.close();
  const clock = found.checks.find(({ name }) => name === 'clock');
  expect(clock).toMatchObject({ ok: false, message: expect.stringContaining(`90 seconds ${word} that of`) });
});

test('an upstream that does not answer is told of, and its clock is unknown', async () => {
  const probe = makeUpstreamProbe({ ...program.runtime, settings: pointingTo('http://127.0.0.1:1/fx/api') });
  const found = await readSystem({ ...program.runtime, upstreamProbe: probe });
  expect(found.clock_offset_ms).toBeNull();
  expect(found.checks.find(({ name }) => name === 'upstream')).toMatchObject({
    ok: false,
    message: expect.any(String),
  });
  expect(found.checks.map(({ name }) => name)).not.toContain('clock');
});

test('a migration that comes alone is told with its time; one that is not applied comes first', async () => {
  const { db } = program.runtime;
  const folder = await mkdtemp(join(tmpdir(), 'flow2api-migrations-'));
  await cp('db/migrations', folder, { recursive: true });
  const journalFile = join(folder, 'sqlite/meta/_journal.json');
  const journal = JSON.parse(await readFile(journalFile, 'utf8'));
  const last = journal.entries.at(-1);
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag: '9999_later' });
  await writeFile(journalFile, JSON.stringify(journal));
  await writeFile(join(folder, 'sqlite/9999_later.sql'), 'CREATE TABLE later (id integer);');
  expect((await listMigrations(db, folder))[0]).toEqual({
    id: last.idx + 1,
    name: '9999_later',
    isPending: true,
  });
  await migrateDatabase(db, folder);
  expect((await listMigrations(db, folder)).at(-1)).toEqual({
    id: last.idx + 1,
    name: '9999_later',
    isPending: false,
    appliedAt: expect.any(Date),
    durationMs: expect.any(Number),
  });
  await rm(folder, { recursive: true });
});

test('the diagnostics are text without secrets', async () => {
  await program.runtime.settings.update({ 'proxy.url': 'http://user:hunter2@proxy.example:8080' });
  const { json } = await call(diagnostics, 'GET', '/api/v1/admin/system/diagnostics', { cookie });
  expect(json.text).toMatch(/^Flow2API \d/);
  expect(json.text).toContain('count-usage');
  expect(json.text).toContain('proxy.url (database)');
  expect(json.text).not.toMatch(/hunter2|proxy\.example|ada|@/);
});

test('every loop tells what it does, when it ran, how long it took and when it runs next', async () => {
  await call(run, 'POST', runPath('sample-minute'), { cookie });
  const { json } = await call(loops, 'GET', '/api/v1/admin/loops', { cookie });
  const loop = json.items.find(({ name }: { name: string }) => name === 'sample-minute');
  expect(loop).toEqual({
    name: 'sample-minute',
    description: expect.stringMatching(/^[A-Z].{20,}\.$/),
    scope: 'cluster',
    every_ms: 60_000,
    running: false,
    last_run_at: expect.any(String),
    duration_ms: expect.any(Number),
    next_run_at: expect.any(String),
    last_error: null,
  });
  expect(Date.parse(loop.next_run_at)).toBeGreaterThan(Date.parse(loop.last_run_at));
  for (const { description } of json.items) expect(description).toMatch(/^[A-Z].{20,}\.$/);
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
