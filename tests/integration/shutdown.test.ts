import { afterEach, expect, test } from 'vitest';
import { POST as chat } from '@/app/v1/chat/completions/route';
import { openDatabase } from '@/db/client';
import { updateAccount } from '@/db/repositories/accounts';
import { listRequestLogs } from '@/db/repositories/request-logs';
import { countCalls } from '../simulator/stats';
import { startTestProgram, type TestProgram, until } from '../support/test-runtime';

let program: TestProgram;
afterEach(() => program.stop());

const ask = () =>
  chat(
    new Request('http://gateway.test/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: `Bearer ${program.apiKey.value}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'gemini-3.1-flash-image',
        messages: [{ role: 'user', content: 'a fox' }],
      }),
    }),
    { params: Promise.resolve({}) },
  );

test('at the end no new job is taken, and every row of the request log is stored', async () => {
  const place = await startTestProgram({ settings: { 'request_log.record_bodies': true } });
  program = place;
  program.makeGlobal();
  await program.addAccount();
  expect((await ask()).status).toBe(200);
  const drained = program.runtime.life.drain('SIGTERM');
  const refused = await ask();
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('10');
  expect((await refused.json()).error.code).toBe('shutting_down');
  expect(await drained).toBe(true);
  const db = await openDatabase(program.runtime.env.databaseUrl);
  const rows = await listRequestLogs(db, { limit: 10 });
  await db.close();
  expect(rows.map(({ status }) => status)).toEqual([503, 200]);
  expect(rows[1]).toMatchObject({ requestBody: { model: 'gemini-3.1-flash-image' } });
});

test.each([1, 2])('the end takes no longer than the %i s that the setting gives it', async (seconds) => {
  program = await startTestProgram({ services: false });
  const { life, settings } = program.runtime;
  await settings.update({ 'general.shutdown_grace': seconds });
  life.onShutdown('something stuck', () => new Promise(() => undefined));
  const startedAt = performance.now();
  expect(await life.drain('SIGTERM')).toBe(false);
  const tookMs = performance.now() - startedAt;
  expect(tookMs).toBeGreaterThan(seconds * 1_000 - 100);
  expect(tookMs).toBeLessThan(seconds * 1_000 + 900);
});

test('a job that runs at the end is handed over: the next process finishes it, and it is paid once', async () => {
  const first = await startTestProgram({ simulator: { videoDurationMs: 600 } });
  program = first;
  const { email } = await first.addAccount();
  const id = await first.submit({ model: 'veo_3_1_t2v_fast_landscape' });
  await until(async () => (await first.job(id)).handle !== null);
  expect(await first.runtime.life.drain('SIGTERM')).toBe(true);
  const { databaseUrl, dataDir } = first.runtime.env;
  const second = await startTestProgram({
    simulator: first.simulator,
    place: { dataDir, databaseUrl: databaseUrl.dialect === 'sqlite' ? `file:${databaseUrl.file}` : '' },
  });
  await until(async () => (await second.job(id)).state === 'completed');
  const { credits } = await second.job(id);
  expect(credits).toBeGreaterThan(0);
  expect(first.simulator.account(email).credits).toBe(10_000 - credits);
  await second.stop();
});

test('a project that upstream takes long to make does not hold the end up', async () => {
  program = await startTestProgram();
  const { addAccount, runtime, simulator } = program;
  const account = await addAccount();
  await updateAccount(runtime.db, account.id, { projectId: null, projectName: null }, new Date());
  simulator.inject({ call: 'createProject', effect: { type: 'hang', when: 'before' } });
  await program.submit({ model: 'gemini-3.1-flash-image' });
  await until(() => countCalls(simulator.stats(), 'createProject') === 1);
  const beganAt = performance.now();
  expect(await runtime.life.drain('test')).toBe(true);
  expect(performance.now() - beganAt).toBeLessThan(3_000);
});
