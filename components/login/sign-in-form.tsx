'use client';

import { signIn } from '@/lib/admin-api/sign-in';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { FormMessage } from './form-message';
import type { SignInState } from './form-state';
import { PasswordInput } from './password-input';
import { sendSignIn } from './queries';
import { useSignIn } from './use-sign-in';

export function SignInForm({ initial, next }: { initial: SignInState; next: string }) {
  const { form, state, isPending, submit } = useSignIn(sendSignIn, initial);
  return (
    <form ref={form} method="post" action={signIn.path} onSubmit={submit} className="grid gap-4">
      <FormMessage state={state} />
      <input type="hidden" name="next" value={next} />
      <Field label="Username" error={state.fields?.username}>
        {(control) => (
          <Input
            {...control}
            name="username"
            autoComplete="username"
            autoCapitalize="off"
            spellCheck={false}
            required
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
