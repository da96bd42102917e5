import { expect, test } from 'vitest';
import { whyOver } from './poller';

const minute = 60_000;
const limit = 24 * 60 * minute;

test.each<[boolean, number, number | undefined, ReturnType<typeof whyOver>]>([
  [false, limit, undefined, undefined],
  [false, limit + 1, undefined, 'never_ended'],
  [false, 60 * minute, 59 * minute, undefined],
  [false, limit + 1, 0, 'lost'],
  [true, 10 * minute, undefined, undefined],
  [true, 10 * minute + 1, undefined, 'never_ended'],
  [true, minute, 30_000, undefined],
  [true, minute, 30_001, 'lost'],
])('a join %s, waited %i ms, unknown for %s ms: %s', (isJoin, waitedMs, unknownMs, why) => {
  expect(whyOver({ isJoin, waitedMs, unknownMs }, limit)).toBe(why);
});
