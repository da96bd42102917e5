import { expect, test } from 'vitest';
import type { UsageRow } from '@/lib/admin-api/usage';
import { nextSort, readUsageView, sortUsage, toUsageQuery } from './usage-view';

const row = (label: string, requests: number, rate: number | null): UsageRow => ({
  value: label,
  id: null,
  label,
  requests,
  succeeded: requests,
  failed: 0,
  refused: 0,
  rate_limited: 0,
  cancelled: 0,
  success_rate: rate,
  images: 0,
  videos: 0,
  credits: 0,
  average_ms: null,
  p50_ms: null,
  p95_ms: null,
  image_p50_ms: null,
  image_p95_ms: null,
  video_p50_ms: null,
  video_p95_ms: null,
  errors: [],
});
const rows = [row('b', 1, 0.5), row('a', 3, null), row('c', 2, 0.9)];

test.each([
  ['', ['b', 'a', 'c']],
  ['name', ['a', 'b', 'c']],
  ['-name', ['c', 'b', 'a']],
  ['-requests', ['a', 'c', 'b']],
  ['requests', ['b', 'c', 'a']],
  ['success', ['b', 'c', 'a']],
  ['-success', ['c', 'b', 'a']],
] as const)('sorted by "%s", what is not known last', (sort, expected) => {
  expect(sortUsage(rows, sort).map(({ label }) => label)).toEqual(expected);
});

test('a column begins with the most and is turned round by the next click', () => {
  expect(nextSort('', 'images')).toBe('-images');
  expect(nextSort('-images', 'images')).toBe('images');
  expect(nextSort('images', 'images')).toBe('-images');
  expect(nextSort('-images', 'name')).toBe('name');
});

test('the hours asked for are as many as the range says, the one under way among them', () => {
  const now = new Date('2026-11-20T12:33:00Z');
  const view = readUsageView({ group: 'day', range: '24h' }, now);
  expect(toUsageQuery(view, now)).toEqual({ group: 'day', from: '2026-11-19T13:00:00.000Z' });
  expect(readUsageView({ group: 'colour' }, now).group).toBe('model');
});
