'use client';

import { useTranslations } from '@/components/shell/use-translations';
import { usePersonal } from '../shell/personal';
import { CopyButton } from '../ui/copy-button';

/** What was asked for, whole. */
export function ViewerPrompt({ prompt }: { prompt: string | null }) {
  const t = useTranslations('gallery.viewer');
  const personal = usePersonal();
  return (
    <section className="grid gap-1">
      <div className="flex items-center justify-between gap-2">
        <h3 className="font-semibold">{t('prompt')}</h3>
        {prompt !== null && prompt !== '' && <CopyButton isSmall text={prompt} label={t('copyPrompt')} />}
      </div>
      {prompt === null ? (
        <p className="text-secondary text-sm">{t('noPrompt')}</p>
      ) : (
        <p className="wrap-anywhere max-h-64 overflow-y-auto whitespace-pre-wrap text-sm">
          {personal.text(prompt)}
        </p>
      )}
    </section>
  );
}
