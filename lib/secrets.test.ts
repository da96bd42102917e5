import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadSecretKey, makeSecrets, SecretKeyError } from './secrets';

const first = 'first-secret-key-of-32-characters';
const second = 'second-secret-key-of-32-characters';

describe('sealing', () => {
  const secrets = makeSecrets({ current: first });

  test.each([['plain'], [''], ['ключ 🎥\n'], ['x'.repeat(100_000)]])('opens what it sealed (%#)', (plain) => {
    expect(secrets.open(secrets.seal(plain))).toBe(plain);
  });

  test('shows nothing of the text, and another result each time', () => {
    const [one, other] = [secrets.seal('session-token'), secrets.seal('session-token')];
    expect(one).not.toBe(other);
    expect(Buffer.from(one.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain('session');
  });

  test('a changed byte is refused', () => {
    const sealed = secrets.seal('session-token');
    const position = sealed.length - 3;
    const changed =
      sealed.slice(0, position) + (sealed[position] === 'A' ? 'B' : 'A') + sealed.slice(position + 1);
    expect(() => secrets.open(changed)).toThrow(/damaged/);
  });

  test.each(['', 'plain text', 'v1.abc', 'v2.a.b', 'v1.a.b.c', `v1.x.${'A'.repeat(10)}`])(
    'what was never sealed is refused: %j',
    (text) => {
      expect(() => secrets.open(text)).toThrow(SecretKeyError);
    },
  );

  test('another key is refused by a message that names SECRET_KEY and shows no key', () => {
    const sealed = makeSecrets({ current: second }).seal('session-token');
    const error = attempt(() => secrets.open(sealed));
    expect(error).toBeInstanceOf(SecretKeyError);
    expect(String(error)).toContain('SECRET_KEY');
    expect(String(error)).not.toContain(first);
    expect(String(error)).not.toContain(second);
  });
});

describe('changing the key', () => {
  const old = makeSecrets({ current: first });
  const changed = makeSecrets({ current: second, previous: first });

  test('the previous key opens old values, and new ones are sealed with the new key', () => {
    const sealed = old.seal('session-token');
    expect(changed.open(sealed)).toBe('session-token');
    expect(changed.isCurrent(sealed)).toBe(false);
    const sealedAnew = changed.seal(changed.open(sealed));
    expect(changed.isCurrent(sealedAnew)).toBe(true);
    expect(makeSecrets({ current: second }).open(sealedAnew)).toBe('session-token');
  });

  test('sealing, signing and fingerprints have keys of their own', () => {
    expect(old.sessionSecret).not.toBe(changed.sessionSecret);
    expect(old.fingerprint('a')).not.toBe(changed.fingerprint('a'));
    expect(old.fingerprint('a')).toMatch(/^[0-9a-f]{64}$/);
    expect(old.fingerprint('a')).toBe(makeSecrets({ current: first }).fingerprint('a'));
    expect(old.fingerprint('a')).not.toBe(old.fingerprint('b'));
  });
});

describe('the key file', () => {
  let dataDir: string;
  let warnings: string[];
  const log = {
    info: () => undefined,
    warn: (facts: object | string, message?: string) => {
      warnings.push(message ?? String(facts));
    },
  };
  const file = () => join(dataDir, 'secret.key');

  beforeEach(async () => {
    warnings = [];
    dataDir = await mkdtemp(join(tmpdir(), 'flow2api-key-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  test('is made on first start, private, and used again', async () => {
    const made = await loadSecretKey({ env: { dataDir: join(dataDir, 'deep', 'er') }, log });
    const again = await loadSecretKey({ env: { dataDir: join(dataDir, 'deep', 'er') }, log });
    expect(made).toMatch(/^[0-9a-f]{64}$/);
    expect(again).toBe(made);
    expect((await stat(join(dataDir, 'deep', 'er', 'secret.key'))).mode & 0o777).toBe(0o600);
    expect(warnings).toEqual([]);
  });

  test('of many that start at once, all use the same', async () => {
    const keys = await Promise.all(
      Array.from({ length: 20 }, () => loadSecretKey({ env: { dataDir }, log })),
    );
    expect(new Set(keys).size).toBe(1);
    expect(await readdir(dataDir)).toEqual(['secret.key']);
  });

  test('SECRET_KEY is used without making a file', async () => {
    expect(await loadSecretKey({ env: { dataDir, secretKey: first }, log })).toBe(first);
    expect(await readdir(dataDir)).toEqual([]);
  });

  test('one that others can read is made private, with a warning', async () => {
    await writeFile(file(), `${first}\n`);
    await chmod(file(), 0o644);
    expect(await loadSecretKey({ env: { dataDir }, log })).toBe(first);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(warnings).toEqual([expect.stringContaining('0600')]);
  });

  test('an empty one is refused and left as it is', async () => {
    await writeFile(file(), '', { mode: 0o600 });
    await expect(loadSecretKey({ env: { dataDir }, log })).rejects.toThrow(/secret\.key holds no key/);
    expect(await readFile(file(), 'utf8')).toBe('');
  });

  test('a folder that cannot be used is named with the way out', async () => {
    await writeFile(join(dataDir, 'data'), 'a file');
    await expect(loadSecretKey({ env: { dataDir: join(dataDir, 'data') }, log })).rejects.toThrow(
      /secret\.key cannot be read or made \(ENOTDIR\).*SECRET_KEY/,
    );
  });
});

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
