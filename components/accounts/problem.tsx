'use client';

import type * as React from 'react';
import { AdminApiError, isSignedOut } from '@/lib/admin-api/client';
import { RequestId } from '../shell/query-problem';
import { SignInAgain } from '../shell/sign-in-again';
import { Notice } from '../ui/notice';
import { useProblemText } from './use-account-words';

/** A failure in words: ours, those of the upstream as they came, and the id to look it up by. */
export function ProblemText({ error }: { error: Error }) {
  const { text, asGiven } = useProblemText()(error);
  return (
    <>
      {text} {isSignedOut(error) && <SignInAgain />}
      {asGiven !== undefined && (
        <code lang="en" className="wrap-anywhere block font-mono text-xs">
          {asGiven}
        </code>
      )}
    </>
  );
}

type ProblemProps = {
  error: Error | null;
  /** Fields of the form around it: what is said beside one of them is not said here as well. */
  besides?: readonly string[];
  /** What helps. */
  children?: React.ReactNode;
};

/** A failure that no field can show; announced when it comes. */
export function Problem({ error, besides = [], children }: ProblemProps) {
  const detail = error instanceof AdminApiError ? error.detail : undefined;
  const isBeside = Object.keys(detail?.fields ?? {}).some((name) => besides.includes(name));
  return (
    <div role="alert" className="empty:hidden">
      {error !== null && !isBeside && (
        <Notice tone="danger">
          <ProblemText error={error} />
          {children}
          {detail !== undefined && detail.request_id !== '' && !isSignedOut(error) && (
            <RequestId code={detail.code} id={detail.request_id} />
          )}
        </Notice>
      )}
    </div>
  );
}
