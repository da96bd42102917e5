import { expect, test } from 'vitest';
import { dayOf, endOfDay, lastDays } from './day';

test.each([
  ['2026-11-23T22:59:59Z', 'Europe/Berlin', '2026-11-23'],
  ['2026-11-23T23:00:00Z', 'Europe/Berlin', '2026-11-24'],
  ['2026-11-23T15:59:59Z', 'Asia/Shanghai', '2026-11-23'],
  ['2026-11-23T16:00:00Z', 'Asia/Shanghai', '2026-11-24'],
  ['2026-03-01T04:59:59Z', 'America/New_York', '2026-02-28'],
])('%s in %s is %s', (at, zone, day) => {
  expect(dayOf(new Date(at), zone)).toBe(day);
});

test.each([
  ['an ordinary day', '2026-11-23T12:00:00Z', 'Europe/Berlin', '2026-11-23T23:00:00.000Z'],
  ['exactly at midnight', '2026-11-23T23:00:00Z', 'Europe/Berlin', '2026-11-24T23:00:00.000Z'],
  ['a day of 25 hours', '2026-10-24T22:00:00Z', 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
  ['a day of 23 hours', '2026-03-28T23:00:00Z', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
  ['clocks that move at midnight', '2026-09-05T12:00:00Z', 'America/Santiago', '2026-09-06T04:00:00.000Z'],
  ['half hours from Greenwich', '2026-11-23T12:00:00Z', 'Asia/Kolkata', '2026-11-23T18:30:00.000Z'],
])('the day ends: %s', (_what, at, zone, end) => {
  expect(endOfDay(new Date(at), zone).toISOString()).toBe(end);
});

test('the last days end with today and leave none out', () => {
  expect(lastDays('2026-03-02', 4)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02']);
});
