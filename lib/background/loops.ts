import { pruneAccountDays } from '@/db/repositories/account-days';
import { pruneSessions } from '@/db/repositories/administrators';
import { pruneAuditEntries } from '@/db/repositories/audit';
import { pruneHealthChanges } from '@/db/repositories/health-changes';
import { pruneRequestLogs } from '@/db/repositories/request-logs';
import { pruneSamples } from '@/db/repositories/samples';
import { pruneIdempotencyRecords } from '@/db/repositories/submissions';
import { pruneUpstreamCalls } from '@/db/repositories/upstream-calls';
import { pruneUsage } from '@/db/repositories/usage-hours';
import { refreshDueAccess } from '../accounts/access-token';
import { endCooldowns } from '../accounts/cooldowns';
import { refreshDueCredits } from '../accounts/credits';
import { finishRemoval } from '../accounts/finish-removal';
import { runConsoleTasks } from '../console-tasks';
import { endHopelessJobs } from '../generation/orphans';
import { rememberedMs } from '../generation/repeats';
import { pruneUploads } from '../generation/uploads';
import { cleanMedia, forgetLostFiles } from '../media/cleanup';
import { renewReading } from '../media/reading';
import { type Prune, pruneAll } from '../observability/prune';
import type { Runtime } from '../runtime';
import { sampleHour, sampleMinute } from '../samples';
import { countUsage } from '../usage/count';
import { type Loop, type LoopDefinition, startLoop } from './loop';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const dayMs = 24 * hour;

/** Every loop: its name, its pause, and whether one process of the installation does it or each. */
const table = (runtime: Runtime): LoopDefinition[] => [
  {
    name: 'refresh-access',
    description: 'Renews the access tokens of accounts before they end.',
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
    description: 'Puts accounts back to work when their cool-down or their block is over.',
    everyMs: () => 10 * second,
    scope: 'cluster',
    run: async () => {
      await endCooldowns(runtime);
    },
  },
  {
    name: 'remove-accounts',
    description: 'Deletes accounts that are being removed once their last jobs have ended.',
    everyMs: () => minute, // the end of its last job does it; this is for what a crash left behind
    scope: 'process', // one statement, which does no harm where several processes make it
    run: async () => {
      await finishRemoval(runtime);
    },
  },
  {
    name: 'run-tasks',
    description: 'Works on imports and on work for many accounts or files.',
    everyMs: () => second,
    scope: 'process', // each task has a lease of its own
    run: (signal) => runConsoleTasks(runtime, signal),
  },
  {
    name: 'end-hopeless-jobs',
    description: 'Ends jobs that nobody can go on with, and reports those that nobody attends.',
    everyMs: () => minute,
    scope: 'cluster',
    run: async () => {
      const { unattended } = await endHopelessJobs(runtime);
      if (unattended > 0) throw new Error(`${unattended} running jobs are attended by nobody`);
    },
  },
  {
    name: 'sample-minute',
    description: 'Records the length of the queue and what is in flight, for charts.',
    everyMs: () => minute,
    scope: 'cluster',
    run: () => sampleMinute(runtime),
  },
  {
    name: 'sample-hour',
    description: 'Records the credits of every account, for charts.',
    everyMs: () => 10 * minute, // an hour that is recorded already is left alone
    scope: 'cluster',
    run: () => sampleHour(runtime),
  },
  {
    name: 'count-usage',
    description: 'Adds jobs that have ended to the usage numbers of their hour and their day.',
    everyMs: () => 10 * second,
    scope: 'cluster',
    run: async (signal) => {
      await countUsage(runtime, signal);
    },
  },
  {
    name: 'clean-media',
    description: 'Removes files that are past their lifetime or above the size cap.',
    everyMs: () => 5 * minute,
    scope: 'cluster',
    run: async () => {
      await cleanMedia(runtime);
    },
  },
  {
    name: 'forget-lost-files',
    description: 'Notes which stored files are gone although nobody here removed them.',
    everyMs: () => hour,
    scope: 'cluster',
    run: async () => {
      await forgetLostFiles(runtime);
    },
  },
  {
    name: 'renew-reading',
    description: 'Keeps files that are being sent from being removed.',
    everyMs: () => 30 * second,
    scope: 'process',
    run: () => renewReading(runtime),
  },
  {
    name: 'prune-records',
    description: 'Removes logs, audit entries, samples and usage numbers past their retention.',
    everyMs: () => hour,
    scope: 'cluster',
    run: (signal) => pruneRecords(runtime, signal),
  },
  {
    name: 'end-debug-file',
    description: 'Switches the debug file off after its time.',
    everyMs: () => 30 * second,
    scope: 'process',
    run: async () => {
      await runtime.debugFile.endIfOver();
    },
  },
  {
    name: 'reload-settings', // what another process saved counts here within a second or so
    description: 'Takes over settings that another process has saved.',
    everyMs: () => (runtime.db.dialect === 'postgres' ? second : minute),
    scope: 'process',
    run: () => runtime.settings.reload(),
  },
];

function refreshCreditsLoop(runtime: Runtime): LoopDefinition {
  const failedAt = new Map<string, number>();
  return {
    name: 'refresh-credits',
    description: 'Asks upstream for the credits of accounts whose number has become old.',
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
  const all = async (days: number, prunes: Prune[]) => {
    if (days === 0) return;
    const before = new Date(now().getTime() - days * dayMs);
    for (const prune of prunes) await pruneAll(prune, before, signal);
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
    async ({ before, limit }) => ((await pruneUsage(db, before)) ? limit : 0),
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
