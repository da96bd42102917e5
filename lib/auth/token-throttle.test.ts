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

test('after too many wrong ones from an address another wrong one is told to wait', async () => {
  const throttle = makeTokenThrottle();
  const outcomes = [];
  for (let tries = 0; tries < 25; tries += 1)
    outcomes.push(await outcomeOf(throttle.check('203.0.113.1', wrong)));
  expect(outcomes.slice(0, 20)).toEqual(Array(20).fill(undefined));
  expect(outcomes.at(-1)).toEqual(locked);
});

test('a right one passes, however many from its address were wrong', async () => {
  const throttle = makeTokenThrottle();
  for (let tries = 0; tries < 200; tries += 1) await outcomeOf(throttle.check('203.0.113.1', wrong));
  expect(await throttle.check('203.0.113.1', right)).toBe('found');
});

test('other addresses are not concerned, but the other ones of an IPv6 network are', async () => {
  const throttle = makeTokenThrottle();
  for (let tries = 0; tries < 25; tries += 1) await outcomeOf(throttle.check(`2001:db8::${tries}`, wrong));
  expect(await outcomeOf(throttle.check('2001:db8::ffff', wrong))).toEqual(locked);
  expect(await outcomeOf(throttle.check('2001:db8:0:1::1', wrong))).toBeUndefined();
  expect(await outcomeOf(throttle.check('203.0.113.2', wrong))).toBeUndefined();
});

test('a right one forgets what was counted', async () => {
  const throttle = makeTokenThrottle();
  const guess = async (times: number) => {
    for (let tries = 0; tries < times; tries += 1) await outcomeOf(throttle.check('203.0.113.3', wrong));
  };
  await guess(25);
  expect(await outcomeOf(throttle.check('203.0.113.3', wrong))).toEqual(locked);
  expect(await throttle.check('203.0.113.3', right)).toBe('found');
  expect(await outcomeOf(throttle.check('203.0.113.3', wrong))).toBeUndefined();
});
