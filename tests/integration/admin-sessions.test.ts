import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { PATCH as rename, GET as whoAmI } from '@/app/api/v1/admin/administrator/route';
import { POST as changePassword } from '@/app/api/v1/admin/password/route';
import { DELETE as endOne } from '@/app/api/v1/admin/sessions/[id]/route';
import { DELETE as endOthers, GET as list } from '@/app/api/v1/admin/sessions/route';
import { createAdministrator, findAdministratorByUsername } from '@/db/repositories/administrators';
import { confirmPassword } from '@/lib/auth/confirm-password';
import { hashPassword } from '@/lib/auth/password';
import { sessionCookieName } from '@/lib/auth/session-cookie';
import { encodeSession, startSession } from '@/lib/auth/session-value';
import { signIn } from '@/lib/auth/sign-in';
import type { Runtime } from '@/lib/runtime';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { administrator, call, signedIn } from './admin-console';

const path = '/api/v1/admin/sessions';
const passwordPath = '/api/v1/admin/password';
const namePath = '/api/v1/admin/administrator';
const better = 'another horse battery';

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

/** The cookie of another sign-in of the administrator, or of who is named. */
async function anotherSignIn(runtime: Runtime, username = administrator.username): Promise<string> {
  const row = await findAdministratorByUsername(runtime.db, username);
  if (row === undefined) throw new Error(`no administrator ${username}`);
  const session = await startSession(runtime, row, { address: '203.0.113.9', userAgent: 'Browser/1' });
  return `${sessionCookieName}=${await encodeSession(runtime, session.id)}`;
}

const isIn = async (cookie: string) => (await call(list, 'GET', path, { cookie })).status === 200;

describe.each(['sqlite', 'postgres'] as const)('on %s', (dialect) => {
  test('the sign-ins that hold are listed, the own one marked', async () => {
    const { runtime, cookie } = await fresh(dialect);
    await anotherSignIn(runtime);
    const { json } = await call(list, 'GET', path, { cookie });
    expect(json.items).toHaveLength(2);
    expect(json.items.filter((item: { current: boolean }) => item.current)).toHaveLength(1);
    expect(json.items).toContainEqual(
      expect.objectContaining({ current: false, address: '203.0.113.9', user_agent: 'Browser/1' }),
    );
  });

  test('one is ended, and the others hold', async () => {
    const { runtime, cookie } = await fresh(dialect);
    const other = await anotherSignIn(runtime);
    const { json } = await call(list, 'GET', path, { cookie: other });
    const { id } = json.items.find((item: { current: boolean }) => item.current);
    expect((await call(endOne, 'DELETE', `${path}/${id}`, { cookie })).json).toEqual({ ended: 1 });
    expect([await isIn(cookie), await isIn(other)]).toEqual([true, false]);
    expect((await call(endOne, 'DELETE', `${path}/${id}`, { cookie })).status).toBe(404);
  });

  test('all others are ended at once', async () => {
    const { runtime, cookie } = await fresh(dialect);
    const others = [await anotherSignIn(runtime), await anotherSignIn(runtime)];
    expect((await call(endOthers, 'DELETE', path, { cookie })).json).toEqual({ ended: 2 });
    expect(await isIn(cookie)).toBe(true);
    expect(await Promise.all(others.map(isIn))).toEqual([false, false]);
  });

  test('a new password ends the other sign-ins and is the one that counts', async () => {
    const { runtime, cookie } = await fresh(dialect);
    const other = await anotherSignIn(runtime);
    const body = { current_password: administrator.password, new_password: better };
    expect((await call(changePassword, 'POST', passwordPath, { cookie, body })).json).toEqual({
      ended_sessions: 1,
    });
    expect([await isIn(cookie), await isIn(other)]).toEqual([true, false]);
    const attempt = (password: string) => signIn(runtime, { ...administrator, password, address: undefined });
    expect(await attempt(administrator.password)).toEqual({ outcome: 'wrong' });
    expect(await attempt(better)).toMatchObject({ outcome: 'signed_in' });
    const stored = await findAdministratorByUsername(runtime.db, administrator.username);
    expect(stored?.passwordHash).toMatch(/^\$argon2id\$/);
  });

  test('another name is taken over at once, unless somebody has it', async () => {
    const { runtime, cookie } = await fresh(dialect);
    const passwordHash = await hashPassword(better);
    await createAdministrator(runtime.db, {
      id: 'b',
      username: 'bob',
      passwordHash,
      createdAt: runtime.now(),
    });
    const ask = (username: string) =>
      call(rename, 'PATCH', namePath, {
        cookie,
        body: { username, current_password: administrator.password },
      });
    expect((await ask('bob')).json.error).toMatchObject({
      code: 'conflict',
      fields: { username: expect.any(String) },
    });
    expect((await ask(' grace ')).json).toEqual({ username: 'grace' });
    expect((await call(whoAmI, 'GET', namePath, { cookie })).json).toMatchObject({ username: 'grace' });
    expect((await ask('grace')).status).toBe(200);
  });
});

test('the sign-in of another administrator cannot be ended, nor is it listed', async () => {
  const { runtime, cookie } = await fresh();
  const passwordHash = await hashPassword(better);
  await createAdministrator(runtime.db, { id: 'b', username: 'bob', passwordHash, createdAt: runtime.now() });
  const bob = await anotherSignIn(runtime, 'bob');
  const { json } = await call(list, 'GET', path, { cookie: bob });
  expect(json.items).toHaveLength(1);
  expect((await call(endOne, 'DELETE', `${path}/${json.items[0].id}`, { cookie })).status).toBe(404);
  await call(endOthers, 'DELETE', path, { cookie });
  expect(await isIn(bob)).toBe(true);
});

test('use is noted once a minute at most', async () => {
  const { runtime, cookie } = await fresh();
  const { sessions } = runtime.db.tables;
  const seen = async () => (await runtime.db.select().from(sessions))[0]?.lastSeenAt;
  const old = new Date(runtime.now().getTime() - 61_000);
  await runtime.db.update(sessions).set({ lastSeenAt: old });
  await isIn(cookie);
  const first = await seen();
  expect(first?.getTime()).toBeGreaterThan(old.getTime());
  const recent = new Date(runtime.now().getTime() - 30_000);
  await runtime.db.update(sessions).set({ lastSeenAt: recent });
  await isIn(cookie);
  expect(await seen()).toEqual(recent);
});

test('a sign-in lasts as long as the setting says when it begins', async () => {
  const { runtime } = await fresh();
  await runtime.settings.update({ 'security.session_lifetime': 2 });
  await anotherSignIn(runtime);
  const { sessions } = runtime.db.tables;
  const [row] = await runtime.db.select().from(sessions).where(eq(sessions.userAgent, 'Browser/1'));
  expect((row?.expiresAt.getTime() ?? 0) - (row?.createdAt.getTime() ?? 0)).toBe(2 * 3_600_000);
});

test('a sign-in whose password was changed while it was compared does not begin', async () => {
  const { runtime } = await fresh();
  const row = await findAdministratorByUsername(runtime.db, administrator.username);
  if (row === undefined) throw new Error('no administrator');
  await runtime.db.update(runtime.db.tables.administrators).set({ passwordHash: await hashPassword(better) });
  await expect(startSession(runtime, row)).rejects.toMatchObject({ code: 'conflict' });
});

test.each([
  [
    'a wrong current password',
    { current_password: 'not the password' },
    'current_password',
    'wrong_password',
  ],
  ['a new password of eleven characters', { new_password: 'elevenchars' }, 'new_password', 'invalid_request'],
])('%s is refused at its field, and everything stays', async (_what, part, field, code) => {
  const { runtime, cookie } = await fresh();
  const other = await anotherSignIn(runtime);
  const body = { current_password: administrator.password, new_password: better, ...part };
  const { status, json } = await call(changePassword, 'POST', passwordPath, { cookie, body });
  expect(status).toBe(400);
  expect(json.error).toMatchObject({ code, fields: { [field]: expect.any(String) } });
  expect(await isIn(other)).toBe(true);
});

test('guessing the password in an open console is slowed down, and its owner can still sign in', async () => {
  const { runtime, cookie } = await fresh();
  const body = { current_password: 'not the password', new_password: better };
  for (let tries = 0; tries < 5; tries += 1) {
    expect((await call(changePassword, 'POST', passwordPath, { cookie, body })).status).toBe(400);
  }
  const right = { ...body, current_password: administrator.password };
  const { status, headers } = await call(changePassword, 'POST', passwordPath, { cookie, body: right });
  expect(status).toBe(429);
  expect(headers.get('retry-after')).toBe('5');
  expect(await signIn(runtime, { ...administrator, address: undefined })).toMatchObject({
    outcome: 'signed_in',
  });
});

test('the password is asked again: the right one passes, a wrong one does not', async () => {
  const { runtime } = await fresh();
  const row = await findAdministratorByUsername(runtime.db, administrator.username);
  const session = { id: 'none', administratorId: row?.id ?? '' };
  await expect(confirmPassword(runtime, session, administrator.password)).resolves.toBeUndefined();
  await expect(confirmPassword(runtime, session, better)).rejects.toMatchObject({
    wireCode: 'wrong_password',
    param: 'password',
  });
  await expect(
    confirmPassword(runtime, { id: 'none', administratorId: 'gone' }, better),
  ).rejects.toMatchObject({
    wireCode: 'wrong_password',
  });
});
