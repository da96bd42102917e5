import {
  deleteSession,
  deleteSessionsOf,
  listSessions,
  renameAdministrator,
  replacePassword,
  type SessionRow,
} from '@/db/repositories/administrators';
import type { SignIn } from '../admin-api/sessions';
import { type Actor, writeAudit } from '../audit';
import { GatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { confirmPassword } from './confirm-password';
import { hashPassword } from './password';
import type { AdminSession } from './session-value';
import { checkPassword, checkUsername } from './setup';

/** Who changes their own sign-in. */
type Owner = { session: AdminSession; actor: Actor };

/** The sign-ins of the caller that hold now, the one last seen first. */
export async function listSignIns(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  session: AdminSession,
): Promise<SignIn[]> {
  const rows = await listSessions(db, { administratorId: session.administratorId, now: now() });
  return rows.toSorted((one, other) => seenAt(other) - seenAt(one)).map((row) => toSignIn(row, session));
}

const seenAt = (row: SessionRow) => (row.lastSeenAt ?? row.createdAt).getTime();

const toSignIn = (row: SessionRow, session: AdminSession): SignIn => ({
  id: row.id,
  current: row.id === session.id,
  address: row.address,
  user_agent: row.userAgent,
  created_at: row.createdAt.toISOString(),
  last_seen_at: (row.lastSeenAt ?? row.createdAt).toISOString(),
  expires_at: row.expiresAt.toISOString(),
});

/** Ends one of the caller's sign-ins. Throws `not_found`. */
export async function endSignIn(
  runtime: Pick<Runtime, 'db' | 'now' | 'log'>,
  id: string,
  { session, actor }: Owner,
): Promise<number> {
  if (!(await deleteSession(runtime.db, id, session.administratorId))) {
    throw new GatewayError('not_found', 'There is no such sign-in, or it has ended already.');
  }
  await writeAudit(runtime, { ...actor, action: 'session.end', object: id });
  return 1;
}

/** Ends all sign-ins of the caller but this one, and says how many. */
export async function endOtherSignIns(
  runtime: Pick<Runtime, 'db' | 'now' | 'log'>,
  { session, actor }: Owner,
): Promise<number> {
  const { administratorId, id: keep } = session;
  const ended = await deleteSessionsOf(runtime.db, { administratorId, keep });
  await writeAudit(runtime, { ...actor, action: 'session.end_others', detail: { ended } });
  return ended;
}

/**
 * Changes the caller's password and ends their other sign-ins; says how many. Throws `invalid_request` on the field at
 * fault, and `rate_limited` after too many wrong ones.
 */
export async function changePassword(
  runtime: Pick<Runtime, 'db' | 'now' | 'log' | 'signInThrottle'>,
  input: { current_password: string; new_password: string },
  { session, actor }: Owner,
): Promise<number> {
  checkPassword(input.new_password, 'new_password');
  await confirmPassword(runtime, session, input.current_password, { field: 'current_password', actor });
  const passwordHash = await hashPassword(input.new_password);
  const { administratorId, id: keep } = session;
  const ended = await replacePassword(runtime.db, { administratorId, passwordHash, keep });
  await writeAudit(runtime, {
    ...actor,
    action: 'administrator.change_password',
    object: administratorId,
    detail: { ended },
  });
  return ended;
}

/** Gives the caller another user name, and gives it as it is stored. Throws as `changePassword`, and `conflict`. */
export async function changeUsername(
  runtime: Pick<Runtime, 'db' | 'now' | 'log' | 'signInThrottle'>,
  input: { username: string; current_password: string },
  { session, actor }: Owner,
): Promise<string> {
  const username = checkUsername(input.username);
  await confirmPassword(runtime, session, input.current_password, { field: 'current_password', actor });
  if (!(await renameAdministrator(runtime.db, session.administratorId, username))) {
    throw new GatewayError('conflict', 'Another administrator has this name.', { param: 'username' });
  }
  await writeAudit(runtime, {
    ...actor,
    action: 'administrator.rename',
    object: session.administratorId,
    detail: { from: session.username, to: username },
  });
  await runtime.signInThrottle.succeed({ username, address: actor.address });
  return username;
}
