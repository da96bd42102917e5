'use client';

import { Square } from 'lucide-react';
import type * as React from 'react';
import { useEffect, useRef, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { TaskView } from '@/lib/admin-api/tasks';
import { usePersonal } from '../shell/personal';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { Progress } from '../ui/progress';
import { useStopTask } from './queries';
import { actionOf, failuresOf, isDue } from './task-view';

/** How far a task is, what failed in it, and the way to stop it. */
export function TaskProgress({ task, children }: { task: TaskView; children?: React.ReactNode }) {
  const t = useTranslations('accounts.task');
  const format = useFormat();
  const personal = usePersonal();
  const stop = useStopTask();
  const failures = failuresOf(task);
  const isRunning = task.state === 'running';
  const counts = t('progress', { done: format.count(task.done), total: format.count(task.total) });
  const summary = useSummary(task);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="grid min-w-48 flex-1 gap-1.5">
          <p className="text-sm tabular-nums">{isRunning ? counts : summary}</p>
          <Progress
            label={t(`name.${actionOf(task) ?? 'other'}`)}
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
      <Announced text={isRunning ? counts : summary} isEnded={!isRunning} />
      {failures.length > 0 && (
        <ul
          aria-label={t('failures')}
          className="grid max-h-60 gap-1 overflow-y-auto rounded-md bg-danger-soft px-3 py-2 text-sm"
        >
          {failures.map((result) => (
            <li key={result.row} className="wrap-anywhere">
              <span className="font-medium">
                {result.email === null ? t('row', { row: result.row }) : personal.email(result.email)}
              </span>
              {result.reason !== undefined && (
                <>
                  {': '}
                  <span lang="en">{result.reason}</span>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** What came of a task in one sentence. */
function useSummary(task: TaskView): string {
  const t = useTranslations('accounts.task');
  const of = (...outcomes: TaskView['results'][number]['outcome'][]) =>
    task.results.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const parts =
    actionOf(task) === 'import'
      ? [
          t('added', { count: of('added') }),
          t('updated', { count: of('updated') }),
          t('skipped', { count: of('skipped') }),
        ]
      : [t('done', { count: of('done') })];
  const text = [...parts, t('failed', { count: task.failed })].join(' · ');
  if (task.state === 'stopped') return `${t('stopped', { left: task.total - task.done })} ${text}`;
  return task.state === 'failed' ? `${t('broken')} ${text}` : text;
}

/** Read out, but not with every step. */
function Announced({ text, isEnded }: { text: string; isEnded: boolean }) {
  const [said, setSaid] = useState('');
  const lastAt = useRef<number>(undefined);
  useEffect(() => {
    const now = Date.now();
    if (!isDue(lastAt.current, now, isEnded)) return;
    lastAt.current = now;
    setSaid(text);
  }, [text, isEnded]);
  return (
    <p aria-live="polite" className="sr-only">
      {said}
    </p>
  );
}
