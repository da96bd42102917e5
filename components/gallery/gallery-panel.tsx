'use client';

import { ArrowUp, ImageOff, Images, Search } from 'lucide-react';
import Link from 'next/link';
import { useQueryStates } from 'nuqs';
import { useEffect } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import { zipLimits } from '@/lib/admin-api/media';
import type { TaskView } from '@/lib/admin-api/tasks';
import { cn } from '@/lib/cn';
import { BulkToolbar } from '../data-table/bulk-toolbar';
import { FilterChips } from '../data-table/filter-chips';
import { SearchBox } from '../data-table/search-box';
import { TableFooter } from '../data-table/table-footer';
import { lastPage, pageSizes } from '../data-table/table-query';
import { TableSheet } from '../data-table/table-sheet';
import { useSelection } from '../data-table/use-selection';
import { type TableControls, useTableState } from '../data-table/use-table-state';
import { PageTitle } from '../shell/page-title';
import { QueryProblem } from '../shell/query-problem';
import { useErrorText } from '../shell/use-error-text';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { Notice } from '../ui/notice';
import { BulkActions } from './bulk-actions';
import { GalleryFilters, useGalleryChips } from './gallery-filters';
import { MediaGrid } from './media-grid';
import { galleryParsers, type MediaListState, mediaList, sortOf, toMediaQuery } from './media-list';
import {
  fetchMatching,
  type MediaPage,
  type MediaSummary,
  type StartMediaBulk,
  useMedia,
  useMediaSummary,
  useNewMedia,
  useRefreshMedia,
  useStartMediaBulk,
} from './queries';
import { StorageMeter } from './storage-meter';
import { TaskCard } from './task-card';
import { failuresOf, type MediaAction } from './task-words';
import { useKeep } from './use-keep';
import { useZip } from './use-zip';
import { Viewer } from './viewer';

type GalleryPanelProps = {
  /** What the server rendered, and for which address. */
  initial: { state: MediaListState; before: string | null; list: MediaPage; summary: MediaSummary };
  /** What addresses of files begin with. */
  origin: string;
};

/** What was made, and where the files are. */
export function GalleryPanel({ initial, origin }: GalleryPanelProps) {
  const t = useTranslations('gallery');
  const format = useFormat();
  const { table, page } = useGalleryState();
  const { state } = table;
  const { before } = page.state;
  const isInitial = table.key === JSON.stringify(initial.state) && before === initial.before;
  const query = useMedia({ state, before }, isInitial ? initial.list : undefined);
  const list = query.data ?? initial.list;
  const isAnswer = query.data !== undefined && !query.isPlaceholderData;
  const summary = useMediaSummary(initial.summary);
  const keep = useKeep();
  const refresh = useRefreshMedia();
  const selection = useSelection(`${table.key} ${before ?? ''}`);
  const chips = useGalleryChips(table, list.items);
  const ids = list.items.map(({ id }) => id);
  const bulk = useBulk(page.showTask);
  const zip = useZip();
  usePastEnd(table, list, isAnswer);
  const isEmpty = isAnswer && list.total === 0;
  const isUnused = isEmpty && !table.isFiltered;
  const start = (action: MediaAction, target: Pick<StartMediaBulk, 'ids' | 'filter'>) =>
    bulk.start({ action, ...target });
  const target = () =>
    selection.isAll ? { filter: matching(state, before, list.at) } : { ids: [...selection.ids] };
  const filters = <GalleryFilters table={table} />;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <PageTitle title={t('title')} />
      <StorageMeter
        summary={summary.data}
        error={summary.error}
        isUnused={isUnused}
        onRetry={() => void summary.refetch()}
      />
      {page.state.task !== null && (
        <TaskCard
          id={page.state.task}
          isRetrying={bulk.isPending}
          onRetry={(action, failed) => start(action, { ids: failed })}
          onEnded={(task) => {
            void refresh();
            const failed = new Set(failuresOf(task).map(({ id }) => id));
            // What failed stays ticked, so that something else can be tried with it.
            selection.select(ids.filter((id) => failed.has(id)));
            bulk.ended(task);
          }}
          onClose={() => page.showTask(null)}
        />
      )}
      {!isUnused && (
        <>
          <div className="flex flex-wrap items-center gap-2">
            <SearchBox
              label={t('search')}
              placeholder={t('searchHint')}
              value={state.q}
              onSearch={table.search}
            />
            <div className="flex flex-wrap items-center gap-2 max-md:hidden">{filters}</div>
            <TableSheet columns={[]} table={table} filters={filters} chips={chips} />
          </div>
          <FilterChips chips={chips} onClear={table.clearFilters} />
        </>
      )}
      <NewItems
        state={state}
        at={before ?? list.at}
        onShow={() => {
          page.goFirst();
          void refresh();
        }}
      />
      <div role="alert" className="empty:hidden">
        {query.error !== null && (
          <Notice tone="danger">
            <QueryProblem error={query.error} onRetry={() => void query.refetch()} />
          </Notice>
        )}
        {bulk.error !== null && (
          <Notice tone="danger">
            <QueryProblem error={bulk.error} onRetry={bulk.again} />
          </Notice>
        )}
        {zip.problem !== undefined && <Notice tone="danger">{zip.problem}</Notice>}
      </div>
      {(isAnswer || query.error === null) && (
        <section
          aria-label={t('title')}
          aria-busy={query.isFetching && !isAnswer}
          className={cn(!isAnswer && 'opacity-50 transition-opacity delay-150')}
        >
          {isUnused && <Unused stores={summary.data.stores} />}
          {isEmpty && !isUnused && (
            <EmptyState
              icon={Search}
              title={t('noMatch')}
              action={
                <Button variant="outline" onClick={table.clearFilters}>
                  <ClearText />
                </Button>
              }
            />
          )}
          {list.items.length > 0 && <MediaGrid items={list.items} selection={selection} onOpen={page.open} />}
        </section>
      )}
      {selection.ids.length > 0 && (
        <div className="sticky bottom-2 z-10 rounded-lg shadow-lg">
          <BulkToolbar
            selection={selection}
            pageIds={ids}
            total={list.total}
            isTotalCapped={list.total_is_capped}
          >
            <BulkActions
              count={selection.isAll ? list.total : selection.ids.length}
              isBusy={bulk.isPending}
              onStart={(action) => start(action, target())}
              isZipping={zip.isBusy}
              onZip={() =>
                void zip.start(selection.isAll ? list.total : selection.ids.length, async () =>
                  selection.isAll
                    ? (await fetchMatching(state, before ?? list.at, zipLimits.files)).items
                    : list.items.filter(({ id }) => selection.ids.includes(id)),
                )
              }
            />
          </BulkToolbar>
        </div>
      )}
      <TableFooter
        countText={
          isAnswer && !isUnused
            ? t('count', {
                count: list.total,
                shown: `${format.count(list.total)}${list.total_is_capped ? '+' : ''}`,
              })
            : undefined
        }
        wasCleared={selection.wasCleared}
        isLoading={!isAnswer && query.error === null}
        page={state.page}
        size={state.size}
        rowCount={list.items.length}
        total={list.total}
        isTotalCapped={list.total_is_capped}
        isShown={isAnswer && list.total > pageSizes[0]}
        onPage={(wanted) => page.go(wanted, sortOf(state) === '-created_at' ? list.at : null)}
        onSize={table.setSize}
      />
      {zip.frame}
      {page.state.media !== null && (
        <Viewer
          id={page.state.media}
          items={list.items}
          origin={origin}
          onMove={page.move}
          onClose={page.close}
          onKeep={keep.toggle}
          keepError={keep.errorOf(page.state.media)}
        />
      )}
    </div>
  );
}

function ClearText() {
  return useTranslations('common')('clearFilters');
}

/** Where nothing was ever made: why, and what helps. */
function Unused({ stores }: { stores: boolean }) {
  const t = useTranslations('gallery');
  return stores ? (
    <EmptyState
      icon={Images}
      title={t('empty.title')}
      action={
        <Button asChild>
          <Link href="/admin/playground">{t('empty.action')}</Link>
        </Button>
      }
    >
      {t('empty.text')}
    </EmptyState>
  ) : (
    <EmptyState
      icon={ImageOff}
      title={t('off.title')}
      action={
        <Button asChild>
          <Link href="/admin/settings/cache">{t('off.action')}</Link>
        </Button>
      }
    >
      {t('off.text')}
    </EmptyState>
  );
}

/** How many came since; they are shown when the reader wants them. */
function NewItems({ state, at, onShow }: { state: MediaListState; at: string; onShow: () => void }) {
  const t = useTranslations('gallery');
  const format = useFormat();
  const { data } = useNewMedia(state, at);
  return (
    <div aria-live="polite" className="empty:hidden">
      {data !== undefined && data.count > 0 && (
        <Button variant="outline" onClick={onShow}>
          <ArrowUp aria-hidden />
          {data.isCapped
            ? t('newItemsMany', { count: format.count(data.count) })
            : t('newItems', { count: data.count })}
        </Button>
      )}
    </div>
  );
}

/** All that match and were there when the list was made: what came later was not seen by anybody. */
function matching(state: MediaListState, before: string | null, at: string) {
  const { sort: _sort, page: _page, size: _size, ...filter } = toMediaQuery(state, before ?? at, new Date());
  return filter;
}

/** A page behind the last one leads to the last one. */
function usePastEnd(table: TableControls, { items, total }: MediaPage, isAnswer: boolean) {
  const last = lastPage(total, table.state.size);
  const isPastEnd = isAnswer && items.length === 0 && total > 0 && table.state.page > last;
  const { setPage } = table;
  useEffect(() => {
    if (isPastEnd) setPage(last, true);
  }, [isPastEnd, last, setPage]);
}

/** What the page keeps in the address, and the ways to change it. */
function useGalleryState() {
  const base = useTableState(mediaList);
  const [state, set] = useQueryStates(galleryParsers, { history: 'push', shallow: true, scroll: false });
  const goLive = () => void set({ before: null });
  // Any other view begins with what is newest again.
  const table: TableControls<MediaListState> = {
    ...base,
    setFilters: (changes) => {
      base.setFilters(changes);
      goLive();
    },
    search: (text) => {
      base.search(text);
      void set({ before: null }, { history: 'replace' });
    },
    setSort: (sort) => {
      base.setSort(sort);
      goLive();
    },
    setSize: (size) => {
      base.setSize(size);
      goLive();
    },
    clearFilters: () => {
      base.clearFilters();
      goLive();
    },
  };
  return {
    table,
    page: {
      state,
      /** Leaving the first page holds back what comes later; returning to it lets it in again. */
      go: (page: number, at: string | null) => {
        base.setPage(page);
        void set({ before: page === 1 ? null : (state.before ?? at) });
      },
      goFirst: () => {
        if (base.state.page === 1 && state.before === null) return;
        base.setPage(1);
        goLive();
      },
      open: (media: string) => void set({ media }),
      /** To another result; Back leads to the list at once. */
      move: (media: string) => void set({ media }, { history: 'replace' }),
      close: () => void set({ media: null }),
      showTask: (task: string | null) => void set({ task }, { history: 'replace' }),
    },
  };
}

/** Work on many results: how it begins, and what is kept of it. */
function useBulk(show: (taskId: string) => void) {
  const t = useTranslations('gallery');
  const format = useFormat();
  const errorText = useErrorText();
  const { mutate, isPending, error, variables } = useStartMediaBulk();
  const start = (body: StartMediaBulk) =>
    mutate(body, {
      onSuccess: (task) => show(task.id),
      onError: (failure) =>
        toast.error(t('bulk.notStarted'), {
          description: errorText(failure),
          duration: Number.POSITIVE_INFINITY,
        }),
    });
  return {
    isPending,
    error,
    start,
    again: () => variables !== undefined && start(variables),
    ended: ({ done, failed }: TaskView) => {
      const text = t('task.ended', { done: format.count(done - failed), failed: format.count(failed) });
      if (failed === 0) toast.success(text);
      else toast.error(text, { duration: Number.POSITIVE_INFINITY });
    },
  };
}
