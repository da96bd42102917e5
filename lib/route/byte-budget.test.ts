import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeByteBudget } from './byte-budget';

const never = new AbortController().signal;
const make = () => makeByteBudget({ totalBytes: 100, freeBytes: 5, stepBytes: 20, waitMs: 1_000 });

/** Whether a promise has settled by now. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  const mark = () => {
    done = true;
  };
  promise.then(mark, mark);
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  return done;
}

test('what fits is taken at once, and is free again when it is given back, once', async () => {
  const budget = make();
  const room = budget.open(never);
  await room.take(80);
  expect(budget.takenBytes).toBe(80);
  room.release();
  room.release();
  expect(budget.takenBytes).toBe(0);
});

test('small bodies are not counted', async () => {
  const budget = make();
  await budget.open(never).take(100);
  await budget.open(never).take(5);
  expect(budget.takenBytes).toBe(100);
});

test('a body of unknown length takes more as it grows, in steps', async () => {
  const budget = make();
  const room = budget.open(never);
  for (const size of [10, 11, 30]) await room.take(size);
  expect(budget.takenBytes).toBe(30);
  room.release();
  expect(budget.takenBytes).toBe(0);
});

describe('when the budget is used up', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('who came first goes first, and is not passed by somebody who needs less', async () => {
    const budget = make();
    const [first, large, small] = [budget.open(never), budget.open(never), budget.open(never)];
    await first.take(60);
    const largeTurn = large.take(90);
    const smallTurn = small.take(20);
    expect(await isDone(smallTurn)).toBe(false);
    first.release();
    await largeTurn;
    expect(await isDone(smallTurn)).toBe(false);
    large.release();
    await smallTurn;
    expect(budget.takenBytes).toBe(20);
  });

  test('nobody waits for ever, and is told when to come again', async () => {
    const budget = make();
    await budget.open(never).take(60);
    const refused = expect(budget.open(never).take(90)).rejects.toMatchObject({
      code: 'queue_timeout',
      retryAfterSeconds: expect.any(Number),
    });
    const behind = budget.open(never).take(30);
    await vi.advanceTimersByTimeAsync(1_000);
    await refused;
    await behind;
    expect(budget.takenBytes).toBe(90);
  });

  test('who leaves waits no more', async () => {
    const budget = make();
    await budget.open(never).take(100);
    const client = new AbortController();
    const turn = budget.open(client.signal).take(50);
    client.abort(new Error('left'));
    await expect(turn).rejects.toThrow('left');
  });
});
