import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { GenerationEvent } from '../generation/types';
import { untilRestart } from './until-restart';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const queued: GenerationEvent = { type: 'queued', position: 1 };
const completed: GenerationEvent = { type: 'completed', media: [], cancelRequested: false };
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A job that takes so long, seen until its end. */
async function watch(ms: number, life: AbortController) {
  const job = async function* () {
    yield queued;
    await sleep(ms);
    yield completed;
  };
  const seen: GenerationEvent[] = [];
  for await (const event of untilRestart(
    job(),
    { life: { signal: life.signal, requestGraceMs: 15_000 } },
    'job_1',
  ))
    seen.push(event);
  return seen;
}

test('events pass as they are', async () => {
  const watching = watch(60_000, new AbortController());
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await watching).toEqual([queued, completed]);
});

test('a job that ends soon after the process is asked to end is told to its end', async () => {
  const life = new AbortController();
  const watching = watch(9_000, life);
  life.abort();
  await vi.advanceTimersByTimeAsync(9_000);
  expect(await watching).toEqual([queued, completed]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a longer one is handed over: the last event says where the result will be', async () => {
  const life = new AbortController();
  const watching = watch(60_000, life);
  life.abort();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await watching).toEqual([
    queued,
    {
      type: 'failed',
      error: { code: 'result_pending', message: expect.stringContaining('/v1/jobs/job_1') },
      media: [],
      accepted: true,
    },
  ]);
});

test('a reader that leaves ends what it reads, and leaves nothing behind', async () => {
  const finished = vi.fn();
  const job = async function* () {
    try {
      for (;;) yield queued;
    } finally {
      finished();
    }
  };
  const life = new AbortController();
  const events = untilRestart(job(), { life: { signal: life.signal, requestGraceMs: 15_000 } }, 'job_1');
  await events.next();
  await events.return(undefined);
  expect(finished).toHaveBeenCalled();
  life.abort();
  expect(vi.getTimerCount()).toBe(0);
});
