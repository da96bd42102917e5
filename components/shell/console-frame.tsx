'use client';

import type * as React from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { ConsoleStatus } from '@/lib/admin-api/overview';
import { Banners } from './banners';
import { CommandPalette } from './command-palette';
import { Header } from './header';
import { Shortcuts } from './shortcuts';
import { ShortcutsHelp } from './shortcuts-help';
import { Sidebar } from './sidebar';
import type { Theme } from './theme';
import { InitialStatus } from './use-status';

type FrameProps = { username: string; theme: Theme; status: ConsoleStatus; children: React.ReactNode };

/** What is around every page of the console. */
export function ConsoleFrame({ username, theme, status, children }: FrameProps) {
  const t = useTranslations('shell');
  return (
    <InitialStatus.Provider value={status}>
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-primary px-4 py-2 text-on-primary focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {t('skip')}
      </a>
      <div className="flex">
        <Sidebar />
        <div className="min-w-0 flex-1">
          <Header username={username} theme={theme} />
          <Banners />
          <main
            id="content"
            tabIndex={-1}
            className="mx-auto grid max-w-[1600px] grid-cols-1 gap-4 p-4 md:p-6"
          >
            {children}
          </main>
        </div>
      </div>
      <CommandPalette />
      <ShortcutsHelp />
      <Shortcuts />
    </InitialStatus.Provider>
  );
}
