'use client';

import { CircleUser, Keyboard, LogOut } from 'lucide-react';
import { useState } from 'react';
import { useLocale } from 'use-intl';
import { useTranslations } from '@/components/shell/use-translations';
import { languageNames, languages } from '@/lib/messages/languages';
import { Button } from '../ui/button';
import {
  DropdownMenu,
  DropdownMenuCheckboxItem,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '../ui/dropdown-menu';
import { chooseTheme } from './choose-theme';
import { timeZoneChoices } from './preferences';
import { usePreferences } from './preferences-provider';
import { signal } from './signals';
import { parseTheme, type Theme, themes } from './theme';
import { useChooseLanguage } from './use-choose-language';
import { useSignOut } from './use-sign-out';

const zoneTexts = { browser: 'zoneBrowser', utc: 'zoneUtc', server: 'zoneServer' } as const;

/** How this browser shows the console, and the way out of it. */
export function UserMenu({ username, initialTheme }: { username: string; initialTheme: Theme }) {
  const t = useTranslations('shell');
  const language = useLocale();
  const chooseLanguage = useChooseLanguage();
  const { timeZone, hidesPersonal, set } = usePreferences();
  const [theme, setTheme] = useState(initialTheme);
  const { leave } = useSignOut();
  const isLanguage = (value: string) => languages.find((known) => known === value);
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={t('userMenu', { name: username })}>
          <CircleUser aria-hidden />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent className="w-60">
        <DropdownMenuLabel className="truncate">
          {t('signedInAs')} <b className="text-text">{username}</b>
        </DropdownMenuLabel>
        <DropdownMenuSeparator />
        <DropdownMenuLabel>{t('theme')}</DropdownMenuLabel>
        <DropdownMenuRadioGroup
          aria-label={t('theme')}
          value={theme}
          onValueChange={(value) => {
            const chosen = parseTheme(value);
            setTheme(chosen);
            chooseTheme(chosen);
          }}
        >
          {themes.map((value) => (
            <DropdownMenuRadioItem key={value} value={value}>
              {t(value)}
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
        <DropdownMenuLabel>{t('language')}</DropdownMenuLabel>
        <DropdownMenuRadioGroup
          aria-label={t('language')}
          value={language}
          onValueChange={(value) => {
            const chosen = isLanguage(value);
            if (chosen !== undefined) chooseLanguage(chosen);
          }}
        >
          {languages.map((value) => (
            <DropdownMenuRadioItem key={value} value={value}>
              {languageNames[value]}
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
        <DropdownMenuLabel>{t('timeZone')}</DropdownMenuLabel>
        <DropdownMenuRadioGroup
          aria-label={t('timeZone')}
          value={timeZone}
          onValueChange={(value) => {
            const chosen = timeZoneChoices.find((choice) => choice === value);
            if (chosen !== undefined) set({ timeZone: chosen });
          }}
        >
          {timeZoneChoices.map((value) => (
            <DropdownMenuRadioItem key={value} value={value}>
              {t(zoneTexts[value])}
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
        <DropdownMenuSeparator />
        <DropdownMenuCheckboxItem
          checked={hidesPersonal}
          onCheckedChange={(checked) => set({ hidesPersonal: checked })}
        >
          {t('hidePersonal')}
        </DropdownMenuCheckboxItem>
        <DropdownMenuItem onSelect={() => signal('help')}>
          <Keyboard aria-hidden />
          {t('shortcuts')}
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={leave}>
          <LogOut aria-hidden />
          {t('signOut')}
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
