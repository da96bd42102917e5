import { expect, test } from 'vitest';
import { isLost, pauseAfter } from './live-state';

test.each([
  [5_000, 0, 5_000],
  [5_000, 1, 5_000],
  [5_000, 2, 10_000],
  [5_000, 3, 20_000],
  [5_000, 5, 60_000],
  [5_000, 40, 60_000],
  [300_000, 9, 300_000],
])('every %i ms, after %i failures: in %i ms', (everyMs, failures, expected) => {
  expect(pauseAfter(everyMs, failures)).toBe(expected);
});

test('one failure is no lost connection, two are', () => {
  expect([0, 1, 2, 7].map((failures) => isLost({ failures }))).toEqual([false, false, true, true]);
});
