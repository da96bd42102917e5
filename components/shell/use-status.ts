'use client';

import { useQuery } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { callAdmin } from '@/lib/admin-api/client';
import { type ConsoleStatus, readStatus } from '@/lib/admin-api/overview';
import { useLiveQuery } from '../live/live';

const refreshEveryMs = 5_000;

/** Stale after any change of accounts, jobs or settings. */
export const statusKey = ['status'] as const;

/** What came with the page. */
export const InitialStatus = createContext<ConsoleStatus | undefined>(undefined);

/** What the frame around every page shows: who needs attention, what runs, what waits for a restart. */
export function useStatus() {
  const initial = useContext(InitialStatus);
  if (initial === undefined) throw new Error('useStatus stands outside of InitialStatus');
  return useQuery({
    queryKey: statusKey,
    queryFn: ({ signal }) => callAdmin(readStatus, { signal }),
    initialData: initial,
    ...useLiveQuery(refreshEveryMs),
  });
}
