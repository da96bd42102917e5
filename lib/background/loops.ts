import { pruneAccountDays } from '@/db/repositories/account-days';
import { pruneSessions } from '@/db/repositories/administrators';
import { pruneAuditEntries } from '@/db/repositories/audit';
import { pruneHealthChanges } from '@/db/repositories/health-changes';
import { pruneRequestLogs } from '@/db/repositories/request-logs';
import { pruneSamples } from '@/db/repositories/samples';
import { pruneIdempotencyRecords } from '@/db/repositories/submissions';
import { pruneUpstreamCalls } from '@/db/repositories/upstream-calls';
import { refreshDueAccess } from '../accounts/access-token';
import { runAccountTasks } from '../accounts/bulk';
import { endCooldowns } from '../accounts/cooldowns';
import { refreshDueCredits } from '../accounts/credits';
import { sweepRemovedAccounts } from '../accounts/remove';
import { endHopelessJobs } from '../generation/orphans';
import { rememberedMs } from '../generation/repeats';
import { pruneUploads } from '../generation/uploads';
import { cleanMedia, forgetLostFiles } from '../media/cleanup';
import { renewReading } from '../media/reading';
import type { Runtime } from '../runtime';
import { sampleHour, sampleMinute } from '../samples';
import { type Loop, type LoopDefinition, startLoop } from './loop';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const dayMs = 24 * hour;
const prunedAtATime = 5_000;

/** Every loop: its name, its pause, and whether one process of the installation does it or each. */
const table = (runtime: Runtime): LoopDefinition[] => [
  {
    name: 'refresh-access',
    everyMs: () => minute,
    scope: 'cluster',
    run: async (signal) => {
      const { failed } = await refreshDueAccess(runtime, signal);
      if (failed > 0) throw new Error(`${failed} access tokens could not be renewed`);
    },
  },
  refreshCreditsLoop(runtime),
  {
    name: 'end-cooldowns',
    everyMs: () => 10 * second,
    scope: 'cluster',
    run: async () => {
      await endCooldowns(runtime);
    },
  },
  {
    name: 'remove-accounts',
    everyMs: () => 5 * second,
    scope: 'process', // one statement, which does no harm where several processes make it
    run: async () => {
      await sweepRemovedAccounts(runtime);
    },
  },
  {
    name: 'run-tasks',
    everyMs: () => second,
    scope: 'process', // each task has a lease of its own
    run: (signal) => runAccountTasks(runtime, signal),
  },
  {
    name: 'end-hopeless-jobs',
    everyMs: () => minute,
    scope: 'cluster',
    run: async () => {
      const { unattended } = await endHopelessJobs(runtime);
      if (unattended > 0) throw new Error(`${unattended} running jobs are attended by nobody`);
    },
  },
  {
    name: 'sample-minute',
    everyMs: () => minute,
    scope: 'cluster',
    run: () => sampleMinute(runtime),
  },
  {
    name: 'sample-hour',
    everyMs: () => 10 * minute, // an hour that is recorded already is left alone
    scope: 'cluster',
    run: () => sampleHour(runtime),
  },
  {
    name: 'clean-media',
    everyMs: () => 5 * minute,
    scope: 'cluster',
    run: async () => {
      await cleanMedia(runtime);
    },
  },
  {
    name: 'forget-lost-files',
    everyMs: () => hour,
    scope: 'cluster',
    run: async () => {
      await forgetLostFiles(runtime);
    },
  },
  {
    name: 'renew-reading',
    everyMs: () => 30 * second,
    scope: 'process',
    run: () => renewReading(runtime),
  },
  {
    name: 'prune-records',
    everyMs: () => hour,
    scope: 'cluster',
    run: (signal) => pruneRecords(runtime, signal),
  },
  {
    name: 'end-debug-file',
    everyMs: () => 30 * second,
    scope: 'process',
    run: async () => {
      await runtime.debugFile.endIfOver();
    },
  },
  {
    name: 'reload-settings',
    everyMs: () => 5 * second,
    scope: 'process',
    run: () => runtime.settings.reload(),
  },
];

function refreshCreditsLoop(runtime: Runtime): LoopDefinition {
  const failedAt = new Map<string, number>();
  return {
    name: 'refresh-credits',
    everyMs: () => minute, // so that an account that ran out is asked soon; how old a number may become is a setting
    scope: 'cluster',
    run: async (signal) => {
      const { failed } = await refreshDueCredits(runtime, signal, failedAt);
      if (failed > 0) throw new Error(`the credits of ${failed} accounts could not be asked for`);
    },
  };
}

/** Removes what is older than the settings keep it. */
async function pruneRecords({ db, now, settings }: Runtime, signal: AbortSignal): Promise<void> {
  await pruneSessions(db, now());
  await pruneUploads({ db, now, settings });
  const current = settings.current();
  const all = async (
    days: number,
    prunes: ((want: { before: Date; limit: number }) => Promise<number>)[],
  ) => {
    if (days === 0) return;
    const before = new Date(now().getTime() - days * dayMs);
    for (const prune of prunes) {
      while (!signal.aborted && (await prune({ before, limit: prunedAtATime })) === prunedAtATime);
    }
  };
  await all(rememberedMs / dayMs, [(want) => pruneIdempotencyRecords(db, want)]);
  await all(current['log.retention_days'], [
    (want) => pruneRequestLogs(db, want),
    (want) => pruneUpstreamCalls(db, want),
  ]);
  await all(current['log.audit_retention_days'], [(want) => pruneAuditEntries(db, want)]);
  await all(current['log.sample_retention_days'], [
    (want) => pruneSamples(db, want),
    (want) => pruneHealthChanges(db, want),
    async ({ before }) => {
      await pruneAccountDays(db, before.toISOString().slice(0, 10));
      return 0;
    },
  ]);
}

/** Starts every loop of the table; they end with the process. */
export function startLoops(runtime: Runtime): Loop[] {
  const { db, instanceId, now, log, life } = runtime;
  const loops = table(runtime).map((definition) =>
    startLoop(definition, { db, instanceId, now, log, signal: life.signal }),
  );
  runtime.loops.push(...loops);
  life.onShutdown('loops', async () => {
    await Promise.all(loops.map((loop) => loop.stop()));
  });
  return loops;
}
