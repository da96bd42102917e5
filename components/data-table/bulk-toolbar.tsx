'use client';

import { X } from 'lucide-react';
import { Toolbar } from 'radix-ui';
import type * as React from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import type { Selection } from './use-selection';

type BulkToolbarProps = {
  selection: Selection;
  pageIds: readonly string[];
  total: number;
  isTotalCapped: boolean;
  /** Buttons for the ticked rows. */
  children: React.ReactNode;
};

/** What can be done with the ticked rows. It stands below the table, and on phones stays at the bottom of the screen. */
export function BulkToolbar({ selection, pageIds, total, isTotalCapped, children }: BulkToolbarProps) {
  const t = useTranslations('common');
  const format = useFormat();
  if (selection.ids.length === 0) return null;
  const all = `${format.count(total)}${isTotalCapped ? '+' : ''}`;
  const isWholePage = pageIds.every((id) => selection.ids.includes(id));
  return (
    <Toolbar.Root
      aria-label={t('table.bulk')}
      className="flex flex-wrap items-center gap-2 rounded-lg border border-primary bg-card px-3 py-2 max-md:sticky max-md:bottom-2 max-md:z-10 max-md:shadow-lg"
    >
      <span className="px-1 font-medium tabular-nums">
        {selection.isAll
          ? t('table.allSelected', { count: all })
          : t('table.selected', { count: selection.ids.length })}
      </span>
      {!isWholePage && (
        <Toolbar.Button asChild>
          <Button
            variant="link"
            size="small"
            className="px-2 md:hidden"
            onClick={() => selection.select(pageIds)}
          >
            {t('table.selectPage')}
          </Button>
        </Toolbar.Button>
      )}
      {!selection.isAll && isWholePage && total > pageIds.length && (
        <Toolbar.Button asChild>
          <Button variant="link" size="small" className="px-2" onClick={() => selection.selectAll(pageIds)}>
            {t('table.selectAll', { count: all })}
          </Button>
        </Toolbar.Button>
      )}
      <div className="flex flex-wrap items-center gap-2">{children}</div>
      <Toolbar.Button asChild>
        <Button
          variant="ghost"
          size="icon"
          className="ml-auto"
          aria-label={t('table.clearSelection')}
          onClick={selection.clear}
        >
          <X aria-hidden />
        </Button>
      </Toolbar.Button>
    </Toolbar.Root>
  );
}
