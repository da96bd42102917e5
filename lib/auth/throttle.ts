import { changeTries, forgetTries, pruneTries, readTries, type Tries } from '@/db/repositories/tries';
import type { Runtime } from '../runtime';
import {
  type Attempt,
  countedKeys,
  countSuccess,
  countTry,
  keysOf,
  type Ruling,
  rule,
  type TryKeys,
  triesPrefix,
} from './throttle-rules';

// Comparing a password takes tens of milliseconds of the one thread that also serves everything else.
const maxAtOnce = 9;
const restMs = 50;
const busySeconds = 2;

const maxRemembered = 10_000;
const pruneEveryMs = 60_000;

/** What an attempt came to: what its work gave, or the seconds after which the next may be made. */
type Attempted<T> = { outcome: 'done'; value: T } | { outcome: 'throttled'; retryAfterSeconds: number };

/** Counts tries to sign in by address, by name and address, and by name. */
export type SignInThrottle = {
  /**
   * Counts the try and does `compare` when its turn comes: one at a time, with a rest in between, known addresses first.
   * Counting comes before comparing, so that tries made at the same moment do not all pass. What is refused because too
   * many passwords wait to be compared is not counted.
   */
  attempt<T>(attempt: Attempt, compare: () => Promise<T>): Promise<Attempted<T>>;
  /** The try was right: forgets what was counted against it, and the address is known under the name from now on. */
  succeed(attempt: Attempt): Promise<void>;
};

/**
 * Keeps its counts in the database: all replicas count together, and a restart forgives nothing. Passwords wait for
 * their turn in each process by itself.
 */
export function createSignInThrottle({
  db,
  now,
  log,
  secrets,
}: Pick<Runtime, 'db' | 'now' | 'log' | 'secrets'>): SignInThrottle {
  const queue = makeQueue();
  let places = 0;
  let prunedAt = 0;
  const keysFor = (attempt: Attempt) => keysOf(attempt, (text) => secrets.fingerprint(`sign-in ${text}`));
  const throttled = (retryAfterSeconds: number) => ({ outcome: 'throttled', retryAfterSeconds }) as const;

  /** Counts the try, unless another process has locked it meanwhile. */
  async function count(keys: TryKeys, isKnown: boolean): Promise<Ruling> {
    const at = now();
    const counted = countedKeys(keys, isKnown);
    const ruling = await changeTries(db, { keys: counted, now: at }, (found) => {
      const result = rule(found, keys, at);
      const changes = result.outcome === 'locked' ? new Map<string, Tries>() : countTry(found, counted, at);
      return { changes, result };
    });
    await prune(at);
    return ruling;
  }

  /** Strangers must not fill the table. */
  async function prune(at: Date) {
    if (at.getTime() - prunedAt < pruneEveryMs) return;
    prunedAt = at.getTime();
    try {
      await pruneTries(db, { prefix: triesPrefix, now: at, keep: maxRemembered });
    } catch (error) {
      log.warn({ err: error }, 'old tries to sign in were not removed');
    }
  }

  return {
    async attempt(attempt, compare) {
      const keys = keysFor(attempt);
      const at = now();
      const first = rule(await readTries(db, { keys: Object.values(keys), now: at }), keys, at);
      if (first.outcome === 'locked') return throttled(first.retryAfterSeconds);
      if (!first.isKnown && places >= maxAtOnce) return throttled(busySeconds);
      places += 1;
      try {
        const ruling = await count(keys, first.isKnown);
        if (ruling.outcome === 'locked') return throttled(ruling.retryAfterSeconds);
        return { outcome: 'done', value: await queue.add(compare, { isFirst: first.isKnown }) };
      } finally {
        places -= 1;
      }
    },
    async succeed(attempt) {
      const keys = keysFor(attempt);
      const { name, known, pair, address } = keys;
      const at = now();
      await changeTries(db, { keys: name === undefined ? [known] : [name, known], now: at }, (found) => ({
        changes: countSuccess(found, keys, at),
        result: undefined,
      }));
      await forgetTries(db, address === undefined ? [pair] : [pair, address]);
    },
  };
}

/** One piece of work at a time. Between two of them the thread is free for a while, however many wait. */
function makeQueue() {
  const waiting: (() => Promise<void>)[] = [];
  let isBusy = false;
  const run = async () => {
    isBusy = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await next();
      await new Promise((done) => setTimeout(done, restMs));
    }
    isBusy = false;
  };
  return {
    add: <T>(work: () => Promise<T>, { isFirst }: { isFirst: boolean }): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        const turn = () => work().then(resolve, reject);
        if (isFirst) waiting.unshift(turn);
        else waiting.push(turn);
        if (!isBusy) void run();
      }),
  };
}
