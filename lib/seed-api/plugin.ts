import { z } from 'zod';
import type { PluginAccount, PluginUpdate } from '../accounts/plugin';
import { GatewayError } from '../errors';
import type { Runtime } from '../runtime';

const accountName = z.string().max(320).nullish().catch(null);

/**
 * What the companion extension sends; its further fields are of sign-ins that this gateway does not do. `email`, else
 * `login_account`, says whose session token it is.
 */
export const updateTokenRequest = z.object({
  session_token: z.string().max(32_768).nullish(),
  email: accountName,
  login_account: accountName,
});

/** What a synchroniser asks. */
export const checkTokensRequest = z.object({ emails: z.array(z.string().max(320)).max(10_000).nullish() });

/** The connection token of a request: bare in `Authorization`, as the extension sends it, or as bearer. */
export const findConnectionToken = (request: Request): string | undefined =>
  request.headers
    .get('authorization')
    ?.replace(/^bearer\s+/i, '')
    .trim() || undefined;

/** Throws `not_found` where the predecessor's paths are switched off. */
export function requireCompatibility({ settings }: Pick<Runtime, 'settings'>): void {
  if (!settings.current()['compatibility.enabled']) throw new GatewayError('not_found', 'Not Found');
}

/** The answer to `/api/plugin/update-token`. */
export const encodePluginUpdate = ({ action, row, autoEnabled }: PluginUpdate) =>
  action === 'added'
    ? { success: true, message: `Added ${row.email}.`, action, token_id: row.id }
    : {
        success: true,
        message: autoEnabled ? `Updated ${row.email} and enabled it.` : `Updated ${row.email}.`,
        action,
        ...(autoEnabled ? { auto_enabled: true } : {}),
      };

const refreshIntervalMinutes = 120; // what the predecessor has for an account; nothing here goes by it

/** The answer to `/api/plugin/check-tokens`. */
export const encodePluginAccounts = (accounts: readonly PluginAccount[]) => ({
  success: true,
  tokens: accounts.map(({ row, isActive, needsRefresh, accessEnd }) => ({
    id: row.id,
    email: row.email,
    is_active: isActive,
    needs_refresh: needsRefresh,
    at_expires: accessEnd?.toISOString() ?? null,
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
    protocol_mode: 'session',
    auto_refresh_enabled: true,
    refresh_interval_minutes: refreshIntervalMinutes,
    last_st_refresh_at: row.sessionTokenReplacedAt?.toISOString() ?? null,
    last_st_refresh_result: row.sessionTokenReplacedAt === null ? null : 'success',
    credits: row.credits,
  })),
});
