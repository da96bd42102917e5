import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Database } from '@/db/client';
import { makeLogger } from '../observability/log';
import { type LoopDefinition, startLoop } from './loop';

const noDatabase = {} as Database; // a loop of scope `process` asks none

function start(
  definition: Partial<LoopDefinition> & Pick<LoopDefinition, 'run'>,
  signal = new AbortController().signal,
) {
  return startLoop(
    { name: 'sweep', description: 'Sweeps.', everyMs: () => 60_000, scope: 'process', ...definition },
    {
      db: noDatabase,
      instanceId: 'a',
      now: () => new Date(),
      log: makeLogger({ level: 'silent', format: 'json' }),
      signal,
      random: () => 0.5,
    },
  );
}

/** A run that ends when it is told to. */
function heldRun() {
  let end = () => {};
  let runs = 0;
  return {
    run: () => {
      runs += 1;
      return new Promise<void>((resolve) => {
        end = resolve;
      });
    },
    end: () => end(),
    runs: () => runs,
  };
}

beforeEach(() => {
  vi.useFakeTimers({
    now: new Date('2026-11-23T12:00:00Z'),
    toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'],
  });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the schedule', () => {
  test('the first run comes soon, the next a pause after its end', async () => {
    const held = heldRun();
    const loop = start({ run: held.run });
    expect(loop.status()).toMatchObject({ running: false, nextRunAt: new Date('2026-11-23T12:00:01.500Z') });
    await vi.advanceTimersByTimeAsync(1_500);
    expect(held.runs()).toBe(1);
    expect(loop.status()).toMatchObject({ running: true, lastRunAt: new Date('2026-11-23T12:00:01.500Z') });

    await vi.advanceTimersByTimeAsync(200_000);
    expect(held.runs()).toBe(1);
    held.end();
    await vi.advanceTimersByTimeAsync(59_000);
    expect(held.runs()).toBe(1);
    expect(loop.status()).toMatchObject({ running: false, durationMs: 200_000 });
    expect(loop.status().nextRunAt).toEqual(new Date(Date.now() + 1_000));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(held.runs()).toBe(2);
    held.end();
    await loop.stop();
  });

  test('a shorter pause counts while the loop is waiting for the longer one', async () => {
    let runs = 0;
    let everyMs = 3_600_000;
    const loop = start({
      everyMs: () => everyMs,
      run: async () => {
        runs += 1;
      },
    });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs).toBe(1);
    everyMs = 15_000;
    await vi.advanceTimersByTimeAsync(15_000);
    expect(runs).toBe(2);
    await loop.stop();
  });
});

describe('failures', () => {
  test('are kept without secrets, do not end the loop, and are gone after a good run', async () => {
    let runs = 0;
    const loop = start({
      run: async () => {
        runs += 1;
        if (runs === 1) throw new Error('upstream refused ya29.a0AfH6SMBx');
      },
    });
    await vi.advanceTimersByTimeAsync(1_500);
    expect(loop.status().lastError).toEqual({
      at: new Date('2026-11-23T12:00:01.500Z'),
      message: 'upstream refused ‹redacted›',
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(runs).toBe(2);
    expect(loop.status().lastError).toBeUndefined();
    await loop.stop();
  });
});

describe('running on request', () => {
  test('runs at once and starts a new pause', async () => {
    let runs = 0;
    const loop = start({
      run: async () => {
        runs += 1;
      },
    });
    expect(await loop.runNow()).toBe(true);
    expect(runs).toBe(1);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(runs).toBe(1);
    await loop.stop();
  });

  test('joins the run under way', async () => {
    const held = heldRun();
    const loop = start({ run: held.run });
    await vi.advanceTimersByTimeAsync(1_500);
    const both = Promise.all([loop.runNow(), loop.runNow()]);
    held.end();
    expect(await both).toEqual([true, true]);
    expect(held.runs()).toBe(1);
    await loop.stop();
  });
});

describe('the end', () => {
  test('tells the run under way, waits for it, and starts no other', async () => {
    const events: string[] = [];
    const loop = start({
      run: (signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            events.push('told');
            setTimeout(() => {
              events.push('run ended');
              resolve();
            }, 1_000);
          });
        }),
    });
    await vi.advanceTimersByTimeAsync(1_500);
    const stopped = loop.stop().then(() => events.push('stopped'));
    await vi.advanceTimersByTimeAsync(1_000);
    await stopped;
    expect(events).toEqual(['told', 'run ended', 'stopped']);
    expect(await loop.runNow()).toBe(false);
    expect(loop.status().nextRunAt).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('the shutdown of the process ends the loop as well', async () => {
    const shutdown = new AbortController();
    let runs = 0;
    const loop = start(
      {
        run: async () => {
          runs += 1;
        },
      },
      shutdown.signal,
    );
    shutdown.abort();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(runs).toBe(0);
    await loop.stop();
  });

  test('a run that stops because it was told to has not failed', async () => {
    const loop = start({
      run: (signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    await vi.advanceTimersByTimeAsync(1_500);
    await loop.stop();
    expect(loop.status().lastError).toBeUndefined();
  });
});
