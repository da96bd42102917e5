import {
  type AccountChanges,
  type AccountRow,
  findAccountBySessionTokenHash,
  insertProject,
} from '@/db/repositories/accounts';
import { type Actor, writeAudit } from '../audit';
import { GatewayError } from '../errors';
import { randomId } from '../generation/ids';
import type { Runtime } from '../runtime';
import { callWithAccess, findSecret, openSecret, refreshAccess } from './access-token';
import { accountExists, explainDeadSession, followRotation, type Opened, openAccount } from './add';
import { changeHealth } from './change-health';
import { refreshCredits } from './credits';
import { type AccountTarget, accountNotFound, beingRemoved, getAccount } from './edit';
import { exclusively } from './exclusive';
import { applyBalance, applyEnabled, applySessionOpened } from './health';
import { projectTitle } from './project-title';

/** What work on an account with upstream needs of the process. */
export type RefreshNeeds = Pick<
  Runtime,
  'db' | 'upstream' | 'secrets' | 'settings' | 'now' | 'log' | 'instanceId' | 'refreshing' | 'signals'
>;

/** Asks upstream for credits and tier. Throws `not_found`, `conflict` and what upstream says. */
export async function refreshAccountCredits(
  runtime: RefreshNeeds,
  { id, actor }: { id: string; actor?: Actor },
  signal: AbortSignal,
): Promise<AccountRow> {
  const row = await getPresent(runtime, id);
  const stored = await explained(() => refreshCredits(runtime, row, signal));
  runtime.signals.wakeWorker();
  await noteWork(runtime, actor, 'account.refresh_credits', stored, { credits: stored.credits });
  return stored;
}

/**
 * Exchanges the stored session token. An account whose sign-in counts as ended is tried as well, and is back when the
 * exchange succeeds; so is one that is being removed, for its last jobs need it. Throws `not_found`, `conflict` and what
 * upstream says.
 */
export async function refreshAccountAccess(
  runtime: RefreshNeeds,
  { id, actor }: { id: string; actor?: Actor },
  signal: AbortSignal,
): Promise<AccountRow> {
  const row = await getAccount(runtime, id);
  const stored =
    row.expiredAt === null
      ? await explained(() => refreshAccess(runtime, row))
      : await openAgain(runtime, row, signal);
  runtime.signals.wakeWorker();
  await noteWork(runtime, actor, 'account.refresh_access', stored);
  return stored;
}

async function openAgain(runtime: RefreshNeeds, row: AccountRow, signal: AbortSignal): Promise<AccountRow> {
  if (row.sessionTokenSealed === null) {
    throw new GatewayError('conflict', `${row.email} has no session token. Replace its session token.`);
  }
  const sessionToken = openSecret(runtime, row.id, row.sessionTokenSealed);
  return changeToken(runtime, row, { sessionToken, insteadOf: row.sessionTokenHash }, signal);
}

/**
 * Puts another session token of the same account in the place of its own, once it has given an access token that works;
 * a step that fails leaves everything as it was. Ends `expired`, and, with `enable`, a ban and being switched off. An
 * account that is being removed may have one as well: what it was paid for is fetched with it. Throws `not_found`,
 * `conflict`, `invalid_request` on `session_token`, and what upstream says.
 */
export async function replaceSessionToken(
  runtime: RefreshNeeds,
  { id, actor, sessionToken, enable = false }: AccountTarget & { sessionToken: string; enable?: boolean },
  signal: AbortSignal,
): Promise<AccountRow> {
  const row = await getAccount(runtime, id);
  const lost = dropLostProxy(runtime, row);
  const change = { sessionToken, enable, changes: lost };
  const stored = await changeToken(runtime, { ...row, ...lost }, change, signal);
  await noteWork(runtime, actor, 'account.replace_session_token', stored);
  return stored;
}

/** Makes a project upstream and, when `choose` says so, lets new jobs work in it. Throws as `refreshAccountCredits`. */
export async function createAccountProject(
  runtime: RefreshNeeds,
  { id, actor, title, choose }: AccountTarget & { title?: string | undefined; choose: boolean },
  signal: AbortSignal,
): Promise<AccountRow> {
  const row = await getPresent(runtime, id);
  const project = await explained(() =>
    callWithAccess(runtime, row, (access) =>
      runtime.upstream.createProject(access, title ?? projectTitle(runtime.now()), signal),
    ),
  );
  const createdAt = runtime.now();
  await insertProject(runtime.db, {
    id: randomId(),
    accountId: id,
    upstreamId: project.projectId,
    title: project.title,
    createdAt,
  });
  const stored = await changePresent(runtime, id, () =>
    choose ? { projectId: project.projectId, projectName: project.title } : undefined,
  );
  await noteWork(runtime, actor, 'account.create_project', stored, { project: project.projectId });
  return stored;
}

/**
 * The session token and the proxy in the clear, for who has entered the password again. Throws `not_found`, and `conflict`
 * where one of them cannot be opened.
 */
export async function revealSecrets(
  runtime: Pick<Runtime, 'db' | 'secrets' | 'now' | 'log'>,
  { id, actor }: AccountTarget,
): Promise<{ session_token: string | null; proxy_url: string | null }> {
  const row = await getAccount(runtime, id);
  const revealed = { session_token: row.sessionTokenSealed, proxy_url: row.proxyUrlSealed };
  const opened = {
    session_token: findSecret(runtime, id, revealed.session_token) ?? null,
    proxy_url: findSecret(runtime, id, revealed.proxy_url) ?? null,
  };
  const lost = revealedFields.filter((field) => revealed[field] !== null && opened[field] === null);
  if (lost.length > 0) throw unreadable(row, lost);
  await writeAudit(runtime, {
    ...actor,
    action: 'account.reveal_secrets',
    object: id,
    detail: { email: row.email },
  });
  return opened;
}

const revealedFields = ['session_token', 'proxy_url'] as const;

const unreadable = ({ email }: AccountRow, fields: readonly string[]): GatewayError =>
  new GatewayError(
    'conflict',
    `What is stored as ${fields.join(' and ')} of ${email} cannot be opened with this SECRET_KEY. Enter it again.`,
    { wireCode: 'secret_unreadable' },
  );

/** What an account gets with a session token: other changes, and whether it is switched on. */
export type TokenChange = {
  sessionToken: string;
  /** Already asked about: not asked again. */
  opened?: Opened;
  changes?: AccountChanges;
  enable?: boolean;
  /** The hash of the session token that it is for: another one that took that one's place meanwhile stays. */
  insteadOf?: string | null;
};

/**
 * Opens a session token and keeps it for the account. No exchange of the old token can come in between: both hold the
 * same lease.
 */
export async function changeToken(
  runtime: RefreshNeeds,
  row: AccountRow,
  { sessionToken, opened, changes = {}, enable = false, insteadOf }: TokenChange,
  signal: AbortSignal,
): Promise<AccountRow> {
  const { db, secrets, now } = runtime;
  const holder = await findAccountBySessionTokenHash(db, secrets.fingerprint(sessionToken));
  if (holder !== undefined && holder.id !== row.id) throw accountExists(holder);
  const isReplaced = (current: AccountRow) =>
    insteadOf !== undefined && current.sessionTokenHash !== insteadOf;
  return exclusively(runtime, `access:${row.id}`, signal, async () => {
    const before = await getAccount(runtime, row.id);
    if (isReplaced(before)) return before;
    const open = () => {
      const ownProxy =
        row.proxyUrlSealed === null ? undefined : openSecret(runtime, row.id, row.proxyUrlSealed);
      const input = { session_token: sessionToken, proxy_url: ownProxy };
      return openAccount(runtime, row.id, input, signal);
    };
    const answer = opened ?? (await open());
    const { email } = answer.session;
    if (email.toLowerCase() !== row.email.toLowerCase()) throw otherAccount(row, email);
    const { session, sessionToken: kept } = await followRotation(runtime, sessionToken, answer, signal);
    const sessionTokenHash = secrets.fingerprint(kept);
    const at = now();
    const stored = await changePresent(runtime, row.id, (current) =>
      isReplaced(current)
        ? undefined
        : {
            ...changes,
            ...(enable ? applyEnabled() : {}),
            ...applyBalance(answer.balance, at),
            ...(current.sessionTokenHash === sessionTokenHash
              ? {}
              : { sessionTokenSealed: secrets.seal(kept), sessionTokenHash, sessionTokenReplacedAt: at }),
            accessTokenSealed: secrets.seal(session.accessToken),
            accessTokenIssuedAt: at,
            accessTokenExpiresAt: session.expiresAt,
            name: session.name ?? current.name,
            ...applySessionOpened(),
          },
    );
    runtime.signals.wakeWorker();
    return stored;
  });
}

/** A proxy that nothing can open any more is lost: kept, it would make the account unusable again at once. */
export function dropLostProxy(
  runtime: Pick<Runtime, 'secrets' | 'log'>,
  row: AccountRow,
): { proxyUrlSealed?: null } {
  const isLost = row.proxyUrlSealed !== null && findSecret(runtime, row.id, row.proxyUrlSealed) === undefined;
  if (!isLost) return {};
  runtime.log.warn({ accountId: row.id }, 'the proxy of an account cannot be opened, and is dropped');
  return { proxyUrlSealed: null };
}

/** What upstream says of a dead session, in words that name the way out. */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainDeadSession(error);
  }
}

async function getPresent(runtime: Pick<Runtime, 'db'>, id: string): Promise<AccountRow> {
  const row = await getAccount(runtime, id);
  if (row.removedAt !== null) throw beingRemoved(row);
  return row;
}

async function changePresent(
  runtime: RefreshNeeds,
  id: string,
  decide: (row: AccountRow) => AccountChanges | undefined,
): Promise<AccountRow> {
  const row = await changeHealth(runtime, id, decide);
  if (row === undefined) throw accountNotFound(id);
  return row;
}

async function noteWork(
  runtime: RefreshNeeds,
  actor: Actor | undefined,
  action: string,
  row: AccountRow,
  detail: Record<string, unknown> = {},
): Promise<void> {
  if (actor === undefined) return; // part of a task, which has its own line
  await writeAudit(runtime, { ...actor, action, object: row.id, detail: { email: row.email, ...detail } });
}

const otherAccount = (row: AccountRow, email: string): GatewayError =>
  new GatewayError(
    'conflict',
    `This session token is of ${email === '' ? 'another account' : email}, not of ${row.email}. Nothing was changed.`,
    { param: 'session_token', wireCode: 'other_account' },
  );
