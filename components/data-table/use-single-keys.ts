'use client';

import { useEffect, useRef } from 'react';
import { usePreferences } from '../shell/preferences-provider';
import { secondKeyMs, takesKeys } from '../shell/shortcut-keys';

/**
 * Shortcuts of one key for the page. They are off where the reader switched them off, inside of inputs, menus and
 * dialogs, for a key that somebody else took already (`preventDefault`), and for the second one of `g k`.
 */
export function useSingleKeys(keys: Record<string, (event: KeyboardEvent) => void>): void {
  const { hasShortcuts } = usePreferences();
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    if (!hasShortcuts) return;
    let gAt = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent) => {
      const isModified = event.ctrlKey || event.metaKey || event.altKey;
      if (isModified || event.defaultPrevented || event.isComposing || takesKeys(event.target)) return;
      const isSecond = event.timeStamp - gAt < secondKeyMs;
      gAt = event.key === 'g' && !isSecond ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (isSecond) return;
      const act = Object.hasOwn(current.current, event.key) ? current.current[event.key] : undefined;
      act?.(event);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [hasShortcuts]);
}
