'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useRouter } from 'next/navigation';
import { useId } from 'react';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { z } from 'zod';
import { useTranslations } from '@/components/shell/use-translations';
import { PasswordInput } from '../login/password-input';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Notice } from '../ui/notice';
import { sendUsername } from './queries';
import { useOwnFaults } from './use-own-faults';

const schema = z.object({
  username: z.string().trim().min(1, 'username.fault').max(64, 'username.fault'),
  current_password: z.string().min(1, 'password.empty'),
});

/** Changes the name that the reader signs in with. */
export function UsernameForm({ username }: { username: string }) {
  const t = useTranslations('settings');
  const id = useId();
  const router = useRouter();
  const { register, handleSubmit, setError, resetField, formState } = useForm({
    resolver: zodResolver(schema),
    defaultValues: { username, current_password: '' },
    mode: 'onTouched',
  });
  const { say, refuse } = useOwnFaults(setError, {
    username: { conflict: 'username.taken', other: 'username.fault' },
    current_password: { other: 'password.wrong' },
  });
  const submit = handleSubmit(async (fields) => {
    try {
      const saved = await sendUsername(fields);
      resetField('username', { defaultValue: saved.username });
      resetField('current_password');
      toast.success(t('username.done'));
      router.refresh(); // the menu of the page shows it
    } catch (error) {
      refuse(error);
    }
  });
  const { errors } = formState;
  return (
    <Card aria-labelledby={id}>
      <h2 id={id} className="border-border border-b px-4 py-3 font-semibold text-lg">
        {t('username.title')}
      </h2>
      <form onSubmit={submit} noValidate className="grid max-w-[640px] gap-4 p-4">
        <div role="alert" className="empty:hidden">
          {errors.root !== undefined && <Notice tone="danger">{errors.root.message}</Notice>}
        </div>
        <Field label={t('username.label')} error={say(errors.username)}>
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
        <Button
          type="submit"
          variant="outline"
          isBusy={formState.isSubmitting}
          className="justify-self-start"
        >
          {t('username.submit')}
        </Button>
      </form>
    </Card>
  );
}
