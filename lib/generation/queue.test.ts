import { expect, test } from 'vitest';
import { fairOrder } from './queue';

const job = (id: string, key: string | null, minute: number, served: number | null = null) => ({
  id,
  apiKeyId: key,
  createdAt: new Date(minute * 60_000),
  keyServedAt: served === null ? null : new Date(served * 60_000),
});
const order = (...heads: ReturnType<typeof job>[]) =>
  fairOrder(heads)
    .map(({ id }) => id)
    .join(' ');

test('within a key, first come, first served', () => {
  expect(order(job('b', 'k', 2), job('a', 'k', 1), job('c', 'k', 3))).toBe('a b c');
});

test('a key with many jobs does not hold up one with few', () => {
  expect(order(job('a1', 'a', 1), job('a2', 'a', 2), job('a3', 'a', 3), job('b1', 'b', 4))).toBe(
    'a1 b1 a2 a3',
  );
});

test('the key that waited longest since its turn is first, though its job is younger', () => {
  expect(order(job('a1', 'a', 1, 50), job('b1', 'b', 2, 40))).toBe('b1 a1');
});

test('a key that never had a turn goes before all that had one', () => {
  expect(order(job('a1', 'a', 1, 50), job('b1', 'b', 2))).toBe('b1 a1');
});

test('jobs without a key form one line of their own', () => {
  expect(order(job('n1', null, 1), job('n2', null, 2), job('a1', 'a', 3))).toBe('n1 a1 n2');
});

test('every job gets exactly one place', () => {
  const heads = Array.from({ length: 200 }, (_, index) => job(`j${index}`, `k${index % 7}`, index % 13));
  expect(new Set(fairOrder(heads)).size).toBe(200);
});
