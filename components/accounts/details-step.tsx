'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslations } from '@/components/shell/use-translations';
import {
  type AccountCheck,
  type AccountRow,
  type AddAccountInput,
  addAccount,
} from '@/lib/admin-api/accounts';
import { AdminApiError, callAdmin } from '@/lib/admin-api/client';
import { Countdown } from '../clock/time';
import { usePersonal } from '../shell/personal';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { DialogBody, DialogFooter } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Notice } from '../ui/notice';
import { detailsForm } from './account-form';
import type { Checked } from './add-account-dialog';
import { ErrorSummary, fieldsOf, KindFields } from './form-parts';
import { keepFocus } from './keep-focus';
import { Problem } from './problem';
import { useAccountCache } from './queries';
import { useFieldMessage } from './use-account-words';
import { useCall } from './use-call';

type DetailsStepProps = {
  checked: Checked;
  onBack: () => void;
  onAdded: (row: AccountRow, isTested: boolean) => void;
  onSaving: (isSaving: boolean) => void;
  onOpenAccount: (id: string) => void;
};

// What is wrong with the token or the proxy has no field here, and stands above the form.
const ownFields = ['remark', 'project_id', 'image_concurrency', 'video_concurrency'] as const;

/** Step 2: whose account it is, and how it is to be used. */
export function DetailsStep({ checked, onBack, onAdded, onSaving, onOpenAccount }: DetailsStepProps) {
  const t = useTranslations('accounts.form');
  const add = useTranslations('accounts.add');
  const common = useTranslations('common');
  const message = useFieldMessage();
  const cache = useAccountCache();
  const [isTested, setIsTested] = useState(false);
  const { register, control, handleSubmit, setError, setFocus, watch, formState } = useForm({
    resolver: zodResolver(detailsForm),
    mode: 'onTouched',
    defaultValues: {
      remark: '',
      project_id: '',
      image_enabled: true,
      video_enabled: true,
      image_concurrency: '',
      video_concurrency: '',
    },
  });
  const { run, isPending, error } = useCall((body: AddAccountInput) => callAdmin(addAccount, { body }));
  const duplicate = checked.account.already_added?.id ?? existingId(error);
  const { session_token, proxy_url } = checked;
  const save = (thenTest: boolean) =>
    handleSubmit(async (values) => {
      setIsTested(thenTest);
      onSaving(true);
      const ended = await run({ session_token, proxy_url, ...values });
      onSaving(false);
      if (ended === undefined) return;
      if ('error' in ended) {
        const fields = fieldsOf(ended.error);
        for (const name of ownFields) {
          if (fields[name] !== undefined) setError(name, { message: fields[name] }, { shouldFocus: true });
        }
        return;
      }
      await cache.refetch();
      onAdded(ended.output, thenTest);
    });
  const { errors } = formState;
  return (
    <form onSubmit={(event) => void save(false)(event)} noValidate className="flex min-h-0 flex-1 flex-col">
      <DialogBody>
        <p className="text-secondary text-sm">{add('step2')}</p>
        <CheckedAccount account={checked.account} />
        {duplicate === undefined ? (
          <Problem error={error} besides={ownFields} />
        ) : (
          <Duplicate email={checked.account.email} id={duplicate} onOpen={onOpenAccount} />
        )}
        {duplicate === undefined && (
          <>
            <ErrorSummary
              errors={errors}
              labels={{
                remark: t('remarkLabel'),
                project_id: t('projectLabel'),
                image_concurrency: t('imagesAtATime'),
                video_concurrency: t('videosAtATime'),
              }}
              onFocus={setFocus}
            />
            <Field label={t('remarkLabel')} isOptional error={message(errors.remark?.message)}>
              {(attributes) => <Input {...attributes} {...register('remark')} autoFocus autoComplete="off" />}
            </Field>
            <Field
              label={t('projectLabel')}
              isOptional
              hint={t('projectHint')}
              error={message(errors.project_id?.message)}
            >
              {(attributes) => (
                <Input
                  {...attributes}
                  {...register('project_id')}
                  autoComplete="off"
                  spellCheck={false}
                  className="font-mono"
                  placeholder={t('createAutomatically')}
                />
              )}
            </Field>
            <div className="grid gap-4 sm:grid-cols-2">
              <KindFields
                control={control}
                kind="image"
                error={errors.image_concurrency?.message}
                isOn={watch('image_enabled')}
              />
              <KindFields
                control={control}
                kind="video"
                error={errors.video_concurrency?.message}
                isOn={watch('video_enabled')}
              />
            </div>
          </>
        )}
      </DialogBody>
      <DialogFooter onMouseDown={keepFocus}>
        <Button variant="outline" onClick={onBack} disabled={isPending}>
          {common('back')}
        </Button>
        {duplicate === undefined && (
          <>
            <Button
              variant="outline"
              isBusy={isPending && isTested}
              disabled={isPending && !isTested}
              onClick={() => void save(true)()}
            >
              {add('saveAndTest')}
            </Button>
            <Button type="submit" isBusy={isPending && !isTested} disabled={isPending && isTested}>
              {common('save')}
            </Button>
          </>
        )}
      </DialogFooter>
    </form>
  );
}

function existingId(error: Error | null): string | undefined {
  if (!(error instanceof AdminApiError) || error.detail.code !== 'account_exists') return undefined;
  const id = error.detail.details?.id;
  return typeof id === 'string' ? id : undefined;
}

function Duplicate({ email, id, onOpen }: { email: string; id: string; onOpen: (id: string) => void }) {
  const t = useTranslations('accounts.add');
  const personal = usePersonal();
  return (
    <Notice tone="warning" role="alert">
      {t('duplicate', { email: personal.email(email) })}{' '}
      <a
        href={`/admin/accounts?account=${encodeURIComponent(id)}`}
        className="inline-flex min-h-6 items-center font-medium underline max-md:min-h-11"
        onClick={(event) => {
          event.preventDefault();
          onOpen(id);
        }}
      >
        {t('openIt')}
      </a>
    </Notice>
  );
}

/** What step 1 found out. Announced, because it comes after a wait. */
function CheckedAccount({ account }: { account: AccountCheck }) {
  const t = useTranslations('accounts');
  const personal = usePersonal();
  const format = useFormat();
  const facts = [
    [t('column.tier'), t(`tier.${account.tier}`)],
    [t('column.credits'), format.count(account.credits)],
    [t('column.accessExpires'), <Countdown key="expires" until={account.access_expires_at} />],
  ] as const;
  return (
    <div role="status" className="rounded-md border border-border p-3">
      <p className="break-words font-medium">{personal.email(account.email)}</p>
      {account.name !== null && <p className="text-secondary text-sm">{personal.text(account.name)}</p>}
      <dl className="mt-2 grid grid-cols-3 gap-3 text-sm">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="text-secondary text-xs">{name}</dt>
            <dd className="tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
