import ipaddr from 'ipaddr.js';
import type { Tries } from '@/db/repositories/tries';

/** Who tries to sign in. Without an address, which only a server that was started in an unusual way lacks, names count alone. */
export type Attempt = {
  username: string;
  address: string | undefined;
  /** False: the name is nobody's, so that only each address by itself is limited. */
  acrossAddresses?: false;
};

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
 * A name tried from many addresses, which together have one try a minute in the end. It holds for addresses that have not
 * signed in under the name lately: strangers can make its owner wait elsewhere, but not where the owner usually is.
 */
const nameRule: Rule = { freeTries: 20, firstDelayMs: 5_000, maxDelayMs: 60_000 };

/** After so long without a try all is forgotten. */
const forgetAfterMs = 3_600_000;
const knownForMs = 30 * 86_400_000;

/** Longer names belong to nobody; they are wrong before anything is counted or kept. */
export const maxUsernameLength = 64;

/** The keys under which an attempt is counted. */
export type TryKeys = { name?: string; pair: string; known: string; address?: string };

/** What every key begins with. */
export const triesPrefix = 'sign-in:';

/** `hash` must be a keyed one of one short length: people type their password into the field for the name. */
export function keysOf(
  { username, address, acrossAddresses }: Attempt,
  hash: (text: string) => string,
): TryKeys {
  const spelled = username.trim().toLowerCase();
  const network = address === undefined ? '' : networkOf(address);
  const key = (kind: string, ...parts: string[]) => `${triesPrefix}${kind}:${hash(parts.join('\n'))}`;
  return {
    ...(acrossAddresses === false ? {} : { name: key('name', spelled) }),
    pair: key('pair', spelled, network),
    known: key('known', spelled, network),
    ...(address === undefined ? {} : { address: key('address', network) }),
  };
}

/** What one customer of a provider has: an IPv4 address, or a /64 of IPv6. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString();
}

/** What an attempt comes to before the password is looked at. */
export type Ruling =
  | { outcome: 'locked'; retryAfterSeconds: number }
  /** `isKnown`: the address has signed in under this name lately. */
  | { outcome: 'open'; isKnown: boolean };

const lockedUntil = (tries: Tries | undefined, { freeTries, firstDelayMs, maxDelayMs }: Rule): number => {
  const beyond = (tries?.count ?? 0) - freeTries;
  if (tries === undefined || beyond < 0) return 0;
  const lastAt = tries.forgottenAt.getTime() - forgetAfterMs;
  return lastAt + Math.min(firstDelayMs * 2 ** beyond, maxDelayMs);
};

/** Pure: the counts of an attempt -> whether it may go on. */
export function rule(found: ReadonlyMap<string, Tries>, keys: TryKeys, now: Date): Ruling {
  const isKnown = found.has(keys.known);
  const until = Math.max(
    lockedUntil(found.get(keys.pair), pairRule),
    isKnown || keys.name === undefined ? 0 : lockedUntil(found.get(keys.name), nameRule),
    keys.address === undefined ? 0 : lockedUntil(found.get(keys.address), addressRule),
  );
  const leftMs = until - now.getTime();
  if (leftMs > 0) return { outcome: 'locked', retryAfterSeconds: Math.ceil(leftMs / 1_000) };
  return { outcome: 'open', isKnown };
}

/** Those that a try is counted under. Nobody elsewhere waits for what a known address tries. */
export const countedKeys = ({ name, pair, address }: TryKeys, isKnown: boolean): string[] => [
  ...(isKnown || name === undefined ? [] : [name]),
  pair,
  ...(address === undefined ? [] : [address]),
];

/** Pure: the counts of these keys after one more try. */
export function countTry(
  found: ReadonlyMap<string, Tries>,
  counted: readonly string[],
  now: Date,
): Map<string, Tries> {
  const forgottenAt = new Date(now.getTime() + forgetAfterMs);
  return new Map(counted.map((key) => [key, { count: (found.get(key)?.count ?? 0) + 1, forgottenAt }]));
}

/** Pure: what changes when a try was right. It was no guess at the name; guesses of others go on to count. */
export function countSuccess(
  found: ReadonlyMap<string, Tries>,
  keys: TryKeys,
  now: Date,
): Map<string, Tries> {
  const changes = new Map([[keys.known, known(now)]]);
  if (keys.name === undefined || found.has(keys.known)) return changes;
  const name = found.get(keys.name);
  if (name !== undefined && name.count > 0) changes.set(keys.name, { ...name, count: name.count - 1 });
  return changes;
}

/** What is kept of a name that signed in from an address. */
const known = (now: Date): Tries => ({ count: 1, forgottenAt: new Date(now.getTime() + knownForMs) });
