'use client';

import { useQuery } from '@tanstack/react-query';
import { callAdmin } from '@/lib/admin-api/client';
import { type Overview, readOverview } from '@/lib/admin-api/overview';

const refreshEveryMs = 5_000;

/** Everything on the overview in one request; `initial` came with the page. */
export const useOverview = (initial: Overview) =>
  useQuery({
    queryKey: ['overview'],
    queryFn: ({ signal }) => callAdmin(readOverview, { signal }),
    initialData: initial,
    refetchInterval: refreshEveryMs,
  });
