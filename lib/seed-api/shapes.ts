import { z } from 'zod';
import type { AccountRow } from '@/db/repositories/accounts';
import { accessStateOf, isActive } from '../accounts/count';
import type { DayCounts } from '../accounts/days';
import type { LogDetail, LogRow } from '../admin-api/logs';
import type { TaskView } from '../admin-api/tasks';

// What the predecessor's paths take and give: names and types of its December and August 2026 versions. No I/O in here.

/** As pydantic reads them: a shell script sends "3" and "true". */
const int = (schema: z.ZodInt = z.int()) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(value) ? Number(value) : value),
    schema,
  );
const bool = () => z.preprocess((value) => truths.get(spelled(value)) ?? value, z.boolean());

const spelled = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' ? String(value).toLowerCase() : '';
const truths = new Map([
  ...['true', 't', 'yes', 'y', 'on', '1'].map((word) => [word, true] as const),
  ...['false', 'f', 'no', 'n', 'off', '0'].map((word) => [word, false] as const),
]);

const longText = () => z.string().max(32_768);
const shortText = () => z.string().max(200);

/** -1, and everything else below 1, is `unlimited`; null is another thing, namely "as it is". */
const concurrency = () =>
  int(z.int().max(1_000, 'Use at most 1000, or -1 for unlimited')).transform((limit) =>
    limit <= 0 ? ('unlimited' as const) : limit,
  );

/** The limit as it is stored: null for unlimited. */
export const toLimit = (limit: number | 'unlimited' | null | undefined): number | null =>
  typeof limit === 'number' ? limit : null;

/** What a masked secret has and no real one can have. */
const dot = '•';
export const mask = dot.repeat(8);

/** Whether this is what an answer showed in the place of a secret: it means "as it is". */
export const isMasked = (text: string): boolean => text.includes(dot);

// Requests ------------------------------------------------------------------------------------------------------------

export const loginBody = z.object({ username: z.string().max(1_000), password: z.string().max(1_000) });

export const passwordBody = z.object({
  username: z.string().max(1_000).nullish(),
  old_password: z.string().max(1_000),
  new_password: z.string().max(1_000),
});

/** Of the predecessor's ways to renew a session token this gateway has none, so their fields are not used. */
const accountFields = {
  project_id: shortText()
    .trim()
    .regex(/^[\w-]*$/, 'A project id has letters, digits and hyphens only')
    .nullish(),
  project_name: shortText().trim().nullish(),
  remark: shortText().trim().nullish(),
  image_enabled: bool().nullish(),
  video_enabled: bool().nullish(),
  image_concurrency: concurrency().nullish(),
  video_concurrency: concurrency().nullish(),
  proxy_url: z.string().max(2_000).nullish(),
  protocol_mode: z.enum(['session', 'protocol']).nullish(),
};

// Loose, so that the answer can name what there is no use for.
export const addTokenBody = z.looseObject({ st: longText(), ...accountFields });
export const updateTokenBody = z.looseObject({ st: longText().nullish(), ...accountFields });
export const st2atBody = z.object({ st: longText() });

/** One account of an import: what is no number or truth in any spelling stays, and its row is refused with the reason. */
const importedToken = z.record(z.string(), z.unknown()).transform((item) => ({
  ...item,
  ...readSpelled(item, z.union([int(), z.unknown()]), ['image_concurrency', 'video_concurrency']),
  ...readSpelled(item, z.union([bool(), z.unknown()]), ['is_active', 'image_enabled', 'video_enabled']),
}));

const readSpelled = (item: Record<string, unknown>, schema: z.ZodType, names: readonly string[]) =>
  Object.fromEntries(names.flatMap((name) => (name in item ? [[name, schema.parse(item[name])]] : [])));

export const importBody = z.object({ tokens: z.array(importedToken) });

export const proxyBody = z.object({
  proxy_enabled: bool(),
  proxy_url: longText().nullish(),
  media_proxy_enabled: bool().nullish(),
  media_proxy_url: longText().nullish(),
});

const [shortestTest, longestTest] = [5, 60];

export const proxyTestBody = z.object({
  proxy_url: longText(),
  test_url: longText().nullish(),
  timeout_seconds: int()
    .nullish()
    .transform((seconds) => Math.min(Math.max(seconds ?? 15, shortestTest), longestTest)),
});

export const generationBody = z.object({
  image_timeout: int().nullish(),
  video_timeout: int().nullish(),
  max_retries: int().nullish(),
});

export const callLogicBody = z.object({ call_mode: z.string() });
export const adminConfigBody = z.object({ error_ban_threshold: int() });
export const apiKeyBody = z.object({ new_api_key: z.string() });
export const debugBody = z.object({ enabled: bool() });

export const tokenRefreshBody = z.object({
  enabled: bool().nullish(),
  refresh_interval_minutes: int().nullish(),
});

export const cacheEnabledBody = z.object({ enabled: bool().default(false) });
export const cacheBaseUrlBody = z.object({ base_url: z.string().nullish() });

/** `timeout` is looked at by itself: a wrong one was a 400 there, not a 422. */
export const cacheBody = z.object({
  enabled: bool().nullish(),
  timeout: z.unknown().optional(),
  base_url: z.string().nullish(),
});

export const pluginBody = z.object({
  connection_token: z.string().default(''),
  auto_enable_on_update: bool().default(true),
});

const mostLogs = 100;

export const logsQuery = z.object({
  limit: int()
    .default(mostLogs)
    .transform((limit) => Math.min(Math.max(limit, 1), mostLogs)),
});

// Answers -------------------------------------------------------------------------------------------------------------

const iso = (at: Date | null | undefined): string | null => at?.toISOString() ?? null;

const tierNames = {
  free: 'PAYGATE_TIER_NOT_PAID',
  pro: 'PAYGATE_TIER_ONE',
  ultra: 'PAYGATE_TIER_TWO',
} as const satisfies Record<AccountRow['tier'], string>;

const refreshIntervalMinutes = 120; // what the predecessor has for an account; nothing here goes by it

/** What one account of the list is made of. */
export type TokenFacts = {
  row: AccountRow;
  today: DayCounts;
  /** Without credentials. */
  proxyUrl: string | null;
  /** In the clear, where a setting lets it be shown. */
  sessionToken?: string | undefined;
  now: Date;
};

/** An account as the list has it. */
export function encodeToken({ row, today, proxyUrl, sessionToken, now }: TokenFacts) {
  const at = row.accessTokenSealed === null ? null : mask;
  const access = accessStateOf(row, now);
  return {
    id: row.id,
    st: sessionToken ?? maskSessionToken(row),
    at,
    at_expires: iso(access.endAt),
    at_expired: access.hasEnded,
    at_expiring_within_1h: access.endsWithinHour,
    token: at,
    email: row.email,
    name: row.name ?? '',
    remark: row.remark,
    is_active: isActive(row),
    created_at: row.createdAt.toISOString(),
    last_used_at: iso(row.lastUsedAt),
    use_count: row.imageCount + row.videoCount,
    credits: row.credits ?? 0,
    user_paygate_tier: tierNames[row.tier],
    current_project_id: row.projectId,
    current_project_name: row.projectName,
    image_enabled: row.imageEnabled,
    video_enabled: row.videoEnabled,
    image_concurrency: row.imageConcurrency ?? -1,
    video_concurrency: row.videoConcurrency ?? -1,
    image_count: row.imageCount,
    video_count: row.videoCount,
    error_count: row.errorCount,
    today_error_count: today.errors,
    consecutive_error_count: row.errorStreak,
    last_error_at: iso(row.lastErrorAt),
    ban_reason: row.banReason,
    banned_at: iso(row.bannedAt),
    protocol_mode: 'session',
    google_cookies: null,
    login_account: null,
    login_password: null,
    proxy_url: proxyUrl,
    auto_refresh_enabled: true,
    refresh_interval_minutes: refreshIntervalMinutes,
    last_st_refresh_at: iso(row.sessionTokenReplacedAt),
    last_st_refresh_result: row.sessionTokenReplacedAt === null ? null : 'success',
  };
}

const shownHash = 8;

/** Tells session tokens apart, and when one was replaced, by the beginning of a keyed hash; shows nothing of them. */
const maskSessionToken = ({ sessionTokenHash }: AccountRow): string =>
  sessionTokenHash === null ? '' : `${mask}${sessionTokenHash.slice(0, shownHash)}`;

/** The sums over all accounts. */
export function encodeStats(rows: readonly AccountRow[], today: (id: string) => DayCounts) {
  const sum = (count: (row: AccountRow) => number) => rows.reduce((total, row) => total + count(row), 0);
  return {
    total_tokens: rows.length,
    active_tokens: rows.filter(isActive).length,
    total_images: sum((row) => row.imageCount),
    total_videos: sum((row) => row.videoCount),
    total_errors: sum((row) => row.errorCount),
    today_images: sum((row) => today(row.id).images),
    today_videos: sum((row) => today(row.id).videos),
    today_errors: sum((row) => today(row.id).errors),
  };
}

/** The answer to an import that has ended. */
export function encodeImport({ results, total, done }: TaskView) {
  const count = (outcome: string) => results.filter((result) => result.outcome === outcome).length;
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  const errors = failed.map(({ row, email, reason }) => {
    const who = email === null ? `Row ${row}` : `Row ${row} (${email})`;
    return `${who}: ${reason ?? 'failed'}`;
  });
  const [added, updated, skipped] = [count('added'), count('updated'), count('skipped')];
  const words = [
    `${added} added`,
    `${updated} updated`,
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
    ...(errors.length === 0 ? [] : [`${errors.length} failed`]),
    ...(done === total ? [] : [`${total - done} not done`]),
  ];
  return {
    success: true,
    added,
    updated,
    errors: errors.length === 0 ? null : errors,
    message: `${words.join(', ')}.`,
  };
}

const processing = 102;
const completed = 100;
const isUnfinished = ({ code, job }: LogRow) =>
  code === null || job?.state === 'queued' || job?.state === 'running';

/** The status of the whole: of a job that goes on 102, of a stream that failed after its first byte 500. */
function statusCodeOf(log: LogRow): number {
  if (isUnfinished(log) || log.code === null) return processing;
  return log.code < 400 && (log.error !== null || log.job?.state === 'failed') ? 500 : log.code;
}

/** One request as the list has it. `names` are the names of accounts by their id. */
export function encodeLog(log: LogRow, names: ReadonlyMap<string, string | null>) {
  const { job } = log;
  const statusCode = statusCodeOf(log);
  return {
    // While a request is being answered it has no number yet.
    id: log.id ?? log.request_id,
    token_id: job?.account_id ?? null,
    token_email: job?.account_email ?? null,
    token_username: names.get(job?.account_id ?? '') ?? null,
    operation: job === null ? `${log.method} ${log.path}` : `generate_${job.kind}`,
    status_code: statusCode,
    status_text: job?.state ?? (statusCode < 400 ? 'completed' : 'failed'),
    progress: isUnfinished(log) ? (job?.progress ?? 0) : completed,
    duration: Math.round(log.duration_ms) / 1_000,
    created_at: log.at,
    updated_at: new Date(Date.parse(log.at) + log.duration_ms).toISOString(),
    error_summary: statusCode >= 400 ? (log.error?.message ?? log.error?.code ?? null) : null,
  };
}

const shownPromptLength = 100;

/** One request with its bodies: as they were recorded, else what the predecessor kept of a request. */
export function encodeLogDetail(log: LogDetail, names: ReadonlyMap<string, string | null>) {
  const kept = { model: log.model, prompt: log.job?.prompt.slice(0, shownPromptLength) };
  return {
    ...encodeLog(log, names),
    request_body: toText(log.request_body) ?? (log.job === null ? null : JSON.stringify(kept)),
    response_body:
      toText(log.response_body) ?? (log.error === null ? null : JSON.stringify({ error: log.error })),
  };
}

function toText(body: unknown): string | null {
  if (body === null || body === undefined) return null;
  return typeof body === 'string' ? body : JSON.stringify(body);
}
