import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { listAccounts } from '@/db/repositories/accounts';
import { accessEndOf } from '../accounts/access-life';
import { findSecret } from '../accounts/access-token';
import { addAccount, checkAccount } from '../accounts/add';
import { countToday } from '../accounts/days';
import {
  type AccountEdits,
  disableAccount,
  editAccount,
  enableAccount,
  getAccount,
  sealProxy,
} from '../accounts/edit';
import { refreshAccountAccess, refreshAccountCredits, replaceSessionToken } from '../accounts/refresh';
import { removeAccount } from '../accounts/remove';
import { getTask } from '../accounts/tasks';
import { startImport } from '../accounts/transfer';
import {
  cleanSessionToken,
  looksLikeSessionToken,
  sessionTokenShapeMessage,
} from '../admin-api/session-token';
import { writeAudit } from '../audit';
import { isBearerSession } from '../auth/bearer';
import { GatewayError, isUpstreamError } from '../errors';
import { showProxy } from '../proxy-mask';
import type { SeedCall } from '../route/seed-route';
import type { Runtime } from '../runtime';
import {
  addTokenBody,
  encodeImport,
  encodeToken,
  type importBody,
  isMasked,
  mask,
  type st2atBody,
  toLimit,
  updateTokenBody,
} from './shapes';

/**
 * All accounts, the newest first. Session tokens are shown where the setting lets them be, and only in a sign-in of a
 * script: whoever finds an open console can change the setting, but gets no such sign-in without the password.
 */
export async function listTokens(runtime: Runtime, { session, actor }: SeedCall) {
  const { db, now, settings } = runtime;
  const isShown = settings.current()['compatibility.show_session_tokens'] && isBearerSession(session);
  const [all, today] = await Promise.all([listAccounts(db), countToday(runtime)]);
  const rows = all.filter((row) => row.removedAt === null).reverse();
  if (isShown) {
    const detail = { accounts: rows.length };
    await writeAudit(runtime, { ...actor, action: 'account.list_with_secrets', detail });
  }
  return rows.map((row) => {
    return encodeToken({
      row,
      today: today.of(row.id),
      now: now(),
      proxyUrl: row.proxyUrlSealed === null ? null : showProxy(runtime, row.proxyUrlSealed),
      // One that cannot be opened stays masked, and the others are shown.
      sessionToken: isShown ? findSecret(runtime, row.id, row.sessionTokenSealed) : undefined,
    });
  });
}

/** Adds an account by its session token. */
export async function addToken(runtime: Runtime, call: SeedCall<z.output<typeof addTokenBody>>) {
  const { body, actor, signal } = call;
  const input = {
    session_token: requireSessionToken(body.st),
    image_enabled: body.image_enabled ?? true,
    video_enabled: body.video_enabled ?? true,
    image_concurrency: toLimit(body.image_concurrency),
    video_concurrency: toLimit(body.video_concurrency),
    remark: body.remark ?? undefined,
    project_id: body.project_id ?? undefined,
    project_title: body.project_name ?? undefined,
    proxy_url: body.proxy_url ?? undefined,
  };
  const ignored = ignoredBy(body, addTokenBody);
  const row = await refusedAs400(() => addAccount(runtime, input, signal));
  await writeAudit(runtime, {
    ...actor,
    action: 'account.add',
    object: row.id,
    detail: { email: row.email },
  });
  return {
    success: true,
    message: `Added ${row.email}.${notUsed(body)}${ignored}`,
    token: {
      id: row.id,
      email: row.email,
      credits: row.credits ?? 0,
      project_id: row.projectId,
      project_name: row.projectName,
    },
  };
}

/**
 * Changes what is given; null and a masked value mean "as it is". Upstream is asked only about another session token,
 * which then also switches the account on again.
 */
export async function updateToken(runtime: Runtime, call: SeedCall<z.output<typeof updateTokenBody>>) {
  const { body, actor, signal, params } = call;
  const target = { id: params.id ?? '', actor };
  const row = await getAccount(runtime, target.id);
  const edits = decodeEdits(body);
  if (edits.proxy_url !== undefined) sealProxy(runtime, row, edits.proxy_url); // refused before a new session token is kept
  const sessionToken = hasValue(body.st) ? requireSessionToken(body.st) : undefined;
  const isOther =
    sessionToken !== undefined && runtime.secrets.fingerprint(sessionToken) !== row.sessionTokenHash;
  if (isOther) {
    await replaceSessionToken(runtime, { ...target, sessionToken, enable: true }, signal);
  }
  const hasEdits = Object.keys(edits).length > 0;
  if (hasEdits) await editAccount(runtime, target, edits);
  const done = isOther || hasEdits ? `Updated ${row.email}.` : `Nothing was given to change of ${row.email}.`;
  return { success: true, message: `${done}${notUsed(body)}${ignoredBy(body, updateTokenBody)}` };
}

const hasValue = (text: string | null | undefined): text is string =>
  typeof text === 'string' && text.trim() !== '' && !isMasked(text);

const isGiven = <T>(value: T): value is NonNullable<T> => value !== undefined && value !== null;

function decodeEdits(body: z.output<typeof updateTokenBody>): AccountEdits {
  const { project_id, project_name, remark, image_enabled, video_enabled, proxy_url } = body;
  const { image_concurrency: imageLimit, video_concurrency: videoLimit } = body;
  return {
    ...(typeof project_id === 'string' ? { project_id } : {}),
    ...(typeof project_name === 'string' ? { project_name } : {}),
    ...(typeof remark === 'string' ? { remark } : {}),
    ...(typeof image_enabled === 'boolean' ? { image_enabled } : {}),
    ...(typeof video_enabled === 'boolean' ? { video_enabled } : {}),
    ...(typeof proxy_url === 'string' ? { proxy_url } : {}),
    ...(isGiven(imageLimit) ? { image_concurrency: toLimit(imageLimit) } : {}),
    ...(isGiven(videoLimit) ? { video_concurrency: toLimit(videoLimit) } : {}),
  };
}

function requireSessionToken(text: string): string {
  const sessionToken = cleanSessionToken(text);
  if (looksLikeSessionToken(sessionToken)) return sessionToken;
  throw new GatewayError('invalid_request', sessionTokenShapeMessage, { param: 'st' });
}

/** What would be a promise if it were passed over in silence. */
const notUsed = ({ protocol_mode }: { protocol_mode?: string | null | undefined }): string =>
  protocol_mode === 'protocol'
    ? ' protocol_mode is not used here: session tokens come from the browser extension.'
    : '';

const toldFields = 20;

/** The same of fields with a value that there is no use for. Those that the list has, which scripts send back, as well. */
function ignoredBy(body: object, { shape }: { shape: object }): string {
  const names = Object.entries(body).flatMap(([name, value]) =>
    Object.hasOwn(shape, name) || value === null ? [] : [name.slice(0, 100)],
  );
  if (names.length === 0) return '';
  const more = names.length > toldFields ? ` and ${names.length - toldFields} more` : '';
  return ` Not used: ${names.slice(0, toldFields).join(', ')}${more}.`;
}

/** Takes an account out. */
export async function deleteToken(runtime: Runtime, { params, actor }: SeedCall) {
  const { email } = await removeAccount(runtime, { id: params.id ?? '', actor });
  return { success: true, message: `Deleted ${email}.` };
}

/** Switches an account on, and forgives its errors. */
export async function enableToken(runtime: Runtime, { params, actor }: SeedCall) {
  const { email } = await enableAccount(runtime, { id: params.id ?? '', actor });
  return { success: true, message: `Enabled ${email}.` };
}

/** Leaves an account out until it is switched on again. */
export async function disableToken(runtime: Runtime, { params, actor }: SeedCall) {
  const { email } = await disableAccount(runtime, { id: params.id ?? '', actor });
  return { success: true, message: `Disabled ${email}.` };
}

/** Asks upstream for the credits of an account. */
export async function refreshTokenCredits(runtime: Runtime, { params, actor, signal }: SeedCall) {
  const row = await refreshAccountCredits(runtime, { id: params.id ?? '', actor }, signal);
  return {
    success: true,
    message: `${row.email} has ${row.credits ?? 0} credits.`,
    credits: row.credits ?? 0,
  };
}

/** Gets an account a new access token. A failure changes nothing about it, unless its session has ended. */
export async function refreshTokenAccess(runtime: Runtime, { params, actor, signal }: SeedCall) {
  const row = await refreshAccountAccess(runtime, { id: params.id ?? '', actor }, signal);
  return {
    success: true,
    message: `${row.email} has a new access token.`,
    token: { id: row.id, email: row.email, at_expires: accessEndOf(row)?.toISOString() ?? null },
  };
}

/** Asks upstream whose session token this is; keeps nothing. The access token itself is not given away. */
export async function convertSessionToken(runtime: Runtime, call: SeedCall<z.output<typeof st2atBody>>) {
  const input = { session_token: requireSessionToken(call.body.st) };
  const { email, access_expires_at: expires } = await refusedAs400(() =>
    checkAccount(runtime, input, call.signal),
  );
  return { success: true, message: 'The session token works.', access_token: mask, email, expires };
}

/** Of a new session token the predecessor tells every failure of upstream as a mistake in the request. */
async function refusedAs400<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isUpstreamError(error)) throw error;
    const { code, wireCode = code, message, retryAfterSeconds } = error;
    const pause = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
    throw new GatewayError('invalid_request', message, { wireCode, ...pause, cause: error });
  }
}

const lookEveryMs = 200;

/**
 * Imports accounts as the console does, as a task that goes on when the caller leaves, and waits for its end: the
 * predecessor answers with the result.
 */
export async function importTokens(runtime: Runtime, call: SeedCall<z.output<typeof importBody>>) {
  const { tokens: accounts } = call.body;
  if (accounts.length === 0)
    return { success: true, added: 0, updated: 0, errors: null, message: '0 added, 0 updated.' };
  const { id } = await startImport(runtime, { accounts, mode: 'add_and_update' }, call.actor);
  const signal = AbortSignal.any([call.signal, runtime.life.signal]);
  for (;;) {
    const task = await getTask(runtime, id);
    if (task.state !== 'running') return encodeImport(task);
    try {
      await sleep(lookEveryMs, undefined, { signal });
    } catch (cause) {
      const message = `The import goes on as task ${id}; the console shows what comes of it.`;
      throw new GatewayError('shutting_down', message, { cause });
    }
  }
}
