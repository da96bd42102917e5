import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { loadConfig } from '@/config/load';
import { countAdministrators } from '@/db/repositories/administrators';
import { deleteMeta } from '@/db/repositories/meta';
import { issueApiKey } from '@/lib/api-keys/issue';
import { createFirstAdministrator } from '@/lib/auth/setup';
import { signIn } from '@/lib/auth/sign-in';
import { prepareFirstUse } from '@/lib/boot';
import { makeLogger } from '@/lib/observability/log';
import { startTestProgram, type TestProgram } from '../support/test-runtime';

let program: TestProgram;
afterEach(() => program.stop());

/** A program that nobody has used yet. */
async function fresh(env: Record<string, string> = {}) {
  program = await startTestProgram({ services: false, env, apiKey: false });
  const shown: string[] = [];
  return { ...program, shown, prepare: () => prepareFirstUse(program.runtime, (text) => shown.push(text)) };
}

test('the first start shows an API key that works and a setup code that works', async () => {
  const { prepare, shown, runtime } = await fresh();
  const { apiKey, setupCode } = await prepare();
  expect(shown.join('\n')).toContain(apiKey);
  expect(shown.join('\n')).toContain(setupCode);
  await expect(runtime.apiKeys.verify(apiKey)).resolves.toMatchObject({ name: 'first key' });
  await createFirstAdministrator(runtime, {
    code: `${setupCode}`,
    username: 'ada',
    password: 'correct horse battery',
    address: undefined,
  });
});

test('later starts show neither', async () => {
  const { prepare, shown } = await fresh();
  const first = await prepare();
  shown.length = 0;
  expect(await prepare()).toEqual({});
  expect(shown.join('\n')).not.toContain(first.apiKey);
  expect(shown.join('\n')).not.toContain(first.setupCode);
});

test('a start that died before it had shown them is made good: the key nobody saw is replaced', async () => {
  const { prepare, runtime } = await fresh();
  const lost = await prepare();
  await deleteMeta(runtime.db, 'first_started_at');
  const next = await prepare();
  runtime.apiKeys.forget();
  expect(next.apiKey).not.toBe(lost.apiKey);
  await expect(runtime.apiKeys.verify(lost.apiKey)).rejects.toMatchObject({ code: 'invalid_api_key' });
  await expect(runtime.apiKeys.verify(next.apiKey)).resolves.toBeDefined();
});

test('what the environment names is neither made nor shown', async () => {
  const { prepare, shown, runtime } = await fresh({
    API_KEY: 'sk-operator-chose-this-value-1',
    ADMIN_USERNAME: 'ada',
    ADMIN_PASSWORD: 'correct horse battery',
  });
  expect(await prepare()).toEqual({});
  expect(shown).toEqual([]);
  await expect(runtime.apiKeys.verify('sk-operator-chose-this-value-1')).resolves.toMatchObject({
    name: 'default',
  });
});

test('a password of the environment that is too long to sign in with is refused, and the setup code is the way', async () => {
  const password = '🐎'.repeat(150); // 150 characters to the eye, 300 as a sign-in counts them
  const { prepare, shown, runtime } = await fresh({ ADMIN_PASSWORD: password });
  const { setupCode } = await prepare();
  expect(setupCode).toBeDefined();
  expect(shown.join()).toContain('longer than 200 characters');
  expect(shown.join()).not.toContain(password);
  expect(await countAdministrators(runtime.db)).toBe(0);
});

describe('with a settings file of the predecessor', () => {
  /** Starts with this `[global]`, and gives what was shown and logged. */
  async function startWith(global: string) {
    const folder = await mkdtemp(join(tmpdir(), 'flow2api-toml-'));
    const CONFIG_FILE = join(folder, 'setting.toml');
    await writeFile(CONFIG_FILE, `[global]\n${global}\n`);
    const { env, file } = loadConfig({ CONFIG_FILE, DATA_DIR: folder });
    await rm(CONFIG_FILE);
    const started = await fresh();
    const shown: string[] = [];
    const logged: string[] = [];
    const log = makeLogger({ level: 'info', format: 'json' }, { write: (line) => void logged.push(line) });
    const made = await prepareFirstUse(
      { ...started.runtime, log, env: { ...started.runtime.env, ...env } },
      (text) => shown.push(text),
    );
    return { ...started, shown, made, file, logged };
  }

  test.each([
    ['the password admin', 'admin_username = "admin"\nadmin_password = "admin"'],
    ['the key han1234', 'api_key = "han1234"'],
  ])('%s is refused with a warning, and the setup code is the way', async (_what, global) => {
    const { file, made, runtime } = await startWith(global);
    expect(file.notes.join()).toContain('a default that everybody knows');
    expect(made.setupCode).toBeDefined();
    expect(await countAdministrators(runtime.db)).toBe(0);
    await expect(runtime.apiKeys.verify('han1234')).rejects.toMatchObject({ code: 'invalid_api_key' });
  });

  test('a short password of its own signs in, has to be changed, and is nowhere in the log', async () => {
    const { made, runtime, shown, logged } = await startWith(
      'api_key = "sk-old-key-of-1"\nadmin_username = "root"\nadmin_password = "geheim"',
    );
    expect(made).toEqual({});
    const signedIn = await signIn(runtime, { username: 'root', password: 'geheim', address: undefined });
    expect(signedIn).toMatchObject({ outcome: 'signed_in', session: { mustChangePassword: true } });
    expect(logged.join()).toContain('asks for another one');
    expect([...shown, ...logged].join()).not.toContain('geheim');
    await expect(runtime.apiKeys.verify('sk-old-key-of-1')).resolves.toMatchObject({ name: 'default' });
  });

  test('a good one is taken once: another in the file later changes nothing', async () => {
    const password = 'correct horse battery';
    const { runtime } = await startWith(`admin_username = "root"\nadmin_password = "${password}"`);
    const later = { ...runtime.env, adminPassword: 'another horse battery' };
    await prepareFirstUse({ ...runtime, env: later }, () => {});
    const attempt = (given: string) =>
      signIn(runtime, { username: 'root', password: given, address: undefined });
    expect(await attempt('another horse battery')).toEqual({ outcome: 'wrong' });
    expect(await attempt(password)).toMatchObject({ session: { mustChangePassword: false } });
  });
});

test('of two processes that start at once, one shows them', async () => {
  const { runtime } = await fresh();
  const shown: string[] = [];
  const both = await Promise.all(
    ['one', 'two'].map((instanceId) =>
      prepareFirstUse({ ...runtime, instanceId }, (text) => shown.push(text)),
    ),
  );
  expect(both.filter(({ apiKey }) => apiKey !== undefined)).toHaveLength(1);
  expect(shown).toHaveLength(1);
});

test('keys that exist already are enough', async () => {
  const { prepare, runtime } = await fresh();
  await issueApiKey(runtime, { name: 'mine' });
  expect((await prepare()).apiKey).toBeUndefined();
});
