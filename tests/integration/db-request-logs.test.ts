import pg from 'pg';
import { beforeEach, expect, inject, test, vi } from 'vitest';
import { defaultSettings } from '@/config/settings-schema';
import { type Database, openPostgres } from '@/db/client';
import { migrateDatabase } from '@/db/migrate';
import { insertRequestLogs, listRequestLogs, pruneRequestLogs } from '@/db/repositories/request-logs';
import {
  insertUpstreamCalls,
  listUpstreamCalls,
  type NewUpstreamCallRow,
  pruneUpstreamCalls,
} from '@/db/repositories/upstream-calls';
import { sumUsageByValue } from '@/db/repositories/usage-hours';
import { makeBatchWriter } from '@/lib/observability/batch-writer';
import { type Logger, makeLogger } from '@/lib/observability/log';
import { makeRequestLogWriter, type RequestLogEntry } from '@/lib/observability/request-log';
import { makeUpstreamCallLog } from '@/lib/observability/upstream-calls';
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

type Line = { msg: string; rows?: number; waiting?: number; waitingBytes?: number };

function capture(): { log: Logger; lines: () => Line[] } {
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

  test('long rows that wait are bounded by what they take in memory, and the rest is counted', async () => {
    const { log, lines } = capture();
    const away = { ...db, ping: () => Promise.reject(new Error('away')) };
    const refuse = () => Promise.reject(new Error('away'));
    const writer = makeRequestLogWriter(
      { db: { ...away, transaction: refuse }, log, settings },
      { maxBytes: 1_000_000, batchMs: 5, retryMs: 100_000 },
    );
    const responseBody = JSON.stringify({ text: 'word '.repeat(4_000) });
    for (let index = 0; index < 100; index += 1) writer.push(entry(`r${index}`, { responseBody }));
    await writer.flush();
    const waiting = lines().find(({ msg }) => msg.includes('waits'));
    expect(waiting?.waiting).toBeGreaterThan(15);
    expect(waiting?.waiting).toBeLessThan(30); // 40 kB each
    expect(waiting?.waitingBytes).toBeLessThanOrEqual(1_000_000);
    expect(lines()).toContainEqual(expect.objectContaining({ rows: 100 - (waiting?.waiting ?? 0) }));
    await writer.close();
  });

  test('long rows go in small batches, and all of them arrive', async () => {
    const sizes: number[] = [];
    const rows: string[] = [];
    const writer = makeBatchWriter<string>(
      {
        db,
        log: capture().log,
        name: 'x',
        insert: async (batch) => {
          sizes.push(batch.length);
          rows.push(...batch);
        },
      },
      { batchBytes: 10_000 },
    );
    const texts = Array.from(
      { length: 20 },
      (_, index) => `${index} ${'x'.repeat(index === 7 ? 9_000 : 1_500)}`,
    );
    for (const text of texts) writer.push(text);
    await writer.close();
    expect(rows).toEqual(texts);
    expect(Math.max(...sizes)).toBe(3);
    expect(sizes).toContain(1); // the one that is longer than a batch
  });

  test.each([
    ['is gone for a moment', false],
    ['answers again at once', true],
  ])(
    'rows that were stored when the answer got lost are stored and counted once: the database %s',
    async (_what, isBack) => {
      let lost = 0;
      let pings = 0;
      const shaky: Database = {
        ...db,
        transaction: async (body) => {
          const result = await db.transaction(body);
          lost += 1;
          if (lost > 1) return result;
          throw new Error('Connection terminated unexpectedly');
        },
        ping: async () => {
          pings += 1;
          if (pings === 1 && !isBack) throw new Error('away');
        },
      };
      const { log, lines } = capture();
      const writer = makeRequestLogWriter({ db: shaky, log, settings }, { retryMs: 5 });
      const facts = { status: 404, errorCode: 'unknown_model', model: 'gpt-5', apiKeyId: 'key' };
      for (const id of ['r1', 'r2', 'r3']) writer.push(entry(id, facts));
      await writer.flush();
      await vi.waitFor(() => expect(lost).toBeGreaterThan(1));
      await writer.close();
      expect(await idsIn(db)).toEqual(['r1', 'r2', 'r3']);
      const hour = new Date(Math.floor(at.getTime() / 3_600_000) * 3_600_000);
      const span = { dimension: 'key' as const, from: hour, to: new Date(hour.getTime() + 3_600_000) };
      const { sums } = await sumUsageByValue(db, span, { metrics: ['refused'], limit: 10 });
      expect(sums.find(({ metric }) => metric === 'refused')?.amount).toBe(3);
      expect(lines()).not.toContainEqual(
        expect.objectContaining({ msg: expect.stringContaining('dropped') }),
      );
    },
  );

  test('a database that goes away between the rows of a refused batch loses none of them', async () => {
    const { log, lines } = capture();
    let isAway = false;
    const stored: string[] = [];
    const writer = makeBatchWriter<string>(
      {
        db: { ping: async () => Promise[isAway ? 'reject' : 'resolve']() },
        log,
        name: 'x',
        insert: async (rows) => {
          isAway ||= rows[0] === 'r2' && stored.length === 1;
          if (isAway || rows.includes('bad')) throw new Error('no');
          stored.push(...rows);
        },
      },
      { retryMs: 5 },
    );
    for (const row of ['r1', 'r2', 'r3', 'bad']) writer.push(row);
    await writer.flush();
    expect(stored).toEqual(['r1']);
    isAway = false;
    stored.push('back');
    await vi.waitFor(() => expect(stored).toEqual(['r1', 'back', 'r2', 'r3']));
    await writer.close();
    expect(lines()).toContainEqual(expect.objectContaining({ rows: 1 }));
  });

  test('the calls of a job that were stored when the answer got lost are stored once', async () => {
    const { log } = capture();
    let tries = 0;
    const calls = makeUpstreamCallLog({ db, log, settings, debugFile: { write: () => undefined } });
    await calls.within({ jobId: 'job', accountId: null }, async () => {
      for (const name of ['one', 'two']) {
        calls.record({
          url: `https://h.test/${name}`,
          method: 'POST',
          at,
          durationMs: 1,
          isProxied: false,
          requestHeaders: {},
          status: 200,
        });
      }
    });
    await calls.flush();
    const rows = await listUpstreamCalls(db, { jobId: 'job', limit: 10 });
    await pruneUpstreamCalls(db, { before: new Date(at.getTime() + 1), limit: 10 });
    const writer = makeBatchWriter<NewUpstreamCallRow>({
      db,
      log,
      name: 'x',
      insert: async (batch) => {
        await insertUpstreamCalls(db, batch);
        tries += 1;
        if (tries === 1) throw new Error('Connection terminated unexpectedly');
      },
    });
    for (const { id: _id, ...row } of rows) writer.push(row);
    await writer.close();
    const paths = (await listUpstreamCalls(db, { jobId: 'job', limit: 10 })).map(({ path }) => path);
    expect(paths).toEqual(['/one', '/two']);
    await calls.close();
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
