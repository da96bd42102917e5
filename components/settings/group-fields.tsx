'use client';

import { SearchX } from 'lucide-react';
import { useSearchParams } from 'next/navigation';
import { useEffect, useId } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { SettingList, SettingRow } from '@/lib/admin-api/settings';
import { Countdown } from '../clock/time';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { Input } from '../ui/input';
import { Notice } from '../ui/notice';
import { useFieldText } from './field-text';
import { matchesSearch } from './form-values';
import { pageOfSetting, type SettingPage, settingPages } from './groups';
import { SettingField } from './setting-field';
import { controlId, useSettingsForm } from './settings-context';
import { useSettingSearch } from './use-setting-search';

/** The settings of a group, or, while the reader searches, of every group that has something. */
export function GroupFields({ page, children }: { page: SettingPage; children?: React.ReactNode }) {
  const t = useTranslations('settings');
  const text = useFieldText();
  const { list } = useSettingsForm();
  const { search, setSearch } = useSettingSearch();
  useNamedField();
  const found = list.items.filter((row) => matchesSearch(text.searchable(row), search));
  const shown = search === '' ? [page] : settingPages.map(({ id }) => id);
  return (
    <div className="grid min-w-0 grid-cols-1 content-start gap-4 [&_:is(input,button,a)]:scroll-mb-28">
      <p role="status" className="text-secondary text-sm empty:hidden">
        {search !== '' && t('search.found', { count: found.length })}
      </p>
      {search !== '' && found.length === 0 && (
        <Card>
          <EmptyState
            icon={SearchX}
            title={t('search.none', { text: search })}
            action={
              <Button variant="outline" onClick={() => setSearch('')}>
                {t('search.clear')}
              </Button>
            }
          />
        </Card>
      )}
      {shown.map((id) => {
        const rows = (search === '' ? list.items : found).filter((row) => pageOfSetting(row) === id);
        return rows.length === 0 ? null : (
          <Group key={id} page={id} rows={rows} list={list} isWhole={search === ''} />
        );
      })}
      {search === '' && children}
    </div>
  );
}

type GroupProps = { page: SettingPage; rows: SettingRow[]; list: SettingList; isWhole: boolean };

function Group({ page, rows, list, isWhole }: GroupProps) {
  const t = useTranslations('settings');
  const id = useId();
  return (
    <Card aria-labelledby={id}>
      <h2 id={id} className="border-border border-b px-4 py-3 font-semibold text-lg">
        {t(`groups.${page}`)}
      </h2>
      <div className="px-4">
        {page === 'general' && isWhole && list.fixed.map((fact) => <FixedField key={fact.name} {...fact} />)}
        {page === 'logging' && <DebugNotice list={list} />}
        {rows.map((row) => (
          <SettingField key={row.key} row={row} />
        ))}
      </div>
    </Card>
  );
}

/** What is read at the start and can only be looked at here. */
function FixedField({ name, value }: SettingList['fixed'][number]) {
  const t = useTranslations('settings');
  const id = useId();
  return (
    <div className="grid gap-2 border-border border-b py-4">
      <label htmlFor={id} className="font-medium">
        {t(`fixed.${name}.label`)}
      </label>
      <Input
        id={id}
        readOnly
        value={value ?? t('fixed.none')}
        aria-describedby={`${id}-help`}
        className="max-w-[640px] bg-muted text-secondary"
      />
      <p id={`${id}-help`} className="max-w-[70ch] text-secondary text-sm">
        {t(`fixed.${name}.help`)} {t('fixed.by', { name })}
      </p>
    </div>
  );
}

function DebugNotice({ list }: { list: SettingList }) {
  const t = useTranslations('settings');
  const isOn = list.items.find(({ key }) => key === 'debug.enabled')?.value === true;
  if (!isOn) return null;
  return (
    <Notice tone="warning" className="mt-4">
      {t('debug.on')}{' '}
      {list.debug_ends_at === null
        ? t('debug.stays')
        : t.rich('debug.ends', { time: () => <Countdown until={list.debug_ends_at} /> })}
    </Notice>
  );
}

/** Puts the keyboard on the setting that the address names. */
function useNamedField() {
  const key = useSearchParams().get('field');
  useEffect(() => {
    if (key === null) return;
    // After the title has got the focus, as it does on every change of page.
    const timer = setTimeout(() => {
      const control = document.getElementById(controlId(key));
      control?.focus();
      control?.scrollIntoView({ block: 'center' });
    });
    return () => clearTimeout(timer);
  }, [key]);
}
