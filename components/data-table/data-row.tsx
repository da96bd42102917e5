'use client';

import type * as React from 'react';
import { memo } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { cn } from '@/lib/cn';
import { Checkbox } from '../ui/checkbox';
import type { DataColumn } from './columns';

type DataRowProps<Row> = {
  id: string;
  label: string;
  row: Row;
  columns: readonly DataColumn<Row>[];
  isDense: boolean;
  /** Undefined: rows of this table cannot be ticked. */
  isSelected: boolean | undefined;
  isOpen: boolean;
  canOpen: boolean;
  className: string | undefined;
  onSelect: (id: string, checked: boolean, isRange: boolean) => void;
  onOpen: (row: Row) => void;
};

const controls = 'a, button, input, label, select, textarea, summary, [role="menuitem"], [role="dialog"]';

function PlainDataRow<Row>(props: DataRowProps<Row>) {
  const { id, label, row, columns, isDense, isSelected, isOpen, canOpen, onSelect, onOpen } = props;
  const t = useTranslations('common');
  const hasBox = isSelected !== undefined;
  const isMarked = isOpen || isSelected === true;
  return (
    <tr
      // biome-ignore lint/a11y/noRedundantRoles: display:grid below 768 px would remove the meaning
      role="row"
      data-row-id={id}
      tabIndex={-1}
      {...(isOpen ? { 'aria-current': true } : {})}
      className={cn(
        'group/row relative grid grid-cols-3 gap-x-3 gap-y-2.5 px-4 py-3.5 focus-visible:-outline-offset-2 md:table-row',
        hasBox && 'max-md:pl-12',
        isMarked && 'max-md:bg-muted',
        canOpen && 'md:cursor-pointer',
        props.className,
      )}
      onClick={(event) => {
        if (!canOpen || isOnControl(event) || (getSelection()?.toString() ?? '') !== '') return;
        onOpen(row);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && canOpen && event.target === event.currentTarget) onOpen(row);
      }}
    >
      {hasBox && (
        <td
          // biome-ignore lint/a11y/noRedundantRoles: as above
          role="cell"
          className={cn(
            'max-md:absolute max-md:top-4 max-md:left-4 md:sticky md:left-0 md:z-[5] md:w-11 md:min-w-11 md:border-border md:border-b md:pl-4 md:group-last/row:border-b-0',
            surface(isMarked),
          )}
        >
          <Checkbox
            aria-label={t('table.selectRow', { name: label })}
            checked={isSelected === true}
            onClick={(event) => onSelect(id, isSelected !== true, event.shiftKey)}
          />
        </td>
      )}
      {columns.map((column, index) => (
        <td
          key={column.id}
          // biome-ignore lint/a11y/noRedundantRoles: as above
          role="cell"
          className={cn(
            'block min-w-0 px-0 md:table-cell md:border-border md:border-b md:px-3 md:py-1 md:align-middle md:first:pl-4 md:last:pr-4 md:group-last/row:border-b-0',
            isDense ? 'md:h-9' : 'md:h-11',
            surface(isMarked),
            column.isNumeric === true && 'tabular-nums md:text-right',
            cardPlaces[column.card ?? 'none'],
            index === 0 && 'md:sticky md:z-[5]',
            index === 0 && (hasBox ? 'md:left-11' : 'md:left-0'),
            column.id === actionsColumnId && 'max-md:absolute max-md:top-1.5 max-md:right-2 max-md:block',
            column.className,
          )}
        >
          {(column.card === 'value' || column.card === 'wide') && (
            <span aria-hidden className="mb-0.5 block text-secondary text-xs md:hidden">
              {column.header}
            </span>
          )}
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

/** The column of this id stands in the corner of a card. */
const actionsColumnId = 'actions';

const cardPlaces = {
  title: 'max-md:-order-2 max-md:col-span-3 max-md:pr-12',
  status: 'max-md:-order-1 max-md:col-span-3',
  value: '',
  wide: 'max-md:col-span-3',
  none: 'max-md:hidden',
} as const;

/** Of a cell: one that sticks must cover what scrolls below it. On phones the card itself has the colour. */
const surface = (isMarked: boolean) => (isMarked ? 'md:bg-muted' : 'md:bg-card md:group-hover/row:bg-muted');

/** What a menu or a dialog of the row catches is also told to the row, by React. */
const isOnControl = (event: React.MouseEvent) =>
  !event.currentTarget.contains(event.target as Node) ||
  (event.target instanceof Element && event.target.closest(controls) !== null);

// `memo` forgets that the component takes a type.
export const DataRow = memo(PlainDataRow) as typeof PlainDataRow;
