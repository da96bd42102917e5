import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import {
  generateDrizzleJson,
  generateMigration,
  generateSQLiteDrizzleJson,
  generateSQLiteMigration,
} from 'drizzle-kit/api';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openPostgres, openSqlite } from '@/db/client';
import { migrateDatabase } from '@/db/migrate';
import * as postgresTables from '@/db/schema/postgres';
import * as sqliteTables from '@/db/schema/sqlite';
import { migrationsFolder } from '../support/databases';
import { createPostgresDatabase } from '../support/postgres';

/** A table as a database describes it, in words that both dialects share. */
type Table = {
  columns: Record<string, { type: string; isNullable: boolean; default: string | null }>;
  primaryKey: string[];
  indexes: Record<string, { isUnique: boolean; columns: string[] }>;
  foreignKeys: string[];
};
type Tables = Record<string, Table>;

let sqliteFile: string;
let onSqlite: Tables;
let onPostgres: Tables;
let remove: () => Promise<void>;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'flow2api-schema-'));
  const file = join(folder, 'test.db');
  sqliteFile = file;
  const sqlite = await openSqlite(file);
  await migrateDatabase(sqlite, migrationsFolder);
  await sqlite.close();
  onSqlite = describeSqlite(file);

  const { url, drop } = await createPostgresDatabase(inject('postgresUrl'));
  const postgres = await openPostgres(url);
  await migrateDatabase(postgres, migrationsFolder);
  await postgres.close();
  onPostgres = await describePostgres(url);
  remove = async () => {
    await rm(folder, { recursive: true });
    await drop();
  };
});
afterAll(() => remove());

test('both databases have the same tables', () => {
  expect(Object.keys(onSqlite)).toEqual(Object.keys(onPostgres));
  expect(Object.keys(onSqlite)).toHaveLength(Object.keys(sqliteTables).length);
  expect(Object.keys(sqliteTables)).toEqual(Object.keys(postgresTables));
});

test('every table has the same columns, keys, indexes and references on both', () => {
  expect(onSqlite).toEqual(onPostgres);
});

test.each(['sqlite', 'postgres'] as const)(
  'the migrations for %s make what the schema says',
  async (dialect) => {
    const journal = JSON.parse(await readFile(join(migrationsFolder, dialect, 'meta/_journal.json'), 'utf8'));
    const number = String(journal.entries.at(-1).idx).padStart(4, '0');
    const last = JSON.parse(
      await readFile(join(migrationsFolder, dialect, `meta/${number}_snapshot.json`), 'utf8'),
    );
    const missing =
      dialect === 'sqlite'
        ? await generateSQLiteMigration(last, await generateSQLiteDrizzleJson({ ...sqliteTables }, last.id))
        : await generateMigration(last, generateDrizzleJson({ ...postgresTables }, last.id));
    expect(missing).toEqual([]);
  },
);

test.each([
  ['media_storage_ix', 'select id from media where storage_key in (?, ?)'],
  ['media_preview_ix', 'select id from media where preview_key in (?, ?)'],
  [
    'media_removable_ix',
    'select id from media where storage_key is not null and kept = ? and created_at < ? order by created_at, id',
  ],
  ['job_inputs_storage_ix', 'select job_id from job_inputs where storage_key in (?, ?)'],
])('a question about stored files goes by %s', (index, question) => {
  const sqlite = new BetterSqlite(sqliteFile, { readonly: true });
  const plan = sqlite.prepare<unknown[], { detail: string }>(`explain query plan ${question}`).all(1, 1);
  sqlite.close();
  expect(plan.map(({ detail }) => detail)).toEqual([expect.stringContaining(index)]);
});

/** Both spellings of the same kind of value. */
const sharedType: Record<string, string> = {
  bigint: 'integer',
  boolean: 'integer',
  jsonb: 'text',
  bytea: 'blob',
};

function sharedDefault(text: string | null): string | null {
  if (text === null || text.startsWith('nextval(')) return null;
  return text
    .replace(/::\w+$/, '')
    .replace(/^true$/, '1')
    .replace(/^false$/, '0');
}

const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));

function describeSqlite(file: string): Tables {
  const raw = new BetterSqlite(file, { readonly: true });
  const rows = <T>(text: string, ...values: unknown[]) => raw.prepare(text).all(...values) as T[];
  const names = rows<{ name: string }>(
    "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name <> '__drizzle_migrations'",
  );
  const tables = names.map(({ name }): [string, Table] => {
    const columns = rows<{ name: string; type: string; notnull: number; dflt_value: string; pk: number }>(
      'select * from pragma_table_info(?)',
      name,
    );
    const indexes = rows<{ name: string; unique: number }>(
      "select * from pragma_index_list(?) where origin = 'c'",
      name,
    );
    const references = rows<{ from: string; table: string; to: string; on_delete: string }>(
      'select * from pragma_foreign_key_list(?)',
      name,
    );
    return [
      name,
      {
        columns: sorted(
          Object.fromEntries(
            columns.map((column) => [
              column.name,
              {
                type: column.type.toLowerCase(),
                isNullable: column.notnull === 0,
                default: sharedDefault(column.dflt_value),
              },
            ]),
          ),
        ),
        primaryKey: columns
          .filter((column) => column.pk > 0)
          .sort((one, other) => one.pk - other.pk)
          .map((column) => column.name),
        indexes: sorted(
          Object.fromEntries(
            indexes.map((index) => [
              index.name,
              {
                isUnique: index.unique === 1,
                columns: rows<{ name: string }>('select name from pragma_index_info(?)', index.name).map(
                  (column) => column.name,
                ),
              },
            ]),
          ),
        ),
        foreignKeys: references
          .map((key) => `${key.from} -> ${key.table}.${key.to} on delete ${key.on_delete.toLowerCase()}`)
          .sort(),
      },
    ];
  });
  raw.close();
  return sorted(Object.fromEntries(tables));
}

async function describePostgres(url: string): Promise<Tables> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const rows = async <T>(text: string, ...values: unknown[]) =>
    (await client.query(text, values)).rows as T[];
  const names = await rows<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public'",
  );
  const tables: Tables = {};
  for (const { name } of names) {
    const columns = await rows<{ name: string; type: string; nullable: string; default: string | null }>(
      `select column_name as name, data_type as type, is_nullable as nullable, column_default as default
       from information_schema.columns where table_schema = 'public' and table_name = $1`,
      name,
    );
    const indexes = await rows<{ name: string; isUnique: boolean; isPrimary: boolean; columns: string[] }>(
      `select c.relname as name, i.indisunique as "isUnique", i.indisprimary as "isPrimary",
              array(select a.attname::text from unnest(i.indkey) with ordinality as k(number, position)
                    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number order by k.position) as columns
       from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = $1::regclass`,
      `public.${name}`,
    );
    const references = await rows<{ from: string; table: string; to: string; on_delete: string }>(
      `select a.attname as from, r.relname as table, f.attname as to,
              case k.confdeltype when 'a' then 'no action' when 'r' then 'restrict' when 'c' then 'cascade'
                                 when 'n' then 'set null' else 'set default' end as on_delete
       from pg_constraint k
       join pg_class r on r.oid = k.confrelid
       join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
       join pg_attribute f on f.attrelid = k.confrelid and f.attnum = k.confkey[1]
       where k.contype = 'f' and k.conrelid = $1::regclass`,
      `public.${name}`,
    );
    tables[name] = {
      columns: sorted(
        Object.fromEntries(
          columns.map((column) => [
            column.name,
            {
              type: sharedType[column.type] ?? column.type,
              isNullable: column.nullable === 'YES',
              default: sharedDefault(column.default),
            },
          ]),
        ),
      ),
      primaryKey: indexes.find((index) => index.isPrimary)?.columns ?? [],
      indexes: sorted(
        Object.fromEntries(
          indexes
            .filter((index) => !index.isPrimary)
            .map(({ name: indexName, isUnique, columns: indexed }) => [
              indexName,
              { isUnique, columns: indexed },
            ]),
        ),
      ),
      foreignKeys: references
        .map((key) => `${key.from} -> ${key.table}.${key.to} on delete ${key.on_delete}`)
        .sort(),
    };
  }
  await client.end();
  return sorted(tables);
}
