import { parseAsString } from 'nuqs/server';
import type { z } from 'zod';
import { logSources } from '@/lib/admin-api/logs';
import type { listMedia, MediaFilter } from '@/lib/admin-api/media';
import { defineList, manyOf, oneOf, textList } from '../data-table/table-query';
import { rangeParsers, tidyRange } from '../range/range';

export const mediaKinds = ['image', 'video'] as const;
export const keptChoices = ['any', 'yes', 'no'] as const;
export const mediaRanges = ['all', '1h', '24h', '7d', '30d', 'custom'] as const;
export type MediaRange = (typeof mediaRanges)[number];

/** The orders that the page offers; the address may hold others. */
export const mediaSorts = ['-created_at', 'created_at', '-bytes'] as const;
export type MediaSort = (typeof mediaSorts)[number];

/** What the gallery keeps in the address. */
export const mediaList = defineList({
  sorts: ['created_at', 'bytes'],
  sort: '-created_at',
  size: 50,
  filters: {
    type: manyOf(mediaKinds),
    model: textList,
    account: textList,
    key: textList,
    source: manyOf(logSources),
    kept: oneOf(keptChoices, 'any'),
    range: oneOf(mediaRanges, 'all'),
    since: rangeParsers.since,
    until: rangeParsers.until,
  },
});

export type MediaListState = typeof mediaList.usual;

/** What else of the page is in the address. */
export const galleryParsers = {
  /** The result in the viewer. */
  media: parseAsString,
  /** The task whose progress is shown. */
  task: parseAsString,
  /** What came later is not on these pages: set on leaving the first one, so that nothing is shown twice or never. */
  before: rangeParsers.until,
};

export const sortOf = ({ sort }: Pick<MediaListState, 'sort'>): MediaSort =>
  mediaSorts.find((one) => one === sort) ?? '-bytes';

const hourMs = 3_600_000;
const lengthMs = { '1h': hourMs, '24h': 24 * hourMs, '7d': 168 * hourMs, '30d': 720 * hourMs } as const;

/** From when to when, as far as the range says. */
export function spanOf(
  { range, since, until }: Pick<MediaListState, 'range' | 'since' | 'until'>,
  now: Date,
): { from?: string; to?: string } {
  if (range === 'all') return {};
  if (range !== 'custom') return { from: new Date(now.getTime() - lengthMs[range]).toISOString() };
  const tidy = tidyRange({ range, since, until }, now);
  if (tidy.range !== 'custom' || tidy.since === null) return {};
  return { from: tidy.since, ...(tidy.until === null ? {} : { to: tidy.until }) };
}

/** Which results the state of the list is about. */
export function toMediaFilter(state: MediaListState, now: Date): MediaFilter {
  const { q, type, model, account, key, source, kept } = state;
  return {
    ...(q === '' ? {} : { q }),
    ...(type.length === 0 ? {} : { type }),
    ...(model.length === 0 ? {} : { model }),
    ...(account.length === 0 ? {} : { account }),
    ...(key.length === 0 ? {} : { key }),
    ...(source.length === 0 ? {} : { source }),
    ...(kept === 'any' ? {} : { kept }),
    ...spanOf(state, now),
  };
}

/** The earlier of two moments, of which either may not be set. */
export const earlier = (one: string | undefined, other: string | undefined): string | undefined =>
  one === undefined || (other !== undefined && other < one) ? other : one;

/** What the list asks its endpoint for. */
export function toMediaQuery(
  state: MediaListState,
  before: string | null,
  now: Date,
): z.input<typeof listMedia.query> {
  const filter = toMediaFilter(state, now);
  const to = earlier(filter.to, before ?? undefined);
  return {
    ...filter,
    ...(to === undefined ? {} : { to }),
    sort: sortOf(state),
    page: state.page,
    size: state.size,
  };
}
