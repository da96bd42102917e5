import { and, eq, isNotNull, isNull } from 'drizzle-orm';
import type { Database } from '../client';
import type { Schema } from '../schema/define';

type AccountRow = Schema['accounts']['$inferSelect'];

/** What an account has sealed or hashed with the secret key. */
export type SealedAccount = Pick<
  AccountRow,
  'id' | 'sessionTokenSealed' | 'sessionTokenHash' | 'accessTokenSealed' | 'proxyUrlSealed'
>;

/** Of every account, what depends on the secret key. */
export async function listSealedAccounts(db: Database): Promise<SealedAccount[]> {
  const { accounts } = db.tables;
  return await db
    .select({
      id: accounts.id,
      sessionTokenSealed: accounts.sessionTokenSealed,
      sessionTokenHash: accounts.sessionTokenHash,
      accessTokenSealed: accounts.accessTokenSealed,
      proxyUrlSealed: accounts.proxyUrlSealed,
    })
    .from(accounts)
    .orderBy(accounts.id);
}

/** Puts the new values in the place of the old ones. False: the row has others by now, and keeps them. */
export async function replaceSealedAccount(
  db: Database,
  before: SealedAccount,
  after: SealedAccount,
): Promise<boolean> {
  const { accounts } = db.tables;
  const { id: _id, ...values } = after;
  const replaced = await db
    .update(accounts)
    .set(values)
    .where(
      and(
        eq(accounts.id, before.id),
        isSame(accounts.sessionTokenSealed, before.sessionTokenSealed),
        isSame(accounts.accessTokenSealed, before.accessTokenSealed),
        isSame(accounts.proxyUrlSealed, before.proxyUrlSealed),
      ),
    )
    .returning({ id: accounts.id });
  return replaced.length > 0;
}

/** What long work that has not ended is to do, sealed. */
export async function listSealedTasks(db: Database): Promise<{ id: string; inputSealed: string }[]> {
  const { tasks } = db.tables;
  const rows = await db
    .select({ id: tasks.id, inputSealed: tasks.inputSealed })
    .from(tasks)
    .where(isNotNull(tasks.inputSealed));
  return rows.flatMap(({ id, inputSealed }) => (inputSealed === null ? [] : [{ id, inputSealed }]));
}

/** Puts the new value in the place of the old one; a task that has ended meanwhile keeps none. */
export async function replaceSealedTask(
  db: Database,
  { id, before, after }: { id: string; before: string; after: string },
): Promise<void> {
  const { tasks } = db.tables;
  await db
    .update(tasks)
    .set({ inputSealed: after })
    .where(and(eq(tasks.id, id), eq(tasks.inputSealed, before)));
}

const isSame = (
  column: Schema['accounts']['sessionTokenSealed' | 'accessTokenSealed' | 'proxyUrlSealed'],
  value: string | null,
) => (value === null ? isNull(column) : eq(column, value));
