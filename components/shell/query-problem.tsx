'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { isSignedOut } from '@/lib/admin-api/client';

/** What went wrong with the data of a page, and what helps: signing in again and coming back here, or another try. */
export function QueryProblem({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const search = useSearchParams().toString();
  const path = `${usePathname()}${search === '' ? '' : `?${search}`}`;
  return (
    <>
      {error.message}{' '}
      {isSignedOut(error) ? (
        // A full page load: nothing of the ended session stays in memory.
        <a href={`/admin/login?next=${encodeURIComponent(path)}`} className="font-medium underline">
          Sign in
        </a>
      ) : (
        <button type="button" className="font-medium underline" onClick={onRetry}>
          Try again
        </button>
      )}
    </>
  );
}
