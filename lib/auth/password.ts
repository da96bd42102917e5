import { randomBytes } from 'node:crypto';
import { argon2id, argon2Verify } from 'hash-wasm';

/** Shorter passwords are refused wherever one is set. */
export const minPasswordLength = 12;

/** Longer ones are refused as well: hashing megabytes would be a way to keep the server busy. */
export const maxPasswordLength = 200;

/**
 * argon2id as the OWASP Password Storage Cheat Sheet advises: 19 MiB, two passes, one lane. They stand in every hash, so
 * raising them here makes `isOutdatedHash` true for the old ones, and the next sign-in replaces them.
 */
const cost = { memorySize: 19_456, iterations: 2, parallelism: 1 };
const prefix = `$argon2id$v=19$m=${cost.memorySize},t=${cost.iterations},p=${cost.parallelism}$`;

/** Of nobody's password, with today's cost: what is compared when there is no such administrator. */
const nobodysHash = `${prefix}${Buffer.alloc(16).toString('base64').replace(/=+$/, '')}$${Buffer.alloc(32).toString('base64').replace(/=+$/, '')}`;

/** Hashes a password for storage; the result is a PHC string that names its own parameters. */
export const hashPassword = (password: string): Promise<string> =>
  argon2id({
    ...cost,
    password: password.normalize('NFC'),
    salt: randomBytes(16),
    hashLength: 32,
    outputType: 'encoded',
  });

/** Whether this is the password of the hash. Without a hash it takes as long and says no. */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  if (password === '' || password.length > maxPasswordLength) return false;
  const isRight = await argon2Verify({ password: password.normalize('NFC'), hash: hash ?? nobodysHash });
  return isRight && hash !== undefined;
}

/** Whether the hash was made with other parameters than new ones are. */
export const isOutdatedHash = (hash: string): boolean => !hash.startsWith(prefix);
