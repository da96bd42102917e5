import { type AccountRow, listAccounts } from '@/db/repositories/accounts';
import {
  type AccountFilter,
  type ExportedAccount,
  listAccounts as listContract,
  type AccountRow as ShownAccount,
} from '../admin-api/accounts';
import { type Actor, writeAudit } from '../audit';
import { encodeCsv } from '../csv';
import type { Runtime } from '../runtime';
import { findSecret } from './access-token';
import { findAccountIds, listAccountViews } from './list';

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
  runtime: Pick<Runtime, 'secrets' | 'log'>,
  row: AccountRow,
  includeSecrets: boolean,
): ExportedAccount {
  const sessionToken = includeSecrets ? findSecret(runtime, row.id, row.sessionTokenSealed) : undefined;
  const proxyUrl = findSecret(runtime, row.id, row.proxyUrlSealed);
  const unreadable = [
    ...(includeSecrets && row.sessionTokenSealed !== null && sessionToken === undefined
      ? (['session_token'] as const)
      : []),
    ...(row.proxyUrlSealed !== null && proxyUrl === undefined ? (['proxy_url'] as const) : []),
  ];
  return {
    email: row.email,
    access_token: '',
    session_token: sessionToken ?? '',
    is_active: row.enabled && row.bannedAt === null,
    image_enabled: row.imageEnabled,
    video_enabled: row.videoEnabled,
    image_concurrency: row.imageConcurrency ?? -1,
    video_concurrency: row.videoConcurrency ?? -1,
    protocol_mode: 'session',
    google_cookies: '',
    login_account: '',
    login_password: '',
    proxy_url: proxyUrl !== undefined && (includeSecrets || !proxyUrl.includes('@')) ? proxyUrl : '',
    auto_refresh_enabled: true,
    refresh_interval_minutes: refreshIntervalMinutes,
    remark: row.remark ?? '',
    ...(unreadable.length === 0 ? {} : { unreadable }),
  };
}

/** Accounts as CSV, sorted by email, as the list shows them. */
export async function exportAccountsCsv(
  runtime: Pick<Runtime, 'db' | 'now' | 'log' | 'settings'>,
  { id, ...filter }: AccountFilter & { id?: string[] | undefined },
  actor: Actor,
): Promise<string> {
  const everything = {
    ...listContract.query.parse({ sort: 'email' }),
    ...filter,
    limit: Number.MAX_SAFE_INTEGER,
  };
  const { items } = await listAccountViews(runtime, everything);
  const rows = items.filter((row) => !row.is_being_removed && (id === undefined || id.includes(row.id)));
  const detail = { accounts: rows.length, include_secrets: false, format: 'csv' };
  await writeAudit(runtime, { ...actor, action: 'account.export', detail });
  return encodeCsv([
    csvColumns.map(([name]) => name),
    ...rows.map((row) => csvColumns.map(([, read]) => read(row))),
  ]);
}

const csvColumns: readonly (readonly [
  name: string,
  read: (row: ShownAccount) => string | number | boolean | null | undefined,
])[] = [
  ['id', ({ id }) => id],
  ['email', ({ email }) => email],
  ['remark', ({ remark }) => remark],
  ['upstream', ({ upstream }) => upstream],
  ['tier', ({ tier }) => tier],
  ['credits', ({ credits }) => credits],
  ['health', ({ health }) => health.state],
  ['detail', ({ health }) => health.detail],
  ['enabled', ({ enabled }) => enabled],
  ['image_enabled', ({ image_enabled }) => image_enabled],
  ['video_enabled', ({ video_enabled }) => video_enabled],
  ['image_concurrency', ({ image_concurrency }) => image_concurrency],
  ['video_concurrency', ({ video_concurrency }) => video_concurrency],
  ['images', ({ counts }) => counts.image],
  ['videos', ({ counts }) => counts.video],
  ['errors', ({ counts }) => counts.error],
  ['access_expires_at', ({ access_expires_at }) => access_expires_at],
  ['last_used_at', ({ last_used_at }) => last_used_at],
  ['created_at', ({ created_at }) => created_at],
];
