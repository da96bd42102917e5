'use client';

import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useSyncExternalStore } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { useTimeText } from '../clock/clock';
import { useLiveState } from '../live/live';
import { isLost, pauseAfter } from '../live/live-state';
import { Notice } from '../ui/notice';
import { useFormat } from './use-format';
import { useStatus } from './use-status';

const mostShown = 2;
const statusEveryMs = 5_000;

/** What everybody should know at once, the worst first; two at most. */
export function Banners() {
  const t = useTranslations('shell');
  const common = useTranslations('common');
  const client = useQueryClient();
  const live = useLiveState();
  const { data } = useStatus();
  const isOnline = useIsOnline();
  const action = 'inline-flex min-h-6 items-center font-medium underline max-md:min-h-11';
  const lost = isLost(live) && isOnline && (
    <Notice key="lost" tone="danger" role="status">
      <RetryTime failedAt={live.failedAt} failures={live.failures} />{' '}
      <button
        type="button"
        className={action}
        onClick={() =>
          void client.refetchQueries({ type: 'active', predicate: (query) => query.meta?.live === true })
        }
      >
        {common('retryNow')}
      </button>
    </Notice>
  );
  const names = data.awaiting_restart.map(({ label }) => label).join(', ');
  const shown = [
    !isOnline && (
      <Notice key="offline" tone="danger" role="status">
        {t('banner.offline')}
      </Notice>
    ),
    lost,
    data.accounts.enabled > 0 && data.accounts.healthy === 0 && (
      <Notice key="healthy" tone="warning">
        {t('banner.noHealthy')}{' '}
        <Link href="/admin/accounts" className={action}>
          {t('banner.noHealthyAction')}
        </Link>
      </Notice>
    ),
    data.awaiting_restart.length > 0 && (
      <Notice key="restart" tone="warning">
        {t('banner.restart', { count: data.awaiting_restart.length, names })}
      </Notice>
    ),
    live.isPaused && (
      <Notice key="paused" tone="info">
        {t('banner.paused')}{' '}
        <button type="button" className={action} onClick={() => live.setPaused(false)}>
          {t('resume')}
        </button>
      </Notice>
    ),
  ].filter((banner) => banner !== false);
  return (
    <div className="mx-auto grid max-w-[1600px] gap-2 px-4 empty:hidden md:px-6 [&:not(:empty)]:pt-4">
      {shown.slice(0, mostShown)}
    </div>
  );
}

function RetryTime({ failedAt, failures }: { failedAt: number | undefined; failures: number }) {
  const t = useTranslations('shell');
  const format = useFormat();
  const text = useTimeText(() => {
    const leftMs = (failedAt ?? 0) + pauseAfter(statusEveryMs, failures) - Date.now();
    return leftMs <= 0 ? t('banner.lostNow') : t('banner.lost', { time: format.runningTime(leftMs) });
  });
  return <>{text}</>;
}

const onlineEvents = ['online', 'offline'] as const;

const useIsOnline = () =>
  useSyncExternalStore(
    (listener) => {
      for (const name of onlineEvents) window.addEventListener(name, listener);
      return () => {
        for (const name of onlineEvents) window.removeEventListener(name, listener);
      };
    },
    () => navigator.onLine,
    () => true,
  );
