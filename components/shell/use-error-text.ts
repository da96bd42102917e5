'use client';

import { useTranslations } from '@/components/shell/use-translations';
import { AdminApiError } from '@/lib/admin-api/client';
import { useFormat } from './use-format';

/** What went wrong with a call, in the reader's language where the code says enough, else as the gateway put it. */
export function useErrorText(): (error: unknown) => string {
  const t = useTranslations('common');
  const format = useFormat();
  return (error) => {
    if (!(error instanceof AdminApiError)) return t('error.server');
    const { status, detail } = error;
    if (status === 0) return t('error.noAnswer');
    if (detail.code === 'sign_in_required') return t('error.signedOut');
    if (detail.retry_after !== undefined) {
      return t('error.tooMany', { time: format.duration(detail.retry_after * 1_000) });
    }
    if (status === 403) return t('error.forbidden');
    if (status === 409) return t('error.conflict');
    return status >= 500 ? t('error.server') : detail.message;
  };
}
