import { findAdministratorByUsername, updateAdministrator } from '@/db/repositories/administrators';
import type { Runtime } from '../runtime';
import { hashPassword, isOutdatedHash, verifyPassword } from './password';
import { type AdminSession, startSession } from './session-value';

/** What a sign-in came to. `wrong` is the same for an unknown name and a wrong password, in words and in time. */
export type SignInOutcome =
  | { outcome: 'signed_in'; session: AdminSession }
  | { outcome: 'wrong' }
  | { outcome: 'throttled'; retryAfterSeconds: number };

/** Compares the password and begins a session. Tries are counted by name and by address. */
export async function signIn(
  runtime: Pick<Runtime, 'db' | 'now' | 'log' | 'signInThrottle'>,
  input: { username: string; password: string; address: string | undefined },
): Promise<SignInOutcome> {
  const { db, now, log } = runtime;
  const throttle = runtime.signInThrottle;
  const username = input.username.trim();
  const attempt = { username, address: input.address };
  const retryAfterSeconds = throttle.begin(attempt, now());
  if (retryAfterSeconds !== undefined) return { outcome: 'throttled', retryAfterSeconds };

  const administrator = await findAdministratorByUsername(db, username);
  const isRight = await verifyPassword(input.password, administrator?.passwordHash);
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
