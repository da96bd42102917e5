import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { POST as exporting } from '@/app/api/v1/admin/accounts/export/route';
import { POST as preview } from '@/app/api/v1/admin/accounts/import/preview/route';
import { POST as start } from '@/app/api/v1/admin/accounts/import/route';
import { GET as read, DELETE as stop } from '@/app/api/v1/admin/tasks/[id]/route';
import { GET as tasks } from '@/app/api/v1/admin/tasks/route';
import { type AccountRow, findAccountByEmail, listAccounts, updateAccount } from '@/db/repositories/accounts';
import { findTask } from '@/db/repositories/tasks';
import { listAudit } from '@/lib/audit';
import { startHttpProxy } from '@/lib/http/__fixtures__/proxies';
import type { SimulatorAccount } from '../simulator/server';
import { startTestProgram, type TestProgram, until } from '../support/test-runtime';
import { administrator, call, freshToken, signedIn } from './admin-console';

const path = '/api/v1/admin/accounts';

let program: TestProgram;
let cookie: string;

beforeAll(async () => {
  program = await startTestProgram();
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
});
afterAll(() => program.stop());
beforeEach(() => {
  program.simulator.clearFaults();
  program.simulator.resetStats();
});

let counter = 0;
/** An account that only the simulator knows. */
function upstreamAccount(part: Partial<SimulatorAccount> = {}): SimulatorAccount {
  counter += 1;
  const account = {
    sessionToken: freshToken(),
    email: `import-${counter}@example.com`,
    tier: 'PAYGATE_TIER_ONE' as const,
    credits: 500,
    ...part,
  };
  program.simulator.addAccount(account);
  return account;
}

/** A row as the predecessor's page of December 2025 wrote it. */
const seedRow = ({ email, sessionToken }: SimulatorAccount, part: object = {}) => ({
  email,
  access_token: 'ya29.old-and-unused',
  session_token: sessionToken,
  is_active: true,
  image_enabled: true,
  video_enabled: true,
  image_concurrency: -1,
  video_concurrency: -1,
  ...part,
});

/** A row as it was written in August 2026. */
const headRow = (account: SimulatorAccount, part: object = {}) =>
  seedRow(account, {
    captcha_proxy_url: null,
    protocol_mode: 'session',
    google_cookies: '',
    login_account: '',
    login_password: '',
    proxy_url: null,
    auto_refresh_enabled: true,
    refresh_interval_minutes: 120,
    ...part,
  });

const previewing = (accounts: unknown[]) =>
  call(preview, 'POST', `${path}/import/preview`, { cookie, body: { accounts } });
const importing = (body: object) => call(start, 'POST', `${path}/import`, { cookie, body });
const task = async (id: string) => (await call(read, 'GET', `/api/v1/admin/tasks/${id}`, { cookie })).json;
const ended = (id: string) =>
  until(async () => {
    const view = await task(id);
    return view.state !== 'running' && view;
  });
const importAll = async (body: object) => ended((await importing(body)).json.id);
const stored = async (email: string): Promise<AccountRow> => {
  const row = await findAccountByEmail(program.runtime.db, email);
  if (row === undefined) throw new Error(`no account ${email}`);
  return row;
};

test('the preview says of each row what would happen, writes nothing and asks nobody', async () => {
  const [known, fresh] = [upstreamAccount(), upstreamAccount()];
  await importAll({ accounts: [seedRow(known)] });
  const before = (await listAccounts(program.runtime.db)).length;
  program.simulator.resetStats();
  const { status, json, text } = await previewing([
    headRow(fresh),
    seedRow({ ...known, sessionToken: freshToken() }),
    seedRow(fresh),
    { email: 'no-token@example.com' },
    'text',
    seedRow(
      { ...fresh, email: 'limit@example.com', sessionToken: freshToken() },
      { image_concurrency: 'two' },
    ),
    seedRow({ ...fresh, email: 'proxy@example.com', sessionToken: freshToken() }, { proxy_url: 'a b' }),
  ]);
  expect(status).toBe(200);
  expect(json.rows).toEqual([
    { row: 1, email: fresh.email, status: 'new' },
    { row: 2, email: known.email, status: 'update', account_id: (await stored(known.email)).id },
    { row: 3, email: fresh.email, status: 'duplicate', reason: 'The same account as in row 1.' },
    { row: 4, email: 'no-token@example.com', status: 'invalid', reason: 'There is no session_token.' },
    { row: 5, email: null, status: 'invalid', reason: 'This is not an account.' },
    {
      row: 6,
      email: 'limit@example.com',
      status: 'invalid',
      reason: 'image_concurrency is not a whole number.',
    },
    {
      row: 7,
      email: 'proxy@example.com',
      status: 'invalid',
      reason: 'proxy_url is no address of a proxy.',
    },
  ]);
  expect(json.counts).toEqual({ new: 1, update: 1, duplicate: 1, invalid: 4 });
  expect(json.ignored_fields).toEqual([
    'access_token',
    'captcha_proxy_url',
    'protocol_mode',
    'google_cookies',
    'login_account',
    'login_password',
    'auto_refresh_enabled',
    'refresh_interval_minutes',
  ]);
  expect(text).not.toContain(fresh.sessionToken);
  expect((await listAccounts(program.runtime.db)).length).toBe(before);
  expect(program.simulator.stats().calls).toEqual([]);
});

test('an import adds and updates, and tells what became of each row, without secrets', async () => {
  const [known, fresh, dead] = [upstreamAccount(), upstreamAccount(), upstreamAccount({ dead: true })];
  await importAll({ accounts: [seedRow(known, { image_concurrency: 2 })] });
  const renewed = upstreamAccount({ email: known.email });
  const before = await stored(known.email);

  const accounts = [
    headRow(renewed, { video_enabled: false, video_concurrency: 3 }),
    seedRow(fresh, { email: 'wrong-in-the-file@example.com', video_concurrency: 0 }),
    seedRow(dead),
    seedRow(fresh, { email: 'again@example.com' }),
    { email: 'empty@example.com', session_token: '' },
  ];
  const started = await importing({ accounts });
  expect(started.status).toBe(202);
  expect(started.json).toMatchObject({ kind: 'accounts.import', state: 'running', total: 5, done: 0 });
  const view = await ended(started.json.id);
  const added = await stored(fresh.email);
  expect(view).toMatchObject({ state: 'completed', total: 5, done: 5, failed: 2 });
  expect(view.results).toEqual([
    { row: 1, email: known.email, account_id: before.id, outcome: 'updated' },
    { row: 2, email: fresh.email, account_id: added.id, outcome: 'added' },
    {
      row: 3,
      email: dead.email,
      account_id: null,
      outcome: 'failed',
      reason: expect.stringContaining('Google'),
    },
    {
      row: 4,
      email: 'again@example.com',
      account_id: null,
      outcome: 'skipped',
      reason: 'The same account as in row 2.',
    },
    {
      row: 5,
      email: 'empty@example.com',
      account_id: null,
      outcome: 'failed',
      reason: 'There is no session_token.',
    },
  ]);
  const text = JSON.stringify(view);
  for (const { sessionToken } of [renewed, fresh, dead]) expect(text).not.toContain(sessionToken);

  // What the file does not mention stays; -1 and 0 are "unlimited".
  expect(await stored(known.email)).toMatchObject({
    videoEnabled: false,
    imageConcurrency: null,
    videoConcurrency: 3,
    projectId: before.projectId,
  });
  expect(added).toMatchObject({ imageConcurrency: null, videoConcurrency: null, enabled: true });
  expect(program.runtime.secrets.open((await stored(known.email)).sessionTokenSealed ?? '')).toBe(
    renewed.sessionToken,
  );
  const row = await findTask(program.runtime.db, view.id);
  expect(row?.inputSealed).toBeNull();
});

test('what waits to be imported is sealed', async () => {
  const account = upstreamAccount();
  program.simulator.inject({ call: 'session', effect: { type: 'slow', delayMs: 300 } });
  const { json } = await importing({ accounts: [seedRow(account)] });
  const row = await findTask(program.runtime.db, json.id);
  expect(row?.inputSealed).toMatch(/^v1\./);
  expect(JSON.stringify(row)).not.toContain(account.sessionToken);
  await ended(json.id);
});

test('with "add only", accounts that are here stay as they are', async () => {
  const [known, fresh] = [upstreamAccount(), upstreamAccount()];
  await importAll({ accounts: [seedRow(known)] });
  const before = await stored(known.email);
  const renewed = upstreamAccount({ email: known.email });
  const view = await importAll({
    mode: 'add_only',
    accounts: [seedRow(renewed, { image_enabled: false }), seedRow(fresh)],
  });
  expect(view.results).toMatchObject([{ outcome: 'skipped', account_id: before.id }, { outcome: 'added' }]);
  expect(await stored(known.email)).toMatchObject({
    sessionTokenHash: before.sessionTokenHash,
    imageEnabled: true,
  });
});

test('an account that comes as not active is added switched off; one that is here is not switched off by it', async () => {
  const [known, fresh] = [upstreamAccount(), upstreamAccount()];
  await importAll({ accounts: [seedRow(known)] });
  await importAll({ accounts: [seedRow(known, { is_active: false }), seedRow(fresh, { is_active: false })] });
  expect(await stored(known.email)).toMatchObject({ enabled: true });
  expect(await stored(fresh.email)).toMatchObject({ enabled: false });
});

test('a row of an account that is here goes through the proxy of that account, found by its email', async () => {
  const [own, named] = [await startHttpProxy(), await startHttpProxy()];
  onTestFinished(async () => {
    await Promise.all([own.close(), named.close()]);
  });
  const known = upstreamAccount();
  await importAll({ accounts: [seedRow(known)] });
  const { id } = await stored(known.email);
  const { db, secrets } = program.runtime;
  await updateAccount(db, id, { proxyUrlSealed: secrets.seal(own.url) }, new Date());
  const calls = (seen: string[]) => seen.map((line) => line.replace(/^.*\/(?=\w+$)/, ''));

  const renewed = upstreamAccount({ email: known.email });
  const view = await importAll({ accounts: [seedRow(renewed, { email: known.email.toUpperCase() })] });
  expect(view.results).toMatchObject([{ outcome: 'updated', account_id: id }]);
  expect(calls(own.seen)).toEqual(['session', 'credits']);
  expect(secrets.open((await stored(known.email)).proxyUrlSealed ?? '')).toBe(own.url);

  // The one that the file names is the one to use, and takes its place.
  const again = upstreamAccount({ email: known.email });
  await importAll({ accounts: [headRow(again, { proxy_url: named.url })] });
  expect(calls(named.seen)).toEqual(['session', 'credits']);
  expect(own.seen).toHaveLength(2);
  expect(secrets.open((await stored(known.email)).proxyUrlSealed ?? '')).toContain(named.url);
});

test('an account whose import fails half way is not there', async () => {
  const account = upstreamAccount();
  program.simulator.inject({ call: 'createProject', times: 20, effect: { type: 'status', status: 503 } });
  const view = await importAll({ accounts: [seedRow(account)] });
  expect(view.results).toMatchObject([{ outcome: 'failed', reason: expect.any(String) }]);
  expect(await findAccountByEmail(program.runtime.db, account.email)).toBeUndefined();
});

test('no more than two rows are with upstream at a time', async () => {
  const accounts = Array.from({ length: 6 }, () => seedRow(upstreamAccount()));
  program.simulator.inject({ call: 'session', times: 6, effect: { type: 'slow', delayMs: 150 } });
  await importAll({ accounts });
  const at = program.simulator.stats().faults.map((fault) => fault.at);
  expect(at).toHaveLength(6);
  for (const [index, time] of at.slice(2).entries())
    expect(time - (at[index] ?? 0)).toBeGreaterThanOrEqual(140);
});

test('an import that is stopped ends after the rows under way; what is done stays', async () => {
  const accounts = Array.from({ length: 8 }, () => seedRow(upstreamAccount()));
  program.simulator.inject({ call: 'session', times: 8, effect: { type: 'slow', delayMs: 200 } });
  const { json } = await importing({ accounts });
  await until(async () => (await task(json.id)).done > 0);
  const stopping = await call(stop, 'DELETE', `/api/v1/admin/tasks/${json.id}`, { cookie });
  expect(stopping.json).toMatchObject({ state: 'running', is_stopping: true });
  const view = await ended(json.id);
  expect(view.state).toBe('stopped');
  expect(view.done).toBeLessThan(8);
  for (const { email } of view.results) expect(await stored(email)).toBeDefined();
  const again = await call(stop, 'DELETE', `/api/v1/admin/tasks/${json.id}`, { cookie });
  expect(again.json.state).toBe('stopped');
});

test('tasks are listed without their rows, and unknown ones are a 404', async () => {
  const view = await importAll({ accounts: [seedRow(upstreamAccount())] });
  const { json } = await call(tasks, 'GET', '/api/v1/admin/tasks', { cookie });
  expect(json.items[0]).toMatchObject({ id: view.id, done: 1 });
  expect(json.items[0].results).toBeUndefined();
  expect((await call(read, 'GET', '/api/v1/admin/tasks/nothing', { cookie })).status).toBe(404);
  expect((await call(stop, 'DELETE', '/api/v1/admin/tasks/nothing', { cookie })).status).toBe(404);
});

test.each([
  ['an object', { accounts: { a: 1 } }],
  ['an empty list', { accounts: [] }],
  ['more than a thousand', { accounts: Array.from({ length: 1_001 }, () => ({})) }],
])('%s is refused whole', async (_what, body) => {
  const { status, json } = await importing(body);
  expect(status).toBe(400);
  expect(Object.keys(json.error.fields)).toEqual(['accounts']);
});

test('the export leaves secrets out, unless the password is given', async () => {
  const account = upstreamAccount();
  const proxy_url = 'http://user:geheim@127.0.0.1:9';
  await importAll({ accounts: [seedRow(account, { video_concurrency: 4, remark: 'spare' })] });
  const { id } = await stored(account.email);
  const { secrets, db } = program.runtime;
  await db.update(db.tables.accounts).set({ proxyUrlSealed: secrets.seal(proxy_url) });

  const exported = (body: object) =>
    call(exporting, 'POST', `${path}/export`, { cookie, body: { ids: [id], ...body } });
  const bare = await exported({});
  expect(bare.json).toEqual([
    {
      email: account.email,
      access_token: '',
      session_token: '',
      is_active: true,
      image_enabled: true,
      video_enabled: true,
      image_concurrency: -1,
      video_concurrency: 4,
      protocol_mode: 'session',
      google_cookies: '',
      login_account: '',
      login_password: '',
      proxy_url: '',
      auto_refresh_enabled: true,
      refresh_interval_minutes: 120,
      remark: 'spare',
    },
  ]);
  expect((await exported({ include_secrets: true })).status).toBe(403);
  const wrong = await exported({ include_secrets: true, password: 'not the password' });
  expect(wrong.json.error.code).toBe('wrong_password');
  expect(wrong.text).not.toContain(account.sessionToken);
  const full = await exported({ include_secrets: true, password: administrator.password });
  expect(full.json).toMatchObject([{ session_token: account.sessionToken, access_token: '', proxy_url }]);

  const { items } = await listAudit(program.runtime, { action: 'account.export', limit: 1 });
  expect(items[0]?.detail).toEqual({ accounts: 1, include_secrets: true });
  await db.update(db.tables.accounts).set({ proxyUrlSealed: null });
});

test('an export with secrets can be imported again', async () => {
  const account = upstreamAccount();
  await importAll({ accounts: [seedRow(account, { image_concurrency: 3 })] });
  const { id } = await stored(account.email);
  const body = { ids: [id], include_secrets: true, password: administrator.password };
  const { json } = await call(exporting, 'POST', `${path}/export`, { cookie, body });
  const view = await importAll({ accounts: json });
  expect(view.results).toMatchObject([{ outcome: 'updated', account_id: id }]);
  expect(await stored(account.email)).toMatchObject({ imageConcurrency: 3 });
});
