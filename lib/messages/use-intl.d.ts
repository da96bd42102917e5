import type { Language } from '../format';

declare module 'use-intl' {
  interface AppConfig {
    Locale: Language;
  }
}
