import { expect, test } from 'vitest';
import { logsHref, spanOfDays, spanOfPoint } from './links';

test('a number leads to the requests that it counts', () => {
  expect(
    logsHref({ since: '2026-11-20T00:00:00.000Z', until: null, outcome: 'cancelled', type: 'image' }),
  ).toBe('/admin/logs?status=cancelled&status=left&type=image&from=2026-11-20T00%3A00%3A00.000Z');
  expect(logsHref({ outcome: ['succeeded', 'failed'], key: 'k1' })).toBe(
    '/admin/logs?status=success&status=failed&key=k1',
  );
});

test('days are those of the zone', () => {
  expect(spanOfDays('2026-11-20', '2026-11-20', 'Europe/Berlin')).toEqual({
    since: '2026-11-19T23:00:00.000Z',
    until: '2026-11-20T23:00:00.000Z',
  });
  expect(spanOfDays('2026-11-20', undefined, 'UTC')).toEqual({ since: '2026-11-20T00:00:00.000Z' });
});

test('the last point ends with its own length', () => {
  expect(spanOfPoint('2026-11-20T10:00:00.000Z', undefined, 'five_minutes').until).toBe(
    '2026-11-20T10:05:00.000Z',
  );
});
