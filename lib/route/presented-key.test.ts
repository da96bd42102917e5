import { expect, test } from 'vitest';
import { findPresentedKey } from './presented-key';

const find = (headers: Record<string, string>, query = '') =>
  findPresentedKey(new Request(`http://gw.example/v1/models${query}`, { headers }));

test.each([
  ['a bearer', { authorization: 'Bearer sk-1' }, '', 'sk-1'],
  ['a bearer in small letters', { authorization: 'bearer sk-1' }, '', 'sk-1'],
  ['a bearer after several blanks', { authorization: 'BEARER   sk-1 ' }, '', 'sk-1'],
  ['x-api-key', { 'x-api-key': 'sk-1' }, '', 'sk-1'],
  ['api-key', { 'api-key': 'sk-1' }, '', 'sk-1'],
  ['x-goog-api-key', { 'x-goog-api-key': 'sk-1' }, '', 'sk-1'],
  ['the query', {}, '?key=sk-1', 'sk-1'],
  ['the bearer before others', { authorization: 'Bearer sk-1', 'x-api-key': 'sk-2' }, '?key=sk-3', 'sk-1'],
  [
    'another header where the proxy uses Authorization for itself',
    { authorization: 'Basic YTpi', 'x-api-key': 'sk-2' },
    '',
    'sk-2',
  ],
  ['no key', {}, '', undefined],
  ['an empty bearer', { authorization: 'Bearer ' }, '', undefined],
])('%s', (_place, headers, query, key) => {
  expect(find(headers, query)).toBe(key);
});
