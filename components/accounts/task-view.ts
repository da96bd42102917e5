import { bulkActions, type StartBulkInput } from '@/lib/admin-api/accounts';
import type { TaskResult, TaskView } from '@/lib/admin-api/tasks';

export type BulkAction = StartBulkInput['action'];

/** What a task does with each account; `import` is one of its own kind. */
export function actionOf(task: Pick<TaskView, 'kind'>): BulkAction | 'import' | undefined {
  const word = task.kind.replace(/^accounts\./, '');
  return word === 'import' ? 'import' : bulkActions.find((action) => action === word);
}

export const failuresOf = (task: Pick<TaskView, 'results'>): TaskResult[] =>
  task.results.filter(({ outcome }) => outcome === 'failed');

/** The accounts on which a task failed and could be tried again. */
export const failedIds = (task: Pick<TaskView, 'results'>): string[] =>
  failuresOf(task).flatMap(({ account_id }) => account_id ?? []);

const announceEveryMs = 10_000;

/** Whether progress is to be read out now: at its end, and before that at most every ten seconds. */
export const isDue = (lastAt: number | undefined, now: number, isEnded: boolean): boolean =>
  isEnded || lastAt === undefined || now - lastAt >= announceEveryMs;
