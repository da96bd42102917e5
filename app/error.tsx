'use client';

import { ErrorPanel } from '@/components/shell/error-panel';

export default function RootError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <ErrorPanel digest={error.digest} onRetry={reset} />
    </main>
  );
}
