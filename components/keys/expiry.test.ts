import { expect, test } from 'vitest';
import { dayOf, endOfDay, expiryOf } from './expiry';

const now = new Date('2026-11-23T15:00:00.000Z');
const at = { now, date: '', timeZone: 'UTC' };

test.each([
  ['never', null],
  ['7d', '2026-11-30T15:00:00.000Z'],
  ['30d', '2026-12-23T15:00:00.000Z'],
  ['90d', '2027-02-21T15:00:00.000Z'],
  ['date', ''],
] as const)('"%s" means %j', (choice, expected) => {
  expect(expiryOf(choice, at)).toBe(expected);
});

test.each([
  ['2026-12-31', 'UTC', '2026-12-31T23:59:59.000Z'],
  ['2026-12-31', 'Asia/Shanghai', '2026-12-31T15:59:59.000Z'],
  ['2026-07-01', 'America/New_York', '2026-07-02T03:59:59.000Z'],
  ['2026-03-08', 'America/New_York', '2026-03-09T03:59:59.000Z'],
  ['2026-11-01', 'America/New_York', '2026-11-02T04:59:59.000Z'],
])('the day %s in %s ends at %s', (day, zone, end) => {
  expect(endOfDay(day, zone)?.toISOString()).toBe(end);
  expect(dayOf(new Date(end), zone)).toBe(day);
});

test('what is no day has no end', () => {
  expect(endOfDay('', 'UTC')).toBeUndefined();
  expect(endOfDay('2026-13-01', 'UTC')).toBeUndefined();
});
