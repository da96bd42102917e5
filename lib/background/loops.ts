import { pruneSessions } from '@/db/repositories/administrators';
import { pruneRequestLogs } from '@/db/repositories/request-logs';
import { refreshDueAccess } from '../accounts/access-token';
import { cleanMedia } from '../media/cleanup';
import type { Runtime } from '../runtime';
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
  {
    name: 'clean-media',
    everyMs: () => 5 * minute,
    scope: 'cluster',
    run: async () => {
      await cleanMedia(runtime);
    },
  },
  {
    name: 'prune-records',
    everyMs: () => hour,
    scope: 'cluster',
    run: async (signal) => {
      const now = runtime.now();
      await pruneSessions(runtime.db, now);
      const days = runtime.settings.current()['log.retention_days'];
      if (days === 0) return;
      const before = new Date(now.getTime() - days * dayMs);
      while (
        !signal.aborted &&
        (await pruneRequestLogs(runtime.db, { before, limit: prunedAtATime })) === prunedAtATime
      );
    },
  },
  {
    name: 'reload-settings',
    everyMs: () => 5 * second,
    scope: 'process',
    run: () => runtime.settings.reload(),
  },
];

/** Starts every loop of the table; they end with the process. */
export function startLoops(runtime: Runtime): Loop[] {
  const { db, instanceId, now, log, life } = runtime;
  const loops = table(runtime).map((definition) =>
    startLoop(definition, { db, instanceId, now, log, signal: life.signal }),
  );
  life.onShutdown('loops', async () => {
    await Promise.all(loops.map((loop) => loop.stop()));
  });
  return loops;
}
