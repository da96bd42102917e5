'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useEffect, useState } from 'react';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import type { AccountDetail, EditAccountInput } from '@/lib/admin-api/accounts';
import { AdminApiError } from '@/lib/admin-api/client';
import { usePersonal } from '../shell/personal';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Notice } from '../ui/notice';
import { changesBetween, type EditForm as EditValues, editForm, spellConcurrency } from './account-form';
import { ErrorSummary, fieldsOf, KindFields } from './form-parts';
import { keepFocus } from './keep-focus';
import { Problem } from './problem';
import { sendEdit, useAccountCache } from './queries';
import { useFieldMessage } from './use-account-words';
import { useCall } from './use-call';

type EditFormProps = {
  account: AccountDetail;
  /** Told how many changes are not saved. */
  onDirty: (count: number) => void;
};

const valuesOf = (account: AccountDetail): EditValues => ({
  remark: account.remark ?? '',
  project_id: account.project_id ?? '',
  image_enabled: account.image_enabled,
  video_enabled: account.video_enabled,
  image_concurrency: spellConcurrency(account.image_concurrency),
  video_concurrency: spellConcurrency(account.video_concurrency),
  proxy_url: account.proxy ?? '',
});

const names = ['remark', 'project_id', 'image_concurrency', 'video_concurrency', 'proxy_url'] as const;

const wasEdited = (error: Error | null): boolean =>
  error instanceof AdminApiError && error.detail.code === 'edited_elsewhere';

/** What can be set of one account. What is loaded anew meanwhile does not change what is being typed. */
export function EditForm({ account, onDirty }: EditFormProps) {
  const t = useTranslations('accounts.form');
  const words = useTranslations('accounts');
  const common = useTranslations('common');
  const message = useFieldMessage();
  const personal = usePersonal();
  const cache = useAccountCache();
  const [base, setBase] = useState(account);
  const { register, control, handleSubmit, reset, setError, setFocus, watch, formState } = useForm({
    resolver: zodResolver(editForm),
    mode: 'onTouched',
    defaultValues: valuesOf(account),
  });
  const {
    run,
    isPending,
    error,
    reset: forget,
  } = useCall((body: EditAccountInput) => sendEdit(account.id, body));
  const { errors, dirtyFields } = formState;
  const count = Object.values(dirtyFields).filter(Boolean).length;
  const load = (from: AccountDetail) => {
    setBase(from);
    reset(valuesOf(from));
    forget();
  };
  useEffect(() => onDirty(count), [count, onDirty]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another version is news, and only to an untouched form
  useEffect(() => {
    if (count === 0 && !isPending && account.version !== base.version) load(account);
  }, [account.version, count, isPending]);
  const save = (version: string | undefined) =>
    handleSubmit(async (values) => {
      const before = editForm.safeParse(valuesOf(base));
      const changes = before.success ? changesBetween(before.data, values) : values;
      const ended = await run({ ...changes, ...(version === undefined ? {} : { version }) });
      if (ended === undefined) return;
      if ('error' in ended) {
        const fields = fieldsOf(ended.error);
        for (const name of names) {
          if (fields[name] !== undefined) setError(name, { message: fields[name] }, { shouldFocus: true });
        }
        return;
      }
      cache.put(ended.output);
      toast.success(words('done.edit', { name: personal.email(account.email) }));
      // A proxy comes back without its credentials.
      load((await cache.fetchDetail(account.id)) ?? { ...account, ...ended.output });
      await cache.refetch();
    });
  return (
    <form noValidate className="grid gap-4" onSubmit={(event) => void save(base.version)(event)}>
      {wasEdited(error) ? (
        <Notice tone="warning" role="alert">
          <p>{words('problem.editedElsewhere')}</p>
          <div className="mt-2 flex flex-wrap gap-2">
            <Button variant="outline" size="small" onClick={() => void save(undefined)()}>
              {t('keepMine')}
            </Button>
            <Button variant="outline" size="small" onClick={() => load(account)}>
              {t('loadTheirs')}
            </Button>
          </div>
        </Notice>
      ) : (
        <Problem error={error} besides={names} />
      )}
      <ErrorSummary
        errors={errors}
        labels={{
          remark: t('remarkLabel'),
          project_id: t('projectLabel'),
          image_concurrency: t('imagesAtATime'),
          video_concurrency: t('videosAtATime'),
          proxy_url: t('proxyLabel'),
        }}
        onFocus={setFocus}
      />
      <Field label={t('remarkLabel')} isOptional error={message(errors.remark?.message)}>
        {(attributes) => <Input {...attributes} {...register('remark')} autoComplete="off" />}
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
      <Field
        label={t('projectLabel')}
        isOptional
        hint={t('projectEditHint')}
        error={message(errors.project_id?.message)}
      >
        {(attributes) => (
          <Input
            {...attributes}
            {...register('project_id')}
            autoComplete="off"
            spellCheck={false}
            className="font-mono"
          />
        )}
      </Field>
      <Field
        label={t('proxyLabel')}
        isOptional
        hint={t('proxyEditHint')}
        error={message(errors.proxy_url?.message)}
      >
        {(attributes) => (
          <Input
            {...attributes}
            {...register('proxy_url')}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            className="font-mono"
            placeholder="socks5://user:password@host:1080"
          />
        )}
      </Field>
      {count > 0 && (
        <div className="-mx-4 -mb-4 sticky -bottom-4 z-10 flex flex-wrap items-center justify-between gap-2 border-border border-t bg-card px-4 py-3">
          <span role="status" className="font-medium">
            {common('unsavedChanges', { count })}
          </span>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: it does nothing but leave the focus where it is */}
          <div className="flex gap-2" onMouseDown={keepFocus}>
            <Button variant="outline" onClick={() => load(account)}>
              {common('discard')}
            </Button>
            <Button type="submit" isBusy={isPending}>
              {common('saveChanges')}
            </Button>
          </div>
        </div>
      )}
    </form>
  );
}
