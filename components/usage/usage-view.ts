import { createLoader, type SearchParams } from 'nuqs/server';
import type { UsageRow } from '@/lib/admin-api/usage';
import { oneOf } from '../data-table/table-query';
import { type RangeState, readRange } from '../range/range';

export const usageGroups = ['model', 'account', 'key', 'day'] as const;
export type UsageGroup = (typeof usageGroups)[number];

export const usageColumns = ['requests', 'success', 'images', 'videos', 'credits', 'p50', 'p95'] as const;
export type UsageColumn = (typeof usageColumns)[number];

/** By name as well; `-`: the most first. */
export type UsageSort = 'name' | '-name' | UsageColumn | `-${UsageColumn}`;

const sorts = [
  'name',
  '-name',
  ...usageColumns.flatMap((column): UsageSort[] => [column, `-${column}`]),
] as const satisfies readonly UsageSort[];

/** What the page keeps in the address beside its range. Without a sort, days are in their order, others by requests. */
export const usageParsers = {
  group: oneOf(usageGroups, 'model'),
  sort: oneOf(['', ...sorts], ''),
};

const load = createLoader(usageParsers);

export type UsageView = { range: RangeState; group: UsageGroup };

/** The view of an address, for the server. */
export const readUsageView = (search: SearchParams, now: Date): UsageView => ({
  range: readRange(search, now),
  group: load(search).group,
});

const hour = 3_600_000;
const lengthMs = { '1h': hour, '24h': 24 * hour, '7d': 168 * hour, '30d': 720 * hour } as const;

/** What the endpoint is asked for: whole hours, the one under way among them. */
export function toUsageQuery({ range, group }: UsageView, now: Date) {
  if (range.range === 'custom' && range.since !== null) {
    return { group, from: range.since, ...(range.until === null ? {} : { to: range.until }) };
  }
  const length = lengthMs[range.range === 'custom' ? '24h' : range.range];
  const thisHour = Math.floor(now.getTime() / hour) * hour;
  return { group, from: new Date(thisHour - length + hour).toISOString() };
}

const values: Readonly<Record<UsageColumn, (row: UsageRow) => number | null>> = {
  requests: (row) => row.requests,
  success: (row) => row.success_rate,
  images: (row) => row.images,
  videos: (row) => row.videos,
  credits: (row) => row.credits,
  p50: (row) => row.p50_ms,
  p95: (row) => row.p95_ms,
};

export const columnValue = (row: UsageRow, column: UsageColumn): number | null => values[column](row);

/** The rows in the order of a sort; what is not known comes last in either direction. */
export function sortUsage(rows: readonly UsageRow[], sort: UsageSort | ''): UsageRow[] {
  if (sort === '') return [...rows];
  const direction = sort.startsWith('-') ? -1 : 1;
  const key = sort.replace('-', '');
  const column = usageColumns.find((one) => one === key);
  const nameOf = (row: UsageRow) => row.label ?? row.value;
  return rows.toSorted((one, other) => {
    if (column === undefined) return direction * nameOf(one).localeCompare(nameOf(other));
    const [a, b] = [columnValue(one, column), columnValue(other, column)];
    if (a === b) return nameOf(one).localeCompare(nameOf(other));
    if (a === null) return 1;
    return b === null ? -1 : direction * (a - b);
  });
}

/** The sort that a click on a column's name asks for: the most first, then turned round. */
export function nextSort(sort: UsageSort | '', column: UsageColumn | 'name'): UsageSort {
  const first: UsageSort = column === 'name' ? 'name' : `-${column}`;
  if (sort !== first) return first;
  return column === 'name' ? '-name' : column;
}
