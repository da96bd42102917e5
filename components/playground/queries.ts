'use client';

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { listAccounts } from '@/lib/admin-api/accounts';
import { callAdmin, isSignedOut } from '@/lib/admin-api/client';
import { fillPath } from '@/lib/admin-api/contract';
import {
  cancelPlaygroundRun,
  followPlaygroundRun,
  listPlaygroundModels,
  listPlaygroundRuns,
  type PlaygroundModels,
  type PlaygroundRun,
  type PlaygroundRunRow,
  playgroundRun,
  readPlaygroundRun,
  type StartRunInput,
  startPlaygroundRun,
} from '@/lib/admin-api/playground';
import { useLiveQuery } from '../live/live';
import { statusKey } from '../shell/use-status';

const modelsEveryMs = 30_000;
const runEveryMs = 2_000;
const runsEveryMs = { busy: 5_000, idle: 60_000 };
const reconnectMs = 15_000;

const keys = {
  models: (account: string | null) => ['playground', 'models', account] as const,
  runs: ['playground', 'runs'] as const,
  run: (id: string) => ['playground', 'run', id] as const,
  accounts: (text: string) => ['playground', 'accounts', text] as const,
};

/** What the form offers; with an account, what that one can. `initial` is what the server rendered for no account. */
export const useModels = (account: string | null, initial: PlaygroundModels) =>
  useQuery({
    queryKey: keys.models(account),
    queryFn: ({ signal }) =>
      callAdmin(listPlaygroundModels, { query: account === null ? {} : { account }, signal }),
    ...(account === null ? { initialData: initial } : {}),
    placeholderData: keepPreviousData,
    ...useLiveQuery(modelsEveryMs),
  });

/** The last runs. More often while one of them is on its way. */
export const useRuns = (initial: { items: PlaygroundRunRow[] }) => {
  const [isBusy, setIsBusy] = useState(false);
  const query = useQuery({
    queryKey: keys.runs,
    queryFn: ({ signal }) => callAdmin(listPlaygroundRuns, { signal }),
    initialData: initial,
    ...useLiveQuery(isBusy ? runsEveryMs.busy : runsEveryMs.idle),
  });
  const hasUnfinished = query.data.items.some(({ ended_at }) => ended_at === null);
  useEffect(() => setIsBusy(hasUnfinished), [hasUnfinished]);
  return query;
};

/** A run from now to its end: as the server tells it, and by asking where that does not come through. */
export function useRun(id: string | null) {
  const client = useQueryClient();
  const [isTold, setIsTold] = useState(false);
  const query = useQuery({
    queryKey: keys.run(id ?? ''),
    queryFn: ({ signal }) => callAdmin(readPlaygroundRun, { params: { id: id ?? '' }, signal }),
    enabled: id !== null,
    retry: false,
    // It goes on when the page is hidden: a run is worth being told of.
    refetchIntervalInBackground: true,
    refetchInterval: ({ state: { data, error } }) =>
      isTold || data?.ended_at != null || isSignedOut(error) || isGone(error) ? false : runEveryMs,
  });
  const isOver = query.data?.ended_at != null;
  const isKnown = query.data !== undefined;
  useEffect(() => {
    if (id === null || !isKnown || isOver) return;
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      source = new EventSource(fillPath(followPlaygroundRun.path, { id }));
      source.onmessage = ({ data }) => {
        const run = readEvent(data);
        if (run === undefined) return;
        setIsTold(true);
        client.setQueryData(keys.run(id), run);
      };
      source.onerror = () => {
        source?.close();
        setIsTold(false);
        timer = setTimeout(open, reconnectMs);
      };
    };
    open();
    return () => {
      source?.close();
      clearTimeout(timer);
      setIsTold(false);
    };
  }, [id, isKnown, isOver, client]);
  useEffect(() => {
    if (isOver) void client.invalidateQueries({ queryKey: keys.runs });
  }, [isOver, client]);
  return query;
}

const isGone = (error: Error | null) =>
  error !== null && 'status' in error && (error.status === 404 || error.status === 400);

function readEvent(data: unknown): PlaygroundRun | undefined {
  try {
    const read = playgroundRun.safeParse(JSON.parse(String(data)));
    return read.success ? read.data : undefined;
  } catch {
    return undefined; // cut off: the next one is whole
  }
}

/** Starts a run; the list of runs and the numbers of the frame are stale afterwards. */
export function useStartRun() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: StartRunInput) => callAdmin(startPlaygroundRun, { body }),
    onSuccess: (run) => {
      client.setQueryData(keys.run(run.id), run);
      void client.invalidateQueries({ queryKey: keys.runs });
      void client.invalidateQueries({ queryKey: statusKey });
    },
  });
}

/** Stops a run, as far as that can be done. */
export function useCancelRun() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => callAdmin(cancelPlaygroundRun, { params: { id } }),
    onSuccess: (run) => client.setQueryData(keys.run(run.id), run),
  });
}

/** Accounts by a part of their e-mail, remark or id. */
export const useAccountSearch = (text: string, isOpen: boolean) =>
  useQuery({
    queryKey: keys.accounts(text),
    queryFn: ({ signal }) =>
      callAdmin(listAccounts, { query: { limit: 20, ...(text === '' ? {} : { q: text }) }, signal }),
    enabled: isOpen,
    placeholderData: keepPreviousData,
  });
