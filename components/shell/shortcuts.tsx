'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { pages } from './pages';
import { usePreferences } from './preferences-provider';
import { readShortcut, secondKeyMs, takesKeys } from './shortcut-keys';
import { signal } from './signals';

const pageKeys = Object.fromEntries(pages.map(({ key, href }) => [key, href]));

/** The keys that work on every page. */
export function Shortcuts() {
  const router = useRouter();
  const { hasShortcuts, isSidebarSmall, set } = usePreferences();
  useEffect(() => {
    let gAt = Number.NEGATIVE_INFINITY;
    const listen = (event: KeyboardEvent) => {
      if (event.altKey || event.defaultPrevented || event.isComposing) return;
      if (event.ctrlKey || event.metaKey) {
        const key = event.key.toLowerCase();
        if (key === 'k') {
          event.preventDefault();
          signal('palette');
        } else if (key === 'b' && !takesKeys(event.target)) {
          event.preventDefault();
          set({ isSidebarSmall: !isSidebarSmall });
        }
        return;
      }
      if (!hasShortcuts || takesKeys(event.target)) return;
      const found = readShortcut(event.key, event.timeStamp - gAt < secondKeyMs, pageKeys);
      gAt = found?.type === 'wait' ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (found === undefined || found.type === 'wait') return;
      if (found.type === 'search') {
        const box = document.querySelector<HTMLInputElement>('main input[type="search"]');
        if (box === null) return;
        event.preventDefault();
        box.focus();
        return;
      }
      event.preventDefault();
      if (found.type === 'go') router.push(found.href);
      else signal('help');
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [router, hasShortcuts, isSidebarSmall, set]);
  return null;
}
