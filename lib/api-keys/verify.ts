import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type ApiKeyRow, findApiKeyByHash, touchApiKey } from '@/db/repositories/api-keys';
import { GatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { hashApiKey } from './issue';

/** Says whose key a request carries. */
export type ApiKeyVerifier = {
  /** The key behind the presented value (without `Bearer`). Throws `invalid_api_key`, saying why. */
  verify(presented: string | undefined): Promise<{ id: string; name: string }>;
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
  const touchedAt = new LRUCache<string, number>({ max: knownKeys });

  function find(hash: string): Promise<ApiKeyRow | undefined> {
    const at = now().getTime();
    const remembered = known.get(hash) ?? unknown.get(hash);
    // A clock that was set back makes the age negative: that is not fresh either.
    if (remembered !== undefined && at >= remembered.at && at - remembered.at < freshMs)
      return remembered.row;
    const lookup = { at, row: findApiKeyByHash(db, hash) };
    unknown.set(hash, lookup);
    known.delete(hash);
    lookup.row.then(
      (row) => {
        if (row === undefined || unknown.peek(hash) !== lookup) return;
        unknown.delete(hash);
        known.set(hash, lookup);
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
      if (row === undefined || !isSame(hash, row.hash)) throw refused('This API key is not known here.');
      if (!row.enabled) throw refused('This API key is disabled.');
      if (row.expiresAt !== null && row.expiresAt <= now()) {
        throw refused(`This API key expired at ${row.expiresAt.toISOString()}.`);
      }
      touch(row.id);
      return { id: row.id, name: row.name };
    },
    forget() {
      known.clear();
      unknown.clear();
    },
  };
}

const refused = (message: string) => new GatewayError('invalid_api_key', message);

const isSame = (one: string, other: string) =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
