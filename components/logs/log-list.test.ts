import { expect, test } from 'vitest';
import { hidesTests, logList, rangeOf, spanOf, toLogFilter, toLogQuery } from './log-list';

const now = new Date('2026-11-20T12:00:00.000Z');
const read = (search: string) => logList.read(new URLSearchParams(search));

test.each([
  ['', '24h', { from: '2026-11-19T12:00:00.000Z' }],
  ['range=1h', '1h', { from: '2026-11-20T11:00:00.000Z' }],
  ['range=7d', '7d', { from: '2026-11-13T12:00:00.000Z' }],
  ['range=30d', '30d', { from: '2026-10-21T12:00:00.000Z' }],
  ['range=all', 'all', {}],
  ['range=2y', '24h', { from: '2026-11-19T12:00:00.000Z' }],
  ['range=custom', '24h', { from: '2026-11-19T12:00:00.000Z' }],
  ['from=2026-11-01', 'custom', { from: '2026-11-01T00:00:00.000Z' }],
  ['range=1h&to=2026-11-02T10:00:00Z', 'custom', { to: '2026-11-02T10:00:00.000Z' }],
  [
    'from=2026-11-01&to=2026-11-02',
    'custom',
    { from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' },
  ],
])('the address ?%s is about the range %s', (search, range, span) => {
  expect(rangeOf(read(search))).toBe(range);
  expect(spanOf(read(search), now)).toEqual(span);
});

test.each([
  ['range=all', {}],
  ['range=all&status=failed&status=left&status=odd', { status: ['failed', 'left'] }],
  ['range=all&code=502&code=9&code=502', { code: [502] }],
  ['range=all&min_duration=1.5', { min_duration_ms: 1_500 }],
  ['range=all&min_duration=-1', {}],
  [
    'range=all&type=video&model=a&model=b&account=x&key=k&source=openai&q=%20boat%20',
    { type: ['video'], model: ['a', 'b'], account: ['x'], key: ['k'], source: ['openai'], q: 'boat' },
  ],
])('the address ?%s asks for %j', (search, filter) => {
  expect(toLogFilter(read(search), now)).toEqual(filter);
});

test('pages after the first one show nothing newer than it', () => {
  expect(toLogQuery(read('range=all&page=2'), '12.34', now)).toEqual({
    sort: '-at',
    page: 2,
    size: 20,
    until: '12.34',
  });
  expect(toLogQuery(read('range=all'), '12.34', now)).not.toHaveProperty('until');
});

test.each([
  ['', false],
  ['source=openai', true],
  ['source=openai&source=gemini&source=seed', true],
  ['source=openai&source=playground', false],
  ['source=console', false],
])('whether ?%s hides tests: %s', (search, expected) => {
  expect(hidesTests(read(search))).toBe(expected);
});
