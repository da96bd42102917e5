'use client';

import { useActionState } from 'react';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { FormMessage } from './form-message';
import type { SignInAction } from './form-state';
import { PasswordInput } from './password-input';

export function SignInForm({ action, next }: { action: SignInAction; next: string }) {
  const [state, send, isPending] = useActionState(action, {});
  return (
    <form action={send} className="grid gap-4">
      <FormMessage state={state} />
      <input type="hidden" name="next" value={next} />
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
            defaultValue={state.username ?? ''}
          />
        )}
      </Field>
      <Field label="Password" error={state.fields?.password}>
        {(control) => <PasswordInput {...control} name="password" autoComplete="current-password" required />}
      </Field>
      <Button type="submit" isBusy={isPending}>
        Sign in
      </Button>
    </form>
  );
}
