import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Tries } from '@/db/repositories/tries';
import { type Attempt, countedKeys, countSuccess, countTry, keysOf, rule } from './throttle-rules';

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1_000);
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const owner = { username: 'ada', address: '192.0.2.1' };

/** The counts of one installation, kept as the rules say. */
function counts() {
  const kept = new Map<string, Tries>();
  const current = (seconds: number) =>
    new Map([...kept].filter(([, { forgottenAt }]) => forgottenAt > at(seconds)));
  const look = (attempt: Attempt, seconds = 0) => rule(current(seconds), keysOf(attempt, hash), at(seconds));
  return {
    look,
    /** The seconds to wait; `undefined` when it may go on, and is counted. */
    begin(attempt: Attempt, seconds = 0): number | undefined {
      const ruling = look(attempt, seconds);
      if (ruling.outcome === 'locked') return ruling.retryAfterSeconds;
      const counted = countedKeys(keysOf(attempt, hash), ruling.isKnown);
      for (const [key, tries] of countTry(current(seconds), counted, at(seconds))) kept.set(key, tries);
      return undefined;
    },
    succeed(attempt: Attempt, seconds = 0) {
      const keys = keysOf(attempt, hash);
      for (const [key, tries] of countSuccess(current(seconds), keys, at(seconds))) kept.set(key, tries);
      kept.delete(keys.pair);
      kept.delete(keys.address ?? '');
    },
  };
}

test('five tries at one name from one address are free, the sixth waits', () => {
  const { begin } = counts();
  const waits = times(6, () => begin({ username: 'ada', address: '10.0.0.1' }));
  expect(waits).toEqual([undefined, undefined, undefined, undefined, undefined, 5]);
});

test('case and spaces do not make another name', () => {
  const { begin } = counts();
  times(5, () => begin({ username: ' ADA ', address: '10.0.0.1' }));
  expect(begin({ username: 'ada', address: '10.0.0.1' })).toBe(5);
});

test('ten tries of one address are free whatever the name, the next waits', () => {
  const { begin } = counts();
  const waits = times(11, (index) => begin({ username: `user-${index}`, address: '10.0.0.1' }));
  expect(waits.slice(0, 10).every((wait) => wait === undefined)).toBe(true);
  expect(waits[10]).toBe(5);
});

test('the delay doubles with each failure, and stops growing', () => {
  const { begin } = counts();
  let seconds = 0;
  const waits: number[] = [];
  for (let index = 0; index < 30; index += 1) {
    const wait = begin({ username: 'ada', address: undefined }, seconds);
    if (wait === undefined) continue;
    waits.push(wait);
    seconds += wait;
  }
  expect(waits.slice(0, 6)).toEqual([5, 10, 20, 40, 60, 60]);
});

test('a try during the delay does not lengthen it', () => {
  const { begin } = counts();
  const from = { username: 'ada', address: '10.0.0.9' };
  times(5, () => begin(from));
  expect([begin(from, 1), begin(from, 2)]).toEqual([4, 3]);
});

test('the right password starts anew', () => {
  const { begin, succeed } = counts();
  times(5, () => begin(owner));
  succeed(owner);
  expect(begin(owner)).toBeUndefined();
});

test('an hour without a try is forgotten', () => {
  const { begin } = counts();
  times(5, () => begin(owner));
  expect(times(4, () => begin(owner, 3_700))).toEqual(times(4, () => undefined));
});

const stranger = (index: number): Attempt => ({
  username: 'ada',
  address: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
});

test('a name tried from ever other addresses gets twenty tries, then one with growing pauses, up to a minute', () => {
  const { begin } = counts();
  const triedAt: number[] = [];
  for (let seconds = 0; seconds < 3_600 && triedAt.length < 100; seconds += 1)
    times(3, (index) => {
      if (begin(stranger(seconds * 3 + index), seconds) === undefined) triedAt.push(seconds);
    });
  const pauses = triedAt.slice(20).map((seconds, index) => seconds - (triedAt[index + 19] ?? 0));
  expect(triedAt[19]).toBe(6);
  expect(pauses.slice(0, 6)).toEqual([5, 10, 20, 40, 60, 60]);
  expect(triedAt.length).toBeLessThan(85);
});

test('an address that has signed in under the name does not wait for that, for a month', () => {
  const { begin, look, succeed } = counts();
  begin(owner);
  succeed(owner);
  times(100, (index) => begin(stranger(index)));
  expect(look(owner)).toEqual({ outcome: 'open', isKnown: true });
  expect(look({ ...owner, address: '192.0.2.2' })).toEqual({ outcome: 'locked', retryAfterSeconds: 5 });
  expect(look(owner, 29 * 86_400)).toMatchObject({ isKnown: true });
  expect(look(owner, 31 * 86_400)).toMatchObject({ isKnown: false });
});

test('what is tried from a known address, and what was right, is no guess that others have to wait for', () => {
  const { begin, look, succeed } = counts();
  const elsewhere = times(30, (index) => stranger(index));
  for (const attempt of elsewhere) {
    begin(attempt);
    succeed(attempt);
  }
  times(100, (index) => begin(stranger(0), index * 60));
  expect(look(owner, 5_941)).toEqual({ outcome: 'open', isKnown: false });
});

test('a right password from one address forgives the guesses of others nothing', () => {
  const { begin, look, succeed } = counts();
  begin(owner);
  times(19, (index) => begin(stranger(index)));
  succeed(owner);
  expect(begin(stranger(20))).toBeUndefined();
  expect(look(stranger(21))).toEqual({ outcome: 'locked', retryAfterSeconds: 5 });
});

test('addresses of one /64 of IPv6 count as one', () => {
  const { begin } = counts();
  const waits = times(6, (index) => begin({ username: 'ada', address: `2001:db8:1:2::${index + 1}` }));
  expect(waits[5]).toBe(5);
});

test('what is no name of anybody is limited for each address by itself, not across them', () => {
  const { begin } = counts();
  const from = (index: number): Attempt => ({ ...stranger(index), acrossAddresses: false });
  times(100, (index) => begin(from(index)));
  expect(begin(from(100))).toBeUndefined();
  expect(times(6, () => begin(from(101)))[5]).toBe(5);
});

test('no key shows what was typed', () => {
  const keys = keysOf({ username: 'hunter2', address: '192.0.2.1' }, hash);
  expect(JSON.stringify(keys)).not.toMatch(/hunter2|192\.0\.2\.1/);
});
