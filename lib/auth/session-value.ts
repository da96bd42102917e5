import { decode, encode } from 'next-auth/jwt';
import {
  type AdministratorRow,
  createSession,
  findSession,
  touchSession,
} from '@/db/repositories/administrators';
import { GatewayError } from '../errors';
import { randomId } from '../generation/ids';
import type { Runtime } from '../runtime';

/** A sign-in that holds now. */
export type AdminSession = {
  id: string;
  administratorId: string;
  username: string;
  expiresAt: Date;
  /** The password came from an old file and is weak: nothing opens before it is another. See `assertPasswordIsChosen`. */
  mustChangePassword: boolean;
  /** Until when secrets are shown without asking for the password again; absent: it is asked. */
  passwordConfirmedUntil?: Date;
};

/** From where somebody signs in. */
export type Visitor = {
  address?: string | undefined;
  userAgent?: string | null | undefined;
  /** The id that the sign-in gets; made up where absent. */
  sessionId?: string | undefined;
};

const maxUserAgentLength = 300;

/** How long a sign-in that begins now lasts; its row and the cookie end together. */
export const sessionLifetimeSeconds = ({ settings }: Pick<Runtime, 'settings'>): number =>
  settings.current()['security.session_lifetime'] * 3_600;

/**
 * Begins a sign-in: a row that says it holds until it ends or is signed out. Throws `conflict` when the password of the
 * administrator is another by now.
 */
export async function startSession(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings'>,
  administrator: AdministratorRow,
  { address, userAgent, sessionId = randomId() }: Visitor = {},
): Promise<AdminSession> {
  const startedAt = runtime.now();
  const expiresAt = new Date(startedAt.getTime() + sessionLifetimeSeconds(runtime) * 1_000);
  const row = {
    id: sessionId,
    administratorId: administrator.id,
    createdAt: startedAt,
    expiresAt,
    lastSeenAt: startedAt,
    address: address ?? null,
    userAgent: userAgent?.slice(0, maxUserAgentLength) ?? null,
  };
  if (!(await createSession(runtime.db, row, { passwordHash: administrator.passwordHash }))) {
    throw new GatewayError('conflict', 'The password was changed meanwhile. Sign in again.');
  }
  return {
    id: row.id,
    administratorId: administrator.id,
    username: administrator.username,
    expiresAt,
    mustChangePassword: administrator.mustChangePassword,
  };
}

/** The value of the session cookie: next-auth's encrypted token, which holds the id of the session row and nothing else. */
export const encodeSession = (
  runtime: Pick<Runtime, 'secrets' | 'settings'>,
  sessionId: string,
): Promise<string> =>
  encode({
    token: { sid: sessionId },
    secret: runtime.secrets.sessionSecret,
    maxAge: sessionLifetimeSeconds(runtime),
  });

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

// A console that is open asks every few seconds, and each note is a write.
const seenEveryMs = 60_000;

/** How long secrets are shown after the password was entered again. */
const confirmedForMs = 5 * 60_000;

/** The sign-in with this id, while it holds. Notes that it is used, once a minute at most. */
export async function readSessionById(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  id: string,
): Promise<AdminSession | undefined> {
  const found = await findSession(db, { id, now: now() });
  if (found === undefined) return undefined;
  const { session, administrator } = found;
  const at = now();
  const before = new Date(at.getTime() - seenEveryMs);
  const confirmedUntil = new Date((session.passwordConfirmedAt?.getTime() ?? 0) + confirmedForMs);
  if (session.lastSeenAt === null || session.lastSeenAt < before) await touchSession(db, { id, at, before });
  return {
    id,
    administratorId: administrator.id,
    username: administrator.username,
    expiresAt: session.expiresAt,
    mustChangePassword: administrator.mustChangePassword,
    ...(confirmedUntil > at ? { passwordConfirmedUntil: confirmedUntil } : {}),
  };
}

/** Throws `password_change_required` in a sign-in with a password that has to be changed before anything else. */
export function assertPasswordIsChosen({
  mustChangePassword,
}: Pick<AdminSession, 'mustChangePassword'>): void {
  if (!mustChangePassword) return;
  throw new GatewayError(
    'invalid_request',
    'This password was taken over from an old file and is too short. Choose another one first.',
    { wireCode: 'password_change_required' },
  );
}

/** The session id inside a decoded token. */
export const sessionIdOf = (token: Record<string, unknown>): string | undefined =>
  typeof token.sid === 'string' ? token.sid : undefined;
