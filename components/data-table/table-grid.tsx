'use client';

import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react';
import type * as React from 'react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { cn } from '@/lib/cn';
import { usePreferences } from '../shell/preferences-provider';
import { Checkbox } from '../ui/checkbox';
import type { DataColumn } from './columns';
import { DataRow } from './data-row';
import { useSingleKeys } from './use-single-keys';

type TableGridProps<Row> = {
  name: string;
  columns: readonly DataColumn<Row>[];
  rows: readonly Row[];
  idOf: (row: Row) => string;
  labelOf: (row: Row) => string;
  sorted: { id: string; desc: boolean } | undefined;
  onSort: (columnId: string) => void;
  selectedIds: Readonly<Record<string, boolean>>;
  onSelect?: (id: string, checked: boolean, isRange: boolean) => void;
  onSelectPage?: (checked: boolean) => void;
  onOpen?: (row: Row) => void;
  openId: string | undefined;
  rowClassName: ((row: Row) => string | undefined) | undefined;
  /** Told while a row is pointed at or worked in. */
  hold: (isHeld: boolean) => void;
};

/**
 * The table itself: below 768 px its rows are cards. Its header sticks to the top of the page, or of its own box where
 * the box has to scroll sideways, which then also scrolls downwards.
 */
export function TableGrid<Row>(props: TableGridProps<Row>) {
  const { columns, rows, idOf, labelOf, onSelect, onSelectPage, onOpen, hold } = props;
  const t = useTranslations('common');
  const { density } = usePreferences();
  const box = useRef<HTMLDivElement>(null);
  const scrolls = useScrollsSideways(box);
  // Rows are drawn anew when their own data changes only, so what they call must stay the same.
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const select = useCallback(
    (id: string, checked: boolean, isRange: boolean) => latest.current.onSelect?.(id, checked, isRange),
    [],
  );
  const open = useCallback((row: Row) => latest.current.onOpen?.(row), []);
  useRowKeys(box);
  // A row that goes while it has the focus leaves it to the table, not to nobody.
  const focusedRow = useRef<string>(undefined);
  useEffect(() => {
    if (focusedRow.current === undefined || rows.some((row) => idOf(row) === focusedRow.current)) return;
    focusedRow.current = undefined;
    if (document.activeElement === document.body) box.current?.querySelector('table')?.focus();
  }, [rows, idOf]);
  const selectedCount = rows.filter((row) => props.selectedIds[idOf(row)] === true).length;
  return (
    // Positioned, so that hidden text inside is cut off with the box instead of widening the page.
    <div
      ref={box}
      className={cn(
        'relative',
        scrolls ? 'scroll-pt-10 md:max-h-[calc(100dvh-64px)] md:overflow-auto' : 'md:overflow-x-clip',
      )}
      {...(scrolls ? { role: 'group', 'aria-label': props.name } : {})}
    >
      <table
        // biome-ignore lint/a11y/noRedundantRoles: display:block below 768 px would remove the meaning
        role="table"
        // Where the focus goes when what opened a drawer is gone.
        data-focus-home
        tabIndex={-1}
        className="block w-full text-sm outline-none md:table md:border-separate md:border-spacing-0"
      >
        <caption className="sr-only">{props.name}</caption>
        {/* biome-ignore lint/a11y/noRedundantRoles: as above */}
        <thead role="rowgroup" className="hidden md:table-header-group">
          {/* biome-ignore lint/a11y/noRedundantRoles: as above */}
          <tr role="row">
            {onSelect !== undefined && (
              <HeaderCell scrolls={scrolls} className="left-0 z-[11] w-11 min-w-11 pr-0">
                <Checkbox
                  aria-label={t('table.selectPage')}
                  checked={checkedOf(selectedCount, rows.length)}
                  onCheckedChange={(checked) => onSelectPage?.(checked === true)}
                />
              </HeaderCell>
            )}
            {columns.map((column, index) => (
              <HeaderCell
                key={column.id}
                scrolls={scrolls}
                aria-sort={ariaSort(column, props.sorted)}
                className={cn(
                  column.isNumeric === true && 'text-right',
                  index === 0 && 'z-[11]',
                  index === 0 && (onSelect === undefined ? 'left-0' : 'left-11'),
                )}
              >
                {column.sort === undefined ? (
                  column.header
                ) : (
                  <SortButton column={column} sorted={props.sorted} onSort={props.onSort} />
                )}
              </HeaderCell>
            ))}
          </tr>
        </thead>
        <tbody
          // biome-ignore lint/a11y/noRedundantRoles: as above
          role="rowgroup"
          className="block max-md:divide-y max-md:divide-border md:table-row-group"
          onPointerEnter={(event) => event.pointerType === 'mouse' && hold(true)}
          onPointerLeave={(event) => !event.currentTarget.contains(document.activeElement) && hold(false)}
          onFocus={(event) => {
            hold(true);
            const row = event.target.closest<HTMLElement>('[data-row-id]');
            if (row !== null) focusedRow.current = row.dataset.rowId;
          }}
          onBlur={(event) => {
            if (event.currentTarget.contains(event.relatedTarget)) return;
            hold(false);
            if (event.relatedTarget !== null) focusedRow.current = undefined;
          }}
        >
          {rows.map((row) => {
            const id = idOf(row);
            return (
              <DataRow
                key={id}
                id={id}
                label={labelOf(row)}
                row={row}
                columns={columns}
                isDense={density === 'compact'}
                isSelected={onSelect === undefined ? undefined : props.selectedIds[id] === true}
                isOpen={props.openId === id}
                canOpen={onOpen !== undefined}
                className={props.rowClassName?.(row)}
                onSelect={select}
                onOpen={open}
              />
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function HeaderCell({ scrolls, className, ...props }: React.ComponentProps<'th'> & { scrolls: boolean }) {
  return (
    <th
      // biome-ignore lint/a11y/noRedundantRoles: as above
      role="columnheader"
      scope="col"
      className={cn(
        'sticky z-10 h-9 whitespace-nowrap border-border border-b bg-card px-3 text-left font-medium text-secondary text-xs first:rounded-tl-lg first:pl-4 last:rounded-tr-lg last:pr-4',
        scrolls ? 'top-0' : 'top-12',
        className,
      )}
      {...props}
    />
  );
}

function SortButton<Row>({
  column,
  sorted,
  onSort,
}: {
  column: DataColumn<Row>;
  sorted: { id: string; desc: boolean } | undefined;
  onSort: (columnId: string) => void;
}) {
  const isSorted = sorted?.id === column.id;
  const Icon = iconOf(isSorted ? sorted : undefined);
  return (
    <button
      type="button"
      onClick={() => onSort(column.id)}
      className={cn(
        '-mx-1 inline-flex h-8 items-center gap-1 rounded-sm px-1 font-medium hover:text-text',
        isSorted && 'text-text',
      )}
    >
      {column.header}
      <Icon aria-hidden className={cn('size-3.5', !isSorted && 'opacity-60')} />
    </button>
  );
}

function iconOf(sorted: { desc: boolean } | undefined) {
  if (sorted === undefined) return ChevronsUpDown;
  return sorted.desc ? ArrowDown : ArrowUp;
}

function ariaSort<Row>(column: DataColumn<Row>, sorted: { id: string; desc: boolean } | undefined) {
  if (column.sort === undefined) return undefined;
  if (sorted?.id !== column.id) return 'none';
  return sorted.desc ? 'descending' : 'ascending';
}

function checkedOf(selected: number, all: number): boolean | 'indeterminate' {
  if (selected === 0) return false;
  return selected === all ? true : 'indeterminate';
}

/** Whether the table is wider than the room there is for it. */
function useScrollsSideways(box: React.RefObject<HTMLDivElement | null>): boolean {
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const element = box.current;
    const table = element?.querySelector('table');
    if (element === null || table === null || table === undefined) return;
    const measure = () => setScrolls(table.offsetWidth > element.clientWidth + 1);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    observer.observe(table);
    return () => observer.disconnect();
  }, [box]);
  return scrolls;
}

/** `j` and `k` move the focus between rows. */
function useRowKeys(box: React.RefObject<HTMLDivElement | null>): void {
  const move = (step: number) => (event: KeyboardEvent) => {
    const rows = [...(box.current?.querySelectorAll<HTMLElement>('[data-row-id]') ?? [])];
    const current = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[current === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, current + step))];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  };
  useSingleKeys({ j: move(1), k: move(-1) });
}
