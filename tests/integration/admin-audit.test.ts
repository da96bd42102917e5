import { afterEach, describe, expect, test } from 'vitest';
import { GET as list } from '@/app/api/v1/admin/audit/route';
import { POST as changePassword } from '@/app/api/v1/admin/password/route';
import { DELETE as endOthers } from '@/app/api/v1/admin/sessions/route';
import { PATCH as changeSettings } from '@/app/api/v1/admin/settings/route';
import { pruneAuditEntries } from '@/db/repositories/audit';
import { writeAudit } from '@/lib/audit';
import { signIn, signOut } from '@/lib/auth/sign-in';
import type { Runtime } from '@/lib/runtime';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { administrator, call, signedIn } from './admin-console';

const path = '/api/v1/admin/audit';
const programs: TestProgram[] = [];
afterEach(async () => {
  for (const program of programs.splice(0)) await program.stop();
});

async function fresh(
  dialect: 'sqlite' | 'postgres' = 'sqlite',
): Promise<{ runtime: Runtime; cookie: string }> {
  const program = await startTestProgram({ services: false, dialect });
  programs.push(program);
  program.makeGlobal();
  return { runtime: program.runtime, cookie: await signedIn(program.runtime) };
}

type Entry = { action: string; object: string | null };
const actions = (json: { items: Entry[] }) => json.items.map(({ action }) => action);

describe.each(['sqlite', 'postgres'] as const)('on %s', (dialect) => {
  test('entries are listed newest first, page by page', async () => {
    const { runtime, cookie } = await fresh(dialect);
    for (const object of ['one', 'two', 'three']) await writeAudit(runtime, { action: 'thing.do', object });
    const objects = (json: { items: Entry[] }) => json.items.map(({ object }) => object);
    const first = await call(list, 'GET', `${path}?action=thing.do&limit=2`, { cookie });
    expect(objects(first.json)).toEqual(['three', 'two']);
    const rest = `${path}?action=thing.do&limit=2&cursor=${first.json.next_cursor}`;
    const second = await call(list, 'GET', rest, { cookie });
    expect(objects(second.json)).toEqual(['one']);
    expect(second.json.next_cursor).toBeNull();
  });

  test.each([
    ['a whole action', 'action=thing.do', ['thing.do']],
    ['the beginning of actions', 'action=thing.', ['thing.undo', 'thing.do']],
    ['an underscore is no wildcard', 'action=thin_.', []],
    ['an object', 'object=b', ['thing.undo']],
  ])('they are narrowed by %s', async (_rule, query, expected) => {
    const { runtime, cookie } = await fresh(dialect);
    await writeAudit(runtime, { action: 'thing.do', object: 'a' });
    await writeAudit(runtime, { action: 'thing.undo', object: 'b' });
    await writeAudit(runtime, { action: 'thingy.do', object: 'c' });
    expect(actions((await call(list, 'GET', `${path}?${query}`, { cookie })).json)).toEqual(expected);
  });

  test('old entries can be removed a part at a time', async () => {
    const { runtime, cookie } = await fresh(dialect);
    await writeAudit(runtime, { action: 'thing.do' });
    const before = new Date(runtime.now().getTime() + 1_000);
    expect(await pruneAuditEntries(runtime.db, { before, limit: 1 })).toBe(1);
    await pruneAuditEntries(runtime.db, { before, limit: 100 });
    expect((await call(list, 'GET', path, { cookie })).json.items).toEqual([]);
  });
});

test('the set-up, sign-ins, wrong ones and sign-outs are in it, with the address', async () => {
  const { runtime, cookie } = await fresh();
  const from = { address: '203.0.113.7' };
  await signIn(runtime, { ...administrator, password: 'wrong horse battery', ...from });
  await signIn(runtime, { username: 'hunter2 in the wrong field', password: 'x', ...from });
  const result = await signIn(runtime, { ...administrator, ...from });
  if (result.outcome !== 'signed_in') throw new Error('not signed in');
  await signOut(runtime, result.session, from.address);
  const { json, text } = await call(list, 'GET', path, { cookie });
  expect(actions(json)).toEqual([
    'session.sign_out',
    'session.sign_in',
    'session.sign_in_failed',
    'session.sign_in_failed',
    'administrator.create',
  ]);
  expect(json.items[1]).toMatchObject({ administrator: 'ada', address: '203.0.113.7' });
  expect(text).not.toContain('hunter2');
});

test('changes are in it with who made them and by which request, and no secret is', async () => {
  const { cookie } = await fresh();
  const changes = [
    { key: 'flow.timeout', value: 90 },
    { key: 'proxy.url', value: 'http://maria:s3cret-word@proxy.example:8080' },
  ];
  const changed = await call(changeSettings, 'PATCH', '/api/v1/admin/settings', {
    cookie,
    body: { changes },
  });
  const body = { current_password: administrator.password, new_password: 'another horse battery' };
  await call(changePassword, 'POST', '/api/v1/admin/password', { cookie, body });
  await call(endOthers, 'DELETE', '/api/v1/admin/sessions', { cookie });
  const { json, text } = await call(list, 'GET', path, { cookie });
  expect(actions(json).slice(0, 4)).toEqual([
    'session.end_others',
    'administrator.change_password',
    'settings.change',
    'settings.change',
  ]);
  expect(json.items[3]).toMatchObject({
    administrator: 'ada',
    object: 'flow.timeout',
    detail: { from: 120, to: 90 },
    request_id: changed.headers.get('x-request-id'),
  });
  expect(json.items[2]).toMatchObject({ object: 'proxy.url', detail: {} });
  for (const secret of ['s3cret-word', 'another horse', administrator.password]) {
    expect(text).not.toContain(secret);
  }
});
