'use client';

import { setUp } from '@/lib/admin-api/sign-in';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { FormMessage } from './form-message';
import type { SignInState } from './form-state';
import { PasswordInput } from './password-input';
import { sendSetUp } from './queries';
import { useSignIn } from './use-sign-in';

/** Creates the first administrator. */
export function SetupForm({ initial, next }: { initial: SignInState; next: string }) {
  const { form, state, isPending, submit } = useSignIn(sendSetUp, initial);
  return (
    <form ref={form} method="post" action={setUp.path} onSubmit={submit} className="grid gap-4">
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
            name="code"
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
            name="username"
            autoComplete="username"
            autoCapitalize="off"
            spellCheck={false}
            required
            maxLength={64}
            defaultValue="admin"
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
