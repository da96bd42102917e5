'use client';

import { Check, ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { CustomRange } from '../range/range-picker';
import { Button } from '../ui/button';
import { Popover, PopoverContent, PopoverTrigger } from '../ui/popover';
import { Separator } from '../ui/separator';
import { type MediaListState, type MediaRange, mediaRanges } from './media-list';

export type Span = Pick<MediaListState, 'range' | 'since' | 'until'>;

type RangeFilterProps = { span: Span; onChange: (span: Span) => void };

const fixed: readonly MediaRange[] = mediaRanges.filter((range) => range !== 'custom');

/** From when results are shown: any time, one of the usual spans, or any other. */
export function RangeFilter({ span, onChange }: RangeFilterProps) {
  const t = useTranslations('gallery');
  const [isOpen, setIsOpen] = useState(false);
  const choose = (next: Span) => {
    setIsOpen(false);
    onChange(next);
  };
  const { range, since, until } = span;
  return (
    <Popover open={isOpen} onOpenChange={setIsOpen}>
      <PopoverTrigger asChild>
        <Button variant="outline" className="px-3 font-normal max-md:justify-between">
          {t('filter.range')}
          {range !== 'all' && <span className="font-medium">{t(`ranges.${range}`)}</span>}
          <ChevronDown aria-hidden className="text-secondary" />
        </Button>
      </PopoverTrigger>
      <PopoverContent aria-label={t('filter.range')} className="grid gap-3">
        <fieldset className="grid gap-1">
          <legend className="sr-only">{t('filter.range')}</legend>
          {fixed.map((one) => (
            <Button
              key={one}
              variant="ghost"
              aria-pressed={range === one}
              className="justify-start px-2 font-normal"
              onClick={() => choose({ range: one, since: null, until: null })}
            >
              <Check aria-hidden className={range === one ? 'text-primary' : 'invisible'} />
              {t(`ranges.${one}`)}
            </Button>
          ))}
        </fieldset>
        <Separator />
        <CustomRange
          state={{ range: 'custom', since: range === 'custom' ? since : null, until }}
          set={(next) => choose({ range: 'custom', since: next.since, until: next.until })}
        />
      </PopoverContent>
    </Popover>
  );
}
