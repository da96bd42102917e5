'use client';

import { RefreshCw, ScrollText, Trash2 } from 'lucide-react';
import { useQueryStates } from 'nuqs';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { LogRow } from '@/lib/admin-api/logs';
import { DataTable } from '../data-table/data-table';
import { type TableControls, useTableState } from '../data-table/use-table-state';
import { PageTitle } from '../shell/page-title';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { Switch } from '../ui/switch';
import { ClearLogsDialog } from './clear-logs-dialog';
import { ExportMenu } from './export-menu';
import { addressOfLog, idOfLog, isLog, type LogView, rowsOfView } from './live-merge';
import { LogDrawer } from './log-drawer';
import { LogFilters, useLogChips } from './log-filters';
import { type LogListState, logList, pageParsers, rangeOf, toLogFilter } from './log-list';
import { LogStrip } from './log-strip';
import { type LogSummary, type LogWish, useLogSummary, useLogs } from './queries';
import { useArrivals, useNews } from './use-arrivals';
import { useLogColumns } from './use-log-columns';

type LogsPanelProps = {
  /** What the server rendered, and for which wish. */
  initial: { wish: LogWish; view: LogView; summary: LogSummary };
  /** What addresses of this gateway begin with. */
  origin: string;
};

const labelOf = (row: LogRow) => row.request_id ?? String(row.id ?? row.job?.id ?? '');

/** The request log. */
export function LogsPanel({ initial, origin }: LogsPanelProps) {
  const t = useTranslations('logs');
  const format = useFormat();
  const page = usePageState();
  const cursor = useRef<string>(undefined);
  const table = useLogTable(page, cursor);
  const { state } = table;
  const isLive = page.live && state.page === 1 && state.sort === '-at';
  const until = state.page === 1 ? null : page.until;
  const wish: LogWish = { state, until, isLive };
  const key = JSON.stringify(wish);
  const isInitial = key === JSON.stringify(initial.wish);
  const query = useLogs(wish, isInitial ? initial.view : undefined);
  const summary = useLogSummary(state, isLive, isInitial ? initial.summary : undefined);
  const view = query.data ?? initial.view;
  cursor.current = view.cursor;
  const isAnswer = query.data !== undefined && !query.isPlaceholderData;
  const rows = useMemo(() => rowsOfView(view), [view]);
  const box = useRef<HTMLDivElement>(null);
  const live = { rows, key, isAnswer, isLive };
  const arrivals = useArrivals({ ...live, answeredAt: query.dataUpdatedAt, box });
  const news = useNews(live);
  const columns = useLogColumns(page.open);
  const chips = useLogChips(table);
  const [isClearing, setIsClearing] = useState(false);
  const opened = page.log;
  const openRow = opened === null ? undefined : rows.find((row) => isLog(row, opened));
  const readAgain = () => {
    void query.readAgain();
    void summary.refetch();
  };
  const showNew = () => {
    arrivals.acceptAll();
    window.scrollTo({ top: 0 });
    const grid = box.current?.querySelector('table');
    grid?.parentElement?.scrollTo({ top: 0 });
    // The button goes; what it leads to gets the focus.
    grid?.focus({ preventScroll: true });
  };
  const hasOwnRange = rangeOf(state) !== '24h';
  return (
    <>
      <PageTitle title={t('title')}>
        <div className="flex flex-wrap items-center gap-2">
          <LiveSwitch
            isOn={page.live}
            isPaused={page.live && !isLive}
            onChange={(isOn) => {
              page.setLive(isOn);
              if (isOn && !(state.page === 1 && state.sort === '-at')) table.setSort('-at');
            }}
          />
          <Button variant="outline" size="icon" aria-label={t('refresh')} onClick={readAgain}>
            <RefreshCw aria-hidden />
          </Button>
          <ExportMenu state={state} />
          <Button variant="dangerOutline" onClick={() => setIsClearing(true)}>
            <Trash2 aria-hidden />
            {t('clearLogs')}
          </Button>
        </div>
      </PageTitle>
      <LogStrip
        summary={summary.data}
        isAnswer={summary.data !== undefined && !summary.isPlaceholderData}
        error={summary.error}
        onRetry={() => void summary.refetch()}
      />
      {/* The region is there from the start: one that comes with its text is not read out. */}
      <p role="status" className="sr-only">
        {news !== undefined && t('news', { arrived: news.arrived, failed: news.failed })}
      </p>
      <div ref={box} className="grid grid-cols-1">
        {arrivals.waiting > 0 && (
          <div className="pointer-events-none sticky top-14 z-20 flex h-0 justify-center">
            <Button className="pointer-events-auto shadow-lg" onClick={showNew}>
              {t('newRequests', { count: arrivals.waiting, shown: format.count(arrivals.waiting) })}
            </Button>
          </div>
        )}
        <DataTable
          name={t('tableName')}
          tableId="logs"
          columns={columns}
          rows={arrivals.shown}
          // What is being answered stands on the first page and on no other.
          total={view.total === 0 ? Math.min(rows.length, 1) : view.total}
          isTotalCapped={view.isCapped}
          idOf={idOfLog}
          labelOf={labelOf}
          table={table}
          countText={() => {
            const count = view.total + (rows.length - view.rows.length);
            return t('count', { count, shown: `${format.count(count)}${view.isCapped ? '+' : ''}` });
          }}
          query={query}
          isAnswer={isAnswer}
          search={{ label: t('search'), placeholder: t('searchHint') }}
          filters={<LogFilters table={table} />}
          chips={chips}
          noMatch={t('noMatch')}
          empty={
            <EmptyState
              icon={ScrollText}
              title={t(hasOwnRange ? 'empty.title' : 'empty.today')}
              action={
                hasOwnRange ? undefined : (
                  <Button onClick={() => table.setFilters({ range: 'all', from: null, to: null })}>
                    {t('empty.showAll')}
                  </Button>
                )
              }
            >
              {t('empty.text')}
            </EmptyState>
          }
          onOpen={page.open}
          openId={openRow === undefined ? undefined : idOfLog(openRow)}
        />
      </div>
      {opened !== null && (
        <LogDrawer
          address={opened}
          rows={arrivals.shown}
          origin={origin}
          onMove={page.move}
          onClose={page.close}
        />
      )}
      <ClearLogsDialog isOpen={isClearing} onClose={() => setIsClearing(false)} onCleared={readAgain} />
    </>
  );
}

type LiveSwitchProps = { isOn: boolean; isPaused: boolean; onChange: (isOn: boolean) => void };

function LiveSwitch({ isOn, isPaused, onChange }: LiveSwitchProps) {
  const t = useTranslations('logs');
  return (
    <span className="flex items-center gap-2">
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch inside is a button, which a label may hold */}
      <label className="flex min-h-11 items-center gap-2 md:min-h-9">
        <Switch checked={isOn} onCheckedChange={onChange} data-keeps-calm />
        {t('live')}
      </label>
      {isPaused && <span className="text-secondary text-xs">{t('livePaused')}</span>}
    </span>
  );
}

/** What of the page beside the list is in the address, and the ways to change it. */
function usePageState() {
  const [state, set] = useQueryStates(pageParsers, { history: 'push', shallow: true, scroll: false });
  const setRef = useRef(set);
  setRef.current = set;
  const open = useCallback((row: LogRow) => {
    const address = addressOfLog(row);
    if (address !== undefined) void setRef.current({ log: address });
  }, []);
  return {
    log: state.log,
    live: state.live === '1',
    until: state.until,
    open,
    /** To another request; Back leads to the list at once. */
    move: (address: string) => void set({ log: address }, { history: 'replace' }),
    close: () => void set({ log: null }),
    setLive: (isOn: boolean) => void set({ live: isOn ? '1' : null }, { history: 'replace' }),
    setUntil: (until: string | null, history: 'push' | 'replace') => void set({ until }, { history }),
  };
}

/**
 * The list in the address. Leaving its first page keeps what is newer out of the later ones, so that no row is seen
 * twice or skipped; the first page again shows what is new.
 */
function useLogTable(
  page: Pick<ReturnType<typeof usePageState>, 'until' | 'setUntil'>,
  cursor: { readonly current: string | undefined },
): TableControls<LogListState> {
  const table = useTableState(logList);
  const { state } = table;
  const range = rangeOf(state);
  const hasConditions =
    Object.keys(toLogFilter({ ...state, range: 'all', from: null, to: null }, new Date(0))).length > 0;
  const forget = (history: 'push' | 'replace' = 'push') => {
    if (page.until !== null) page.setUntil(null, history);
  };
  return {
    ...table,
    // All there is and the usual range are no conditions: where they have nothing, there is nothing yet.
    isFiltered: hasConditions || (range !== '24h' && range !== 'all'),
    setFilters: (changes) => {
      forget();
      table.setFilters(changes);
    },
    search: (text) => {
      forget('replace');
      table.search(text);
    },
    setSort: (sort) => {
      forget();
      table.setSort(sort);
    },
    setSize: (size) => {
      forget();
      table.setSize(size);
    },
    setPage: (wanted, isCorrection = false) => {
      const history = isCorrection ? 'replace' : 'push';
      if (wanted === 1) forget(history);
      else if (state.page === 1) page.setUntil(cursor.current ?? null, history);
      table.setPage(wanted, isCorrection);
    },
    clearFilters: () => {
      forget();
      table.clearFilters();
    },
  };
}
