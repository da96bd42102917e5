import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Database } from '@/db/client';
import { deleteApiKey, findApiKey, listApiKeys, updateApiKey } from '@/db/repositories/api-keys';
import { ensureApiKey, hashApiKey, issueApiKey } from '@/lib/api-keys/issue';
import { type ApiKeyVerifier, makeApiKeyVerifier } from '@/lib/api-keys/verify';
import type { Logger } from '@/lib/observability/log';
import { makeLogger } from '@/lib/observability/log';
import { describeEachDatabase } from '../support/databases';

const start = new Date('2026-11-23T12:00:00Z');

describeEachDatabase('API keys', (open) => {
  let db: Database;
  let nowAt: Date;
  let written: string;
  let log: Logger;
  const now = () => nowAt;
  const pass = (seconds: number) => {
    nowAt = new Date(nowAt.getTime() + seconds * 1_000);
  };

  const opened: ApiKeyVerifier[] = [];
  const make = () => {
    const keys = makeApiKeyVerifier({ db, now, log });
    opened.push(keys);
    return keys;
  };

  afterEach(async () => {
    for (const keys of opened.splice(0)) await keys.close();
  });
  beforeEach(async () => {
    db = await open();
    nowAt = start;
    written = '';
    log = makeLogger(
      { level: 'info', format: 'json' },
      {
        write: (line) => {
          written += line;
        },
      },
    );
  });

  describe('issuing', () => {
    test('gives the value once and stores only its hash', async () => {
      const issued = await issueApiKey({ db, now }, { name: 'prod' });
      const row = await findApiKey(db, issued.id);
      expect(row).toMatchObject({ name: 'prod', hint: issued.hint, enabled: true, createdAt: start });
      expect(row?.hash).toBe(hashApiKey(issued.value));
      expect(JSON.stringify(row)).not.toContain(issued.value);
    });

    test('a name that is taken is refused, naming the field', async () => {
      await issueApiKey({ db, now }, { name: 'prod' });
      await expect(issueApiKey({ db, now }, { name: 'prod' })).rejects.toMatchObject({
        code: 'invalid_request',
        param: 'name',
      });
    });

    test('the list is paged in the order of making', async () => {
      for (const name of ['a', 'b', 'c', 'd', 'e']) await issueApiKey({ db, now }, { name });
      const first = await listApiKeys(db, { limit: 3 });
      const last = first.at(-1);
      const second = await listApiKeys(db, { limit: 3, ...(last === undefined ? {} : { after: last }) });
      const names = [...first, ...second].map((row) => row.name);
      expect(first).toHaveLength(3);
      expect(names.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
    });
  });

  describe('API_KEY', () => {
    const value = 'operator-chosen-value-0123456789';
    const verify = (presented: string) => make().verify(presented);

    test('is a key named "default" after the start, and stays the same one', async () => {
      await ensureApiKey({ db, now, log }, value);
      const { id, name } = await verify(value);
      await ensureApiKey({ db, now, log }, value);
      expect(name).toBe('default');
      expect((await verify(value)).id).toBe(id);
      expect(await listApiKeys(db, { limit: 10 })).toHaveLength(1);
    });

    test('another value replaces the old one', async () => {
      await ensureApiKey({ db, now, log }, value);
      const { id } = await verify(value);
      await ensureApiKey({ db, now, log }, `${value}-new`);
      expect((await verify(`${value}-new`)).id).toBe(id);
      await expect(verify(value)).rejects.toMatchObject({ code: 'invalid_api_key' });
    });

    test('what was disabled in the console stays disabled until the value changes', async () => {
      await ensureApiKey({ db, now, log }, value);
      const { id } = await verify(value);
      await updateApiKey(db, id, { enabled: false });
      await ensureApiKey({ db, now, log }, value);
      await expect(verify(value)).rejects.toThrow(/disabled/);
      expect(written).toContain('disabled in the console');
      await ensureApiKey({ db, now, log }, `${value}-new`);
      await expect(verify(`${value}-new`)).resolves.toMatchObject({ id });
    });

    test('of several processes that start at once, all succeed', async () => {
      await Promise.all(Array.from({ length: 6 }, () => ensureApiKey({ db, now, log }, value)));
      expect(await listApiKeys(db, { limit: 10 })).toHaveLength(1);
      await expect(verify(value)).resolves.toMatchObject({ name: 'default' });
    });

    test('a value that can be guessed is accepted with a warning that does not show it', async () => {
      await ensureApiKey({ db, now, log }, 'hunter2');
      expect(written).toContain('guessed');
      expect(written).not.toContain('hunter2');
    });
  });

  describe('verifying', () => {
    test.each([
      [undefined, /No API key was sent.*Authorization: Bearer/],
      ['', /No API key was sent/],
      ['sk-unknown', /not known/],
    ])('%s is refused, saying why', async (presented, message) => {
      const refusal = make().verify(presented);
      await expect(refusal).rejects.toMatchObject({ code: 'invalid_api_key' });
      await expect(refusal).rejects.toThrow(message);
    });

    test('a key works until it expires', async () => {
      const expiresAt = new Date(start.getTime() + 60_000);
      const { value, id } = await issueApiKey({ db, now }, { name: 'a', expiresAt });
      const keys = make();
      await expect(keys.verify(value)).resolves.toEqual({ id, name: 'a' });
      pass(59);
      await expect(keys.verify(value)).resolves.toMatchObject({ id });
      pass(1);
      await expect(keys.verify(value)).rejects.toThrow(/expired at 2026-11-23T12:01:00/);
    });

    test.each([
      ['disabled', (id: string) => updateApiKey(db, id, { enabled: false })],
      ['deleted', (id: string) => deleteApiKey(db, id)],
    ])('a key that was %s elsewhere stops within one second', async (_how, revoke) => {
      const { value, id } = await issueApiKey({ db, now }, { name: 'a' });
      const keys = make();
      await keys.verify(value);
      await revoke(id);
      pass(1);
      await expect(keys.verify(value)).rejects.toMatchObject({ code: 'invalid_api_key' });
    });

    test('a new key works within one second, at once where it was made', async () => {
      const keys = make();
      const value = 'sk-not-yet-there-0123456789abcdef';
      await expect(keys.verify(value)).rejects.toThrow(/not known/);
      await issueApiKey({ db, now }, { name: 'a', value });
      keys.forget();
      await expect(keys.verify(value)).resolves.toMatchObject({ name: 'a' });
    });

    test('asks the database once a second for a busy key, and for a wrong one', async () => {
      const { value } = await issueApiKey({ db, now }, { name: 'a' });
      const select = vi.spyOn(db, 'select');
      const keys = make();
      await Promise.all(Array.from({ length: 50 }, () => keys.verify(value)));
      await Promise.allSettled(Array.from({ length: 50 }, () => keys.verify('sk-wrong')));
      expect(select).toHaveBeenCalledTimes(2);
      pass(1);
      await keys.verify(value);
      expect(select).toHaveBeenCalledTimes(3);
    });

    test('a clock that was set back keeps no revoked key alive', async () => {
      const { value, id } = await issueApiKey({ db, now }, { name: 'a' });
      const keys = make();
      await keys.verify(value);
      await updateApiKey(db, id, { enabled: false });
      pass(-3_600);
      await expect(keys.verify(value)).rejects.toThrow(/disabled/);
    });

    test('notes the last use, once a minute', async () => {
      const { value, id } = await issueApiKey({ db, now }, { name: 'a' });
      const keys = make();
      const lastUsedAt = async () => (await findApiKey(db, id))?.lastUsedAt;
      await keys.verify(value);
      await vi.waitFor(async () => expect(await lastUsedAt()).toEqual(start));
      pass(59);
      await keys.verify(value);
      pass(1);
      await keys.verify(value);
      await vi.waitFor(async () => expect(await lastUsedAt()).toEqual(new Date(start.getTime() + 60_000)));
      expect(written).toBe('');
    });
  });
});
