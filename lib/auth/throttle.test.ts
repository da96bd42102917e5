import { expect, test } from 'vitest';
import { createSignInThrottle } from './throttle';

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1_000);
const tries = (
  throttle: ReturnType<typeof createSignInThrottle>,
  attempts: { username: string; address: string }[],
) => attempts.map((attempt) => throttle.begin(attempt, at(0)));
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

test('five tries at one name are free, the sixth waits', () => {
  const waits = tries(
    createSignInThrottle(),
    times(6, (index) => ({ username: 'ada', address: `10.0.0.${index}` })),
  );
  expect(waits).toEqual([undefined, undefined, undefined, undefined, undefined, 5]);
});

test('case and spaces do not make another name', () => {
  const throttle = createSignInThrottle();
  tries(
    throttle,
    times(5, (index) => ({ username: ' ADA ', address: `10.0.0.${index}` })),
  );
  expect(throttle.begin({ username: 'ada', address: '10.0.1.1' }, at(0))).toBe(5);
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
  for (let index = 0; index < 12; index += 1) {
    const wait = throttle.begin({ username: 'ada', address: `10.0.0.${index}` }, at(seconds));
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
    times(5, (index) => ({ username: 'ada', address: `10.0.0.${index}` })),
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
