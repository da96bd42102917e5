'use client';

import { parseAsString, useQueryState } from 'nuqs';
import { useDeferredValue } from 'react';

/** What is searched for among all settings; the address keeps it. */
export function useSettingSearch() {
  const [text, setText] = useQueryState('q', parseAsString.withDefault('').withOptions({ throttleMs: 300 }));
  return {
    text,
    search: useDeferredValue(text.trim()),
    setSearch: (next: string) => void setText(next || null),
  };
}
