'use client';

import { z } from 'zod';
import { setUp } from '@/lib/admin-api/sign-in';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { FormMessage } from './form-message';
import { PasswordInput } from './password-input';
import { sendSetUp } from './queries';
import type { Refusal } from './refusal';
import { useLoginForm } from './use-login-form';

const rules = z
  .object({
    code: z.string().trim().min(1, 'fault.code'),
    username: z.string().trim().min(1, 'fault.newUsername').max(64, 'fault.newUsername'),
    password: z.string().min(12, 'fault.short').max(200, 'fault.long'),
    repeat: z.string(),
    next: z.string(),
  })
  .refine(({ password, repeat }) => password === repeat, { path: ['repeat'], error: 'fault.differ' });

/** Creates the first administrator. */
export function SetupForm({ initial, next }: { initial: Refusal; next: string }) {
  const { t, form, register, refusal, faults, errorOf, setFocus, isPending } = useLoginForm(
    rules,
    sendSetUp,
    initial,
  );
  const labels = {
    code: t('setupCode'),
    username: t('username'),
    password: t('password'),
    repeat: t('repeat'),
  };
  return (
    <form {...form} action={setUp.path}>
      <FormMessage refusal={refusal} faults={faults} labels={labels} onGoTo={setFocus} />
      <input type="hidden" name="next" value={next} />
      <Field label={labels.code} hint={t('setupCodeHint')} error={errorOf('code')}>
        {(control) => (
          <Input
            {...control}
            {...register('code')}
            autoComplete="one-time-code"
            autoCapitalize="characters"
            spellCheck={false}
            required
            className="font-mono"
            placeholder="XXXX-XXXX-XXXX-XXXX"
          />
        )}
      </Field>
      <Field label={labels.username} error={errorOf('username')}>
        {(control) => (
          <Input
            {...control}
            {...register('username')}
            autoComplete="username"
            autoCapitalize="off"
            spellCheck={false}
            required
            maxLength={64}
            defaultValue="admin"
          />
        )}
      </Field>
      <Field label={labels.password} hint={t('passwordHint')} error={errorOf('password')}>
        {(control) => (
          <PasswordInput {...control} {...register('password')} autoComplete="new-password" required />
        )}
      </Field>
      <Field label={labels.repeat} error={errorOf('repeat')}>
        {(control) => (
          <PasswordInput {...control} {...register('repeat')} autoComplete="new-password" required />
        )}
      </Field>
      <Button type="submit" isBusy={isPending}>
        {t('create')}
      </Button>
    </form>
  );
}
