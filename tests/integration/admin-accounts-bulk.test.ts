import { afterAll, beforeAll, expect, test } from 'vitest';
import { POST as start } from '@/app/api/v1/admin/accounts/bulk/route';
import { POST as exporting } from '@/app/api/v1/admin/accounts/export/route';
import { GET as read } from '@/app/api/v1/admin/tasks/[id]/route';
import { findAccount, removeAccount, updateAccount } from '@/db/repositories/accounts';
import { listAudit } from '@/lib/audit';
import { startTestProgram, type TestProgram, until } from '../support/test-runtime';
import { call, signedIn } from './admin-console';

let program: TestProgram;
let cookie: string;

beforeAll(async () => {
  program = await startTestProgram();
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
});
afterAll(() => program.stop());

const starting = (body: object) => call(start, 'POST', '/api/v1/admin/accounts/bulk', { cookie, body });
const run = async (body: object) => {
  const started = await starting(body);
  expect(started.status).toBe(202);
  return until(async () => {
    const { json } = await call(read, 'GET', `/api/v1/admin/tasks/${started.json.id}`, { cookie });
    return json.state !== 'running' && json;
  });
};
const stored = (id: string) => findAccount(program.runtime.db, id);
const make = async (remark: string) => {
  const { id } = await program.addAccount();
  const row = await updateAccount(program.runtime.db, id, { remark }, program.runtime.now());
  if (row === undefined) throw new Error(`no account ${id}`);
  return row;
};

test('accounts that a filter finds are disabled and enabled, and no others', async () => {
  const [one, two, other] = [await make('batch-a'), await make('batch-a'), await make('elsewhere')];
  const disabled = await run({ action: 'disable', filter: { q: 'BATCH-A' } });
  expect(disabled).toMatchObject({ kind: 'accounts.disable', state: 'completed', total: 2, failed: 0 });
  expect(disabled.results).toEqual([
    { row: 1, email: one.email, account_id: one.id, outcome: 'done' },
    { row: 2, email: two.email, account_id: two.id, outcome: 'done' },
  ]);
  expect(await stored(one.id)).toMatchObject({ enabled: false });
  expect(await stored(other.id)).toMatchObject({ enabled: true });
  await run({ action: 'enable', ids: [one.id, two.id] });
  expect(await stored(two.id)).toMatchObject({ enabled: true });
});

test('one that fails is named with its reason, and the others are done', async () => {
  const [good, dead] = [await make('credits'), await make('credits')];
  program.simulator.account(good.email).credits = 4_321;
  Object.assign(program.simulator.account(dead.email), { dead: true });
  program.simulator.account(dead.email).accessTokens.clear();
  const view = await run({ action: 'refresh_credits', ids: [good.id, dead.id, 'nobody'] });
  expect(view).toMatchObject({ state: 'completed', done: 3, failed: 2 });
  expect(view.results).toMatchObject([
    { row: 1, outcome: 'done' },
    { row: 2, email: dead.email, outcome: 'failed', reason: expect.stringContaining('Google') },
    { row: 3, email: null, outcome: 'failed', reason: 'There is no account nobody.' },
  ]);
  expect(await stored(good.id)).toMatchObject({ credits: 4_321 });
});

test('one that is gone already counts as deleted, as when the process ended before it was noted down', async () => {
  const [gone, one] = [await make('twice'), await make('twice')];
  await removeAccount(program.runtime.db, gone.id, program.runtime.now());
  const view = await run({ action: 'delete', ids: [gone.id, one.id] });
  expect(view).toMatchObject({ state: 'completed', done: 2, failed: 0 });
  expect(view.results).toEqual([
    { row: 1, email: null, account_id: gone.id, outcome: 'done', reason: 'It was gone already.' },
    { row: 2, email: one.email, account_id: one.id, outcome: 'done' },
  ]);
});

test('access tokens of many are exchanged', async () => {
  const [one, two] = [await make('access'), await make('access')];
  program.simulator.resetStats();
  await run({ action: 'refresh_access', ids: [one.id, two.id] });
  const exchanged = program.simulator.stats().tokenExchanges;
  expect(exchanged).toContainEqual({ account: one.email, count: 1 });
  expect(exchanged).toContainEqual({ account: two.email, count: 1 });
});

test('switches and limits are set on many', async () => {
  const [one, two] = [await make('limits'), await make('limits')];
  const changes = { video_enabled: false, image_concurrency: 2 };
  await run({ action: 'edit', ids: [one.id, two.id], changes });
  for (const { id } of [one, two])
    expect(await stored(id)).toMatchObject({ videoEnabled: false, imageConcurrency: 2, remark: 'limits' });
});

test('many are deleted, and each is in the audit list', async () => {
  const [one, two] = [await make('gone'), await make('gone')];
  await run({ action: 'delete', filter: { q: 'gone' } });
  for (const { id } of [one, two]) {
    expect(await stored(id)).toBeUndefined();
    const { items } = await listAudit(program.runtime, { object: id, limit: 5 });
    expect(items).toMatchObject([{ action: 'account.delete', administrator: 'ada' }]);
  }
});

test.each([
  ['neither ids nor a filter', { action: 'enable' }, 'ids'],
  ['both ids and a filter', { action: 'enable', ids: ['a'], filter: {} }, 'ids'],
  ['a filter without a condition', { action: 'delete', filter: {} }, 'filter'],
  ['a filter with empty conditions only', { action: 'delete', filter: { q: ' ', tier: [] } }, 'filter'],
  ['a condition that there is none of', { action: 'delete', filter: { q: 'x', email: 'x' } }, 'filter.email'],
  ['an unknown change', { action: 'edit', ids: ['a'], changes: { remark: 'x' } }, 'changes.remark'],
  ['all together with ids', { action: 'delete', ids: ['a'], all: true }, 'ids'],
  ['an unknown action', { action: 'explode', ids: ['a'] }, 'action'],
  ['an edit without changes', { action: 'edit', ids: ['a'] }, 'changes'],
  ['a filter that finds none', { action: 'enable', filter: { q: 'nobody at all' } }, 'filter'],
])('%s is refused', async (_what, body, field) => {
  const { status, json } = await starting(body);
  expect(status).toBe(400);
  expect(Object.keys(json.error.fields)).toEqual([field]);
});

test('every account is meant only where all says so, in work on many and in the export', async () => {
  const one = await make('everyone');
  expect((await run({ action: 'disable', all: true })).results).toContainEqual(
    expect.objectContaining({ account_id: one.id, outcome: 'done' }),
  );
  const exported = (body: object) =>
    call(exporting, 'POST', '/api/v1/admin/accounts/export', { cookie, body });
  for (const [body, field] of [
    [{}, 'ids'],
    [{ filter: {} }, 'filter'],
    [{ filters: {} }, 'filters'],
    [{ filter: { email: 'x' } }, 'filter.email'],
  ] as const) {
    const { status, json } = await exported(body);
    expect(status).toBe(400);
    expect(json.error.fields).toHaveProperty([field]);
  }
  const { status, json } = await exported({ all: true });
  expect(status).toBe(200);
  expect(json.map(({ email }: { email: string }) => email)).toContain(one.email);
});
