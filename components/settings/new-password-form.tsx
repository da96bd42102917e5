'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useId } from 'react';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { z } from 'zod';
import { useTranslations } from '@/components/shell/use-translations';
import { PasswordInput } from '../login/password-input';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Field } from '../ui/field';
import { Notice } from '../ui/notice';
import { sendNewPassword, useForgetSignIns } from './queries';
import { useOwnFaults } from './use-own-faults';

const schema = z
  .object({
    current_password: z.string().min(1, 'password.empty'),
    new_password: z.string().min(12, 'changePassword.short').max(200, 'changePassword.long'),
    repeat: z.string(),
  })
  .refine(({ new_password, repeat }) => new_password === repeat, {
    path: ['repeat'],
    error: 'changePassword.differ',
  });

const empty = { current_password: '', new_password: '', repeat: '' };

/** Changes the reader's password, which signs out everybody else. */
export function NewPasswordForm() {
  const t = useTranslations('settings');
  const id = useId();
  const forgetSignIns = useForgetSignIns();
  const { register, handleSubmit, setError, reset, formState } = useForm({
    resolver: zodResolver(schema),
    defaultValues: empty,
    mode: 'onTouched',
  });
  const { say, refuse } = useOwnFaults(setError, {
    current_password: { other: 'password.wrong' },
    new_password: { other: 'changePassword.short' },
  });
  const submit = handleSubmit(async ({ current_password, new_password }) => {
    try {
      const { ended_sessions: count } = await sendNewPassword({ current_password, new_password });
      reset(empty);
      toast.success(t('changePassword.done', { count }));
      await forgetSignIns();
    } catch (error) {
      refuse(error);
    }
  });
  const { errors } = formState;
  return (
    <Card aria-labelledby={id}>
      <h2 id={id} className="border-border border-b px-4 py-3 font-semibold text-lg">
        {t('changePassword.title')}
      </h2>
      <form onSubmit={submit} noValidate className="grid max-w-[640px] gap-4 p-4">
        <p className="text-secondary text-sm">{t('changePassword.note')}</p>
        <div role="alert" className="empty:hidden">
          {errors.root !== undefined && <Notice tone="danger">{errors.root.message}</Notice>}
        </div>
        <Field label={t('changePassword.current')} error={say(errors.current_password)}>
          {(control) => (
            <PasswordInput
              {...control}
              {...register('current_password')}
              autoComplete="current-password"
              required
            />
          )}
        </Field>
        <Field
          label={t('changePassword.new')}
          hint={t('changePassword.short')}
          error={say(errors.new_password)}
        >
          {(control) => (
            <PasswordInput {...control} {...register('new_password')} autoComplete="new-password" required />
          )}
        </Field>
        <Field label={t('changePassword.repeat')} error={say(errors.repeat)}>
          {(control) => (
            <PasswordInput {...control} {...register('repeat')} autoComplete="new-password" required />
          )}
        </Field>
        <Button
          type="submit"
          variant="outline"
          isBusy={formState.isSubmitting}
          className="justify-self-start"
        >
          {t('changePassword.submit')}
        </Button>
      </form>
    </Card>
  );
}
