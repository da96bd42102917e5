import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Database, openSqlite } from '@/db/client';
import { migrateDatabase } from '@/db/migrate';
import { deleteApiKey, rotateApiKey, updateApiKey } from '@/db/repositories/api-keys';
import { hashApiKey, hintOf, issueApiKey, makeApiKey } from '@/lib/api-keys/issue';
import { type ApiKeyVerifier, makeApiKeyVerifier } from '@/lib/api-keys/verify';
import { makeLogger } from '@/lib/observability/log';
import { describeEachDatabase, migrationsFolder } from '../support/databases';
import { startTestProgram, type TestProgram, until } from '../support/test-runtime';

const start = new Date('2026-11-23T12:00:00Z');
const log = makeLogger({ level: 'silent', format: 'json' });
const hour = 3_600;

describeEachDatabase('rotation of a key', (open) => {
  let db: Database;
  let nowAt: Date;
  const now = () => nowAt;
  const pass = (seconds: number) => {
    nowAt = new Date(nowAt.getTime() + seconds * 1_000);
  };
  const rotate = async (id: string, graceSeconds?: number) => {
    const value = makeApiKey();
    const graceUntil = graceSeconds === undefined ? null : new Date(nowAt.getTime() + graceSeconds * 1_000);
    await rotateApiKey(db, { id, hash: hashApiKey(value), hint: hintOf(value), graceUntil });
    return value;
  };

  const opened: ApiKeyVerifier[] = [];
  const make = (database: Database) => {
    const keys = makeApiKeyVerifier({ db: database, now, log });
    opened.push(keys);
    return keys;
  };

  beforeEach(async () => {
    db = await open();
    nowAt = start;
  });
  afterEach(async () => {
    for (const keys of opened.splice(0)) await keys.close();
  });

  test('with a grace both values work until it is over, then the new one alone', async () => {
    const keys = make(db);
    const { id, value: old } = await issueApiKey({ db, now }, { name: 'a' });
    await keys.verify(old);
    const fresh = await rotate(id, hour);
    pass(1);
    await expect(keys.verify(old)).resolves.toEqual({ id, name: 'a' });
    await expect(keys.verify(fresh)).resolves.toEqual({ id, name: 'a' });
    pass(hour - 2);
    await expect(keys.verify(old)).resolves.toMatchObject({ id });
    pass(1);
    await expect(keys.verify(old)).rejects.toThrow(/replaced.*2026-11-23T13:00:00/);
    await expect(keys.verify(fresh)).resolves.toMatchObject({ id });
  });

  test('without a grace the old value stops within one second', async () => {
    const keys = make(db);
    const { id, value: old } = await issueApiKey({ db, now }, { name: 'a' });
    await keys.verify(old);
    const fresh = await rotate(id);
    pass(1);
    await expect(keys.verify(old)).rejects.toMatchObject({ code: 'invalid_api_key' });
    await expect(keys.verify(fresh)).resolves.toMatchObject({ id });
  });

  test('a second rotation ends the value before the first at once', async () => {
    const keys = make(db);
    const { id, value: oldest } = await issueApiKey({ db, now }, { name: 'a' });
    const older = await rotate(id, 24 * hour);
    await rotate(id, 24 * hour);
    await expect(keys.verify(oldest)).rejects.toThrow(/not known/);
    await expect(keys.verify(older)).resolves.toMatchObject({ id });
  });

  test('the rules of a key that was just verified cost no further query', async () => {
    const { id, value } = await issueApiKey({ db, now }, { name: 'a', rules: { imagesPerDay: 3 } });
    const keys = make(db);
    await keys.verify(value);
    const select = vi.spyOn(db, 'select');
    expect(await keys.get(id)).toMatchObject({ imagesPerDay: 3 });
    expect(select).not.toHaveBeenCalled();
  });
});

describeEachDatabase('a key in use', (open) => {
  let db: Database;
  let keys: ApiKeyVerifier;
  let queries: { mock: { calls: unknown[] }; mockClear(): void };
  const now = () => new Date();
  const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));
  /** Asks every few milliseconds for a while; gives what was answered. */
  const useFor = async (ms: number, values: string[]) => {
    const outcomes: string[] = [];
    for (const end = Date.now() + ms; Date.now() < end; await wait(5)) {
      for (const value of values) {
        outcomes.push(
          await keys.verify(value).then(
            ({ name }) => name,
            ({ code }) => code,
          ),
        );
      }
    }
    return outcomes;
  };

  beforeEach(async () => {
    db = await open();
    keys = makeApiKeyVerifier({ db, now, log });
    queries = vi.spyOn(db, 'select');
  });
  afterEach(() => keys.close());

  test('never waits for the database: however many there are, one query at a time renews them', async () => {
    const issued = await Promise.all(
      Array.from({ length: 20 }, (_, index) => issueApiKey({ db, now }, { name: `key ${index}` })),
    );
    const values = issued.map(({ value }) => value);
    for (const value of values) await keys.verify(value);
    queries.mockClear();
    const waits: number[] = [];
    for (const end = Date.now() + 3_000; Date.now() < end; await wait(20)) {
      for (const value of values) {
        const before = queries.mock.calls.length;
        await keys.verify(value);
        waits.push(queries.mock.calls.length - before);
      }
    }
    expect(waits.length).toBeGreaterThan(500);
    // A machine that stands still for a second is no failure; without renewing, every key waits once a second.
    expect(waits.filter((asked) => asked > 0).length).toBeLessThanOrEqual(issued.length);
    expect(queries.mock.calls.length).toBeGreaterThan(3);
    expect(queries.mock.calls.length).toBeLessThan(10 + issued.length);
  });

  test('stops within a second when it is switched off, deleted or rotated elsewhere', async () => {
    const [off, gone, turned, stays] = await Promise.all(
      ['off', 'gone', 'turned', 'stays'].map((name) => issueApiKey({ db, now }, { name })),
    );
    const values = [off, gone, turned, stays].map((key) => key?.value ?? '');
    await useFor(200, values);
    const fresh = makeApiKey();
    await updateApiKey(db, off?.id ?? '', { enabled: false });
    await deleteApiKey(db, gone?.id ?? '');
    await rotateApiKey(db, {
      id: turned?.id ?? '',
      hash: hashApiKey(fresh),
      hint: hintOf(fresh),
      graceUntil: null,
    });
    await useFor(1_000, values);
    const after = await useFor(300, [...values, fresh]);
    expect(after.slice(0, 5)).toEqual([
      'invalid_api_key',
      'invalid_api_key',
      'invalid_api_key',
      'stays',
      'turned',
    ]);
    expect(new Set(after)).toEqual(new Set(['invalid_api_key', 'stays', 'turned']));
  });

  test('is asked for again after a silence, by the first request', async () => {
    const { value } = await issueApiKey({ db, now }, { name: 'a' });
    await keys.verify(value);
    await keys.close(); // as if nobody had used it for long: nothing is renewed any more
    await wait(1_050);
    queries.mockClear();
    await keys.verify(value);
    expect(queries.mock.calls).toHaveLength(1);
  });

  test('many first requests at once ask one question', async () => {
    const { value } = await issueApiKey({ db, now }, { name: 'a' });
    queries.mockClear();
    await Promise.all(Array.from({ length: 50 }, () => keys.verify(value)));
    expect(queries.mock.calls).toHaveLength(1);
  });

  test('a wrong key costs a question a second, however often it is sent', async () => {
    await expect(keys.verify('sk-nobody')).rejects.toMatchObject({ code: 'invalid_api_key' });
    queries.mockClear();
    for (let index = 0; index < 100; index += 1) await keys.verify('sk-nobody').catch(() => undefined);
    expect(queries.mock.calls).toHaveLength(0);
  });
});

test('nothing is asked any more some seconds after the last request', async () => {
  const db = await openSqlite(':memory:');
  await migrateDatabase(db, migrationsFolder);
  const now = () => new Date();
  const { value } = await issueApiKey({ db, now }, { name: 'a' });
  const queries = vi.spyOn(db, 'select');
  vi.useFakeTimers();
  const keys = makeApiKeyVerifier({ db, now, log });
  try {
    await keys.verify(value);
    await vi.advanceTimersByTimeAsync(60_000);
    const asked = queries.mock.calls.length;
    expect(asked).toBeGreaterThan(10);
    expect(asked).toBeLessThan(40);
    expect(vi.getTimerCount()).toBe(0);
    await keys.verify(value);
    expect(queries.mock.calls.length).toBe(asked + 1);
    await keys.close();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
    await db.close();
  }
});

describe('two processes on one Postgres', () => {
  const programs: TestProgram[] = [];
  afterEach(async () => {
    for (const program of programs.splice(0).reverse()) await program.stop();
  });

  test('a key that is switched off in one is refused in the other within a second, while it is in use there', async () => {
    const first = await startTestProgram({ dialect: 'postgres', services: false });
    programs.push(first);
    const { env } = first.runtime;
    if (env.databaseUrl.dialect !== 'postgres') throw new Error('not on Postgres');
    const second = await startTestProgram({
      services: false,
      simulator: first.simulator,
      place: { dataDir: env.dataDir, databaseUrl: env.databaseUrl.url },
    });
    programs.push(second);
    const { value, id } = first.apiKey;
    const worksThere = () =>
      second.runtime.apiKeys.verify(value).then(
        () => true,
        () => false,
      );
    expect(await worksThere()).toBe(true);
    await updateApiKey(first.runtime.db, id, { enabled: false });
    const changedAt = performance.now();
    await until(async () => !(await worksThere()), 5_000);
    expect(performance.now() - changedAt).toBeLessThan(1_250); // with the time that asking takes
    await updateApiKey(first.runtime.db, id, { enabled: true });
    await until(worksThere, 1_500);
  });
});

describe('requests per minute', () => {
  test('are counted for each key alone, and what is left is told', async () => {
    const database = { dialect: 'sqlite' } as Database; // nothing is asked of it
    const keys = makeApiKeyVerifier({ db: database, now: () => new Date(), log });
    const admit = (id: string) => keys.admitRequest({ id, requestsPerMinute: 2 });
    expect(await admit('one')).toEqual({ limit: 2, remaining: 1, resetSeconds: 60 });
    expect(await admit('one')).toMatchObject({ limit: 2, remaining: 0 });
    await expect(admit('one')).rejects.toMatchObject({
      code: 'rate_limited',
      rateLimit: { limit: 2, remaining: 0 },
    });
    await expect(admit('other')).resolves.toMatchObject({ remaining: 1 });
    expect(await keys.admitRequest({ id: 'free', requestsPerMinute: null })).toBeUndefined();
  });
});
