'use client';

import { useSyncExternalStore } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { useSettingsForm } from './settings-context';

const subscribe = () => () => {};

/** What the addresses of finished files begin with, as it is entered now. */
export function MediaBaseUrl({ value }: { value: string }) {
  const t = useTranslations('settings');
  const { list } = useSettingsForm();
  const here = useSyncExternalStore(
    subscribe,
    () => window.location.origin,
    () => '',
  );
  const publicUrl = list.fixed.find(({ name }) => name === 'PUBLIC_URL')?.value ?? '';
  const url = (value.trim() || publicUrl).replace(/\/+$/, '');
  return (
    <p className="break-all text-sm">
      {url === '' ? t('effectiveCalled', { url: here }) : t('effective', { url })}
    </p>
  );
}
