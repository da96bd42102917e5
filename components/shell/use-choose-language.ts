'use client';

import { useRouter } from 'next/navigation';
import type { Language } from '@/lib/format';
import { htmlLanguage, languageCookieName } from '@/lib/messages/languages';
import { keepChoice } from './cookie';

/** Shows the console in a language. The server writes the page anew; what was loaded and typed stays. */
export function useChooseLanguage(): (language: Language) => void {
  const router = useRouter();
  return (language) => {
    keepChoice(languageCookieName, language);
    document.documentElement.lang = htmlLanguage[language];
    router.refresh();
  };
}
