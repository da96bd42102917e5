import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmod,
  copyFile,
  mkdtemp,
  open as openFile,
  readdir,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import BetterSqlite from 'better-sqlite3';
import { eq, lt } from 'drizzle-orm';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { type Database, explainSqlite, openPostgres, openSqlite, q } from '@/db/client';
import { migrateDatabase } from '@/db/migrate';
import { getMeta, setMeta, setMetaIfAbsent } from '@/db/repositories/meta';
import { describeEachDatabase, migrationsFolder } from '../support/databases';
import { createPostgresDatabase } from '../support/postgres';

const projectFolder = join(import.meta.dirname, '../..');
const at = new Date('2026-11-23T12:34:56.789Z');

describeEachDatabase('a transaction', (open) => {
  let db: Database;
  beforeEach(async () => {
    db = await open();
  });

  const insert = (tx: Pick<Database, 'insert'>, key: string) =>
    q(tx.insert(db.tables.meta).values({ key, value: '0' }));
  const keys = async () =>
    (await db.select({ key: db.tables.meta.key }).from(db.tables.meta))
      .map((row) => row.key)
      .filter((key) => !key.startsWith('migration:'))
      .toSorted();

  test('gives what its body returns, and its writes stay', async () => {
    const found = await db.transaction(function* (tx) {
      yield* insert(tx, 'a');
      return yield* q(tx.select().from(db.tables.meta).where(eq(db.tables.meta.key, 'a')));
    });
    expect(found).toEqual([{ key: 'a', value: '0' }]);
    expect(await keys()).toEqual(['a']);
  });

  test('leaves nothing when its body throws', async () => {
    const failure = new Error('changed my mind');
    const work = db.transaction(function* (tx) {
      yield* insert(tx, 'a');
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await keys()).toEqual([]);
  });

  test('is ended by a failed query, whatever the body does about it', async () => {
    await setMeta(db, 'taken', '0');
    let wentOn = false;
    const work = db.transaction(function* (tx) {
      yield* insert(tx, 'a');
      try {
        yield* insert(tx, 'taken');
      } catch {
        wentOn = true;
      }
      yield* insert(tx, 'b');
    });
    await expect(work).rejects.toThrow();
    expect(wentOn).toBe(false);
    expect(await keys()).toEqual(['taken']);
  });

  test('that counts on a locked row counts right, however many run at once', async () => {
    const { meta } = db.tables;
    await setMeta(db, 'counter', '0');
    const increase = () =>
      db.transaction(function* (tx) {
        const [row] = yield* q(db.forUpdate(tx.select().from(meta).where(eq(meta.key, 'counter'))));
        const value = String(Number(row?.value) + 1);
        yield* q(tx.update(meta).set({ value }).where(eq(meta.key, 'counter')));
      });
    await Promise.all(Array.from({ length: 50 }, increase));
    expect(await getMeta(db, 'counter')).toBe('50');
  });

  test('that fails takes no write of its neighbours with it', async () => {
    const attempt = (index: number) =>
      db
        .transaction(function* (tx) {
          yield* insert(tx, `tx ${index}`);
          yield* q(tx.select().from(db.tables.meta));
          if (index % 3 === 0) throw new Error('every third one');
        })
        .catch(() => undefined);
    const work = Array.from({ length: 30 }, (_, index) => [
      attempt(index),
      setMeta(db, `plain ${index}`, '1'),
    ]);
    await Promise.all(work.flat());
    const left = await keys();
    expect(left.filter((key) => key.startsWith('plain'))).toHaveLength(30);
    expect(left.filter((key) => key.startsWith('tx'))).toHaveLength(20);
  });

  test('of many who set a fact that is absent, one does', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => setMetaIfAbsent(db, 'first', String(index))),
    );
    expect(results.filter((isSet) => isSet)).toHaveLength(1);
    expect(await getMeta(db, 'first')).toBe(String(results.indexOf(true)));
  });
});

describeEachDatabase('values', (open) => {
  const account = {
    id: 'a',
    upstream: 'flow',
    email: 'мария@example.com 🎥',
    tier: 'pro' as const,
    blocks: [{ scope: 'video', reason: 'q"u\\o\nte', until: 5 }],
    enabled: false,
    createdAt: at,
    updatedAt: new Date(0),
  };

  test('dates, flags, JSON and text come back as they were', async () => {
    const db = await open();
    const { accounts } = db.tables;
    await db.insert(accounts).values(account);
    const [row] = await db.select().from(accounts);
    expect(row).toMatchObject({ ...account, imageEnabled: true, cooldownUntil: null, errorCount: 0 });
  });

  test('dates are compared as moments', async () => {
    const db = await open();
    const { accounts } = db.tables;
    await db.insert(accounts).values(account);
    const before = (moment: Date) =>
      db.select({ id: accounts.id }).from(accounts).where(lt(accounts.createdAt, moment));
    expect(await before(at)).toEqual([]);
    expect(await before(new Date(at.getTime() + 1))).toEqual([{ id: 'a' }]);
  });

  test('sizes beyond 32 bits are numbers', async () => {
    const db = await open();
    const { media } = db.tables;
    const sizeBytes = 5_000_000_000;
    const file = {
      id: 'm',
      kind: 'video',
      role: 'result',
      contentType: 'video/mp4',
      extension: 'mp4',
    } as const;
    await db.insert(media).values({ ...file, sizeBytes, createdAt: at });
    expect(await db.select({ sizeBytes: media.sizeBytes }).from(media)).toEqual([{ sizeBytes }]);
  });

  test('what refers to nothing is refused, and goes with what it belongs to', async () => {
    const db = await open();
    const { accounts, projects } = db.tables;
    const project = { id: 'p', accountId: 'a', upstreamId: 'u', title: 't', createdAt: at };
    await expect(db.insert(projects).values(project)).rejects.toThrow();
    await db.insert(accounts).values(account);
    await db.insert(projects).values(project);
    await db.delete(accounts);
    expect(await db.select().from(projects)).toEqual([]);
  });

  test('a closed database does not answer', async () => {
    const db = await open();
    await db.ping();
    await db.close();
    await expect(db.ping()).rejects.toThrow();
  });
});

describe('a SQLite file', () => {
  let folder: string;
  let file: string;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flow2api-file-'));
    file = join(folder, 'test.db');
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  const hashOf = async (path: string) =>
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  async function damage(path: string) {
    const handle = await openFile(path, 'r+');
    const { size } = await handle.stat();
    await handle.write(Buffer.alloc(8_192, 0xaa), 0, 8_192, Math.floor(size / 2 / 4_096) * 4_096);
    await handle.close();
  }
  const refusal = (message: string | RegExp) => ({
    name: 'DatabaseError',
    message: expect.stringMatching(message),
  });

  /** Another process of this program; `settings` go before it on the shell's command line. */
  function startProcess(program: string, settings = ''): ChildProcess {
    const preamble =
      "import { openSqlite } from './db/client.ts'; import { migrateDatabase } from './db/migrate.ts';";
    const child = spawn(
      'sh',
      [
        '-c',
        `${settings} exec "$0" --import tsx --input-type=module --eval "$1"`,
        process.execPath,
        preamble + program,
      ],
      { cwd: projectFolder, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    children.push(child);
    return child;
  }
  const outputOf = (child: ChildProcess) => text(child.stdout ?? expect.fail('no output'));
  const firstLine = async (child: ChildProcess) => {
    for await (const line of createInterface({ input: child.stdout ?? expect.fail('no output') }))
      return line;
  };
  const holder = () =>
    startProcess(
      `await openSqlite(${JSON.stringify(file)}); console.log('open'); setInterval(() => {}, 1e6);`,
    );
  const failure = (open: string) =>
    `await ${open}.then(() => console.log('opened'), (error) => console.log(error.name + ': ' + error.message));`;

  async function makeDatabase(): Promise<string> {
    const db = await openSqlite(file);
    await migrateDatabase(db, migrationsFolder);
    await db.transaction(function* (tx) {
      for (let index = 0; index < 500; index += 1) {
        yield* q(tx.insert(db.tables.meta).values({ key: `fact ${index}`, value: 'x'.repeat(200) }));
      }
    });
    await db.close();
    return await hashOf(file);
  }

  test('and its folders are made on first start', async () => {
    const deep = join(folder, 'data', 'of', 'mine', 'test.db');
    const db = await openSqlite(deep);
    await migrateDatabase(db, migrationsFolder);
    await db.close();
    expect(await readdir(join(folder, 'data', 'of', 'mine'))).toContain('test.db');
  });

  test('that is damaged is refused and left as it is', async () => {
    await makeDatabase();
    await damage(file);
    const before = await hashOf(file);
    await expect(openSqlite(file)).rejects.toMatchObject(refusal(/test\.db is damaged/));
    expect(await hashOf(file)).toBe(before);
  });

  test('that is damaged after a crash keeps what waits in its write-ahead log', async () => {
    await makeDatabase();
    const crashed = join(folder, 'crashed.db');
    const writer = new BetterSqlite(file);
    writer.exec("insert into meta (key, value) values ('last', 'before the crash')");
    await copyFile(file, crashed);
    await copyFile(`${file}-wal`, `${crashed}-wal`);
    writer.close();
    await damage(crashed);
    const before = [await hashOf(crashed), await hashOf(`${crashed}-wal`)];
    await expect(openSqlite(crashed)).rejects.toMatchObject(refusal(/crashed\.db is damaged/));
    expect([await hashOf(crashed), await hashOf(`${crashed}-wal`)]).toEqual(before);
  });

  test('that was cut short is refused and left as it is', async () => {
    await makeDatabase();
    const handle = await openFile(file, 'r+');
    await handle.truncate(20_000);
    await handle.close();
    const before = await hashOf(file);
    await expect(openSqlite(file)).rejects.toMatchObject(refusal(/test\.db is damaged/));
    expect(await hashOf(file)).toBe(before);
  });

  test('that is no database is refused and left as it is', async () => {
    await writeFile(file, 'my diary\n'.repeat(1_000));
    const before = await hashOf(file);
    await expect(openSqlite(file)).rejects.toMatchObject(refusal(/not a SQLite file/));
    expect(await hashOf(file)).toBe(before);
    await rm(file);
    await (await openSqlite(file)).close();
  });

  test('that another process serves is refused, and free when that one is killed', async () => {
    const before = await makeDatabase();
    const other = holder();
    expect(await firstLine(other)).toBe('open');
    await expect(openSqlite(file)).rejects.toMatchObject(refusal(/in use by another process.*DATABASE_URL/));
    expect(await hashOf(file)).toBe(before);

    const ended = once(other, 'exit');
    other.kill('SIGKILL');
    await ended;
    const db = await openSqlite(file);
    await migrateDatabase(db, migrationsFolder);
    expect(await getMeta(db, 'fact 7')).toBe('x'.repeat(200));
    await db.close();
  });

  test('that another program writes to is refused with a hint to close it', async () => {
    await makeDatabase();
    const other = new BetterSqlite(file);
    other.exec('BEGIN IMMEDIATE');
    await expect(openSqlite(file)).rejects.toMatchObject(refusal(/locked by another program/));
    other.close();
    await (await openSqlite(file)).close();
  });

  test.each([
    ['in a folder without a database', 0o555, undefined],
    ['in a folder with one', 0o555, 0o444],
    ['that is read-only itself', 0o777, 0o444],
  ])('%s, which cannot be written to, is refused', async (_where, folderMode, fileMode) => {
    const before = fileMode === undefined ? undefined : await makeDatabase();
    if (fileMode !== undefined) await chmod(file, fileMode);
    await rm(`${file}.lock`, { force: true });
    await chmod(folder, folderMode);
    // Root may write everywhere; what is loaded before the change of user stays usable after it.
    const child = startProcess(`
      await (await openSqlite(':memory:')).close();
      if (process.getuid() === 0) process.setuid(65534);
      ${failure(`openSqlite(${JSON.stringify(file)})`)}
    `);
    expect(await outputOf(child)).toMatch(/^DatabaseError: .*cannot be opened for writing.*permissions/);
    await chmod(folder, 0o777);
    expect(await hashOf(file).catch(() => undefined)).toBe(before);
  });

  test('that finds no room is refused, and is whole when there is room again', async () => {
    const before = await makeDatabase();
    const folderOfMigrations = JSON.stringify(migrationsFolder);
    const fresh = JSON.stringify(join(folder, 'fresh.db'));
    const child = startProcess(
      failure(`openSqlite(${fresh}).then((db) => migrateDatabase(db, ${folderOfMigrations}))`),
      // No file beyond 8 or 16 kB, by the shell; the signal that goes with it is not wanted.
      "trap '' XFSZ; ulimit -f 16;",
    );
    expect(await outputOf(child)).toMatch(/^DatabaseError: .*(No space|space, its quota)/);
    const db = await openSqlite(join(folder, 'fresh.db'));
    await migrateDatabase(db, migrationsFolder);
    await db.close();
    expect(await hashOf(file)).toBe(before);
  });

  test.each([
    ['SQLITE_FULL', /No space is left/],
    ['SQLITE_IOERR_WRITE', /disk refused/],
    ['SQLITE_CORRUPT_VTAB', /damaged/],
    ['SQLITE_READONLY_DIRECTORY', /permissions/],
  ])('%s is explained, also when it comes wrapped', (code, message) => {
    const wrapped = new Error('Failed query', { cause: Object.assign(new Error('raw'), { code }) });
    expect(explainSqlite(wrapped, file)).toMatchObject({ ...refusal(message), cause: wrapped });
  });
});

describe('a Postgres server', () => {
  test('that does not answer is named without its password', async () => {
    const opening = openPostgres('postgres://user:pass-word@127.0.0.1:1/flow');
    await expect(opening).rejects.toMatchObject({
      name: 'DatabaseError',
      message: expect.stringMatching(/127\.0\.0\.1:1\/flow does not answer.*DATABASE_URL/),
    });
    await expect(opening).rejects.not.toThrow(/pass-word/);
  });

  test('that dropped the connections serves the next query over new ones', async () => {
    const { url, drop } = await createPostgresDatabase(inject('postgresUrl'));
    const lost = vi.fn();
    const db = await openPostgres(url, { onIdleError: lost });
    await db.ping();
    const admin = new pg.Client({ connectionString: inject('postgresUrl') });
    await admin.connect();
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      new URL(url).pathname.slice(1),
    ]);
    await vi.waitFor(() => expect(lost).toHaveBeenCalled());
    await db.ping();
    await admin.end();
    await db.close();
    await drop();
  });
});
