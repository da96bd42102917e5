import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GET as ready } from '@/app/health/ready/route';
import { GET as alive } from '@/app/health/route';
import { updateAccount } from '@/db/repositories/accounts';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { signedIn } from './admin-console';

let program: TestProgram;
beforeEach(async () => {
  program = await startTestProgram({ services: false });
  program.makeGlobal();
});
afterEach(() => program.stop());

const check = async () => {
  const response = await ready();
  return { status: response.status, body: await response.json() };
};

const health = async (headers: Record<string, string> = {}) => {
  const response = await alive(new Request('http://gateway.test/health', { headers }));
  return { status: response.status, body: await response.json() };
};

test('a process that answers is alive, and tells strangers nothing else', async () => {
  expect(await health()).toEqual({ status: 200, body: { status: 'ok' } });
  expect(await health({ authorization: 'Bearer sk-wrong', cookie: 'flow2api.session=x' })).toEqual({
    status: 200,
    body: { status: 'ok' },
  });
});

test('who has an API key or is signed in learns how many accounts are in which condition', async () => {
  const { db } = program.runtime;
  const now = new Date();
  const [well, off, resting, ended, missing] = [
    await program.addAccount(),
    await program.addAccount(),
    await program.addAccount(),
    await program.addAccount(),
    await program.addAccount(),
  ];
  const hour = 3_600_000;
  const ago = new Date(now.getTime() - 2 * hour);
  await updateAccount(db, off.id, { enabled: false }, now);
  await updateAccount(db, resting.id, { cooldownUntil: new Date(now.getTime() + hour) }, now);
  await updateAccount(db, ended.id, { accessTokenIssuedAt: ago, accessTokenExpiresAt: ago }, now);
  await updateAccount(db, missing.id, { accessTokenSealed: null }, now);
  const counts = {
    status: 'ok',
    backend_running: true,
    has_active_tokens: true,
    total_tokens: 5,
    active_tokens: 4,
    tokens_missing_at: 1,
    tokens_expired: 1,
    tokens_expiring_within_1h: 3,
    banned_429_tokens: 1,
  };
  expect(well.enabled).toBe(true);
  const expected = { status: 200, body: counts };
  expect(await health({ authorization: `Bearer ${program.apiKey.value}` })).toEqual(expected);
  expect(await health({ cookie: await signedIn(program.runtime) })).toEqual(expected);
});

test('a sign-in whose password has to be changed first learns no more than a stranger', async () => {
  const cookie = await signedIn(program.runtime);
  const { db } = program.runtime;
  await db.update(db.tables.administrators).set({ mustChangePassword: true });
  expect(await health({ cookie })).toEqual({ status: 200, body: { status: 'ok' } });
  await db.update(db.tables.administrators).set({ mustChangePassword: false });
  expect((await health({ cookie })).body).toMatchObject({ backend_running: true });
});

test('a database that does not answer makes nobody think that the process is dead', async () => {
  const { value } = program.apiKey;
  await program.runtime.db.close();
  expect(await health({ authorization: `Bearer ${value}` })).toEqual({
    status: 200,
    body: { status: 'ok', backend_running: true, has_active_tokens: false },
  });
});

test('a process that can work is ready', async () => {
  expect(await check()).toEqual({
    status: 200,
    body: { status: 'ready', checks: { database: true, media: true, accepting: true } },
  });
});

test('without its media folder it is not ready', async () => {
  await rm(join(program.runtime.env.dataDir, 'media'), { recursive: true });
  expect(await check()).toEqual({
    status: 503,
    body: { status: 'not_ready', checks: { database: true, media: false, accepting: true } },
  });
});

test('once it ends it is not ready', async () => {
  await program.runtime.life.drain('test');
  expect(await check()).toMatchObject({
    status: 503,
    body: { checks: { database: false, accepting: false } },
  });
});
