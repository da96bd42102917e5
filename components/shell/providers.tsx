'use client';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type * as React from 'react';
import { useState } from 'react';
import { Toaster } from 'sonner';
import { isSignedOut } from '@/lib/admin-api/client';
import { ClockProvider } from '../clock/clock';
import { FocusOnNavigation } from './focus-on-navigation';

type ProvidersProps = {
  /** Milliseconds since the epoch, on the server's clock. */
  serverNow: number;
  children: React.ReactNode;
};

export function Providers({ serverNow, children }: ProvidersProps) {
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
    <QueryClientProvider client={client}>
      <ClockProvider serverNow={serverNow}>
        <FocusOnNavigation />
        {children}
        <Toaster
          position="bottom-right"
          visibleToasts={3}
          duration={5_000}
          closeButton
          toastOptions={{ className: '!border-border !bg-card !text-text !text-sm !shadow-lg' }}
        />
      </ClockProvider>
    </QueryClientProvider>
  );
}
