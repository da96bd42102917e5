'use client';

import { ChevronDown, ChevronUp, Maximize2 } from 'lucide-react';
import Link from 'next/link';
import type * as React from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { AccountRow } from '@/lib/admin-api/accounts';
import { usePersonal } from '../shell/personal';
import { usePreferences } from '../shell/preferences-provider';
import { QueryProblem } from '../shell/query-problem';
import { Button } from '../ui/button';
import { Drawer, DrawerBody } from '../ui/drawer';
import { Notice } from '../ui/notice';
import { Skeleton } from '../ui/skeleton';
import { AccountDetailView } from './account-detail';
import type { DetailTab } from './account-list';
import { neighbours } from './neighbours';
import { useAccount } from './queries';
import { useLeaveGuard } from './use-leave-guard';

type AccountDrawerProps = {
  id: string;
  /** The rows of the list beside it, through which its arrows lead. */
  rows: readonly AccountRow[];
  tab: DetailTab;
  onTab: (tab: DetailTab) => void;
  onMove: (id: string) => void;
  onClose: () => void;
  isWorking: boolean;
};

const typing = 'input, textarea, select, [role="menu"], [role="radiogroup"], [role="alertdialog"]';

/** One account beside the list. */
export function AccountDrawer({ id, rows, tab, onTab, onMove, onClose, isWorking }: AccountDrawerProps) {
  const t = useTranslations('accounts');
  const personal = usePersonal();
  const { hasShortcuts } = usePreferences();
  const { data, error, refetch } = useAccount(id, undefined, isWorking);
  const known = data ?? rows.find((row) => row.id === id);
  const { setCount, guarded, question } = useLeaveGuard();
  const { previous, next } = neighbours(
    rows.map((row) => row.id),
    id,
  );
  const move = (target: string | undefined) => target !== undefined && guarded(() => onMove(target));
  const onKeyDown = (event: React.KeyboardEvent<HTMLDivElement>) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const isElsewhere =
      !event.currentTarget.contains(event.target as Node) ||
      (event.target instanceof Element && event.target.closest(typing) !== null);
    if (!hasShortcuts || !isPlain || isElsewhere) return;
    if (event.key === 'j') move(next);
    if (event.key === 'k') move(previous);
  };
  return (
    <>
      <Drawer
        isOpen
        onClose={() => guarded(onClose)}
        title={known === undefined ? t('loading') : personal.email(known.email)}
        onKeyDown={onKeyDown}
        actions={
          <>
            <Button
              variant="ghost"
              size="icon"
              aria-label={t('previousAccount')}
              // Not `disabled`: the focus would be lost at the end of the list.
              aria-disabled={previous === undefined}
              onClick={() => move(previous)}
            >
              <ChevronUp aria-hidden />
            </Button>
            <Button
              variant="ghost"
              size="icon"
              aria-label={t('nextAccount')}
              aria-disabled={next === undefined}
              onClick={() => move(next)}
            >
              <ChevronDown aria-hidden />
            </Button>
            <Button asChild variant="ghost" size="icon">
              <Link href={`/admin/accounts/${encodeURIComponent(id)}`} aria-label={t('fullPage')}>
                <Maximize2 aria-hidden />
              </Link>
            </Button>
          </>
        }
      >
        <DrawerBody aria-busy={data === undefined}>
          {error !== null && (
            <Notice tone="danger" role="alert" className="mb-4">
              <QueryProblem error={error} onRetry={() => void refetch()} />
            </Notice>
          )}
          {data === undefined ? (
            error === null && <DetailSkeleton />
          ) : (
            <>
              {data.remark !== null && (
                <p className="wrap-anywhere mb-3 text-secondary text-sm">{personal.text(data.remark)}</p>
              )}
              <AccountDetailView
                account={data}
                tab={tab}
                onTab={(wanted) => guarded(() => onTab(wanted))}
                onDirty={setCount}
              />
            </>
          )}
        </DrawerBody>
      </Drawer>
      {question}
    </>
  );
}

function DetailSkeleton() {
  return (
    <div className="grid gap-4">
      <Skeleton className="h-9" />
      <Skeleton className="h-24" />
      <Skeleton className="h-40" />
      <Skeleton className="h-80" />
    </div>
  );
}
