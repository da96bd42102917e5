import {
  type AdministratorRow,
  deleteSession,
  findAdministratorByUsername,
  replaceHash,
} from '@/db/repositories/administrators';
import { writeAudit } from '../audit';
import { GatewayError, isGatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { hashPassword, isOutdatedHash, verifyPassword } from './password';
import { type AdminSession, startSession, type Visitor } from './session-value';
import { maxUsernameLength } from './throttle-rules';

/** What a sign-in came to. `wrong` is the same for an unknown name and a wrong password, in words and in time. */
export type SignInOutcome =
  | { outcome: 'signed_in'; session: AdminSession }
  | { outcome: 'wrong' }
  | { outcome: 'throttled'; retryAfterSeconds: number };

/** Compares the password and begins a session. Tries are counted by name and by address, and compared one by one. */
export async function signIn(
  runtime: Pick<Runtime, 'db' | 'now' | 'log' | 'settings' | 'signInThrottle'>,
  input: { username: string; password: string } & Visitor,
): Promise<SignInOutcome> {
  const { db, log } = runtime;
  const throttle = runtime.signInThrottle;
  const username = input.username.trim();
  if (username.length > maxUsernameLength) return { outcome: 'wrong' };
  const attempt = { username, address: input.address };
  const compared = await throttle.attempt(attempt, async () => {
    const row = await findAdministratorByUsername(db, username);
    return { found: row, isRight: await verifyPassword(input.password, row?.passwordHash) };
  });
  if (compared.outcome === 'throttled') return compared;
  const { found, isRight } = compared.value;
  const session = isRight && found !== undefined ? await begin(runtime, found, input) : undefined;
  const from = { ...(input.address === undefined ? {} : { address: input.address }) };
  if (session === undefined) {
    log.warn(from, 'a sign-in to the console failed');
    // The name as it was typed stays out of it: people type their password into that field.
    const object = found === undefined ? {} : { object: found.id };
    await writeAudit(runtime, { action: 'session.sign_in_failed', ...object, ...from });
    return { outcome: 'wrong' };
  }
  await throttle.succeed(attempt);
  const administrator = { id: session.administratorId, name: session.username };
  await writeAudit(runtime, { action: 'session.sign_in', object: session.id, administrator, ...from });
  return { outcome: 'signed_in', session };
}

/** The session; `undefined` when the password was changed since it was compared. */
async function begin(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings'>,
  found: AdministratorRow,
  input: { password: string } & Visitor,
): Promise<AdminSession | undefined> {
  try {
    const administrator = isOutdatedHash(found.passwordHash)
      ? await replaceHash(runtime.db, {
          id: found.id,
          before: found.passwordHash,
          after: await hashPassword(input.password),
        })
      : found;
    return administrator === undefined ? undefined : await startSession(runtime, administrator, input);
  } catch (error) {
    if (isGatewayError(error) && error.code === 'conflict') return undefined;
    throw error;
  }
}

/** Ends a sign-in on its owner's wish. */
export async function signOut(
  runtime: Pick<Runtime, 'db' | 'now' | 'log'>,
  session: AdminSession,
  address?: string,
): Promise<void> {
  if (!(await deleteSession(runtime.db, session.id))) return;
  const administrator = { id: session.administratorId, name: session.username };
  const from = { ...(address === undefined ? {} : { address }) };
  await writeAudit(runtime, { action: 'session.sign_out', object: session.id, administrator, ...from });
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
