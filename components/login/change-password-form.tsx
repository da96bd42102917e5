'use client';

import { z } from 'zod';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Notice } from '../ui/notice';
import { FormMessage } from './form-message';
import { PasswordInput } from './password-input';
import { sendPassword } from './queries';
import { useLoginForm } from './use-login-form';

const rules = z
  .object({
    current_password: z.string().min(1, 'fault.password'),
    new_password: z.string().min(12, 'fault.short').max(200, 'fault.long'),
    repeat: z.string(),
  })
  .refine(({ new_password, repeat }) => new_password === repeat, {
    path: ['repeat'],
    error: 'fault.differ',
  });

/** Asks for another password in the place of a weak one from an old file, before anything else opens. */
export function ChangePasswordForm({ next }: { next: string }) {
  const { t, form, register, refusal, faults, errorOf, setFocus, isPending, isReady } = useLoginForm(
    rules,
    async (fields) => {
      await sendPassword(fields);
      return { next };
    },
  );
  const labels = {
    current_password: t('currentPassword'),
    new_password: t('newPassword'),
    repeat: t('repeat'),
  };
  return (
    <form {...form}>
      <Notice tone="info">{t('weak')}</Notice>
      <FormMessage refusal={refusal} faults={faults} labels={labels} onGoTo={setFocus} />
      <Field label={labels.current_password} error={errorOf('current_password')}>
        {(control) => (
          <PasswordInput
            {...control}
            {...register('current_password')}
            autoComplete="current-password"
            required
          />
        )}
      </Field>
      <Field label={labels.new_password} hint={t('passwordHint')} error={errorOf('new_password')}>
        {(control) => (
          <PasswordInput {...control} {...register('new_password')} autoComplete="new-password" required />
        )}
      </Field>
      <Field label={labels.repeat} error={errorOf('repeat')}>
        {(control) => (
          <PasswordInput {...control} {...register('repeat')} autoComplete="new-password" required />
        )}
      </Field>
      {/* Sent by the browser itself, before the page has its script, the passwords would lead to an answer in JSON. */}
      <Button type="submit" isBusy={isPending} disabled={!isReady}>
        {t('change')}
      </Button>
      <noscript>
        <Notice tone="danger">{t('needsScript')}</Notice>
      </noscript>
    </form>
  );
}
