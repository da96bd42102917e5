import type * as React from 'react';
import { SettingsPanel } from '@/components/settings/settings-panel';
import { PageTitle } from '@/components/shell/page-title';
import { requireSession } from '@/lib/auth/session';
import { pageText } from '@/lib/messages/page-text';
import { getRuntime } from '@/lib/runtime';
import { listSettingRows } from '@/lib/settings-form';

/** One form for every group, which stays while the reader goes from one to the other. */
export default async function SettingsLayout({ children }: { children: React.ReactNode }) {
  await requireSession();
  const t = await pageText('shell');
  return (
    <>
      <PageTitle title={t('pages.settings')} />
      <SettingsPanel initial={listSettingRows(await getRuntime())}>{children}</SettingsPanel>
    </>
  );
}
