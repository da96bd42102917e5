'use client';

import type * as React from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { Field } from '../ui/field';
import { Textarea } from '../ui/textarea';

/** Where a session token is pasted. */
export function TokenField({
  error,
  ...props
}: React.ComponentProps<'textarea'> & { error: string | undefined }) {
  const t = useTranslations('accounts.form');
  return (
    <Field label={t('sessionToken')} error={error}>
      {(control) => (
        <Textarea
          {...control}
          {...props}
          rows={4}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          required
          className="max-h-40 break-all font-mono"
        />
      )}
    </Field>
  );
}
