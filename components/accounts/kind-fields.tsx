'use client';

import { useId } from 'react';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Switch } from '../ui/switch';

type Value = { isOn: boolean /** As typed; empty is unlimited. */; concurrency: string };

type KindFieldsProps = {
  label: 'Images' | 'Videos';
  value: Value;
  error: string | undefined;
  onChange: (value: Value) => void;
};

/** Whether an account makes pictures (or videos), and how many at a time. */
export function KindFields({ label, value, error, onChange }: KindFieldsProps) {
  const id = useId();
  return (
    <fieldset className="grid content-start gap-3 rounded-md border border-border p-3">
      <legend className="sr-only">{label}</legend>
      <div className="flex items-center justify-between gap-3">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        <Switch id={id} checked={value.isOn} onCheckedChange={(isOn) => onChange({ ...value, isOn })} />
      </div>
      <Field label={`${label} at a time`} hint="Empty: unlimited." error={error}>
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            autoComplete="off"
            placeholder="Unlimited"
            disabled={!value.isOn}
            value={value.concurrency}
            onChange={(event) => onChange({ ...value, concurrency: event.target.value })}
          />
        )}
      </Field>
    </fieldset>
  );
}

/** The limit that was typed: nothing is unlimited (null), and what is no number is left for the contract to refuse. */
export const parseConcurrency = (text: string): number | null => (text.trim() === '' ? null : Number(text));
