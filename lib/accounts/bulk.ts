import { findAccount } from '@/db/repositories/accounts';
import { type AccountFilter, bulkActions, type StartBulkInput } from '../admin-api/accounts';
import type { TaskView } from '../admin-api/tasks';
import { type Actor, writeAudit } from '../audit';
import { GatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { type AccountEdits, accountNotFound, disableAccount, editAccount, enableAccount } from './edit';
import { findAccountIds } from './list';
import { type RefreshNeeds, refreshAccountAccess, refreshAccountCredits } from './refresh';
import { removeAccount } from './remove';
import { startTask, type TaskKind } from './tasks';
import { importKind, importTask } from './transfer';

type Action = StartBulkInput['action'];

/** As it is sealed while the task runs: accounts are chosen at the start, so that the filter cannot come to mean others. */
type BulkInput = { action: Action; ids: string[]; changes?: AccountEdits; actor: Actor };

/** The kind of task that each action is. */
const kindOf = (action: Action) => `accounts.${action}`;

/** Begins work on many accounts. Throws `invalid_request` when the filter finds none. */
export async function startBulk(
  runtime: Pick<Runtime, 'db' | 'now' | 'log' | 'settings' | 'secrets'>,
  wanted: {
    action: Action;
    ids?: string[] | undefined;
    filter?: AccountFilter | undefined;
    changes?: AccountEdits | undefined;
  },
  actor: Actor,
): Promise<TaskView> {
  const { action, changes } = wanted;
  const ids = [...new Set(wanted.ids ?? (await findAccountIds(runtime, wanted.filter ?? {})))];
  if (ids.length === 0) throw new GatewayError('invalid_request', 'No account matches.', { param: 'filter' });
  const input: BulkInput = { action, ids, actor, ...(changes === undefined ? {} : { changes }) };
  const task = await startTask(runtime, { kind: kindOf(action), total: ids.length, input });
  await writeAudit(runtime, {
    ...actor,
    action: 'account.bulk',
    object: task.id,
    detail: { action, accounts: ids.length },
  });
  return task;
}

/** What each action does with one account. */
const actions: Record<
  Action,
  (runtime: RefreshNeeds, target: { id: string; input: BulkInput }, signal: AbortSignal) => Promise<unknown>
> = {
  refresh_credits: (runtime, { id }, signal) => refreshAccountCredits(runtime, { id }, signal),
  refresh_access: (runtime, { id }, signal) => refreshAccountAccess(runtime, { id }, signal),
  enable: (runtime, { id, input }) => enableAccount(runtime, { id, actor: input.actor }),
  disable: (runtime, { id, input }) => disableAccount(runtime, { id, actor: input.actor }),
  edit: (runtime, { id, input }) => editAccount(runtime, { id, actor: input.actor }, input.changes ?? {}),
  delete: (runtime, { id, input }) => removeAccount(runtime, { id, actor: input.actor }),
};

/** The tasks on accounts: imports, and work on many at once. */
export const accountTasks = (runtime: RefreshNeeds): Record<string, TaskKind> => ({
  [importKind]: importTask(runtime),
  ...Object.fromEntries(bulkActions.map((action) => [kindOf(action), bulkKind(runtime, action)])),
});

/** The actions that ask upstream about each account. */
const upstreamActions: readonly Action[] = ['refresh_credits', 'refresh_access'];

const alreadyGone = { outcome: 'done', reason: 'It was gone already.' } as const;

const bulkKind = (runtime: RefreshNeeds, action: Action): TaskKind => ({
  asksUpstream: upstreamActions.includes(action),
  open(stored) {
    const input = stored as BulkInput; // stored by `startBulk`
    const emails = new Map<number, string>();
    return {
      emailOf: (index) => emails.get(index) ?? null,
      async run(index, signal) {
        const id = input.ids[index] ?? '';
        const row = await findAccount(runtime.db, id);
        // Where the process ended before it was noted down, the row is done again.
        if (row === undefined && action === 'delete') return { email: null, account_id: id, ...alreadyGone };
        if (row === undefined) throw accountNotFound(id);
        emails.set(index, row.email);
        await actions[action](runtime, { id, input }, signal);
        return { email: row.email, account_id: id, outcome: 'done' };
      },
    };
  },
});
