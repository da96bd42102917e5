'use client';

import { ChevronDown } from 'lucide-react';
import { useTranslations } from '@/components/shell/use-translations';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { CheckboxField } from '../ui/checkbox';
import { Popover, PopoverContent, PopoverTrigger } from '../ui/popover';

export type FilterOption<Value extends string> = {
  value: Value;
  label: string;
  /** How many there are, whatever the filters. */
  count?: number;
};

type FilterMenuProps<Value extends string> = {
  label: string;
  options: readonly FilterOption<Value>[];
  selected: readonly Value[];
  onChange: (selected: Value[]) => void;
};

/** A filter with several values: a button that shows how many are chosen, and a list of all of them. */
export function FilterMenu<Value extends string>({
  label,
  options,
  selected,
  onChange,
}: FilterMenuProps<Value>) {
  const t = useTranslations('common');
  const format = useFormat();
  const toggle = (value: Value, isOn: boolean) =>
    onChange(
      options.map((option) => option.value).filter((one) => (one === value ? isOn : selected.includes(one))),
    );
  return (
    <Popover>
      <PopoverTrigger asChild>
        <Button variant="outline" className="px-3 font-normal max-md:justify-between">
          {label}
          {selected.length > 0 && (
            <span className="rounded-full bg-primary px-1.5 text-on-primary text-xs tabular-nums">
              {format.count(selected.length)}
              <span className="sr-only"> {t('table.chosen')}</span>
            </span>
          )}
          <ChevronDown aria-hidden className="text-secondary" />
        </Button>
      </PopoverTrigger>
      <PopoverContent aria-label={label} className="w-64 p-2">
        <fieldset className="grid px-1">
          <legend className="sr-only">{label}</legend>
          {options.map((option) => (
            <CheckboxField
              key={option.value}
              checked={selected.includes(option.value)}
              onCheckedChange={(checked) => toggle(option.value, checked === true)}
              label={
                <>
                  {option.label}
                  {option.count !== undefined && (
                    <span className="text-secondary tabular-nums"> {format.count(option.count)}</span>
                  )}
                </>
              }
            />
          ))}
        </fieldset>
      </PopoverContent>
    </Popover>
  );
}
