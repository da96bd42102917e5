'use client';

import { useEffect, useState } from 'react';
import { AdminApiError } from '@/lib/admin-api/client';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Notice } from '../ui/notice';
import { FormMessage } from './form-message';
import { PasswordInput } from './password-input';
import { sendPassword } from './queries';
import { useSignIn } from './use-sign-in';

const passwordsDiffer = () => {
  const message = 'The two passwords differ.';
  return new AdminApiError(400, {
    code: 'invalid_request',
    message,
    fields: { repeat: message },
    request_id: '',
  });
};

/** Asks for another password in the place of a weak one from an old file, before anything else opens. */
export function ChangePasswordForm({ next }: { next: string }) {
  const { form, state, isPending, submit } = useSignIn(async (fields) => {
    if (fields.new_password !== fields.repeat) throw passwordsDiffer();
    await sendPassword(fields);
    return { next };
  }, {});
  // Sent by the browser itself, before the page has its script, the passwords would lead to an answer in JSON.
  const [isReady, setIsReady] = useState(false);
  useEffect(() => setIsReady(true), []);
  return (
    <form ref={form} method="post" onSubmit={submit} className="grid gap-4">
      <Notice tone="info">
        Your password was taken over from an old settings file and is too short. Choose another one to go on.
      </Notice>
      <FormMessage state={state} />
      <Field label="Current password" error={state.fields?.current_password}>
        {(control) => (
          <PasswordInput {...control} name="current_password" autoComplete="current-password" required />
        )}
      </Field>
      <Field label="New password" hint="Use at least 12 characters." error={state.fields?.new_password}>
        {(control) => <PasswordInput {...control} name="new_password" autoComplete="new-password" required />}
      </Field>
      <Field label="Repeat password" error={state.fields?.repeat}>
        {(control) => <PasswordInput {...control} name="repeat" autoComplete="new-password" required />}
      </Field>
      <Button type="submit" isBusy={isPending} disabled={!isReady}>
        Change password
      </Button>
      <noscript>
        <Notice tone="danger">Switch JavaScript on to change the password.</Notice>
      </noscript>
    </form>
  );
}
