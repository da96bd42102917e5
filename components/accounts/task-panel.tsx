'use client';

import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { StartBulkInput } from '@/lib/admin-api/accounts';
import type { TaskView } from '@/lib/admin-api/tasks';
import { QueryProblem } from '../shell/query-problem';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Notice } from '../ui/notice';
import { useAccountCache, type useTask } from './queries';
import { TaskProgress } from './task-progress';
import { actionOf, failedIds } from './task-view';

type TaskPanelProps = {
  query: ReturnType<typeof useTask>;
  /** What an edit sets, where this page began it: a task does not tell. */
  changes: StartBulkInput['changes'] | undefined;
  onRetry: (body: StartBulkInput) => void;
  isRetrying: boolean;
  onEnded: (task: TaskView) => void;
  onClose: () => void;
};

/** The task of the page: its progress while it runs, then what came of it. */
export function TaskPanel({ query, changes, onRetry, isRetrying, onEnded, onClose }: TaskPanelProps) {
  const t = useTranslations('accounts.task');
  const { data: task, error, refetch } = query;
  useEnd(task, onEnded);
  const action = task === undefined ? undefined : actionOf(task);
  const ids = task === undefined ? [] : failedIds(task);
  const isEnded = task !== undefined && task.state !== 'running';
  const canRetry =
    isEnded &&
    ids.length > 0 &&
    action !== undefined &&
    action !== 'import' &&
    (action !== 'edit' || changes !== undefined);
  return (
    <Card aria-label={t(`name.${action ?? 'other'}`)} className="p-4">
      <div className="mb-2 flex items-start justify-between gap-3">
        <h2 className="font-semibold text-lg">{t(`name.${action ?? 'other'}`)}</h2>
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
        <TaskProgress task={task}>
          {canRetry && (
            <Button
              variant="outline"
              isBusy={isRetrying}
              onClick={() =>
                onRetry({ action, ids, ...(action === 'edit' && changes !== undefined ? { changes } : {}) })
              }
            >
              {t('retryFailed')}
            </Button>
          )}
        </TaskProgress>
      )}
    </Card>
  );
}

/** Tells once that a task which was seen running has ended. */
function useEnd(task: TaskView | undefined, onEnded: (task: TaskView) => void) {
  const { refetch } = useAccountCache();
  const running = useRef<string>(undefined);
  const latest = useRef({ onEnded, refetch });
  useEffect(() => {
    latest.current = { onEnded, refetch };
  });
  useEffect(() => {
    if (task?.state === 'running') running.current = task.id;
    if (task === undefined || task.state === 'running' || running.current !== task.id) return;
    running.current = undefined;
    void latest.current.refetch();
    latest.current.onEnded(task);
  }, [task]);
}
