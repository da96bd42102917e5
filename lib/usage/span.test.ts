import { expect, test } from 'vitest';
import { previousOf, spanOf } from './span';

const now = new Date('2026-11-20T12:33:00Z');
const zone = 'Europe/Berlin';
const iso = (at: Date | undefined) => at?.toISOString();

test.each([
  ['1h', 'five_minutes', 12, '2026-11-20T11:35:00.000Z', '2026-11-20T12:30:00.000Z'],
  ['24h', 'hour', 24, '2026-11-19T13:00:00.000Z', '2026-11-20T12:00:00.000Z'],
  ['7d', 'six_hours', 28, '2026-11-13T17:00:00.000Z', '2026-11-20T11:00:00.000Z'],
  ['30d', 'day', 30, '2026-10-21T22:00:00.000Z', '2026-11-19T23:00:00.000Z'],
] as const)(
  '%s is so many whole parts, the one under way among them',
  (range, bucket, count, first, last) => {
    const span = spanOf({ range }, now, zone);
    expect([span.bucket, span.starts.length, span.until]).toEqual([bucket, count, undefined]);
    expect([iso(span.since), iso(span.starts[0]), iso(span.starts.at(-1))]).toEqual([first, first, last]);
  },
);

test.each([
  ['1h', '2026-11-20T10:35:00.000Z', '2026-11-20T11:33:00.000Z'],
  ['24h', '2026-11-18T13:00:00.000Z', '2026-11-19T12:33:00.000Z'],
  ['7d', '2026-11-06T17:00:00.000Z', '2026-11-13T12:33:00.000Z'],
  ['30d', '2026-09-21T22:00:00.000Z', '2026-10-21T12:33:00.000Z'],
] as const)('the one before %s ends as long after its beginning', (range, since, until) => {
  const before = previousOf(spanOf({ range }, now, zone), now);
  expect([iso(before.since), iso(before.until)]).toEqual([since, until]);
});

test.each([
  ['2026-11-20T09:02:00Z', '2026-11-20T11:00:00Z', 'five_minutes', 24, '2026-11-20T09:00:00.000Z'],
  ['2026-11-19T09:30:00Z', '2026-11-20T09:30:00Z', 'hour', 25, '2026-11-19T09:00:00.000Z'],
  ['2026-11-15T08:00:00Z', '2026-11-20T08:00:00Z', 'six_hours', 21, '2026-11-15T05:00:00.000Z'],
  ['2026-10-20T08:00:00Z', '2026-11-02T08:00:00Z', 'day', 14, '2026-10-19T22:00:00.000Z'],
  ['2026-03-01T00:00:00Z', '2026-11-01T00:00:00Z', 'week', 36, '2026-02-28T23:00:00.000Z'],
])('from %s to %s in parts that fit', (since, until, bucket, count, first) => {
  const span = spanOf({ range: 'custom', since, until }, now, zone);
  expect([span.bucket, span.starts.length, iso(span.since)]).toEqual([bucket, count, first]);
});

test('a span up to a moment to come goes on', () => {
  const span = spanOf(
    { range: 'custom', since: '2026-11-20T00:00:00Z', until: '2026-12-01T00:00:00Z' },
    now,
    zone,
  );
  expect(span.until).toBeUndefined();
});

test('days have the length that they have', () => {
  const { starts } = spanOf(
    { range: 'custom', since: '2026-10-20T00:00:00Z', until: '2026-10-30T00:00:00Z' },
    now,
    zone,
  );
  expect(starts.map(iso).slice(5, 7)).toEqual(['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z']);
});
