'use client';

import { useMemo, useSyncExternalStore } from 'react';

type Choice = Record<string, boolean>;

const storageName = (tableId: string) => `flow2api.columns.${tableId}`;
const listeners = new Set<() => void>();

/**
 * Which columns of a table this browser shows, where that differs from the usual. The server does not know and draws
 * the usual ones.
 */
export function useColumnChoice(tableId: string) {
  const text = useSyncExternalStore(
    subscribe,
    () => readText(tableId),
    () => '',
  );
  return useMemo(() => {
    const choice = parseChoice(text);
    return {
      choice,
      set: (changes: Choice) => write(tableId, { ...choice, ...changes }),
      reset: () => write(tableId, undefined),
    };
  }, [tableId, text]);
}

function subscribe(tell: () => void) {
  listeners.add(tell);
  window.addEventListener('storage', tell);
  return () => {
    listeners.delete(tell);
    window.removeEventListener('storage', tell);
  };
}

const readText = (tableId: string) => localStorage.getItem(storageName(tableId)) ?? '';

function parseChoice(text: string): Choice {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    return Object.fromEntries(
      entries.filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean'),
    );
  } catch {
    return {}; // not written by us
  }
}

function write(tableId: string, choice: Choice | undefined): void {
  if (choice === undefined) localStorage.removeItem(storageName(tableId));
  else localStorage.setItem(storageName(tableId), JSON.stringify(choice));
  for (const tell of listeners) tell();
}
