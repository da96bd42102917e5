'use client';

import { Search } from 'lucide-react';
import Link from 'next/link';
import { usePathname, useRouter } from 'next/navigation';
import { useTranslations } from '@/components/shell/use-translations';
import { cn } from '@/lib/cn';
import { fieldClasses, Input } from '../ui/input';
import { changeOf, readFormValue } from './form-values';
import { pageOfSetting, parseSettingPage, settingPages, settingPath } from './groups';
import { useSettingsForm } from './settings-context';
import { useSettingSearch } from './use-setting-search';

/** The groups, a list at the side or a select on phones, and the search over all of them. */
export function SettingsNav() {
  const t = useTranslations('settings');
  const router = useRouter();
  const current = parseSettingPage(usePathname().split('/')[3] ?? '');
  const { text, setSearch } = useSettingSearch();
  const changed = useChangedPages();
  return (
    <div className="grid content-start gap-3 md:sticky md:top-16 md:w-52">
      <div className="relative">
        <Search aria-hidden className="absolute top-1/2 left-3 size-4 -translate-y-1/2 text-secondary" />
        <Input
          type="search"
          aria-label={t('search.label')}
          placeholder={t('search.label')}
          autoComplete="off"
          spellCheck={false}
          className="pl-9"
          value={text}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <select
        aria-label={t('groups.label')}
        className={cn(fieldClasses, 'h-11 md:hidden')}
        value={current ?? ''}
        onChange={(event) => {
          const page = parseSettingPage(event.target.value);
          if (page !== undefined) router.push(settingPath(page));
        }}
      >
        {settingPages.map(({ id }) => (
          <option key={id} value={id}>
            {t(`groups.${id}`)}
          </option>
        ))}
      </select>
      <nav aria-label={t('groups.label')} className="hidden md:block">
        <ul className="grid gap-0.5">
          {settingPages.map(({ id }) => (
            <li key={id}>
              <Link
                href={settingPath(id)}
                aria-current={id === current && text === '' ? 'page' : undefined}
                className="flex min-h-9 items-center justify-between gap-2 rounded-md px-3 hover:bg-muted aria-[current]:bg-muted aria-[current]:font-medium"
              >
                {t(`groups.${id}`)}
                {changed.has(id) && (
                  <span className="text-warning">
                    <span aria-hidden>•</span>
                    <span className="sr-only">{t('bar')}</span>
                  </span>
                )}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </div>
  );
}

function useChangedPages() {
  const { list, values } = useSettingsForm();
  return new Set(
    list.items
      .filter((row) => changeOf(row, readFormValue(values, row.key)) !== undefined)
      .map((row) => pageOfSetting(row)),
  );
}
