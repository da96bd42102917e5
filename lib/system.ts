import { statfs } from 'node:fs/promises';
import { settingKeys } from '@/config/settings-schema';
import { listMigrations, migrationsFolder } from '@/db/migrate';
import { type LoopRunRow, listLoopRuns, listLoopsUnderWay } from '@/db/repositories/loop-runs';
import { probeWrite, readDatabaseSize } from '@/db/repositories/system';
import packageFacts from '../package.json' with { type: 'json' };
import type { LoopStatus, SystemView } from './admin-api/system';
import { type Actor, writeAudit } from './audit';
import type { LoopStatus as LoopState } from './background/loop';
import { GatewayError } from './errors';
import { maskText } from './observability/mask';
import type { Runtime } from './runtime';
import type { UpstreamLook } from './upstream-probe';
import { dayZone } from './usage/day';

/** With less, something has to be done. */
export const leastFreeBytes = 500_000_000; // a dozen long videos
const largestClockOffsetMs = 60_000; // tokens live an hour: a minute is noticed, and does no harm yet
const patienceMs = 5_000;

type Needs = Pick<Runtime, 'db' | 'env' | 'instanceId' | 'media' | 'now' | 'settings' | 'upstreamProbe'>;

/** What the console's system page shows. What cannot be known is null. */
export async function readSystem(runtime: Needs): Promise<SystemView> {
  const { db, env, instanceId, media, now } = runtime;
  const disk = await readDisk(env.dataDir);
  const [sizeBytes, migrations, look, ...checks] = await Promise.all([
    readDatabaseSize(db).catch(() => undefined),
    listMigrations(db, migrationsFolder),
    runtime.upstreamProbe.look(),
    check(now, 'database', () => probeWrite(db)),
    check(now, 'media', async () => {
      if (!(await media.writable())) throw new Error('The media store cannot be written.');
    }),
    check(now, 'disk', async () => {
      if (disk !== undefined && disk.free_bytes < leastFreeBytes) throw new Error('The disk is nearly full.');
    }),
  ]);
  const uptimeSeconds = Math.floor(process.uptime());
  return {
    version: packageFacts.version,
    commit: env.build.commit ?? null,
    built_at: env.build.at ?? null,
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
      path: placeOf(env.databaseUrl),
      migrations: migrations.map(({ id, name, isPending, appliedAt, durationMs }) => ({
        id,
        name,
        pending: isPending,
        applied_at: appliedAt?.toISOString() ?? null,
        duration_ms: durationMs ?? null,
      })),
    },
    disk: disk ?? null,
    clock_offset_ms: look.clockOffsetMs ?? null,
    checks: [...checks, ...checksOf(look)],
  };
}

/** Where the database is, without its user and password. */
function placeOf(target: Runtime['env']['databaseUrl']): string {
  if (target.dialect === 'sqlite') return target.file;
  const { hostname, port, pathname } = new URL(target.url);
  return `${hostname}${port === '' ? '' : `:${port}`}${pathname}`;
}

function checksOf({ at, durationMs, fault, clockOffsetMs }: UpstreamLook): Check[] {
  const common = { checked_at: at.toISOString(), duration_ms: durationMs };
  const upstream: Check = { ...common, name: 'upstream', ok: fault === undefined, message: fault ?? null };
  if (clockOffsetMs === undefined) return [upstream];
  const ok = Math.abs(clockOffsetMs) <= largestClockOffsetMs;
  const seconds = Math.round(Math.abs(clockOffsetMs) / 1_000);
  const message = `The clock of this machine is ${seconds} seconds ${clockOffsetMs > 0 ? 'behind' : 'ahead of'} that of the upstream.`;
  return [upstream, { ...common, name: 'clock', ok, message: ok ? null : message }];
}

/** The system as text for somebody who helps: which settings are changed, but no value that could tell a secret. */
export async function describeSystem(runtime: Needs & Pick<Runtime, 'loops'>): Promise<string> {
  const [system, loops] = await Promise.all([readSystem(runtime), listLoops(runtime)]);
  const sources = runtime.settings.sources();
  const { database, disk } = system;
  const unknown = 'unknown';
  const lines = [
    `Flow2API ${system.version} (commit ${system.commit ?? unknown}, built ${system.built_at ?? unknown})`,
    `At ${system.now}, up ${system.uptime_seconds} s, instance ${system.instance_id}`,
    `Node ${system.node} on ${system.platform}, ${Math.round(system.memory_bytes / 1_000_000)} MB in memory, time zone ${system.time_zone}`,
    `Database ${database.dialect}, ${database.size_bytes ?? unknown} bytes, ${database.migrations.filter(({ pending }) => pending).length} migrations pending, last ${database.migrations.at(-1)?.name ?? 'none'}`,
    `Disk ${disk === null ? unknown : `${disk.free_bytes} of ${disk.total_bytes} bytes free`}, upstream clock ${system.clock_offset_ms ?? unknown} ms ahead`,
    '',
    'Checks',
    ...system.checks.map(
      ({ name, ok, duration_ms, message }) =>
        `  ${name}: ${ok ? 'ok' : 'FAILED'} in ${duration_ms} ms${message === null ? '' : ` (${message})`}`,
    ),
    '',
    'Background loops',
    ...loops.map(
      ({ name, running, last_run_at, duration_ms, next_run_at, last_error }) =>
        `  ${name}: ${running ? 'running' : 'waiting'}, last ${last_run_at ?? 'never'} (${duration_ms ?? '-'} ms), next ${next_run_at ?? '-'}${last_error === null ? '' : `, last error: ${last_error.message}`}`,
    ),
    '',
    'Settings that are not at their default',
    ...settingKeys.filter((key) => sources[key] !== 'default').map((key) => `  ${key} (${sources[key]})`),
  ];
  return maskText(`${lines.join('\n')}\n`);
}

type Check = SystemView['checks'][number];

async function check(now: () => Date, name: Check['name'], look: () => Promise<void>): Promise<Check> {
  const at = now();
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
  return {
    name,
    ok: message === null,
    checked_at: at.toISOString(),
    duration_ms: Math.round(performance.now() - startedMs),
    message,
  };
}

/** `undefined` where the system does not tell. */
export async function readDisk(
  folder: string,
): Promise<{ free_bytes: number; total_bytes: number } | undefined> {
  try {
    const { bavail, blocks, bsize } = await statfs(/* turbopackIgnore: true */ folder);
    return { free_bytes: bavail * bsize, total_bytes: blocks * bsize };
  } catch {
    return undefined;
  }
}

/** How every loop is doing; those of the whole installation as whichever process ran them last has written down. */
export async function listLoops({
  db,
  loops,
  now,
}: Pick<Runtime, 'db' | 'loops' | 'now'>): Promise<LoopStatus[]> {
  const [runs, underWay] = await Promise.all([listLoopRuns(db), listLoopsUnderWay(db, now())]);
  return loops.map((loop) => toLoopStatus(loop.status(), runs.get(loop.name), underWay.has(loop.name)));
}

/** Runs a loop at once and says how it went. Throws `not_found`. */
export async function runLoop(
  runtime: Pick<Runtime, 'loops' | 'db' | 'now' | 'log'>,
  name: string,
  actor: Actor,
): Promise<{ ran: boolean; loop: LoopStatus }> {
  const wanted = runtime.loops.find((known) => known.name === name);
  if (wanted === undefined) throw new GatewayError('not_found', 'There is no background loop of this name.');
  await writeAudit(runtime, { action: 'loop.run', object: name, ...actor });
  const ran = await wanted.runNow();
  const [loop] = await listLoops({ ...runtime, loops: [wanted] });
  if (loop === undefined) throw new Error('a loop has no status');
  return { ran, loop };
}

function toLoopStatus(status: LoopState, run: LoopRunRow | undefined, isUnderWay: boolean): LoopStatus {
  const { name, description, scope, everyMs } = status;
  const common = { name, description, scope, every_ms: everyMs };
  const isNewer = run !== undefined && (status.lastRunAt === undefined || run.startedAt >= status.lastRunAt);
  if (scope === 'process' || !isNewer) {
    return {
      ...common,
      running: status.running || isUnderWay,
      last_run_at: status.lastRunAt?.toISOString() ?? null,
      duration_ms: status.durationMs ?? null,
      next_run_at: status.nextRunAt?.toISOString() ?? null,
      last_error:
        status.lastError === undefined
          ? null
          : { at: status.lastError.at.toISOString(), message: status.lastError.message },
    };
  }
  return {
    ...common,
    running: status.running || isUnderWay,
    last_run_at: run.startedAt.toISOString(),
    duration_ms: run.durationMs,
    next_run_at: run.nextAt.toISOString(),
    last_error:
      run.error === null ? null : { at: (run.errorAt ?? run.startedAt).toISOString(), message: run.error },
  };
}
