'use client';

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { callAdmin } from '@/lib/admin-api/client';
import {
  changeChecklist,
  type Overview,
  type OverviewCharts,
  readOverview,
  readOverviewCharts,
} from '@/lib/admin-api/overview';
import { useLiveQuery } from '../live/live';
import { chartsEveryMs, type RangeState, toRangeQuery } from '../range/range';

const refreshEveryMs = 5_000;

/** Stale after any change of accounts or jobs. */
export const overviewKey = ['overview'] as const;

export type OverviewView = { range: RangeState; isCompared: boolean };

/** What came with the page, and what it was asked by. */
export type InitialOverview = { view: OverviewView; overview: Overview; charts: OverviewCharts };

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** All but the charts in one request. */
export function useOverview(view: OverviewView, initial: InitialOverview) {
  const isFirst = isSame(view, initial.view);
  return useQuery({
    queryKey: [...overviewKey, 'now', view],
    queryFn: ({ signal }) =>
      callAdmin(readOverview, {
        query: { ...toRangeQuery(view.range), compare: String(view.isCompared) },
        signal,
      }),
    placeholderData: keepPreviousData,
    ...(isFirst ? { initialData: initial.overview } : {}),
    // A page that was visited again brings newer data than the cache may have.
    select: (known) => (isFirst && known.at < initial.overview.at ? initial.overview : known),
    ...useLiveQuery(refreshEveryMs),
  });
}

export function useOverviewCharts(range: RangeState, initial: InitialOverview) {
  const isFirst = isSame(range, initial.view.range);
  return useQuery({
    queryKey: [...overviewKey, 'charts', range],
    queryFn: ({ signal }) => callAdmin(readOverviewCharts, { query: toRangeQuery(range), signal }),
    placeholderData: keepPreviousData,
    ...(isFirst ? { initialData: initial.charts } : {}),
    select: (known) => (isFirst && known.at < initial.charts.at ? initial.charts : known),
    staleTime: 15_000,
    ...useLiveQuery(chartsEveryMs(range)),
  });
}

/** Puts the list of first steps away, or back; it is seen at once. */
export function useShowChecklist() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (isShown: boolean) => callAdmin(changeChecklist, { body: { is_shown: isShown } }),
    onSuccess: (checklist) => {
      client.setQueriesData<Overview>({ queryKey: [...overviewKey, 'now'] }, (known) =>
        known === undefined ? known : { ...known, checklist },
      );
    },
  });
}
