import { LRUCache } from 'lru-cache';

type Rule = {
  /** So many tries are free of delay. */
  freeTries: number;
  firstDelayMs: number;
  /** The delay doubles up to here. */
  maxDelayMs: number;
};

/** A name is locked for a minute at most, so that a stranger who guesses cannot keep its owner out. */
const userRule: Rule = { freeTries: 5, firstDelayMs: 5_000, maxDelayMs: 60_000 };
const addressRule: Rule = { freeTries: 10, firstDelayMs: 5_000, maxDelayMs: 15 * 60_000 };

const forgetAfterMs = 3_600_000;
const maxRemembered = 10_000;

type Tries = { count: number; lockedUntil: number; lastAt: number };

/** Who tries to sign in. Without an address, which only a server that was started in an unusual way lacks, names count alone. */
export type Attempt = { username: string; address: string | undefined };

/** Counts failed sign-ins by user name and by address. */
export type SignInThrottle = {
  /**
   * Counts a try and says whether it may go on; `undefined` when it may, else the seconds to wait. Counting comes before
   * the password is compared, so that tries made at the same moment do not all pass.
   */
  begin(attempt: Attempt, now: Date): number | undefined;
  /** The try was right: forgets what was counted against it. */
  succeed(attempt: Attempt): void;
};

/**
 * Keeps its counts in this process: a restart forgets them, and every replica counts for itself. That slows guessing
 * down by the number of replicas at most, which a password of 12 characters bears.
 */
export function createSignInThrottle(): SignInThrottle {
  const users = new LRUCache<string, Tries>({ max: maxRemembered });
  const addresses = new LRUCache<string, Tries>({ max: maxRemembered });
  return {
    begin(attempt, now) {
      const at = now.getTime();
      const counters = [
        { tries: users, key: userKey(attempt), rule: userRule },
        ...(attempt.address === undefined
          ? []
          : [{ tries: addresses, key: attempt.address, rule: addressRule }]),
      ];
      const lockedUntil = Math.max(
        ...counters.map(({ tries, key }) => current(tries.get(key), at).lockedUntil),
      );
      if (lockedUntil > at) return Math.ceil((lockedUntil - at) / 1_000);
      for (const { tries, key, rule } of counters)
        tries.set(key, counted(current(tries.get(key), at), rule, at));
      return undefined;
    },
    succeed(attempt) {
      users.delete(userKey(attempt));
      if (attempt.address !== undefined) addresses.delete(attempt.address);
    },
  };
}

const userKey = ({ username }: Attempt) => username.trim().toLowerCase();

const current = (tries: Tries | undefined, at: number): Tries =>
  tries === undefined || tries.lastAt + forgetAfterMs < at ? { count: 0, lockedUntil: 0, lastAt: at } : tries;

function counted(tries: Tries, rule: Rule, at: number): Tries {
  const count = tries.count + 1;
  const beyond = count - rule.freeTries;
  if (beyond < 0) return { count, lockedUntil: 0, lastAt: at };
  return { count, lockedUntil: at + Math.min(rule.firstDelayMs * 2 ** beyond, rule.maxDelayMs), lastAt: at };
}
