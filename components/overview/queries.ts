'use client';

import { useQuery } from '@tanstack/react-query';
import { callAdmin, isSignedOut } from '@/lib/admin-api/client';
import { type Overview, readOverview } from '@/lib/admin-api/overview';

const refreshEveryMs = 5_000;

/** Stale after any change of accounts or jobs. */
export const overviewKey = ['overview'] as const;

/** Everything on the overview in one request; `initial` came with the page. */
export const useOverview = (initial: Overview) =>
  useQuery({
    queryKey: overviewKey,
    queryFn: ({ signal }) => callAdmin(readOverview, { signal }),
    initialData: initial,
    // A page that was visited again brings newer data than the cache may have.
    select: (known) => (known.at < initial.at ? initial : known),
    refetchInterval: (query) => (isSignedOut(query.state.error) ? false : refreshEveryMs),
  });
