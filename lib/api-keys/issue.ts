import { createHash, randomInt, randomUUID } from 'node:crypto';
import { type ApiKeyChanges, createApiKey, setApiKeyValue } from '@/db/repositories/api-keys';
import { GatewayError } from '../errors';
import type { Runtime } from '../runtime';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const randomLength = 43; // 256 bits, at 5.95 bits a character

/** A new API key: `sk-` and letters and digits that nobody can guess. */
export function makeApiKey(): string {
  const characters = Array.from({ length: randomLength }, () => alphabet.charAt(randomInt(alphabet.length)));
  return `sk-${characters.join('')}`;
}

/**
 * What is stored of a key. A plain hash, so that keys outlive a change of SECRET_KEY; slow hashing protects values that
 * can be guessed, and a made key cannot be. A value that an operator chose is as strong as they chose it, which
 * `isWeakApiKey` tells them.
 */
export const hashApiKey = (value: string): string =>
  createHash('sha256').update('flow2api api key\0').update(value).digest('hex');

/** The part of a key that people may see: enough to tell keys apart, not enough to use or guess one. */
export const hintOf = (value: string): string =>
  value.length < 24 ? `${value.slice(0, 2)}…` : `${value.slice(0, 6)}…${value.slice(-4)}`;

/** Whether somebody with the hash could find the value by trying. */
export const isWeakApiKey = (value: string): boolean => value.length < 20 || new Set(value).size < 10;

/** A key as its owner gets it, once. */
export type IssuedApiKey = { id: string; name: string; value: string; hint: string; createdAt: Date };

/** What a key may do and until when; what is left out is not limited. */
export type ApiKeyRules = Omit<ApiKeyChanges, 'name' | 'hash' | 'hint'>;

/** Makes a key and stores its hash. Throws `invalid_request` when the name or the value is taken. */
export async function issueApiKey(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  want: { name: string; value?: string; expiresAt?: Date; rules?: ApiKeyRules },
): Promise<IssuedApiKey> {
  const value = want.value ?? makeApiKey();
  const key = { id: randomUUID(), name: want.name, hint: hintOf(value), createdAt: now() };
  const isMade = await createApiKey(db, {
    ...want.rules,
    ...(want.expiresAt === undefined ? {} : { expiresAt: want.expiresAt }),
    ...key,
    hash: hashApiKey(value),
  });
  if (!isMade) {
    const message = `There is an API key named ${JSON.stringify(want.name)} already. Choose another name.`;
    throw new GatewayError('invalid_request', message, { param: 'name' });
  }
  return { ...key, value };
}

/** The name of the key that `API_KEY` stands for. */
export const defaultKeyName = 'default';

/** Sees to it that the value of `API_KEY` is the key named "default". A value that is a key already stays what it is. */
export async function ensureApiKey(
  { db, now, log }: Pick<Runtime, 'db' | 'now' | 'log'>,
  value: string,
): Promise<void> {
  if (isWeakApiKey(value)) {
    log.warn('API_KEY is short or simple enough to be guessed; use 20 or more random characters');
  }
  const { row, isChanged } = await setApiKeyValue(db, {
    id: randomUUID(),
    name: defaultKeyName,
    hash: hashApiKey(value),
    hint: hintOf(value),
    createdAt: now(),
  });
  if (isChanged) log.info('the API key named "default" has the value of API_KEY');
  else if (row?.name !== defaultKeyName) {
    log.warn(
      { name: row?.name },
      'the value of API_KEY belongs to an API key of another name, which is used',
    );
  }
  if (row?.enabled === false) log.warn('the key of API_KEY is disabled in the console and stays so');
}
