import { decode, encode } from 'next-auth/jwt';
import {
  type AdministratorRow,
  createSession,
  deleteSession,
  findSession,
} from '@/db/repositories/administrators';
import { randomId } from '../generation/ids';
import type { Runtime } from '../runtime';
import { sessionLifetimeSeconds } from './session-cookie';

/** A sign-in that holds now. */
export type AdminSession = { id: string; administratorId: string; username: string; expiresAt: Date };

/** Begins a sign-in: a row that says it holds until it ends or is signed out. */
export async function startSession(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  administrator: AdministratorRow,
): Promise<AdminSession> {
  const startedAt = now();
  const expiresAt = new Date(startedAt.getTime() + sessionLifetimeSeconds * 1_000);
  const row = { id: randomId(), administratorId: administrator.id, createdAt: startedAt, expiresAt };
  await createSession(db, row);
  return { id: row.id, administratorId: administrator.id, username: administrator.username, expiresAt };
}

/** Ends a sign-in: its cookie is worth nothing from now on. */
export async function endSession(
  { db }: Pick<Runtime, 'db'>,
  { id }: Pick<AdminSession, 'id'>,
): Promise<void> {
  await deleteSession(db, id);
}

/** The value of the session cookie: next-auth's encrypted token, which holds the id of the session row and nothing else. */
export const encodeSession = ({ secrets }: Pick<Runtime, 'secrets'>, sessionId: string): Promise<string> =>
  encode({ token: { sid: sessionId }, secret: secrets.sessionSecret, maxAge: sessionLifetimeSeconds });

/** The sign-in that a cookie's value stands for; `undefined` when it is forged, has ended or was signed out. */
export async function readSession(
  { db, now, secrets }: Pick<Runtime, 'db' | 'now' | 'secrets'>,
  cookie: string | undefined,
): Promise<AdminSession | undefined> {
  if (cookie === undefined || cookie === '') return undefined;
  const token = await decode({ token: cookie, secret: secrets.sessionSecret }).catch(() => null);
  const id = token === null ? undefined : sessionIdOf(token);
  return id === undefined ? undefined : await readSessionById({ db, now }, id);
}

/** The sign-in with this id, while it holds. */
export async function readSessionById(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  id: string,
): Promise<AdminSession | undefined> {
  const found = await findSession(db, { id, now: now() });
  if (found === undefined) return undefined;
  const { session, administrator } = found;
  return {
    id,
    administratorId: administrator.id,
    username: administrator.username,
    expiresAt: session.expiresAt,
  };
}

/** The session id inside a decoded token. */
export const sessionIdOf = (token: Record<string, unknown>): string | undefined =>
  typeof token.sid === 'string' ? token.sid : undefined;
