import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../client';

/** A fact about this installation. */
export async function getMeta(db: Database, key: string): Promise<string | undefined> {
  const { meta } = db.tables;
  const [row] = await db.select({ value: meta.value }).from(meta).where(eq(meta.key, key));
  return row?.value;
}

/** Every fact whose key begins so, by its key. */
export async function listMetaFrom(db: Database, prefix: string): Promise<Map<string, string>> {
  const { meta } = db.tables;
  const rows = await db.select().from(meta).where(sql`substr(${meta.key}, 1, ${prefix.length}) = ${prefix}`);
  return new Map(rows.map(({ key, value }) => [key, value]));
}

export async function setMeta(db: Database, key: string, value: string): Promise<void> {
  const { meta } = db.tables;
  await db
    .insert(meta)
    .values({ key, value })
    .onConflictDoUpdate({ target: meta.key, set: { value: sql`excluded.value` } });
}

/** Whether this call set it: of many at once, the first one does. */
export async function setMetaIfAbsent(db: Database, key: string, value: string): Promise<boolean> {
  const { meta } = db.tables;
  const made = await db
    .insert(meta)
    .values({ key, value })
    .onConflictDoNothing()
    .returning({ key: meta.key });
  return made.length > 0;
}

/** Removes a fact, where given only while it has this value. True for one caller: what is used up once is used once. */
export async function deleteMeta(db: Database, key: string, value?: string): Promise<boolean> {
  const { meta } = db.tables;
  const isIt = value === undefined ? eq(meta.key, key) : and(eq(meta.key, key), eq(meta.value, value));
  const gone = await db.delete(meta).where(isIt).returning({ key: meta.key });
  return gone.length > 0;
}
