import { cookies, headers } from 'next/headers';
import { createTranslator } from 'use-intl/core';
import type { Language } from '../format';
import { languageCookieName, pickLanguage } from './languages';
import { messagesOf, type Scope, type TextKey, type TextValues } from './messages';

/** The language of whoever asks for this page. */
export async function readLanguage(): Promise<Language> {
  const chosen = (await cookies()).get(languageCookieName)?.value;
  return pickLanguage(chosen, (await headers()).get('accept-language'));
}

/** The texts of one part of the console for a server component. */
export async function pageText<P extends Scope>(
  part: P,
): Promise<(key: TextKey<P>, values?: TextValues) => string> {
  const locale = await readLanguage();
  const translate = createTranslator({
    locale,
    messages: messagesOf(locale) as never,
    namespace: part as never,
  }) as (key: string, values?: TextValues) => string;
  return translate;
}
