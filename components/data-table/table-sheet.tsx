'use client';

import { SlidersHorizontal } from 'lucide-react';
import type * as React from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { Button } from '../ui/button';
import { Dialog, DialogBody, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';
import { Field } from '../ui/field';
import { Select, SelectContent, SelectItem, SelectTrigger } from '../ui/select';
import type { DataColumn } from './columns';
import type { FilterChip } from './filter-chips';
import type { TableControls } from './use-table-state';

type TableSheetProps<Row> = {
  columns: readonly DataColumn<Row>[];
  table: TableControls;
  filters: React.ReactNode;
  chips: readonly FilterChip[];
};

/** On phones: the filters of the page and the order of the rows. */
export function TableSheet<Row>({ columns, table, filters, chips }: TableSheetProps<Row>) {
  const t = useTranslations('common');
  const sorts = columns.flatMap((column) =>
    column.sort === undefined ? [] : [{ word: column.sort, header: column.header }],
  );
  return (
    <Dialog>
      <DialogTrigger asChild>
        <Button variant="outline" className="px-3 md:hidden">
          <SlidersHorizontal aria-hidden />
          {t('table.filtersAndSort')}
          {chips.length > 0 && <span className="tabular-nums">{chips.length}</span>}
        </Button>
      </DialogTrigger>
      <DialogContent title={t('table.filtersAndSort')}>
        <DialogBody>
          <div className="grid gap-2 *:w-full">{filters}</div>
          {sorts.length > 0 && (
            <Field label={t('table.sortBy')}>
              {(control) => (
                <Select value={table.state.sort} onValueChange={table.setSort}>
                  <SelectTrigger {...control} />
                  <SelectContent>
                    {sorts.flatMap(({ word, header }) => [
                      <SelectItem key={word} value={word}>
                        {t('table.ascending', { column: header })}
                      </SelectItem>,
                      <SelectItem key={`-${word}`} value={`-${word}`}>
                        {t('table.descending', { column: header })}
                      </SelectItem>,
                    ])}
                  </SelectContent>
                </Select>
              )}
            </Field>
          )}
        </DialogBody>
        <DialogFooter>
          {table.isFiltered && (
            <Button variant="outline" onClick={table.clearFilters}>
              {t('clearFilters')}
            </Button>
          )}
          <DialogClose asChild>
            <Button>{t('table.showResults')}</Button>
          </DialogClose>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
