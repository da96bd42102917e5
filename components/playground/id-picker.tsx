'use client';

import { Search } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { PlaygroundId, PlaygroundModel } from '@/lib/admin-api/playground';
import { Button } from '../ui/button';
import { Command, CommandEmpty, CommandInput, CommandItem, CommandList } from '../ui/command';
import { Popover, PopoverContent, PopoverTrigger } from '../ui/popover';
import { isOffered } from './form';

type IdPickerProps = {
  ids: readonly PlaygroundId[];
  models: readonly PlaygroundModel[];
  onPick: (id: PlaygroundId) => void;
};

/** Every id that there is, to be searched. */
export function IdPicker({ ids, models, onPick }: IdPickerProps) {
  const t = useTranslations('playground');
  const [isOpen, setIsOpen] = useState(false);
  const canBeUsed = ({ base, ways }: PlaygroundId) =>
    models.some(
      (model) => model.id === base && model.ways.some((one) => isOffered(one) && ways.includes(one.way)),
    );
  return (
    <Popover open={isOpen} onOpenChange={setIsOpen}>
      <PopoverTrigger asChild>
        <Button variant="outline">
          <Search aria-hidden />
          {t('pickById')}
        </Button>
      </PopoverTrigger>
      <PopoverContent aria-label={t('pickById')} className="w-[34rem] p-0">
        <Command label={t('searchIds')}>
          <CommandInput placeholder={t('searchIds')} />
          <CommandList>
            <CommandEmpty>{t('noIds')}</CommandEmpty>
            {ids.filter(canBeUsed).map((id) => (
              <CommandItem
                key={id.id}
                value={id.id}
                keywords={[id.description]}
                onSelect={() => {
                  onPick(id);
                  setIsOpen(false);
                }}
              >
                <span className="grid min-w-0">
                  <span className="break-all font-mono text-sm">{id.id}</span>
                  <span className="text-secondary text-xs" lang="en">
                    {id.alias_of === null ? id.description : t('aliasOf', { id: id.alias_of })}
                  </span>
                </span>
              </CommandItem>
            ))}
          </CommandList>
        </Command>
      </PopoverContent>
    </Popover>
  );
}
