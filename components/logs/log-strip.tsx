'use client';

import type * as React from 'react';
import { useTranslations } from 'use-intl';
import { cn } from '@/lib/cn';
import { Missing } from '../clock/time';
import { QueryProblem } from '../shell/query-problem';
import { useFormat } from '../shell/use-format';
import type { LogSummary } from './queries';

type StripProps = {
  summary: LogSummary | undefined;
  /** Whether it is of what the filters say now. */
  isAnswer: boolean;
  error: Error | null;
  onRetry: () => void;
};

/** All requests that match in a few numbers. */
export function LogStrip({ summary, isAnswer, error, onRetry }: StripProps) {
  const t = useTranslations('logs.strip');
  const format = useFormat();
  const judged = summary === undefined ? 0 : summary.statuses.success + summary.statuses.failed;
  const time = (ms: number | null | undefined) =>
    ms === null || ms === undefined ? <Missing /> : format.duration(ms);
  return (
    <div>
      <dl
        aria-label={t('name')}
        aria-busy={!isAnswer && error === null}
        className={cn(
          'grid grid-cols-2 gap-x-6 gap-y-2 rounded-lg border border-border bg-card px-4 py-3 sm:flex sm:flex-wrap',
          !isAnswer && 'opacity-50',
        )}
      >
        <Fact label={t('requests')}>
          {summary === undefined ? (
            <Missing />
          ) : (
            `${format.count(summary.requests)}${summary.is_capped ? '+' : ''}`
          )}
        </Fact>
        <Fact label={t('successRate')} title={judged === 0 ? undefined : t('n', { n: format.count(judged) })}>
          {summary === undefined || summary.success_rate === null ? (
            <Missing />
          ) : (
            format.rate(summary.success_rate, 1)
          )}
        </Fact>
        <Fact label={t('p50')}>{time(summary?.p50_ms)}</Fact>
        <Fact label={t('p95')}>{time(summary?.p95_ms)}</Fact>
        <Fact label={t('credits')}>
          {summary === undefined ? <Missing /> : format.count(summary.credits)}
        </Fact>
      </dl>
      {summary?.is_capped === true && <p className="mt-1 text-secondary text-xs">{t('capped')}</p>}
      <div role="alert" className="text-danger text-sm empty:hidden">
        {error !== null && <QueryProblem error={error} onRetry={onRetry} />}
      </div>
    </div>
  );
}

function Fact({
  label,
  title,
  children,
}: {
  label: string;
  title?: string | undefined;
  children: React.ReactNode;
}) {
  return (
    <div className="flex items-baseline gap-1.5" title={title}>
      <dt className="text-secondary text-sm">{label}</dt>
      <dd className="font-semibold tabular-nums">{children}</dd>
    </div>
  );
}
