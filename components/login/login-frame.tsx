'use client';

import type * as React from 'react';
import { IntlProvider } from 'use-intl';
import type { Language } from '@/lib/format';
import type { Messages } from '@/lib/messages/messages';
import { Brand } from '../shell/brand';
import type { Preferences } from '../shell/preferences';
import { PreferencesProvider } from '../shell/preferences-provider';
import type { Theme } from '../shell/theme';
import { ThemeMenu } from '../shell/theme-menu';
import { LanguageMenu } from './language-menu';

type LoginFrameProps = {
  language: Language;
  /** Of the parts that the page has; the rest of the console is nobody's business yet. */
  messages: Pick<Messages, 'login' | 'common' | 'shell'>;
  preferences: Preferences;
  theme: Theme;
  children: React.ReactNode;
};

const zone = 'UTC'; // no date is shown here

/** What is around the sign-in: the name, the language and the theme. */
export function LoginFrame({ language, messages, preferences, theme, children }: LoginFrameProps) {
  return (
    <IntlProvider locale={language} messages={messages} timeZone={zone}>
      <PreferencesProvider initial={preferences} serverZone={zone}>
        <div className="flex min-h-dvh flex-col">
          <header className="flex items-center justify-between p-2 pl-4 md:p-4">
            <Brand />
            <div className="flex gap-1">
              <LanguageMenu />
              <ThemeMenu initial={theme} />
            </div>
          </header>
          <main className="grid flex-1 place-items-center p-4 pb-24">{children}</main>
        </div>
      </PreferencesProvider>
    </IntlProvider>
  );
}
