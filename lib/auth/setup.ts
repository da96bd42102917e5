import { randomBytes } from 'node:crypto';
import {
  type AdministratorRow,
  countAdministrators,
  createAdministrator,
} from '@/db/repositories/administrators';
import { deleteMeta, getMeta, setMeta, setMetaIfAbsent } from '@/db/repositories/meta';
import { writeAudit } from '../audit';
import { GatewayError } from '../errors';
import { randomId } from '../generation/ids';
import type { Runtime } from '../runtime';
import { hashPassword, maxPasswordLength, minPasswordLength } from './password';

const metaKey = 'setup_code_hash';

// Crockford's base 32: without the letters that people take for digits.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const codeLength = 16; // 80 random bits
const groupLength = 4;

/** A code to print in the terminal: who reads it may create the first administrator. Four groups of four. */
export function makeSetupCode(): string {
  const signs = Array.from(randomBytes(codeLength), (byte) => alphabet[byte % alphabet.length]).join('');
  return signs.match(new RegExp(`.{${groupLength}}`, 'g'))?.join('-') ?? signs;
}

/**
 * Makes this the setup code of the installation, in place of any before, and gives it for printing; `undefined` when there
 * is an administrator, and so nothing to set up. Only its keyed hash is stored.
 */
export async function storeSetupCode(
  { db, secrets }: Pick<Runtime, 'db' | 'secrets'>,
  code: string = makeSetupCode(),
): Promise<string | undefined> {
  if ((await countAdministrators(db)) > 0) {
    await deleteMeta(db, metaKey);
    return undefined;
  }
  await setMeta(db, metaKey, hashCode(secrets, code));
  return code;
}

/** Whether this is the setup code, however it was typed: in any case, with or without hyphens, O for 0. */
export async function verifySetupCode(
  { db, secrets }: Pick<Runtime, 'db' | 'secrets'>,
  code: string,
): Promise<boolean> {
  return (await getMeta(db, metaKey)) === hashCode(secrets, code);
}

/** Whether the first administrator is still to be created. */
export const needsSetup = async ({ db }: Pick<Runtime, 'db'>): Promise<boolean> =>
  (await countAdministrators(db)) === 0;

/** What creating the first administrator takes, and from where it was asked. */
export type SetupInput = { code: string; username: string; password: string; address: string | undefined };

// Counted like a sign-in, under a name that nobody can have. Guesses from many addresses come to nothing at 80 bits.
const counted = { username: '\0setup', acrossAddresses: false } as const;

/**
 * Creates the first administrator and uses up the setup code: of several at once with the same code, one succeeds.
 * Throws `invalid_request` that names the field at fault, with the wire code `setup_done` when there is an
 * administrator already, and `wrong_setup_code`; `rate_limited` after too many wrong codes.
 */
export async function createFirstAdministrator(
  runtime: Pick<Runtime, 'db' | 'secrets' | 'now' | 'log' | 'signInThrottle'>,
  input: SetupInput,
): Promise<AdministratorRow> {
  const { db, secrets, now } = runtime;
  if (!(await needsSetup(runtime))) throw setupDone();
  const username = checkUsername(input.username);
  checkPassword(input.password);
  const attempt = { ...counted, address: input.address };
  const compared = await runtime.signInThrottle.attempt(attempt, () => verifySetupCode(runtime, input.code));
  if (compared.outcome === 'throttled') {
    const { retryAfterSeconds } = compared;
    throw new GatewayError('rate_limited', 'Too many attempts.', { retryAfterSeconds });
  }
  if (!compared.value) {
    throw refused(
      'code',
      'This is not the setup code. It stands in the terminal where the gateway was started.',
      'wrong_setup_code',
    );
  }
  const row = {
    id: randomId(),
    username,
    passwordHash: await hashPassword(input.password),
    mustChangePassword: false,
    createdAt: now(),
  };
  const hash = hashCode(secrets, input.code);
  // From here on only one goes on: the row of the code can be deleted once.
  if (!(await deleteMeta(db, metaKey, hash)) || !(await needsSetup(runtime))) throw setupDone();
  try {
    if (!(await createAdministrator(db, row))) throw setupDone();
  } catch (error) {
    if (await needsSetup(runtime)) await setMetaIfAbsent(db, metaKey, hash);
    throw error;
  }
  await writeAudit(runtime, {
    action: 'administrator.create',
    object: row.id,
    detail: { by: 'setup code' },
    administrator: { id: row.id, name: username },
    ...(input.address === undefined ? {} : { address: input.address }),
  });
  await runtime.signInThrottle.succeed({ username, address: input.address });
  return row;
}

/** What became of `ADMIN_USERNAME` and `ADMIN_PASSWORD` at start. */
export type EnsuredAdministrator =
  /** There was an administrator already; the variables change nothing then. */
  | { outcome: 'exists' }
  | { outcome: 'created'; username: string }
  /** The same with a password of the predecessor's file that is short here: it has to be changed after signing in. */
  | { outcome: 'created_weak'; username: string }
  /** No `ADMIN_PASSWORD`: the setup code is the way. */
  | { outcome: 'not_configured' }
  /** The password or the name is not good enough; `reason` says why. The setup code is the way. */
  | { outcome: 'refused'; reason: string };

const defaultUsername = 'admin';

/** The predecessor asked for no more. */
const minImportedLength = 4;

/** Creates the administrator that the configuration names, where there is none. Safe in several replicas at once. */
export async function ensureAdministrator(
  runtime: Pick<Runtime, 'db' | 'now' | 'log'> & {
    env: Pick<Runtime['env'], 'adminUsername' | 'adminPassword'>;
  },
): Promise<EnsuredAdministrator> {
  const { db, env, now } = runtime;
  if (!(await needsSetup({ db }))) return { outcome: 'exists' };
  const { adminPassword: password } = env;
  if (password === undefined) return { outcome: 'not_configured' };
  if (password.length < minImportedLength) {
    return { outcome: 'refused', reason: `it is shorter than ${minImportedLength} characters` };
  }
  if (password.length > maxPasswordLength) {
    return { outcome: 'refused', reason: `it is longer than ${maxPasswordLength} characters` };
  }
  const username = env.adminUsername?.trim() ?? defaultUsername;
  const isWeak = password.length < minPasswordLength;
  const row = {
    id: randomId(),
    username,
    passwordHash: await hashPassword(password),
    mustChangePassword: isWeak,
    createdAt: now(),
  };
  if (!(await createAdministrator(db, row))) return { outcome: 'exists' };
  await writeAudit(runtime, {
    action: 'administrator.create',
    object: row.id,
    detail: { by: 'configuration', username, must_change_password: isWeak },
  });
  return { outcome: isWeak ? 'created_weak' : 'created', username };
}

/** The name as it is stored. Throws `invalid_request` on `username`. */
export function checkUsername(text: string): string {
  const username = text.trim();
  if (username === '') throw refused('username', 'Enter a username.');
  if (!/^[^\p{Cc}]{1,64}$/u.test(username)) throw refused('username', 'Use at most 64 characters.');
  return username;
}

/** Throws `invalid_request` on `field` where a new password is too short or too long. */
export function checkPassword(password: string, field = 'password'): void {
  if (password.length < minPasswordLength)
    throw refused(field, `Use at least ${minPasswordLength} characters.`);
  if (password.length > maxPasswordLength)
    throw refused(field, `Use at most ${maxPasswordLength} characters.`);
}

const hashCode = (secrets: Runtime['secrets'], code: string): string =>
  secrets.fingerprint(
    `setup code ${code
      .toUpperCase()
      .replace(/[^0-9A-Z]/g, '')
      .replace(/O/g, '0')
      .replace(/[IL]/g, '1')}`,
  );

const refused = (param: string, message: string, wireCode?: string) =>
  new GatewayError('invalid_request', message, { param, ...(wireCode === undefined ? {} : { wireCode }) });

const setupDone = () =>
  new GatewayError('invalid_request', 'The administrator has been created already. Sign in.', {
    wireCode: 'setup_done',
  });
