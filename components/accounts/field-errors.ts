'use client';

import { type RefObject, useEffect, useRef, useState } from 'react';
import type { z } from 'zod';
import { AdminApiError } from '@/lib/admin-api/client';

/** One message for each field at fault, by the field's name in the contract. */
export type FieldErrors = Record<string, string>;

/** The messages of a failed check in the browser, or of a refusal by the server. */
export function readFieldErrors(error: z.ZodError | Error): FieldErrors {
  if (error instanceof AdminApiError) return error.detail.fields ?? {};
  const errors: FieldErrors = {};
  if ('issues' in error) {
    for (const issue of error.issues) errors[issue.path.map(String).join('.')] ??= issue.message;
  }
  return errors;
}

/**
 * The messages that stand beside fields now; one goes when its field is edited. Whenever some are set, the first field at
 * fault in `form` gets the focus.
 */
export function useFieldErrors() {
  const form = useRef<HTMLFormElement>(null);
  const [{ errors, refusals }, setState] = useState({ errors: {} as FieldErrors, refusals: 0 });
  const setErrors = (next: FieldErrors) =>
    setState((state) => ({ errors: next, refusals: state.refusals + 1 }));
  useEffect(() => {
    if (refusals > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [refusals]);
  const clear = (name: string) =>
    setState((state) => {
      const { [name]: _cleared, ...others } = state.errors;
      return { ...state, errors: others };
    });
  return { form, errors, setErrors, clear };
}

/** Puts the focus into the first control of a form that has just appeared. */
export function useFirstFocus(form: RefObject<HTMLFormElement | null>) {
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('textarea, input, button')?.focus();
  }, [form]);
}
