import { and, asc, eq, gt, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import { type Database, q } from '../client';
import type { Schema } from '../schema/define';

export type ApiKeyRow = Schema['apiKeys']['$inferSelect'];

/** What an operator may change of a key. */
export type ApiKeyChanges = Partial<
  Omit<ApiKeyRow, 'id' | 'createdAt' | 'lastUsedAt' | 'lastServedAt' | 'previousHash' | 'previousUntil'>
>;

/** A new key; what is left out has its default: enabled, without an end and without limits. */
export type NewApiKeyRow = Schema['apiKeys']['$inferInsert'];

/** The key with this hash, also as the value before its last rotation. Whether that still works is for the caller to see. */
export async function findApiKeyByHash(db: Database, hash: string): Promise<ApiKeyRow | undefined> {
  const { apiKeys } = db.tables;
  const rows = await db
    .select()
    .from(apiKeys)
    .where(or(eq(apiKeys.hash, hash), eq(apiKeys.previousHash, hash)));
  return rows.find((row) => row.hash === hash) ?? rows[0];
}

export async function findApiKey(db: Database, id: string): Promise<ApiKeyRow | undefined> {
  const { apiKeys } = db.tables;
  const [row] = await db.select().from(apiKeys).where(eq(apiKeys.id, id));
  return row;
}

/** The keys of these ids that exist. */
export async function listApiKeysById(db: Database, ids: readonly string[]): Promise<ApiKeyRow[]> {
  const { apiKeys } = db.tables;
  return await db
    .select()
    .from(apiKeys)
    .where(inArray(apiKeys.id, [...ids]));
}

/** The keys in the order of their making; `after` is the last row of the page before. */
export async function listApiKeys(
  db: Database,
  page: { limit: number; after?: Pick<ApiKeyRow, 'createdAt' | 'id'> },
): Promise<ApiKeyRow[]> {
  const { apiKeys } = db.tables;
  const { after, limit } = page;
  return await db
    .select()
    .from(apiKeys)
    .where(
      after === undefined
        ? undefined
        : or(
            gt(apiKeys.createdAt, after.createdAt),
            and(eq(apiKeys.createdAt, after.createdAt), gt(apiKeys.id, after.id)),
          ),
    )
    .orderBy(asc(apiKeys.createdAt), asc(apiKeys.id))
    .limit(limit);
}

/** Every key, in the order of their making. */
export async function listAllApiKeys(db: Database): Promise<ApiKeyRow[]> {
  const { apiKeys } = db.tables;
  return await db.select().from(apiKeys).orderBy(asc(apiKeys.createdAt), asc(apiKeys.id));
}

export async function countApiKeys(db: Database): Promise<number> {
  const [row] = await db.select({ n: sql`count(*)`.mapWith(Number) }).from(db.tables.apiKeys);
  return row?.n ?? 0;
}

/** How many keys there are, and whether one of them was ever used. */
export async function sumUpApiKeys(db: Database): Promise<{ keys: number; isAnyUsed: boolean }> {
  const { apiKeys } = db.tables;
  const [row] = await db
    .select({ keys: sql`count(*)`.mapWith(Number), used: sql`count(${apiKeys.lastUsedAt})`.mapWith(Number) })
    .from(apiKeys);
  return { keys: row?.keys ?? 0, isAnyUsed: (row?.used ?? 0) > 0 };
}

/** False where the name or the value is taken. */
export async function createApiKey(db: Database, row: NewApiKeyRow): Promise<boolean> {
  const { apiKeys } = db.tables;
  const made = await db.insert(apiKeys).values(row).onConflictDoNothing().returning({ id: apiKeys.id });
  return made.length > 0;
}

/** The row after the change, `taken` where another key has the new name, `undefined` when there is no such key. */
export const updateApiKey = (
  db: Database,
  id: string,
  changes: ApiKeyChanges,
): Promise<ApiKeyRow | 'taken' | undefined> => {
  const { apiKeys } = db.tables;
  return db.transaction(function* (tx): Generator<unknown, ApiKeyRow | 'taken' | undefined, unknown> {
    const [known] = yield* q(db.forUpdate(tx.select().from(apiKeys).where(eq(apiKeys.id, id))));
    if (known === undefined || Object.keys(changes).length === 0) return known;
    if (changes.name !== undefined && changes.name !== known.name) {
      const [other] = yield* q(tx.select().from(apiKeys).where(eq(apiKeys.name, changes.name)));
      if (other !== undefined) return 'taken';
    }
    const [row] = yield* q(tx.update(apiKeys).set(changes).where(eq(apiKeys.id, id)).returning());
    return row;
  });
};

/**
 * Gives the key another value. The one before works until `graceUntil`, null: no longer. What worked before that one
 * ends at once. `undefined` when there is no such key.
 */
export const rotateApiKey = (
  db: Database,
  want: { id: string; hash: string; hint: string; graceUntil: Date | null },
): Promise<ApiKeyRow | undefined> => {
  const { apiKeys } = db.tables;
  return db.transaction(function* (tx) {
    const [known] = yield* q(db.forUpdate(tx.select().from(apiKeys).where(eq(apiKeys.id, want.id))));
    if (known === undefined) return undefined;
    const [row] = yield* q(
      tx
        .update(apiKeys)
        .set({
          hash: want.hash,
          hint: want.hint,
          previousHash: want.graceUntil === null ? null : known.hash,
          previousUntil: want.graceUntil,
        })
        .where(eq(apiKeys.id, want.id))
        .returning(),
    );
    return row;
  });
};

/**
 * Whether there was one. Its jobs and media stay, without a key. They are let go before the key is deleted: what goes on
 * with a job locks the job first, and the other order could stop it right after upstream has accepted.
 */
export async function deleteApiKey(db: Database, id: string): Promise<boolean> {
  const { apiKeys, jobs, media } = db.tables;
  await db.update(apiKeys).set({ enabled: false }).where(eq(apiKeys.id, id)); // no new jobs from here on
  await db.update(jobs).set({ apiKeyId: null }).where(eq(jobs.apiKeyId, id));
  await db.update(media).set({ apiKeyId: null }).where(eq(media.apiKeyId, id));
  const gone = await db.delete(apiKeys).where(eq(apiKeys.id, id)).returning({ id: apiKeys.id });
  return gone.length > 0;
}

/**
 * Gives the key of this name this value. A key that has the value already is left as it is, under whatever name, so
 * that what was disabled by hand stays so; a new value makes the named key usable again.
 */
export const setApiKeyValue = (
  db: Database,
  row: Pick<ApiKeyRow, 'id' | 'name' | 'hash' | 'hint' | 'createdAt'>,
): Promise<{ row: ApiKeyRow | undefined; isChanged: boolean }> => {
  const { apiKeys } = db.tables;
  return db.transaction(function* (tx) {
    const [known] = yield* q(tx.select().from(apiKeys).where(eq(apiKeys.hash, row.hash)));
    if (known !== undefined) return { row: known, isChanged: false };
    const [made] = yield* q(
      tx
        .insert(apiKeys)
        .values(row)
        .onConflictDoUpdate({
          target: apiKeys.name,
          set: {
            hash: row.hash,
            hint: row.hint,
            enabled: true,
            expiresAt: null,
            previousHash: null,
            previousUntil: null,
          },
        })
        .returning(),
    );
    return { row: made, isChanged: true };
  });
};

/** Notes a use, at most once in `everyMs`, however many processes serve the key. */
export async function touchApiKey(
  db: Database,
  use: { id: string; at: Date; everyMs: number },
): Promise<void> {
  const { apiKeys } = db.tables;
  const due = new Date(use.at.getTime() - use.everyMs);
  await db
    .update(apiKeys)
    .set({ lastUsedAt: use.at })
    .where(and(eq(apiKeys.id, use.id), or(isNull(apiKeys.lastUsedAt), lte(apiKeys.lastUsedAt, due))));
}

/** Deletes the key of this name, if there is one. */
export async function deleteApiKeyByName(db: Database, name: string): Promise<void> {
  const { apiKeys } = db.tables;
  await db.delete(apiKeys).where(eq(apiKeys.name, name));
}
