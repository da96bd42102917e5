import { readBearer } from '../auth/bearer';
import { findCookie, sessionCookieName } from '../auth/session-cookie';
import { type AdminSession, readSession } from '../auth/session-value';
import { isGatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { findPresentedKey } from './presented-key';

/** Who may know more than a stranger: the administrator, signed in, or a client, by its API key. */
export type Insider = 'administrator' | 'client';

/**
 * Who asks for what tells nothing to strangers; `undefined` for those. A sign-in whose password has to be changed first
 * is none yet.
 */
export async function findInsider(runtime: Runtime, request: Request): Promise<Insider | undefined> {
  const cookie = findCookie(request.headers.get('cookie'), sessionCookieName);
  if (cookie !== undefined && isFinished(await readSession(runtime, cookie))) return 'administrator';
  const presented = findPresentedKey(request);
  if (presented === undefined) return undefined;
  if (isFinished(await readBearer(runtime, presented))) return 'administrator';
  try {
    await runtime.apiKeys.verify(presented);
    return 'client';
  } catch (error) {
    if (isGatewayError(error) && error.code === 'invalid_api_key') return undefined;
    throw error;
  }
}

const isFinished = (session: AdminSession | undefined): boolean =>
  session !== undefined && !session.mustChangePassword;
