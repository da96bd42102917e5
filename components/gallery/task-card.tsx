'use client';

import { Square, X } from 'lucide-react';
import type * as React from 'react';
import { useEffect, useRef, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { TaskView } from '@/lib/admin-api/tasks';
import { useStopTask, useTask } from '../accounts/queries';
import { isDue } from '../accounts/task-view';
import { QueryProblem } from '../shell/query-problem';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Notice } from '../ui/notice';
import { Progress } from '../ui/progress';
import { failuresOf, type MediaAction, mediaActionOf } from './task-words';

type TaskCardProps = {
  id: string;
  isRetrying: boolean;
  onRetry: (action: MediaAction, ids: string[]) => void;
  /** Once, when one that was seen running has ended. */
  onEnded: (task: TaskView) => void;
  onClose: () => void;
};

/** Work on many results: how far it is, then what came of it and what failed. */
export function TaskCard({ id, isRetrying, onRetry, onEnded, onClose }: TaskCardProps) {
  const t = useTranslations('gallery.task');
  const { data: task, error, refetch } = useTask(id);
  useEnd(task, onEnded);
  const top = useRef<HTMLDivElement>(null);
  // It was begun from the bottom of the grid.
  useEffect(() => {
    top.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const action = task === undefined ? undefined : mediaActionOf(task);
  const name = t(action ?? 'other');
  return (
    <Card aria-label={name} className="p-4">
      <div ref={top} className="mb-2 flex items-start justify-between gap-3">
        <h2 className="font-semibold text-lg">{name}</h2>
        <Button variant="ghost" size="icon" className="-mt-1.5" aria-label={t('hide')} onClick={onClose}>
          <X aria-hidden />
        </Button>
      </div>
      {error !== null && (
        <Notice tone="danger" role="alert">
          <QueryProblem error={error} onRetry={() => void refetch()} />
        </Notice>
      )}
      {task !== undefined && (
        <TaskState task={task} name={name}>
          {task.state !== 'running' && action !== undefined && task.failed > 0 && (
            <Button
              variant="outline"
              isBusy={isRetrying}
              onClick={() =>
                onRetry(
                  action,
                  failuresOf(task).map((failure) => failure.id),
                )
              }
            >
              {t('retry')}
            </Button>
          )}
        </TaskState>
      )}
    </Card>
  );
}

function TaskState({ task, name, children }: { task: TaskView; name: string; children: React.ReactNode }) {
  const t = useTranslations('gallery.task');
  const format = useFormat();
  const stop = useStopTask();
  const isRunning = task.state === 'running';
  const failures = failuresOf(task);
  const counts = t('progress', { done: format.count(task.done), total: format.count(task.total) });
  const text = isRunning ? counts : <Summary task={task} />;
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="grid min-w-48 flex-1 gap-1.5">
          <p className="text-sm tabular-nums">{text}</p>
          <Progress
            label={name}
            value={task.done}
            max={task.total}
            valueText={counts}
            tone={task.failed > 0 ? 'warning' : 'primary'}
          />
        </div>
        {isRunning && (
          <Button
            variant="outline"
            isBusy={stop.isPending || task.is_stopping}
            onClick={() => stop.mutate(task.id)}
          >
            <Square aria-hidden />
            {t('stop')}
          </Button>
        )}
        {children}
      </div>
      <Announced counts={counts} isEnded={!isRunning}>
        {text}
      </Announced>
      {failures.length > 0 && (
        <ul
          aria-label={t('failures')}
          className="grid max-h-60 gap-1 overflow-y-auto rounded-md bg-danger-soft px-3 py-2 text-sm"
        >
          {failures.map(({ id, reason }) => (
            <li key={id} className="wrap-anywhere">
              <span className="font-medium">{t('result', { id })}</span>
              {': '}
              <span lang="en">{reason}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** What came of a task in one sentence. */
function Summary({ task }: { task: TaskView }) {
  const t = useTranslations('gallery.task');
  const format = useFormat();
  const text = t('ended', {
    done: format.count(task.done - task.failed),
    failed: format.count(task.failed),
  });
  if (task.state === 'stopped') {
    return `${t('stopped', { left: format.count(task.total - task.done) })} ${text}`;
  }
  return task.state === 'failed' ? `${t('broken')} ${text}` : text;
}

/** Read out, but not with every step. */
function Announced({
  counts,
  isEnded,
  children,
}: {
  counts: string;
  isEnded: boolean;
  children: React.ReactNode;
}) {
  const [said, setSaid] = useState('');
  const lastAt = useRef<number>(undefined);
  useEffect(() => {
    const now = Date.now();
    if (!isDue(lastAt.current, now, isEnded)) return;
    lastAt.current = now;
    setSaid(counts);
  }, [counts, isEnded]);
  return (
    <p aria-live="polite" className="sr-only">
      {isEnded ? children : said}
    </p>
  );
}

/** Tells once that a task which was seen running has ended. */
function useEnd(task: TaskView | undefined, onEnded: (task: TaskView) => void) {
  const running = useRef<string>(undefined);
  const latest = useRef(onEnded);
  useEffect(() => {
    latest.current = onEnded;
  });
  useEffect(() => {
    if (task?.state === 'running') running.current = task.id;
    if (task === undefined || task.state === 'running' || running.current !== task.id) return;
    running.current = undefined;
    latest.current(task);
  }, [task]);
}
