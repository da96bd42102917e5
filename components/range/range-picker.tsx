'use client';

import type * as React from 'react';
import { useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { OverviewRange } from '@/lib/admin-api/overview';
import { useTimeZone } from '../shell/preferences-provider';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Popover, PopoverContent, PopoverTrigger } from '../ui/popover';
import { ToggleGroup, ToggleGroupItem } from '../ui/toggle-group';
import { fromLocalTime, toLocalTime } from './local-time';
import { type RangeState, tidyRange } from './range';

type PickerProps = { state: RangeState; set: (next: RangeState) => void };

const fixed = ['1h', '24h', '7d', '30d'] as const satisfies readonly OverviewRange[];

/** Chooses a span of time: one of the usual ones, or any. */
export function RangePicker({ state, set }: PickerProps) {
  const t = useTranslations('charts.range');
  const [isOpen, setIsOpen] = useState(false);
  return (
    <div className="flex flex-wrap items-center gap-1">
      <ToggleGroup
        type="single"
        aria-label={t('name')}
        value={state.range}
        onValueChange={(value: string) => {
          const range = fixed.find((one) => one === value);
          if (range !== undefined) set({ range, since: null, until: null });
        }}
      >
        {fixed.map((range) => (
          <ToggleGroupItem key={range} value={range}>
            {t(range)}
          </ToggleGroupItem>
        ))}
      </ToggleGroup>
      <Popover open={isOpen} onOpenChange={setIsOpen}>
        <PopoverTrigger asChild>
          <Button variant={state.range === 'custom' ? 'primary' : 'outline'} size="small">
            {t('custom')}
          </Button>
        </PopoverTrigger>
        <PopoverContent aria-label={t('customTitle')}>
          <CustomRange
            state={state}
            set={(next) => {
              setIsOpen(false);
              set(next);
            }}
          />
        </PopoverContent>
      </Popover>
    </div>
  );
}

const dayMs = 86_400_000;

/** Any span, by its two ends. */
export function CustomRange({ state, set }: PickerProps) {
  const t = useTranslations('charts.range');
  const zone = useTimeZone();
  const [problem, setProblem] = useState<string>();
  const begin = state.since === null ? new Date(Date.now() - dayMs) : new Date(state.since);
  const submit = (event: React.SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const read = (name: string) => fromLocalTime(String(fields.get(name) ?? ''), zone)?.toISOString() ?? null;
    const next: RangeState = { range: 'custom', since: read('since'), until: read('until') };
    if (tidyRange(next, new Date()).range === 'custom') set(next);
    else setProblem(t('wrong'));
  };
  return (
    <form onSubmit={submit} noValidate className="grid gap-3">
      <Field label={t('since')} error={problem}>
        {(control) => (
          <Input
            {...control}
            type="datetime-local"
            name="since"
            required
            defaultValue={toLocalTime(begin, zone)}
          />
        )}
      </Field>
      <Field label={t('until')} hint={t('zone', { zone })}>
        {(control) => (
          <Input
            {...control}
            type="datetime-local"
            name="until"
            defaultValue={state.until === null ? '' : toLocalTime(new Date(state.until), zone)}
          />
        )}
      </Field>
      <Button type="submit">{t('apply')}</Button>
    </form>
  );
}
