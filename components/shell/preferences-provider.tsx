'use client';

import type * as React from 'react';
import { createContext, useContext, useEffect, useState } from 'react';
import { keepChoice } from './cookie';
import { type Preferences, preferenceCookies } from './preferences';

type Known = Preferences & {
  /** The zone that the server counts its days in. */
  serverZone: string;
  set: (changes: Partial<Preferences>) => void;
};

const PreferencesContext = createContext<Known | undefined>(undefined);

type ProviderProps = { initial: Preferences; serverZone: string; children: React.ReactNode };

/** The reader's wishes, as this browser keeps them. */
export function PreferencesProvider({ initial, serverZone, children }: ProviderProps) {
  const [preferences, setPreferences] = useState(initial);
  const set = (changes: Partial<Preferences>) => {
    setPreferences((known) => ({ ...known, ...changes }));
    for (const name of Object.keys(preferenceCookies) as (keyof Preferences)[]) {
      const value = changes[name];
      if (value !== undefined) keepChoice(preferenceCookies[name], spell(value));
    }
  };
  useEffect(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    setPreferences((known) => (known.browserZone === zone ? known : { ...known, browserZone: zone }));
    keepChoice(preferenceCookies.browserZone, zone);
  }, []);
  return (
    <PreferencesContext.Provider value={{ ...preferences, serverZone, set }}>
      {children}
    </PreferencesContext.Provider>
  );
}

function spell(value: string | boolean): string {
  if (typeof value === 'string') return value;
  return value ? '1' : '0';
}

export function usePreferences(): Known {
  const known = useContext(PreferencesContext);
  if (known === undefined) throw new Error('usePreferences stands outside of PreferencesProvider');
  return known;
}

/** The zone in which dates are written now. */
export function useTimeZone(): string {
  const { timeZone, browserZone, serverZone } = usePreferences();
  if (timeZone === 'utc') return 'UTC';
  return timeZone === 'server' ? serverZone : (browserZone ?? serverZone);
}
