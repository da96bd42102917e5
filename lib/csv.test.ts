import { expect, test } from 'vitest';
import { encodeCsv } from './csv';

test.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "x"', '"say ""x"""'],
  ['two\nlines', '"two\nlines"'],
  ['=1+1', "'=1+1"],
  ['+49 30', "'+49 30"],
  ['-2', "'-2"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['  =1', "'  =1"],
  ['\t=1', "'\t=1"],
  ['=A1,"x"', `"'=A1,""x"""`],
  ['a=b', 'a=b'],
  [-2, '-2'],
  [null, ''],
  [undefined, ''],
  [true, 'true'],
])('%j is written as %j', (value, text) => {
  expect(encodeCsv([[value]])).toBe(`${text}\r\n`);
});

test('rows end in CRLF, cells are parted by commas', () => {
  expect(
    encodeCsv([
      ['a', 1],
      ['b', null],
    ]),
  ).toBe('a,1\r\nb,\r\n');
});
