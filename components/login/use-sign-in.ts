'use client';

import { type SubmitEvent, useEffect, useRef, useState } from 'react';
import { AdminApiError } from '@/lib/admin-api/client';
import type { SignInState } from './form-state';

/**
 * Sends a sign-in form by script and goes where the answer says, by a full page load. Without scripts the browser sends
 * the same form by itself, and `initial` is what came of it.
 */
export function useSignIn(
  send: (fields: Record<string, string>) => Promise<{ next: string }>,
  initial: SignInState,
) {
  const [state, setState] = useState(initial);
  const [isPending, setIsPending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (state.sentAt === undefined) return;
    const invalid = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    const password = form.current?.querySelector<HTMLElement>('[name="password"]');
    (invalid ?? password)?.focus();
  }, [state.sentAt]);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isPending) return;
    setIsPending(true);
    const fields: Record<string, string> = {};
    for (const [name, value] of new FormData(event.currentTarget)) fields[name] = String(value);
    try {
      window.location.assign((await send(fields)).next);
    } catch (error) {
      setIsPending(false);
      setState({ ...refusalOf(error), sentAt: Date.now() });
    }
  };
  return { form, state, isPending, submit };
}

function refusalOf(error: unknown): SignInState {
  if (!(error instanceof AdminApiError)) return { message: 'That did not work. Reload the page.' };
  const { message, fields, retry_after: retryAfterSeconds } = error.detail;
  if (retryAfterSeconds !== undefined) return { retryAfterSeconds };
  return fields === undefined || Object.keys(fields).length === 0 ? { message } : { fields };
}
