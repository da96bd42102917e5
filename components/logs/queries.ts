'use client';

import { keepPreviousData, useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { z } from 'zod';
import { getAccount } from '@/lib/admin-api/accounts';
import { callAdmin } from '@/lib/admin-api/client';
import { getKey, listKeys } from '@/lib/admin-api/keys';
import {
  clearLogs,
  type LogDetail,
  listLogs,
  readLog,
  summariseLogs,
  type summariseLogs as summaryContract,
} from '@/lib/admin-api/logs';
import { listPlaygroundModels } from '@/lib/admin-api/playground';
import { useLiveQuery } from '../live/live';
import { type LogView, mergeTail, toView } from './live-merge';
import { type LogListState, toLogFilter, toLogQuery } from './log-list';

const tailEveryMs = 3_000;
const summaryEveryMs = 30_000;
const runningEveryMs = 2_000;
const mostAtOnce = 500;
const namesMs = 300_000;

const logsKey = ['logs'] as const;

export type LogSummary = z.infer<typeof summaryContract.output>;

/** What a list is asked by. */
export type LogWish = { state: LogListState; until: string | null; isLive: boolean };

/** One page of requests; a live one is asked for what came since. `initial` is what the server rendered for this wish. */
export function useLogs(wish: LogWish, initial: LogView | undefined) {
  const client = useQueryClient();
  const isWholeWanted = useRef(false);
  const queryKey = [...logsKey, 'list', wish] as const;
  const { state, until, isLive } = wish;
  const query = useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const known = isWholeWanted.current ? undefined : client.getQueryData<LogView>(queryKey);
      if (isLive && known !== undefined) {
        const asked = { ...toLogFilter(state, new Date()), after: known.cursor, limit: mostAtOnce };
        const tail = await callAdmin(listLogs, { query: asked, signal });
        if (tail.items.length < mostAtOnce) return mergeTail(known, tail);
      }
      const view = toView(await callAdmin(listLogs, { query: toLogQuery(state, until, new Date()), signal }));
      isWholeWanted.current = false;
      return view;
    },
    ...(initial === undefined ? {} : { initialData: initial }),
    placeholderData: keepPreviousData,
    ...useLiveQuery(isLive ? tailEveryMs : false),
  });
  return {
    ...query,
    /** Reads the page anew, also where it is live. */
    readAgain: () => {
      isWholeWanted.current = true;
      return query.refetch();
    },
  };
}

/** The numbers of all that match. */
export const useLogSummary = (state: LogListState, isLive: boolean, initial: LogSummary | undefined) => {
  const { page: _page, size: _size, sort: _sort, ...filters } = state;
  return useQuery({
    queryKey: [...logsKey, 'summary', filters],
    queryFn: ({ signal }) => callAdmin(summariseLogs, { query: toLogFilter(state, new Date()), signal }),
    ...(initial === undefined ? {} : { initialData: initial }),
    placeholderData: keepPreviousData,
    ...useLiveQuery(isLive ? summaryEveryMs : false),
  });
};

/** One request: read once, and again every other second until it has ended. */
export function useLog(address: string, initial?: LogDetail) {
  const live = useLiveQuery(runningEveryMs);
  return useQuery({
    queryKey: [...logsKey, 'detail', address],
    queryFn: ({ signal }) => callAdmin(readLog, { params: { id: address }, signal }),
    ...(initial === undefined ? {} : { initialData: initial }),
    staleTime: 60_000,
    ...live,
    refetchOnWindowFocus: false,
    refetchInterval: (query) =>
      query.state.data?.status === 'running' ? live.refetchInterval(query) : false,
  });
}

/** Removes old requests; every list of them is stale then. */
export function useClearLogs() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (olderThanDays: number) =>
      callAdmin(clearLogs, { query: { older_than_days: olderThanDays } }),
    onSuccess: () => {
      client.removeQueries({ queryKey: [...logsKey, 'list'], type: 'inactive' });
      void client.invalidateQueries({ queryKey: [...logsKey, 'summary'] });
      void client.invalidateQueries({ queryKey: [...logsKey, 'account'] });
    },
  });
}

/** Every id of a model; asked for when somebody chooses one. */
export const useModelIds = (isWanted: boolean) =>
  useQuery({
    queryKey: ['logs models'],
    queryFn: ({ signal }) => callAdmin(listPlaygroundModels, { signal }),
    enabled: isWanted,
    staleTime: namesMs,
    select: ({ ids }) => ids.map(({ id }) => id),
  });

/** Keys by a part of their name. */
export const useKeySearch = (text: string, isWanted: boolean) =>
  useQuery({
    queryKey: ['keys', 'search', text],
    queryFn: ({ signal }) =>
      callAdmin(listKeys, {
        query: { limit: 20, sort: 'name', ...(text === '' ? {} : { q: text }) },
        signal,
      }),
    enabled: isWanted,
    placeholderData: keepPreviousData,
  });

const once = { staleTime: namesMs, retry: false, refetchOnWindowFocus: false } as const;

/** What chosen keys and accounts are called, by their ids. One that is gone has no name. */
export function useChosenNames({ key, account }: Pick<LogListState, 'key' | 'account'>) {
  const accountIds = account.filter((id) => !id.includes('@'));
  const keys = useQueries({
    queries: key.map((id) => ({
      queryKey: ['keys', 'name', id],
      queryFn: async () => (await callAdmin(getKey, { params: { id } })).name,
      ...once,
    })),
  });
  const accounts = useQueries({
    queries: accountIds.map((id) => ({
      queryKey: ['accounts', 'name', id],
      queryFn: async () => (await callAdmin(getAccount, { params: { id } })).email,
      ...once,
    })),
  });
  return {
    keyName: (id: string) => keys[key.indexOf(id)]?.data ?? id,
    /** The e-mail, unmasked. */
    accountName: (id: string) => accounts[accountIds.indexOf(id)]?.data ?? id,
  };
}
