import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';

type Rule = {
  /** So many tries are free of delay. */
  freeTries: number;
  firstDelayMs: number;
  /** The delay doubles up to here. */
  maxDelayMs: number;
};

/** A name tried from one address. A minute at most: behind a proxy that is not known as one, strangers share the owner's. */
const pairRule: Rule = { freeTries: 5, firstDelayMs: 5_000, maxDelayMs: 60_000 };
const addressRule: Rule = { freeTries: 10, firstDelayMs: 5_000, maxDelayMs: 15 * 60_000 };

/**
 * A name tried from many addresses is only slowed: a lock would let a stranger keep its owner out. An address that has
 * signed in under the name does not even wait.
 */
const nameFreeTries = 20;
const nameStepMs = 250;
const nameMaxMs = 3_000;

const forgetAfterMs = 3_600_000;
const knownForMs = 30 * 86_400_000;
const maxRemembered = 10_000;

/** Longer names belong to nobody; they are wrong before anything is counted or kept. */
export const maxUsernameLength = 64;

// Comparing a password takes tens of milliseconds of the one thread that also serves everything else.
const maxWaiting = 8;
const restMs = 50;
const busySeconds = 2;

type Tries = { count: number; lockedUntil: number; lastAt: number };

/** Who tries to sign in. Without an address, which only a server that was started in an unusual way lacks, names count alone. */
export type Attempt = { username: string; address: string | undefined };

/** Counts failed sign-ins by address, by name and address, and by name. */
export type SignInThrottle = {
  /** How long the answer is to be held back, in milliseconds, because the name is tried from everywhere. Before `begin`. */
  slowdownMs(attempt: Attempt, now: Date): number;
  /**
   * Counts a try and says whether it may go on; `undefined` when it may, else the seconds to wait. Counting comes before
   * the password is compared, so that tries made at the same moment do not all pass. What is refused because too many
   * passwords wait to be compared is not counted.
   */
  begin(attempt: Attempt, now: Date): number | undefined;
  /** Does the work when its turn comes: one at a time, with a rest in between, known addresses first. Right after `begin`. */
  inTurn<T>(attempt: Attempt, work: () => Promise<T>): Promise<T>;
  /** The try was right: forgets what was counted against it. */
  succeed(attempt: Attempt): void;
};

/**
 * Keeps its counts in this process: a restart forgets them, and every replica counts for itself. That slows guessing
 * down by the number of replicas at most, which a password of 12 characters bears.
 */
export function createSignInThrottle(): SignInThrottle {
  const remember = () => new LRUCache<string, Tries>({ max: maxRemembered, ttl: forgetAfterMs });
  const [names, pairs, addresses] = [remember(), remember(), remember()];
  const known = new LRUCache<string, true>({ max: maxRemembered, ttl: knownForMs });
  const queue = makeQueue();

  const locksOf = (attempt: Attempt) => [
    { tries: pairs, key: pairKey(attempt), rule: pairRule },
    ...(attempt.address === undefined
      ? []
      : [{ tries: addresses, key: addressKey(attempt.address), rule: addressRule }]),
  ];
  const lockedUntil = (attempt: Attempt, at: number) =>
    Math.max(...locksOf(attempt).map(({ tries, key }) => current(tries.get(key), at).lockedUntil));

  return {
    slowdownMs(attempt, now) {
      const at = now.getTime();
      if (known.has(pairKey(attempt)) || lockedUntil(attempt, at) > at) return 0;
      const beyond = current(names.get(nameKey(attempt)), at).count - nameFreeTries;
      return Math.min(Math.max(0, beyond) * nameStepMs, nameMaxMs);
    },
    begin(attempt, now) {
      const at = now.getTime();
      const until = lockedUntil(attempt, at);
      if (until > at) return Math.ceil((until - at) / 1_000);
      const isKnown = known.has(pairKey(attempt));
      if (!isKnown && queue.waiting() >= maxWaiting) return busySeconds;
      for (const { tries, key, rule } of locksOf(attempt))
        tries.set(key, counted(current(tries.get(key), at), rule, at));
      const name = current(names.get(nameKey(attempt)), at);
      names.set(nameKey(attempt), { ...name, count: name.count + 1, lastAt: at });
      return undefined;
    },
    inTurn: (attempt, work) => queue.add(work, { isFirst: known.has(pairKey(attempt)) }),
    succeed(attempt) {
      known.set(pairKey(attempt), true);
      for (const { tries, key } of locksOf(attempt)) tries.delete(key);
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
    waiting: () => waiting.length,
    add: <T>(work: () => Promise<T>, { isFirst }: { isFirst: boolean }): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        const turn = () => work().then(resolve, reject);
        if (isFirst) waiting.unshift(turn);
        else waiting.push(turn);
        if (!isBusy) void run();
      }),
  };
}

// Keys are of one short length, whatever was typed.
const keyOf = (...parts: string[]) => createHash('sha256').update(parts.join('\n')).digest('base64');
const spelled = ({ username }: Attempt) => username.trim().toLowerCase();
const nameKey = (attempt: Attempt) => keyOf('name', spelled(attempt));
const pairKey = (attempt: Attempt) =>
  keyOf('pair', spelled(attempt), attempt.address === undefined ? '' : networkOf(attempt.address));
const addressKey = (address: string) => keyOf('address', networkOf(address));

/** What one customer of a provider has: an IPv4 address, or a /64 of IPv6. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString();
}

const current = (tries: Tries | undefined, at: number): Tries =>
  tries === undefined || tries.lastAt + forgetAfterMs < at ? { count: 0, lockedUntil: 0, lastAt: at } : tries;

function counted(tries: Tries, rule: Rule, at: number): Tries {
  const count = tries.count + 1;
  const beyond = count - rule.freeTries;
  if (beyond < 0) return { count, lockedUntil: 0, lastAt: at };
  return { count, lockedUntil: at + Math.min(rule.firstDelayMs * 2 ** beyond, rule.maxDelayMs), lastAt: at };
}
