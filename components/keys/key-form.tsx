'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useEffect } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { useTranslations } from '@/components/shell/use-translations';
import { AdminApiError } from '@/lib/admin-api/client';
import { createKey } from '@/lib/admin-api/keys';
import { QueryProblem } from '../shell/query-problem';
import { Button } from '../ui/button';
import { DialogBody, DialogClose, DialogFooter } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Notice } from '../ui/notice';
import { ExpiryField } from './expiry-field';
import type { ModelChoice } from './key-list';
import type { NewKey } from './queries';
import { MediaTypesField, ModelsField } from './scope-fields';

type KeyFormProps = {
  initial: Required<NewKey>;
  models: readonly ModelChoice[];
  submitLabel: string;
  isBusy: boolean;
  error: Error | null;
  onSubmit: (values: NewKey) => void;
  onDirty: (isDirty: boolean) => void;
};

const limits = [
  'requests_per_minute',
  'concurrent_jobs',
  'images_per_day',
  'videos_per_day',
  'credits_per_day',
] as const satisfies readonly (keyof NewKey)[];

type FieldName = keyof NewKey;

/** Name, end, media types, models and limits of an API key, by the rules of the admin API itself. */
export function KeyForm({ initial, models, submitLabel, isBusy, error, onSubmit, onDirty }: KeyFormProps) {
  const t = useTranslations('keys');
  const tc = useTranslations('common');
  const { register, control, handleSubmit, formState, setError, setFocus, getValues } = useForm({
    resolver: zodResolver(createKey.body),
    defaultValues: initial,
    // When a field is left, then with every change.
    mode: 'onTouched',
    // An error that comes at once moves what is just being clicked from below the pointer.
    delayError: 250,
  });
  const { errors, isDirty, submitCount } = formState;
  useEffect(() => onDirty(isDirty), [isDirty, onDirty]);
  const refused = error instanceof AdminApiError ? (error.detail.fields ?? {}) : {};
  const refusedNames = Object.keys(initial).filter((name): name is FieldName => name in refused);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each refusal is said once
  useEffect(() => {
    for (const name of refusedNames) {
      setError(name, { type: 'refused', message: refused[name] ?? '' }, { shouldFocus: true });
    }
  }, [error]);
  const textOf = (name: FieldName): string | undefined => {
    const problem = errors[name];
    if (problem === undefined) return undefined;
    const isRefused = problem.type === 'refused';
    if (name === 'name') {
      const text = getValues('name').trim();
      if (isRefused) return t('errors.nameTaken', { name: text });
      return text === '' ? t('errors.name') : t('errors.nameLong');
    }
    if (name === 'expires_at') return isRefused ? t('errors.past') : t('errors.date');
    if (name === 'media_types') return t('errors.mediaTypes');
    if (name === 'models') return isRefused ? (problem.message ?? '') : t('errors.models');
    return t('errors.limit');
  };
  const labelOf = (name: FieldName): string => {
    if (name === 'name') return t('columns.name');
    if (name === 'expires_at') return t('columns.expires');
    if (name === 'media_types') return t('form.mediaTypes');
    return name === 'models' ? t('columns.models') : t(`form.${name}`);
  };
  const wrong = Object.keys(initial).filter((name): name is FieldName => name in errors);
  return (
    <form
      noValidate
      className="flex min-h-0 flex-1 flex-col"
      onSubmit={(event) => {
        event.stopPropagation();
        void handleSubmit((values) => onSubmit(values))(event);
      }}
    >
      <DialogBody>
        <div role="alert" className="empty:hidden">
          {submitCount > 0 && wrong.length > 1 && (
            <Notice tone="danger">
              <p>{tc('errorSummary', { count: wrong.length })}</p>
              <ul>
                {wrong.map((name) => (
                  <li key={name}>
                    <button
                      type="button"
                      className="min-h-6 text-left underline max-md:min-h-11"
                      onClick={() => setFocus(name)}
                    >
                      {labelOf(name)}
                    </button>
                  </li>
                ))}
              </ul>
            </Notice>
          )}
          {error !== null && refusedNames.length === 0 && (
            <Notice tone="danger">
              <QueryProblem error={error} onRetry={() => void handleSubmit(onSubmit)()} />
            </Notice>
          )}
        </div>
        <Field label={t('columns.name')} hint={t('form.nameHint')} error={textOf('name')} isRequired>
          {(attributes) => <Input {...attributes} {...register('name')} autoComplete="off" maxLength={200} />}
        </Field>
        <Controller
          control={control}
          name="expires_at"
          render={({ field }) => (
            <ExpiryField
              current={initial.expires_at ?? null}
              onChange={field.onChange}
              error={textOf('expires_at')}
              dateRef={field.ref}
            />
          )}
        />
        <Controller
          control={control}
          name="media_types"
          render={({ field }) => (
            <MediaTypesField
              value={field.value ?? null}
              onChange={field.onChange}
              error={textOf('media_types')}
              groupRef={field.ref}
            />
          )}
        />
        <Controller
          control={control}
          name="models"
          render={({ field }) => (
            <ModelsField
              value={field.value ?? null}
              onChange={field.onChange}
              models={models}
              error={textOf('models')}
              groupRef={field.ref}
            />
          )}
        />
        <fieldset className="grid gap-3 sm:grid-cols-2">
          <legend className="mb-2 font-medium">
            {t('columns.limits')}
            <span className="block font-normal text-secondary text-xs">{t('form.limitsHint')}</span>
          </legend>
          {limits.map((name) => (
            <Field key={name} label={t(`form.${name}`)} error={textOf(name)}>
              {(attributes) => (
                <Input
                  {...attributes}
                  {...register(name, { setValueAs: readLimit })}
                  inputMode="numeric"
                  autoComplete="off"
                  placeholder={tc('unlimited')}
                />
              )}
            </Field>
          ))}
        </fieldset>
      </DialogBody>
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="outline">{tc('cancel')}</Button>
        </DialogClose>
        <Button type="submit" isBusy={isBusy}>
          {submitLabel}
        </Button>
      </DialogFooter>
    </form>
  );
}

/** An empty field is no limit; what is no number stays wrong. */
function readLimit(value: unknown): number | null {
  const text = String(value ?? '').replaceAll(/[\s,]/g, '');
  return text === '' ? null : Number(text);
}
