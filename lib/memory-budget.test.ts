import { expect, test } from 'vitest';
import { GatewayError } from './errors';
import { makeMemoryBudget } from './memory-budget';

const tooBusy = () => new GatewayError('queue_timeout', 'Too much at once.', { retryAfterSeconds: 5 });
const make = ({ waitMs = 1_000 } = {}) => makeMemoryBudget({ totalBytes: 100, waitMs, tooBusy });
const never = () => new AbortController().signal;
/** Whether it has been admitted by now. */
async function isIn(added: Promise<void>): Promise<boolean> {
  let isAdmitted = false;
  added.then(
    () => {
      isAdmitted = true;
    },
    () => undefined,
  );
  await new Promise((later) => setTimeout(later, 0));
  return isAdmitted;
}

test('the oldest holder always goes on, so that requests never wait for one another', async () => {
  const budget = make();
  const [first, second] = [budget.open(never()), budget.open(never())];
  await first.add(50);
  await second.add(50);
  const more = second.add(50);
  expect(await isIn(more)).toBe(false);
  await first.add(50);
  expect(await isIn(more)).toBe(false);
  first.release();
  expect(await isIn(more)).toBe(true);
  second.release();
  expect(budget.takenBytes).toBe(0);
});

test('a request that waits becomes the oldest once the others have gone', async () => {
  const budget = make();
  const [first, second] = [budget.open(never()), budget.open(never())];
  await first.add(90);
  await second.add(10);
  const more = second.add(300);
  expect(await isIn(more)).toBe(false);
  first.give(90);
  expect(await isIn(more)).toBe(true);
});

test('those who hold nothing are served in order, and small ones do not pass large ones', async () => {
  const budget = make();
  const [holder, large, small] = [budget.open(never()), budget.open(never()), budget.open(never())];
  await holder.add(80);
  const largeIn = large.add(60);
  const smallIn = small.add(10);
  expect(await isIn(smallIn)).toBe(false);
  holder.give(50);
  expect(await isIn(largeIn)).toBe(true);
  expect(await isIn(smallIn)).toBe(true);
});

test('nobody waits for ever, nor longer than its request', async () => {
  const budget = make({ waitMs: 20 });
  const control = new AbortController();
  const [holder, late, left] = [budget.open(never()), budget.open(never()), budget.open(control.signal)];
  await holder.add(100);
  const waiting = left.add(1);
  control.abort(new Error('the client left'));
  await expect(waiting).rejects.toThrow('the client left');
  await expect(late.add(1)).rejects.toMatchObject({ code: 'queue_timeout' });
  holder.release();
  expect(budget.takenBytes).toBe(0);
  await expect(holder.add(1)).rejects.toBeDefined();
});
