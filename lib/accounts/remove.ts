import { removeAccount as removeRow } from '@/db/repositories/accounts';
import { writeAudit } from '../audit';
import type { Runtime } from '../runtime';
import { type AccountTarget, accountNotFound } from './edit';

/** What became of an account that was to be removed. */
export type Removal = { id: string; email: string; is_removed: boolean; running: number };

/**
 * Takes an account out: no new job begins on it from now on. Its row and its secrets go at once, or, while it runs jobs,
 * with the last of them. Jobs, logs and media keep its e-mail. Throws `not_found`.
 */
export async function removeAccount(
  runtime: Pick<Runtime, 'db' | 'now' | 'log'>,
  { id, actor }: AccountTarget,
): Promise<Removal> {
  const removed = await removeRow(runtime.db, id, runtime.now());
  if (removed === undefined) throw accountNotFound(id);
  const { row, running } = removed;
  const detail = { email: row.email, running };
  await writeAudit(runtime, { ...actor, action: 'account.delete', object: id, detail });
  return { id, email: row.email, is_removed: running === 0, running };
}
