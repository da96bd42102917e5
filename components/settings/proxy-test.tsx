'use client';

import { PlugZap } from 'lucide-react';
import { useTranslations } from '@/components/shell/use-translations';
import { AdminApiError } from '@/lib/admin-api/client';
import { useErrorText } from '../shell/use-error-text';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { Notice } from '../ui/notice';
import type { FormValue } from './form-values';
import { useTestProxy } from './queries';

type ProxyTestProps = {
  proxyKey: 'proxy.url' | 'proxy.media_url';
  name: string;
  /** What the field holds; empty: what is saved is tested. */
  held: FormValue;
  isSet: boolean;
};

/** Calls the upstream's host through the proxy as it is entered, saved or not. */
export function ProxyTest({ proxyKey, name, held, isSet }: ProxyTestProps) {
  const t = useTranslations('settings');
  const format = useFormat();
  const errorText = useErrorText();
  const { mutate, data, error, isPending, variables } = useTestProxy();
  const entered = typeof held === 'string' ? held.trim() : '';
  const isPossible = entered !== '' || (isSet && held !== null);
  // What came of another address says nothing about this one.
  const isCurrent = (variables?.url ?? '') === entered;
  const describe = (fault: Error): string => {
    if (fault instanceof AdminApiError && fault.detail.fields?.url !== undefined) {
      return t(entered === '' ? 'proxyTest.none' : 'fault.proxy');
    }
    return errorText(fault);
  };
  return (
    <div className="grid justify-items-start gap-2">
      <Button
        variant="outline"
        isBusy={isPending}
        disabled={!isPossible}
        aria-label={t('proxyTest.of', { name })}
        onClick={() => mutate({ key: proxyKey, ...(entered === '' ? {} : { url: entered }) })}
      >
        <PlugZap aria-hidden />
        {t('proxyTest.action')}
      </Button>
      <div role="status" className="empty:hidden">
        {isCurrent && error !== null && <Notice tone="danger">{describe(error)}</Notice>}
        {isCurrent && data?.is_reachable === true && (
          <Notice tone="success">
            {t('proxyTest.ok', {
              target: data.target,
              code: String(data.code),
              time: format.duration(data.elapsed_ms),
            })}
          </Notice>
        )}
        {isCurrent && data?.is_reachable === false && (
          <Notice tone="danger">
            {t('proxyTest.failed', { target: data.target, time: format.duration(data.elapsed_ms) })}{' '}
            {data.message !== null && <code lang="en">{data.message}</code>}
          </Notice>
        )}
      </div>
    </div>
  );
}
