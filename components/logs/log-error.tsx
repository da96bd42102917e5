'use client';

import { useTranslations } from 'use-intl';
import type { LogRow } from '@/lib/admin-api/logs';
import { Notice } from '../ui/notice';

/** The codes that have a cause and a next step in the reader's words. */
const explained = [
  'unknown_model',
  'invalid_request',
  'request_too_large',
  'unsupported_media_type',
  'content_refused',
  'not_found',
  'gone',
  'method_not_allowed',
  'conflict',
  'idempotency_key_reused',
  'invalid_api_key',
  'key_not_allowed',
  'rate_limited',
  'quota_exceeded',
  'queue_full',
  'queue_timeout',
  'shutting_down',
  'internal_error',
  'model_requires_tier',
  'no_account_available',
  'upstream_unavailable',
  'upstream_challenge',
  'submission_unknown',
  'upstream_failed',
  'result_pending',
  'cancelled',
] as const;

type Explained = (typeof explained)[number];

/** More exact codes that mean the same to whoever reads the log. */
const sameAs: Readonly<Record<string, Explained>> = {
  file_too_large: 'request_too_large',
  image_too_large: 'request_too_large',
  too_many_large_requests: 'request_too_large',
  too_many_parts: 'request_too_large',
  string_above_max_length: 'request_too_large',
  invalid_json: 'invalid_request',
  invalid_multipart: 'invalid_request',
  invalid_url: 'invalid_request',
  invalid_idempotency_key: 'invalid_request',
  unsupported_parameter: 'invalid_request',
  unsupported_operation: 'invalid_request',
  not_supported: 'invalid_request',
  unsupported_content_encoding: 'unsupported_media_type',
  unknown_url: 'not_found',
  media_not_found: 'not_found',
  video_not_found: 'not_found',
  variant_not_found: 'not_found',
  model_not_found: 'unknown_model',
  media_gone: 'gone',
  video_not_ready: 'result_pending',
  video_failed: 'upstream_failed',
};

/** What a code means and what helps; `undefined` for one that says nothing by itself. */
export function useMeaning(): (code: string) => { what: string; next: string } | undefined {
  const t = useTranslations('logs.errors');
  return (code) => {
    const known = explained.find((one) => one === code) ?? sameAs[code];
    return known === undefined ? undefined : { what: t(`${known}.what`), next: t(`${known}.next`) };
  };
}

/** Why a request failed: in our words first, then as it was answered. */
export function LogError({ error }: { error: NonNullable<LogRow['error']> }) {
  const t = useTranslations('logs');
  const meaning = useMeaning()(error.code);
  return (
    <section aria-label={t('whatThisMeans')} className="grid gap-2">
      <h3 className="font-semibold">{t('whatThisMeans')}</h3>
      <Notice tone="danger">
        <p className="font-medium">{meaning?.what ?? t('otherError')}</p>
        <p className="text-text">
          {t('nextStep')}: {meaning?.next ?? t('otherNext')}
        </p>
        {error.message !== null && (
          <code lang="en" className="wrap-anywhere mt-1 block font-mono text-xs">
            {error.message}
          </code>
        )}
        <code className="mt-1 block font-mono text-xs">{error.code}</code>
      </Notice>
    </section>
  );
}
