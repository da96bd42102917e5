import { expect, test } from 'vitest';
import type { TaskResult } from '@/lib/admin-api/tasks';
import { actionOf, failedIds, isDue } from './task-view';

test.each([
  ['accounts.import', 'import'],
  ['accounts.refresh_credits', 'refresh_credits'],
  ['accounts.something_new', undefined],
])('%s', (kind, action) => {
  expect(actionOf({ kind })).toBe(action);
});

test('what failed without an account cannot be tried again', () => {
  const result = (row: number, outcome: TaskResult['outcome'], account_id: string | null): TaskResult => ({
    row,
    email: null,
    account_id,
    outcome,
  });
  expect(
    failedIds({ results: [result(1, 'done', 'a'), result(2, 'failed', 'b'), result(3, 'failed', null)] }),
  ).toEqual(['b']);
});

test.each([
  ['the first word at once', undefined, 0, false, true],
  ['no more within ten seconds', 0, 9_999, false, false],
  ['after them again', 0, 10_000, false, true],
  ['the end in any case', 0, 1, true, true],
])('%s', (_rule, lastAt, now, isEnded, expected) => {
  expect(isDue(lastAt, now, isEnded)).toBe(expected);
});
