import { beforeEach, describe, expect, test } from 'vitest';
import { isConfigError } from '@/config/config-error';
import type { Settings } from '@/config/settings-schema';
import type { Database } from '@/db/client';
import { listSettings, saveSettings } from '@/db/repositories/settings';
import { makeLogger } from '@/lib/observability/log';
import { makeSecrets } from '@/lib/secrets';
import { loadSettings } from '@/lib/settings';
import { describeEachDatabase } from '../support/databases';

const now = () => new Date('2026-11-23T12:00:00Z');
const secrets = makeSecrets({ current: 'first-secret-key-of-32-characters' });

describeEachDatabase('settings', (open) => {
  let db: Database;
  let written: string;

  const load = (layers: { toml?: Partial<Settings>; environment?: Record<string, string> } = {}) =>
    loadSettings({
      env: { settingOverrides: layers.environment ?? {} },
      toml: layers.toml ?? {},
      db,
      secrets,
      now,
      log: makeLogger(
        { level: 'info', format: 'json' },
        {
          write: (line) => {
            written += line;
          },
        },
      ),
    });

  beforeEach(async () => {
    written = '';
    db = await open();
  });

  test('a file covers defaults, what was saved covers the file, the environment covers all', async () => {
    await (await load()).update({ 'queue.max_wait': 20, 'queue.max_length': 200 });
    const settings = await load({
      toml: { 'queue.max_wait': 10, 'queue.max_length': 100, 'flow.timeout': 60 },
      environment: { 'queue.max_length': '300' },
    });
    expect(settings.current()).toMatchObject({
      'queue.max_length': 300,
      'queue.max_wait': 20,
      'flow.timeout': 60,
      'flow.poll_batch': 100,
    });
    expect(settings.sources()).toMatchObject({
      'queue.max_length': 'environment',
      'queue.max_wait': 'database',
      'flow.timeout': 'file',
      'flow.poll_batch': 'default',
    });
  });

  test.each([
    ['a number', { 'flow.poll_interval': 0.5 }],
    ['zero', { 'cache.lifetime': 0 }],
    ['a flag', { 'cache.enabled': false }],
    ['a text that looks like a number', { 'generation.default_image_model': '12345' }],
    ['a text that looks like a flag', { 'generation.default_image_model': 'true' }],
    ['an empty text', { 'cache.base_url': '' }],
  ] satisfies [string, Partial<Settings>][])('%s is the same after a restart', async (_kind, change) => {
    await (await load()).update(change);
    expect((await load()).current()).toMatchObject(change);
  });

  describe('a change', () => {
    test('counts at once and tells the listeners what changed', async () => {
      const settings = await load();
      const told: unknown[] = [];
      const forget = settings.onChange((values, changed) =>
        told.push([values['flow.timeout'], [...changed]]),
      );
      await settings.update({ 'flow.timeout': 90, 'queue.max_wait': 1_800 });
      expect(settings.current()['flow.timeout']).toBe(90);
      expect(settings.sources()['flow.timeout']).toBe('database');
      expect(told).toEqual([[90, ['flow.timeout']]]);
      forget();
      await settings.update({ 'flow.timeout': 91 });
      expect(told).toHaveLength(1);
    });

    test('reaches other replicas when they look', async () => {
      const [here, there] = [await load(), await load()];
      await here.update({ 'flow.timeout': 90 });
      expect(there.current()['flow.timeout']).toBe(120);
      await there.reload();
      expect(there.current()['flow.timeout']).toBe(90);
    });

    test('a listener that fails does not keep the change from the others', async () => {
      const settings = await load();
      let isTold = false;
      settings.onChange(() => {
        throw new Error('broken listener');
      });
      settings.onChange(() => {
        isTold = true;
      });
      await settings.update({ 'flow.timeout': 90 });
      expect(isTold).toBe(true);
      expect(written).toContain('broken listener');
    });

    test('many at once all count', async () => {
      const settings = await load();
      await Promise.all([
        settings.update({ 'flow.timeout': 90 }),
        settings.update({ 'queue.max_wait': 30 }),
        settings.reload(),
        settings.update({ 'queue.max_length': 40 }),
      ]);
      expect(settings.current()).toMatchObject({
        'flow.timeout': 90,
        'queue.max_wait': 30,
        'queue.max_length': 40,
      });
    });

    test('can be undone, so that the file counts again', async () => {
      const settings = await load({ toml: { 'flow.timeout': 60 } });
      await settings.update({ 'flow.timeout': 90 });
      await settings.reset(['flow.timeout']);
      expect(settings.current()['flow.timeout']).toBe(60);
      expect(settings.sources()['flow.timeout']).toBe('file');
    });

    test.each([
      ['a value out of range', { 'flow.timeout': 1 }, 'flow.timeout', /flow\.timeout: 1 .*5 to 600/],
      ['another type', { 'cache.enabled': 'yes' }, 'cache.enabled', /true or false/],
      ['a setting that there is not', { 'no.such': 1 }, 'no.such', /no setting no\.such/],
      ['one that the environment sets', { 'queue.max_wait': 5 }, 'queue.max_wait', /QUEUE_MAX_WAIT/],
    ])('%s is refused whole, naming the key', async (_what, bad, param, message) => {
      const settings = await load({ environment: { 'queue.max_wait': '60' } });
      const refusal = settings.update({ 'queue.max_length': 7, ...bad } as Partial<Settings>);
      await expect(refusal).rejects.toMatchObject({ code: 'invalid_request', param });
      await expect(refusal).rejects.toThrow(message);
      expect(settings.current()['queue.max_length']).toBe(10_000);
      expect(await listSettings(db)).toEqual([]);
    });
  });

  describe('a saved value that cannot be used', () => {
    const saveBad = () => saveSettings(db, [{ key: 'flow.timeout', value: { plain: 1 } }], now());

    test('stops the start with key, value and range', async () => {
      await saveBad();
      const error = await load().catch((reason: unknown) => reason);
      expect(isConfigError(error)).toBe(true);
      expect(String(error)).toMatch(/flow\.timeout \(saved in the console\): 1 .*5 to 600/);
    });

    test('does not matter where the environment covers it', async () => {
      await saveBad();
      const settings = await load({ environment: { 'flow.timeout': '30' } });
      expect(settings.current()['flow.timeout']).toBe(30);
    });

    test('leaves a running process with what it has', async () => {
      const settings = await load();
      await saveBad();
      await expect(settings.reload()).rejects.toThrow(/flow\.timeout/);
      expect(settings.current()['flow.timeout']).toBe(120);
      await settings.update({ 'flow.timeout': 45 });
      expect(settings.current()['flow.timeout']).toBe(45);
    });

    test('of another release is left alone', async () => {
      await saveSettings(db, [{ key: 'of.tomorrow', value: { plain: 1 } }], now());
      await (await load()).update({ 'flow.timeout': 45 });
      expect((await listSettings(db)).map((row) => row.key)).toEqual(['flow.timeout', 'of.tomorrow']);
    });
  });

  describe('a secret setting', () => {
    const proxy = 'http://user:pass-word@proxy.example:8080';

    test('is sealed in the row and readable again', async () => {
      const settings = await load();
      await settings.update({ 'proxy.url': proxy });
      expect(settings.current()['proxy.url']).toContain('pass-word');
      expect(JSON.stringify(await listSettings(db))).not.toContain('pass-word');
      expect((await load()).current()['proxy.url']).toContain('pass-word');
      expect(written).not.toContain('pass-word');
    });

    test('is not shown when it is refused', async () => {
      const refusal = (await load()).update({ 'proxy.url': 'ftp://user:pass-word@proxy' });
      await expect(refusal).rejects.toMatchObject({ code: 'invalid_request', param: 'proxy.url' });
      await expect(refusal).rejects.not.toThrow(/pass-word/);
    });
  });
});
