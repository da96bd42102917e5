'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import { callAdmin } from '@/lib/admin-api/client';
import { readUsage } from '@/lib/admin-api/usage';
import { useLiveQuery } from '../live/live';
import { chartsEveryMs } from '../range/range';
import { toUsageQuery, type UsageView } from './usage-view';

export type UsageReport = z.infer<typeof readUsage.output>;

/** What came with the page, and what it was asked by. */
export type InitialUsage = { view: UsageView; report: UsageReport };

export function useUsage(view: UsageView, initial: InitialUsage) {
  const isFirst = JSON.stringify(view) === JSON.stringify(initial.view);
  return useQuery({
    queryKey: ['usage', view],
    queryFn: ({ signal }) => callAdmin(readUsage, { query: toUsageQuery(view, new Date()), signal }),
    placeholderData: keepPreviousData,
    ...(isFirst ? { initialData: initial.report } : {}),
    staleTime: 15_000,
    ...useLiveQuery(chartsEveryMs(view.range)),
  });
}
