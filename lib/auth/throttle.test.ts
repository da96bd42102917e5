import { describe, expect, test } from 'vitest';
import { createSignInThrottle } from './throttle';

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1_000);
const tries = (
  throttle: ReturnType<typeof createSignInThrottle>,
  attempts: { username: string; address: string }[],
) => attempts.map((attempt) => throttle.begin(attempt, at(0)));
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

test('five tries at one name from one address are free, the sixth waits', () => {
  const waits = tries(
    createSignInThrottle(),
    times(6, () => ({ username: 'ada', address: '10.0.0.1' })),
  );
  expect(waits).toEqual([undefined, undefined, undefined, undefined, undefined, 5]);
});

test('case and spaces do not make another name', () => {
  const throttle = createSignInThrottle();
  tries(
    throttle,
    times(5, () => ({ username: ' ADA ', address: '10.0.0.1' })),
  );
  expect(throttle.begin({ username: 'ada', address: '10.0.0.1' }, at(0))).toBe(5);
});

test('ten tries of one address are free whatever the name, the next waits', () => {
  const waits = tries(
    createSignInThrottle(),
    times(11, (index) => ({ username: `user-${index}`, address: '10.0.0.1' })),
  );
  expect(waits.slice(0, 10).every((wait) => wait === undefined)).toBe(true);
  expect(waits[10]).toBe(5);
});

test('the delay doubles with each failure, and stops growing', () => {
  const throttle = createSignInThrottle();
  let seconds = 0;
  const waits: number[] = [];
  for (let index = 0; index < 14; index += 1) {
    const wait = throttle.begin({ username: 'ada', address: undefined }, at(seconds));
    if (wait === undefined) continue;
    waits.push(wait);
    seconds += wait;
  }
  expect(waits.slice(0, 3)).toEqual([5, 10, 20]);
  expect(Math.max(...waits)).toBeLessThanOrEqual(60);
});

test('a try during the delay does not lengthen it', () => {
  const throttle = createSignInThrottle();
  tries(
    throttle,
    times(5, () => ({ username: 'ada', address: '10.0.0.9' })),
  );
  expect(throttle.begin({ username: 'ada', address: '10.0.0.9' }, at(1))).toBe(4);
  expect(throttle.begin({ username: 'ada', address: '10.0.0.9' }, at(2))).toBe(3);
});

test('the right password starts anew', () => {
  const throttle = createSignInThrottle();
  const attempt = { username: 'ada', address: '10.0.0.1' };
  tries(
    throttle,
    times(5, () => attempt),
  );
  throttle.succeed(attempt);
  expect(throttle.begin(attempt, at(0))).toBeUndefined();
});

test('an hour without a try is forgotten', () => {
  const throttle = createSignInThrottle();
  const attempt = { username: 'ada', address: '10.0.0.1' };
  tries(
    throttle,
    times(5, () => attempt),
  );
  expect(times(4, () => throttle.begin(attempt, at(3_700)))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('a stranger with many addresses never locks the owner out, and is slowed', () => {
  const throttle = createSignInThrottle();
  tries(
    throttle,
    times(600, (index) => ({ username: 'ada', address: `10.0.${index >> 8}.${index & 255}` })),
  );
  const owner = { username: 'ada', address: '192.0.2.1' };
  expect(throttle.begin(owner, at(0))).toBeUndefined();
  expect(throttle.slowdownMs(owner, at(0))).toBe(3_000);
});

test('an address that has signed in under the name is not slowed', () => {
  const throttle = createSignInThrottle();
  const owner = { username: 'ada', address: '192.0.2.1' };
  throttle.begin(owner, at(0));
  throttle.succeed(owner);
  tries(
    throttle,
    times(100, (index) => ({ username: 'ada', address: `10.0.0.${index}` })),
  );
  expect(throttle.slowdownMs(owner, at(0))).toBe(0);
  expect(throttle.slowdownMs({ ...owner, address: '192.0.2.2' }, at(0))).toBeGreaterThan(0);
});

test('addresses of one /64 of IPv6 count as one', () => {
  const waits = tries(
    createSignInThrottle(),
    times(6, (index) => ({ username: 'ada', address: `2001:db8:1:2::${index + 1}` })),
  );
  expect(waits[5]).toBe(5);
});

describe('the turn to compare a password', () => {
  const from = (index: number) => ({ username: `user-${index}`, address: `10.0.0.${index}` });

  test('comes to one at a time', async () => {
    const throttle = createSignInThrottle();
    let running = 0;
    let most = 0;
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((done) => setTimeout(done, 5));
      running -= 1;
    };
    await Promise.all(times(4, (index) => throttle.inTurn(from(index), work)));
    expect(most).toBe(1);
  });

  test('is refused when too many wait, without being counted, but not to a known address', async () => {
    const throttle = createSignInThrottle();
    const owner = { username: 'ada', address: '192.0.2.1' };
    throttle.succeed(owner);
    const order: string[] = [];
    const results = times(20, (index) => {
      const wait = throttle.begin(from(index), at(0));
      if (wait === undefined) void throttle.inTurn(from(index), async () => void order.push('stranger'));
      return wait;
    });
    expect(results.filter((wait) => wait === undefined)).toHaveLength(9);
    expect(results.at(-1)).toBe(2);
    expect(times(7, () => throttle.begin(from(19), at(0)))).toEqual(times(7, () => 2));
    expect(throttle.begin(owner, at(0))).toBeUndefined();
    await throttle.inTurn(owner, async () => void order.push('owner'));
    expect(order).toEqual(['stranger', 'owner']);
  });

  test('is given back by work that fails', async () => {
    const throttle = createSignInThrottle();
    await expect(throttle.inTurn(from(1), () => Promise.reject(new Error('no database')))).rejects.toThrow();
    expect(await throttle.inTurn(from(2), async () => 'next')).toBe('next');
  });
});
