'use client';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import type * as React from 'react';
import { useState } from 'react';
import { Toaster } from 'sonner';
import { IntlProvider } from 'use-intl';
import { isSignedOut } from '@/lib/admin-api/client';
import type { Language } from '@/lib/format';
import type { Messages } from '@/lib/messages/messages';
import { ClockProvider } from '../clock/clock';
import { LiveProvider } from '../live/live';
import { FocusOnNavigation } from './focus-on-navigation';
import type { Preferences } from './preferences';
import { PreferencesProvider } from './preferences-provider';

type ProvidersProps = {
  /** Milliseconds since the epoch, on the server's clock. */
  serverNow: number;
  serverZone: string;
  language: Language;
  messages: Messages;
  preferences: Preferences;
  children: React.ReactNode;
};

export function Providers({
  serverNow,
  serverZone,
  language,
  messages,
  preferences,
  children,
}: ProvidersProps) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: { staleTime: 5_000, retry: (count, error) => count < 1 && !isSignedOut(error) },
          mutations: { retry: false },
        },
      }),
  );
  return (
    <IntlProvider locale={language} messages={messages} timeZone={serverZone}>
      <QueryClientProvider client={client}>
        <PreferencesProvider initial={preferences} serverZone={serverZone}>
          <ClockProvider serverNow={serverNow}>
            <LiveProvider>
              <NuqsAdapter>
                <FocusOnNavigation />
                {children}
              </NuqsAdapter>
            </LiveProvider>
            <Toaster
              position="bottom-right"
              visibleToasts={3}
              duration={5_000}
              closeButton
              // A modal dialog takes the pointer from all that is outside of it; "Undo" must still be in reach.
              toastOptions={{
                className: '!pointer-events-auto !border-border !bg-card !text-text !text-sm !shadow-lg',
              }}
            />
          </ClockProvider>
        </PreferencesProvider>
      </QueryClientProvider>
    </IntlProvider>
  );
}
