'use client';

import { useEffect, useRef, useState } from 'react';
import type { AccountQuery } from '@/lib/admin-api/accounts';
import { encodeQuery } from '@/lib/admin-api/client';
import { readAccountQuery } from './account-query';

const typingPauseMs = 300;

/** Changes the filters in the address bar: typing replaces the entry of the history, a chip adds one. */
export function useAccountFilters() {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Counted up to draw the search box anew, with nothing in it.
  const [resets, setResets] = useState(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  return {
    resets,
    setText(text: string) {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => go('replaceState', { q: text.trim() }), typingPauseMs);
    },
    setHealth: (health: NonNullable<AccountQuery['health']>) => go('pushState', { health }),
    clear() {
      clearTimeout(timer.current);
      setResets((count) => count + 1);
      go('pushState', { q: '', health: [] });
    },
  };
}

/** Starts from the address as it is now, so that two quick changes both count. Next takes note of it by itself. */
function go(how: 'pushState' | 'replaceState', changes: AccountQuery): void {
  const { pathname, search } = window.location;
  const { q, health } = { ...readAccountQuery(new URLSearchParams(search)), ...changes };
  window.history[how](null, '', `${pathname}${encodeQuery({ q, health })}`);
}
