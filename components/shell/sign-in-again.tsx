'use client';

import { useQueryClient } from '@tanstack/react-query';
import { type SubmitEvent, useRef, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { AdminApiError, callAdmin } from '@/lib/admin-api/client';
import { signIn } from '@/lib/admin-api/sign-in';
import { PasswordInput } from '../login/password-input';
import { Button } from '../ui/button';
import { Dialog, DialogBody, DialogClose, DialogContent, DialogFooter } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { useErrorText } from './use-error-text';

/** The way back after the sign-in has ended: in place, so that nothing that was typed is lost. */
export function SignInAgain({ onSignedIn }: { onSignedIn?: (() => void) | undefined }) {
  const t = useTranslations('common');
  const client = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="inline-flex min-h-6 items-center font-medium underline max-md:min-h-11"
        onClick={() => setIsOpen(true)}
      >
        {t('signInAgain')}
      </button>
      <Dialog open={isOpen} onOpenChange={setIsOpen}>
        <DialogContent title={t('signInAgain')} description={t('signInDialog.why')} className="sm:max-w-md">
          <SignInForm
            onSignedIn={() => {
              setIsOpen(false);
              // All that was refused meanwhile is asked for again.
              void client.invalidateQueries();
              onSignedIn?.();
            }}
          />
        </DialogContent>
      </Dialog>
    </>
  );
}

function SignInForm({ onSignedIn }: { onSignedIn: () => void }) {
  const t = useTranslations('common');
  const errorText = useErrorText();
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  const send = async (fields: FormData) => {
    setIsBusy(true);
    try {
      const body = { username: String(fields.get('username')), password: String(fields.get('password')) };
      await callAdmin(signIn, { body });
      onSignedIn();
    } catch (error) {
      const isWrong = error instanceof AdminApiError && error.detail.code === 'wrong_credentials';
      setProblem(isWrong ? t('signInDialog.wrong') : errorText(error));
      form.current?.querySelector<HTMLElement>('[name="password"]')?.focus();
    } finally {
      setIsBusy(false);
    }
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    // A dialog is inside of the form that opened it, for React at least.
    event.stopPropagation();
    if (!isBusy) void send(new FormData(event.currentTarget));
  };
  return (
    <form ref={form} onSubmit={submit} noValidate className="flex min-h-0 flex-1 flex-col">
      <DialogBody>
        <Field label={t('signInDialog.username')}>
          {(control) => (
            <Input {...control} name="username" autoComplete="username" autoCapitalize="off" required />
          )}
        </Field>
        <Field label={t('signInDialog.password')} error={problem}>
          {(control) => (
            <PasswordInput {...control} name="password" autoComplete="current-password" required />
          )}
        </Field>
      </DialogBody>
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="outline">{t('cancel')}</Button>
        </DialogClose>
        <Button type="submit" isBusy={isBusy}>
          {t('signIn')}
        </Button>
      </DialogFooter>
    </form>
  );
}
