import { statfs } from 'node:fs/promises';
import { listMigrations, readDatabaseSize } from '@/db/repositories/system';
import packageFacts from '../package.json' with { type: 'json' };
import type { LoopStatus, SystemView } from './admin-api/system';
import { type Actor, writeAudit } from './audit';
import type { LoopStatus as LoopState } from './background/loop';
import { GatewayError } from './errors';
import type { Runtime } from './runtime';
import { dayZone } from './usage/day';

const leastFreeBytes = 500_000_000; // a dozen long videos
const patienceMs = 5_000;

type Needs = Pick<Runtime, 'db' | 'env' | 'instanceId' | 'media' | 'now' | 'settings'>;

/** What the console's system page shows. */
export async function readSystem(runtime: Needs): Promise<SystemView> {
  const { db, env, instanceId, media, now } = runtime;
  const disk = await readDisk(env.dataDir);
  const [sizeBytes, migrations, ...checks] = await Promise.all([
    readDatabaseSize(db).catch(() => undefined),
    listMigrations(db),
    check('database', () => db.ping()),
    check('media', async () => {
      if (!(await media.writable())) throw new Error('The media store cannot be written.');
    }),
    check('disk', async () => {
      if (disk !== undefined && disk.free_bytes < leastFreeBytes) throw new Error('The disk is nearly full.');
    }),
  ]);
  const uptimeSeconds = Math.floor(process.uptime());
  return {
    version: packageFacts.version,
    started_at: new Date(now().getTime() - uptimeSeconds * 1_000).toISOString(),
    uptime_seconds: uptimeSeconds,
    now: now().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    instance_id: instanceId,
    memory_bytes: process.memoryUsage.rss(),
    time_zone: dayZone(runtime),
    database: {
      dialect: db.dialect,
      size_bytes: sizeBytes ?? null,
      migrations: migrations.map(({ hash, createdAt }) => ({ hash, created_at: createdAt.toISOString() })),
    },
    disk: disk ?? null,
    checks,
  };
}

type Check = SystemView['checks'][number];

async function check(name: Check['name'], look: () => Promise<void>): Promise<Check> {
  const startedMs = performance.now();
  let message: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('There was no answer in time.')), patienceMs);
  });
  try {
    await Promise.race([look(), late]);
  } catch (error) {
    message = error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
  return { name, ok: message === null, duration_ms: Math.round(performance.now() - startedMs), message };
}

/** `undefined` where the system does not tell. */
async function readDisk(folder: string): Promise<{ free_bytes: number; total_bytes: number } | undefined> {
  try {
    const { bavail, blocks, bsize } = await statfs(/* turbopackIgnore: true */ folder);
    return { free_bytes: bavail * bsize, total_bytes: blocks * bsize };
  } catch {
    return undefined;
  }
}

/** How every loop of this process is doing. */
export const listLoops = ({ loops }: Pick<Runtime, 'loops'>): LoopStatus[] =>
  loops.map((loop) => toLoopStatus(loop.status()));

/** Runs a loop at once and says how it went. Throws `not_found`. */
export async function runLoop(
  runtime: Pick<Runtime, 'loops' | 'db' | 'now' | 'log'>,
  name: string,
  actor: Actor,
): Promise<{ ran: boolean; loop: LoopStatus }> {
  const loop = runtime.loops.find((known) => known.name === name);
  if (loop === undefined) throw new GatewayError('not_found', 'There is no background loop of this name.');
  await writeAudit(runtime, { action: 'loop.run', object: name, ...actor });
  const ran = await loop.runNow();
  return { ran, loop: toLoopStatus(loop.status()) };
}

const toLoopStatus = (status: LoopState): LoopStatus => ({
  name: status.name,
  scope: status.scope,
  running: status.running,
  last_run_at: status.lastRunAt?.toISOString() ?? null,
  duration_ms: status.durationMs ?? null,
  next_run_at: status.nextRunAt?.toISOString() ?? null,
  last_error:
    status.lastError === undefined
      ? null
      : { at: status.lastError.at.toISOString(), message: status.lastError.message },
});
