import { afterEach, expect, test } from 'vitest';
import { claimTask, findTask, insertTask } from '@/db/repositories/tasks';
import { runAccountTasks } from '@/lib/accounts/bulk';
import { startImport } from '@/lib/accounts/transfer';
import { type Simulator, startSimulator } from '../simulator/server';
import { describeEachDatabase } from '../support/databases';
import { startTestProgram, type TestProgram, until } from '../support/test-runtime';
import { freshToken } from './admin-console';

const open: { simulator?: Simulator; programs: TestProgram[] } = { programs: [] };
afterEach(async () => {
  for (const program of open.programs.splice(0)) await program.stop();
  await open.simulator?.close();
});

const rows = (simulator: Simulator, count: number) =>
  Array.from({ length: count }, (_, index) => {
    const session_token = freshToken();
    const email = `row-${index}@example.com`;
    simulator.addAccount({ sessionToken: session_token, email, tier: 'PAYGATE_TIER_ONE', credits: 9 });
    return { email, session_token };
  });

test.each(['sqlite', 'postgres'] as const)(
  'a task that its process did not finish is finished by the next one, without doing rows twice (%s)',
  async (dialect) => {
    const simulator = await startSimulator({ render: false });
    open.simulator = simulator;
    const first = await startTestProgram({ dialect, simulator, services: false });
    open.programs.push(first);
    const task = await startImport(
      first.runtime,
      { mode: 'add_and_update', accounts: rows(simulator, 6) },
      {},
    );
    simulator.inject({ call: 'session', times: 6, effect: { type: 'slow', delayMs: 150 } });
    const shutdown = new AbortController();
    const running = runAccountTasks(first.runtime, shutdown.signal);
    const before = await until(async () => {
      const row = await findTask(first.runtime.db, task.id);
      return row !== undefined && row.done > 0 && row;
    });
    shutdown.abort(new Error('the gateway stops'));
    await running;
    const left = await findTask(first.runtime.db, task.id);
    expect(left).toMatchObject({ state: 'running', leaseOwner: null });
    expect(left?.done).toBeLessThan(6);

    simulator.clearFaults();
    const exchanged = simulator.stats().tokenExchanges.length;
    expect(exchanged).toBeGreaterThanOrEqual(before.done);
    const other = { ...first.runtime, instanceId: 'another process' };
    await runAccountTasks(other, AbortSignal.timeout(30_000));
    const done = await findTask(first.runtime.db, task.id);
    expect(done).toMatchObject({ state: 'completed', done: 6, inputSealed: null });
    expect(simulator.stats().tokenExchanges).toHaveLength(6);
    const results = done?.results as { row: number; outcome: string }[];
    expect(results.map(({ row }) => row)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(results.every(({ outcome }) => outcome === 'added' || outcome === 'updated')).toBe(true);
  },
);

const task = (id: string, createdAt: Date) => ({
  id,
  kind: 'accounts.enable',
  state: 'running' as const,
  inputSealed: 'sealed',
  total: 1,
  results: [],
  createdAt,
});
const now = new Date('2026-11-23T12:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

describeEachDatabase('tasks', (openDatabase) => {
  test('the oldest is claimed first', async () => {
    const db = await openDatabase();
    await insertTask(db, task('b', later(-1)));
    await insertTask(db, task('a', later(-2)));
    const claimed = await claimTask(db, { owner: 'one', now, leaseUntil: later(60) });
    expect(claimed?.id).toBe('a');
  });
});

test('on Postgres one process claims, and no other while it works on the task, until its lease has ended', async () => {
  const simulator = await startSimulator({ render: false });
  open.simulator = simulator;
  const program = await startTestProgram({ dialect: 'postgres', simulator, services: false });
  open.programs.push(program);
  const { db } = program.runtime;
  await insertTask(db, task('a', now));
  await insertTask(db, task('b', later(1)));
  const claim = (owner: string, at: Date) =>
    claimTask(db, { owner, now: at, leaseUntil: new Date(at.getTime() + 60_000) });
  const claims = await Promise.all(['one', 'two', 'three'].map((owner) => claim(owner, now)));
  expect(claims.filter((row) => row !== undefined)).toMatchObject([{ id: 'a' }]);
  expect(await claim('four', later(30))).toBeUndefined();
  expect((await claim('four', later(61)))?.id).toBe('a');
});

test('a task that this release cannot do fails instead of staying for good', async () => {
  const simulator = await startSimulator({ render: false });
  open.simulator = simulator;
  const program = await startTestProgram({ simulator, services: false });
  open.programs.push(program);
  const { db } = program.runtime;
  await insertTask(db, { ...task('a', now), kind: 'accounts.something_else' });
  await runAccountTasks(program.runtime, AbortSignal.timeout(10_000));
  expect(await findTask(db, 'a')).toMatchObject({ state: 'failed', inputSealed: null });
});
