import { describe, expect, test } from 'vitest';
import { failedRows, isImported, type PreviewRow, readImport } from './import-file';

const fault = { fault: 'The file must hold a JSON array (up to 1,000 accounts, 5 MB).' };

describe('what is pasted', () => {
  test.each([
    ['no JSON', 'hello', fault],
    ['no list', '{"a": 1}', fault],
    ['more than 1,000 accounts', JSON.stringify(Array.from({ length: 1_001 }, () => ({}))), fault],
    ['more than 5 MB', JSON.stringify(['x'.repeat(5_000_001)]), fault],
    ['an empty list', '[]', { fault: 'The file holds no accounts.' }],
    ['a list', '[{"email": "ann@example.com"}]', { accounts: [{ email: 'ann@example.com' }] }],
    ['a list behind a byte order mark', '\uFEFF[1]', { accounts: [1] }],
  ])('%s', (_what, text, expected) => {
    expect(readImport(text)).toEqual(expected);
  });
});

const row = (number: number, status: PreviewRow['status'], reason?: string): PreviewRow => ({
  row: number,
  email: null,
  status,
  ...(reason === undefined ? {} : { reason }),
});

test.each([
  ['new', 'add_only', true],
  ['update', 'add_only', false],
  ['update', 'add_and_update', true],
  ['duplicate', 'add_and_update', false],
  ['invalid', 'add_and_update', false],
] as const)('a row that is %s with %s: %s', (status, mode, expected) => {
  expect(isImported(row(1, status), mode)).toBe(expected);
});

test('the rows to mend are those that were refused and those that failed, in the order of the file', () => {
  const accounts = [{ email: 'a' }, 'nonsense', { email: 'c' }, { email: 'd' }];
  const rows = [row(1, 'new'), row(2, 'invalid', 'This is not an account.'), row(3, 'new'), row(4, 'new')];
  const results = [
    { row: 1, email: 'a', account_id: null, outcome: 'failed' as const, reason: 'No.' },
    { row: 2, email: 'c', account_id: 'x', outcome: 'added' as const },
    { row: 3, email: 'd', account_id: null, outcome: 'failed' as const, reason: 'No!' },
  ];
  expect(failedRows(accounts, rows, [1, 3, 4], { results })).toEqual([
    { email: 'a', import_error: 'No.' },
    { account: 'nonsense', import_error: 'This is not an account.' },
    { email: 'd', import_error: 'No!' },
  ]);
});
