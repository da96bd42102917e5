'use client';

import type * as React from 'react';
import { useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { useTimeZone } from '../shell/preferences-provider';
import { useFormat } from '../shell/use-format';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select, SelectContent, SelectItem, SelectTrigger } from '../ui/select';
import { dayOf, type ExpiryChoice, expiryChoices, expiryOf } from './expiry';

type ExpiryFieldProps = {
  /** As the key has it now; null for never, and for a new one. */
  current: string | null;
  onChange: (expiresAt: string | null) => void;
  error: string | undefined;
  /** The focus comes here when the date is at fault. */
  dateRef: React.Ref<HTMLInputElement>;
};

/** Until when a key works: for some days from now, to the end of a day, or for ever. */
export function ExpiryField({ current, onChange, error, dateRef }: ExpiryFieldProps) {
  const t = useTranslations('keys');
  const format = useFormat();
  const timeZone = useTimeZone();
  const [choice, setChoice] = useState<ExpiryChoice>(current === null ? 'never' : 'keep');
  const [date, setDate] = useState('');
  const tell = (chosen: ExpiryChoice, day: string) =>
    onChange(chosen === 'keep' ? current : expiryOf(chosen, { now: new Date(), date: day, timeZone }));
  const choices: ExpiryChoice[] = [...(current === null ? [] : (['keep'] as const)), ...expiryChoices];
  const choose = (value: string) => {
    const chosen = choices.find((one) => one === value);
    if (chosen === undefined) return;
    setChoice(chosen);
    tell(chosen, date);
  };
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label={t('columns.expires')}>
        {(control) => (
          <Select value={choice} onValueChange={choose}>
            <SelectTrigger {...control} />
            <SelectContent>
              {choices.map((one) => (
                <SelectItem key={one} value={one}>
                  {t(`expiry.${one}`, { date: current === null ? '' : format.date(new Date(current)) })}
                </SelectItem>
              ))}
            </SelectContent>
          </Select>
        )}
      </Field>
      {choice === 'date' && (
        <Field label={t('expiry.day')} hint={t('expiry.dayHint', { zone: timeZone })} error={error}>
          {(control) => (
            <Input
              {...control}
              ref={dateRef}
              type="date"
              min={dayOf(new Date(), timeZone)}
              value={date}
              onChange={(event) => {
                setDate(event.target.value);
                tell('date', event.target.value);
              }}
            />
          )}
        </Field>
      )}
    </div>
  );
}
