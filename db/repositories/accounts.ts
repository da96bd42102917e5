import { and, asc, count, desc, eq, isNotNull, isNull, lte, notExists, or, sql } from 'drizzle-orm';
import { type Database, q } from '../client';
import type { Schema } from '../schema/define';

/** One upstream identity as stored; secrets are sealed. */
export type AccountRow = Schema['accounts']['$inferSelect'];
export type NewAccountRow = Schema['accounts']['$inferInsert'];
export type AccountChanges = Partial<Omit<NewAccountRow, 'id' | 'createdAt'>>;

/** Jobs that occupy upstream now, per account. */
export type RunningCounts = { image: number; video: number };

/** All accounts, also those being removed, oldest first. */
export const listAccounts = (db: Database): Promise<AccountRow[]> =>
  db.select().from(db.tables.accounts).orderBy(asc(db.tables.accounts.createdAt), asc(db.tables.accounts.id));

export async function findAccount(db: Database, id: string): Promise<AccountRow | undefined> {
  const { accounts } = db.tables;
  const [row] = await db.select().from(accounts).where(eq(accounts.id, id)).limit(1);
  return row;
}

/** By the keyed hash of its session token. */
export async function findAccountBySessionTokenHash(
  db: Database,
  hash: string,
): Promise<AccountRow | undefined> {
  const { accounts } = db.tables;
  const [row] = await db.select().from(accounts).where(eq(accounts.sessionTokenHash, hash)).limit(1);
  return row;
}

/** By e-mail, in any case; accounts being removed do not count. */
export async function findAccountByEmail(db: Database, email: string): Promise<AccountRow | undefined> {
  const { accounts } = db.tables;
  const [row] = await db
    .select()
    .from(accounts)
    .where(and(eq(sql`lower(${accounts.email})`, email.toLowerCase()), isNull(accounts.removedAt)))
    .limit(1);
  return row;
}

/** A project of upstream that an account works in, or has worked in. */
export type ProjectRow = Schema['projects']['$inferSelect'];

/** Guards the look for a duplicate and the insert after it; the row lock of its lease ends with the transaction. */
const insertLock = { name: 'insert-account', owner: '', until: new Date(0) };

/**
 * Stores a new account and, when given, the upstream project it works in. Where the upstream's account is there already
 * (same e-mail in any case, not being removed), gives that one as `existing` and stores nothing, however many add at once.
 */
export const insertAccount = (
  db: Database,
  row: NewAccountRow,
  project?: { id: string; upstreamId: string; title: string; createdAt: Date },
): Promise<{ stored: AccountRow } | { existing: AccountRow }> => {
  const { accounts, leases, projects } = db.tables;
  return db.transaction(function* (tx) {
    yield* q(
      tx
        .insert(leases)
        .values(insertLock)
        .onConflictDoUpdate({ target: leases.name, set: { until: insertLock.until } }),
    );
    const [existing] = yield* q(
      tx
        .select()
        .from(accounts)
        .where(
          and(
            eq(accounts.upstream, row.upstream),
            eq(sql`lower(${accounts.email})`, row.email.toLowerCase()),
            isNull(accounts.removedAt),
          ),
        )
        .limit(1),
    );
    if (existing !== undefined) return { existing };
    const [stored] = yield* q(tx.insert(accounts).values(row).returning());
    if (stored === undefined) throw new Error('an insert gave no row');
    if (project !== undefined) yield* q(tx.insert(projects).values({ ...project, accountId: stored.id }));
    return { stored };
  });
};

/** Changes one account; `undefined` when it is gone. */
export async function updateAccount(
  db: Database,
  id: string,
  changes: AccountChanges,
  now: Date,
): Promise<AccountRow | undefined> {
  const { accounts } = db.tables;
  const [row] = await db
    .update(accounts)
    .set({ ...changes, updatedAt: now })
    .where(eq(accounts.id, id))
    .returning();
  return row;
}

/** Reads, decides and writes one account in one transaction. `decide` is pure; `undefined` changes nothing. */
export const changeAccount = (
  db: Database,
  id: string,
  now: Date,
  decide: (row: AccountRow) => AccountChanges | undefined,
): Promise<AccountRow | undefined> => {
  const { accounts } = db.tables;
  return db.transaction(function* (tx) {
    const [row] = yield* q(db.forUpdate(tx.select().from(accounts).where(eq(accounts.id, id))));
    if (row === undefined) return undefined;
    const changes = decide(row);
    if (changes === undefined) return row;
    const [changed] = yield* q(
      tx
        .update(accounts)
        .set({ ...changes, updatedAt: now })
        .where(eq(accounts.id, id))
        .returning(),
    );
    return changed;
  });
};

/** Remembers a project of an account; known ones stay. */
export async function insertProject(
  db: Database,
  project: { id: string; accountId: string; upstreamId: string; title: string; createdAt: Date },
): Promise<void> {
  await db.insert(db.tables.projects).values(project).onConflictDoNothing();
}

/**
 * Chooses the project that an account works in, where it has none. Gives the one that is chosen then, which may be
 * another; `undefined` when the account is gone.
 */
export async function chooseFirstProject(
  db: Database,
  want: { accountId: string; projectId: string; projectName: string; now: Date },
): Promise<string | undefined> {
  const { accounts } = db.tables;
  const { accountId, projectId, projectName, now } = want;
  const [chosen] = await db
    .update(accounts)
    .set({ projectId, projectName, updatedAt: now })
    .where(and(eq(accounts.id, accountId), isNull(accounts.projectId)))
    .returning({ id: accounts.id });
  if (chosen !== undefined) return projectId;
  const row = await findAccount(db, accountId);
  return row === undefined ? undefined : (row.projectId ?? projectId);
}

/** How many jobs occupy upstream, by account. Accounts without any are missing. */
export async function countRunning(db: Database): Promise<Map<string, RunningCounts>> {
  const { jobs } = db.tables;
  const rows = await db
    .select({ accountId: jobs.accountId, kind: jobs.kind, n: count().mapWith(Number) })
    .from(jobs)
    .where(eq(jobs.occupies, true))
    .groupBy(jobs.accountId, jobs.kind);
  const counts = new Map<string, RunningCounts>();
  for (const row of rows) {
    if (row.accountId === null) continue;
    const entry = counts.get(row.accountId) ?? { image: 0, video: 0 };
    entry[row.kind] = row.n;
    counts.set(row.accountId, entry);
  }
  return counts;
}

/** Accounts in use whose session is not known to have ended: those whose access is worth renewing. */
export function listRefreshable(db: Database): Promise<AccountRow[]> {
  const { accounts } = db.tables;
  return db
    .select()
    .from(accounts)
    .where(and(eq(accounts.enabled, true), isNull(accounts.expiredAt), isNull(accounts.removedAt)))
    .orderBy(asc(accounts.accessTokenExpiresAt), asc(accounts.id));
}

/** Whether the account rests until one of its jobs ends upstream. */
export async function waitsForPlace(db: Database, accountId: string): Promise<boolean> {
  const { accounts } = db.tables;
  const [row] = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.id, accountId), eq(accounts.cooldownReason, 'concurrency')));
  return row !== undefined;
}

/**
 * Accounts in use whose credits are not known since a refusal, or, where given, were last asked for before
 * `checkedBefore`; those longest ago first.
 */
export function listAccountsByCredits(
  db: Database,
  want: { checkedBefore: Date | undefined },
): Promise<AccountRow[]> {
  const { accounts } = db.tables;
  const unknown = isNull(accounts.creditsCheckedAt);
  return db
    .select()
    .from(accounts)
    .where(
      and(
        eq(accounts.enabled, true),
        isNull(accounts.expiredAt),
        isNull(accounts.bannedAt),
        isNull(accounts.removedAt),
        want.checkedBefore === undefined
          ? unknown
          : or(unknown, lte(accounts.creditsCheckedAt, want.checkedBefore)),
      ),
    )
    .orderBy(sql`coalesce(${accounts.creditsCheckedAt}, 0)`, asc(accounts.id));
}

/** The projects of an account, the newest first. */
export function listProjects(db: Database, accountId: string): Promise<ProjectRow[]> {
  const { projects } = db.tables;
  return db
    .select()
    .from(projects)
    .where(eq(projects.accountId, accountId))
    .orderBy(desc(projects.createdAt), asc(projects.id));
}

/**
 * Takes an account out for good. While it runs jobs it is only marked, so that they can end; else its row goes, and what
 * was sealed with it. `undefined` when there is none. Deciding and taking a slot lock the same row: no job slips through.
 */
export const removeAccount = (
  db: Database,
  id: string,
  now: Date,
): Promise<{ row: AccountRow; running: number } | undefined> => {
  const { accounts, jobs } = db.tables;
  return db.transaction(function* (tx) {
    const [row] = yield* q(db.forUpdate(tx.select().from(accounts).where(eq(accounts.id, id))));
    if (row === undefined) return undefined;
    const [found] = yield* q(
      tx
        .select({ n: count().mapWith(Number) })
        .from(jobs)
        .where(and(eq(jobs.accountId, id), eq(jobs.state, 'running'))),
    );
    const running = found?.n ?? 0;
    if (running === 0) yield* q(tx.delete(accounts).where(eq(accounts.id, id)));
    else if (row.removedAt === null)
      yield* q(tx.update(accounts).set({ removedAt: now, updatedAt: now }).where(eq(accounts.id, id)));
    return { row, running };
  });
};

/** Removes the accounts that were taken out and run nothing any more, or only this one; gives those that went. */
export function deleteRemovedAccounts(
  db: Database,
  accountId?: string,
): Promise<{ id: string; email: string }[]> {
  const { accounts, jobs } = db.tables;
  const running = db
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.accountId, accounts.id), eq(jobs.state, 'running')));
  return db
    .delete(accounts)
    .where(
      and(
        accountId === undefined ? undefined : eq(accounts.id, accountId),
        isNotNull(accounts.removedAt),
        notExists(running),
      ),
    )
    .returning({ id: accounts.id, email: accounts.email });
}
