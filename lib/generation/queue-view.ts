import { LRUCache } from 'lru-cache';
import type { Database } from '@/db/client';
import { countUnfinished, listQueuePositions, recentDurations } from '@/db/repositories/jobs';
import type { Job } from './job';
import { median } from './progress';

/** The queue as its waiting readers see it: looked at once for all of them, not once for each. */
export type QueueView = {
  /** About how long until one of the waiting jobs has left, in whole seconds; `undefined` without a history to tell by. */
  secondsPerJob(specId: string): Promise<number | undefined>;
  /** About how long a job that joins the queue now waits, in whole seconds; `undefined` without a history to tell by. */
  secondsForNew(specId: string): Promise<number | undefined>;
  /** Place of a queued job, and about how long it waits if jobs go on ending as they did; `undefined` once it has left. */
  placeOf(
    job: Pick<Job, 'id' | 'specId'>,
  ): Promise<{ position: number; estimateSeconds?: number } | undefined>;
};

const freshMs = 2_000;
const historyFreshMs = 30_000;
const historySize = 20;

/** Makes the view of a process. */
export function makeQueueView({ db, now }: { db: Database; now: () => Date }): QueueView {
  let seen: { at: number; queue: Promise<{ positions: Map<string, number>; running: number }> } | undefined;
  const typical = new LRUCache<string, Promise<{ ms: number | undefined }>>({
    max: 500,
    ttl: historyFreshMs,
  });

  const look = async () => {
    const [positions, { running }] = await Promise.all([listQueuePositions(db), countUnfinished(db)]);
    return { positions, running };
  };
  const typicalOf = (specId: string) => {
    const known = typical.get(specId);
    if (known !== undefined) return known;
    const found = recentDurations(db, specId, historySize).then((durations) => ({ ms: median(durations) }));
    typical.set(specId, found);
    found.then(
      // The first run of a model is told of soon after it.
      ({ ms }) => ms === undefined && typical.set(specId, found, { ttl: freshMs }),
      () => typical.delete(specId),
    );
    return found;
  };

  const lookNow = () => {
    const at = now().getTime();
    if (seen === undefined || at - seen.at >= freshMs) {
      seen = { at, queue: look() };
      seen.queue.catch(() => {
        seen = undefined;
      });
    }
    return seen.queue;
  };

  return {
    async secondsPerJob(specId) {
      const [{ running }, { ms }] = await Promise.all([lookNow(), typicalOf(specId)]);
      return ms === undefined ? undefined : Math.max(1, Math.ceil(ms / Math.max(1, running) / 1_000));
    },
    async secondsForNew(specId) {
      const [{ positions, running }, { ms }] = await Promise.all([lookNow(), typicalOf(specId)]);
      if (ms === undefined) return undefined;
      return Math.max(1, Math.ceil(((positions.size + 1) * ms) / Math.max(1, running) / 1_000));
    },
    async placeOf(job) {
      const [{ positions, running }, { ms }] = await Promise.all([lookNow(), typicalOf(job.specId)]);
      const position = positions.get(job.id);
      if (position === undefined || ms === undefined)
        return position === undefined ? undefined : { position };
      return { position, estimateSeconds: Math.ceil((position * ms) / Math.max(1, running) / 1_000) };
    },
  };
}
