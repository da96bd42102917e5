import type { z } from 'zod';
import { changePassword, changeUsername } from '../auth/account-security';
import { makeBearer, sessionIdOfBearer } from '../auth/bearer';
import { sessionCookieLine } from '../auth/session-cookie';
import { encodeSession, sessionLifetimeSeconds } from '../auth/session-value';
import { checkPassword } from '../auth/setup';
import { signInOrThrow, signOut } from '../auth/sign-in';
import { isSameSite } from '../route/admin-route';
import { isHttps } from '../route/public-origin';
import type { SeedCall, SeedVisit } from '../route/seed-route';
import type { Runtime } from '../runtime';
import type { loginBody, passwordBody } from './shapes';

/**
 * Begins a sign-in that a bearer token stands for. Its cookie is set as well, unless another site asks: that could sign
 * its visitor in as somebody else.
 */
export async function login(runtime: Runtime, visit: SeedVisit<z.output<typeof loginBody>>) {
  const { request, address, body, headers } = visit;
  const token = makeBearer();
  const session = await signInOrThrow(runtime, {
    ...body,
    address,
    userAgent: request.headers.get('user-agent'),
    sessionId: sessionIdOfBearer(runtime, token),
  });
  if (isSameSite(runtime, request)) {
    const lifetimeSeconds = sessionLifetimeSeconds(runtime);
    const value = await encodeSession(runtime, session.id);
    headers['set-cookie'] = sessionCookieLine(value, { isHttps: isHttps(runtime, request), lifetimeSeconds });
  }
  return { success: true, token, username: session.username };
}

/** Ends the caller's sign-in. */
export async function logout(runtime: Runtime, call: SeedCall) {
  await end(runtime, call);
  return { success: true, message: 'Signed out.' };
}

/** Changes password and, where given, name; ends every sign-in of the administrator, this one as well. */
export async function setPassword(runtime: Runtime, call: SeedCall<z.output<typeof passwordBody>>) {
  const { username, old_password: current_password, new_password } = call.body;
  checkPassword(new_password, 'new_password');
  const isRenamed = username !== undefined && username !== null && username.trim() !== '';
  if (isRenamed && username.trim() !== call.session.username) {
    await changeUsername(runtime, { username, current_password }, call);
  }
  await changePassword(runtime, { current_password, new_password }, call);
  await end(runtime, call);
  return { success: true, message: 'The password was changed. Sign in again.' };
}

async function end(runtime: Runtime, { session, address, request, headers }: SeedCall<unknown>) {
  await signOut(runtime, session, address);
  headers['set-cookie'] = sessionCookieLine('', { isHttps: isHttps(runtime, request), lifetimeSeconds: 0 });
}
