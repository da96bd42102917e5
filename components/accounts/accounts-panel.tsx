'use client';

import { Download, Plus, RefreshCw, Upload, UsersRound } from 'lucide-react';
import { useQueryStates } from 'nuqs';
import { useCallback, useMemo, useRef, useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import type { AccountList, AccountQuery, AccountRow, StartBulkInput } from '@/lib/admin-api/accounts';
import type { TaskView } from '@/lib/admin-api/tasks';
import { DataTable } from '../data-table/data-table';
import { useColumnChoice } from '../data-table/use-column-choice';
import { useSelection } from '../data-table/use-selection';
import { useTableState } from '../data-table/use-table-state';
import { ConfirmDialog } from '../shell/confirm-dialog';
import { PageTitle } from '../shell/page-title';
import { usePersonal } from '../shell/personal';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { AccountDialogs } from './account-dialogs';
import { AccountDrawer } from './account-drawer';
import { AccountFilters, useAccountChips } from './account-filters';
import { accountList, matching, pageParsers, targetOf, toAccountQuery } from './account-list';
import { AddAccountDialog } from './add-account-dialog';
import { BulkBar, type BulkChanges } from './bulk-bar';
import { useAccountColumns, useLastDayOf } from './columns';
import { type ExportChoice, ExportDialog } from './export-dialog';
import { HealthChips } from './health-chips';
import { ImportDialog } from './import-dialog';
import { Problem } from './problem';
import { useAccounts, useStartBulk, useTask } from './queries';
import { TaskPanel } from './task-panel';
import { failedIds } from './task-view';
import { AccountActionsProvider } from './use-account-actions';
import { useProblemText } from './use-account-words';

type AccountsPanelProps = {
  /** What the server rendered, and for which query. */
  initial: { query: AccountQuery; list: AccountList };
};

/** The accounts page. */
export function AccountsPanel({ initial }: AccountsPanelProps) {
  return (
    <AccountActionsProvider>
      <Content initial={initial} />
    </AccountActionsProvider>
  );
}

const tableId = 'accounts';
const idOf = (row: AccountRow) => row.id;

function Content({ initial }: AccountsPanelProps) {
  const t = useTranslations('accounts');
  const personal = usePersonal();
  const table = useTableState(accountList);
  const selection = useSelection(table.key);
  const chips = useAccountChips(table);
  const page = usePageState();
  const task = useTask(page.state.task);
  const isWorking = task.data?.state === 'running';
  const query = useMemo(() => toAccountQuery(table.state), [table.state]);
  const isInitial = JSON.stringify(query) === JSON.stringify(initial.query);
  const answer = useAccounts(query, isInitial ? initial.list : undefined, isWorking);
  // Without an answer to this query only what does not depend on it may be shown.
  const list = answer.data ?? initial.list;
  const isAnswer = answer.data !== undefined && !answer.isPlaceholderData;
  const columns = useAccountColumns({
    onOpen: page.open,
    onEdit: page.edit,
    lastDay: useLastDayOf(useColumnChoice(tableId).choice),
  });
  const bulk = useBulk(page.showTask);
  const [isImporting, setIsImporting] = useState(false);
  const [exported, setExported] = useState<readonly ExportChoice[]>();
  const total = Object.values(list.health_counts).reduce((sum, count) => sum + count, list.being_removed);
  const allOf: ExportChoice = { id: 'all', target: { all: true }, count: total };
  const filteredOf: ExportChoice = { id: 'filtered', target: matching(table.state), count: list.total };
  const selectedCount = selection.isAll ? list.total : selection.ids.length;
  return (
    <>
      <PageTitle title={t('title')}>
        <div className="flex flex-wrap gap-2">
          <Button
            variant="outline"
            isBusy={bulk.isPending || isWorking}
            disabled={total === 0}
            onClick={() => bulk.start({ action: 'refresh_credits', all: true })}
          >
            <RefreshCw aria-hidden />
            {t('refreshAll')}
          </Button>
          <Button variant="outline" onClick={() => setIsImporting(true)}>
            <Upload aria-hidden />
            {t('import.title')}
          </Button>
          <Button
            variant="outline"
            disabled={total === 0}
            onClick={() => setExported(table.isFiltered ? [filteredOf, allOf] : [allOf])}
          >
            <Download aria-hidden />
            {t('export.title')}
          </Button>
          <Button onClick={() => page.setAdding(true)}>
            <Plus aria-hidden />
            {t('add.title')}
          </Button>
        </div>
      </PageTitle>
      <Problem error={bulk.error} />
      {page.state.task !== null && (
        <TaskPanel
          query={task}
          changes={bulk.changes}
          isRetrying={bulk.isPending}
          onRetry={bulk.start}
          onEnded={(ended) => bulk.ended(ended, (ids) => selection.select(onPage(list, ids)))}
          onClose={() => page.showTask(null)}
        />
      )}
      {total > 0 && (
        <HealthChips
          counts={list.health_counts}
          total={total}
          selected={table.state.health}
          onChange={(health) => table.setFilters({ health })}
        />
      )}
      <DataTable
        name={t('title')}
        tableId={tableId}
        columns={columns}
        rows={list.items}
        total={list.total}
        isTotalCapped={list.total_is_capped}
        idOf={idOf}
        labelOf={(row) => personal.email(row.email)}
        table={table}
        countText={(count) => t('count', { count })}
        query={answer}
        isAnswer={isAnswer}
        search={{ label: t('search'), placeholder: t('searchPlaceholder') }}
        filters={<AccountFilters table={table} />}
        chips={chips}
        empty={
          <EmptyState
            icon={UsersRound}
            title={t('empty.title')}
            action={<Button onClick={() => page.setAdding(true)}>{t('empty.action')}</Button>}
          >
            {t('empty.text')}
          </EmptyState>
        }
        noMatch={t('noMatch')}
        selection={selection}
        bulk={
          <BulkBar
            count={selectedCount}
            healthyLeft={healthyLeft(list, selection)}
            isBusy={bulk.isPending}
            onStart={(action, changes) =>
              bulk.start({
                action,
                ...targetOf(selection, table.state),
                ...(changes === undefined ? {} : { changes }),
              })
            }
            onExport={() =>
              setExported([
                { id: 'selected', target: targetOf(selection, table.state), count: selectedCount },
                ...(table.isFiltered ? [filteredOf] : []),
                allOf,
              ])
            }
          />
        }
        onOpen={page.open}
        openId={page.state.account ?? undefined}
      />
      {page.state.account !== null && (
        <AccountDrawer
          id={page.state.account}
          rows={list.items}
          tab={page.state.tab}
          onTab={page.setTab}
          onMove={page.move}
          onClose={page.close}
          isWorking={isWorking}
        />
      )}
      <AccountDialogs onDeleted={(id) => id === page.state.account && page.close()} />
      <AddAccountDialog
        isOpen={page.state.add === '1'}
        onClose={() => page.setAdding(false)}
        onOpenAccount={page.openId}
      />
      <ImportDialog isOpen={isImporting} onClose={() => setIsImporting(false)} onStarted={page.showTask} />
      {exported !== undefined && <ExportDialog choices={exported} onClose={() => setExported(undefined)} />}
      <ConfirmDialog
        isOpen={page.state.refresh === 'credits'}
        onOpenChange={(isOpen) => !isOpen && page.stopAsking()}
        title={t('confirm.refreshTitle', { count: total })}
        confirmLabel={t('refreshAll')}
        tone="primary"
        onConfirm={() => {
          page.stopAsking();
          bulk.start({ action: 'refresh_credits', all: true });
        }}
      >
        <p>{t('confirm.refresh')}</p>
      </ConfirmDialog>
    </>
  );
}

const onPage = (list: AccountList, ids: readonly string[]) =>
  list.items.filter(({ id }) => ids.includes(id)).map(({ id }) => id);

/** How many healthy accounts there are beside the ticked ones; unknown where more than this page is ticked. */
function healthyLeft(list: AccountList, selection: { ids: readonly string[]; isAll: boolean }) {
  if (selection.isAll) return list.total < list.health_counts.healthy ? undefined : 0;
  const ticked = list.items.filter(
    ({ id, health }) => health.state === 'healthy' && selection.ids.includes(id),
  );
  return ticked.length === 0 ? undefined : Math.max(0, list.health_counts.healthy - ticked.length);
}

/** What of the page beside the list is in the address, and the ways to change it. */
function usePageState() {
  const [state, set] = useQueryStates(pageParsers, { history: 'push', shallow: true, scroll: false });
  const setRef = useRef(set);
  setRef.current = set;
  const open = useCallback((row: AccountRow) => void setRef.current({ account: row.id, tab: null }), []);
  const edit = useCallback(
    (row: AccountRow) => void setRef.current({ account: row.id, tab: 'configuration' }),
    [],
  );
  return {
    state,
    open,
    edit,
    openId: (id: string) => void set({ account: id, tab: null, add: null }),
    /** To another account; Back leads to the list at once. */
    move: (id: string) => void set({ account: id }, { history: 'replace' }),
    setTab: (tab: typeof state.tab) => void set({ tab }, { history: 'replace' }),
    close: () => void set({ account: null, tab: null }),
    setAdding: (isAdding: boolean) => void set({ add: isAdding ? '1' : null }, { history: 'replace' }),
    showTask: (task: string | null) => void set({ task }, { history: 'replace' }),
    stopAsking: () => void set({ refresh: null }, { history: 'replace' }),
  };
}

/** Work on many accounts: how it begins, and what is kept of it. */
function useBulk(show: (taskId: string) => void) {
  const t = useTranslations('accounts');
  const problemText = useProblemText();
  const { mutate, isPending, error } = useStartBulk();
  const [changes, setChanges] = useState<BulkChanges>();
  return {
    isPending,
    error,
    changes,
    start: (body: StartBulkInput) => {
      setChanges(body.changes);
      mutate(body, {
        onSuccess: (task) => show(task.id),
        onError: (failure) =>
          toast.error(t('task.notStarted'), {
            description: problemText(failure).text,
            duration: Number.POSITIVE_INFINITY,
          }),
      });
    },
    /** Keeps ticked what failed, so that something else can be tried with it. */
    ended: (task: TaskView, select: (ids: string[]) => void) => {
      const ids = failedIds(task);
      if (ids.length > 0) select(ids);
      else toast.success(t('task.ended', { done: task.done, total: task.total }));
    },
  };
}
