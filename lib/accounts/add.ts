import type { z } from 'zod';
import { parseProxyUrl } from '@/config/proxy-url';
import {
  type AccountRow,
  findAccountByEmail,
  findAccountBySessionTokenHash,
  insertAccount,
} from '@/db/repositories/accounts';
import type { AccountCheck, addAccount as addContract } from '../admin-api/accounts';
import { GatewayError, isUpstreamError } from '../errors';
import { randomId } from '../generation/ids';
import type { UpstreamBalance, UpstreamSession } from '../generation/upstream';
import { takeSecret } from '../proxy-mask';
import type { Runtime } from '../runtime';
import { findSecret, provenRotation } from './access-token';
import { exclusively } from './exclusive';
import { projectTitle } from './project-title';

type Needs = Pick<Runtime, 'db' | 'now' | 'log' | 'secrets' | 'settings' | 'upstream'>;

/** What adding an account takes; the session token is clean already. `project_title`: of the project, given or made. */
export type NewAccount = z.infer<typeof addContract.body> & { project_title?: string | undefined };

/**
 * Asks upstream whose session token this is. Saves nothing. Throws `invalid_request` on the field `session_token` with
 * the wire code `session_dead`, `session_refresh_needed` or `account_migrated`, and what the upstream throws.
 */
export async function checkAccount(
  runtime: Needs,
  input: { session_token: string; proxy_url?: string | undefined },
  signal: AbortSignal,
): Promise<AccountCheck> {
  takeSecret(input.proxy_url ?? '', undefined, 'proxy_url');
  const known = await findAccountBySessionTokenHash(
    runtime.db,
    runtime.secrets.fingerprint(input.session_token),
  );
  const { session, balance } = await openAccount(runtime, randomId(), input, signal);
  const already = known ?? (await findAccountByEmail(runtime.db, session.email));
  return {
    email: session.email,
    name: session.name ?? null,
    tier: balance.tier,
    credits: balance.credits,
    access_expires_at: session.expiresAt.toISOString(),
    ...(already === undefined ? {} : { already_added: { id: already.id } }),
  };
}

/**
 * Adds an account: refuses duplicates, exchanges the session token, asks for credits and tier, takes or makes a project,
 * and only then stores all of it at once. A step that fails leaves nothing behind here. Throws as `checkAccount`, and
 * `conflict` with the wire code `account_exists`, whose details hold the id of the account there is.
 */
export async function addAccount(
  runtime: Needs,
  input: NewAccount,
  signal: AbortSignal,
): Promise<AccountRow> {
  takeSecret(input.proxy_url ?? '', undefined, 'proxy_url');
  const sameToken = await findAccountBySessionTokenHash(
    runtime.db,
    runtime.secrets.fingerprint(input.session_token),
  );
  if (sameToken !== undefined) throw accountExists(sameToken);
  const id = randomId();
  const opened = await openAccount(runtime, id, input, signal);
  const sameEmail = await findAccountByEmail(runtime.db, opened.session.email);
  if (sameEmail !== undefined) throw accountExists(sameEmail);
  return storeAccount(runtime, { id, input, opened }, signal);
}

type Adding = { id: string; input: NewAccount; opened: Opened; enabled?: boolean };

/**
 * The last part of adding: takes or makes the project of an account that was opened, and stores all of it at once.
 * Throws as `addAccount`.
 */
export function storeAccount(runtime: Needs, adding: Adding, signal: AbortSignal): Promise<AccountRow> {
  const { db, secrets } = runtime;
  const { email } = adding.opened.session;
  // Of those who add the same account at once, one makes its project.
  return exclusively(runtime, `add:${secrets.fingerprint(email.toLowerCase())}`, signal, async () => {
    const there = await findAccountByEmail(db, email);
    if (there !== undefined) throw accountExists(there);
    return store(runtime, adding, signal);
  });
}

async function store(
  runtime: Needs,
  { id, input, opened, enabled = true }: Adding,
  signal: AbortSignal,
): Promise<AccountRow> {
  const { db, secrets, now } = runtime;
  const { balance, proxyUrl, ownProxyUrl } = opened;
  const { session, sessionToken } = await followRotation(runtime, input.session_token, opened, signal);
  const sessionTokenHash = secrets.fingerprint(sessionToken);
  const openedAt = now();
  const project = await chooseProject(
    runtime,
    { id, input, session, sessionToken, balance, proxyUrl },
    signal,
  );
  const row = {
    id,
    upstream: 'flow',
    email: session.email,
    name: session.name ?? null,
    remark: blankToNull(input.remark),
    sessionTokenSealed: secrets.seal(sessionToken),
    sessionTokenHash,
    accessTokenSealed: secrets.seal(session.accessToken),
    accessTokenIssuedAt: openedAt,
    accessTokenExpiresAt: session.expiresAt,
    proxyUrlSealed: ownProxyUrl === undefined ? null : secrets.seal(ownProxyUrl),
    tier: balance.tier,
    credits: balance.credits,
    creditsCheckedAt: openedAt,
    projectId: project.projectId,
    projectName: project.title ?? null,
    enabled,
    disabledAt: enabled ? null : openedAt,
    imageEnabled: input.image_enabled,
    videoEnabled: input.video_enabled,
    imageConcurrency: input.image_concurrency,
    videoConcurrency: input.video_concurrency,
    blocks: [],
    createdAt: openedAt,
    updatedAt: openedAt,
  };
  const stored = {
    id: randomId(),
    upstreamId: project.projectId,
    title: project.title ?? '',
    createdAt: openedAt,
  };
  const inserted = await insertAccount(db, row, stored).catch(async (error: unknown) => {
    // Somebody else added the same token since we looked: the unique index has decided.
    const winner = await findAccountBySessionTokenHash(db, sessionTokenHash);
    throw winner === undefined ? error : accountExists(winner);
  });
  if ('existing' in inserted) throw accountExists(inserted.existing);
  return inserted.stored;
}

/** The session token to keep, with its session: the one that upstream has rotated to, once it has worked. */
export async function followRotation(
  { upstream, log }: Needs,
  given: string,
  { session, balance, proxyUrl }: Opened,
  signal: AbortSignal,
): Promise<{ session: UpstreamSession; sessionToken: string }> {
  const proxy = proxyUrl === undefined ? {} : { proxyUrl };
  const rotated = await provenRotation(session, {
    open: (sessionToken) => upstream.openSession({ sessionToken, ...proxy }, signal),
    prove: (sessionToken, { accessToken }) =>
      upstream.getBalance({ accountId: '', sessionToken, accessToken, tier: balance.tier, ...proxy }, signal),
    log,
  });
  if (rotated === undefined) return { session, sessionToken: given };
  return { session: rotated.session, sessionToken: rotated.token };
}

/** What upstream says about a session token. */
export type Opened = {
  session: UpstreamSession;
  balance: UpstreamBalance;
  /** The proxy in use: the account's own, else the one of the settings. */
  proxyUrl: string | undefined;
  ownProxyUrl: string | undefined;
};

/**
 * Exchanges a session token and asks for credits and tier. Saves nothing. Without `proxy_url` the proxy is that of the
 * account that the token belongs to; `expectedProxyUrl` is it before upstream has said so. Throws as `checkAccount`.
 */
export async function openAccount(
  runtime: Needs,
  id: string,
  input: {
    session_token: string;
    proxy_url?: string | undefined;
    expectedProxyUrl?: string | undefined;
  },
  signal: AbortSignal,
): Promise<Opened> {
  const { settings, upstream } = runtime;
  const ownProxyUrl = parseOwnProxy(input.proxy_url);
  const current = settings.current();
  const common = current['proxy.enabled'] && current['proxy.url'] !== '' ? current['proxy.url'] : undefined;
  const through = (proxyUrl: string | undefined) => (proxyUrl === undefined ? {} : { proxyUrl });
  try {
    const session = await upstream.openSession(
      { sessionToken: input.session_token, ...through(ownProxyUrl ?? input.expectedProxyUrl ?? common) },
      signal,
    );
    const proxyUrl = ownProxyUrl ?? (await findProxyOf(runtime, session.email)) ?? common;
    const access = { accountId: id, sessionToken: input.session_token, accessToken: session.accessToken };
    const balance = await upstream.getBalance({ ...access, tier: 'free', ...through(proxyUrl) }, signal);
    return { session, balance, proxyUrl, ownProxyUrl };
  } catch (error) {
    throw explainDeadSession(error);
  }
}

/** The own proxy of the account of this e-mail, where there is one. */
async function findProxyOf(runtime: Needs, email: string): Promise<string | undefined> {
  const row = email === '' ? undefined : await findAccountByEmail(runtime.db, email);
  return row === undefined ? undefined : findSecret(runtime, row.id, row.proxyUrlSealed);
}

/** The proxy of an account in its normal form; `undefined`: none of its own. Throws `invalid_request`. */
export function parseOwnProxy(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const proxyUrl = parseProxyUrl(text);
  if (proxyUrl !== undefined) return proxyUrl;
  throw new GatewayError('invalid_request', 'Use http://, https:// or socks5://host:port.', {
    param: 'proxy_url',
  });
}

async function chooseProject(
  { now, upstream }: Needs,
  account: Pick<Opened, 'session' | 'balance' | 'proxyUrl'> & {
    id: string;
    input: NewAccount;
    sessionToken: string;
  },
  signal: AbortSignal,
): Promise<{ projectId: string; title?: string }> {
  const given = blankToNull(account.input.project_id);
  const title = blankToNull(account.input.project_title);
  if (given !== null) return { projectId: given, ...(title === null ? {} : { title }) };
  const access = {
    accountId: account.id,
    sessionToken: account.sessionToken,
    accessToken: account.session.accessToken,
    tier: account.balance.tier,
    ...(account.proxyUrl === undefined ? {} : { proxyUrl: account.proxyUrl }),
  };
  try {
    return await upstream.createProject(access, title ?? projectTitle(now()), signal);
  } catch (error) {
    throw explainDeadSession(error);
  }
}

const blankToNull = (text: string | undefined): string | null =>
  text === undefined || text === '' ? null : text;

const deadSessions = {
  dead: {
    wireCode: 'session_dead',
    message:
      'Google does not accept this session token: it has ended or was copied incompletely. Sign in to labs.google again and copy the new value of the cookie.',
  },
  refresh_needed: {
    wireCode: 'session_refresh_needed',
    message:
      'Google could not renew this sign-in. Open labs.google/fx, sign out, sign in once more, and copy the new value of the cookie.',
  },
  migrated: {
    wireCode: 'account_migrated',
    message:
      'Google has moved this account to flow.google.com, which this gateway cannot use. Add another account, or use an official Gemini API key.',
  },
} as const;

/** A session that upstream calls dead is a mistake in the field; every other failure stays what it is. */
export function explainDeadSession(error: unknown): unknown {
  if (!isUpstreamError(error)) return error;
  const verdict = error.failure.account;
  // A bearer that was refused the moment it was made: the host that the account has left answers so.
  if (verdict.type === 'access_expired') return deadSession('migrated', error);
  return verdict.type === 'session_dead'
    ? deadSession(verdict.reason === 'unreadable' ? 'dead' : verdict.reason, error)
    : error;
}

function deadSession(reason: keyof typeof deadSessions, cause: unknown): GatewayError {
  const { wireCode, message } = deadSessions[reason];
  return new GatewayError('invalid_request', message, { param: 'session_token', wireCode, cause });
}

/** The refusal of an account that is there already. */
export function accountExists(account: AccountRow): GatewayError {
  const hint =
    account.removedAt === null
      ? 'Replace its session token instead.'
      : 'It is being removed; add it again when its last jobs have ended.';
  return new GatewayError('conflict', `${account.email} is already added. ${hint}`, {
    param: 'session_token',
    wireCode: 'account_exists',
    details: { id: account.id, email: account.email },
  });
}
