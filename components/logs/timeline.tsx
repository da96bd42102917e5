'use client';

import { ArrowRightLeft, ChevronRight, CircleX, Milestone } from 'lucide-react';
import type * as React from 'react';
import { useTranslations } from 'use-intl';
import type { LogDetail } from '@/lib/admin-api/logs';
import { cn } from '@/lib/cn';
import { useFormat } from '../shell/use-format';
import { JsonViewer } from './json-viewer';
import { useStepName } from './log-cells';
import { type TimelineLine, timelineLines } from './timeline-entries';

/** What happened, in order: the steps of the job and its calls to upstream. */
export function Timeline({ log }: { log: LogDetail }) {
  const t = useTranslations('logs.timeline');
  const lines = timelineLines(log.timeline, log.duration_ms);
  return (
    <section aria-label={t('title')} className="grid grid-cols-1 gap-2">
      <h3 className="font-semibold">{t('title')}</h3>
      {lines.length === 0 ? (
        <p className="text-secondary text-sm">{t('none')}</p>
      ) : (
        <ol
          aria-label={t('title')}
          className="grid grid-cols-1 divide-y divide-border border-border border-y"
        >
          {lines.map((line, index) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: entries have no id, and grow at the end
              key={index}
              className="grid grid-cols-[4.5rem_minmax(0,1fr)_auto] items-start gap-x-2 py-2 text-sm"
            >
              <Line line={line} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Line({ line }: { line: TimelineLine }) {
  const t = useTranslations('logs.timeline');
  const format = useFormat();
  const { entry, durationMs } = line;
  return (
    <>
      <span className="text-secondary tabular-nums">
        {t('offset', { time: format.duration(Math.max(0, entry.offset_ms)) })}
      </span>
      <div className="grid min-w-0 grid-cols-1 gap-1">
        {entry.type === 'step' ? <Step line={line} entry={entry} /> : <Call line={line} entry={entry} />}
        <span aria-hidden className="relative block h-1.5 rounded-full bg-border">
          <span
            className={cn(
              'absolute inset-y-0 min-w-0.5 rounded-full',
              entry.type === 'step' ? 'bg-chart-6' : 'bg-primary',
              durationMs === null && 'animate-pulse motion-reduce:animate-none',
            )}
            style={{ left: `${line.start * 100}%`, width: `${line.share * 100}%` }}
          />
        </span>
        {entry.type === 'call' && (
          <>
            <Folded name={t('request')} value={entry.request} />
            <Folded name={t('response')} value={entry.response} />
          </>
        )}
      </div>
      <span className="text-right tabular-nums">
        {durationMs === null ? t('underWay') : format.duration(Math.max(0, durationMs))}
      </span>
    </>
  );
}

type Entry = LogDetail['timeline'][number];

function Step({ entry, line }: { entry: Extract<Entry, { type: 'step' }>; line: TimelineLine }) {
  const t = useTranslations('logs.timeline');
  const stepName = useStepName();
  const { attempt: _attempt, ...detail } = entry.detail;
  return (
    <>
      <span className="flex flex-wrap items-center gap-x-2 font-medium">
        <Milestone aria-hidden className="size-4 shrink-0 text-secondary" />
        {stepName(entry.name)}
        {'attempt' in entry.detail && <Attempt attempt={line.attempt} />}
      </span>
      {Object.keys(detail).length > 0 && <Folded name={t('details')} value={detail} />}
    </>
  );
}

function Call({ entry, line }: { entry: Extract<Entry, { type: 'call' }>; line: TimelineLine }) {
  const t = useTranslations('logs.timeline');
  const isBad = entry.status === null || entry.status >= 400;
  return (
    <>
      <span className="flex min-w-0 items-start gap-2">
        <ArrowRightLeft aria-hidden className="mt-0.5 size-4 shrink-0 text-secondary" />
        <code className="wrap-anywhere min-w-0 font-mono text-xs leading-5">
          {entry.method} {entry.host}
          {entry.path}
        </code>
      </span>
      <span className="flex flex-wrap items-center gap-x-2 text-secondary text-xs">
        <span
          className={cn('inline-flex items-center gap-1 font-medium tabular-nums', isBad && 'text-danger')}
        >
          {isBad && <CircleX aria-hidden className="size-3.5" />}
          {entry.status === null ? t('noAnswer') : t('code', { code: entry.status })}
        </span>
        <Attempt attempt={line.attempt} />
        <span>{entry.proxied ? t('proxied') : t('direct')}</span>
      </span>
      {entry.error !== null && (
        <code lang="en" className="wrap-anywhere font-mono text-danger text-xs">
          {entry.error}
        </code>
      )}
    </>
  );
}

function Attempt({ attempt }: { attempt: number | null }) {
  const t = useTranslations('logs.timeline');
  if (attempt === null) return null;
  return <span className="font-normal text-secondary text-xs">{t('attempt', { attempt })}</span>;
}

function Folded({ name, value }: { name: string; value: unknown }): React.ReactNode {
  if (value === null || value === undefined) return null;
  return (
    <details className="group">
      <summary className="flex min-h-11 cursor-pointer list-none items-center gap-1 text-xs hover:underline md:min-h-6">
        <ChevronRight aria-hidden className="size-3.5 group-open:rotate-90" />
        {name}
      </summary>
      <div className="pt-1 pb-2">
        <JsonViewer name={name} value={value} />
      </div>
    </details>
  );
}
