import { readFile } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import { type Database, DatabaseError } from './client';

type Journal = { entries: { when: number; tag: string }[] };

/**
 * Brings the schema up to date, under a lock where several processes may start at once.
 * A database that a newer version has migrated is refused untouched. Throws `DatabaseError`.
 */
export async function migrateDatabase(db: Database, folder: string): Promise<void> {
  const journal = JSON.parse(await readFile(`${folder}/${db.dialect}/meta/_journal.json`, 'utf8')) as Journal;
  const newest = Math.max(...journal.entries.map((entry) => entry.when));
  const applied = await lastApplied(db);
  if (applied !== undefined && applied > newest) {
    throw new DatabaseError(
      'This database was made by a newer version of Flow2API. Nothing was changed. Start the newer version, or put back a backup from before the update.',
    );
  }
  await db.migrate(folder);
}

/** When the newest migration in the database was written, in milliseconds; `undefined` for an empty database. */
async function lastApplied(db: Database): Promise<number | undefined> {
  const [table, exists] =
    db.dialect === 'sqlite'
      ? [
          sql`__drizzle_migrations`,
          sql`select count(*) as n from sqlite_master where name = '__drizzle_migrations'`,
        ]
      : [
          sql`drizzle.__drizzle_migrations`,
          sql`select count(*) as n from information_schema.tables where table_schema = 'drizzle' and table_name = '__drizzle_migrations'`,
        ];
  const [found] = await db.select({ n: sql<number>`n`.mapWith(Number) }).from(sql`(${exists}) as found`);
  if (found?.n !== 1) return undefined;
  const [row] = await db
    .select({ at: sql<number | null>`at` })
    .from(sql`(select max(created_at) as at from ${table}) as newest`);
  return row?.at === null || row?.at === undefined ? undefined : Number(row.at);
}
