import pg from 'pg';
import { beforeEach, expect, inject, test, vi } from 'vitest';
import { defaultSettings } from '@/config/settings-schema';
import { type Database, openPostgres } from '@/db/client';
import { migrateDatabase } from '@/db/migrate';
import { insertRequestLogs, listRequestLogs, pruneRequestLogs } from '@/db/repositories/request-logs';
import { type Logger, makeLogger } from '@/lib/observability/log';
import { makeRequestLogWriter, type RequestLogEntry } from '@/lib/observability/request-log';
import type { SettingsStore } from '@/lib/settings';
import { describeEachDatabase, migrationsFolder } from '../support/databases';
import { createPostgresDatabase } from '../support/postgres';

const at = new Date('2026-11-23T12:00:00Z');
const entry = (requestId: string, facts: Partial<RequestLogEntry> = {}): RequestLogEntry => ({
  requestId,
  at,
  method: 'POST',
  path: '/v1/chat/completions',
  status: 200,
  durationMs: 12.4,
  ...facts,
});
/** No database takes it: a status has to be a number. */
const badEntry = (requestId: string) => entry(requestId, { status: Number.NaN });

function capture(): { log: Logger; lines: () => { msg: string; rows?: number }[] } {
  const written: string[] = [];
  const log = makeLogger({ level: 'info', format: 'json' }, { write: (line) => void written.push(line) });
  return { log, lines: () => written.map((line) => JSON.parse(line)) };
}

const settings = { current: () => ({ ...defaultSettings(), 'general.time_zone': 'UTC' }) } as SettingsStore;

const idsIn = async (db: Database) =>
  (await listRequestLogs(db, { limit: 10_000 })).map((row) => row.requestId).toReversed();

describeEachDatabase('the request log', (open) => {
  let db: Database;
  beforeEach(async () => {
    db = await open();
  });

  test('stores every field, and nothing of the query string', async () => {
    const { log } = capture();
    const writer = makeRequestLogWriter({ db, log, settings });
    const facts = {
      apiKeyId: 'key',
      jobId: 'job',
      model: 'veo-3.1-fast',
      errorCode: 'queue_full',
      errorMessage: 'The queue is full.',
      client: '203.0.113.7',
      userAgent: 'openai/7',
    };
    writer.push(entry('r1', { ...facts, path: '/v1/models?key=abc', status: 429 }));
    writer.push(entry('r2'));
    await writer.close();
    const [second, first] = await listRequestLogs(db, { limit: 10 });
    expect(first).toMatchObject({
      requestId: 'r1',
      at,
      path: '/v1/models',
      status: 429,
      durationMs: 12,
      ...facts,
    });
    expect(second).toMatchObject({ requestId: 'r2', apiKeyId: null, errorCode: null, userAgent: null });
  });

  test('stores rows by itself after a moment, in the order of arrival', async () => {
    const writer = makeRequestLogWriter({ db, log: capture().log, settings });
    for (let index = 0; index < 450; index += 1) writer.push(entry(`r${index}`));
    await vi.waitFor(async () => expect(await idsIn(db)).toHaveLength(450), { timeout: 5_000 });
    expect(await idsIn(db)).toEqual(Array.from({ length: 450 }, (_, index) => `r${index}`));
    await writer.close();
  });

  test('answers to strangers are counted in one line, and take no rows', async () => {
    const { log, lines } = capture();
    const writer = makeRequestLogWriter({ db, log, settings }, { summaryMs: 20 });
    for (const status of [401, 401, 404]) writer.countStranger(status);
    await vi.waitFor(() => expect(lines()).toHaveLength(1));
    expect(lines()[0]).toMatchObject({ answersByStatus: { 401: 2, 404: 1 } });
    writer.countStranger(405);
    await writer.close();
    expect(lines().at(-1)).toMatchObject({ answersByStatus: { 405: 1 } });
    expect(await idsIn(db)).toEqual([]);
  });

  test('one bad row does not lose the others, and is counted', async () => {
    const { log, lines } = capture();
    const writer = makeRequestLogWriter({ db, log, settings });
    for (const item of [entry('r1'), badEntry('r2'), entry('r3')]) writer.push(item);
    await writer.close();
    expect(await idsIn(db)).toEqual(['r1', 'r3']);
    expect(lines()).toContainEqual(
      expect.objectContaining({ rows: 1, msg: expect.stringContaining('dropped') }),
    );
  });

  test('what a client sends cannot make a row unstorable, endless, or show a key', async () => {
    const writer = makeRequestLogWriter({ db, log: capture().log, settings });
    const userAgent = `a\0b\uD800${'x'.repeat(50_000)}`;
    writer.push(entry('r1', { userAgent, path: '/v1/sk-AbCdEfGh0123456789', durationMs: -1 }));
    await writer.close();
    const [row] = await listRequestLogs(db, { limit: 1 });
    expect(row?.userAgent?.slice(0, 4)).toBe('ab\uFFFDx');
    expect(row?.userAgent?.length).toBeLessThanOrEqual(2_000);
    expect(row).toMatchObject({ path: '/v1/‹redacted›', durationMs: 0 });
  });

  test('beyond its bound rows are dropped and counted, not kept in memory', async () => {
    const { log, lines } = capture();
    const writer = makeRequestLogWriter({ db, log, settings }, { maxRows: 10 });
    for (let index = 0; index < 25; index += 1) writer.push(entry(`r${index}`));
    await writer.flush();
    expect(await idsIn(db)).toHaveLength(10);
    expect(lines()).toContainEqual(expect.objectContaining({ rows: 15 }));
    await writer.close();
  });

  test('pages backwards from the newest', async () => {
    await insertRequestLogs(
      db,
      ['a', 'b', 'c'].map((requestId) => entryRow(requestId)),
    );
    const [newest] = await listRequestLogs(db, { limit: 1 });
    expect(newest?.requestId).toBe('c');
    const older = await listRequestLogs(db, { limit: 10, before: newest?.id ?? 0 });
    expect(older.map((row) => row.requestId)).toEqual(['b', 'a']);
  });

  test('old rows are removed, so many at a time', async () => {
    const old = new Date(at.getTime() - 1_000);
    await insertRequestLogs(db, [
      ...['a', 'b', 'c'].map((requestId) => entryRow(requestId, old)),
      entryRow('d'),
    ]);
    expect(await pruneRequestLogs(db, { before: at, limit: 2 })).toBe(2);
    expect(await pruneRequestLogs(db, { before: at, limit: 2 })).toBe(1);
    expect(await idsIn(db)).toEqual(['d']);
  });
});

const entryRow = (requestId: string, rowAt = at) => ({
  requestId,
  at: rowAt,
  method: 'GET',
  path: '/',
  status: 200,
  durationMs: 1,
});

test('rows wait while the database is away, and are stored when it is back', async () => {
  const adminUrl = inject('postgresUrl');
  const { url, drop } = await createPostgresDatabase(adminUrl);
  const name = new URL(url).pathname.slice(1);
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  const db = await openPostgres(url);
  try {
    await migrateDatabase(db, migrationsFolder);
    const { log, lines } = capture();
    const writer = makeRequestLogWriter({ db, log, settings }, { retryMs: 20 });
    await admin.query(`alter database ${name} allow_connections false`);
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    writer.push(entry('r1'));
    await writer.flush();
    writer.push(entry('r2'));
    expect(lines()).toContainEqual(expect.objectContaining({ msg: expect.stringContaining('waits') }));

    await admin.query(`alter database ${name} allow_connections true`);
    await vi.waitFor(async () => expect(await idsIn(db)).toEqual(['r1', 'r2']), { timeout: 5_000 });
    await writer.close();
    expect(lines()).not.toContainEqual(expect.objectContaining({ msg: expect.stringContaining('dropped') }));
  } finally {
    await db.close();
    await drop();
    await admin.end();
  }
});
