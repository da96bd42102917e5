import { cookies } from 'next/headers';
import type * as React from 'react';
import { ConsoleFrame } from '@/components/shell/console-frame';
import { readPreferences } from '@/components/shell/preferences';
import { Providers } from '@/components/shell/providers';
import { parseTheme, themeCookieName } from '@/components/shell/theme';
import { requireSession } from '@/lib/auth/session';
import { messagesOf } from '@/lib/messages/messages';
import { readLanguage } from '@/lib/messages/page-text';
import { getRuntime } from '@/lib/runtime';
import { readStatus } from '@/lib/status';
import { dayZone } from '@/lib/usage/day';

export default async function ConsoleLayout({ children }: { children: React.ReactNode }) {
  const session = await requireSession();
  const jar = await cookies();
  const runtime = await getRuntime();
  const language = await readLanguage();
  return (
    <Providers
      serverNow={runtime.now().getTime()}
      serverZone={dayZone(runtime)}
      language={language}
      messages={messagesOf(language)}
      preferences={readPreferences((name) => jar.get(name)?.value)}
    >
      <ConsoleFrame
        username={session.username}
        theme={parseTheme(jar.get(themeCookieName)?.value)}
        status={await readStatus(runtime)}
      >
        {children}
      </ConsoleFrame>
    </Providers>
  );
}
