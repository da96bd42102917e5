'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import { type AccountRow, replaceSessionToken } from '@/lib/admin-api/accounts';
import { AdminApiError, callAdmin } from '@/lib/admin-api/client';
import { usePersonal } from '../shell/personal';
import { Button } from '../ui/button';
import { Dialog, DialogBody, DialogClose, DialogContent, DialogFooter } from '../ui/dialog';
import { FindTokenHelp } from './find-token-help';
import { fieldsOf } from './form-parts';
import { keepFocus } from './keep-focus';
import { Problem } from './problem';
import { useAccountCache } from './queries';
import { TokenField } from './token-field';
import { useFieldMessage, useProblemText } from './use-account-words';
import { useCall } from './use-call';

/** Puts another session token of the same account in the place of its own. */
export function ReplaceTokenDialog({ row, onClose }: { row: AccountRow; onClose: () => void }) {
  const t = useTranslations('accounts');
  const personal = usePersonal();
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent
        title={t('action.replace_token')}
        description={t('replace.of', { name: personal.email(row.email) })}
        // A pasted token must not be lost by a click beside the dialog.
        onInteractOutside={(event) => event.preventDefault()}
      >
        <ReplaceTokenForm row={row} onReplaced={onClose} />
      </DialogContent>
    </Dialog>
  );
}

function ReplaceTokenForm({ row, onReplaced }: { row: AccountRow; onReplaced: () => void }) {
  const t = useTranslations('accounts');
  const common = useTranslations('common');
  const personal = usePersonal();
  const message = useFieldMessage();
  const problemText = useProblemText();
  const cache = useAccountCache();
  const { register, handleSubmit, setError, formState } = useForm({
    resolver: zodResolver(replaceSessionToken.body),
    mode: 'onTouched',
    defaultValues: { session_token: '' },
  });
  const { run, isPending, error } = useCall((body: { session_token: string }) =>
    callAdmin(replaceSessionToken, { params: { id: row.id }, body }),
  );
  const submit = handleSubmit(async (body) => {
    const ended = await run(body);
    if (ended === undefined) return;
    if ('error' in ended) {
      if (fieldsOf(ended.error).session_token === undefined) return;
      const text = ended.error instanceof AdminApiError ? problemText(ended.error).text : undefined;
      return setError('session_token', text === undefined ? {} : { message: text }, { shouldFocus: true });
    }
    cache.put(ended.output);
    toast.success(t('done.replace_token', { name: personal.email(row.email) }));
    onReplaced();
    await cache.refetch();
  });
  return (
    <form
      noValidate
      className="flex min-h-0 flex-1 flex-col"
      onSubmit={(event) => {
        event.stopPropagation();
        void submit(event);
      }}
    >
      <DialogBody>
        <p className="text-secondary text-sm">{t('replace.how')}</p>
        <Problem error={error} besides={['session_token']} />
        <TokenField
          autoFocus
          error={message(formState.errors.session_token?.message)}
          {...register('session_token')}
        />
        <FindTokenHelp />
      </DialogBody>
      <DialogFooter onMouseDown={keepFocus}>
        <DialogClose asChild>
          <Button variant="outline">{common('cancel')}</Button>
        </DialogClose>
        <Button type="submit" isBusy={isPending}>
          {t('action.replace_token')}
        </Button>
      </DialogFooter>
    </form>
  );
}
