'use client';

import { CircleX, Clock, LoaderCircle, Play } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import type { LoopStatus } from '@/lib/admin-api/system';
import { Countdown, Missing, PastTime } from '../clock/time';
import { ConfirmDialog } from '../shell/confirm-dialog';
import { QueryProblem } from '../shell/query-problem';
import { useErrorText } from '../shell/use-error-text';
import { useFormat } from '../shell/use-format';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { Notice } from '../ui/notice';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table';
import { Panel } from './panel';
import { useLoops, useRunLoop } from './queries';
import { useSystemText } from './system-text';

/** What is done again and again, how it went, and the way to do it now. */
export function LoopsCard({ initial }: { initial: LoopStatus[] }) {
  const t = useTranslations('system');
  const text = useSystemText();
  const [started, setStarted] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<LoopStatus>();
  const { data, error, refetch } = useLoops(initial, started.size > 0);
  const { announcement, run } = useAnnouncedRun(setStarted);
  return (
    <Panel title={t('loops.title')}>
      <p role="status" className="sr-only">
        {announcement}
      </p>
      {error !== null && (
        <Notice tone="warning" role="status" className="m-4">
          {t('stale')} <QueryProblem error={error} onRetry={() => void refetch()} />
        </Notice>
      )}
      <Table caption={t('loops.title')}>
        <TableHead>
          <TableHeader>{t('loops.name')}</TableHeader>
          <TableHeader>{t('loops.schedule')}</TableHeader>
          <TableHeader>{t('loops.state')}</TableHeader>
          <TableHeader>{t('loops.lastRun')}</TableHeader>
          <TableHeader isNumeric>{t('loops.duration')}</TableHeader>
          <TableHeader>{t('loops.nextRun')}</TableHeader>
          <TableHeader>{t('loops.lastError')}</TableHeader>
          <TableHeader>
            <span className="sr-only">{t('loops.actions')}</span>
          </TableHeader>
        </TableHead>
        <TableBody>
          {data.map((loop) => (
            <LoopRow
              key={loop.name}
              loop={loop}
              isStarted={started.has(loop.name)}
              onRun={() => setAsked(loop)}
            />
          ))}
        </TableBody>
      </Table>
      <ConfirmDialog
        isOpen={asked !== undefined}
        onOpenChange={(isOpen) => !isOpen && setAsked(undefined)}
        title={t('loops.confirmTitle', { name: asked === undefined ? '' : text.loopName(asked) })}
        confirmLabel={t('loops.runNow')}
        tone="primary"
        onConfirm={() => {
          if (asked !== undefined) run(asked);
          setAsked(undefined);
        }}
      >
        <p>{asked !== undefined && text.loopTask(asked)}</p>
        <p>{t('loops.confirmText')}</p>
      </ConfirmDialog>
    </Panel>
  );
}

/** Runs loops, notes which are under way, and says how each went. */
function useAnnouncedRun(setStarted: React.Dispatch<React.SetStateAction<ReadonlySet<string>>>) {
  const t = useTranslations('system');
  const text = useSystemText();
  const format = useFormat();
  const errorText = useErrorText();
  const { mutateAsync } = useRunLoop();
  const [announcement, setAnnouncement] = useState('');
  const tell = (message: string, isBad: boolean) => {
    setAnnouncement(message);
    if (isBad) toast.error(message, { duration: Infinity });
    else toast.success(message);
  };
  const run = async (loop: LoopStatus) => {
    const name = text.loopName(loop);
    setStarted((known) => new Set(known).add(loop.name));
    try {
      const { ran, loop: after } = await mutateAsync(loop.name);
      const failure = after.last_error?.message;
      if (!ran) tell(t('loops.elsewhere', { name }), false);
      else if (failure === undefined) {
        tell(t('loops.ran', { name, time: format.duration(after.duration_ms ?? 0) }), false);
      } else tell(t('loops.ranBadly', { name, message: failure }), true);
    } catch (error) {
      tell(t('loops.ranBadly', { name, message: errorText(error) }), true);
    } finally {
      setStarted((known) => new Set([...known].filter((other) => other !== loop.name)));
    }
  };
  return { announcement, run: (loop: LoopStatus) => void run(loop) };
}

const unitsMs = [
  ['hours', 3_600_000],
  ['minutes', 60_000],
] as const;

/** A pause in the largest unit that it is a whole number of; else in seconds. */
function inLargestUnit(ms: number): { unit: 'hours' | 'minutes' | 'seconds'; count: number } {
  for (const [unit, length] of unitsMs) {
    if (ms >= length && ms % length === 0) return { unit, count: ms / length };
  }
  return { unit: 'seconds', count: ms / 1_000 };
}

type LoopRowProps = { loop: LoopStatus; isStarted: boolean; onRun: () => void };

function LoopRow({ loop, isStarted, onRun }: LoopRowProps) {
  const t = useTranslations('system');
  const text = useSystemText();
  const format = useFormat();
  const isRunning = isStarted || loop.running;
  const pause = inLargestUnit(loop.every_ms);
  return (
    <TableRow>
      <TableCell isWide>
        <p className="font-medium">{text.loopName(loop)}</p>
        <p className="max-w-[50ch] text-secondary text-xs">{text.loopTask(loop)}</p>
      </TableCell>
      <TableCell label={t('loops.schedule')}>
        <p>{t(`loops.every.${pause.unit}`, { count: pause.count })}</p>
        <p className="text-secondary text-xs">
          {t(loop.scope === 'cluster' ? 'loops.cluster' : 'loops.everywhere')}
        </p>
      </TableCell>
      <TableCell label={t('loops.state')}>
        <LoopState isRunning={isRunning} hasFailed={loop.last_error !== null} />
      </TableCell>
      <TableCell label={t('loops.lastRun')}>
        <PastTime at={loop.last_run_at} />
      </TableCell>
      <TableCell isNumeric label={t('loops.duration')}>
        {loop.duration_ms === null ? <Missing /> : format.duration(loop.duration_ms)}
      </TableCell>
      <TableCell label={t('loops.nextRun')}>
        <Countdown until={isRunning ? null : loop.next_run_at} over={t('loops.due')} />
      </TableCell>
      <TableCell label={t('loops.lastError')} className="max-md:col-span-3">
        {loop.last_error === null ? (
          <Missing />
        ) : (
          <details className="max-w-[40ch]">
            <summary className="min-h-11 cursor-pointer content-center md:min-h-6">
              <PastTime at={loop.last_error.at} />
            </summary>
            <code lang="en" className="break-words font-mono text-xs">
              {loop.last_error.message}
            </code>
          </details>
        )}
      </TableCell>
      <TableCell isWide className="md:text-right">
        <Button
          variant="outline"
          size="small"
          disabled={isRunning}
          aria-label={t('loops.runNowOf', { name: text.loopName(loop) })}
          onClick={onRun}
        >
          <Play aria-hidden />
          {t('loops.runNow')}
        </Button>
      </TableCell>
    </TableRow>
  );
}

function LoopState({ isRunning, hasFailed }: { isRunning: boolean; hasFailed: boolean }) {
  const t = useTranslations('system');
  if (isRunning) return <Badge tone="running" icon={LoaderCircle} label={t('loops.running')} spins />;
  if (hasFailed) return <Badge tone="danger" icon={CircleX} label={t('loops.failed')} />;
  return <Badge tone="neutral" icon={Clock} label={t('loops.waiting')} />;
}
