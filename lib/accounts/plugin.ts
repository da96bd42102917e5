import { type AccountRow, listAccounts } from '@/db/repositories/accounts';
import { type Actor, writeAudit } from '../audit';
import { GatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { accessEndOf } from './access-life';
import type { RefreshNeeds } from './refresh';
import { parseImported, putAccount } from './transfer';

/** Remark of an account that the companion extension has brought. */
const pluginRemark = 'Added by the browser extension';

/** What became of a session token that the extension brought. */
export type PluginUpdate = { action: 'added' | 'updated'; row: AccountRow; autoEnabled: boolean };

/**
 * Refuses who does not have the connection token; without one in the settings, everybody. The comparison takes as long
 * for every wrong one. Throws `invalid_api_key`, and `rate_limited` for another wrong one after many from an address.
 */
export async function checkConnectionToken(
  { settings, secrets, tokenThrottles }: Pick<Runtime, 'settings' | 'secrets' | 'tokenThrottles'>,
  { presented, address }: { presented: string | undefined; address: string | undefined },
): Promise<void> {
  const expected = settings.current()['plugin.connection_token'];
  if (expected === '') {
    throw new GatewayError(
      'invalid_api_key',
      'The connection of the extension is switched off in the settings.',
    );
  }
  // Keyed hashes: where they begin to differ tells nothing about the token.
  const isRight = () =>
    presented !== undefined && secrets.fingerprint(presented) === secrets.fingerprint(expected)
      ? true
      : undefined;
  if ((await tokenThrottles.connection.check(address, isRight)) === true) return;
  throw new GatewayError('invalid_api_key', 'The connection token is missing or wrong.');
}

/**
 * Keeps a session token that the extension brings: of an account that is here, or of a new one. Nothing is kept of one
 * that does not work. `email`: whose it is as the sender says, so that the proxy of that account is used from the first
 * call on. Throws `invalid_request` and what upstream says.
 */
export async function updateByPlugin(
  runtime: RefreshNeeds,
  input: { sessionToken: string; email?: string | undefined; actor: Actor },
  signal: AbortSignal,
): Promise<PluginUpdate> {
  const { item, fault } = parseImported({ session_token: input.sessionToken, email: input.email });
  if (item === undefined) {
    throw new GatewayError('invalid_request', fault ?? 'There is no session_token.', {
      param: 'session_token',
    });
  }
  const mayEnable = runtime.settings.current()['plugin.auto_enable_on_update'];
  const { outcome, row, before } = await putAccount(
    runtime,
    item,
    { mode: 'add_and_update', enable: mayEnable, newRemark: pluginRemark },
    signal,
  );
  const wasOff = before !== undefined && (!before.enabled || before.bannedAt !== null);
  const update: PluginUpdate = {
    action: outcome === 'added' ? 'added' : 'updated',
    row,
    autoEnabled: wasOff && row.enabled && row.bannedAt === null,
  };
  await writeAudit(runtime, {
    ...input.actor,
    action: 'account.plugin_update',
    object: row.id,
    detail: { email: row.email, action: update.action, auto_enabled: update.autoEnabled },
  });
  return update;
}

/** What the extension is told of an account. */
export type PluginAccount = {
  row: AccountRow;
  isActive: boolean;
  needsRefresh: boolean;
  accessEnd: Date | undefined;
};

/**
 * Accounts for a synchroniser that renews session tokens; those of `emails` only, where given, in any case. Each look is
 * in the audit list.
 */
export async function listForPlugin(
  runtime: Pick<Runtime, 'db' | 'now' | 'log'>,
  emails: readonly string[] | undefined,
  actor: Actor,
): Promise<PluginAccount[]> {
  const { db, now } = runtime;
  const wanted =
    emails === undefined ? undefined : new Set(emails.map((email) => email.trim().toLowerCase()));
  const accounts = (await listAccounts(db))
    .filter((row) => row.removedAt === null && (wanted === undefined || wanted.has(row.email.toLowerCase())))
    .map((row) => {
      const accessEnd = accessEndOf(row);
      return {
        row,
        accessEnd,
        isActive: row.enabled && row.bannedAt === null,
        needsRefresh: row.expiredAt !== null || accessEnd === undefined || accessEnd <= now(),
      };
    });
  const detail = { accounts: accounts.length, ...(emails === undefined ? {} : { asked: emails.length }) };
  await writeAudit(runtime, { ...actor, action: 'account.plugin_check', detail });
  return accounts;
}
