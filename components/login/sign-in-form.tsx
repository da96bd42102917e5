'use client';

import { z } from 'zod';
import { signIn } from '@/lib/admin-api/sign-in';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { FormMessage } from './form-message';
import { PasswordInput } from './password-input';
import { sendSignIn } from './queries';
import type { Refusal } from './refusal';
import { useLoginForm } from './use-login-form';

const rules = z.object({
  username: z.string().min(1, 'fault.username'),
  password: z.string().min(1, 'fault.password'),
  next: z.string(),
});

export function SignInForm({ initial, next }: { initial: Refusal; next: string }) {
  const { t, form, register, refusal, faults, errorOf, setFocus, isPending } = useLoginForm(
    rules,
    sendSignIn,
    initial,
  );
  const labels = { username: t('username'), password: t('password') };
  return (
    <form {...form} action={signIn.path}>
      <FormMessage refusal={refusal} faults={faults} labels={labels} onGoTo={setFocus} />
      <input type="hidden" name="next" value={next} />
      <Field label={labels.username} error={errorOf('username')}>
        {(control) => (
          <Input
            {...control}
            {...register('username')}
            autoComplete="username"
            autoCapitalize="off"
            spellCheck={false}
            required
          />
        )}
      </Field>
      <Field label={labels.password} error={errorOf('password')}>
        {(control) => (
          <PasswordInput {...control} {...register('password')} autoComplete="current-password" required />
        )}
      </Field>
      <Button type="submit" isBusy={isPending}>
        {t('signIn')}
      </Button>
    </form>
  );
}
