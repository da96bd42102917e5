'use client';

import { useTranslations } from '@/components/shell/use-translations';
import type { PlaygroundJob } from '@/lib/admin-api/playground';
import { useFormat } from '../shell/use-format';
import { Notice } from '../ui/notice';

const steps = [
  'content_refused',
  'invalid_request',
  'no_account_available',
  'model_requires_tier',
  'queue_timeout',
  'queue_full',
  'upstream_unavailable',
  'upstream_challenge',
  'submission_unknown',
  'upstream_failed',
  'cancelled',
] as const;

const causes = [
  'no_account_available',
  'model_requires_tier',
  'queue_full',
  'queue_timeout',
  'unknown_model',
  'content_refused',
  'upstream_unavailable',
  'upstream_challenge',
  'upstream_failed',
  'submission_unknown',
  'internal_error',
  'shutting_down',
  'gone',
] as const;

/** The cause in the reader's words; `undefined` where only the gateway's own sentence says it. */
export function useCause(): (code: string) => string | undefined {
  const t = useTranslations('playground');
  return (code) => {
    const known = causes.find((one) => one === code);
    return known === undefined ? undefined : t(`cause.${known}`);
  };
}

type FailureProps = { error: NonNullable<PlaygroundJob['error']> };

/** Why an output failed: the cause, what upstream gave as its reason, and what helps. */
export function Failure({ error }: FailureProps) {
  const t = useTranslations('playground');
  const format = useFormat();
  const cause = useCause();
  const step = steps.find((one) => one === error.code) ?? 'other';
  return (
    <Notice tone="danger">
      <p className="font-medium">{cause(error.code) ?? t('failure')}</p>
      <p lang="en">{error.message}</p>
      {error.upstream !== null && (
        <p>
          {t('upstreamSaid')}:{' '}
          <code lang="en" className="break-all font-mono">
            {error.upstream}
          </code>
        </p>
      )}
      <p className="text-text">
        {t('whatToDo')}: {t(`next.${step}`)}{' '}
        {error.retry_after !== null && t('retryIn', { time: format.duration(error.retry_after * 1_000) })}
      </p>
    </Notice>
  );
}
