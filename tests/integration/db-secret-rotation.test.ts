import { beforeEach, expect, test } from 'vitest';
import type { Database } from '@/db/client';
import { makeLogger } from '@/lib/observability/log';
import { adoptSecretKey } from '@/lib/secret-rotation';
import { makeSecrets, type Secrets } from '@/lib/secrets';
import { loadSettings } from '@/lib/settings';
import { describeEachDatabase } from '../support/databases';

const [first, second] = ['first-secret-key-of-32-characters', 'second-secret-key-of-32-characters'];
const now = () => new Date('2026-11-23T12:00:00Z');
const proxy = 'http://user:pass-word@proxy.example:8080';

describeEachDatabase('a change of SECRET_KEY', (open) => {
  let db: Database;
  let written: string;
  const log = makeLogger(
    { level: 'info', format: 'json' },
    {
      write: (line) => {
        written += line;
      },
    },
  );
  const start = (secrets: Secrets) => adoptSecretKey({ db, secrets, now, log });
  const settings = (secrets: Secrets) =>
    loadSettings({ env: { settingOverrides: {} }, toml: {}, db, secrets, now, log });
  const findAccount = async () => (await db.select().from(db.tables.accounts))[0];

  beforeEach(async () => {
    written = '';
    db = await open();
    const secrets = makeSecrets({ current: first });
    await start(secrets);
    await (await settings(secrets)).update({ 'proxy.url': proxy, 'flow.timeout': 90 });
    await db.insert(db.tables.accounts).values({
      id: 'a',
      upstream: 'flow',
      email: 'a@example.com',
      tier: 'pro',
      blocks: [],
      sessionTokenSealed: secrets.seal('session token'),
      sessionTokenHash: secrets.fingerprint('session token'),
      accessTokenSealed: secrets.seal('access token'),
      createdAt: now(),
      updatedAt: now(),
    });
    await db.insert(db.tables.tasks).values({
      id: 'import',
      kind: 'accounts.import',
      state: 'running',
      inputSealed: secrets.seal('tokens to import'),
      total: 1,
      results: [],
      createdAt: now(),
    });
  });

  test('seals everything anew, so that the old key can be forgotten', async () => {
    await start(makeSecrets({ current: second, previous: first }));
    const alone = makeSecrets({ current: second });
    await start(alone);
    const account = await findAccount();
    expect(alone.open(account?.sessionTokenSealed ?? '')).toBe('session token');
    expect(alone.open(account?.accessTokenSealed ?? '')).toBe('access token');
    expect(account).toMatchObject({
      sessionTokenHash: alone.fingerprint('session token'),
      proxyUrlSealed: null,
    });
    const [task] = await db.select().from(db.tables.tasks);
    expect(alone.open(task?.inputSealed ?? '')).toBe('tokens to import');
    expect((await settings(alone)).current()).toMatchObject({ 'flow.timeout': 90 });
    expect((await settings(alone)).current()['proxy.url']).toContain('pass-word');
    expect(written).toContain('SECRET_KEY_PREVIOUS can be removed');
  });

  test('without the old key the start is refused, and nothing is changed', async () => {
    const before = await findAccount();
    await expect(start(makeSecrets({ current: second }))).rejects.toMatchObject({
      name: 'SecretKeyError',
      message: expect.stringMatching(/another SECRET_KEY.*SECRET_KEY_PREVIOUS/),
    });
    expect(await findAccount()).toEqual(before);
    await start(makeSecrets({ current: first }));
  });

  test('what neither key reads is left as it is, and said', async () => {
    const sealed = makeSecrets({ current: 'a-third-secret-key-of-32-characters' }).seal('lost');
    await db.update(db.tables.accounts).set({ proxyUrlSealed: sealed });
    await start(makeSecrets({ current: second, previous: first }));
    expect((await findAccount())?.proxyUrlSealed).toBe(sealed);
    expect(written).toContain('cannot be read with either key');
  });

  test('the same key changes nothing', async () => {
    const before = await findAccount();
    await start(makeSecrets({ current: first }));
    expect(await findAccount()).toEqual(before);
    expect(written).not.toContain('SECRET_KEY');
  });
});
