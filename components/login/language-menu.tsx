'use client';

import { Languages } from 'lucide-react';
import { useLocale } from 'use-intl';
import { useTranslations } from '@/components/shell/use-translations';
import { htmlLanguage, languageNames, languages } from '@/lib/messages/languages';
import { useChooseLanguage } from '../shell/use-choose-language';
import { Button } from '../ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuTrigger,
} from '../ui/dropdown-menu';

/** The language of the page; each is named in itself. */
export function LanguageMenu() {
  const t = useTranslations('login');
  const language = useLocale();
  const choose = useChooseLanguage();
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={t('language')}>
          <Languages aria-hidden />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuRadioGroup
          aria-label={t('language')}
          value={language}
          onValueChange={(value) => {
            const chosen = languages.find((known) => known === value);
            if (chosen !== undefined) choose(chosen);
          }}
        >
          {languages.map((value) => (
            <DropdownMenuRadioItem key={value} value={value} lang={htmlLanguage[value]}>
              {languageNames[value]}
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
