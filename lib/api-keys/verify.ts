import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type ApiKeyRow, findApiKey, findApiKeyByHash, touchApiKey } from '@/db/repositories/api-keys';
import { GatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { hashApiKey } from './issue';
import { tooManyRequests } from './limits';
import { makeRequestRate } from './rate';

/** Says whose key a request carries. */
export type ApiKeyVerifier = {
  /** The key behind the presented value (without `Bearer`). Throws `invalid_api_key`, saying why. */
  verify(presented: string | undefined): Promise<{ id: string; name: string }>;
  /** The key of this id as it was at most a second ago. Throws `invalid_api_key` when there is none any more. */
  get(id: string): Promise<ApiKeyRow>;
  /** Counts a request that wants something made. Throws `rate_limited` beyond the key's requests per minute. */
  admitRequest(key: Pick<ApiKeyRow, 'id' | 'requestsPerMinute'>): Promise<void>;
  /** Looks every key up anew from now on, after a change made in this process. */
  forget(): void;
};

const freshMs = 1_000; // a revoked key stops within this time, on every replica
const touchEveryMs = 60_000;
const knownKeys = 10_000;
const unknownKeys = 10_000; // of their own, so that guessing does not push real keys out

type Lookup = { at: number; row: Promise<ApiKeyRow | undefined> };

/** Makes the check of API keys, with a short memory so that a busy key costs one query a second. */
export function makeApiKeyVerifier({ db, now, log }: Pick<Runtime, 'db' | 'now' | 'log'>): ApiKeyVerifier {
  const known = new LRUCache<string, Lookup>({ max: knownKeys });
  const unknown = new LRUCache<string, Lookup>({ max: unknownKeys });
  /** By id, those that were presented last. */
  const byId = new LRUCache<string, { at: number; row: ApiKeyRow }>({ max: knownKeys });
  const touchedAt = new LRUCache<string, number>({ max: knownKeys });
  const rate = makeRequestRate({ db, now, log });

  const isFresh = (lookup: { at: number } | undefined, at = now().getTime()) =>
    // A clock that was set back makes the age negative: that is not fresh either.
    lookup !== undefined && at >= lookup.at && at - lookup.at < freshMs;

  function find(hash: string): Promise<ApiKeyRow | undefined> {
    const at = now().getTime();
    const remembered = known.get(hash) ?? unknown.get(hash);
    if (remembered !== undefined && isFresh(remembered, at)) return remembered.row;
    const lookup = { at, row: findApiKeyByHash(db, hash) };
    unknown.set(hash, lookup);
    known.delete(hash);
    lookup.row.then(
      (row) => {
        if (row === undefined || unknown.peek(hash) !== lookup) return;
        unknown.delete(hash);
        known.set(hash, lookup);
        byId.set(row.id, { at, row });
      },
      // A question that failed is asked again; who asked it has the error.
      () => unknown.delete(hash),
    );
    return lookup.row;
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
      if (value === '') throw refused('No API key was sent. Send it as Authorization: Bearer <key>.');
      const hash = hashApiKey(value);
      const row = await find(hash);
      if (row === undefined) throw refused('This API key is not known here.');
      if (!isSame(hash, row.hash)) checkPrevious(row, hash, now());
      checkUsable(row, now());
      touch(row.id);
      return { id: row.id, name: row.name };
    },
    async get(id) {
      const remembered = byId.get(id);
      if (remembered !== undefined && isFresh(remembered)) return remembered.row;
      const at = now().getTime();
      const row = await findApiKey(db, id);
      if (row === undefined) throw refused('This API key is not known here.');
      byId.set(id, { at, row });
      return row;
    },
    async admitRequest({ id, requestsPerMinute }) {
      if (requestsPerMinute === null) return;
      const { count, endsAt } = await rate.count(id);
      if (count > requestsPerMinute) throw tooManyRequests(requestsPerMinute, endsAt, now());
    },
    forget() {
      known.clear();
      unknown.clear();
      byId.clear();
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
