import { deleteRemovedAccounts } from '@/db/repositories/accounts';
import type { Runtime } from '../runtime';

/**
 * Lets those go that were taken out and run nothing any more: the row, and what was sealed with it. With an id, only that
 * one: called when a job of it has ended. Gives how many.
 */
export async function finishRemoval(
  { db, log }: Pick<Runtime, 'db' | 'log'>,
  accountId?: string,
): Promise<number> {
  const gone = await deleteRemovedAccounts(db, accountId);
  for (const { id } of gone)
    log.info({ accountId: id }, 'a removed account has ended its last job and is gone');
  return gone.length;
}
