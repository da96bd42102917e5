import { expect, test } from 'vitest';
import { fromLocalTime, toLocalTime } from './local-time';
import { readRange, tidyRange } from './range';

test.each([
  ['2026-11-20T13:05:00Z', 'Europe/Berlin', '2026-11-20T14:05'],
  ['2026-06-20T23:30:00Z', 'Asia/Kolkata', '2026-06-21T05:00'],
  ['2026-11-20T00:00:00Z', 'UTC', '2026-11-20T00:00'],
  ['2026-10-25T09:00:00Z', 'Europe/Berlin', '2026-10-25T10:00'],
])('%s in %s is %s, there and back', (at, zone, local) => {
  expect(toLocalTime(new Date(at), zone)).toBe(local);
  expect(fromLocalTime(local, zone)?.toISOString()).toBe(new Date(at).toISOString());
});

test('an empty field is no moment', () => {
  expect(fromLocalTime('', 'UTC')).toBeUndefined();
});

const now = new Date('2026-11-20T12:00:00Z');
const usual = { range: '24h', since: null, until: null };

test.each([
  ['nothing', {}, usual],
  ['another range', { range: '7d' }, { range: '7d', since: null, until: null }],
  ['an unknown range', { range: '2h' }, usual],
  ['a span without its beginning', { range: 'custom' }, usual],
  ['a span that ends before it begins', { range: 'custom', since: '2026-11-02', until: '2026-11-01' }, usual],
  ['a span of the future', { range: 'custom', since: '2026-12-01' }, usual],
  ['a span of years', { range: 'custom', since: '2020-01-01' }, usual],
  [
    'a span',
    { range: 'custom', since: '2026-11-01T00:00:00.000Z', until: '2026-11-02T00:00:00.000Z' },
    { range: 'custom', since: '2026-11-01T00:00:00.000Z', until: '2026-11-02T00:00:00.000Z' },
  ],
])('%s in the address', (_what, search, expected) => {
  expect(readRange(search, now)).toEqual(expected);
});

test('a fixed range forgets the ends of a custom one', () => {
  expect(tidyRange({ range: '1h', since: '2026-11-01', until: null }, now)).toEqual({
    range: '1h',
    since: null,
    until: null,
  });
});
