import { randomBytes } from 'node:crypto';
import type { Runtime } from '../runtime';
import { type AdminSession, readSessionById } from './session-value';

const secretBytes = 32; // 43 characters
const idPrefix = 'bearer_';
const pattern = /^admin-[A-Za-z0-9_-]{43}$/;

/** A new bearer token for scripts, as the predecessor's sign-in gives it. */
export const makeBearer = (): string => `admin-${randomBytes(secretBytes).toString('base64url')}`;

/**
 * The id of the sign-in that a bearer token stands for: its keyed hash, so that the row tells nothing of the token.
 * `undefined` for what cannot be one.
 */
export const sessionIdOfBearer = (
  { secrets }: Pick<Runtime, 'secrets'>,
  bearer: string,
): string | undefined =>
  pattern.test(bearer) ? `${idPrefix}${secrets.fingerprint(`admin bearer ${bearer}`)}` : undefined;

/** Whether a sign-in was begun for a script: with the password, and not by opening the console. */
export const isBearerSession = ({ id }: Pick<AdminSession, 'id'>): boolean => id.startsWith(idPrefix);

/** The sign-in behind a bearer token; `undefined` when it is none, has ended or was signed out. */
export async function readBearer(
  runtime: Pick<Runtime, 'db' | 'now' | 'secrets'>,
  bearer: string,
): Promise<AdminSession | undefined> {
  const id = sessionIdOfBearer(runtime, bearer);
  return id === undefined ? undefined : await readSessionById(runtime, id);
}
