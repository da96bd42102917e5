'use client';

import type * as React from 'react';
import { useId, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { CheckboxField } from '../ui/checkbox';
import { RadioGroup, RadioItem } from '../ui/radio-group';
import type { ModelChoice } from './key-list';

type Kind = ModelChoice['kind'];
const kinds = ['image', 'video'] as const satisfies readonly Kind[];

/** Which kinds of media a key may make; null is both, as well as whatever is still to come. */
export function MediaTypesField({
  value,
  onChange,
  error,
  groupRef,
}: {
  value: Kind[] | null;
  onChange: (value: Kind[] | null) => void;
  error: string | undefined;
  groupRef: React.Ref<HTMLFieldSetElement>;
}) {
  const t = useTranslations('keys');
  const chosen = value ?? kinds;
  const toggle = (kind: Kind, isOn: boolean) => {
    const next = kinds.filter((one) => (one === kind ? isOn : chosen.includes(one)));
    onChange(next.length === kinds.length ? null : next);
  };
  return (
    <Group legend={t('form.mediaTypes')} error={error} groupRef={groupRef}>
      <div className="flex flex-wrap gap-x-6">
        {kinds.map((kind) => (
          <CheckboxField
            key={kind}
            checked={chosen.includes(kind)}
            onCheckedChange={(checked) => toggle(kind, checked === true)}
            label={t(`form.${kind}s`)}
          />
        ))}
      </div>
    </Group>
  );
}

/** Which models a key may use; null is all of them. */
export function ModelsField({
  value,
  onChange,
  models,
  error,
  groupRef,
}: {
  value: string[] | null;
  onChange: (value: string[] | null) => void;
  models: readonly ModelChoice[];
  error: string | undefined;
  groupRef: React.Ref<HTMLFieldSetElement>;
}) {
  const t = useTranslations('keys');
  // Ids that the key has and the list has not, such as other names of a model, can be kept and taken away.
  const [others] = useState(() => (value ?? []).filter((id) => !models.some((model) => model.id === id)));
  const choices = [...models, ...others.map((id) => ({ id, label: id }))];
  const toggle = (id: string, isOn: boolean) =>
    onChange(
      choices.map((choice) => choice.id).filter((one) => (one === id ? isOn : value?.includes(one) === true)),
    );
  return (
    <Group legend={t('columns.models')} error={error} groupRef={groupRef}>
      <RadioGroup
        value={value === null ? 'all' : 'some'}
        onValueChange={(chosen) => onChange(chosen === 'all' ? null : [])}
        className="flex flex-wrap gap-x-6"
        aria-label={t('columns.models')}
      >
        <RadioItem value="all" label={t('form.allModels')} />
        <RadioItem value="some" label={t('form.someModels')} />
      </RadioGroup>
      {value !== null && (
        <div className="grid rounded-md border border-border px-3 py-1 sm:grid-cols-2 sm:gap-x-4">
          {choices.map(({ id, label }) => (
            <CheckboxField
              key={id}
              checked={value.includes(id)}
              onCheckedChange={(checked) => toggle(id, checked === true)}
              label={<span className="break-words">{label}</span>}
              {...(label === id ? {} : { hint: <span className="break-all font-mono">{id}</span> })}
            />
          ))}
        </div>
      )}
    </Group>
  );
}

function Group({
  legend,
  error,
  groupRef,
  children,
}: {
  legend: string;
  error: string | undefined;
  groupRef: React.Ref<HTMLFieldSetElement>;
  children: React.ReactNode;
}) {
  const id = useId();
  return (
    <fieldset
      ref={groupRef}
      tabIndex={-1}
      className="grid gap-1.5"
      {...(error === undefined ? {} : { 'aria-describedby': `${id}-error` })}
    >
      <legend className="mb-1 font-medium">{legend}</legend>
      {children}
      {error !== undefined && (
        <p id={`${id}-error`} role="alert" className="text-danger text-sm">
          {error}
        </p>
      )}
    </fieldset>
  );
}
