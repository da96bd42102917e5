import { accountTasks } from './accounts/bulk';
import { runTasks } from './accounts/tasks';
import { mediaTasks } from './media/bulk';

/** Does the tasks of the console that wait, of every kind. Ends between two rows when `signal` fires. */
export const runConsoleTasks = (
  runtime: Parameters<typeof accountTasks>[0] &
    Parameters<typeof mediaTasks>[0] &
    Parameters<typeof runTasks>[0],
  signal: AbortSignal,
): Promise<void> => runTasks(runtime, { ...accountTasks(runtime), ...mediaTasks(runtime) }, signal);
