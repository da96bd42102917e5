import { cookies } from 'next/headers';
import type * as React from 'react';
import { Header } from '@/components/shell/header';
import { Providers } from '@/components/shell/providers';
import { Sidebar } from '@/components/shell/sidebar';
import { parseTheme, themeCookieName } from '@/components/shell/theme';
import { requireSession } from '@/lib/auth/session';
import { getRuntime } from '@/lib/runtime';

export default async function ConsoleLayout({ children }: { children: React.ReactNode }) {
  const session = await requireSession();
  const theme = parseTheme((await cookies()).get(themeCookieName)?.value);
  const serverNow = (await getRuntime()).now().getTime();
  return (
    <Providers serverNow={serverNow}>
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-primary px-4 py-2 text-on-primary focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to main content
      </a>
      <div className="flex">
        <Sidebar />
        <div className="min-w-0 flex-1">
          <Header username={session.username} theme={theme} />
          <main
            id="content"
            tabIndex={-1}
            className="mx-auto grid max-w-[1600px] grid-cols-1 gap-4 p-4 md:p-6"
          >
            {children}
          </main>
        </div>
      </div>
    </Providers>
  );
}
