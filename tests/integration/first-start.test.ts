import { afterEach, expect, test } from 'vitest';
import { deleteMeta } from '@/db/repositories/meta';
import { issueApiKey } from '@/lib/api-keys/issue';
import { createFirstAdministrator } from '@/lib/auth/setup';
import { prepareFirstUse } from '@/lib/boot';
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
