import { findAdministratorByUsername, updateAdministrator } from '@/db/repositories/administrators';
import { GatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { hashPassword, isOutdatedHash, verifyPassword } from './password';
import { type AdminSession, startSession } from './session-value';
import { maxUsernameLength } from './throttle';

/** What a sign-in came to. `wrong` is the same for an unknown name and a wrong password, in words and in time. */
export type SignInOutcome =
  | { outcome: 'signed_in'; session: AdminSession }
  | { outcome: 'wrong' }
  | { outcome: 'throttled'; retryAfterSeconds: number };

/** Compares the password and begins a session. Tries are counted by name and by address, and compared one by one. */
export async function signIn(
  runtime: Pick<Runtime, 'db' | 'now' | 'log' | 'signInThrottle'>,
  input: { username: string; password: string; address: string | undefined },
): Promise<SignInOutcome> {
  const { db, now, log } = runtime;
  const throttle = runtime.signInThrottle;
  const username = input.username.trim();
  if (username.length > maxUsernameLength) return { outcome: 'wrong' };
  const attempt = { username, address: input.address };
  await holdBack(throttle.slowdownMs(attempt, now()));
  const retryAfterSeconds = throttle.begin(attempt, now());
  if (retryAfterSeconds !== undefined) return { outcome: 'throttled', retryAfterSeconds };

  const { administrator, isRight } = await throttle.inTurn(attempt, async () => {
    const found = await findAdministratorByUsername(db, username);
    return { administrator: found, isRight: await verifyPassword(input.password, found?.passwordHash) };
  });
  if (administrator === undefined || !isRight) {
    log.warn({ address: input.address }, 'a sign-in to the console failed');
    return { outcome: 'wrong' };
  }
  throttle.succeed(attempt);
  if (isOutdatedHash(administrator.passwordHash)) {
    await updateAdministrator(db, administrator.id, { passwordHash: await hashPassword(input.password) });
  }
  return { outcome: 'signed_in', session: await startSession(runtime, administrator) };
}

/** The same for a handler. Throws `invalid_request` with the wire code `wrong_credentials`, and `rate_limited`. */
export async function signInOrThrow(
  runtime: Parameters<typeof signIn>[0],
  input: Parameters<typeof signIn>[1],
): Promise<AdminSession> {
  const result = await signIn(runtime, input);
  if (result.outcome === 'signed_in') return result.session;
  if (result.outcome === 'throttled') {
    const { retryAfterSeconds } = result;
    throw new GatewayError('rate_limited', 'Too many attempts.', { retryAfterSeconds });
  }
  throw new GatewayError('invalid_request', 'Username or password is wrong.', {
    wireCode: 'wrong_credentials',
  });
}

/** Waits, when there is something to wait for: no longer than the throttle says, which is seconds. */
export const holdBack = async (ms: number): Promise<void> => {
  if (ms > 0) await new Promise((done) => setTimeout(done, ms));
};
