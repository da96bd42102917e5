import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { POST as reveal } from '@/app/api/v1/admin/accounts/[id]/reveal/route';
import { POST as exportAccounts } from '@/app/api/v1/admin/accounts/export/route';
import { GET as whoAmI } from '@/app/api/v1/admin/administrator/route';
import { DELETE as signOut } from '@/app/api/v1/admin/session/route';
import { findAdministratorByUsername } from '@/db/repositories/administrators';
import { sessionCookieName } from '@/lib/auth/session-cookie';
import { encodeSession, startSession } from '@/lib/auth/session-value';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { administrator, call, freshToken, signedIn } from './admin-console';

const minute = 60_000;
const sessionToken = freshToken();

let program: TestProgram;
let accountId: string;
let cookie: string;

beforeAll(async () => {
  program = await startTestProgram({ services: false });
  program.makeGlobal();
  await signedIn(program.runtime);
  accountId = (await program.addAccount({ sessionToken })).id;
});
afterAll(() => program.stop());
beforeEach(async () => {
  cookie = await signInAgain();
});

async function signInAgain(): Promise<string> {
  const row = await findAdministratorByUsername(program.runtime.db, administrator.username);
  if (row === undefined) throw new Error('no administrator');
  const { id } = await startSession(program.runtime, row);
  return `${sessionCookieName}=${await encodeSession(program.runtime, id)}`;
}

const show = (body: object, as = cookie) =>
  call(reveal, 'POST', `/api/v1/admin/accounts/${accountId}/reveal`, { cookie: as, body });
const download = (body: object, as = cookie) =>
  call(exportAccounts, 'POST', '/api/v1/admin/accounts/export', { cookie: as, body: { all: true, ...body } });
const confirmedUntil = async () =>
  (await call(whoAmI, 'GET', '/api/v1/admin/administrator', { cookie })).json.password_confirmed_until;

/** As if every password had been entered so long ago. */
async function pass(ms: number) {
  const { db, now } = program.runtime;
  await db.update(db.tables.sessions).set({ passwordConfirmedAt: new Date(now().getTime() - ms) });
}

const entries = async (action: string) => {
  const { db } = program.runtime;
  const rows = await db.select().from(db.tables.auditEntries);
  return rows.filter((row) => row.action === action);
};

test('without the password nothing is shown, and the answer says that it is wanted', async () => {
  for (const { status, json, text } of [await show({}), await download({ include_secrets: true })]) {
    expect(status).toBe(403);
    expect(json.error).toMatchObject({
      code: 'password_required',
      fields: { password: 'Enter your password.' },
    });
    expect(text).not.toContain(sessionToken);
  }
  expect(await confirmedUntil()).toBeNull();
});

test('after the password secrets are shown for five minutes without it, and each time is written down', async () => {
  expect((await show({ password: administrator.password })).json.session_token).toBe(sessionToken);
  const until = Date.parse(await confirmedUntil()) - program.runtime.now().getTime();
  expect(until).toBeGreaterThan(4.9 * minute);
  expect(until).toBeLessThanOrEqual(5 * minute);
  await pass(4.9 * minute);
  const before = (await entries('account.reveal_secrets')).length;
  const again = await show({});
  expect(again.json.session_token).toBe(sessionToken);
  expect(again.headers.get('cache-control')).toBe('no-store');
  expect(await entries('account.reveal_secrets')).toHaveLength(before + 1);
  const file = await download({ include_secrets: true });
  expect(file.text).toContain(sessionToken);
  expect(file.headers.get('cache-control')).toBe('no-store');
  expect((await entries('account.export')).at(-1)?.detail).toMatchObject({ include_secrets: true });
  await pass(5 * minute);
  expect((await show({})).status).toBe(403);
  expect((await download({ include_secrets: true })).status).toBe(403);
  expect(await confirmedUntil()).toBeNull();
});

test('a wrong password shows nothing, also within the five minutes', async () => {
  await show({ password: administrator.password });
  const { status, json, text } = await show({ password: 'not the password' });
  expect([status, json.error.code]).toEqual([400, 'wrong_password']);
  expect(text).not.toContain(sessionToken);
});

describe('it holds for this sign-in', () => {
  test('and for no other', async () => {
    const other = await signInAgain();
    await show({ password: administrator.password });
    expect((await show({}, other)).status).toBe(403);
  });

  test('and ends with it', async () => {
    await show({ password: administrator.password });
    await call(signOut, 'DELETE', '/api/v1/admin/session', { cookie });
    expect((await show({})).status).toBe(401);
    expect((await show({}, await signInAgain())).status).toBe(403);
  });
});

test('access tokens are shown in no way', async () => {
  const { db, secrets } = program.runtime;
  const [row] = await db.select().from(db.tables.accounts);
  const accessToken = secrets.open(row?.accessTokenSealed ?? '');
  expect(accessToken.length).toBeGreaterThan(10);
  const password = administrator.password;
  for (const { status, text } of [
    await show({ password }),
    await download({ include_secrets: true, password }),
  ]) {
    expect(status).toBe(200);
    expect(text).not.toContain(accessToken);
  }
});
