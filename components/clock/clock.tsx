'use client';

import type * as React from 'react';
import { createContext, useContext, useState, useSyncExternalStore } from 'react';

type Clock = {
  subscribe: (listener: () => void) => () => void;
  /** Milliseconds since the epoch, on the server's clock. */
  now: () => number;
  /** When the server rendered the page: what the first paint in the browser must show again. */
  serverNow: number;
};

const ClockContext = createContext<Clock>({ subscribe: () => () => {}, now: () => 0, serverNow: 0 });

const tickMs = 1_000;

/** One clock for the page, set by the server's: countdowns are right although the browser's clock is wrong. */
export function ClockProvider({ serverNow, children }: { serverNow: number; children: React.ReactNode }) {
  const [clock] = useState(() => makeClock(serverNow));
  return <ClockContext.Provider value={clock}>{children}</ClockContext.Provider>;
}

function makeClock(serverNow: number): Clock {
  const aheadMs = serverNow - Date.now();
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    serverNow,
    now: () => Date.now() + aheadMs,
    subscribe(listener) {
      listeners.add(listener);
      timer ??= setInterval(() => {
        for (const tell of listeners) tell();
      }, tickMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}

/** Text that depends on the time: drawn anew only when it reads differently. */
export function useTimeText(format: (now: Date) => string): string {
  const { subscribe, now, serverNow } = useContext(ClockContext);
  return useSyncExternalStore(
    subscribe,
    () => format(new Date(now())),
    () => format(new Date(serverNow)),
  );
}
