import { createMultiParser, createParser, parseAsString } from 'nuqs/server';
import { logSources, logStatuses } from '@/lib/admin-api/logs';
import { defineList, manyOf, oneOf, textList } from '../data-table/table-query';

export const logRanges = ['1h', '24h', '7d', '30d', 'all', 'custom'] as const;
type LogRange = (typeof logRanges)[number];

export const logTypes = ['image', 'video', 'other'] as const;

const instant = createParser<string>({
  parse: (text) => {
    const at = new Date(text);
    return Number.isNaN(at.getTime()) ? null : at.toISOString();
  },
  serialize: (text) => text,
});

/** Seconds, to the millisecond. */
const seconds = createParser<number>({
  parse: (text) => (/^\d{1,6}(?:\.\d{1,3})?$/.test(text) && Number(text) > 0 ? Number(text) : null),
  serialize: String,
});

const httpCodes = createMultiParser<number[]>({
  parse: (texts) => [
    ...new Set(texts.filter((text) => /^[1-5]\d\d$/.test(text)).map((text) => Number(text))),
  ],
  serialize: (codes) => codes.map(String),
  eq: (one, other) => one.join() === other.join(),
}).withDefault([]);

/** What the address says about the request log. `from` and `to` take the place of `range`, as links from charts have them. */
export const logList = defineList({
  sorts: ['at', 'duration'],
  sort: '-at',
  filters: {
    status: manyOf(logStatuses),
    code: httpCodes,
    type: manyOf(logTypes),
    model: textList,
    account: textList,
    key: textList,
    source: manyOf(logSources),
    range: oneOf(logRanges, '24h'),
    from: instant,
    to: instant,
    min_duration: seconds,
  },
});

export type LogListState = typeof logList.usual;

/** What else of the page is in the address. */
export const pageParsers = {
  /** The request in the drawer: the id of its row, or its request id. */
  log: parseAsString,
  live: oneOf(['', '1'], ''),
  /** Where the list was when its first page was left: later pages show nothing newer. */
  until: createParser<string>({
    parse: (text) => (/^\d{1,15}(?:\.\d{1,15})?$/.test(text) ? text : null),
    serialize: (text) => text,
  }),
};

const hour = 3_600_000;
const lengthMs = { '1h': hour, '24h': 24 * hour, '7d': 168 * hour, '30d': 720 * hour } as const;

/** The range that counts: ends of their own before a word. */
export function rangeOf({ range, from, to }: Pick<LogListState, 'range' | 'from' | 'to'>): LogRange {
  if (from !== null || to !== null) return 'custom';
  return range === 'custom' ? '24h' : range;
}

/** From when to when a range is, as the endpoint takes it. */
export function spanOf(state: Pick<LogListState, 'range' | 'from' | 'to'>, now: Date) {
  const range = rangeOf(state);
  if (range === 'all') return {};
  if (range === 'custom') {
    return {
      ...(state.from === null ? {} : { from: state.from }),
      ...(state.to === null ? {} : { to: state.to }),
    };
  }
  return { from: new Date(now.getTime() - lengthMs[range]).toISOString() };
}

/** Which requests a state of the list is about: the same words for list, summary and export. */
export function toLogFilter(state: LogListState, now: Date) {
  const { q, status, code, type, model, account, key, source, min_duration: least } = state;
  const lists = { status, code, type, model, account, key, source };
  return {
    ...(q === '' ? {} : { q }),
    ...Object.fromEntries(Object.entries(lists).filter(([, chosen]) => chosen.length > 0)),
    ...(least === null ? {} : { min_duration_ms: Math.round(least * 1_000) }),
    ...spanOf(state, now),
  };
}

/** One page of the list. */
export const toLogQuery = (state: LogListState, until: string | null, now: Date) => ({
  ...toLogFilter(state, now),
  sort: state.sort,
  page: state.page,
  size: state.size,
  ...(state.page === 1 || until === null ? {} : { until }),
});

/** Requests of clients alone: what the playground and the console sent is left out. */
export const clientSources = logSources.filter((source) => source !== 'playground' && source !== 'console');

export const hidesTests = ({ source }: Pick<LogListState, 'source'>): boolean =>
  source.length > 0 && !source.includes('playground') && !source.includes('console');
