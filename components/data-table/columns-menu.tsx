'use client';

import { Columns3 } from 'lucide-react';
import { useTranslations } from '@/components/shell/use-translations';
import { densities } from '../shell/preferences';
import { usePreferences } from '../shell/preferences-provider';
import { Button } from '../ui/button';
import {
  DropdownMenu,
  DropdownMenuCheckboxItem,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '../ui/dropdown-menu';
import type { DataColumn } from './columns';

type ColumnsMenuProps<Row> = {
  columns: readonly DataColumn<Row>[];
  isShown: (id: string) => boolean;
  onToggle: (id: string) => void;
  /** Undefined: they are as usual. */
  onReset: (() => void) | undefined;
};

/** Which columns there are and how high the rows are. Cards on phones have neither. */
export function ColumnsMenu<Row>({ columns, isShown, onToggle, onReset }: ColumnsMenuProps<Row>) {
  const t = useTranslations('common');
  const { density, set } = usePreferences();
  const choose = (value: string) => {
    const chosen = densities.find((one) => one === value);
    if (chosen !== undefined) set({ density: chosen });
  };
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="outline" className="px-3 font-normal max-md:hidden">
          <Columns3 aria-hidden />
          {t('table.columns')}
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent className="w-56">
        <DropdownMenuLabel>{t('table.shownColumns')}</DropdownMenuLabel>
        {columns
          .filter((column) => column.isHideable !== false)
          .map((column) => (
            <DropdownMenuCheckboxItem
              key={column.id}
              checked={isShown(column.id)}
              onCheckedChange={() => onToggle(column.id)}
            >
              {column.header}
            </DropdownMenuCheckboxItem>
          ))}
        <DropdownMenuItem
          disabled={onReset === undefined}
          onSelect={(event) => {
            event.preventDefault();
            onReset?.();
          }}
        >
          {t('table.resetColumns')}
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuLabel>{t('table.rowHeight')}</DropdownMenuLabel>
        <DropdownMenuRadioGroup value={density} onValueChange={choose}>
          {densities.map((one) => (
            <DropdownMenuRadioItem key={one} value={one} onSelect={(event) => event.preventDefault()}>
              {t(`table.${one}`)}
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
