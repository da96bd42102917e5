import { expect, test } from 'vitest';
import { neighbours } from './neighbours';

test.each([
  ['a', { previous: undefined, next: 'b' }],
  ['b', { previous: 'a', next: 'c' }],
  ['c', { previous: 'b', next: undefined }],
  ['gone', { previous: undefined, next: 'a' }],
])('%s', (id, expected) => {
  expect(neighbours(['a', 'b', 'c'], id)).toEqual(expected);
});
