import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { POST as testProxy } from '@/app/api/v1/admin/settings/proxy/test/route';
import { POST as reveal } from '@/app/api/v1/admin/settings/reveal/route';
import { PATCH as change, GET as list } from '@/app/api/v1/admin/settings/route';
import { readEnv } from '@/config/env';
import { settingKeys } from '@/config/settings-schema';
import { startHttpProxy } from '@/lib/http/__fixtures__/proxies';
import { makeLogger } from '@/lib/observability/log';
import { createRuntime, type Runtime } from '@/lib/runtime';
import { startSimulator } from '../simulator/server';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';
import { administrator, call, signedIn } from './admin-console';

const path = '/api/v1/admin/settings';
const proxyPath = `${path}/proxy/test`;

let program: TestProgram;
let cookie: string;

async function start(options: TestProgramOptions = {}) {
  program = await startTestProgram({ services: false, ...options });
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
}
afterEach(() => program.stop());

type Row = { key: string; version: string | null } & Record<string, unknown>;
const rowOf = ({ items }: { items: Row[] }, key: string) => items.find((row) => row.key === key);
const read = async (key: string) => rowOf((await call(list, 'GET', path, { cookie })).json, key);
const save = (...changes: { key: string; value: unknown; version?: string | null }[]) =>
  call(change, 'PATCH', path, { cookie, body: { changes } });

describe.each(['sqlite', 'postgres'] as const)('on %s', (dialect) => {
  beforeEach(() => start({ dialect }));

  test('a change counts at once and is told with its new version', async () => {
    const version = (await read('flow.timeout'))?.version ?? null;
    expect(version).toBeNull();
    const { status, json } = await save({ key: 'flow.timeout', value: 90, version });
    expect(status).toBe(200);
    expect(rowOf(json, 'flow.timeout')).toMatchObject({
      value: 90,
      source: 'database',
      version: expect.any(String),
    });
    expect(program.runtime.settings.current()['flow.timeout']).toBe(90);
  });

  test('what somebody else saved meanwhile is not overwritten, and both values are told', async () => {
    await save({ key: 'flow.timeout', value: 90, version: null });
    const { status, json } = await save(
      { key: 'flow.timeout', value: 100, version: null },
      { key: 'queue.max_wait', value: 60, version: null },
    );
    expect(status).toBe(409);
    expect(json.error.code).toBe('conflict');
    const version = (await read('flow.timeout'))?.version;
    expect(json.error.details).toEqual({
      conflicts: [{ key: 'flow.timeout', mine: 100, theirs: 90, version }],
    });
    expect(await read('queue.max_wait')).toMatchObject({ value: 1_800, version: null });
    const kept = await save({
      key: 'flow.timeout',
      value: 100,
      version: json.error.details.conflicts[0].version,
    });
    expect(kept.status).toBe(200);
  });

  test('of many that save the same setting at once, one succeeds', async () => {
    const versions: (string | null)[] = [null];
    for (let round = 0; round < 2; round += 1) {
      const version = versions.at(-1) ?? null;
      const values = [61, 62, 63, 64, 65].map((value) => value + round * 10);
      const answers = await Promise.all(values.map((value) => save({ key: 'flow.timeout', value, version })));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
      versions.push((await read('flow.timeout'))?.version ?? null);
    }
  });

  test('a reset lets file and default count again', async () => {
    await save({ key: 'flow.timeout', value: 90 });
    const version = (await read('flow.timeout'))?.version ?? null;
    const { json } = await save({ key: 'flow.timeout', value: null, version });
    expect(rowOf(json, 'flow.timeout')).toMatchObject({ value: 120, source: 'default', version: null });
  });

  test('a version that was reset and saved anew is another', async () => {
    await save({ key: 'flow.timeout', value: 90 });
    const version = (await read('flow.timeout'))?.version ?? null;
    await save({ key: 'flow.timeout', value: null });
    const at = program.runtime.now();
    await program.runtime.db
      .insert(program.runtime.db.tables.settings)
      .values({ key: 'flow.timeout', value: { plain: 91 }, updatedAt: new Date(at.getTime() + 1) });
    expect((await save({ key: 'flow.timeout', value: 92, version })).status).toBe(409);
  });
});

test('every setting is told with what a form needs', async () => {
  await start();
  const { json } = await call(list, 'GET', path, { cookie });
  expect(json.items.map(({ key }: Row) => key)).toEqual(settingKeys);
  expect(rowOf(json, 'security.session_lifetime')).toEqual({
    key: 'security.session_lifetime',
    group: 'Security',
    label: 'Sign-in lifetime',
    help: expect.stringMatching(/\.$/),
    kind: 'whole',
    value: 336,
    is_set: true,
    masked: null,
    is_secret: false,
    needs_password: false,
    default: 336,
    unsaved_value: 336,
    unit: 'hours',
    min: 1,
    max: 8_760,
    choices: null,
    pattern: null,
    min_length: null,
    allowed: 'a whole number from 1 to 8,760',
    source: 'default',
    locked_by: null,
    applies_when: 'next_request',
    awaits_restart: false,
    version: null,
  });
  expect(rowOf(json, 'flow.transport')?.choices).toEqual(['undici', 'impit']);
  for (const { group } of json.items) expect(json.groups).toContain(group);
});

test('a secret is never told, only whether there is one', async () => {
  await start();
  const value = 'http://maria:s3cret-word@proxy.example:8080';
  const saved = await save({ key: 'proxy.url', value });
  const stale = await save({
    key: 'proxy.url',
    value: 'http://eve:0ther-word@proxy.example:1',
    version: null,
  });
  expect(rowOf(saved.json, 'proxy.url')).toMatchObject({
    value: null,
    is_set: true,
    masked: 'http://••••@proxy.example:8080',
    is_secret: true,
  });
  const word = await save({ key: 'plugin.connection_token', value: 'a-connection-token' });
  expect(rowOf(word.json, 'plugin.connection_token')).toMatchObject({ value: null, masked: '••••••••' });
  expect(stale.json.error.details.conflicts).toEqual([
    { key: 'proxy.url', mine: null, theirs: null, version: expect.any(String) },
  ]);
  const bad = await save({ key: 'proxy.url', value: 'ftp://maria:s3cret-word@x' });
  expect(bad.status).toBe(400);
  for (const { text } of [saved, stale, bad]) expect(text).not.toMatch(/s3cret-word|0ther-word/);
});

test('a secret is revealed to who enters the password, and then for five minutes', async () => {
  await start();
  const value = 'http://maria:s3cret-word@proxy.example:8080';
  await save({ key: 'proxy.url', value });
  const ask = (body: object) => call(reveal, 'POST', `${path}/reveal`, { cookie, body });
  expect((await ask({ key: 'proxy.url' })).json.error.code).toBe('password_required');
  const { json } = await ask({ key: 'proxy.url', password: administrator.password });
  expect(json).toEqual({ key: 'proxy.url', value });
  expect((await ask({ key: 'proxy.url' })).json).toEqual({ key: 'proxy.url', value });
  expect((await ask({ key: 'flow.timeout' })).status).toBe(404);
  const { auditEntries } = program.runtime.db.tables;
  const entries = await program.runtime.db.select().from(auditEntries);
  expect(entries.filter(({ action }) => action === 'settings.reveal')).toHaveLength(2);
  expect(JSON.stringify(entries)).not.toContain('s3cret-word');
});

/** Another program in the place of the first, in which the environment fixes no address of the upstream. */
async function startUnlocked(): Promise<Runtime> {
  const dataDir = await mkdtemp(join(tmpdir(), 'flow2api-unlocked-'));
  const runtime = await createRuntime({
    env: readEnv({ DATA_DIR: dataDir }),
    file: { values: {}, notes: [] },
    log: makeLogger({ level: 'silent', format: 'json' }),
  });
  (globalThis as Record<symbol, unknown>)[Symbol.for('flow2api.runtime.v1')] = Promise.resolve(runtime);
  cookie = await signedIn(runtime);
  onTestFinished(async () => {
    await runtime.life.drain('end of test');
    await rm(dataDir, { recursive: true, force: true });
  });
  return runtime;
}

test.each([
  ['flow.labs_base_url', 'https://elsewhere.example/api'],
  ['flow.api_base_url', 'https://elsewhere.example/api'],
  ['compatibility.show_session_tokens', true],
] as const)(
  '%s, by which tokens can be had, is changed and reset only after the password was entered again',
  async (key, value) => {
    await start();
    const { settings, db } = await startUnlocked();
    const before = settings.current()[key];
    const ask = (body: object) => call(change, 'PATCH', path, { cookie, body });
    const both = {
      changes: [
        { key: 'queue.max_wait', value: 90 },
        { key, value },
      ],
    };
    expect(await read(key)).toMatchObject({ needs_password: true });

    const without = await ask(both);
    expect([without.status, without.json.error.code]).toEqual([403, 'password_required']);
    const wrong = await ask({ ...both, password: 'not the password' });
    expect([wrong.status, wrong.json.error.code]).toEqual([400, 'wrong_password']);
    expect(settings.current()).toMatchObject({ [key]: before, 'queue.max_wait': 1_800 });

    expect((await save({ key, value: before })).status).toBe(200);
    expect((await ask({ ...both, password: administrator.password })).status).toBe(200);
    expect(settings.current()[key]).toBe(value);
    await db.update(db.tables.sessions).set({ passwordConfirmedAt: null });
    expect((await save({ key, value: null })).status).toBe(403);
    expect(settings.current()[key]).toBe(value);
  },
);

test('a connection token that is set by hand has 16 characters or more', async () => {
  await start();
  const key = 'plugin.connection_token';
  const short = await save({ key, value: 'fifteen-letters' });
  expect(short.status).toBe(400);
  expect(short.json.error.fields[key]).toContain('16 to 200');
  expect(short.text).not.toContain('fifteen-letters');
  expect((await save({ key, value: 'sixteen-letters!' })).status).toBe(200);
  expect((await save({ key, value: '' })).status).toBe(200);
});

test('what a file says is shown as such, is covered by what is saved, and counts again after a reset', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'flow2api-file-'));
  const simulator = await startSimulator({ render: false });
  const runtime = await createRuntime({
    env: readEnv({ DATA_DIR: dataDir, FLOW_LABS_BASE_URL: simulator.labsBaseUrl }),
    file: { values: { 'queue.max_wait': 77 }, notes: [] },
    log: makeLogger({ level: 'silent', format: 'json' }),
  });
  await start();
  const { runtime: before } = program;
  (globalThis as Record<symbol, unknown>)[Symbol.for('flow2api.runtime.v1')] = Promise.resolve(runtime);
  cookie = await signedIn(runtime);
  expect(await read('queue.max_wait')).toMatchObject({ value: 77, source: 'file', default: 1_800 });
  await save({ key: 'queue.max_wait', value: 88 });
  expect(await read('queue.max_wait')).toMatchObject({ value: 88, source: 'database' });
  await save({ key: 'queue.max_wait', value: null });
  expect(await read('queue.max_wait')).toMatchObject({ value: 77, source: 'file' });
  expect(before.settings.current()['queue.max_wait']).toBe(1_800);
  await runtime.life.drain('end of test');
  await simulator.close();
  await rm(dataDir, { recursive: true, force: true });
});

test('a change in one process counts in another on the same database within some seconds', async () => {
  await start({ dialect: 'postgres', services: true });
  const { env } = program.runtime;
  if (env.databaseUrl.dialect !== 'postgres') throw new Error('not on Postgres');
  const other = await startTestProgram({
    simulator: program.simulator,
    place: { dataDir: env.dataDir, databaseUrl: env.databaseUrl.url },
  });
  const heard: number[] = [];
  other.runtime.settings.onChange((current) => heard.push(current['queue.max_wait']));
  for (const [value, limitMs] of [
    [61, 6_000], // its loop may not have run yet
    [62, 2_500],
  ] as const) {
    const changedAt = performance.now();
    await save({ key: 'queue.max_wait', value });
    await until(() => other.runtime.settings.current()['queue.max_wait'] === value);
    expect(performance.now() - changedAt).toBeLessThan(limitMs);
  }
  expect(heard).toEqual([61, 62]);
  // What one process knows of versions, the other knows as well.
  expect(other.runtime.settings.versions()).toEqual(program.runtime.settings.versions());
  await other.stop();
});

test('what the environment fixes is locked, and the variable is named', async () => {
  await start({ env: { QUEUE_MAX_WAIT: '60' } });
  expect(await read('queue.max_wait')).toMatchObject({
    value: 60,
    source: 'environment',
    locked_by: 'QUEUE_MAX_WAIT',
  });
  const { status, json } = await save({ key: 'queue.max_wait', value: 90 });
  expect(status).toBe(400);
  expect(json.error).toMatchObject({
    code: 'setting_locked',
    fields: { 'queue.max_wait': expect.stringContaining('QUEUE_MAX_WAIT') },
  });
});

test('every fault is told at its setting, and nothing is saved', async () => {
  await start();
  const { status, json } = await save(
    { key: 'flow.timeout', value: 1 },
    { key: 'queue.max_wait', value: 'long' },
    { key: 'queue.max_length', value: 5 },
    { key: 'no.such', value: 5 },
  );
  expect(status).toBe(400);
  expect(Object.keys(json.error.fields).toSorted()).toEqual(['flow.timeout', 'no.such', 'queue.max_wait']);
  expect(json.error.fields['flow.timeout']).toContain('from 5 to 600');
  expect(await read('queue.max_length')).toMatchObject({ value: 10_000, source: 'default' });
});

test('a setting named twice is refused', async () => {
  await start();
  const twice = await save({ key: 'flow.timeout', value: 90 }, { key: 'flow.timeout', value: 91 });
  expect(twice.status).toBe(400);
});

test('what counts after a restart only is marked until it is as at the start', async () => {
  await start();
  const key = 'flow.transport';
  expect(rowOf((await save({ key, value: 'impit' })).json, key)?.awaits_restart).toBe(true);
  expect(rowOf((await save({ key, value: null })).json, key)?.awaits_restart).toBe(false);
});

describe('testing a proxy', () => {
  beforeEach(() => start());
  const ask = (body: object) => call(testProxy, 'POST', proxyPath, { cookie, body });

  test('an unsaved one is tried against the host of the upstream', async () => {
    const proxy = await startHttpProxy();
    const { json } = await ask({ url: proxy.url });
    await proxy.close();
    const { host } = new URL(program.runtime.settings.current()['flow.labs_base_url']);
    expect(json).toEqual({
      is_reachable: true,
      code: expect.any(Number),
      elapsed_ms: expect.any(Number),
      target: host,
      message: null,
    });
    expect(proxy.seen.join()).toContain(host);
  });

  test('without an address the saved one is tried', async () => {
    const proxy = await startHttpProxy();
    await save({ key: 'proxy.url', value: proxy.url });
    const { json } = await ask({});
    await proxy.close();
    expect(json.is_reachable).toBe(true);
    expect((await ask({})).json).toMatchObject({ is_reachable: false, code: null });
  });

  test.each([['one that does not answer', 'http://maria:s3cret-word@127.0.0.1:1']])(
    '%s is told, without its password',
    async (_what, url) => {
      const { status, json, text } = await ask({ url });
      expect(status).toBe(200);
      expect(json).toMatchObject({ is_reachable: false, code: null, message: expect.stringMatching(/\.$/) });
      expect(text).not.toContain('s3cret-word');
    },
  );

  test.each([
    ['nonsense', { url: 'ftp://x' }],
    ['nothing saved', {}],
    ['another setting', { key: 'flow.timeout' }],
  ])('%s is refused', async (_what, body) => {
    expect((await ask(body)).status).toBe(400);
  });
});

test('what only the environment says is told, and what would count if nothing was saved', async () => {
  await start();
  await save({ key: 'flow.timeout', value: 90 });
  const { json } = await call(list, 'GET', path, { cookie });
  expect(rowOf(json, 'flow.timeout')).toMatchObject({ value: 90, default: 120, unsaved_value: 120 });
  expect(rowOf(json, 'proxy.url')?.unsaved_value).toBeNull();
  expect(rowOf(json, 'plugin.connection_token')).toMatchObject({ pattern: '^[!-~]{0,200}$', min_length: 16 });
  const { host, port, publicUrl } = program.runtime.env;
  expect(json.fixed).toEqual([
    { name: 'HOST', value: host },
    { name: 'PORT', value: String(port) },
    { name: 'PUBLIC_URL', value: publicUrl ?? null },
  ]);
});

test('while the debug file is on, it is told when it ends by itself', async () => {
  await start();
  const endsAt = async () => (await call(list, 'GET', path, { cookie })).json.debug_ends_at;
  expect(await endsAt()).toBeNull();
  const before = program.runtime.now().getTime();
  await save({ key: 'debug.enabled', value: true });
  const told = new Date(await endsAt()).getTime() - before;
  expect(told).toBeGreaterThanOrEqual(30 * 60_000);
  expect(told).toBeLessThan(31 * 60_000);
  await save({ key: 'debug.keep_on', value: true });
  expect(await endsAt()).toBeNull();
});
