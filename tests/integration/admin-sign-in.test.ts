import { eq } from 'drizzle-orm';
import { argon2id } from 'hash-wasm';
import { afterEach, describe, expect, test } from 'vitest';
import { GET as list } from '@/app/api/v1/admin/accounts/route';
import {
  countAdministrators,
  deleteSession,
  findAdministratorByUsername,
  updateAdministrator,
} from '@/db/repositories/administrators';
import { getMeta } from '@/db/repositories/meta';
import { changeUsername } from '@/lib/auth/account-security';
import { confirmRecently } from '@/lib/auth/confirm-password';
import { sessionCookieName } from '@/lib/auth/session-cookie';
import { encodeSession, readSession } from '@/lib/auth/session-value';
import { createFirstAdministrator, ensureAdministrator, needsSetup, storeSetupCode } from '@/lib/auth/setup';
import { signIn } from '@/lib/auth/sign-in';
import type { Runtime } from '@/lib/runtime';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { administrator, call, signedIn } from './admin-console';

const programs: TestProgram[] = [];
afterEach(async () => {
  for (const program of programs.splice(0)) await program.stop();
});

async function fresh(dialect: 'sqlite' | 'postgres' = 'sqlite'): Promise<Runtime> {
  const program = await startTestProgram({ services: false, dialect });
  programs.push(program);
  program.makeGlobal();
  return program.runtime;
}

const setUp = (runtime: Runtime, part: Partial<Parameters<typeof createFirstAdministrator>[1]> = {}) =>
  createFirstAdministrator(runtime, { code: '', ...administrator, address: undefined, ...part });

const attempt = (runtime: Runtime, part: Partial<Parameters<typeof signIn>[1]> = {}) =>
  signIn(runtime, { ...administrator, address: '203.0.113.7', ...part });

/** So many wrong passwords from other addresses that the name has to wait at new ones. */
async function guessFromEverywhere(runtime: Runtime, username = administrator.username) {
  for (let index = 0; index < 24; index += 1) {
    await attempt(runtime, { username, address: `198.51.100.${index}`, password: 'wrong horse battery' });
  }
}

describe('the first administrator', () => {
  test('is created with the setup code, however it was typed', async () => {
    const runtime = await fresh();
    const code = (await storeSetupCode(runtime)) ?? '';
    expect(code).toMatch(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
    expect(await needsSetup(runtime)).toBe(true);
    const typed = ` ${code.toLowerCase().replaceAll('-', '').replaceAll('0', 'o').replaceAll('1', 'l')} `;
    expect(await setUp(runtime, { code: typed })).toMatchObject({ username: 'ada' });
    expect(await needsSetup(runtime)).toBe(false);
  });

  test('is not created with another code', async () => {
    const runtime = await fresh();
    await storeSetupCode(runtime);
    await expect(setUp(runtime, { code: 'AAAA-BBBB-CCCC-DDDD' })).rejects.toMatchObject({
      param: 'code',
      wireCode: 'wrong_setup_code',
    });
    expect(await countAdministrators(runtime.db)).toBe(0);
  });

  test('is not created where no code was ever given out', async () => {
    await expect(setUp(await fresh())).rejects.toMatchObject({ param: 'code' });
  });

  test.each(['sqlite', 'postgres'] as const)(
    'is one, when two are created at once on %s',
    async (dialect) => {
      const runtime = await fresh(dialect);
      const code = (await storeSetupCode(runtime)) ?? '';
      const results = await Promise.allSettled(
        ['ada', 'eve', 'bob'].map((username) => setUp(runtime, { code, username })),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await countAdministrators(runtime.db)).toBe(1);
    },
  );

  test('uses the code up', async () => {
    const runtime = await fresh();
    const code = (await storeSetupCode(runtime)) ?? '';
    await setUp(runtime, { code });
    await expect(setUp(runtime, { code, username: 'eve' })).rejects.toMatchObject({ wireCode: 'setup_done' });
    expect(await getMeta(runtime.db, 'setup_code_hash')).toBeUndefined();
    expect(await storeSetupCode(runtime)).toBeUndefined();
  });

  test('needs a password of twelve characters', async () => {
    const runtime = await fresh();
    const code = (await storeSetupCode(runtime)) ?? '';
    const weak = setUp(runtime, { code, password: 'elevenchars' });
    await expect(weak).rejects.toMatchObject({ param: 'password', message: 'Use at least 12 characters.' });
    expect(await setUp(runtime, { code })).toBeDefined();
  });

  test('cannot be guessed quickly', async () => {
    const runtime = await fresh();
    const code = (await storeSetupCode(runtime)) ?? '';
    for (let tries = 0; tries < 5; tries += 1) await setUp(runtime, { code: 'WRONG' }).catch(() => undefined);
    await expect(setUp(runtime, { code })).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterSeconds: 5,
    });
  });

  test('can be created while others guess the code from many addresses', async () => {
    const runtime = await fresh();
    const code = (await storeSetupCode(runtime)) ?? '';
    for (let index = 0; index < 24; index += 1) {
      const guess = setUp(runtime, { code: 'WRONG', address: `198.51.100.${index}` });
      await expect(guess).rejects.toMatchObject({ wireCode: 'wrong_setup_code' });
    }
    expect(await setUp(runtime, { code, address: '203.0.113.7' })).toMatchObject({ username: 'ada' });
  });

  test('is not kept out by strangers where it was created', async () => {
    const runtime = await fresh();
    const code = (await storeSetupCode(runtime)) ?? '';
    await setUp(runtime, { code, address: '203.0.113.7' });
    await guessFromEverywhere(runtime);
    expect(await attempt(runtime, { address: '203.0.113.8' })).toMatchObject({ outcome: 'throttled' });
    expect(await attempt(runtime)).toMatchObject({ outcome: 'signed_in' });
  });

  test('comes from the environment where it names one, once', async () => {
    const runtime = await fresh();
    const env = { adminUsername: 'root', adminPassword: 'a good long password' };
    expect(await ensureAdministrator({ ...runtime, env })).toEqual({ outcome: 'created', username: 'root' });
    expect(await ensureAdministrator({ ...runtime, env: { ...env, adminUsername: 'second' } })).toEqual({
      outcome: 'exists',
    });
    expect(await countAdministrators(runtime.db)).toBe(1);
    const entries = await runtime.db.select().from(runtime.db.tables.auditEntries);
    expect(entries).toMatchObject([
      { action: 'administrator.create', detail: { by: 'configuration', username: 'root' } },
    ]);
  });

  test('does not come from a password that the predecessor would have refused as well', async () => {
    const runtime = await fresh();
    const ensured = await ensureAdministrator({ ...runtime, env: { adminPassword: 'abc' } });
    expect(ensured).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('4') });
    expect(await countAdministrators(runtime.db)).toBe(0);
  });
});

test('no administrator comes from a password that nobody could sign in with', async () => {
  const runtime = await fresh();
  const ensured = await ensureAdministrator({ ...runtime, env: { adminPassword: 'x'.repeat(201) } });
  expect(ensured).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('200') });
  expect(await needsSetup(runtime)).toBe(true);
});

describe('signing in', () => {
  test('the right name and password begin a session', async () => {
    const runtime = await fresh();
    await signedIn(runtime);
    expect(await attempt(runtime)).toMatchObject({ outcome: 'signed_in', session: { username: 'ada' } });
  });

  test('an unknown name and a wrong password get the same answer', async () => {
    const runtime = await fresh();
    await signedIn(runtime);
    expect(await attempt(runtime, { password: 'wrong horse battery' })).toEqual({ outcome: 'wrong' });
    expect(await attempt(runtime, { username: 'nobody' })).toEqual({ outcome: 'wrong' });
  });

  test('after five wrong tries even the right password waits, as a name that nobody has does', async () => {
    const runtime = await fresh();
    await signedIn(runtime);
    const wait = { outcome: 'throttled', retryAfterSeconds: 5 };
    for (const username of ['ada', 'nobody']) {
      const from = { username, address: `203.0.113.${username.length}` };
      for (let index = 0; index < 5; index += 1) {
        expect(await attempt(runtime, { ...from, password: 'wrong horse battery' })).toEqual({
          outcome: 'wrong',
        });
      }
      expect(await attempt(runtime, from)).toEqual(wait);
    }
  });

  test('a stranger with many addresses is stopped, and does not keep the owner out where they usually are', async () => {
    const runtime = await fresh();
    await signedIn(runtime);
    await attempt(runtime);
    await guessFromEverywhere(runtime);
    expect(await attempt(runtime, { address: '198.51.100.99' })).toMatchObject({ outcome: 'throttled' });
    expect(await attempt(runtime)).toMatchObject({ outcome: 'signed_in' });
  });

  test('where the password was confirmed and where the name was changed, strangers do not keep the owner out', async () => {
    const runtime = await fresh();
    const cookie = await signedIn(runtime);
    const session = await readSession(runtime, cookie.split('=')[1]);
    if (session === undefined) throw new Error('no session');
    const { password } = administrator;
    await confirmRecently(runtime, session, password, { address: '203.0.113.20' });
    await guessFromEverywhere(runtime);
    expect(await attempt(runtime, { address: '203.0.113.21' })).toMatchObject({ outcome: 'throttled' });
    expect(await attempt(runtime, { address: '203.0.113.20' })).toMatchObject({ outcome: 'signed_in' });

    const renamed = { username: 'grace', current_password: password };
    await changeUsername(runtime, renamed, { session, actor: { address: '203.0.113.22' } });
    await guessFromEverywhere(runtime, 'grace');
    const grace = (address: string) => attempt(runtime, { username: 'grace', address });
    expect(await grace('203.0.113.21')).toMatchObject({ outcome: 'throttled' });
    expect(await grace('203.0.113.22')).toMatchObject({ outcome: 'signed_in' });
  });

  test('tries at the same moment are all counted', async () => {
    const runtime = await fresh();
    await signedIn(runtime);
    const tries = Array.from({ length: 20 }, () => attempt(runtime, { password: 'wrong horse battery' }));
    const outcomes = (await Promise.all(tries)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'wrong')).toHaveLength(5);
  });

  test('a hash of older parameters is replaced at the next sign-in', async () => {
    const runtime = await fresh();
    await signedIn(runtime);
    const row = await findAdministratorByUsername(runtime.db, 'ada');
    const weak = {
      memorySize: 1_024,
      iterations: 1,
      parallelism: 1,
      hashLength: 32,
      outputType: 'encoded',
    } as const;
    const passwordHash = await argon2id({
      ...weak,
      password: administrator.password,
      salt: Buffer.alloc(16, 7),
    });
    await updateAdministrator(runtime.db, row?.id ?? '', { passwordHash });
    await attempt(runtime);
    expect((await findAdministratorByUsername(runtime.db, 'ada'))?.passwordHash).toContain('m=19456,t=2,p=1');
    expect(await attempt(runtime)).toMatchObject({ outcome: 'signed_in' });
  });
});

describe('a session', () => {
  const path = '/api/v1/admin/accounts';

  test('opens the admin API until it is signed out', async () => {
    const runtime = await fresh();
    const cookie = await signedIn(runtime);
    expect((await call(list, 'GET', path, { cookie })).status).toBe(200);
    const session = await readSession(runtime, cookie.split('=')[1]);
    await deleteSession(runtime.db, session?.id ?? '');
    expect((await call(list, 'GET', path, { cookie })).status).toBe(401);
  });

  test('ends by itself', async () => {
    const runtime = await fresh();
    await signedIn(runtime);
    const { sessions } = runtime.db.tables;
    const [row] = await runtime.db.select().from(sessions);
    const lifetimeMs = (row?.expiresAt.getTime() ?? 0) - (row?.createdAt.getTime() ?? 0);
    expect(lifetimeMs).toBe(14 * 86_400_000);
    const cookie = `${sessionCookieName}=${await encodeSession(runtime, row?.id ?? '')}`;
    await runtime.db
      .update(sessions)
      .set({ expiresAt: new Date(0) })
      .where(eq(sessions.id, row?.id ?? ''));
    expect((await call(list, 'GET', path, { cookie })).status).toBe(401);
  });

  test('is worth nothing in another installation', async () => {
    const [one, other] = [await fresh(), await fresh()];
    const cookie = await signedIn(one);
    await signedIn(other);
    expect(await readSession(other, cookie.split('=')[1])).toBeUndefined();
  });
});
