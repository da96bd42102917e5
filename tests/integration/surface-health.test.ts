import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GET as ready } from '@/app/health/ready/route';
import { GET as alive } from '@/app/health/route';
import { startTestProgram, type TestProgram } from '../support/test-runtime';

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

test('a process that answers is alive, and tells strangers nothing else', async () => {
  const response = alive();
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: 'ok' });
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
