import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import pg from 'pg';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { type Database, openPostgres, openSqlite } from '@/db/client';
import { migrateDatabase } from '@/db/migrate';
import { createAdministrator, createSession, findSession } from '@/db/repositories/administrators';
import { getMeta, setMeta } from '@/db/repositories/meta';
import { migrationsFolder } from '../support/databases';
import { createPostgresDatabase } from '../support/postgres';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'flow2api-migrations-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  return folder;
}

/** One empty database, which can be opened again and asked by plain SQL. */
type Place = {
  open: () => Promise<Database>;
  sql: (statement: string) => Promise<Record<string, unknown>[]>;
  /** Changes when anything in the database does. */
  state: () => Promise<string>;
  migrationsTable: string;
};

async function sqlitePlace(): Promise<Place> {
  const file = join(await temporaryFolder(), 'test.db');
  return {
    open: async () => keep(await openSqlite(file)),
    sql: async (statement) => {
      const raw = new BetterSqlite(file);
      try {
        const query = raw.prepare(statement);
        return (query.reader ? query.all() : [query.run()]) as Record<string, unknown>[];
      } finally {
        raw.close();
      }
    },
    state: async () =>
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    migrationsTable: '__drizzle_migrations',
  };
}

async function postgresPlace(): Promise<Place> {
  const { url, drop } = await createPostgresDatabase(inject('postgresUrl'));
  cleanups.push(drop);
  const sql = async (statement: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    open: async () => keep(await openPostgres(url)),
    sql,
    state: async () =>
      JSON.stringify([
        await sql(
          `select table_schema, table_name, column_name, data_type, is_nullable from information_schema.columns
           where table_schema in ('public', 'drizzle') order by 1, 2, 3`,
        ),
        await sql('select indexdef from pg_indexes order by indexdef'),
        await sql('select * from drizzle.__drizzle_migrations order by id'),
        await sql('select * from meta order by key'),
      ]),
    migrationsTable: 'drizzle.__drizzle_migrations',
  };
}

function keep(db: Database): Database {
  let isOpen = true;
  const close = async () => {
    if (isOpen) await db.close();
    isOpen = false;
  };
  cleanups.push(close);
  return { ...db, close };
}

/** The migrations of this checkout and one more. */
async function withOneMore(dialect: string, statements: string[]): Promise<string> {
  const folder = await temporaryFolder();
  await cp(migrationsFolder, folder, { recursive: true });
  const journalFile = join(folder, dialect, 'meta/_journal.json');
  const journal = JSON.parse(await readFile(journalFile, 'utf8'));
  const last = journal.entries.at(-1);
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag: 'one_more' });
  await writeFile(journalFile, JSON.stringify(journal));
  await writeFile(join(folder, dialect, 'one_more.sql'), statements.join('\n--> statement-breakpoint\n'));
  return folder;
}

/** The migrations of this checkout before the one of this name. */
async function upTo(dialect: string, tag: string): Promise<string> {
  const folder = await temporaryFolder();
  await cp(migrationsFolder, folder, { recursive: true });
  const journalFile = join(folder, dialect, 'meta/_journal.json');
  const journal = JSON.parse(await readFile(journalFile, 'utf8'));
  const end = journal.entries.findIndex((entry: { tag: string }) => entry.tag === tag);
  journal.entries = journal.entries.slice(0, end);
  await writeFile(journalFile, JSON.stringify(journal));
  return folder;
}

describe.each([
  ['SQLite', sqlitePlace],
  ['Postgres', postgresPlace],
] as const)('migrations on %s', (_name, makePlace) => {
  test('rows of the request log that were stored twice become one', async () => {
    const place = await makePlace();
    const db = await place.open();
    await migrateDatabase(db, await upTo(db.dialect, '0008_log_entries'));
    for (const requestId of ['a', 'b', 'a', 'a', 'c']) {
      await place.sql(
        `insert into request_logs (request_id, at, method, path, status, duration_ms) values ('${requestId}', 1, 'GET', '/', 200, 1)`,
      );
    }
    await migrateDatabase(db, migrationsFolder);
    await db.close();
    const rows = await place.sql('select request_id from request_logs order by id');
    expect(rows.map(({ request_id }) => request_id)).toEqual(['a', 'b', 'c']);
  });

  test('make an empty database usable; a second start changes nothing', async () => {
    const place = await makePlace();
    const first = await place.open();
    await migrateDatabase(first, migrationsFolder);
    await setMeta(first, 'fact', 'kept');
    await first.close();
    const before = await place.state();

    const second = await place.open();
    await migrateDatabase(second, migrationsFolder);
    expect(await getMeta(second, 'fact')).toBe('kept');
    await second.close();
    expect(await place.state()).toBe(before);
  });

  test('a database of a newer version is refused and left as it is', async () => {
    const place = await makePlace();
    const db = await place.open();
    await migrateDatabase(db, migrationsFolder);
    await setMeta(db, 'fact', 'kept');
    await db.close();
    await place.sql(
      `insert into ${place.migrationsTable} (hash, created_at) select 'newer', max(created_at) + 1 from ${place.migrationsTable}`,
    );
    const before = await place.state();

    const older = await place.open();
    await expect(migrateDatabase(older, migrationsFolder)).rejects.toMatchObject({
      name: 'DatabaseError',
      message: expect.stringContaining('newer version'),
    });
    await older.close();
    expect(await place.state()).toBe(before);
  });

  test('a migration that fails halfway leaves nothing behind', async () => {
    const place = await makePlace();
    const db = await place.open();
    await migrateDatabase(db, migrationsFolder);
    await setMeta(db, 'fact', 'kept');
    const folder = await withOneMore(db.dialect, [
      'CREATE TABLE half_done (id text)',
      'DELETE FROM meta',
      'CREATE TABLE half_done (id text)',
    ]);
    await expect(migrateDatabase(db, folder)).rejects.toThrow();
    expect(await getMeta(db, 'fact')).toBe('kept');
    // The connection is still good, and the next try starts from the same place.
    await migrateDatabase(db, await withOneMore(db.dialect, ['CREATE TABLE half_done (id text)']));
    await db.close();
    expect(await place.sql('select count(*) as n from half_done')).toHaveLength(1);
  });
});

test('a table that is made anew on SQLite takes nothing with it that refers to it', async () => {
  const place = await sqlitePlace();
  const db = await place.open();
  await migrateDatabase(db, migrationsFolder);
  const now = new Date();
  const later = new Date(now.getTime() + 60_000);
  await createAdministrator(db, { id: 'a', username: 'anna', passwordHash: 'hash', createdAt: now });
  await createSession(db, { id: 's', administratorId: 'a', createdAt: now, expiresAt: later });
  const folder = await withOneMore('sqlite', [
    'CREATE TABLE __new (id text PRIMARY KEY NOT NULL, username text NOT NULL, password_hash text NOT NULL, must_change_password integer DEFAULT false NOT NULL, created_at integer NOT NULL)',
    'INSERT INTO __new SELECT id, username, password_hash, must_change_password, created_at FROM administrators',
    'DROP TABLE administrators',
    'ALTER TABLE __new RENAME TO administrators',
  ]);
  await migrateDatabase(db, folder);
  expect(await findSession(db, { id: 's', now })).toMatchObject({ administrator: { username: 'anna' } });
  // References are watched again afterwards.
  await expect(
    createSession(db, { id: 't', administratorId: 'nobody', createdAt: now, expiresAt: later }),
  ).rejects.toThrow();
});

test('six processes that start at once on an empty Postgres all succeed', async () => {
  const place = await postgresPlace();
  const databases = await Promise.all(Array.from({ length: 6 }, () => place.open()));
  await Promise.all(databases.map((db) => migrateDatabase(db, migrationsFolder)));
  const journal = JSON.parse(await readFile(join(migrationsFolder, 'postgres/meta/_journal.json'), 'utf8'));
  expect(await place.sql('select hash from drizzle.__drizzle_migrations')).toHaveLength(
    journal.entries.length,
  );
  expect(await place.sql('select pid from pg_locks where locktype = $$advisory$$')).toEqual([]);
});
