'use client';

import { Check, ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { useAccountSearch } from '../playground/queries';
import { usePersonal } from '../shell/personal';
import { useDebounced } from '../shell/use-debounced';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { Command, CommandEmpty, CommandInput, CommandItem, CommandList } from '../ui/command';
import { Popover, PopoverContent, PopoverTrigger } from '../ui/popover';
import { useKeySearch, useModelIds } from './queries';

type PickFilterProps = {
  label: string;
  searchLabel: string;
  selected: readonly string[];
  onChange: (selected: string[]) => void;
};

type Option = { value: string; label: string };

const searchPauseMs = 200;
const shownModels = 60;

/** Narrows by models: those that there are, and any other that is typed. */
export function ModelFilter(props: PickFilterProps) {
  const t = useTranslations('logs');
  const search = useSearch();
  const { data } = useModelIds(search.isOpen);
  const words = search.text.trim().toLowerCase();
  const matching = (data ?? []).filter((id) => id.toLowerCase().includes(words)).slice(0, shownModels);
  const typed = search.text.trim();
  const options = matching.map((id): Option => ({ value: id, label: id }));
  const other =
    typed === '' || matching.includes(typed) ? [] : [{ value: typed, label: t('exactly', { text: typed }) }];
  return (
    <Picker {...props} search={search} options={[...options, ...other]} isLoading={data === undefined} />
  );
}

export function AccountFilter(props: PickFilterProps) {
  const personal = usePersonal();
  const search = useSearch();
  const { data } = useAccountSearch(search.settled, search.isOpen);
  const options = (data?.items ?? []).map(
    ({ id, email }): Option => ({ value: id, label: personal.email(email) }),
  );
  return <Picker {...props} search={search} options={options} isLoading={data === undefined} />;
}

export function KeyFilter(props: PickFilterProps) {
  const search = useSearch();
  const { data } = useKeySearch(search.settled, search.isOpen);
  const options = (data?.items ?? []).map(({ id, name }): Option => ({ value: id, label: name }));
  return <Picker {...props} search={search} options={options} isLoading={data === undefined} />;
}

function useSearch() {
  const [isOpen, setIsOpen] = useState(false);
  const [text, setText] = useState('');
  return { isOpen, setIsOpen, text, setText, settled: useDebounced(text.trim(), searchPauseMs) };
}

type PickerProps = PickFilterProps & {
  search: ReturnType<typeof useSearch>;
  options: readonly Option[];
  isLoading: boolean;
};

function Picker({ label, searchLabel, selected, onChange, search, options, isLoading }: PickerProps) {
  const t = useTranslations('logs');
  const common = useTranslations('common');
  const format = useFormat();
  const toggle = (value: string) =>
    onChange(selected.includes(value) ? selected.filter((one) => one !== value) : [...selected, value]);
  return (
    <Popover
      open={search.isOpen}
      onOpenChange={(isOpen) => {
        search.setIsOpen(isOpen);
        search.setText('');
      }}
    >
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
        <Command shouldFilter={false} label={searchLabel}>
          <CommandInput placeholder={searchLabel} value={search.text} onValueChange={search.setText} />
          <CommandList>
            <CommandEmpty>{isLoading ? common('loading') : t('noOption')}</CommandEmpty>
            {options.map((option) => (
              <CommandItem key={option.value} value={option.value} onSelect={() => toggle(option.value)}>
                <Check aria-hidden className={selected.includes(option.value) ? '' : 'invisible'} />
                <span className="wrap-anywhere min-w-0">
                  {option.label}
                  {selected.includes(option.value) && (
                    <span className="sr-only"> {common('table.chosen')}</span>
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
