'use client';

import {
  columnVisibilityFeature,
  functionalUpdate,
  type RowData,
  rowPaginationFeature,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { Search } from 'lucide-react';
import type * as React from 'react';
import { useEffect, useMemo } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { cn } from '@/lib/cn';
import { QueryProblem } from '../shell/query-problem';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { Notice } from '../ui/notice';
import { BulkToolbar } from './bulk-toolbar';
import type { DataColumn } from './columns';
import { ColumnsMenu } from './columns-menu';
import { type FilterChip, FilterChips } from './filter-chips';
import { SearchBox } from './search-box';
import { TableFooter } from './table-footer';
import { TableGrid } from './table-grid';
import { lastPage, pageSizes } from './table-query';
import { TableSheet } from './table-sheet';
import { useColumnChoice } from './use-column-choice';
import { useHeldOrder } from './use-held-order';
import type { Selection } from './use-selection';
import type { TableControls } from './use-table-state';

const features = tableFeatures({
  columnVisibilityFeature,
  rowPaginationFeature,
  rowSelectionFeature,
  rowSortingFeature,
});

type DataTableProps<Row extends RowData> = {
  /** Its accessible name, from the list of names that stay: "API keys". */
  name: string;
  /** Under which the browser keeps which columns are shown. */
  tableId: string;
  columns: readonly DataColumn<Row>[];
  /** One page, as the server gave it. */
  rows: readonly Row[];
  /** How many there are that match, on all pages. */
  total: number;
  isTotalCapped?: boolean;
  idOf: (row: Row) => string;
  /** Names a row in "Select …" and the like. */
  labelOf: (row: Row) => string;
  table: TableControls;
  /** "143 keys", read out when it changes. */
  countText: (total: number) => string;
  /** `useQuery`'s own, by its names. */
  query: { error: Error | null; isFetching: boolean; refetch: () => unknown };
  /** Whether `rows` answer what the address asks now; while they do not, they are dimmed. */
  isAnswer: boolean;
  search?: { label: string; placeholder?: string };
  /** The page's own filters (`FilterMenu` and others); on phones they stand in a sheet. */
  filters?: React.ReactNode;
  chips?: readonly FilterChip[];
  /** Stands at the end of the row of filters. */
  actions?: React.ReactNode;
  /** What stands here when there is nothing at all yet: an `EmptyState` with the first thing to do. */
  empty: React.ReactNode;
  /** "No keys match these filters" */
  noMatch: string;
  selection?: Selection;
  /** Buttons for the ticked rows. */
  bulk?: React.ReactNode;
  /** Opens the details: a click on the row, or Enter on it. The title cell needs its own link or button as well. */
  onOpen?: (row: Row) => void;
  /** The row whose details are open. */
  openId?: string | undefined;
  rowClassName?: (row: Row) => string | undefined;
};

/**
 * A list that the server sorts, filters and pages. What it shows is in the address bar.
 *
 * 1. Beside the components, in a file without `'use client'`, so that the page on the server reads it too:
 *    `export const keyList = defineList({ sorts: keySorts, sort: '-created_at', filters: { status: manyOf(keyStatuses) } })`
 * 2. The page: `const state = keyList.read(await searchParams)`, asks lib with `toQuery(state)`, hands both on as `initial`.
 * 3. The panel: `const table = useTableState(keyList)`, `useQuery` with `toQuery(table.state)`, `keepPreviousData`,
 *    `initialData` where `JSON.stringify(initial.state) === table.key`, `...useLiveQuery(60_000)`.
 * 4. `const columns = useMemo<DataColumn<Row>[]>(() => [...], [t])`: the first one is the title of the row. Then
 *    `<DataTable name tableId columns rows total idOf labelOf table query isAnswer countText empty noMatch … />`.
 * 5. Ticking rows: `const selection = useSelection(table.key)` and `bulk={<Button>…</Button>}`. `selection.isAll` means
 *    all that match: send the filters instead of the ids.
 *
 * Filters are the page's: `FilterMenu` calls `table.setFilters({ status })`; each one that is on has a chip. Whatever else
 * the address keeps (an open drawer) is the page's own `useQueryState`, and no filter. `components/keys` is the example.
 */
export function DataTable<Row extends RowData>(props: DataTableProps<Row>) {
  const { columns, table, idOf, rows, total, isTotalCapped = false, isAnswer, query, selection } = props;
  const t = useTranslations('common');
  const { choice, set, reset } = useColumnChoice(props.tableId);
  const held = useHeldOrder({ rows, idOf, key: table.key, isAnswer });
  const { sort, page, size } = table.state;
  const model = useTable({
    features,
    columns: useMemo(
      () =>
        columns.map((column) => ({
          id: column.id,
          accessorFn: idOf,
          enableHiding: column.isHideable !== false,
          enableSorting: column.sort !== undefined,
          sortDescFirst: column.isSortedDownFirst === true,
        })),
      [columns, idOf],
    ),
    data: held.rows,
    getRowId: idOf,
    manualSorting: true,
    manualPagination: true,
    enableSortingRemoval: false,
    enableMultiSort: false,
    autoResetPageIndex: false,
    rowCount: total,
    state: {
      columnVisibility: useMemo(() => ({ ...usualVisibility(columns), ...choice }), [columns, choice]),
      rowSelection: useMemo(
        () => Object.fromEntries((selection?.ids ?? []).map((id) => [id, true] as const)),
        [selection?.ids],
      ),
      sorting: useMemo(() => toSorting(columns, sort), [columns, sort]),
      pagination: useMemo(() => ({ pageIndex: page - 1, pageSize: size }), [page, size]),
    },
    onColumnVisibilityChange: (updater) =>
      set(functionalUpdate(updater, { ...usualVisibility(columns), ...choice })),
    onRowSelectionChange: (updater) => {
      const known = Object.fromEntries((selection?.ids ?? []).map((id) => [id, true] as const));
      const next = functionalUpdate(updater, known);
      selection?.select(Object.keys(next).filter((id) => next[id]));
    },
    onSortingChange: (updater) => {
      const [first] = functionalUpdate(updater, toSorting(columns, sort));
      const word = columns.find(({ id }) => id === first?.id)?.sort;
      if (word !== undefined) table.setSort(first?.desc === true ? `-${word}` : word);
    },
  });
  const last = lastPage(total, size);
  const isPastEnd = isAnswer && rows.length === 0 && total > 0 && page > last;
  const { setPage } = table;
  useEffect(() => {
    if (isPastEnd) setPage(last, true);
  }, [isPastEnd, last, setPage]);
  const isEmpty = isAnswer && total === 0;
  const isUnused = isEmpty && !table.isFiltered;
  const shown = columns.filter(({ id }) => model.getColumn(id)?.getIsVisible() === true);
  const pageIds = held.rows.map(idOf);
  return (
    <div className="grid grid-cols-1 gap-3">
      {!isUnused && (
        <>
          <div className="flex flex-wrap items-center gap-2">
            {props.search !== undefined && (
              <SearchBox {...props.search} value={table.state.q} onSearch={table.search} />
            )}
            <div className="flex flex-wrap items-center gap-2 max-md:hidden">{props.filters}</div>
            <TableSheet columns={columns} table={table} filters={props.filters} chips={props.chips ?? []} />
            <div className="ml-auto flex items-center gap-2">
              {props.actions}
              <ColumnsMenu
                columns={columns}
                isShown={(id) => model.getColumn(id)?.getIsVisible() === true}
                onToggle={(id) => model.getColumn(id)?.toggleVisibility()}
                onReset={Object.keys(choice).length === 0 ? undefined : reset}
              />
            </div>
          </div>
          <FilterChips chips={props.chips ?? []} onClear={table.clearFilters} />
        </>
      )}
      <div role="alert" className="empty:hidden">
        {query.error !== null && (
          <Notice tone="danger">
            {isAnswer && rows.length > 0 && `${t('table.notUpToDate')} `}
            <QueryProblem error={query.error} onRetry={() => void query.refetch()} />
          </Notice>
        )}
      </div>
      {(isAnswer || query.error === null) && (
        <Card
          aria-busy={query.isFetching && !isAnswer}
          className={cn(!isAnswer && 'opacity-50 transition-opacity delay-150')}
        >
          {isUnused && props.empty}
          {isEmpty && !isUnused && (
            <EmptyState
              icon={Search}
              title={props.noMatch}
              action={
                <Button variant="outline" onClick={table.clearFilters}>
                  {t('clearFilters')}
                </Button>
              }
            />
          )}
          {!isEmpty && (
            <TableGrid
              name={props.name}
              columns={shown}
              rows={held.rows}
              idOf={idOf}
              labelOf={props.labelOf}
              sorted={model.state.sorting[0]}
              onSort={(id) => model.getColumn(id)?.toggleSorting()}
              selectedIds={model.state.rowSelection}
              {...(selection === undefined
                ? {}
                : {
                    onSelect: (id: string, checked: boolean, isRange: boolean) =>
                      model.getRow(id).getToggleSelectedHandler()({ target: { checked }, shiftKey: isRange }),
                    onSelectPage: (checked: boolean) => selection.select(checked ? pageIds : []),
                  })}
              {...(props.onOpen === undefined ? {} : { onOpen: props.onOpen })}
              openId={props.openId}
              rowClassName={props.rowClassName}
              hold={held.hold}
            />
          )}
        </Card>
      )}
      {selection !== undefined && (
        <BulkToolbar selection={selection} pageIds={pageIds} total={total} isTotalCapped={isTotalCapped}>
          {props.bulk}
        </BulkToolbar>
      )}
      <TableFooter
        countText={isAnswer && !isUnused ? props.countText(total) : undefined}
        wasCleared={selection?.wasCleared === true}
        isLoading={!isAnswer && query.error === null}
        page={page}
        size={size}
        rowCount={rows.length}
        total={total}
        isTotalCapped={isTotalCapped}
        isShown={isAnswer && total > pageSizes[0]}
        onPage={setPage}
        onSize={table.setSize}
      />
    </div>
  );
}

const usualVisibility = <Row,>(columns: readonly DataColumn<Row>[]) =>
  Object.fromEntries(columns.map((column) => [column.id, column.isHiddenAtFirst !== true]));

function toSorting<Row>(columns: readonly DataColumn<Row>[], sort: string) {
  const desc = sort.startsWith('-');
  const word = desc ? sort.slice(1) : sort;
  const column = columns.find((one) => one.sort === word);
  return column === undefined ? [] : [{ id: column.id, desc }];
}
