'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useForm } from 'react-hook-form';
import { useTranslations } from '@/components/shell/use-translations';
import { type AccountCheck, checkAccount } from '@/lib/admin-api/accounts';
import { callAdmin } from '@/lib/admin-api/client';
import { Button } from '../ui/button';
import { DialogBody, DialogClose, DialogFooter } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { type TokenForm, tokenForm } from './account-form';
import { FindTokenHelp } from './find-token-help';
import { ErrorSummary, fieldsOf } from './form-parts';
import { keepFocus } from './keep-focus';
import { Problem } from './problem';
import { TokenField } from './token-field';
import { useFieldMessage, useProblemText } from './use-account-words';
import { useCall } from './use-call';

type CheckStepProps = {
  pasted: TokenForm;
  onChecked: (values: TokenForm, account: AccountCheck) => void;
};

const names = ['session_token', 'proxy_url'] as const;

/** Step 1: paste the session token and ask whose it is. Nothing is saved. */
export function CheckStep({ pasted, onChecked }: CheckStepProps) {
  const t = useTranslations('accounts.form');
  const add = useTranslations('accounts.add');
  const common = useTranslations('common');
  const message = useFieldMessage();
  const problemText = useProblemText();
  const { register, handleSubmit, setError, setFocus, getValues, formState } = useForm({
    resolver: zodResolver(tokenForm),
    mode: 'onTouched',
    defaultValues: pasted,
  });
  const { run, isPending, error } = useCall((body: TokenForm) => callAdmin(checkAccount, { body }));
  const submit = handleSubmit(async (values) => {
    const ended = await run(values);
    if (ended === undefined) return;
    if (!('error' in ended)) return onChecked(getValues(), ended.output);
    const fields = fieldsOf(ended.error);
    for (const name of names) {
      if (fields[name] === undefined) continue;
      const text = name === 'session_token' ? problemText(ended.error).text : fields[name];
      setError(name, { message: text }, { shouldFocus: true });
    }
  });
  const { errors } = formState;
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex min-h-0 flex-1 flex-col">
      <DialogBody>
        <p className="text-secondary text-sm">{add('step1')}</p>
        <Problem error={error} besides={names} />
        <ErrorSummary
          errors={errors}
          labels={{ session_token: t('sessionToken'), proxy_url: t('proxyLabel') }}
          onFocus={setFocus}
        />
        <TokenField autoFocus error={message(errors.session_token?.message)} {...register('session_token')} />
        <FindTokenHelp />
        <Field
          label={t('proxyLabel')}
          isOptional
          hint={t('proxyHint')}
          error={message(errors.proxy_url?.message)}
        >
          {(control) => (
            <Input
              {...control}
              {...register('proxy_url')}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              placeholder="socks5://user:password@host:1080"
            />
          )}
        </Field>
      </DialogBody>
      <DialogFooter onMouseDown={keepFocus}>
        <DialogClose asChild>
          <Button variant="outline">{common('cancel')}</Button>
        </DialogClose>
        <Button type="submit" isBusy={isPending}>
          {add('check')}
        </Button>
      </DialogFooter>
    </form>
  );
}
