'use client';

import { Plus, Search, UsersRound } from 'lucide-react';
import { useSearchParams } from 'next/navigation';
import { useId, useState } from 'react';
import type { AccountList, AccountQuery } from '@/lib/admin-api/accounts';
import { formatCount } from '@/lib/format';
import { PageTitle } from '../shell/page-title';
import { QueryProblem } from '../shell/query-problem';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { Input } from '../ui/input';
import { Notice } from '../ui/notice';
import { readAccountQuery } from './account-query';
import { AccountsTable } from './accounts-table';
import { AddAccountDialog } from './add-account-dialog';
import { HealthChips } from './health-chips';
import { useAccounts } from './queries';
import { useAccountFilters } from './use-account-filters';

type AccountsPanelProps = {
  /** What the server rendered, and for which query. */
  initial: { query: AccountQuery; list: AccountList };
};

/** The accounts page: filters in the address bar, rows that refresh themselves, and the way to add one. */
export function AccountsPanel({ initial }: AccountsPanelProps) {
  const query = readAccountQuery(useSearchParams());
  const isInitial = JSON.stringify(query) === JSON.stringify(initial.query);
  const { data, error, isFetching, isPlaceholderData, refetch } = useAccounts(
    query,
    isInitial ? initial.list : undefined,
  );
  // Without an answer to this query only what does not depend on it may be shown.
  const list = data ?? initial.list;
  const isAnswer = data !== undefined && !isPlaceholderData;
  const filters = useAccountFilters(query);
  const isFiltered = query.q !== undefined || query.health !== undefined;
  const [isAdding, setIsAdding] = useState(false);
  const all = Object.values(list.health_counts).reduce((sum, count) => sum + count, 0);
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageTitle title="Accounts">
        <AddAccountDialog
          isOpen={isAdding}
          onOpenChange={setIsAdding}
          trigger={
            <Button>
              <Plus aria-hidden />
              Add account
            </Button>
          }
        />
      </PageTitle>
      {error !== null && (
        <Notice tone="danger" role="alert">
          {isAnswer && 'This list is not up to date. '}
          <QueryProblem error={error} onRetry={() => void refetch()} />
        </Notice>
      )}
      {isAnswer && all === 0 && list.total === 0 && !isFiltered ? (
        <Card>
          <EmptyState
            icon={UsersRound}
            title="No accounts yet"
            action={
              <Button variant="outline" onClick={() => setIsAdding(true)}>
                Add your first account
              </Button>
            }
          >
            Add a Google Flow account: this gateway generates with the accounts you own. You need its session
            token, and the dialog says where to find it.
          </EmptyState>
        </Card>
      ) : (
        <>
          <div className="grid gap-3">
            <HealthChips
              counts={list.health_counts}
              selected={query.health ?? []}
              onChange={filters.setHealth}
            />
            <SearchBox text={filters.text} onChange={filters.setText} />
          </div>
          {(data !== undefined || error === null) && (
            <Card
              aria-busy={isFetching}
              className={isAnswer ? '' : 'opacity-50 transition-opacity delay-150'}
            >
              {isAnswer && list.items.length === 0 ? (
                <EmptyState
                  icon={Search}
                  title="No accounts match these filters"
                  action={
                    <Button variant="outline" onClick={filters.clear}>
                      Clear filters
                    </Button>
                  }
                />
              ) : (
                <AccountsTable rows={list.items} />
              )}
            </Card>
          )}
        </>
      )}
      <p aria-live="polite" className="text-secondary text-xs">
        {isAnswer && all + list.total > 0 && describeTotal(list)}
        {!isAnswer && error === null && 'Loading…'}
      </p>
    </div>
  );
}

/** "143 accounts", and what to do when there are more than a page shows. */
function describeTotal({ items, total }: AccountList): string {
  const count = `${formatCount(total)} ${total === 1 ? 'account' : 'accounts'}`;
  if (items.length === total) return count;
  return `The first ${formatCount(items.length)} of ${count}. Search or filter to see the others.`;
}

function SearchBox({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const id = useId();
  return (
    <div className="relative max-w-sm">
      <label htmlFor={id} className="sr-only">
        Search accounts
      </label>
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-secondary"
      />
      <Input
        id={id}
        type="search"
        className="pl-9"
        placeholder="E-mail, remark, project or id"
        maxLength={200}
        value={text}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}
