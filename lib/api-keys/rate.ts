import { RateLimiterMemory } from 'rate-limiter-flexible';
import { countRequest, pruneRequestCounts } from '@/db/repositories/usage';
import type { Runtime } from '../runtime';

/** Counts the requests of each key in windows of a minute that begin with the first request in them. */
export type RequestRate = {
  /** Counts one more; gives how many there are now, this one included, and when the window ends. */
  count(keyId: string): Promise<{ count: number; endsAt: Date }>;
};

const windowSeconds = 60;
const pruneEveryMs = 10 * 60_000;

/** In memory where one process serves the database, in the database where several share it. */
export const makeRequestRate = (runtime: Pick<Runtime, 'db' | 'now' | 'log'>): RequestRate =>
  runtime.db.dialect === 'sqlite' ? rateInMemory(runtime) : rateInDatabase(runtime);

function rateInMemory({ now }: Pick<Runtime, 'now'>): RequestRate {
  const counter = new RateLimiterMemory({ points: 1, duration: windowSeconds });
  return {
    async count(keyId) {
      // Unlike `consume`, it leaves the comparison to us: every key has a limit of its own.
      const { consumedPoints, msBeforeNext } = await counter.penalty(keyId, 1);
      return { count: consumedPoints, endsAt: new Date(now().getTime() + msBeforeNext) };
    },
  };
}

function rateInDatabase({ db, now, log }: Pick<Runtime, 'db' | 'now' | 'log'>): RequestRate {
  let prunedAt = now().getTime();
  return {
    count(keyId) {
      const at = now();
      if (at.getTime() - prunedAt > pruneEveryMs) {
        prunedAt = at.getTime();
        pruneRequestCounts(db, at).catch((error: unknown) => {
          log.warn({ err: error }, 'the request counts of past minutes were not removed');
        });
      }
      return countRequest(db, { key: keyId, now: at, windowMs: windowSeconds * 1_000 });
    },
  };
}
