'use client';

import { ErrorPanel } from '@/components/shell/error-panel';

export default function ConsoleError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <div className="grid place-items-center py-16">
      <ErrorPanel digest={error.digest} onRetry={reset} />
    </div>
  );
}
