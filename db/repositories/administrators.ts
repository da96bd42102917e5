import { and, asc, count, eq, gt, lte, ne } from 'drizzle-orm';
import type { Database } from '../client';
import type { Schema } from '../schema/define';

export type AdministratorRow = Schema['administrators']['$inferSelect'];
export type SessionRow = Schema['sessions']['$inferSelect'];

export async function countAdministrators(db: Database): Promise<number> {
  const [row] = await db.select({ n: count().mapWith(Number) }).from(db.tables.administrators);
  return row?.n ?? 0;
}

/** False where the name is taken. */
export async function createAdministrator(db: Database, row: AdministratorRow): Promise<boolean> {
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

export async function createSession(db: Database, row: SessionRow): Promise<void> {
  await db.insert(db.tables.sessions).values(row);
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

/** Ends a sign-in. Whether there was one. */
export async function deleteSession(db: Database, id: string): Promise<boolean> {
  const { sessions } = db.tables;
  const gone = await db.delete(sessions).where(eq(sessions.id, id)).returning({ id: sessions.id });
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
