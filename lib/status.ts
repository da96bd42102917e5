import { settingsSchema } from '@/config/settings-schema';
import { listAccounts } from '@/db/repositories/accounts';
import { countUnfinished } from '@/db/repositories/jobs';
import { healthOf } from './accounts/health';
import type { ConsoleStatus } from './admin-api/overview';
import type { Runtime } from './runtime';

/** What every page of the console shows, in two queries. */
export async function readStatus({
  db,
  now,
  settings,
}: Pick<Runtime, 'db' | 'now' | 'settings'>): Promise<ConsoleStatus> {
  const at = now();
  const [rows, unfinished] = await Promise.all([listAccounts(db), countUnfinished(db)]);
  const states = rows.filter(({ removedAt }) => removedAt === null).map((row) => healthOf(row, at).state);
  const healthy = states.filter((state) => state === 'healthy').length;
  const enabled = states.filter((state) => state !== 'disabled').length;
  return {
    at: at.toISOString(),
    accounts: { total: states.length, enabled, healthy, attention: enabled - healthy },
    jobs_running: unfinished.running,
    jobs_queued: unfinished.queued,
    awaiting_restart: [...settings.awaitingRestart()].map((key) => ({
      key,
      label: settingsSchema[key].label,
    })),
  };
}
