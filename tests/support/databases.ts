import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, inject } from 'vitest';
import { type Database, openPostgres, openSqlite } from '@/db/client';
import { migrateDatabase } from '@/db/migrate';
import { createPostgresDatabase } from './postgres';

/** Where the migrations of this checkout are. */
export const migrationsFolder = join(import.meta.dirname, '../../db/migrations');

type Opened = { db: Database; remove: () => Promise<void> };

/** A migrated database in a SQLite file of its own. */
async function openFreshSqlite(): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), 'flow2api-db-'));
  const db = await openSqlite(join(folder, 'test.db'));
  await migrateDatabase(db, migrationsFolder);
  return { db, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A migrated database of its own on the Postgres of this test run. */
async function openFreshPostgres(): Promise<Opened> {
  const { url, drop } = await createPostgresDatabase(inject('postgresUrl'));
  // A connection that `drop` cuts while it is idle reports an error that nobody waits for.
  const db = await openPostgres(url, { onIdleError: () => undefined });
  await migrateDatabase(db, migrationsFolder);
  return { db, remove: drop };
}

const dialects = [
  ['SQLite', openFreshSqlite],
  ['Postgres', openFreshPostgres],
] as const;

/**
 * Runs the same tests on both databases. Every `open()` gives another, empty, migrated one; all are removed after the
 * test that opened them.
 */
export function describeEachDatabase(name: string, tests: (open: () => Promise<Database>) => void): void {
  describe.each(dialects)(`${name} on %s`, (_dialect, openFresh) => {
    const opened: Opened[] = [];
    afterEach(async () => {
      for (const { db, remove } of opened.splice(0)) {
        await db.close();
        await remove();
      }
    });
    tests(async () => {
      const fresh = await openFresh();
      opened.push(fresh);
      return fresh.db;
    });
  });
}
