'use client';

import { ListVideo, UsersRound } from 'lucide-react';
import Link from 'next/link';
import type * as React from 'react';
import { useId } from 'react';
import type { Overview } from '@/lib/admin-api/overview';
import { formatCount } from '@/lib/format';
import { AccountsTable } from '../accounts/accounts-table';
import { QueryProblem } from '../shell/query-problem';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { Notice } from '../ui/notice';
import { JobsTable } from './jobs-table';
import { useOverview } from './queries';
import { StatCards } from './stat-cards';

/** The overview: is it working, which account is in trouble, what happened last? */
export function OverviewPanel({ initial }: { initial: Overview }) {
  const { data, error, isFetching, refetch } = useOverview(initial);
  return (
    <div className="grid grid-cols-1 gap-4" aria-busy={isFetching}>
      {error !== null && (
        <Notice tone="warning" role="status">
          These numbers are not up to date. <QueryProblem error={error} onRetry={() => void refetch()} />
        </Notice>
      )}
      <StatCards overview={data} />
      <Panel
        title="Accounts"
        link={
          data.accounts_total > 0
            ? { href: '/admin/accounts', label: 'All accounts', count: data.accounts_total }
            : undefined
        }
      >
        {data.accounts.length === 0 ? (
          <EmptyState
            icon={UsersRound}
            title="No accounts yet"
            action={
              <Button asChild>
                <Link href="/admin/accounts">Go to Accounts</Link>
              </Button>
            }
          >
            Add a Google Flow account; without one nothing can be generated.
          </EmptyState>
        ) : (
          <AccountsTable rows={data.accounts} isShort />
        )}
      </Panel>
      <Panel title="Latest jobs">
        {data.jobs.length === 0 ? (
          <EmptyState icon={ListVideo} title="No jobs yet">
            Send a request to <code className="font-mono text-xs">POST /v1/chat/completions</code> with an API
            key; what becomes of it is shown here.
          </EmptyState>
        ) : (
          <JobsTable jobs={data.jobs} />
        )}
      </Panel>
    </div>
  );
}

type PanelProps = {
  title: string;
  link?: { href: string; label: string; count: number } | undefined;
  children: React.ReactNode;
};

function Panel({ title, link, children }: PanelProps) {
  const id = useId();
  return (
    <Card aria-labelledby={id}>
      <div className="flex min-h-12 items-center justify-between gap-3 border-border border-b px-4">
        <h2 id={id} className="font-semibold text-lg">
          {title}
        </h2>
        {link !== undefined && (
          <Link
            href={link.href}
            className="inline-flex min-h-11 items-center text-primary text-sm hover:underline md:min-h-0"
          >
            {link.label} ({formatCount(link.count)})
          </Link>
        )}
      </div>
      {children}
    </Card>
  );
}
