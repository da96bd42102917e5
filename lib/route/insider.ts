import { readBearer } from '../auth/bearer';
import { findCookie, sessionCookieName } from '../auth/session-cookie';
import { readSession } from '../auth/session-value';
import { isGatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { findPresentedKey } from './presented-key';

/** Whether the caller has an API key or is signed in: what tells nothing to strangers may tell more then. */
export async function isInsider(runtime: Runtime, request: Request): Promise<boolean> {
  const cookie = findCookie(request.headers.get('cookie'), sessionCookieName);
  if (cookie !== undefined && (await readSession(runtime, cookie)) !== undefined) return true;
  const presented = findPresentedKey(request);
  if (presented === undefined) return false;
  if ((await readBearer(runtime, presented)) !== undefined) return true;
  try {
    await runtime.apiKeys.verify(presented);
    return true;
  } catch (error) {
    if (isGatewayError(error) && error.code === 'invalid_api_key') return false;
    throw error;
  }
}
