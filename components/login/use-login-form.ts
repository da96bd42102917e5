'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { type SubmitEvent, useEffect, useState } from 'react';
import { useForm } from 'react-hook-form';
import type { z } from 'zod';
import { useTranslations } from '@/components/shell/use-translations';
import { type Refusal, refusalOf } from './refusal';

type LoginFields = Record<string, string>;

/**
 * Sends a form of the sign-in page by script and goes where the answer says, by a full page load. Without scripts the
 * browser sends the same form by itself, and `initial` is what came of it. The messages of `rules` name texts of `login`.
 */
export function useLoginForm(
  rules: z.ZodType<LoginFields, LoginFields>,
  send: (fields: LoginFields) => Promise<{ next: string }>,
  initial: Refusal = {},
) {
  const t = useTranslations('login');
  const [refusal, setRefusal] = useState(initial);
  const [isPending, setIsPending] = useState(false);
  // Before that, the browser checks what is required, and sends the form.
  const [isReady, setIsReady] = useState(false);
  useEffect(() => setIsReady(true), []);
  const { register, handleSubmit, setError, setFocus, setValue, formState } = useForm<LoginFields>({
    resolver: zodResolver(rules),
    mode: 'onTouched',
  });
  const { errors, submitCount } = formState;

  const sendValid = async (fields: LoginFields) => {
    setIsPending(true);
    try {
      window.location.assign((await send(fields)).next);
    } catch (error) {
      const { whole, fields: refused } = refusalOf(error);
      setIsPending(false);
      setRefusal({ ...whole, sentAt: Date.now() });
      const [first] = Object.keys(refused);
      for (const [name, message] of Object.entries(refused)) setError(name, { type: 'server', message });
      setFocus(first ?? ('password' in fields ? 'password' : 'current_password'));
    }
  };
  type Key = Parameters<typeof t>[0];
  return {
    t,
    register,
    refusal,
    isPending,
    isReady,
    /** What is wrong with a field, in words. */
    errorOf: (name: string): string | undefined => {
      const message = errors[name]?.message;
      return message !== undefined && t.has(message as Key) ? t(message as Key) : message;
    },
    /** The fields at fault once the form was sent. */
    faults: submitCount > 0 ? Object.keys(errors) : [],
    setFocus,
    form: {
      method: 'post',
      noValidate: isReady,
      className: 'grid gap-4',
      onSubmit: (event: SubmitEvent<HTMLFormElement>) => {
        event.preventDefault();
        if (isPending) return;
        setRefusal({});
        // A password manager may have filled a field in without telling.
        for (const [name, value] of new FormData(event.currentTarget)) setValue(name, String(value));
        void handleSubmit(sendValid)(event);
      },
    },
  } as const;
}
