import { expect, test } from 'vitest';
import { type ChartRow, type ChartSeries, extremes, hasNumbers, placeAt, placeByKey } from './chart-data';

const series: ChartSeries[] = [
  { key: 'a', name: 'A', color: 1 },
  { key: 'b', name: 'B', color: 2 },
];
const row = (id: string, a: number | null, b: number | null): ChartRow => ({
  id,
  label: id,
  title: id,
  values: { a, b },
});

test.each([
  ['nothing', [], false],
  ['gaps', [row('1', null, null)], false],
  ['noughts', [row('1', 0, 0)], false],
  ['a number', [row('1', 0, 3)], true],
])('%s: whether there is something to draw', (_what, rows, expected) => {
  expect(hasNumbers({ series, rows })).toBe(expected);
});

test('the highest and the lowest point are those of all lines together; gaps are neither', () => {
  const rows = [row('1', 2, 2), row('2', null, null), row('3', null, 1), row('4', 5, 0)];
  expect(extremes({ series, rows }).map((one) => [one.row.id, one.value])).toEqual([
    ['4', 5],
    ['3', 1],
  ]);
});

test.each([
  [39, undefined],
  [40, 0],
  [59.9, 0],
  [60, 1],
  [139.9, 4],
  [140, undefined],
])('at %d of places from 40 to 140 one is over place %s', (position, place) => {
  expect(placeAt(position, 40, 100, 5)).toBe(place);
});

test.each([
  ['ArrowRight', undefined, 0],
  ['ArrowLeft', undefined, 4],
  ['ArrowRight', 4, 4],
  ['ArrowUp', 0, 0],
  ['ArrowDown', 2, 3],
  ['End', 1, 4],
  ['Home', 3, 0],
  ['a', 3, undefined],
])('%s at %s leads to %s', (key, place, expected) => {
  expect(placeByKey(key, place, 5)).toBe(expected);
});
