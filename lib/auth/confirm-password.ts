import { findAdministrator, notePasswordConfirmed } from '@/db/repositories/administrators';
import { type Actor, writeAudit } from '../audit';
import { GatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { verifyPassword } from './password';
import type { AdminSession } from './session-value';

type Needs = Pick<Runtime, 'db' | 'now' | 'log' | 'signInThrottle'>;

/**
 * Asks for the password again before the sign-in itself is changed, and notes in the sign-in that it was right. Throws
 * `invalid_request` with the wire code `wrong_password` on `field`, and `rate_limited` after too many tries. Those are
 * counted apart from sign-ins, so that whoever guesses in an open console does not keep its owner out; the right one makes
 * the address known as a sign-in does.
 */
export async function confirmPassword(
  runtime: Needs,
  session: Pick<AdminSession, 'id' | 'administratorId'>,
  password: string,
  { field = 'password', actor = {} }: { field?: string; actor?: Actor } = {},
): Promise<void> {
  const attempt = { username: `\0confirm ${session.administratorId}`, address: undefined };
  const compared = await runtime.signInThrottle.attempt(attempt, async () => {
    const administrator = await findAdministrator(runtime.db, session.administratorId);
    const isRight = await verifyPassword(password, administrator?.passwordHash);
    return isRight ? administrator : undefined;
  });
  if (compared.outcome === 'throttled') {
    const { retryAfterSeconds } = compared;
    throw new GatewayError('rate_limited', `Too many attempts. Try again in ${retryAfterSeconds} s.`, {
      retryAfterSeconds,
    });
  }
  const administrator = compared.value;
  if (administrator === undefined) {
    await writeAudit(runtime, {
      ...actor,
      action: 'administrator.wrong_password',
      object: session.administratorId,
    });
    throw new GatewayError('invalid_request', 'The password is wrong.', {
      param: field,
      wireCode: 'wrong_password',
    });
  }
  await runtime.signInThrottle.succeed(attempt);
  await runtime.signInThrottle.succeed({ username: administrator.username, address: actor.address });
  await notePasswordConfirmed(runtime.db, { id: session.id, at: runtime.now() });
}

/**
 * The same before a secret is shown, where the password need not be given again for some minutes after it was. Throws
 * `password_required` as well.
 */
export async function confirmRecently(
  runtime: Needs,
  session: AdminSession,
  password: string | undefined,
  actor: Actor,
): Promise<void> {
  if (password !== undefined) return confirmPassword(runtime, session, password, { actor });
  if (session.passwordConfirmedUntil !== undefined) return;
  throw new GatewayError('invalid_request', 'Enter your password.', {
    param: 'password',
    wireCode: 'password_required',
  });
}
