import { describe, expect, test } from 'vitest';
import { findJsonFault } from './json-fault';

test.each([
  ['{"a":1,}', 7],
  ['{"a":1 "b":2}', 7],
  ['{a:1}', 1],
  ["{'a':1}", 1],
  ['[1,2', 4],
  ['[1,]', 3],
  ['{"a"}', 4],
  ['{"a":}', 5],
  ['{"a":"b\\x"}', 7],
  ['{"a":"line\nbreak"}', 10],
  ['{"a":01}', 6],
  ['nul', 0],
  ['{} x', 3],
  ['{"a":"open', 10],
  ['{"a":[{"b":undefined}]}', 11],
])('%j stops being JSON at %i', (text, at) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(findJsonFault(text)).toBe(at);
});

describe('what JSON.parse takes is read to its end', () => {
  test.each([
    '{}',
    '[]',
    ' {"a" : [1, -2.5e+3, true, false, null, "\\u00e9\\n\\""], "b" : {"c" : []}} ',
    '"text"',
    '-0.5',
    `{"deep":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
  ])('%s', (text) => {
    JSON.parse(text);
    expect(findJsonFault(text)).toBe(text.length);
  });
});

test('a picture of ten megabytes in the way is no problem', () => {
  const picture = 'A'.repeat(10_000_000);
  expect(findJsonFault(`{"image":"${picture}",}`)).toBe(picture.length + 12);
});

test.each(['[', '{"a":', '[1,'])('megabytes of %s are not searched through', (piece) => {
  expect(findJsonFault(piece.repeat(1_000_000))).toBeUndefined();
});
