import { type ApiKeyRow, findApiKeyByHash, listAllApiKeys, rotateApiKey } from '@/db/repositories/api-keys';
import { type Actor, writeAudit } from '../audit';
import { GatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { defaultKeyName, hashApiKey, hintOf, issueApiKey } from './issue';

const knownToEverybody = new Set(['han1234']); // what the predecessor shipped

/**
 * The key that stands for the only one of the predecessor: the one of `API_KEY`, else the only key there is.
 */
export async function findSingleKey({ db }: Pick<Runtime, 'db'>): Promise<ApiKeyRow | undefined> {
  const rows = await listAllApiKeys(db);
  return rows.find((row) => row.name === defaultKeyName) ?? (rows.length === 1 ? rows[0] : undefined);
}

/**
 * Gives that key a value of the operator's choice, at once; where there are several keys and none is called "default",
 * makes that one. Throws `invalid_request` for the key of `API_KEY`, which the next start would set back, and for a value
 * that is taken or known to everybody.
 */
export async function replaceSingleKey(
  runtime: Pick<Runtime, 'db' | 'now' | 'log' | 'apiKeys' | 'env'>,
  value: string,
  actor: Actor,
): Promise<void> {
  const { db, apiKeys, env } = runtime;
  if (knownToEverybody.has(value)) throw refused('This value is known to everybody. Choose another one.');
  const hash = hashApiKey(value);
  const known = await findSingleKey(runtime);
  if (known !== undefined && env.apiKey !== undefined && known.hash === hashApiKey(env.apiKey)) {
    throw refused('The value of the API key is set by the environment variable API_KEY. Change it there.');
  }
  const holder = await findApiKeyByHash(db, hash);
  if (holder !== undefined && holder.hash === hash && holder.id === known?.id) return;
  if (holder !== undefined)
    throw refused('Another API key has this value, or had it last. Choose another one.');
  const id =
    known === undefined
      ? (await issueApiKey(runtime, { name: defaultKeyName, value })).id
      : (await rotateApiKey(db, { id: known.id, hash, hint: hintOf(value), graceUntil: null }))?.id;
  apiKeys.forget();
  await writeAudit(runtime, {
    ...actor,
    action: known === undefined ? 'key.create' : 'key.set_value',
    ...(id === undefined ? {} : { object: id }),
    detail: { key: known?.name ?? defaultKeyName },
  });
}

const refused = (message: string) => new GatewayError('invalid_request', message, { param: 'new_api_key' });
