'use client';

import { Check, ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { useDebounced } from '../shell/use-debounced';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { Command, CommandEmpty, CommandInput, CommandItem, CommandList } from '../ui/command';
import { Popover, PopoverContent, PopoverTrigger } from '../ui/popover';
import type { Choice } from './queries';

type ChoiceFilterProps = {
  label: string;
  selected: readonly string[];
  onChange: (selected: string[]) => void;
  /** Asks for what there is to choose from; a hook. */
  useChoices: (text: string, isOpen: boolean) => { data: readonly Choice[] | undefined; error: Error | null };
  /** As it may be shown. */
  show?: (label: string) => string;
  /** What is asked for knows the text already. */
  isSearched?: boolean;
  /** Takes a text that is not in the list. */
  takesText?: boolean;
};

const pauseMs = 200;

/** A filter with so many values that they are searched. */
export function ChoiceFilter({
  label,
  selected,
  onChange,
  useChoices,
  show = (text) => text,
  isSearched = false,
  takesText = false,
}: ChoiceFilterProps) {
  const t = useTranslations('gallery.filter');
  const common = useTranslations('common');
  const format = useFormat();
  const [isOpen, setIsOpen] = useState(false);
  const [text, setText] = useState('');
  const typed = text.trim();
  const { data, error } = useChoices(useDebounced(typed, pauseMs), isOpen);
  const choices = data ?? [];
  const isKnown = choices.some(({ value }) => value === typed);
  const toggle = (value: string) =>
    onChange(selected.includes(value) ? selected.filter((one) => one !== value) : [...selected, value]);
  const find = t('find', { name: label });
  const emptyText = data === undefined ? common('loading') : t('none');
  return (
    <Popover open={isOpen} onOpenChange={setIsOpen}>
      <PopoverTrigger asChild>
        <Button variant="outline" className="px-3 font-normal max-md:justify-between">
          {label}
          {selected.length > 0 && (
            <span className="rounded-full bg-primary px-1.5 text-on-primary text-xs tabular-nums">
              {format.count(selected.length)}
              <span className="sr-only"> {common('table.chosen')}</span>
            </span>
          )}
          <ChevronDown aria-hidden className="text-secondary" />
        </Button>
      </PopoverTrigger>
      <PopoverContent aria-label={label} className="w-80 p-0">
        <Command shouldFilter={!isSearched} label={find}>
          <CommandInput placeholder={find} value={text} onValueChange={setText} maxLength={200} />
          <CommandList>
            <CommandEmpty>{error === null ? emptyText : t('failed')}</CommandEmpty>
            {takesText && typed !== '' && !isKnown && (
              <CommandItem value={`= ${typed}`} keywords={[typed]} onSelect={() => toggle(typed)}>
                {t('asTyped', { text: typed })}
              </CommandItem>
            )}
            {choices.map((choice) => (
              <CommandItem
                key={choice.value}
                value={choice.value}
                keywords={[choice.label]}
                onSelect={() => toggle(choice.value)}
              >
                <Check
                  aria-hidden
                  className={selected.includes(choice.value) ? 'text-primary' : 'invisible'}
                />
                <span className="grid min-w-0">
                  <span className="wrap-anywhere">
                    {show(choice.label)}
                    {selected.includes(choice.value) && (
                      <span className="sr-only"> {common('table.chosen')}</span>
                    )}
                  </span>
                  {choice.hint !== undefined && (
                    <span className="text-secondary text-xs" lang="en">
                      {choice.hint}
                    </span>
                  )}
                </span>
              </CommandItem>
            ))}
          </CommandList>
        </Command>
      </PopoverContent>
    </Popover>
  );
}
