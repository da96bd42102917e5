'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { FileSearch, UserRound } from 'lucide-react';
import { useRouter } from 'next/navigation';
import type * as React from 'react';
import { useEffect, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { listAccounts } from '@/lib/admin-api/accounts';
import { callAdmin } from '@/lib/admin-api/client';
import { listSettings } from '@/lib/admin-api/settings';
import { languageNames, languages } from '@/lib/messages/languages';
import { useLiveState } from '../live/live';
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from '../ui/command';
import { Dialog, DialogContent } from '../ui/dialog';
import { chooseTheme } from './choose-theme';
import { pages } from './pages';
import { addRecent, readRecent } from './recent';
import { onSignal } from './signals';
import { themes } from './theme';
import { useChooseLanguage } from './use-choose-language';
import { useDebounced } from './use-debounced';
import { useSignOut } from './use-sign-out';

const typingPauseMs = 200;
const shortestSearch = 2;
const shownAccounts = 5;

/** One thing that the palette offers. Its `id` is how it is remembered. */
type Entry = {
  id: string;
  label: string;
  icon?: React.ReactNode;
  /** The server has found it already, perhaps by what its label does not say. */
  isFound?: true;
  run: () => void;
};

/** Pages, accounts, requests, settings and actions by typing a part of their name. */
export function CommandPalette() {
  const t = useTranslations('shell');
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => onSignal('palette', () => setIsOpen(true)), []);
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogContent title={t('palette.title')} className="max-sm:h-[80dvh]">
        <Entries onDone={() => setIsOpen(false)} />
      </DialogContent>
    </Dialog>
  );
}

function Entries({ onDone }: { onDone: () => void }) {
  const t = useTranslations('shell');
  const [text, setText] = useState('');
  const [recent] = useState(readRecent);
  const search = useDebounced(text.trim(), typingPauseMs);
  const go = useGo(onDone);
  const sections = useSections(search, go, onDone);
  const known = new Map(sections.flatMap(({ entries }) => entries).map((entry) => [entry.id, entry]));
  const again = text === '' ? recent.flatMap((id) => known.get(id) ?? []) : [];
  const matching = sections
    .map(({ name, entries }) => ({
      name,
      entries: entries.filter(({ label, isFound }) => isFound === true || matches(label, text)),
    }))
    .filter(({ entries }) => entries.length > 0);
  const run = ({ id, run: start }: Entry) => {
    addRecent(id);
    onDone();
    start();
  };
  return (
    // What matches is decided here, since accounts come from the server.
    <Command shouldFilter={false} label={t('palette.title')}>
      <CommandInput value={text} onValueChange={setText} placeholder={t('palette.placeholder')} />
      <CommandList className="max-h-[60dvh]">
        <CommandEmpty role="status">{t('palette.empty')}</CommandEmpty>
        {again.length > 0 && (
          <CommandGroup heading={t('palette.recent')}>
            {again.map((entry) => (
              <Item key={entry.id} entry={entry} value={`recent ${entry.id}`} onSelect={run} />
            ))}
          </CommandGroup>
        )}
        {matching.map(({ name, entries }) => (
          <CommandGroup key={name} heading={name}>
            {entries.map((entry) => (
              <Item key={entry.id} entry={entry} value={entry.id} onSelect={run} />
            ))}
          </CommandGroup>
        ))}
      </CommandList>
    </Command>
  );
}

type ItemProps = { entry: Entry; value: string; onSelect: (entry: Entry) => void };

function Item({ entry, value, onSelect }: ItemProps) {
  return (
    <CommandItem value={value} onSelect={() => onSelect(entry)}>
      {entry.icon}
      <span className="min-w-0 truncate">{entry.label}</span>
    </CommandItem>
  );
}

const matches = (label: string, text: string) => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const inside = label.toLowerCase();
  return words.every((word) => inside.includes(word));
};

function useGo(onDone: () => void) {
  const router = useRouter();
  return (href: string) => {
    onDone();
    router.push(href);
  };
}

function useSections(search: string, go: (href: string) => void, onDone: () => void) {
  const t = useTranslations('shell');
  const accounts = useAccountSearch(search);
  const settings = useSettingNames();
  const actions = useActions(go, onDone);
  const requestId = /^req_[\w-]{4,80}$/.exec(search)?.[0];
  const sections: { name: string; entries: Entry[] }[] = [
    {
      name: t('palette.pages'),
      entries: pages.map(({ name, href, icon: Icon }) => ({
        id: `page ${name}`,
        label: t(`pages.${name}`),
        icon: <Icon aria-hidden />,
        run: () => go(href),
      })),
    },
    {
      name: t('palette.request'),
      entries:
        requestId === undefined
          ? []
          : [
              {
                id: `request ${requestId}`,
                label: t('palette.openRequest', { id: requestId }),
                icon: <FileSearch aria-hidden />,
                run: () => go(`/admin/logs?log=${encodeURIComponent(requestId)}`),
              },
            ],
    },
    {
      name: t('palette.accounts'),
      entries: accounts.map(({ id, email }) => ({
        id: `account ${id}`,
        label: email,
        icon: <UserRound aria-hidden />,
        isFound: true,
        run: () => go(`/admin/accounts?account=${encodeURIComponent(id)}`),
      })),
    },
    { name: t('palette.actions'), entries: actions },
    {
      name: t('palette.settings'),
      // Only what was asked for: there are many.
      entries:
        search.length < shortestSearch
          ? []
          : settings.map(({ key, group, label }) => ({
              id: `setting ${key}`,
              label: `${label} · ${key}`,
              run: () => go(`/admin/settings/${group}?field=${encodeURIComponent(key)}`),
            })),
    },
  ];
  return sections;
}

function useAccountSearch(search: string) {
  const isAsked = search.length >= shortestSearch;
  const { data } = useQuery({
    queryKey: ['accounts', 'palette', search],
    queryFn: ({ signal }) => callAdmin(listAccounts, { query: { q: search, limit: shownAccounts }, signal }),
    enabled: isAsked,
    placeholderData: keepPreviousData,
  });
  return isAsked ? (data?.items ?? []) : [];
}

function useSettingNames() {
  const { data } = useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => callAdmin(listSettings, { signal }),
  });
  return data?.items ?? [];
}

function useActions(go: (href: string) => void, onDone: () => void): Entry[] {
  const t = useTranslations('shell');
  const { isPaused, setPaused } = useLiveState();
  const chooseLanguage = useChooseLanguage();
  const { leave } = useSignOut();
  return [
    {
      id: 'add account',
      label: t('palette.addAccount'),
      run: () => go('/admin/accounts?add=1'),
    },
    {
      id: 'create key',
      label: t('palette.createKey'),
      run: () => go('/admin/keys?create=1'),
    },
    {
      id: 'refresh credits',
      label: t('palette.refreshCredits'),
      run: () => go('/admin/accounts?refresh=credits'),
    },
    { id: 'checklist', label: t('palette.checklist'), run: () => go('/admin?checklist=1') },
    {
      id: 'pause',
      label: t(isPaused ? 'resume' : 'pause'),
      run: () => setPaused(!isPaused),
    },
    ...themes.map((theme) => ({
      id: `theme ${theme}`,
      label: t('palette.themeTo', { theme: t(theme) }),
      run: () => chooseTheme(theme),
    })),
    ...languages.map((language) => ({
      id: `language ${language}`,
      label: t('palette.languageTo', { language: languageNames[language] }),
      run: () => {
        onDone();
        chooseLanguage(language);
      },
    })),
    { id: 'sign out', label: t('signOut'), run: leave },
  ];
}
