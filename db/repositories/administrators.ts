import { and, asc, count, eq, gt, isNull, lt, lte, ne, notExists, or } from 'drizzle-orm';
import { type Database, q } from '../client';
import type { Schema } from '../schema/define';

export type AdministratorRow = Schema['administrators']['$inferSelect'];
export type SessionRow = Schema['sessions']['$inferSelect'];
export type NewAdministratorRow = Schema['administrators']['$inferInsert'];
export type NewSessionRow = Schema['sessions']['$inferInsert'];

export async function countAdministrators(db: Database): Promise<number> {
  const [row] = await db.select({ n: count().mapWith(Number) }).from(db.tables.administrators);
  return row?.n ?? 0;
}

/** False where the name is taken. */
export async function createAdministrator(db: Database, row: NewAdministratorRow): Promise<boolean> {
  const { administrators } = db.tables;
  const made = await db
    .insert(administrators)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: administrators.id });
  return made.length > 0;
}

export async function findAdministratorByUsername(
  db: Database,
  username: string,
): Promise<AdministratorRow | undefined> {
  const { administrators } = db.tables;
  const [row] = await db.select().from(administrators).where(eq(administrators.username, username));
  return row;
}

export async function findAdministrator(db: Database, id: string): Promise<AdministratorRow | undefined> {
  const { administrators } = db.tables;
  const [row] = await db.select().from(administrators).where(eq(administrators.id, id));
  return row;
}

/** Whether the name is theirs now; false where another has it. */
export async function renameAdministrator(db: Database, id: string, username: string): Promise<boolean> {
  const { administrators } = db.tables;
  const isTaken = db
    .select({ id: administrators.id })
    .from(administrators)
    .where(and(eq(administrators.username, username), ne(administrators.id, id)));
  const changed = await db
    .update(administrators)
    .set({ username })
    .where(and(eq(administrators.id, id), notExists(isTaken)))
    .returning({ id: administrators.id });
  return changed.length > 0;
}

/** The row after the change, `undefined` when there is none. Fails where the new name is taken. */
export async function updateAdministrator(
  db: Database,
  id: string,
  changes: Partial<Pick<AdministratorRow, 'username' | 'passwordHash'>>,
): Promise<AdministratorRow | undefined> {
  const { administrators } = db.tables;
  if (Object.keys(changes).length === 0) return await findAdministrator(db, id);
  const [row] = await db.update(administrators).set(changes).where(eq(administrators.id, id)).returning();
  return row;
}

/**
 * Begins a sign-in. With `passwordHash` only while that is still the administrator's: false when the password has been
 * changed since it was compared.
 */
export async function createSession(
  db: Database,
  row: NewSessionRow,
  { passwordHash }: { passwordHash?: string } = {},
): Promise<boolean> {
  const { administrators, sessions } = db.tables;
  return await db.transaction(function* (tx) {
    if (passwordHash !== undefined) {
      const mine = tx.select().from(administrators).where(eq(administrators.id, row.administratorId));
      const [administrator] = yield* q(db.forUpdate(mine));
      if (administrator?.passwordHash !== passwordHash) return false;
    }
    yield* q(tx.insert(sessions).values(row));
    return true;
  });
}

/** Puts a new hash of the same password in the place of the old one; `undefined` when the password is another by now. */
export async function replaceHash(
  db: Database,
  want: { id: string; before: string; after: string },
): Promise<AdministratorRow | undefined> {
  const { administrators } = db.tables;
  const [row] = await db
    .update(administrators)
    .set({ passwordHash: want.after })
    .where(and(eq(administrators.id, want.id), eq(administrators.passwordHash, want.before)))
    .returning();
  return row;
}

/** Gives the administrator another password, which they chose, and ends their other sign-ins. Says how many ended. */
export async function replacePassword(
  db: Database,
  want: { administratorId: string; passwordHash: string; keep: string },
): Promise<number> {
  const { administrators, sessions } = db.tables;
  return await db.transaction(function* (tx) {
    const { passwordHash } = want;
    yield* q(
      tx
        .update(administrators)
        .set({ passwordHash, mustChangePassword: false })
        .where(eq(administrators.id, want.administratorId)),
    );
    const gone = yield* q(
      tx
        .delete(sessions)
        .where(and(eq(sessions.administratorId, want.administratorId), ne(sessions.id, want.keep)))
        .returning({ id: sessions.id }),
    );
    return gone.length;
  });
}

/** Notes that a sign-in was used, unless that was noted after `before`. */
export async function touchSession(
  db: Database,
  want: { id: string; at: Date; before: Date },
): Promise<void> {
  const { sessions } = db.tables;
  const isOld = or(isNull(sessions.lastSeenAt), lt(sessions.lastSeenAt, want.before));
  await db
    .update(sessions)
    .set({ lastSeenAt: want.at })
    .where(and(eq(sessions.id, want.id), isOld));
}

/** Notes that the password was entered again in this sign-in. */
export async function notePasswordConfirmed(db: Database, want: { id: string; at: Date }): Promise<void> {
  const { sessions } = db.tables;
  await db.update(sessions).set({ passwordConfirmedAt: want.at }).where(eq(sessions.id, want.id));
}

/** A sign-in that has not ended, and whose it is. */
export async function findSession(
  db: Database,
  want: { id: string; now: Date },
): Promise<{ session: SessionRow; administrator: AdministratorRow } | undefined> {
  const { sessions, administrators } = db.tables;
  const [row] = await db
    .select({ session: sessions, administrator: administrators })
    .from(sessions)
    .innerJoin(administrators, eq(administrators.id, sessions.administratorId))
    .where(and(eq(sessions.id, want.id), gt(sessions.expiresAt, want.now)));
  return row;
}

/** The sign-ins of an administrator that have not ended, the oldest first. */
export async function listSessions(
  db: Database,
  want: { administratorId: string; now: Date },
): Promise<SessionRow[]> {
  const { sessions } = db.tables;
  return await db
    .select()
    .from(sessions)
    .where(and(eq(sessions.administratorId, want.administratorId), gt(sessions.expiresAt, want.now)))
    .orderBy(asc(sessions.createdAt), asc(sessions.id));
}

/** Ends a sign-in, of this administrator where one is named. Whether there was one. */
export async function deleteSession(db: Database, id: string, administratorId?: string): Promise<boolean> {
  const { sessions } = db.tables;
  const isTheirs = administratorId === undefined ? undefined : eq(sessions.administratorId, administratorId);
  const gone = await db
    .delete(sessions)
    .where(and(eq(sessions.id, id), isTheirs))
    .returning({ id: sessions.id });
  return gone.length > 0;
}

/** Ends all sign-ins of an administrator, but for the one to keep. Says how many ended. */
export async function deleteSessionsOf(
  db: Database,
  want: { administratorId: string; keep?: string },
): Promise<number> {
  const { sessions } = db.tables;
  const isTheirs = eq(sessions.administratorId, want.administratorId);
  const gone = await db
    .delete(sessions)
    .where(want.keep === undefined ? isTheirs : and(isTheirs, ne(sessions.id, want.keep)))
    .returning({ id: sessions.id });
  return gone.length;
}

/** Removes the sign-ins that have ended. */
export async function pruneSessions(db: Database, now: Date): Promise<number> {
  const { sessions } = db.tables;
  const gone = await db.delete(sessions).where(lte(sessions.expiresAt, now)).returning({ id: sessions.id });
  return gone.length;
}
