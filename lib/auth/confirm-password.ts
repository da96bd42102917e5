import { findAdministrator } from '@/db/repositories/administrators';
import { type Actor, writeAudit } from '../audit';
import { GatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { verifyPassword } from './password';
import type { AdminSession } from './session-value';

/**
 * Asks for the password again before a secret is shown or the sign-in itself is changed. Throws `invalid_request` with
 * the wire code `wrong_password` on `field`, and `rate_limited` after too many tries. Those are counted apart from
 * sign-ins, so that whoever guesses in an open console does not keep its owner out.
 */
export async function confirmPassword(
  runtime: Pick<Runtime, 'db' | 'now' | 'log' | 'signInThrottle'>,
  session: Pick<AdminSession, 'administratorId'>,
  password: string,
  { field = 'password', actor = {} }: { field?: string; actor?: Actor } = {},
): Promise<void> {
  const attempt = { username: `\0confirm ${session.administratorId}`, address: undefined };
  const retryAfterSeconds = runtime.signInThrottle.begin(attempt, runtime.now());
  if (retryAfterSeconds !== undefined) {
    throw new GatewayError('rate_limited', `Too many attempts. Try again in ${retryAfterSeconds} s.`, {
      retryAfterSeconds,
    });
  }
  const isRight = await runtime.signInThrottle.inTurn(attempt, async () => {
    const administrator = await findAdministrator(runtime.db, session.administratorId);
    return verifyPassword(password, administrator?.passwordHash);
  });
  if (!isRight) {
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
  runtime.signInThrottle.succeed(attempt);
}
