import type { Language } from '../format';

/** Cookie that keeps the language of the console; the server reads it, so the first paint is in it. */
export const languageCookieName = 'flow2api.language';

export const languages = ['en', 'zh'] as const satisfies readonly Language[];

/** As each language calls itself. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', zh: '简体中文' };

/** What `lang` in a page says. */
export const htmlLanguage: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' };

/**
 * The language to write in: the chosen one, else the first of the browser's (`Accept-Language`, RFC 9110, 12.5.4) that
 * there is, else English.
 */
export function pickLanguage(chosen: string | undefined, accepted: string | null): Language {
  const known = languages.find((language) => language === chosen);
  if (known !== undefined) return known;
  const wanted = (accepted ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const weight = parameters.map((text) => /^\s*q=([\d.]+)$/.exec(text)?.[1]).find(Boolean);
      return { language: tag.split('-')[0], weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((one, other) => other.weight - one.weight);
  for (const { language } of wanted) {
    const found = languages.find((known) => known === language);
    if (found !== undefined) return found;
  }
  return 'en';
}
