'use client';

import { Ban, CircleCheck, CircleX, LoaderCircle, type LucideIcon, ScrollText, Timer } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from '@/components/shell/use-translations';
import type { LogRow } from '@/lib/admin-api/logs';
import { Missing, PastTime } from '../clock/time';
import { QueryProblem } from '../shell/query-problem';
import { useFormat } from '../shell/use-format';
import { Badge, type Tone } from '../ui/badge';
import { EmptyState } from '../ui/empty-state';
import { Notice } from '../ui/notice';
import { Skeleton } from '../ui/skeleton';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table';
import { useAccountRequests } from './queries';

const looks: Record<
  LogRow['status'],
  { tone: Tone; icon: LucideIcon; word: 'running' | 'completed' | 'failed' | 'rate_limited' | 'cancelled' }
> = {
  running: { tone: 'running', icon: LoaderCircle, word: 'running' },
  success: { tone: 'success', icon: CircleCheck, word: 'completed' },
  refused: { tone: 'danger', icon: CircleX, word: 'failed' },
  rate_limited: { tone: 'warning', icon: Timer, word: 'rate_limited' },
  failed: { tone: 'danger', icon: CircleX, word: 'failed' },
  cancelled: { tone: 'neutral', icon: Ban, word: 'cancelled' },
  left: { tone: 'neutral', icon: Ban, word: 'cancelled' },
};

/** The latest requests that an account served, each leading to its log. */
export function AccountRequests({ id }: { id: string }) {
  const t = useTranslations('accounts.requests');
  const { data, error, refetch } = useAccountRequests(id);
  if (data === undefined) {
    if (error === null) return <Skeleton className="h-60" />;
    return (
      <Notice tone="danger" role="alert">
        <QueryProblem error={error} onRetry={() => void refetch()} />
      </Notice>
    );
  }
  const rows = [...data.running, ...data.items];
  if (rows.length === 0) return <EmptyState icon={ScrollText} title={t('empty')} />;
  return (
    <div className="grid gap-3">
      <Table caption={t('title')}>
        <TableHead>
          <TableHeader>{t('time')}</TableHeader>
          <TableHeader>{t('status')}</TableHeader>
          <TableHeader>{t('model')}</TableHeader>
          <TableHeader isNumeric>{t('duration')}</TableHeader>
        </TableHead>
        <TableBody>
          {rows.map((row) => (
            <RequestRow key={row.id ?? row.request_id} row={row} />
          ))}
        </TableBody>
      </Table>
      <Link
        href={`/admin/logs?account=${encodeURIComponent(id)}`}
        className="inline-flex min-h-11 items-center text-primary hover:underline md:min-h-6"
      >
        {t('all')}
      </Link>
    </div>
  );
}

function RequestRow({ row }: { row: LogRow }) {
  const t = useTranslations('accounts.requests');
  const common = useTranslations('common.requestState');
  const format = useFormat();
  const { word, tone, icon } = looks[row.status];
  const label = [common(word), row.status !== 'success' && row.code !== null ? row.code : '']
    .join(' ')
    .trim();
  const target = row.request_id ?? (row.id === null ? undefined : String(row.id));
  return (
    <TableRow>
      <TableCell label={t('time')}>
        <PastTime at={row.at} />
      </TableCell>
      <TableCell label={t('status')} className="max-md:col-span-2">
        <Badge tone={tone} icon={icon} label={label} spins={row.status === 'running'} />
      </TableCell>
      <TableCell isWide className="wrap-anywhere">
        {target === undefined ? (
          (row.model ?? <Missing />)
        ) : (
          <Link
            href={`/admin/logs?log=${encodeURIComponent(target)}`}
            className="inline-flex min-h-6 items-center hover:underline"
          >
            {row.model ?? row.path ?? target}
          </Link>
        )}
        {row.error !== null && <p className="text-danger text-xs">{row.error.code}</p>}
      </TableCell>
      <TableCell label={t('duration')} isNumeric>
        {format.duration(row.duration_ms)}
      </TableCell>
    </TableRow>
  );
}
