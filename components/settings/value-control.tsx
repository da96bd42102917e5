'use client';

import type * as React from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { readSettingText } from '@/lib/admin-api/setting-value';
import type { SettingRow } from '@/lib/admin-api/settings';
import { cn } from '@/lib/cn';
import { Input } from '../ui/input';
import { RadioGroup, RadioItem } from '../ui/radio-group';
import { Switch } from '../ui/switch';
import { useFieldText } from './field-text';
import type { FormValue } from './form-values';

/** What ties a control to its label, its texts and the form. */
export type ControlParts = {
  id: string;
  name: string;
  form: string;
  inputRef: React.RefCallback<HTMLElement>;
  onBlur: () => void;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
};

type ValueControlProps = {
  row: SettingRow;
  held: FormValue;
  control: ControlParts;
  onChange: (value: FormValue) => void;
};

/** The control that suits the kind of a setting. */
export function ValueControl({ row, held, control, onChange }: ValueControlProps) {
  const common = useTranslations('common');
  const text = useFieldText();
  const { inputRef, ...parts } = control;
  const isLocked = row.locked_by !== null;
  if (row.kind === 'flag') {
    return (
      <span className="flex min-h-11 items-center gap-2.5 md:min-h-6">
        <Switch
          id={parts.id}
          ref={inputRef}
          aria-describedby={parts['aria-describedby']}
          checked={held === true}
          disabled={isLocked}
          onBlur={parts.onBlur}
          onCheckedChange={onChange}
        />
        <span aria-hidden>{common(held === true ? 'on' : 'off')}</span>
      </span>
    );
  }
  if (row.kind === 'choice') {
    return (
      <RadioGroup
        aria-labelledby={`${parts.id}-name`}
        aria-describedby={parts['aria-describedby']}
        value={String(held)}
        disabled={isLocked}
        onValueChange={onChange}
      >
        {(row.choices ?? []).map((value) => {
          const words = text.choice(row, value);
          return (
            <RadioItem
              key={value}
              // The one that is chosen is where the keyboard goes.
              {...(value === held ? { id: parts.id, ref: inputRef } : {})}
              value={value}
              disabled={isLocked}
              label={words.label}
              {...(words.help === '' ? {} : { hint: words.help })}
            />
          );
        })}
      </RadioGroup>
    );
  }
  return <TextControl row={row} held={held} control={control} onChange={onChange} />;
}

function TextControl({ row, held, control, onChange }: ValueControlProps) {
  const t = useTranslations('settings');
  const text = useFieldText();
  const { inputRef, ...parts } = control;
  const isNumber = row.kind === 'whole' || row.kind === 'number';
  const typed = String(held ?? '');
  const count = isNumber ? readSettingText(row, typed) : undefined;
  const larger = typeof count === 'number' ? text.larger(count, row) : undefined;
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <Input
        {...parts}
        ref={inputRef}
        value={typed}
        readOnly={row.locked_by !== null}
        inputMode={inputModes[row.kind]}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        className={cn(
          isNumber ? 'w-40 tabular-nums' : 'max-w-[640px]',
          row.locked_by !== null && 'bg-muted text-secondary',
        )}
        onChange={(event) => onChange(event.target.value)}
      />
      {row.unit !== null && <span className="text-secondary">{text.unit(row)}</span>}
      {larger !== undefined && <span className="text-secondary text-sm">{t('is', { amount: larger })}</span>}
    </span>
  );
}

const inputModes = {
  whole: 'numeric',
  number: 'decimal',
  url: 'url',
  text: 'text',
  proxy_url: 'url',
  flag: 'none',
  choice: 'none',
} as const satisfies Record<SettingRow['kind'], string>;
