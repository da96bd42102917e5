import { describe, expect, test } from 'vitest';
import { estimatePercent, median, progressOf } from './progress';

test.each([
  [[], undefined],
  [[7], 7],
  [[9, 1, 5], 5],
  [[4, 1, 2, 3], 3],
])('the median of %j is %s', (values, expected) => {
  expect(median(values)).toBe(expected);
});

describe('estimated percent', () => {
  test('follows the clock up to 90', () => {
    expect([0, 10_000, 50_000, 90_000].map((elapsed) => estimatePercent(elapsed, 100_000))).toEqual([
      0, 10, 50, 90,
    ]);
  });

  test('never falls and never reaches 100, however late it gets', () => {
    let before = 0;
    for (let elapsed = 0; elapsed < 3_000_000; elapsed += 1_000) {
      const percent = estimatePercent(elapsed, 60_000);
      expect(percent).toBeGreaterThanOrEqual(before);
      expect(percent).toBeLessThan(100);
      before = percent;
    }
  });
});

describe('progress of a job', () => {
  const now = new Date(1_000_000);
  const startedAt = new Date(950_000);

  test.each([
    [
      'upstream knows better than history',
      { startedAt, progress: 12, expectedMs: 100_000 },
      { percent: 12, estimated: false },
    ],
    [
      'history is marked as an estimate',
      { startedAt, progress: null, expectedMs: 100_000 },
      { percent: 50, estimated: true },
    ],
    ['without history there is no percent', { startedAt, progress: null, expectedMs: null }, undefined],
    [
      'upstream saying 100 before the end does not count as the end',
      { startedAt, progress: 100, expectedMs: null },
      { percent: 99, estimated: false },
    ],
  ])('%s', (_rule, facts, expected) => {
    expect(progressOf(facts, now)).toEqual(expected);
  });
});
