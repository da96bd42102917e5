'use client';

import { useState } from 'react';
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

/** The messages that stand beside fields now; one goes when its field is edited. */
export function useFieldErrors() {
  const [errors, setErrors] = useState<FieldErrors>({});
  const clear = (name: string) => setErrors(({ [name]: _cleared, ...others }) => others);
  return { errors, setErrors, clear };
}
