import { expect, test } from 'vitest';
import { isGatewayError } from '../errors';
import { makeTokenThrottle } from './token-throttle';

const wrong = () => undefined;
const right = () => 'found';

async function outcomeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    return isGatewayError(error) ? { code: error.code, retryAfterSeconds: error.retryAfterSeconds } : error;
  }
}

const locked = { code: 'rate_limited', retryAfterSeconds: expect.any(Number) };

test('after too many wrong ones from an address nothing from there is looked at', async () => {
  const throttle = makeTokenThrottle();
  let looked = 0;
  const look = () => {
    looked += 1;
    return undefined;
  };
  const outcomes = [];
  for (let tries = 0; tries < 25; tries += 1)
    outcomes.push(await outcomeOf(throttle.check('203.0.113.1', look)));
  expect(outcomes.slice(0, 20)).toEqual(Array(20).fill(undefined));
  expect(outcomes.at(-1)).toEqual(locked);
  expect(looked).toBe(21);
  expect(await outcomeOf(throttle.check('203.0.113.1', right))).toEqual(locked);
});

test('other addresses are not concerned, but the other ones of an IPv6 network are', async () => {
  const throttle = makeTokenThrottle();
  for (let tries = 0; tries < 25; tries += 1) await outcomeOf(throttle.check(`2001:db8::${tries}`, wrong));
  expect(await outcomeOf(throttle.check('2001:db8::ffff', right))).toEqual(locked);
  expect(await throttle.check('2001:db8:0:1::1', right)).toBe('found');
  expect(await throttle.check('203.0.113.2', right)).toBe('found');
});

test('a right one, and a sign-in, forget what was counted', async () => {
  const throttle = makeTokenThrottle();
  const guess = async (times: number) => {
    for (let tries = 0; tries < times; tries += 1) await outcomeOf(throttle.check('203.0.113.3', wrong));
  };
  await guess(19);
  expect(await throttle.check('203.0.113.3', right)).toBe('found');
  await guess(19);
  expect(await throttle.check('203.0.113.3', right)).toBe('found');
  await guess(25);
  await throttle.forget('203.0.113.3');
  expect(await throttle.check('203.0.113.3', right)).toBe('found');
});
