import { listAccounts } from '@/db/repositories/accounts';
import packageFacts from '../../package.json' with { type: 'json' };
import { isActive } from '../accounts/count';
import { countToday } from '../accounts/days';
import { listLogs as logsContract } from '../admin-api/logs';
import { clearLogs, listLogs, readLog } from '../observability/read-logs';
import type { SeedCall } from '../route/seed-route';
import type { Runtime } from '../runtime';
import { parseSeed } from './faults';
import { encodeLog, encodeLogDetail, encodeStats, logsQuery } from './shapes';

const presentAccounts = async ({ db }: Pick<Runtime, 'db'>) =>
  (await listAccounts(db)).filter((row) => row.removedAt === null);

export async function readInfo(runtime: Runtime) {
  const rows = await presentAccounts(runtime);
  const active = rows.filter(isActive);
  return {
    success: true,
    info: {
      total_tokens: rows.length,
      active_tokens: active.length,
      total_credits: active.reduce((sum, row) => sum + (row.credits ?? 0), 0),
      version: packageFacts.version,
    },
  };
}

export async function readStats(runtime: Runtime) {
  const [rows, today] = await Promise.all([presentAccounts(runtime), countToday(runtime)]);
  return encodeStats(rows, today.of);
}

const namesOf = async (runtime: Pick<Runtime, 'db'>) =>
  new Map((await listAccounts(runtime.db)).map((row) => [row.id, row.name]));

/** The predecessor kept generations only, and its scripts count what this list has. */
const generations = ['image', 'video'];

export async function listSeedLogs(runtime: Runtime, { query }: SeedCall) {
  const { limit } = parseSeed(logsQuery, query, 'query');
  const [{ items, running }, names] = await Promise.all([
    listLogs(runtime, logsContract.query.parse({ limit, type: generations })),
    namesOf(runtime),
  ]);
  return [...running, ...items].slice(0, limit).map((log) => encodeLog(log, names));
}

export async function readSeedLog(runtime: Runtime, { params }: SeedCall) {
  const [log, names] = await Promise.all([readLog(runtime, params.id ?? ''), namesOf(runtime)]);
  return encodeLogDetail(log, names);
}

export async function clearSeedLogs(runtime: Runtime, { actor }: SeedCall) {
  const { removed } = await clearLogs(runtime, 0, actor);
  return { success: true, message: `${removed} requests were removed.` };
}
