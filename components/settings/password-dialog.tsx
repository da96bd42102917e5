'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useId } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { useTranslations } from '@/components/shell/use-translations';
import { AdminApiError } from '@/lib/admin-api/client';
import { PasswordInput } from '../login/password-input';
import { useErrorText } from '../shell/use-error-text';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { Dialog, DialogBody, DialogClose, DialogContent, DialogFooter } from '../ui/dialog';
import { Field } from '../ui/field';

/** Whether a call is refused until the password was entered again. */
export const needsPassword = (error: unknown): boolean =>
  error instanceof AdminApiError && error.detail.code === 'password_required';

type PasswordDialogProps = {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** Does what the password is asked for. What it throws stays in the dialog. */
  onPassword: (password: string) => Promise<void>;
};

/** Asks for the password again before something that must not be done by whoever finds the console open. */
export function PasswordDialog({ isOpen, onOpenChange, onPassword }: PasswordDialogProps) {
  const t = useTranslations('settings');
  return (
    <Dialog open={isOpen} onOpenChange={onOpenChange}>
      <DialogContent title={t('password.title')} description={t('password.why')} className="sm:max-w-md">
        <PasswordForm onPassword={onPassword} />
      </DialogContent>
    </Dialog>
  );
}

const schema = z.object({ password: z.string().min(1, 'empty') });

function PasswordForm({ onPassword }: Pick<PasswordDialogProps, 'onPassword'>) {
  const t = useTranslations('settings');
  const common = useTranslations('common');
  const format = useFormat();
  const errorText = useErrorText();
  const id = useId();
  const { register, handleSubmit, setError, formState } = useForm({
    resolver: zodResolver(schema),
    defaultValues: { password: '' },
  });
  const describe = (error: unknown): string => {
    if (!(error instanceof AdminApiError)) return errorText(error);
    const { code, retry_after: retryAfter } = error.detail;
    if (code === 'wrong_password') return t('password.wrong');
    if (retryAfter !== undefined) return t('password.wait', { time: format.duration(retryAfter * 1_000) });
    return errorText(error);
  };
  const submit = handleSubmit(async ({ password }) => {
    try {
      await onPassword(password);
    } catch (error) {
      setError('password', { type: 'server', message: describe(error) }, { shouldFocus: true });
    }
  });
  const fault = formState.errors.password;
  return (
    <form
      id={id}
      noValidate
      className="flex min-h-0 flex-1 flex-col"
      onSubmit={(event) => {
        // A dialog is in the page that opened it, for React at least.
        event.stopPropagation();
        void submit(event);
      }}
    >
      <DialogBody>
        <Field
          label={t('password.label')}
          error={fault?.message === 'empty' ? t('password.empty') : fault?.message}
        >
          {(control) => (
            <PasswordInput {...control} {...register('password')} autoComplete="current-password" required />
          )}
        </Field>
      </DialogBody>
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="outline">{common('cancel')}</Button>
        </DialogClose>
        <Button type="submit" isBusy={formState.isSubmitting}>
          {t('password.confirm')}
        </Button>
      </DialogFooter>
    </form>
  );
}
