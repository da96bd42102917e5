import { argon2id } from 'hash-wasm';
import { expect, test } from 'vitest';
import { hashPassword, isOutdatedHash, verifyPassword } from './password';

test('the right password passes, another does not', async () => {
  const hash = await hashPassword('correct horse battery');
  expect(await verifyPassword('correct horse battery', hash)).toBe(true);
  expect(await verifyPassword('correct horse batterY', hash)).toBe(false);
});

test('the same password gives another hash each time, and no hash shows it', async () => {
  const hashes = [await hashPassword('correct horse battery'), await hashPassword('correct horse battery')];
  expect(hashes[0]).not.toBe(hashes[1]);
  expect(hashes.join()).not.toContain('correct');
});

test('a password typed with combining accents is the same password', async () => {
  expect(await verifyPassword('cafe\u0301-au-lait-1', await hashPassword('caf\u00e9-au-lait-1'))).toBe(true);
});

test('without a hash every password is wrong', async () => {
  expect(await verifyPassword('correct horse battery', undefined)).toBe(false);
});

test('without a hash it takes as long as with one', async () => {
  const hash = await hashPassword('correct horse battery');
  const timeOf = async (of: string | undefined) => {
    // Time of this processor: a busy machine stretches the clock of one try and not of the next.
    const startedAt = process.cpuUsage();
    await verifyPassword('wrong horse battery', of);
    const { user, system } = process.cpuUsage(startedAt);
    return user + system;
  };
  const [known, nobody]: [number[], number[]] = [[], []];
  for (let round = 0; round < 9; round += 1) {
    known.push(await timeOf(hash));
    nobody.push(await timeOf(undefined));
  }
  const middle = (times: number[]) => times.toSorted((one, other) => one - other)[4] ?? 0;
  expect(middle(nobody) / middle(known)).toBeGreaterThan(0.5);
  expect(middle(nobody) / middle(known)).toBeLessThan(2);
});

test('a hash of weaker parameters still verifies and is known as outdated', async () => {
  const options = {
    memorySize: 1_024,
    iterations: 1,
    parallelism: 1,
    hashLength: 32,
    outputType: 'encoded',
  } as const;
  const old = await argon2id({ ...options, password: 'correct horse battery', salt: Buffer.alloc(16, 1) });
  expect(await verifyPassword('correct horse battery', old)).toBe(true);
  expect(isOutdatedHash(old)).toBe(true);
  expect(isOutdatedHash(await hashPassword('correct horse battery'))).toBe(false);
});

test('an empty and an endless password are wrong without an error', async () => {
  const hash = await hashPassword('correct horse battery');
  expect(await verifyPassword('', hash)).toBe(false);
  expect(await verifyPassword('x'.repeat(1_000_000), hash)).toBe(false);
});
