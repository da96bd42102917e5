'use client';

import type * as React from 'react';
import { checkAccount } from '@/lib/admin-api/accounts';
import { Button } from '../ui/button';
import { DialogBody, DialogClose, DialogFooter } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Textarea } from '../ui/textarea';
import type { Checked, Pasted } from './add-account-dialog';
import { readFieldErrors, useFieldErrors, useFirstFocus } from './field-errors';
import { FormError } from './form-error';
import { useCheckAccount } from './queries';

type CheckStepProps = {
  pasted: Pasted;
  onPaste: (pasted: Pasted) => void;
  onChecked: (checked: Checked) => void;
};

/** Step 1: paste the session token and ask whose it is. Nothing is saved. */
export function CheckStep({ pasted, onPaste, onChecked }: CheckStepProps) {
  const { sessionToken, proxyUrl } = pasted;
  const check = useCheckAccount();
  const { form, errors, setErrors, clear } = useFieldErrors();
  useFirstFocus(form);
  const submit = (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (check.isPending) return;
    const body = { session_token: sessionToken, proxy_url: proxyUrl };
    const parsed = checkAccount.body.safeParse(body);
    if (!parsed.success) return setErrors(readFieldErrors(parsed.error));
    check.mutate(body, {
      onSuccess: (account) => onChecked({ sessionToken, proxyUrl, account }),
      onError: (error) => setErrors(readFieldErrors(error)),
    });
  };
  return (
    <form ref={form} onSubmit={submit} noValidate className="flex min-h-0 flex-1 flex-col">
      <DialogBody>
        <p className="text-secondary text-sm">Step 1 of 2: the session token</p>
        <FormError error={check.error} besides={['session_token', 'proxy_url']} />
        <Field label="Session token" error={errors.session_token}>
          {(control) => (
            <Textarea
              {...control}
              rows={4}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              required
              className="max-h-40 break-all font-mono"
              value={sessionToken}
              onChange={(event) => {
                onPaste({ ...pasted, sessionToken: event.target.value });
                clear('session_token');
              }}
            />
          )}
        </Field>
        <FindTokenHelp />
        <Field
          label="Proxy"
          isOptional
          hint="Only for this account. Empty: the proxy of the settings, if there is one."
          error={errors.proxy_url}
        >
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              placeholder="socks5://user:password@host:1080"
              value={proxyUrl}
              onChange={(event) => {
                onPaste({ ...pasted, proxyUrl: event.target.value });
                clear('proxy_url');
              }}
            />
          )}
        </Field>
      </DialogBody>
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="outline">Cancel</Button>
        </DialogClose>
        <Button type="submit" isBusy={check.isPending}>
          Check
        </Button>
      </DialogFooter>
    </form>
  );
}

function FindTokenHelp() {
  return (
    <details className="rounded-md bg-muted px-3 py-2 text-sm">
      <summary className="cursor-pointer py-0.5 font-medium">Where do I find it?</summary>
      <ol className="mt-2 grid list-decimal gap-1 pl-5">
        <li>
          Sign in to <span className="font-mono text-xs">labs.google/fx</span> with the Google account.
        </li>
        <li>
          Open the developer tools of the browser (F12), there “Application” or “Storage”, then “Cookies”.
        </li>
        <li>
          Copy the value of{' '}
          <code className="break-all font-mono text-xs">__Secure-next-auth.session-token</code>.
        </li>
      </ol>
      <p className="mt-2 text-secondary">
        Quotes, spaces and the name of the cookie may be pasted along with it.
      </p>
    </details>
  );
}
