'use client';

import type * as React from 'react';
import { useTranslations } from '@/components/shell/use-translations';

/** Where in a browser a session token is. */
export function FindTokenHelp() {
  const t = useTranslations('accounts.help');
  const mono = (chunks: React.ReactNode) => <code className="break-all font-mono text-xs">{chunks}</code>;
  return (
    <details className="rounded-md bg-muted px-3 py-2 text-sm">
      <summary className="cursor-pointer py-0.5 font-medium max-md:py-2.5">{t('title')}</summary>
      <ol className="mt-2 grid list-decimal gap-1 pl-5">
        <li>{t.rich('signIn', { mono })}</li>
        <li>{t('tools')}</li>
        <li>{t.rich('copy', { mono })}</li>
      </ol>
      <p className="mt-2 text-secondary">{t('along')}</p>
    </details>
  );
}
