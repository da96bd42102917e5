'use client';

import { ChevronDown } from 'lucide-react';
import type * as React from 'react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { fromLocalTime, toLocalTime } from '../range/local-time';
import { useTimeZone } from '../shell/preferences-provider';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Popover, PopoverContent, PopoverTrigger } from '../ui/popover';
import { RadioGroup, RadioItem } from '../ui/radio-group';
import { type LogListState, logRanges, rangeOf } from './log-list';

type Span = Pick<LogListState, 'range' | 'from' | 'to'>;

const dayMs = 86_400_000;

/** Which span of time the list is about. */
export function RangeFilter({ state, onChange }: { state: Span; onChange: (span: Span) => void }) {
  const t = useTranslations('logs');
  const [isOpen, setIsOpen] = useState(false);
  const [isCustom, setIsCustom] = useState(false);
  const range = rangeOf(state);
  const choose = (span: Span) => {
    setIsOpen(false);
    onChange(span);
  };
  return (
    <Popover
      open={isOpen}
      onOpenChange={(open) => {
        setIsOpen(open);
        setIsCustom(range === 'custom');
      }}
    >
      <PopoverTrigger asChild>
        <Button variant="outline" className="px-3 font-normal max-md:justify-between">
          {t('range.name')}: {t(`range.${range}`)}
          <ChevronDown aria-hidden className="text-secondary" />
        </Button>
      </PopoverTrigger>
      <PopoverContent aria-label={t('range.name')} className="grid gap-3">
        <RadioGroup
          aria-label={t('range.name')}
          value={isCustom ? 'custom' : range}
          onValueChange={(value) => {
            const chosen = logRanges.find((one) => one === value);
            if (chosen === 'custom') setIsCustom(true);
            else if (chosen !== undefined) choose({ range: chosen, from: null, to: null });
          }}
        >
          {logRanges.map((one) => (
            <RadioItem key={one} value={one} label={t(`range.${one}`)} />
          ))}
        </RadioGroup>
        {isCustom && <Ends state={state} onApply={choose} />}
      </PopoverContent>
    </Popover>
  );
}

function Ends({ state, onApply }: { state: Span; onApply: (span: Span) => void }) {
  const t = useTranslations('logs.range');
  const zone = useTimeZone();
  const [problem, setProblem] = useState<string>();
  const submit = (event: React.SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const read = (name: string) => fromLocalTime(String(fields.get(name) ?? ''), zone)?.toISOString() ?? null;
    const [from, to] = [read('from'), read('to')];
    if ((from === null && to === null) || (from !== null && to !== null && from >= to)) {
      setProblem(t('wrong'));
      return;
    }
    onApply({ range: '24h', from, to });
  };
  const begin = state.from ?? (state.to === null ? new Date(Date.now() - dayMs).toISOString() : null);
  const local = (at: string | null) => (at === null ? '' : toLocalTime(new Date(at), zone));
  return (
    <form onSubmit={submit} noValidate className="grid gap-3">
      <Field label={t('from')} error={problem}>
        {(control) => <Input {...control} type="datetime-local" name="from" defaultValue={local(begin)} />}
      </Field>
      <Field label={t('to')} hint={t('zone', { zone })}>
        {(control) => <Input {...control} type="datetime-local" name="to" defaultValue={local(state.to)} />}
      </Field>
      <Button type="submit">{t('apply')}</Button>
    </form>
  );
}

/** "20 Nov 2026, 14:05 – …" for the chip of a span of one's own. */
export function useSpanText(): (span: Pick<Span, 'from' | 'to'>) => string {
  const t = useTranslations('logs.range');
  const format = useFormat();
  return ({ from, to }) => {
    const text = (at: string | null) => (at === null ? '' : format.dayTime(new Date(at)));
    if (from === null) return t('until', { to: text(to) });
    return to === null ? t('since', { from: text(from) }) : t('between', { from: text(from), to: text(to) });
  };
}
