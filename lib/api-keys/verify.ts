import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import {
  type ApiKeyRow,
  findApiKey,
  findApiKeyByHash,
  listApiKeysById,
  touchApiKey,
} from '@/db/repositories/api-keys';
import { GatewayError, type RateLimit } from '../errors';
import type { Runtime } from '../runtime';
import { hashApiKey } from './issue';
import { rateLimitOf, tooManyRequests } from './limits';
import { makeRequestRate } from './rate';

/** Says whose key a request carries. */
export type ApiKeyVerifier = {
  /** The key behind the presented value (without `Bearer`). Throws `invalid_api_key`, saying why. */
  verify(presented: string | undefined): Promise<{ id: string; name: string }>;
  /** The key of this id as it was at most a second ago. Throws `invalid_api_key` when there is none any more. */
  get(id: string): Promise<ApiKeyRow>;
  /**
   * Counts a request that wants something made, and says what is left of the key's requests per minute; `undefined` where
   * they are not limited. Throws `rate_limited` beyond them.
   */
  admitRequest(key: Pick<ApiKeyRow, 'id' | 'requestsPerMinute'>): Promise<RateLimit | undefined>;
  /** Looks every key up anew from now on, after a change made in this process. */
  forget(): void;
  /** Asks nothing any more by itself. */
  close(): Promise<void>;
};

const freshMs = 1_000; // a revoked key stops within this time, on every replica
const renewEveryMs = 400; // so that an answer may take as long and is still in time
const renewedForMs = 10_000; // after its last use
const mostRenewed = 1_000;
const touchEveryMs = 60_000;
const knownKeys = 10_000;
const unknownKeys = 10_000; // of their own, so that guessing does not push real keys out

/** A key as the database had it when it was asked. */
type Seen = { at: number; row: ApiKeyRow };

/**
 * Makes the check of API keys. What was asked lately is kept and renewed beside the requests, all keys in use by one
 * query, so that a key in use never waits for the database; after a silence the first request does.
 */
export function makeApiKeyVerifier({ db, now, log }: Pick<Runtime, 'db' | 'now' | 'log'>): ApiKeyVerifier {
  const seen = new LRUCache<string, Seen>({ max: knownKeys });
  /** The id of the key by the hash of what was presented: its value, or the one before its last rotation. */
  const ids = new LRUCache<string, string>({ max: knownKeys });
  const unknown = new LRUCache<string, number>({ max: unknownKeys });
  const asking = new Map<string, Promise<ApiKeyRow | undefined>>();
  const touchedAt = new LRUCache<string, number>({ max: knownKeys });
  const usedAt = new LRUCache<string, number>({ max: mostRenewed });
  const rate = makeRequestRate({ db, now, log });
  let era = 0; // what was asked before the last `forget` is not kept
  let timer: NodeJS.Timeout | undefined;
  let renewal: Promise<void> | undefined;
  let isClosed = false;
  let isFailing = false;

  const isFresh = (askedAt: number | undefined, at = now().getTime()) =>
    // A clock that was set back makes the age negative: that is not fresh either.
    askedAt !== undefined && at >= askedAt && at - askedAt < freshMs;

  function findFresh(id: string): ApiKeyRow | undefined {
    const found = seen.get(id);
    return found !== undefined && isFresh(found.at) ? found.row : undefined;
  }

  function find(hash: string): Promise<ApiKeyRow | undefined> | ApiKeyRow | undefined {
    const id = ids.get(hash);
    const row = id === undefined ? undefined : findFresh(id);
    if (row !== undefined && holds(row, hash)) return row;
    if (isFresh(unknown.get(hash))) return undefined;
    const running = asking.get(hash);
    if (running !== undefined) return running;
    const asked = ask(hash).finally(() => {
      if (asking.get(hash) === asked) asking.delete(hash);
    });
    asking.set(hash, asked);
    return asked;
  }

  async function ask(hash: string): Promise<ApiKeyRow | undefined> {
    const [at, askedIn] = [now().getTime(), era];
    const row = await findApiKeyByHash(db, hash);
    if (askedIn !== era) return row;
    if (row === undefined) {
      ids.delete(hash);
      unknown.set(hash, at);
    } else {
      unknown.delete(hash);
      ids.set(hash, row.id);
      seen.set(row.id, { at, row });
    }
    return row;
  }

  /** Asks for every key that was used lately, at once, again and again while there is one. */
  function keepRenewing() {
    if (timer !== undefined || isClosed) return;
    timer = setTimeout(() => {
      renewal = renew().finally(() => {
        timer = undefined;
        if (usedAt.size > 0) keepRenewing();
      });
    }, renewEveryMs);
    timer.unref();
  }

  async function renew() {
    const since = performance.now() - renewedForMs;
    for (const [id, at] of [...usedAt]) if (at < since) usedAt.delete(id);
    const wanted = [...usedAt.keys()];
    if (wanted.length === 0) return;
    const [at, askedIn] = [now().getTime(), era];
    try {
      const rows = new Map((await listApiKeysById(db, wanted)).map((row) => [row.id, row]));
      isFailing = false;
      if (askedIn !== era) return;
      for (const id of wanted) {
        const row = rows.get(id);
        if (row === undefined) seen.delete(id);
        else if ((seen.peek(id)?.at ?? 0) <= at) seen.set(id, { at, row });
      }
    } catch (error) {
      // Requests ask for themselves then, and say so themselves: once is enough here.
      if (!isFailing) log.warn({ err: error }, 'the API keys in use could not be looked up');
      isFailing = true;
    }
  }

  function use(id: string) {
    usedAt.set(id, performance.now());
    keepRenewing();
    touch(id);
  }

  /** Beside the request: nobody waits for it, and a failure costs nothing but a date. */
  function touch(id: string) {
    const at = now();
    if (at.getTime() - (touchedAt.get(id) ?? 0) < touchEveryMs) return;
    touchedAt.set(id, at.getTime());
    touchApiKey(db, { id, at, everyMs: touchEveryMs }).catch((error: unknown) => {
      touchedAt.delete(id);
      log.warn({ err: error }, 'the last use of an API key was not noted');
    });
  }

  return {
    async verify(presented) {
      const value = presented?.trim() ?? '';
      if (value === '')
        throw refused(
          'No API key was sent. Send it as Authorization: Bearer <key>, or as x-goog-api-key: <key>.',
        );
      const hash = hashApiKey(value);
      const row = await find(hash);
      if (row === undefined) throw refused('This API key is not known here.');
      if (!isSame(hash, row.hash)) checkPrevious(row, hash, now());
      checkUsable(row, now());
      use(row.id);
      return { id: row.id, name: row.name };
    },
    async get(id) {
      const known = findFresh(id);
      if (known !== undefined) return known;
      const [at, askedIn] = [now().getTime(), era];
      const row = await findApiKey(db, id);
      if (row === undefined) throw refused('This API key is not known here.');
      if (askedIn === era) seen.set(id, { at, row });
      return row;
    },
    async admitRequest({ id, requestsPerMinute }) {
      if (requestsPerMinute === null) return undefined;
      const { count, endsAt } = await rate.count(id);
      if (count > requestsPerMinute) throw tooManyRequests(requestsPerMinute, endsAt, now());
      return rateLimitOf(requestsPerMinute, count, endsAt, now());
    },
    forget() {
      era += 1;
      ids.clear();
      seen.clear();
      unknown.clear();
      asking.clear();
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await renewal;
    },
  };
}

const refused = (message: string) => new GatewayError('invalid_api_key', message);

/** Throws `invalid_api_key` for a key that is switched off or over. */
export function checkUsable(row: Pick<ApiKeyRow, 'enabled' | 'expiresAt'>, now: Date): void {
  if (!row.enabled) throw refused('This API key is disabled.');
  if (row.expiresAt !== null && row.expiresAt <= now) {
    throw refused(`This API key expired at ${row.expiresAt.toISOString()}.`);
  }
}

/** Whether the hash is that of the key's value, or of the one before its last rotation. */
const holds = ({ hash, previousHash }: ApiKeyRow, presented: string): boolean =>
  isSame(presented, hash) || (previousHash !== null && isSame(presented, previousHash));

/** The value before the last rotation works until its grace ends. */
function checkPrevious({ previousHash, previousUntil }: ApiKeyRow, hash: string, now: Date): void {
  if (previousHash === null || previousUntil === null || !isSame(hash, previousHash)) {
    throw refused('This API key is not known here.');
  }
  if (previousUntil <= now) {
    throw refused(
      `This API key was replaced by another one; it worked until ${previousUntil.toISOString()}.`,
    );
  }
}

const isSame = (one: string, other: string) =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
