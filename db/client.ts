import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database as SqliteFile } from 'better-sqlite3';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { postgresKit, sqliteKit } from './schema/columns';
import { defineSchema, type Schema } from './schema/define';

/** Where the rows are. */
export type DatabaseTarget = { dialect: 'sqlite'; file: string } | { dialect: 'postgres'; url: string };

/** What repositories may touch: the part whose behaviour is the same on both dialects. */
export type Queryable = Pick<
  PgDatabase<PgQueryResultHKT, Schema>,
  'select' | 'selectDistinct' | 'insert' | 'update' | 'delete' | 'with' | '$with'
>;

/** A transaction as a generator: `const rows = yield* q(tx.select()…)`. One tick on SQLite, awaited on Postgres. */
export type TransactionBody<T> = (tx: Queryable) => Generator<unknown, T, unknown>;

/** Runs one query inside a transaction body. */
export function* q<T>(query: PromiseLike<T>): Generator<unknown, T, unknown> {
  return (yield query) as T;
}

/** One open database, SQLite or Postgres; nothing above knows which. */
export interface Database extends Queryable {
  readonly dialect: 'sqlite' | 'postgres';
  readonly tables: Schema;
  /** All or nothing. A failed query always ends the transaction, also when the body catches it. */
  transaction<T>(body: TransactionBody<T>): Promise<T>;
  /** Locks the rows until the transaction ends. On SQLite the one writer is alone anyway. */
  forUpdate<Q>(query: Q, options?: { skipLocked?: boolean }): Q;
  /** Runs the migrations of the dialect in `folder` (the one that holds `sqlite/` and `postgres/`). */
  migrate(folder: string): Promise<void>;
  /** What a commit waits for on SQLite: `full` survives a loss of power. Postgres has its own setting. */
  setSynchronous(mode: 'normal' | 'full'): void;
  /** A cheap write-free question that fails when the database is gone. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** A problem with the database that the operator has to mend; the message says how. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

const pickQueryable = (db: Queryable): Queryable => ({
  select: db.select.bind(db) as Queryable['select'],
  selectDistinct: db.selectDistinct.bind(db) as Queryable['selectDistinct'],
  insert: db.insert.bind(db) as Queryable['insert'],
  update: db.update.bind(db) as Queryable['update'],
  delete: db.delete.bind(db) as Queryable['delete'],
  with: db.with.bind(db) as Queryable['with'],
  $with: db.$with.bind(db) as Queryable['$with'],
});

type SyncQuery = { prepare(): { execute(): { sync(): unknown } } };

const statementCacheSize = 500; // more than the program has distinct statements
const busyTimeoutMs = 5_000;

/**
 * Opens the SQLite file and keeps it for this process alone: a second process is refused instead of corrupting limits
 * that assume one writer. Throws `DatabaseError`.
 */
export async function openSqlite(file: string): Promise<Database> {
  const { default: BetterSqlite } = await import('better-sqlite3');
  const { drizzle } = await import('drizzle-orm/better-sqlite3');
  type Raw = InstanceType<typeof BetterSqlite>;

  let owner: Raw | undefined;
  let opened: Raw | undefined;
  let raw: Raw;
  try {
    if (file !== ':memory:') {
      mkdirSync(/* turbopackIgnore: true */ dirname(file), { recursive: true });
      owner = holdFile(BetterSqlite, `${file}.lock`, file);
    }
    checkFile(BetterSqlite, file);
    raw = opened = new BetterSqlite(file, { timeout: busyTimeoutMs });
    raw.pragma('journal_mode = WAL');
    raw.pragma('synchronous = NORMAL');
    raw.pragma('foreign_keys = ON');
    raw.pragma('temp_store = MEMORY');
    raw.pragma('cache_size = -32768');
    // SQLite opens what it may not write for reading only, and would say so at the first write: try one and undo it.
    raw.exec(
      `BEGIN IMMEDIATE; PRAGMA user_version = ${raw.pragma('user_version', { simple: true })}; ROLLBACK`,
    );
  } catch (error) {
    opened?.close();
    owner?.close();
    throw explainSqlite(error, file);
  }

  // Drizzle prepares every statement anew, and compiling the SQL is half of what a small write costs.
  const cache = new Map<string, ReturnType<Raw['prepare']>>();
  const prepare = raw.prepare.bind(raw);
  raw.prepare = ((text: string) => {
    const known = cache.get(text);
    if (known !== undefined && !known.busy) {
      cache.delete(text);
      cache.set(text, known);
      return known;
    }
    const statement = prepare(text);
    cache.set(text, statement);
    if (cache.size > statementCacheSize) cache.delete(cache.keys().next().value ?? '');
    return statement;
  }) as Raw['prepare'];

  const tables = defineSchema(sqliteKit);
  const db = drizzle(raw, { schema: tables as never }) as unknown as Queryable;
  const begin = raw.prepare('BEGIN IMMEDIATE');
  const commit = raw.prepare('COMMIT');
  const rollback = raw.prepare('ROLLBACK');

  return {
    ...pickQueryable(db),
    dialect: 'sqlite',
    tables,
    async transaction(body) {
      begin.run();
      try {
        const steps = body(db);
        let step = steps.next();
        while (!step.done) step = steps.next((step.value as SyncQuery).prepare().execute().sync());
        commit.run();
        return step.value;
      } catch (error) {
        if (raw.inTransaction) rollback.run();
        throw error;
      }
    },
    forUpdate: (query) => query,
    async migrate(folder) {
      const { readMigrationFiles } = await import('drizzle-orm/migrator');
      const migrations = readMigrationFiles({ migrationsFolder: `${folder}/sqlite` });
      // A changed table is made anew and the old one dropped; with foreign keys on, that would delete what refers to it.
      // The switch does nothing inside a transaction.
      raw.pragma('foreign_keys = OFF');
      try {
        raw.transaction(applyMigrations).immediate(raw, migrations);
      } catch (error) {
        throw explainSqlite(error, file);
      } finally {
        raw.pragma('foreign_keys = ON');
      }
    },
    setSynchronous(mode) {
      raw.pragma(`synchronous = ${mode === 'full' ? 'FULL' : 'NORMAL'}`);
    },
    async ping() {
      raw.prepare('SELECT 1').get();
    },
    async close() {
      if (!raw.open) return;
      try {
        raw.pragma('optimize');
      } catch {
        // Statistics for the next start; a full disk must not keep the file open.
      }
      raw.close();
      owner?.close();
    },
  };
}

/**
 * What drizzle's migrator does, in its table. That one answers a full disk with "cannot rollback": SQLite has rolled
 * back by then.
 */
function applyMigrations(
  raw: SqliteFile,
  migrations: readonly { sql: string[]; folderMillis: number; hash: string }[],
): void {
  raw.exec(
    'CREATE TABLE IF NOT EXISTS __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)',
  );
  const newest = raw.prepare('SELECT max(created_at) AS at FROM __drizzle_migrations').get() as {
    at: number | null;
  };
  for (const { sql, folderMillis, hash } of migrations) {
    if (newest.at !== null && newest.at >= folderMillis) continue;
    for (const statement of sql) raw.exec(statement);
    raw.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)').run(hash, folderMillis);
  }
}

/**
 * Refuses a damaged file. Through a connection that only reads: closing another one would write what waits in the
 * write-ahead log into the file, which has to stay as it is for whoever tries to rescue it.
 */
function checkFile<R extends { pragma(text: string, options: { simple: true }): unknown; close(): unknown }>(
  Open: new (file: string, options: { readonly: true; timeout: number }) => R,
  file: string,
): void {
  if (!existsSync(/* turbopackIgnore: true */ file)) return;
  const reader = new Open(file, { readonly: true, timeout: busyTimeoutMs });
  try {
    const found = reader.pragma('quick_check(1)', { simple: true });
    if (found !== 'ok') throw new DatabaseError(corruptMessage(file, String(found)));
  } finally {
    reader.close();
  }
}

/** Holds a lock that the operating system gives back when this process dies, however it dies. */
function holdFile<R extends { pragma(text: string): unknown; exec(text: string): unknown; close(): unknown }>(
  Open: new (file: string, options: { timeout: number }) => R,
  lockFile: string,
  file: string,
): R {
  const lock = new Open(lockFile, { timeout: 500 });
  try {
    lock.pragma('journal_mode = DELETE');
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (sqliteCode(error).startsWith('SQLITE_BUSY')) {
      throw new DatabaseError(
        `The database ${file} is in use by another process. One process serves a SQLite file: stop the other one, or use Postgres (DATABASE_URL=postgres://…) to run several.`,
        { cause: error },
      );
    }
    throw error;
  }
}

/** SQLite's code, also of an error that drizzle wrapped. */
function sqliteCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? sqliteCode(error.cause) : '';
}

const corruptMessage = (file: string, detail: string) =>
  `The database ${file} is damaged (${detail}). Nothing was changed. Put back a backup of it, or move it away to start anew.`;

/** What SQLite's error means to an operator, as a `DatabaseError`; other errors come back as they are. */
export function explainSqlite(error: unknown, file: string): unknown {
  if (error instanceof DatabaseError) return error;
  const code = sqliteCode(error);
  const because = { cause: error };
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) {
    return new DatabaseError(
      corruptMessage(file, code === 'SQLITE_NOTADB' ? 'not a SQLite file' : code),
      because,
    );
  }
  if (code.startsWith('SQLITE_BUSY') || code === 'SQLITE_LOCKED') {
    return new DatabaseError(
      `The database ${file} is locked by another program. Close it and start again.`,
      because,
    );
  }
  if (code === 'SQLITE_FULL') {
    return new DatabaseError(
      `No space is left for the database ${file}. Nothing was lost; make room and start again.`,
      because,
    );
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return new DatabaseError(
      `The disk refused to read or write the database ${file} (${code}). Check its space, its quota and its health.`,
      because,
    );
  }
  if (/^(SQLITE_(CANTOPEN|READONLY|PERM)|EACCES|EPERM|EROFS|ENOTDIR)/.test(code)) {
    return new DatabaseError(
      `The database ${file} cannot be opened for writing. Check the folder and its permissions.`,
      because,
    );
  }
  return error;
}

/** One migration at a time among all replicas: the key of Postgres' advisory lock. */
const migrationLock = 727_274_001;

/** Opens a pool to Postgres. Throws `DatabaseError` when the server does not answer. */
export async function openPostgres(
  url: string,
  options: { maxConnections?: number; onIdleError?: (error: Error) => void } = {},
): Promise<Database> {
  const { default: pg } = await import('pg');
  const { drizzle } = await import('drizzle-orm/node-postgres');
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 10_000,
  });
  pool.on('error', (error) => options.onIdleError?.(error));
  try {
    await pool.query('SELECT 1');
  } catch (error) {
    await pool.end();
    const { host, port, database } = new pg.Client({ connectionString: url });
    throw new DatabaseError(
      `Postgres at ${host}:${port}/${database} does not answer (${error instanceof Error ? error.message : String(error)}). Check DATABASE_URL and that the server runs.`,
      { cause: error },
    );
  }
  const tables = defineSchema(postgresKit);
  const db = drizzle(pool, { schema: tables });
  return {
    ...pickQueryable(db as unknown as Queryable),
    dialect: 'postgres',
    tables,
    // Drizzle's own keeps a connection for good when `begin` fails on it.
    async transaction(body) {
      const client = await pool.connect();
      const ignore = () => undefined; // whoever asks on a lost connection is told by the question
      client.on('error', ignore);
      let isSpent = true;
      try {
        await client.query('begin');
        try {
          const steps = body(drizzle(client) as unknown as Queryable);
          let step = steps.next();
          while (!step.done) step = steps.next(await (step.value as PromiseLike<unknown>));
          await client.query('commit');
          isSpent = false;
          return step.value;
        } catch (error) {
          await client.query('rollback').then(() => {
            isSpent = false;
          }, ignore);
          throw error;
        }
      } finally {
        client.off('error', ignore);
        client.release(isSpent);
      }
    },
    forUpdate: (query, how) =>
      (query as { for(mode: 'update', config?: { skipLocked: true }): typeof query }).for(
        'update',
        how?.skipLocked === true ? { skipLocked: true } : undefined,
      ),
    async migrate(folder) {
      const { migrate } = await import('drizzle-orm/node-postgres/migrator');
      const client = await pool.connect();
      let isSpent = true;
      try {
        await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
        // On the connection that holds the lock: a second one might not be had.
        await migrate(drizzle(client), { migrationsFolder: `${folder}/postgres` });
        await client.query('SELECT pg_advisory_unlock($1)', [migrationLock]);
        isSpent = false;
      } finally {
        // After a failure the connection is closed, and the lock goes with it.
        client.release(isSpent);
      }
    },
    setSynchronous: () => undefined,
    async ping() {
      await pool.query('SELECT 1');
    },
    async close() {
      if (!pool.ending) await pool.end();
    },
  };
}

/** Opens the database of the installation. Throws `DatabaseError`. */
export const openDatabase = (
  target: DatabaseTarget,
  options: { onIdleError?: (error: Error) => void } = {},
) => (target.dialect === 'sqlite' ? openSqlite(target.file) : openPostgres(target.url, options));
