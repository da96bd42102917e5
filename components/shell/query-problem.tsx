'use client';

import { useTranslations } from '@/components/shell/use-translations';
import { AdminApiError, isSignedOut } from '@/lib/admin-api/client';
import { CopyButton } from '../ui/copy-button';
import { SignInAgain } from './sign-in-again';
import { useErrorText } from './use-error-text';

/** What went wrong with the data of a panel, and what helps: signing in again in place, or another try. */
export function QueryProblem({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const t = useTranslations('common');
  const errorText = useErrorText();
  const detail = error instanceof AdminApiError ? error.detail : undefined;
  return (
    <>
      {errorText(error)}{' '}
      {isSignedOut(error) ? (
        <SignInAgain onSignedIn={onRetry} />
      ) : (
        <button
          type="button"
          className="inline-flex min-h-6 items-center font-medium underline max-md:min-h-11"
          onClick={onRetry}
        >
          {t('tryAgain')}
        </button>
      )}
      {detail !== undefined && detail.request_id !== '' && !isSignedOut(error) && (
        <RequestId code={detail.code} id={detail.request_id} />
      )}
    </>
  );
}

/** The code of a failure and the id by which its request is found in the log. */
export function RequestId({ code, id }: { code: string; id: string }) {
  const t = useTranslations('common');
  return (
    <span className="flex flex-wrap items-center gap-1 font-mono text-xs">
      <span className="break-all">
        {code} · {id}
      </span>
      <CopyButton isSmall text={id} label={t('copyRequestId')} />
    </span>
  );
}
