'use client';

import { ChevronDown } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { usePersonal } from '../shell/personal';
import { useDebounced } from '../shell/use-debounced';
import { Button } from '../ui/button';
import { Command, CommandEmpty, CommandInput, CommandItem, CommandList } from '../ui/command';
import { Popover, PopoverContent, PopoverTrigger } from '../ui/popover';
import { useAccountSearch } from './queries';
import type { FormControl } from './use-playground-form';

/** Whichever account fits, or one that is searched for. */
export function AccountField({ control }: { control: FormControl }) {
  const t = useTranslations('playground');
  const common = useTranslations('common');
  const personal = usePersonal();
  const [isOpen, setIsOpen] = useState(false);
  const [text, setText] = useState('');
  const hintId = useId();
  const { account } = control.form;
  const { data } = useAccountSearch(useDebounced(text.trim(), 200), isOpen);
  // From a link only the id is known; its row has the rest.
  const { data: known } = useAccountSearch(account?.id ?? '', account !== null && account.email === null);
  const email =
    account === null
      ? null
      : (account.email ?? known?.items.find(({ id }) => id === account.id)?.email ?? account.id);
  const choose = (chosen: FormControl['form']['account']) => {
    control.change({ account: chosen });
    setIsOpen(false);
  };
  return (
    <div className="grid gap-1.5">
      <span aria-hidden className="font-medium">
        {t('account')}
      </span>
      <Popover open={isOpen} onOpenChange={setIsOpen}>
        <PopoverTrigger asChild>
          <Button
            variant="outline"
            className="w-full justify-start [&>span]:min-w-0 [&>span]:flex-1 [&>span]:justify-between"
            aria-label={`${t('account')}: ${email === null ? t('accountAuto') : personal.email(email)}`}
            aria-describedby={hintId}
          >
            <span className="min-w-0 truncate">
              {email === null ? t('accountAuto') : personal.email(email)}
            </span>
            <ChevronDown aria-hidden />
          </Button>
        </PopoverTrigger>
        <PopoverContent aria-label={t('chooseAccount')} className="w-96 p-0">
          <Command shouldFilter={false} label={t('searchAccounts')}>
            <CommandInput placeholder={t('searchAccounts')} value={text} onValueChange={setText} />
            <CommandList>
              <CommandEmpty>{data === undefined ? common('loading') : t('noAccounts')}</CommandEmpty>
              {text.trim() === '' && (
                <CommandItem value="auto" onSelect={() => choose(null)}>
                  {t('accountAuto')}
                </CommandItem>
              )}
              {(data?.items ?? []).map((row) => (
                <CommandItem
                  key={row.id}
                  value={row.id}
                  onSelect={() => choose({ id: row.id, email: row.email })}
                >
                  <span className="grid min-w-0">
                    <span className="truncate">{personal.email(row.email)}</span>
                    <span className="text-secondary text-xs">
                      {t(`tiers.${row.tier}`)} · {common(`health.${row.health.state}`)}
                    </span>
                  </span>
                </CommandItem>
              ))}
            </CommandList>
          </Command>
        </PopoverContent>
      </Popover>
      <p id={hintId} className="text-secondary text-xs">
        {t('accountHint')}
      </p>
    </div>
  );
}
