import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Env } from '@/config/env';
import type { Logger } from './observability/log';

/** Seals what may not be read from a stolen database, and signs what may not be forged. */
export type Secrets = {
  /** Encrypts text: another result each time, which `open` and nothing else reads. */
  seal(plain: string): string;
  /** The text that was sealed, also with the key before the last change. Throws `SecretKeyError`. */
  open(sealed: string): string;
  /** Whether the text was sealed with the key in use, so that it stays readable without the previous one. */
  isCurrent(sealed: string): boolean;
  /** Keyed hash (HMAC-SHA-256, hex): finds a duplicate without opening any. Changes with the key. */
  fingerprint(value: string): string;
  /** Signs the cookies of the console. Changes with the key, which signs everybody out. */
  sessionSecret: string;
};

/** The secret key is not the one that a value was sealed with, or its file is unusable; the message says what to do. */
export class SecretKeyError extends Error {
  override readonly name = 'SecretKeyError';
}

const format = 'v1';
const cipher = 'aes-256-gcm';
const ivBytes = 12; // what GCM is defined for, NIST SP 800-38D §5.2.1.1
const tagBytes = 16;

type KeySet = { id: string; seal: Buffer; sign: string; fingerprint: Buffer };

/** One secret, several keys: none of them tells anything about another (HKDF, RFC 5869). */
function deriveKeys(secretKey: string): KeySet {
  const derive = (purpose: string, length: number) =>
    Buffer.from(hkdfSync('sha256', secretKey, 'flow2api', `${format} ${purpose}`, length));
  return {
    id: derive('key id', 6).toString('base64url'),
    seal: derive('seal', 32),
    sign: derive('sign sessions', 32).toString('base64url'),
    fingerprint: derive('fingerprint', 32),
  };
}

/** Makes the sealing and signing keys from the secret key. `previous` only opens what it once sealed. */
export function makeSecrets(keys: { current: string; previous?: string }): Secrets {
  const current = deriveKeys(keys.current);
  const all = [current, ...(keys.previous === undefined ? [] : [deriveKeys(keys.previous)])];
  return {
    seal(plain) {
      const iv = randomBytes(ivBytes);
      const encryption = createCipheriv(cipher, current.seal, iv).setAAD(header(current.id));
      const body = Buffer.concat([encryption.update(plain, 'utf8'), encryption.final()]);
      const bytes = Buffer.concat([iv, encryption.getAuthTag(), body]);
      return `${format}.${current.id}.${bytes.toString('base64url')}`;
    },
    open(sealed) {
      const { keyId, bytes } = parseSealed(sealed);
      const key = all.find(({ id }) => id === keyId);
      if (key === undefined) {
        throw new SecretKeyError(
          'A stored secret was sealed with another SECRET_KEY. Start with the key it was sealed with, or give that one as SECRET_KEY_PREVIOUS. Without it, enter the secrets anew.',
        );
      }
      try {
        const decryption = createDecipheriv(cipher, key.seal, bytes.subarray(0, ivBytes))
          .setAAD(header(key.id))
          .setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
        const body = bytes.subarray(ivBytes + tagBytes);
        return Buffer.concat([decryption.update(body), decryption.final()]).toString('utf8');
      } catch (error) {
        throw damaged(error);
      }
    },
    isCurrent: (sealed) => parseSealed(sealed).keyId === current.id,
    fingerprint: (value) => createHmac('sha256', current.fingerprint).update(value).digest('hex'),
    sessionSecret: current.sign,
  };
}

const header = (keyId: string) => Buffer.from(`${format}.${keyId}`);

function parseSealed(sealed: string): { keyId: string; bytes: Buffer } {
  const [version, keyId, body, ...rest] = sealed.split('.');
  const bytes = Buffer.from(body ?? '', 'base64url');
  if (version !== format || !keyId || rest.length > 0 || bytes.length < ivBytes + tagBytes) throw damaged();
  return { keyId, bytes };
}

const damaged = (cause?: unknown) =>
  new SecretKeyError('A stored secret is damaged. Enter it anew, or put back a backup of the database.', {
    cause,
  });

const keyFileName = 'secret.key';

/**
 * The secret key of this installation: `SECRET_KEY`, else the key file of the data directory, made on first start.
 * Of processes that start at once, one makes it and all use it. Throws `SecretKeyError`.
 */
export async function loadSecretKey({
  env,
  log,
}: {
  env: Pick<Env, 'secretKey' | 'dataDir'>;
  log: Pick<Logger, 'warn' | 'info'>;
}): Promise<string> {
  if (env.secretKey !== undefined) return env.secretKey;
  const file = join(/* turbopackIgnore: true */ env.dataDir, keyFileName);
  try {
    const isNew = !(await exists(file)) && (await createKeyFile(env.dataDir, file));
    if (isNew) log.info({ file }, 'made the secret key of this installation; keep a copy of it');
    else await keepPrivate(file, log);
    return checkKey(file, (await readFile(file, 'utf8')).trim());
  } catch (error) {
    throw explainKeyFile(file, error);
  }
}

const exists = (file: string) =>
  stat(file).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    },
  );

/** Writes the whole key beside its place and links it there: nobody ever reads half a key. False: another was first. */
async function createKeyFile(folder: string, file: string): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writeDurably(draft, `${randomBytes(32).toString('hex')}\n`);
    await link(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (!fileSystemsWithoutLinks.has(codeOf(error))) throw error;
    return await createInPlace(file);
  } finally {
    await rm(draft, { force: true });
  }
}

/** What `link` answers on FAT and on some network and container volumes. */
const fileSystemsWithoutLinks = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']);

async function createInPlace(file: string): Promise<boolean> {
  try {
    await writeDurably(file, `${randomBytes(32).toString('hex')}\n`);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    // Losing this file to a power cut would lose every sealed secret with it.
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const forOthers = 0o077;

async function keepPrivate(file: string, log: Pick<Logger, 'warn'>): Promise<void> {
  if (process.platform === 'win32') return;
  const { mode } = await stat(file);
  if ((mode & forOthers) === 0) return;
  try {
    await chmod(file, mode & 0o700);
    log.warn({ file }, 'other users could read the secret key; its permissions are 0600 now');
  } catch (error) {
    log.warn(
      { file, err: error },
      'other users can read the secret key, and its permissions cannot be changed',
    );
  }
}

const shortestKey = 32;

function checkKey(file: string, key: string): string {
  if (key.length >= shortestKey) return key;
  throw new SecretKeyError(
    `The key file ${file} holds no key of ${shortestKey} or more characters. Put back a copy of it; only if nothing was sealed yet, delete it and start again.`,
  );
}

function explainKeyFile(file: string, error: unknown): unknown {
  if (error instanceof SecretKeyError) return error;
  return new SecretKeyError(
    `The key file ${file} cannot be read or made (${codeOf(error) || 'unknown reason'}). Check the folder and its permissions, or set SECRET_KEY.`,
    { cause: error },
  );
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
