'use client';

import { useEffect, useRef, useState } from 'react';
import type { AccountQuery } from '@/lib/admin-api/accounts';
import { encodeQuery } from '@/lib/admin-api/client';
import { readAccountQuery } from './account-query';

const typingPauseMs = 300;

/** What the search box shows, and ways to change the filters in the address bar: typing replaces the entry of the history, a chip adds one. */
export function useAccountFilters(query: AccountQuery) {
  const inAddress = query.q ?? '';
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const written = useRef(inAddress);
  const [text, setText] = useState(inAddress);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    // Not what typing wrote there: a link, the Back button, or "Clear filters". The box follows.
    if (inAddress === written.current) return;
    clearTimeout(timer.current);
    written.current = inAddress;
    setText(inAddress);
  }, [inAddress]);
  return {
    text,
    setText(typed: string) {
      setText(typed);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        written.current = typed.trim();
        go('replaceState', { q: typed.trim() });
      }, typingPauseMs);
    },
    setHealth: (health: NonNullable<AccountQuery['health']>) => go('pushState', { health }),
    clear() {
      clearTimeout(timer.current);
      setText('');
      written.current = '';
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
