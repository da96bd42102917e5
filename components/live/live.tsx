'use client';

import { type Query, useQueryClient } from '@tanstack/react-query';
import type * as React from 'react';
import { createContext, useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { AdminApiError, isSignedOut } from '@/lib/admin-api/client';
import { type LiveState, pauseAfter } from './live-state';

type Live = {
  subscribe: (listener: () => void) => () => void;
  read: () => LiveState;
  setPaused: (isPaused: boolean) => void;
};

const LiveContext = createContext<Live | undefined>(undefined);

const start: LiveState = { isPaused: false, updatedAt: undefined, failures: 0, failedAt: undefined };

/** Watches all live questions of the page: whether they are answered, and how old the answers are. */
export function LiveProvider({ children }: { children: React.ReactNode }) {
  const client = useQueryClient();
  const [live] = useState(() => makeLive());
  useEffect(() => live.note({ ok: true }), [live]); // the page came with its first data
  useEffect(
    () =>
      client.getQueryCache().subscribe((event) => {
        if (event.type !== 'updated' || event.query.meta?.live !== true) return;
        if (event.action.type === 'success') live.note({ ok: true });
        else if (event.action.type === 'error' && isOutage(event.action.error)) live.note({ ok: false });
      }),
    [client, live],
  );
  return <LiveContext.Provider value={live}>{children}</LiveContext.Provider>;
}

/** No answer, or one that the gateway itself could not give: a refusal is an answer. */
const isOutage = (error: unknown) =>
  error instanceof AdminApiError && (error.status === 0 || error.status >= 500);

function makeLive() {
  let state = start;
  const listeners = new Set<() => void>();
  const change = (changes: Partial<LiveState>) => {
    state = { ...state, ...changes };
    for (const tell of listeners) tell();
  };
  return {
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    read: () => state,
    setPaused: (isPaused: boolean) => change({ isPaused }),
    note({ ok }: { ok: boolean }) {
      const now = Date.now();
      if (ok) change({ updatedAt: now, failures: 0, failedAt: undefined });
      else change({ failures: state.failures + 1, failedAt: now });
    },
  };
}

function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === undefined) throw new Error('useLive stands outside of LiveProvider');
  return live;
}

/** What is known of the live data, and the way to pause it. */
export function useLiveState(): LiveState & Pick<Live, 'setPaused'> {
  const { subscribe, read, setPaused } = useLive();
  const state = useSyncExternalStore(subscribe, read, () => start);
  return useMemo(() => ({ ...state, setPaused }), [state, setPaused]);
}

/** One part of it, for what must not be drawn anew with every answer. */
export function useIsPaused(): boolean {
  const { subscribe, read } = useLive();
  return useSyncExternalStore(
    subscribe,
    () => read().isPaused,
    () => false,
  );
}

/**
 * Options of a query that asks again every so often: `useQuery({ queryKey, queryFn, ...useLiveQuery(5_000) })`. It stops
 * while the page is hidden or paused and when the sign-in has ended, and slows down while nothing answers. `false`: it
 * asks when told to only.
 */
export function useLiveQuery(everyMs: number | false) {
  const live = useLive();
  const isPaused = useIsPaused();
  return {
    meta: { live: true },
    retry: false as const,
    refetchOnWindowFocus: !isPaused,
    refetchInterval: (query: Pick<Query, 'state'>) =>
      everyMs === false || isPaused || isSignedOut(query.state.error)
        ? (false as const)
        : pauseAfter(everyMs, live.read().failures),
  };
}
