/** How the marks of a line of numbers are told apart without colour. */
export type Hatch = 'plain' | 'rising' | 'dots' | 'falling' | 'upright' | 'level';

export type ChartColor = 1 | 2 | 3 | 4 | 5 | 6;

/** One line of numbers of a chart. */
export type ChartSeries = {
  key: string;
  name: string;
  color: ChartColor;
  /** Of columns, bars and areas. */
  hatch?: Hatch;
  /** Of lines: broken ones. */
  isDashed?: boolean;
  /** Where all that it counts is listed. */
  href?: string;
};

/** One place on the axis. */
export type ChartRow = {
  id: string;
  /** Short, for the axis. */
  label: string;
  /** In full, for the table and where one points. */
  title: string;
  /** By series; null: there is nothing, and so there is a gap. */
  values: Readonly<Record<string, number | null>>;
};

/** Stacked columns, columns beside each other, lines, areas in steps, or bars that lie. */
export type ChartKind = 'stacked' | 'grouped' | 'lines' | 'steps' | 'bars';

export type ChartData = { series: readonly ChartSeries[]; rows: readonly ChartRow[] };

/** Where the numbers of one place on the axis are listed: of one line, or of all. */
export type PointHref = (row: ChartRow, series?: ChartSeries) => string | undefined;

/** Whether there is anything to be drawn: noughts alone say as much as nothing. */
export const hasNumbers = ({ series, rows }: ChartData): boolean =>
  rows.some(({ values }) => series.some(({ key }) => (values[key] ?? 0) !== 0));

/** Whether anything at all is known, if only noughts. */
export const hasAny = ({ series, rows }: ChartData): boolean =>
  rows.some(({ values }) => series.some(({ key }) => typeof values[key] === 'number'));

/** Where the lines of a chart are lowest and highest, for the sentence that stands for it. */
export function extremes({ series, rows }: ChartData): { row: ChartRow; value: number }[] {
  const totals = rows.flatMap((row) => {
    const known = series.flatMap(({ key }) => row.values[key] ?? []);
    return known.length === 0 ? [] : [{ row, value: known.reduce((sum, value) => sum + value, 0) }];
  });
  const [first] = totals;
  if (first === undefined) return [];
  const highest = totals.reduce((best, one) => (one.value > best.value ? one : best), first);
  const lowest = totals.reduce((best, one) => (one.value < best.value ? one : best), first);
  return [highest, lowest];
}

/** Which place on the axis a pointer is over, where every place is as wide as every other. */
export function placeAt(position: number, start: number, length: number, count: number): number | undefined {
  if (length <= 0 || count === 0) return undefined;
  const place = Math.floor(((position - start) / length) * count);
  return place < 0 || place >= count ? undefined : place;
}

/** The place to go to by a key; `undefined`: the key means nothing here. */
export function placeByKey(key: string, place: number | undefined, count: number): number | undefined {
  const last = count - 1;
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return place === undefined ? 0 : Math.min(last, place + 1);
    case 'ArrowLeft':
    case 'ArrowUp':
      return place === undefined ? last : Math.max(0, place - 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}
