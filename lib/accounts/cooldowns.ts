import { listAccounts } from '@/db/repositories/accounts';
import type { Runtime } from '../runtime';
import { changeHealth, recordHealthChanges } from './change-health';
import { applyTimePassed } from './health';

/**
 * Ends cooldowns and blocks whose time is over, and writes every change of health that nobody has written down. What was
 * disabled by hand is left alone; so is a ban, which has no end of its own. Gives how many accounts came back.
 */
export async function endCooldowns(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings' | 'signals'>,
): Promise<number> {
  const now = runtime.now();
  const over = (await listAccounts(runtime.db)).filter((row) => applyTimePassed(row, now) !== undefined);
  for (const { id } of over) await changeHealth(runtime, id, (row) => applyTimePassed(row, now));
  await recordHealthChanges(runtime);
  if (over.length > 0) runtime.signals.wakeWorker();
  return over.length;
}
