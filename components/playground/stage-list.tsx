'use client';

import { CircleCheck, CircleX, LoaderCircle } from 'lucide-react';
import { useTranslations } from '@/components/shell/use-translations';
import type { PlaygroundJob } from '@/lib/admin-api/playground';
import { cn } from '@/lib/cn';
import { Elapsed } from '../clock/time';
import { usePersonal } from '../shell/personal';
import { useFormat } from '../shell/use-format';
import { type StageLine, stageLines } from './stages';

const icons = {
  done: { Icon: CircleCheck, tone: 'text-success' },
  current: { Icon: LoaderCircle, tone: 'animate-spin text-running motion-reduce:animate-none' },
  failed: { Icon: CircleX, tone: 'text-danger' },
} as const;

/** What has happened to an output so far, with the time of each stage. */
export function StageList({ job }: { job: PlaygroundJob }) {
  const t = useTranslations('playground');
  return (
    <ol aria-label={t('stages')} className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
      {stageLines(job).map((line) => (
        <Stage key={line.key} line={line} queue={line.name === 'queued' ? job.queue : null} />
      ))}
    </ol>
  );
}

function Stage({ line, queue }: { line: StageLine; queue: PlaygroundJob['queue'] }) {
  const t = useTranslations('playground');
  const format = useFormat();
  const personal = usePersonal();
  const { Icon, tone } = icons[line.state];
  const isEnd = line.name === 'done' || line.name === 'failed' || line.name === 'cancelled';
  return (
    <li className="inline-flex min-w-0 items-center gap-1.5">
      <Icon aria-hidden className={cn('size-4 shrink-0', tone)} />
      <span className="sr-only">{t(`stageState.${line.state}`)}: </span>
      <span>{t(`stage.${line.name}`)}</span>
      {line.account !== null && (
        <span className="max-w-40 truncate text-secondary">{personal.email(line.account)}</span>
      )}
      {queue !== null && line.state === 'current' && (
        <span className="text-secondary">
          {queue.estimate_seconds === null
            ? t('position', { position: queue.position })
            : t('positionTime', {
                position: queue.position,
                time: format.duration(queue.estimate_seconds * 1_000),
              })}
        </span>
      )}
      {!isEnd && (
        <span className="text-secondary">
          <Elapsed from={line.startedAt} to={line.endedAt} />
        </span>
      )}
    </li>
  );
}
