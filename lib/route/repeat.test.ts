import { expect, test } from 'vitest';
import { prefersAsync, readRepeat } from './repeat';

const request = (headers: Record<string, string>) => new Request('http://gw.example', { headers });
const read = (headers: Record<string, string>) => readRepeat(request(headers), '/v1/videos', 'hash');

test.each([
  ['no header', {}, { retryCount: 0 }],
  ['a key', { 'Idempotency-Key': ' order-7 ' }, { retryCount: 0, key: 'order-7' }],
  ['the longest key', { 'Idempotency-Key': 'k'.repeat(255) }, { retryCount: 0, key: 'k'.repeat(255) }],
  ['the first repeat of a library', { 'X-Stainless-Retry-Count': '1' }, { retryCount: 1 }],
  ['its first attempt', { 'X-Stainless-Retry-Count': '0' }, { retryCount: 0 }],
  ['a count that is none', { 'X-Stainless-Retry-Count': '-1; drop' }, { retryCount: 0 }],
  ['a count beyond reason', { 'X-Stainless-Retry-Count': '99999999999' }, { retryCount: 0 }],
])('%s', (_rule, headers, expected) => {
  expect(read(headers)).toEqual({ route: '/v1/videos', bodyHash: 'hash', ...expected });
});

test.each(['', '   ', 'k'.repeat(256)])('the key "%s" is refused', (key) => {
  expect(() => read({ 'Idempotency-Key': key })).toThrow(
    expect.objectContaining({
      code: 'invalid_request',
      wireCode: 'invalid_idempotency_key',
      param: 'Idempotency-Key',
    }),
  );
});

test.each([
  ['respond-async', true],
  ['Respond-Async, wait=10', true],
  ['return=minimal; respond-async', false],
  ['return=minimal, respond-async;x=1', true],
  ['wait=10', false],
  ['', false],
])('Prefer: %s', (prefer, expected) => {
  expect(prefersAsync(request({ Prefer: prefer }))).toBe(expected);
});
