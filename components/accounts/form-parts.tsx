'use client';

import { useId } from 'react';
import { type Control, Controller, type FieldErrors, type FieldValues, type Path } from 'react-hook-form';
import { useTranslations } from '@/components/shell/use-translations';
import { AdminApiError } from '@/lib/admin-api/client';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Notice } from '../ui/notice';
import { Switch } from '../ui/switch';
import { useFieldMessage } from './use-account-words';

/** The fields that both forms of an account have. */
type KindValues = {
  image_enabled: boolean;
  video_enabled: boolean;
  image_concurrency: string;
  video_concurrency: string;
};

type KindFieldsProps<Values extends FieldValues, Output> = {
  control: Control<Values, unknown, Output>;
  kind: 'image' | 'video';
  /** What is wrong with the limit. */
  error: string | undefined;
  isOn: boolean;
};

/** Whether an account makes pictures (or videos), and how many at a time. */
export function KindFields<Values extends KindValues, Output>({
  control,
  kind,
  error,
  isOn,
}: KindFieldsProps<Values, Output>) {
  const t = useTranslations('accounts');
  const message = useFieldMessage();
  const id = useId();
  const label = t(kind === 'image' ? 'images' : 'videos');
  // Both names are in `KindValues`.
  const switchName = `${kind}_enabled` as Path<Values>;
  const limitName = `${kind}_concurrency` as Path<Values>;
  return (
    <fieldset className="grid content-start gap-3 rounded-md border border-border p-3">
      <legend className="sr-only">{label}</legend>
      <div className="flex min-h-6 items-center justify-between gap-3">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        <Controller
          control={control}
          name={switchName}
          render={({ field: { value, onChange, ref, onBlur } }) => (
            <Switch
              id={id}
              ref={ref}
              onBlur={onBlur}
              checked={value === true}
              onCheckedChange={onChange}
              className="relative after:absolute after:-inset-2.5"
            />
          )}
        />
      </div>
      <Controller
        control={control}
        name={limitName}
        render={({ field }) => (
          <Field
            label={t(kind === 'image' ? 'form.imagesAtATime' : 'form.videosAtATime')}
            hint={t('form.emptyUnlimited')}
            error={message(error)}
          >
            {(attributes) => (
              <Input
                {...attributes}
                {...field}
                value={String(field.value)}
                inputMode="numeric"
                autoComplete="off"
                placeholder={t('form.unlimited')}
                disabled={!isOn}
              />
            )}
          </Field>
        )}
      />
    </fieldset>
  );
}

type SummaryProps<Values extends FieldValues> = {
  errors: FieldErrors<Values>;
  labels: Partial<Record<Path<Values>, string>>;
  onFocus: (name: Path<Values>) => void;
};

/** After a refused try with several faults: each of them, leading to its field. */
export function ErrorSummary<Values extends FieldValues>({ errors, labels, onFocus }: SummaryProps<Values>) {
  const t = useTranslations('accounts.form');
  const names = (Object.keys(labels) as Path<Values>[]).filter((name) => errors[name] !== undefined);
  if (names.length < 2) return null;
  return (
    <Notice tone="danger">
      <p>{t('faults', { count: names.length })}</p>
      <ul className="list-disc pl-4">
        {names.map((name) => (
          <li key={name}>
            <button type="button" className="min-h-6 underline" onClick={() => onFocus(name)}>
              {labels[name]}
            </button>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** What the gateway said beside fields of a form, by their names. */
export const fieldsOf = (error: unknown): Readonly<Record<string, string>> =>
  error instanceof AdminApiError ? (error.detail.fields ?? {}) : {};
