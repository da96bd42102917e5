'use client';

import { ChevronDown, ChevronUp, Maximize2 } from 'lucide-react';
import Link from 'next/link';
import type * as React from 'react';
import { useTranslations } from 'use-intl';
import type { LogRow } from '@/lib/admin-api/logs';
import { neighbours } from '../accounts/neighbours';
import { usePreferences } from '../shell/preferences-provider';
import { Button } from '../ui/button';
import { Drawer, DrawerBody } from '../ui/drawer';
import { Skeleton } from '../ui/skeleton';
import { addressOfLog, isLog } from './live-merge';
import { LogDetailView } from './log-detail';
import { LogProblem } from './log-problem';
import { useLog } from './queries';

type LogDrawerProps = {
  address: string;
  /** The rows of the list beside it, through which its arrows lead. */
  rows: readonly LogRow[];
  origin: string;
  onMove: (address: string) => void;
  onClose: () => void;
};

const typing = 'input, textarea, select, [role="menu"], [role="alertdialog"]';

/** One request beside the list. */
export function LogDrawer({ address, rows, origin, onMove, onClose }: LogDrawerProps) {
  const t = useTranslations('logs');
  const { hasShortcuts } = usePreferences();
  const { data, error, refetch } = useLog(address);
  const row = rows.find((one) => isLog(one, address));
  const title =
    data?.request_id ?? row?.request_id ?? (/^\d+$/.test(address) ? t('row', { id: address }) : address);
  const { previous, next } = neighbours(
    rows.flatMap((one) => (one === row ? address : (addressOfLog(one) ?? []))),
    address,
  );
  const move = (target: string | undefined) => target !== undefined && onMove(target);
  const onKeyDown = (event: React.KeyboardEvent<HTMLDivElement>) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const isElsewhere =
      !event.currentTarget.contains(event.target as Node) ||
      (event.target instanceof Element && event.target.closest(typing) !== null);
    if (!hasShortcuts || !isPlain || isElsewhere || (event.key !== 'j' && event.key !== 'k')) return;
    // The table beside it moves its focus by the same keys.
    event.preventDefault();
    move(event.key === 'j' ? next : previous);
  };
  return (
    <Drawer
      isOpen
      onClose={onClose}
      title={title}
      heading={<span className="wrap-anywhere font-mono text-base">{title}</span>}
      onKeyDown={onKeyDown}
      actions={
        <>
          <Button
            variant="ghost"
            size="icon"
            aria-label={t('previousRequest')}
            // Not `disabled`: the focus would be lost at the end of the list.
            aria-disabled={previous === undefined}
            onClick={() => move(previous)}
          >
            <ChevronUp aria-hidden />
          </Button>
          <Button
            variant="ghost"
            size="icon"
            aria-label={t('nextRequest')}
            aria-disabled={next === undefined}
            onClick={() => move(next)}
          >
            <ChevronDown aria-hidden />
          </Button>
          <Button asChild variant="ghost" size="icon">
            <Link href={`/admin/logs/${encodeURIComponent(address)}`} aria-label={t('fullPage')}>
              <Maximize2 aria-hidden />
            </Link>
          </Button>
        </>
      }
    >
      <DrawerBody key={address} aria-busy={data === undefined && error === null}>
        {error !== null && (
          <LogProblem error={error} isOld={data !== undefined} onRetry={() => void refetch()} />
        )}
        {data === undefined ? (
          error === null && (
            <div className="grid gap-4">
              <Skeleton className="h-9" />
              <Skeleton className="h-64" />
              <Skeleton className="h-48" />
            </div>
          )
        ) : (
          <LogDetailView log={data} origin={origin} />
        )}
      </DrawerBody>
    </Drawer>
  );
}
