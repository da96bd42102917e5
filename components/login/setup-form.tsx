'use client';

import { useActionState } from 'react';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { FormMessage } from './form-message';
import type { SignInAction } from './form-state';
import { PasswordInput } from './password-input';

/** Creates the first administrator. */
export function SetupForm({ action, next }: { action: SignInAction; next: string }) {
  const [state, send, isPending] = useActionState(action, {});
  return (
    <form action={send} className="grid gap-4">
      <FormMessage state={state} />
      <input type="hidden" name="next" value={next} />
      <Field
        label="Setup code"
        hint="The gateway printed it in its terminal or log when it started."
        error={state.fields?.code}
      >
        {(control) => (
          <Input
            {...control}
            key={state.sentAt}
            name="code"
            defaultValue={state.code ?? ''}
            autoComplete="one-time-code"
            autoCapitalize="characters"
            spellCheck={false}
            required
            className="font-mono"
            placeholder="XXXX-XXXX-XXXX-XXXX"
          />
        )}
      </Field>
      <Field label="Username" error={state.fields?.username}>
        {(control) => (
          <Input
            {...control}
            key={state.sentAt}
            name="username"
            autoComplete="username"
            autoCapitalize="off"
            spellCheck={false}
            required
            maxLength={64}
            defaultValue={state.username ?? 'admin'}
          />
        )}
      </Field>
      <Field label="Password" hint="Use at least 12 characters." error={state.fields?.password}>
        {(control) => <PasswordInput {...control} name="password" autoComplete="new-password" required />}
      </Field>
      <Field label="Repeat password" error={state.fields?.repeat}>
        {(control) => <PasswordInput {...control} name="repeat" autoComplete="new-password" required />}
      </Field>
      <Button type="submit" isBusy={isPending}>
        Create administrator
      </Button>
    </form>
  );
}
