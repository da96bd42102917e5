import { createLoader, createParser, type SearchParams } from 'nuqs/server';
import { type OverviewRange, overviewRanges } from '@/lib/admin-api/overview';
import { oneOf } from '../data-table/table-query';

const instant = createParser<string>({
  parse: (text) => {
    const at = new Date(text);
    return Number.isNaN(at.getTime()) ? null : at.toISOString();
  },
  serialize: (text) => text,
});

/** The span of time that a page shows, as the address keeps it. */
export const rangeParsers = {
  range: oneOf(overviewRanges, '24h'),
  since: instant,
  until: instant,
};

export type RangeState = { range: OverviewRange; since: string | null; until: string | null };

const longestMs = 366 * 86_400_000;

/** The state as it can be asked for: a custom span without sense is the usual one. */
export function tidyRange({ range, since, until }: RangeState, now: Date): RangeState {
  const usual: RangeState = { range: '24h', since: null, until: null };
  if (range !== 'custom') return { ...usual, range };
  if (since === null) return usual;
  const [from, to] = [new Date(since), until === null ? now : new Date(until)];
  const spanMs = Math.min(to.getTime(), now.getTime()) - from.getTime();
  return spanMs <= 0 || spanMs > longestMs ? usual : { range, since, until };
}

/** What a page asks its endpoint for. */
export const toRangeQuery = ({ range, since, until }: RangeState) => ({
  range,
  ...(since === null ? {} : { since }),
  ...(until === null ? {} : { until }),
});

/** The span of an address, for the server. */
export const readRange = (search: SearchParams, now: Date): RangeState =>
  tidyRange(createLoader(rangeParsers)(search), now);

const day = 86_400_000;

/** How often charts of a span are asked for anew: a span that is over never changes. */
export function chartsEveryMs({ range, since, until }: RangeState): number | false {
  if (until !== null) return false;
  if (range === 'custom') return since !== null && Date.now() - Date.parse(since) <= day ? 30_000 : 300_000;
  return range === '1h' || range === '24h' ? 30_000 : 300_000;
}
