import { type AccountRow, listAccounts } from '@/db/repositories/accounts';
import type { AccountFilter, ExportedAccount } from '../admin-api/accounts';
import { type Actor, writeAudit } from '../audit';
import type { Runtime } from '../runtime';
import { findAccountIds } from './list';

// What the predecessor's file has for each account, and this gateway does for all of them alike.
const refreshIntervalMinutes = 120;

/** Accounts in the predecessor's format, the oldest first. Secrets only where they are asked for; access tokens never. */
export async function exportAccounts(
  runtime: Pick<Runtime, 'db' | 'now' | 'log' | 'settings' | 'secrets'>,
  wanted: { ids?: string[] | undefined; filter?: AccountFilter | undefined; include_secrets: boolean },
  actor: Actor,
): Promise<ExportedAccount[]> {
  const ids = new Set(wanted.ids ?? (await findAccountIds(runtime, wanted.filter ?? {})));
  const rows = (await listAccounts(runtime.db)).filter((row) => ids.has(row.id) && row.removedAt === null);
  await writeAudit(runtime, {
    ...actor,
    action: 'account.export',
    detail: { accounts: rows.length, include_secrets: wanted.include_secrets },
  });
  return rows.map((row) => toExported(runtime, row, wanted.include_secrets));
}

function toExported(
  { secrets }: Pick<Runtime, 'secrets'>,
  row: AccountRow,
  includeSecrets: boolean,
): ExportedAccount {
  const open = (sealed: string | null) => (sealed === null ? '' : secrets.open(sealed));
  const proxyUrl = open(row.proxyUrlSealed);
  return {
    email: row.email,
    access_token: '',
    session_token: includeSecrets ? open(row.sessionTokenSealed) : '',
    is_active: row.enabled && row.bannedAt === null,
    image_enabled: row.imageEnabled,
    video_enabled: row.videoEnabled,
    image_concurrency: row.imageConcurrency ?? -1,
    video_concurrency: row.videoConcurrency ?? -1,
    protocol_mode: 'session',
    google_cookies: '',
    login_account: '',
    login_password: '',
    proxy_url: includeSecrets || !proxyUrl.includes('@') ? proxyUrl : '',
    auto_refresh_enabled: true,
    refresh_interval_minutes: refreshIntervalMinutes,
    remark: row.remark ?? '',
  };
}
