'use client';

import { OctagonX, RotateCcw, ScrollText, Settings2 } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from '@/components/shell/use-translations';
import type { PlaygroundJob, PlaygroundMedia, PlaygroundRun } from '@/lib/admin-api/playground';
import { Elapsed } from '../clock/time';
import { useErrorText } from '../shell/use-error-text';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { Notice } from '../ui/notice';
import { Progress } from '../ui/progress';
import { Failure } from './failure';
import { useCancelRun } from './queries';
import { ResultItem } from './result-item';
import { StageList } from './stage-list';
import { cancelNote, progressOfRun, slowest } from './stages';

type RunViewProps = {
  run: PlaygroundRun;
  origin: string;
  onUse: (media: PlaygroundMedia, as: 'first_frame' | 'ingredient') => void;
  onReuse: () => void;
  onRetry: () => void;
};

/** One run: how far it is, what came out, and what can be done with it. */
export function RunView({ run, origin, onUse, onReuse, onRetry }: RunViewProps) {
  const t = useTranslations('playground');
  const isOver = run.ended_at !== null;
  const hasFailed = run.jobs.some(({ state }) => state === 'failed' || state === 'cancelled');
  const credits = run.jobs.reduce((sum, job) => sum + job.credits, 0);
  return (
    <div className="grid grid-cols-1 gap-4">
      {!isOver && <RunProgress run={run} />}
      {run.jobs.map((job, index) => (
        <Output key={job.id} run={run} job={job} number={index + 1} />
      ))}
      <Results run={run} origin={origin} onUse={onUse} />
      <div className="flex flex-wrap items-center gap-2">
        {isOver && hasFailed && (
          <Button onClick={onRetry}>
            <RotateCcw aria-hidden />
            {t('tryAgain')}
          </Button>
        )}
        <Button variant="outline" onClick={onReuse}>
          <Settings2 aria-hidden />
          {t('reuse')}
        </Button>
        <Button asChild variant="outline">
          <Link href={`/admin/logs?log=${encodeURIComponent(run.log_id)}`}>
            <ScrollText aria-hidden />
            {t('openLog')}
          </Link>
        </Button>
        {credits > 0 && (
          <span className="text-secondary text-sm">{t('creditsUsed', { count: credits })}</span>
        )}
      </div>
    </div>
  );
}

function RunProgress({ run }: { run: PlaygroundRun }) {
  const t = useTranslations('playground');
  const format = useFormat();
  const errorText = useErrorText();
  const cancel = useCancelRun();
  const progress = progressOfRun(run);
  const job = slowest(run);
  const stage = t(`stage.${job?.stages.at(-1)?.name ?? 'queued'}`);
  const isAsked = run.jobs.some(({ cancel_requested }) => cancel_requested);
  const percentText = () => {
    if (progress === undefined) return undefined;
    return t(progress.estimated ? 'percentEstimated' : 'percent', { percent: progress.percent });
  };
  return (
    <div className="grid gap-2">
      <div className="flex items-center gap-3">
        <Progress
          label={t('progress')}
          value={progress?.percent ?? null}
          tone="running"
          className="flex-1"
          valueText={progress === undefined ? stage : t('progressText', { stage, percent: progress.percent })}
        />
        <Button
          variant="outline"
          isBusy={cancel.isPending}
          disabled={isAsked}
          onClick={() => cancel.mutate(run.id)}
        >
          <OctagonX aria-hidden />
          {t(isAsked ? 'stopping' : 'stop')}
        </Button>
      </div>
      <p className="flex flex-wrap gap-x-2 text-secondary text-sm tabular-nums">
        {progress !== undefined && <span className="text-text">{percentText()}</span>}
        <Elapsed from={run.created_at} to={null} />
        {run.usually_ms !== null && (
          <span>{t('usually', { time: format.duration(wholeSeconds(run.usually_ms)) })}</span>
        )}
      </p>
      {cancel.error !== null && (
        <Notice tone="danger" role="alert">
          {errorText(cancel.error)}
        </Notice>
      )}
    </div>
  );
}

/** An expectation has no tenths, unless it is of a moment. */
const wholeSeconds = (ms: number): number => (ms < 10_000 ? ms : Math.round(ms / 1_000) * 1_000);

function Output({ run, job, number }: { run: PlaygroundRun; job: PlaygroundJob; number: number }) {
  const t = useTranslations('playground');
  const note = cancelNote(run, job);
  return (
    <section className="grid gap-2" aria-label={t('output', { number })}>
      {run.jobs.length > 1 && <h3 className="font-medium text-sm">{t('output', { number })}</h3>}
      <StageList job={job} />
      {note !== undefined && <Notice tone="warning">{t(`cancelling.${note}`)}</Notice>}
      {job.error !== null && <Failure error={job.error} />}
    </section>
  );
}

function Results({ run, origin, onUse }: Pick<RunViewProps, 'run' | 'origin' | 'onUse'>) {
  const t = useTranslations('playground');
  const media = run.jobs.flatMap((job) => job.media);
  if (media.length === 0) return null;
  return (
    <section
      aria-label={t('results')}
      className={media.length > 1 ? 'grid gap-4 sm:grid-cols-2' : 'grid gap-4'}
    >
      {media.map((one) => (
        <ResultItem key={one.id} media={one} prompt={run.form.prompt} origin={origin} onUse={onUse} />
      ))}
    </section>
  );
}
