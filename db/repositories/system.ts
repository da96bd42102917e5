import { eq, sql } from 'drizzle-orm';
import { type Database, q } from '../client';

/** What the database takes, in bytes; `undefined` when it does not say. */
export async function readDatabaseSize(db: Database): Promise<number | undefined> {
  const size =
    db.dialect === 'sqlite'
      ? sql<number>`(select page_count * page_size from pragma_page_count(), pragma_page_size())`
      : sql<number>`pg_database_size(current_database())`;
  const [row] = await db.select({ size: size.mapWith(Number) }).from(sql`(select 1) as one`);
  return row?.size;
}

/** Writes a row and takes it back, in one transaction: fails where the database cannot be written. */
export const probeWrite = (db: Database): Promise<void> => {
  const { meta } = db.tables;
  const key = 'write_probe';
  return db.transaction(function* (tx) {
    yield* q(tx.insert(meta).values({ key, value: '' }).onConflictDoNothing());
    yield* q(tx.delete(meta).where(eq(meta.key, key)));
  });
};
