import { countRunning, listAccounts } from '@/db/repositories/accounts';
import type { Runtime } from '../runtime';
import type { Candidate } from './select';

/** Every account with what it runs now: two queries, however many accounts there are. */
export async function loadCandidates({ db }: Pick<Runtime, 'db'>): Promise<Candidate[]> {
  const [rows, running] = await Promise.all([listAccounts(db), countRunning(db)]);
  return rows.map((row) => ({ row, running: running.get(row.id) ?? { image: 0, video: 0 } }));
}
