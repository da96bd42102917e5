'use client';

import { useRouter } from 'next/navigation';
import { useQueryState } from 'nuqs';
import { useTranslations } from '@/components/shell/use-translations';
import type { AccountDetail } from '@/lib/admin-api/accounts';
import { PageTitle } from '../shell/page-title';
import { usePersonal } from '../shell/personal';
import { QueryProblem } from '../shell/query-problem';
import { Card } from '../ui/card';
import { Notice } from '../ui/notice';
import { AccountDetailView } from './account-detail';
import { AccountDialogs } from './account-dialogs';
import { pageParsers } from './account-list';
import { useAccount } from './queries';
import { RowMenu } from './row-menu';
import { AccountActionsProvider } from './use-account-actions';
import { useLeaveGuard } from './use-leave-guard';

/** One account on a page of its own. */
export function AccountPage({ initial }: { initial: AccountDetail }) {
  return (
    <AccountActionsProvider>
      <Content initial={initial} />
    </AccountActionsProvider>
  );
}

function Content({ initial }: { initial: AccountDetail }) {
  const t = useTranslations('accounts');
  const personal = usePersonal();
  const router = useRouter();
  const [tab, setTab] = useQueryState('tab', pageParsers.tab);
  const { data = initial, error, refetch } = useAccount(initial.id, initial);
  const { setCount, guarded, question } = useLeaveGuard();
  return (
    <div className="grid max-w-4xl grid-cols-1 gap-4">
      <PageTitle title={personal.email(data.email)}>
        <RowMenu row={data} onEdit={() => void setTab('configuration')} />
      </PageTitle>
      {data.remark !== null && (
        <p className="wrap-anywhere text-secondary text-sm">{personal.text(data.remark)}</p>
      )}
      {error !== null && (
        <Notice tone="danger" role="alert">
          {t('notUpToDate')} <QueryProblem error={error} onRetry={() => void refetch()} />
        </Notice>
      )}
      <Card className="p-4">
        <AccountDetailView
          account={data}
          tab={tab}
          onTab={(wanted) => guarded(() => void setTab(wanted))}
          onDirty={setCount}
        />
      </Card>
      <AccountDialogs onDeleted={() => router.push('/admin/accounts')} />
      {question}
    </div>
  );
}
