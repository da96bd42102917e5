import { readFile } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import { type Database, DatabaseError } from './client';
import { listMetaFrom, setMetaIfAbsent } from './repositories/meta';

type Journal = { entries: { idx: number; when: number; tag: string }[] };

/** Where the migrations are, from where the program runs. */
export const migrationsFolder = 'db/migrations';

const noteKey = (tag: string) => `migration:${tag}`;

const readJournal = async (db: Database, folder: string): Promise<Journal> =>
  JSON.parse(await readFile(`${folder}/${db.dialect}/meta/_journal.json`, 'utf8'));

/**
 * Brings the schema up to date, under a lock where several processes may start at once.
 * A database that a newer version has migrated is refused untouched. Throws `DatabaseError`.
 */
export async function migrateDatabase(db: Database, folder: string): Promise<void> {
  const journal = await readJournal(db, folder);
  const newest = Math.max(...journal.entries.map((entry) => entry.when));
  const applied = await lastApplied(db);
  if (applied !== undefined && applied > newest) {
    throw new DatabaseError(
      'This database was made by a newer version of Flow2API. Nothing was changed. Start the newer version, or put back a backup from before the update.',
    );
  }
  const startedMs = performance.now();
  await db.migrate(folder);
  const made = journal.entries.filter(({ when }) => applied === undefined || when > applied);
  const [only, ...others] = made;
  // On Postgres the time may have gone by waiting for another replica; of several nobody knows how long each took.
  const isTimed = db.dialect === 'sqlite' && only !== undefined && others.length === 0;
  const durationMs = isTimed ? Math.round(performance.now() - startedMs) : null;
  const note: Note = { appliedAt: new Date().toISOString(), durationMs };
  for (const { tag } of made) await setMetaIfAbsent(db, noteKey(tag), JSON.stringify(note));
}

/** When a migration was applied and how long it took, as far as anybody knows. */
type Note = { appliedAt: string; durationMs: number | null };

/** One migration that this version knows. */
export type Migration = {
  id: number;
  name: string;
  isPending: boolean;
  appliedAt?: Date;
  durationMs?: number;
};

/** Every migration that this version knows, pending ones first, else the oldest first. */
export async function listMigrations(db: Database, folder: string): Promise<Migration[]> {
  const [journal, applied, notes] = await Promise.all([
    readJournal(db, folder),
    lastApplied(db),
    listMetaFrom(db, noteKey('')),
  ]);
  const all = journal.entries.map(({ idx, when, tag }): Migration => {
    const text = notes.get(noteKey(tag));
    const note = text === undefined ? undefined : (JSON.parse(text) as Note);
    return {
      id: idx,
      name: tag,
      isPending: applied === undefined || when > applied,
      ...(note === undefined ? {} : { appliedAt: new Date(note.appliedAt) }),
      ...(typeof note?.durationMs === 'number' ? { durationMs: note.durationMs } : {}),
    };
  });
  return [...all.filter(({ isPending }) => isPending), ...all.filter(({ isPending }) => !isPending)];
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
