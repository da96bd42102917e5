'use client';

import type * as React from 'react';
import type { SettingList } from '@/lib/admin-api/settings';
import { SettingsForm } from './settings-form';
import { SettingsNav } from './settings-nav';

/** The settings: groups at the side, the group that is shown beside them, and what is not saved below. */
export function SettingsPanel({ initial, children }: { initial: SettingList; children: React.ReactNode }) {
  return (
    <SettingsForm initial={initial}>
      <div className="grid grid-cols-1 gap-4 md:grid-cols-[208px_minmax(0,1fr)] md:gap-6 xl:max-w-[1000px]">
        <SettingsNav />
        {children}
      </div>
    </SettingsForm>
  );
}
