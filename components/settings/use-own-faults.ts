'use client';

import type { FieldError, FieldValues, Path, UseFormSetError } from 'react-hook-form';
import { useTranslations } from '@/components/shell/use-translations';
import { AdminApiError } from '@/lib/admin-api/client';
import { useErrorText } from '../shell/use-error-text';
import { useFormat } from '../shell/use-format';

/** For a field, the name of the text for a refusal, by its code; `other` for every other code. */
type Texts = { other: string } & Record<string, string>;

/** Faults of a form of one's own sign-in in the reader's language, its own and those of the gateway. */
export function useOwnFaults<Fields extends FieldValues>(
  setError: UseFormSetError<Fields>,
  texts: Partial<Record<Path<Fields>, Texts>>,
) {
  const t = useTranslations('settings');
  const format = useFormat();
  const errorText = useErrorText();
  type Key = Parameters<typeof t>[0];
  return {
    say: (fault: FieldError | undefined): string | undefined => {
      const message = fault?.message;
      return message !== undefined && t.has(message as Key) ? t(message as Key) : message;
    },
    refuse: (error: unknown): void => {
      const detail = error instanceof AdminApiError ? error.detail : undefined;
      const names = Object.keys(detail?.fields ?? {}) as Path<Fields>[];
      const known = names.filter((name) => texts[name] !== undefined);
      for (const name of known) {
        const of = texts[name];
        setError(
          name,
          { type: 'server', message: of?.[detail?.code ?? ''] ?? of?.other ?? '' },
          { shouldFocus: true },
        );
      }
      if (known.length > 0) return;
      const retryAfter = detail?.retry_after;
      const message =
        retryAfter === undefined
          ? errorText(error)
          : t('password.wait', { time: format.duration(retryAfter * 1_000) });
      setError('root', { type: 'server', message });
    },
  };
}
