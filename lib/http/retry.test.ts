import { describe, expect, test } from 'vitest';
import { backoffMs, parseRetryAfter, retry, sleep } from './retry';

const backoff = { baseMs: 1_000, ceilingMs: 8_000 };
const signal = new AbortController().signal;

test.each([
  ['begins with the base', 1, 1, undefined, 1_000],
  ['doubles', 3, 1, undefined, 4_000],
  ['ends at the ceiling', 9, 1, undefined, 8_000],
  ['ends at the ceiling however often it was tried', 5_000, 1, undefined, 8_000],
  ['is half of it where chance says nothing', 3, 0, undefined, 2_000],
  ['is what the other side asks for', 1, 0, 60, 60_000],
  ['is not shortened by what the other side asks for', 9, 1, 1, 8_000],
])('a pause %s', (_rule, attempt, chance, retryAfterSeconds, expected) => {
  expect(backoffMs(attempt, backoff, () => chance, retryAfterSeconds)).toBe(expected);
});

describe('retrying', () => {
  const quick = { attempts: 3, backoff: { baseMs: 1, ceilingMs: 1 }, signal };
  const failing = (times: number) => {
    const attempts: number[] = [];
    const run = async (attempt: number) => {
      attempts.push(attempt);
      if (attempt <= times) throw new Error(`failure ${attempt}`);
      return 'done';
    };
    return { attempts, run };
  };

  test('ends with the first success', async () => {
    const { attempts, run } = failing(2);
    expect(await retry({ ...quick, again: () => ({}) }, run)).toBe('done');
    expect(attempts).toEqual([1, 2, 3]);
  });

  test('throws the last failure when the attempts are used up', async () => {
    await expect(retry({ ...quick, again: () => ({}) }, failing(9).run)).rejects.toThrow('failure 3');
  });

  test('does not try again what cannot succeed', async () => {
    const { attempts, run } = failing(9);
    await expect(retry({ ...quick, again: () => false }, run)).rejects.toThrow('failure 1');
    expect(attempts).toEqual([1]);
  });

  test('ends within its pause when the signal fires', async () => {
    const control = new AbortController();
    const retried = retry(
      { ...quick, signal: control.signal, again: () => ({ retryAfterSeconds: 60 }) },
      failing(9).run,
    );
    const outcome = retried.catch((error: unknown) => error);
    const reason = new Error('stopped');
    setTimeout(() => control.abort(reason), 5);
    expect(await outcome).toBe(reason);
  });
});

test('a sleep with a signal that has fired does not begin', async () => {
  await expect(sleep(60_000, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
});

test.each([
  ['120', 120],
  [' 0 ', 0],
  ['Mon, 23 Nov 2026 10:00:30 GMT', 30],
  ['Mon, 23 Nov 2026 09:00:00 GMT', 0],
  ['soon', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %j is %j seconds', (value, expected) => {
  expect(parseRetryAfter(value, new Date('2026-11-23T10:00:00Z'))).toBe(expected);
});
