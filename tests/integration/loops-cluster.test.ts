import { afterEach, expect, test } from 'vitest';
import { GET as loops } from '@/app/api/v1/admin/loops/route';
import { startLoop } from '@/lib/background/loop';
import { listLoops } from '@/lib/system';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { call, signedIn } from './admin-console';

const programs: TestProgram[] = [];
afterEach(async () => {
  for (const program of programs.splice(0).toReversed()) await program.stop();
});

/** Two processes on one Postgres, of which neither runs anything by itself. */
async function startTwo() {
  const first = await startTestProgram({ dialect: 'postgres', services: false });
  const { databaseUrl, dataDir } = first.runtime.env;
  const second = await startTestProgram({
    services: false,
    simulator: first.simulator,
    place: { dataDir, databaseUrl: databaseUrl.dialect === 'postgres' ? databaseUrl.url : '' },
  });
  programs.push(first, second);
  return [first, second] as const;
}

function startOn({ runtime }: TestProgram, run: () => Promise<void>) {
  const { db, instanceId, now, log, life } = runtime;
  const loop = startLoop(
    { name: 'sweep', description: 'Sweeps.', scope: 'cluster', everyMs: () => 600_000, run },
    { db, instanceId, now, log, signal: life.signal, random: () => 1 },
  );
  runtime.loops.push(loop);
  life.onShutdown('loops', () => loop.stop());
  return loop;
}

test('a run is told by every process alike, with its error, and while it lasts', async () => {
  const [first, second] = await startTwo();
  let end = () => {};
  const started = new Promise<void>((resolve) => {
    startOn(first, () => {
      resolve();
      return new Promise((_resolve, reject) => {
        end = () => reject(new Error('upstream said no to Bearer ya29.secret'));
      });
    });
  });
  startOn(second, async () => {});
  const under = first.runtime.loops[0]?.runNow();
  await started;
  expect(await listLoops(second.runtime)).toMatchObject([{ running: true, last_run_at: null }]);
  expect(await second.runtime.loops[0]?.runNow()).toBe(false);
  end();
  await under;
  const [here] = await listLoops(first.runtime);
  expect(await listLoops(second.runtime)).toEqual([here]);
  expect(here).toMatchObject({
    running: false,
    last_run_at: expect.any(String),
    duration_ms: expect.any(Number),
    next_run_at: expect.any(String),
    last_error: { message: 'upstream said no to Bearer ‹redacted›' },
  });

  await second.runtime.loops[0]?.runNow();
  const [after] = await listLoops(first.runtime);
  expect(after).toMatchObject({ last_error: null });
  second.makeGlobal();
  const cookie = await signedIn(second.runtime);
  expect((await call(loops, 'GET', '/api/v1/admin/loops', { cookie })).json.items).toEqual([after]);
});

test('of two processes that are asked at once, one runs it', async () => {
  const [first, second] = await startTwo();
  let running = 0;
  let most = 0;
  const run = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 50));
    running -= 1;
  };
  const all = [startOn(first, run), startOn(second, run)];
  const ran = await Promise.all(all.flatMap((loop) => [loop.runNow(), loop.runNow()]));
  expect(ran).toContain(true);
  expect(most).toBe(1);
});
