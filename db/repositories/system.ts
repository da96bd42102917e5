import { sql } from 'drizzle-orm';
import type { Database } from '../client';

/** What the database takes, in bytes; `undefined` when it does not say. */
export async function readDatabaseSize(db: Database): Promise<number | undefined> {
  const size =
    db.dialect === 'sqlite'
      ? sql<number>`(select page_count * page_size from pragma_page_count(), pragma_page_size())`
      : sql<number>`pg_database_size(current_database())`;
  const [row] = await db.select({ size: size.mapWith(Number) }).from(sql`(select 1) as one`);
  return row?.size;
}

/** The migrations that were applied, oldest first: their hash and when they were made. */
export async function listMigrations(db: Database): Promise<{ hash: string; createdAt: Date }[]> {
  const name = db.dialect === 'sqlite' ? sql`__drizzle_migrations` : sql`drizzle.__drizzle_migrations`;
  const rows = await db
    .select({ hash: sql<string>`hash`, at: sql<number>`created_at`.mapWith(Number) })
    .from(name)
    .orderBy(sql`created_at`);
  return rows.map(({ hash, at }) => ({ hash, createdAt: new Date(at) }));
}
