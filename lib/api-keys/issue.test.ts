import { expect, test } from 'vitest';
import { hashApiKey, hintOf, isWeakApiKey, makeApiKey } from './issue';

test('a made key is sk- and 40 or more letters and digits, each time others', () => {
  const keys = Array.from({ length: 100 }, makeApiKey);
  for (const key of keys) expect(key).toMatch(/^sk-[A-Za-z0-9]{40,}$/);
  expect(new Set(keys).size).toBe(100);
});

test('a hint tells keys apart without giving one away', () => {
  const key = makeApiKey();
  expect(hintOf(key)).toBe(`${key.slice(0, 6)}…${key.slice(-4)}`);
  expect(hintOf('short-secret')).toBe('sh…');
});

test('the hash of a key stays the same in every release', () => {
  expect(hashApiKey('sk-example')).toBe('f0421bb301017b34a8e00284ac53115484605edfbef1298320621feefc0bfef7');
});

test.each([
  ['abc123', true],
  ['my-gateway-key', true],
  ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', true],
  [makeApiKey(), false],
  ['3f8a1c5e9b7d2460f1e2d3c4b5a69788', false],
])('%s is weak: %s', (value, expected) => {
  expect(isWeakApiKey(value)).toBe(expected);
});
