import { expect, test } from 'vitest';
import { hashBody } from './submit-once';

const bytes = (...values: number[]) => new Uint8Array(values);

test.each([
  ['the order of keys', { a: 1, b: { c: 2, d: [3] } }, { b: { d: [3], c: 2 }, a: 1 }],
  ['null and absent', { a: 1, b: null, c: undefined }, { a: 1 }],
  ['null and absent, inside', { a: [{ b: null }] }, { a: [{}] }],
  ['a number in another spelling', JSON.parse('{"a":1.0}'), { a: 1 }],
])('is the same for %s', (_rule, one, other) => {
  expect(hashBody(one)).toBe(hashBody(other));
  expect(hashBody(one)).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  ['another value', { a: 1 }, { a: 2 }],
  ['a text for a number', { a: 1 }, { a: '1' }],
  ['a text for true', { a: true }, { a: 'true' }],
  ['an empty text for nothing', { a: '' }, {}],
  ['an empty object for nothing', { a: {} }, {}],
  ['another order in a list', { a: [1, 2] }, { a: [2, 1] }],
  ['one text for two', { a: ['xy'] }, { a: ['x', 'y'] }],
  ['a value at another place', { a: { b: 1 } }, { a: {}, b: 1 }],
  ['texts with halves of different characters', { a: '\ud800' }, { a: '\udbff' }],
  ['a name that looks like a piece', { a: 's1:b' }, { a: 's1:c' }],
])('differs for %s', (_rule, one, other) => {
  expect(hashBody(one)).not.toBe(hashBody(other));
});

test('files count by field, order and content', () => {
  const file = (field: string, ...values: number[]) => ({ field, bytes: bytes(...values) });
  const all = [
    [],
    [file('image', 1, 2)],
    [file('image', 1, 3)],
    [file('mask', 1, 2)],
    [file('image', 1), file('image', 2)],
    [file('image', 2), file('image', 1)],
  ].map((files) => hashBody({ prompt: 'x' }, files));
  expect(new Set(all).size).toBe(all.length);
});
