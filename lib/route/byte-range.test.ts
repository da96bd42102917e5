import { expect, test } from 'vitest';
import { parseRange } from './byte-range';

test.each([
  ['a closed range', 'bytes=0-99', { start: 0, end: 99 }],
  ['one byte', 'bytes=5-5', { start: 5, end: 5 }],
  ['an open range', 'bytes=500-', { start: 500, end: 999 }],
  ['a suffix', 'bytes=-100', { start: 900, end: 999 }],
  ['a suffix longer than the file', 'bytes=-5000', { start: 0, end: 999 }],
  ['an end beyond the file', 'bytes=900-5000', { start: 900, end: 999 }],
  ['capitals', 'Bytes=0-1', { start: 0, end: 1 }],
  ['a start at the end', 'bytes=1000-', 'unsatisfiable'],
  ['a start beyond the end', 'bytes=2000-3000', 'unsatisfiable'],
  ['a suffix of nothing', 'bytes=-0', 'unsatisfiable'],
  ['no header', null, undefined],
  ['another unit', 'lines=0-1', undefined],
  ['nothing between', 'bytes=-', undefined],
  ['an end before the start', 'bytes=9-5', undefined],
  ['several ranges', 'bytes=0-1,5-6', undefined],
  ['words', 'bytes=a-b', undefined],
])('%s of 1000 bytes', (_rule, header, range) => {
  expect(parseRange(header, 1_000)).toEqual(range);
});

test('an empty file has no range', () => {
  expect(parseRange('bytes=0-', 0)).toBe('unsatisfiable');
});
