import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { demoAccounts } from './demo-accounts';
import { type Simulator, startSimulator } from './server';
import {
  at,
  connect,
  free,
  generateImage,
  pro,
  read,
  type TestClient,
  verbs,
  videoBody,
} from './test-client';

let simulator: Simulator;
let client: TestClient;

beforeEach(async () => {
  simulator = await startSimulator({ accounts: [pro], render: false });
  client = await connect(simulator, pro);
});
afterEach(() => simulator.close());

const control = (method: string, path: string, body?: unknown) =>
  client.send(`${simulator.url}/__sim${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

test('statistics are read and reset', async () => {
  await generateImage(client);
  expect((await control('GET', '/stats')).body).toMatchObject({ operations: [{ kind: 'image' }] });
  await control('POST', '/reset');
  expect((await control('GET', '/stats')).body).toMatchObject({ operations: [], calls: [] });
});

test('faults are injected and cleared, all or one; null means for ever', async () => {
  const html = { call: 'credits', times: null, effect: { type: 'html', status: 500 } };
  const { body } = await control('POST', '/faults', html);
  expect((await client.api('/credits')).status).toBe(500);
  await control('DELETE', `/faults/${read(body, 'id')}`);
  expect((await client.api('/credits')).status).toBe(200);
  await control('POST', '/faults', html);
  await control('DELETE', '/faults');
  expect((await client.api('/credits')).status).toBe(200);
});

test('accounts are added and changed', async () => {
  await control('POST', '/accounts', free);
  const added = await connect(simulator, free);
  await control('PATCH', `/accounts/${free.email}`, { credits: 7 });
  expect(at((await added.api('/credits')).body, 'credits')).toBe(7);
  expect((await control('PATCH', '/accounts/nobody', { credits: 7 })).status).toBe(404);
});

test('options are read and changed', async () => {
  await control('PATCH', '/options', { videoDurationMs: 5, listing: 'withheld' });
  expect(simulator.options).toMatchObject({ videoDurationMs: 5, listing: 'withheld' });
  expect((await control('GET', '/options')).body).toMatchObject({ videoDurationMs: 5 });
});

test('the clock is moved ahead', async () => {
  await client.api(verbs.t2v, videoBody(client.projectId));
  await control('POST', '/advance', { ms: 1_000 });
  expect(simulator.stats().operations[0]?.endedAt).toBeTypeOf('number');
});

test.each([
  ['POST', '/faults', { call: 'nothing', effect: { type: 'empty' } }, 400],
  ['PATCH', '/options', { speed: 1 }, 400],
  ['POST', '/accounts', { email: 'x' }, 400],
  ['GET', '/nothing', undefined, 404],
])('%s %s with what it does not know is refused', async (method, path, body, status) => {
  expect((await control(method, path, body)).status).toBe(status);
});

describe('the command', () => {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const start = (...flags: string[]) => spawn(process.execPath, ['--import', 'tsx', main, ...flags]);
  const firstLine = async (child: ReturnType<typeof start>) => {
    const [line] = await once(createInterface(child.stdout), 'line');
    return JSON.parse(String(line));
  };

  test('prints where it listens and whom it knows, and ends with its standard input', async () => {
    const child = start('--demo', '--era', '2026-08', '--no-render', '--until-stdin-closes');
    const said = await firstLine(child);
    expect(said).toMatchObject({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      accounts: demoAccounts,
    });
    const [account] = said.accounts;
    const cookie = `__Secure-next-auth.session-token=${account.sessionToken}`;
    const reply = await client.send(`${said.labsBaseUrl}/auth/session`, { headers: { cookie } });
    expect(at(reply.body, 'user.email')).toBe(account.email);
    child.stdin.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  }, 30_000);

  test('ends on SIGTERM', async () => {
    const child = start('--era', '2025-12');
    await firstLine(child);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  }, 30_000);

  test('refuses an era that it does not know', async () => {
    const child = start('--era', '1999');
    expect(await once(child, 'exit')).toEqual([1, null]);
  }, 30_000);
});
