import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { claimTask, findTask, insertTask } from '@/db/repositories/tasks';
import { runTasks, startTask, type TaskKind } from '@/lib/accounts/tasks';
import { startImport } from '@/lib/accounts/transfer';
import { runConsoleTasks } from '@/lib/console-tasks';
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
    const running = runConsoleTasks(first.runtime, shutdown.signal);
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
    await runConsoleTasks(other, AbortSignal.timeout(30_000));
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
const lane = { kinds: ['accounts.enable'], isOneOf: true };
const now = new Date('2026-11-23T12:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

describeEachDatabase('tasks', (openDatabase) => {
  test('the oldest is claimed first', async () => {
    const db = await openDatabase();
    await insertTask(db, task('b', later(-1)));
    await insertTask(db, task('a', later(-2)));
    await insertTask(db, { ...task('c', later(-3)), kind: 'accounts.something_else' });
    const claimed = await claimTask(db, { owner: 'one', now, leaseUntil: later(60), lane });
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
    claimTask(db, { owner, now: at, leaseUntil: new Date(at.getTime() + 60_000), lane });
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
  await runConsoleTasks(program.runtime, AbortSignal.timeout(10_000));
  expect(await findTask(db, 'a')).toMatchObject({ state: 'failed', inputSealed: null });
});

/** A kind whose rows are done by `run`. */
const kind = (run: (index: number) => Promise<unknown>, asksUpstream = false): TaskKind => ({
  asksUpstream,
  open: () => ({
    emailOf: () => null,
    async run(index) {
      await run(index);
      return { email: `row-${index}@example.com`, account_id: null, outcome: 'done' };
    },
  }),
});

async function program(dialect: 'sqlite' | 'postgres' = 'sqlite'): Promise<TestProgram['runtime']> {
  open.simulator = await startSimulator({ render: false });
  const started = await startTestProgram({ dialect, simulator: open.simulator, services: false });
  open.programs.push(started);
  return started.runtime;
}

/** The database, with every change of a row late by `delayMs` and the ones that `fails` picks refused; counts them. */
function withUpdates(
  db: TestProgram['runtime']['db'],
  { delayMs = 0, fails = () => false }: { delayMs?: number; fails?: (nth: number) => boolean },
) {
  const seen = { updates: 0 };
  const slowly = new Proxy(db, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (name !== 'update') return typeof value === 'function' ? value.bind(target) : value;
      return (table: Parameters<typeof db.update>[0]) => ({
        set: (changes: never) => ({
          where: (condition: never) => ({
            async returning(columns: never) {
              const nth = seen.updates++;
              await wait(Math.random() * delayMs);
              if (fails(nth)) throw new Error('the database is away');
              return await db.update(table).set(changes).where(condition).returning(columns);
            },
          }),
        }),
      });
    },
  });
  return { db: slowly, seen };
}

test.each(['sqlite', 'postgres'] as const)(
  'what came of each row is kept, however the writes of its progress fall, and they are few (%s)',
  async (dialect) => {
    const runtime = await program(dialect);
    const started = await startTask(runtime, { kind: 'test', total: 300, input: {} });
    const { db, seen } = withUpdates(runtime.db, { delayMs: 30 });
    await runTasks(
      { ...runtime, db },
      { test: kind(() => wait(Math.random() * 8)) },
      AbortSignal.timeout(30_000),
    );
    const done = await findTask(runtime.db, started.id);
    expect(done).toMatchObject({ state: 'completed', done: 300, failed: 0 });
    const results = done?.results as { row: number }[];
    expect(results.map(({ row }) => row)).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    expect(seen.updates).toBeLessThan(10);
  },
);

test('a write of progress that fails loses no result, and no row is done twice', async () => {
  const runtime = await program('postgres');
  const started = await startTask(runtime, { kind: 'test', total: 40, input: {} });
  const ran: number[] = [];
  const rows = kind(async (index) => {
    await wait(5);
    ran.push(index);
  });
  const { db } = withUpdates(runtime.db, { fails: (nth) => nth === 0 });
  await runTasks({ ...runtime, db }, { test: rows }, AbortSignal.timeout(30_000));
  expect(await findTask(runtime.db, started.id)).toMatchObject({ state: 'completed', done: 40 });
  expect(ran.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 40 }, (_, index) => index));
});

test.each(['sqlite', 'postgres'] as const)(
  'a row whose text no database stores is told like any other (%s)',
  async (dialect) => {
    const runtime = await program(dialect);
    const accounts = [{ email: 'a\0b\ud800@example.com' }];
    const started = await startImport(runtime, { mode: 'add_and_update', accounts }, {});
    await runConsoleTasks(runtime, AbortSignal.timeout(10_000));
    expect(await findTask(runtime.db, started.id)).toMatchObject({
      state: 'completed',
      results: [{ row: 1, outcome: 'failed', email: 'ab\ufffd@example.com' }],
    });
  },
);

test('rows that only ask the database let requests in', async () => {
  const runtime = await program();
  await startTask(runtime, { kind: 'test', total: 3_000, input: {} });
  let turns = 0;
  const ticking = setInterval(() => (turns += 1), 1);
  const startedAt = performance.now();
  await runTasks(runtime, { test: kind(() => findTask(runtime.db, 'none')) }, AbortSignal.timeout(30_000));
  clearInterval(ticking);
  // A timer of 1 ms that is let in fires hundreds of times in a second, and hardly ever otherwise.
  expect(turns).toBeGreaterThan((performance.now() - startedAt) / 20);
});

test('a task that asks nobody does not wait for one that asks upstream', async () => {
  const runtime = await program();
  const slow = await startTask(runtime, { kind: 'slow', total: 1, input: {} });
  const quick = await startTask(runtime, { kind: 'quick', total: 1, input: {} });
  const gate = new AbortController();
  const running = runTasks(
    runtime,
    { slow: kind(() => once(gate.signal, 'abort'), true), quick: kind(() => Promise.resolve()) },
    AbortSignal.timeout(30_000),
  );
  await until(async () => (await findTask(runtime.db, quick.id))?.state === 'completed');
  expect((await findTask(runtime.db, slow.id))?.state).toBe('running');
  gate.abort();
  await running;
  expect((await findTask(runtime.db, slow.id))?.state).toBe('completed');
});
