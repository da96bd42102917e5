import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Database } from '@/db/client';
import { rotateApiKey } from '@/db/repositories/api-keys';
import { hashApiKey, hintOf, issueApiKey, makeApiKey } from '@/lib/api-keys/issue';
import { makeApiKeyVerifier } from '@/lib/api-keys/verify';
import { makeLogger } from '@/lib/observability/log';
import { describeEachDatabase } from '../support/databases';

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

  beforeEach(async () => {
    db = await open();
    nowAt = start;
  });

  test('with a grace both values work until it is over, then the new one alone', async () => {
    const keys = makeApiKeyVerifier({ db, now, log });
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
    const keys = makeApiKeyVerifier({ db, now, log });
    const { id, value: old } = await issueApiKey({ db, now }, { name: 'a' });
    await keys.verify(old);
    const fresh = await rotate(id);
    pass(1);
    await expect(keys.verify(old)).rejects.toMatchObject({ code: 'invalid_api_key' });
    await expect(keys.verify(fresh)).resolves.toMatchObject({ id });
  });

  test('a second rotation ends the value before the first at once', async () => {
    const keys = makeApiKeyVerifier({ db, now, log });
    const { id, value: oldest } = await issueApiKey({ db, now }, { name: 'a' });
    const older = await rotate(id, 24 * hour);
    await rotate(id, 24 * hour);
    await expect(keys.verify(oldest)).rejects.toThrow(/not known/);
    await expect(keys.verify(older)).resolves.toMatchObject({ id });
  });

  test('the rules of a key that was just verified cost no further query', async () => {
    const { id, value } = await issueApiKey({ db, now }, { name: 'a', rules: { imagesPerDay: 3 } });
    const keys = makeApiKeyVerifier({ db, now, log });
    await keys.verify(value);
    const select = vi.spyOn(db, 'select');
    expect(await keys.get(id)).toMatchObject({ imagesPerDay: 3 });
    expect(select).not.toHaveBeenCalled();
  });
});

describe('requests per minute', () => {
  test('are counted for each key alone', async () => {
    const database = { dialect: 'sqlite' } as Database; // nothing is asked of it
    const keys = makeApiKeyVerifier({ db: database, now: () => new Date(), log });
    const admit = (id: string) => keys.admitRequest({ id, requestsPerMinute: 2 });
    await admit('one');
    await admit('one');
    await expect(admit('one')).rejects.toMatchObject({
      code: 'rate_limited',
      rateLimit: { limit: 2, remaining: 0 },
    });
    await expect(admit('other')).resolves.toBeUndefined();
  });
});
