'use client';

import { CircleX } from 'lucide-react';
import { Button } from '../ui/button';

/** What stands in place of a page that could not be drawn. */
export function ErrorPanel({ digest, onRetry }: { digest: string | undefined; onRetry: () => void }) {
  return (
    <div role="alert" className="grid max-w-md justify-items-center gap-3 text-center">
      <CircleX aria-hidden className="size-6 text-danger" />
      <h1 className="font-semibold text-xl">This page could not be shown</h1>
      <p className="text-secondary">The gateway itself goes on working. The reason is in its log.</p>
      {digest !== undefined && <code className="font-mono text-secondary text-xs">{digest}</code>}
      <Button onClick={onRetry}>Try again</Button>
    </div>
  );
}
