'use client';

import { CircleCheck } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from '@/components/shell/use-translations';
import type { Overview, RunningJob } from '@/lib/admin-api/overview';
import { useTimeText } from '../clock/clock';
import { Elapsed, Limit, Missing } from '../clock/time';
import { usePersonal } from '../shell/personal';
import { useFormat } from '../shell/use-format';
import { EmptyState } from '../ui/empty-state';
import { Progress } from '../ui/progress';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table';
import { Panel } from './panel';

/** What is being made now, and what waits. */
export function RunningJobs({ overview }: { overview: Overview }) {
  const t = useTranslations('overview.running');
  const { running, jobs_running: total } = overview;
  return (
    <Panel title={t('title')} beside={<Load overview={overview} />}>
      {running.length === 0 ? (
        <EmptyState icon={CircleCheck} title={t('none')} />
      ) : (
        <Table caption={t('title')}>
          <TableHead>
            <TableHeader>{t('model')}</TableHeader>
            <TableHeader>{t('type')}</TableHeader>
            <TableHeader>{t('account')}</TableHeader>
            <TableHeader>{t('stage')}</TableHeader>
            <TableHeader>{t('progress')}</TableHeader>
            <TableHeader isNumeric>{t('elapsed')}</TableHeader>
            <TableHeader>{t('key')}</TableHeader>
          </TableHead>
          <TableBody>
            {running.map((job) => (
              <JobRow key={job.id} job={job} />
            ))}
          </TableBody>
        </Table>
      )}
      {total > running.length && running.length > 0 && (
        <p className="border-border border-t px-4 py-2 text-sm">
          <Link
            href="/admin/logs?status=running"
            className="inline-flex min-h-11 items-center text-primary hover:underline md:min-h-6"
          >
            {t('more', { count: total - running.length })}
          </Link>
        </p>
      )}
    </Panel>
  );
}

function JobRow({ job }: { job: RunningJob }) {
  const t = useTranslations('overview.running');
  const common = useTranslations('common');
  const personal = usePersonal();
  return (
    // The link covers the whole row.
    <TableRow className="relative has-[a:focus-visible]:bg-muted/60 max-md:hover:bg-muted/60">
      <TableCell isWide className="md:max-w-64">
        {job.request_id === null ? (
          <span className="break-words font-medium">{job.model}</span>
        ) : (
          <Link
            href={`/admin/logs?log=${encodeURIComponent(job.request_id)}`}
            className="break-words font-medium text-primary after:absolute after:inset-0 hover:underline"
          >
            {job.model}
          </Link>
        )}
      </TableCell>
      <TableCell label={t('type')}>{common(`kind.${job.kind}`)}</TableCell>
      <TableCell label={t('account')} className="col-span-2 md:max-w-56">
        {job.account_email === null ? (
          <Missing />
        ) : (
          <span className="block break-words md:truncate">{personal.email(job.account_email)}</span>
        )}
      </TableCell>
      <TableCell label={t('stage')}>
        <Stage step={job.step} />
      </TableCell>
      <TableCell label={t('progress')}>
        {job.progress === null ? (
          <Missing />
        ) : (
          <span className="flex items-center gap-2">
            <Progress
              label={t('progressOf', { model: job.model })}
              value={job.progress}
              tone="running"
              className="w-16 max-md:hidden"
            />
            <span className="tabular-nums">{job.progress} %</span>
          </span>
        )}
      </TableCell>
      <TableCell label={t('elapsed')} isNumeric>
        <Elapsed from={job.started_at ?? job.created_at} to={null} />
      </TableCell>
      <TableCell label={t('key')} className="md:max-w-40">
        {job.key === null ? (
          <Missing />
        ) : (
          <span className="block break-words md:truncate">{job.key.name}</span>
        )}
      </TableCell>
    </TableRow>
  );
}

const steps = [
  'queued',
  'account_selected',
  'uploading',
  'submitting',
  'generating',
  'concatenating',
  'upscaling',
  'saving',
] as const;

/** The step under way; one that has no word here is shown as it is. */
function Stage({ step }: { step: string | null }) {
  const t = useTranslations('common.step');
  if (step === null) return <Missing />;
  const known = steps.find((one) => one === step);
  return known === undefined ? step : t(known);
}

/** "image 3/8 · video 2/4 · queue 1, oldest 14 s" */
function Load({ overview: { slots, jobs_queued: queued, queue_oldest_at: oldest } }: { overview: Overview }) {
  const t = useTranslations('overview.running');
  const format = useFormat();
  const waited = useTimeText((now) =>
    oldest === null ? '' : format.runningTime(Math.max(0, now.getTime() - Date.parse(oldest))),
  );
  return (
    <p className="text-secondary text-sm tabular-nums">
      {(['image', 'video'] as const).map((kind) => (
        <span key={kind}>
          {t(`slots.${kind}`)} {format.count(slots[kind].used)}/<Limit value={slots[kind].limit} />
          {' · '}
        </span>
      ))}
      {oldest === null ? t('queue', { count: queued }) : t('queueOldest', { count: queued, time: waited })}
    </p>
  );
}
