import { expect, test } from 'vitest';
import { tallyPlaywright, tallyVitest } from '../../scripts/lib/tally.mjs';

const vitest = (counts: Partial<Record<'passed' | 'failed' | 'pending' | 'todo' | 'unloaded', number>>) => ({
  numPassedTests: counts.passed ?? 0,
  numFailedTests: counts.failed ?? 0,
  numPendingTests: counts.pending ?? 0,
  numTodoTests: counts.todo ?? 0,
  testResults: Array.from({ length: counts.unloaded ?? 0 }, () => ({
    status: 'failed',
    assertionResults: [],
  })),
});

test.each([
  ['all passed', vitest({ passed: 3 }), 0, { passed: 3, failed: 0 }],
  ['some failed', vitest({ passed: 3, failed: 2 }), 1, { passed: 3, failed: 2 }],
  [
    'skipped and planned ones have failed',
    vitest({ passed: 3, pending: 1, todo: 1 }),
    0,
    { passed: 3, failed: 2, skipped: 2 },
  ],
  ['a file that does not load has failed', vitest({ passed: 3, unloaded: 1 }), 1, { passed: 3, failed: 1 }],
  ['no tests have failed', vitest({}), 0, { passed: 0, failed: 1 }],
  ['an error outside of tests has failed', vitest({ passed: 3 }), 1, { passed: 3, failed: 1 }],
  ['no report has failed', undefined, 0, { passed: 0, failed: 1 }],
])('Vitest: %s', (_rule, report, exitCode, expected) => {
  expect(tallyVitest(report, exitCode)).toEqual(expected);
});

const playwright = (expected: number, unexpected = 0, flaky = 0, skipped = 0) => ({
  stats: { expected, unexpected, flaky, skipped },
});

test.each([
  ['all passed', playwright(2), 0, { passed: 2, failed: 0 }],
  [
    'failed, repeated and skipped ones have failed',
    playwright(2, 1, 1, 1),
    1,
    { passed: 2, failed: 3, skipped: 1 },
  ],
  ['no tests have failed', playwright(0), 1, { passed: 0, failed: 1 }],
  ['no report has failed', undefined, 1, { passed: 0, failed: 1 }],
])('Playwright: %s', (_rule, report, exitCode, expected) => {
  expect(tallyPlaywright(report, exitCode)).toEqual(expected);
});
