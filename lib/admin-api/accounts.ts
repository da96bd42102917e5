import { z } from 'zod';
import { defineContract, type RefusalStatus } from './contract';
import { pageFields } from './query';
import { cleanSessionToken, looksLikeSessionToken, sessionTokenShapeMessage } from './session-token';
import { taskView } from './tasks';

/** Health of an account, worst first: the order in which a list shows them. */
export const healthStates = [
  'banned',
  'expired',
  'exhausted',
  'cooldown',
  'degraded',
  'healthy',
  'disabled',
] as const;

export type HealthState = (typeof healthStates)[number];

const instant = z.iso.datetime();
const tier = z.enum(['free', 'pro', 'ultra']);

const sessionToken = z
  .string('Enter a session token.')
  .transform(cleanSessionToken)
  .refine((token) => token !== '', { error: 'Enter a session token.', abort: true })
  .refine(looksLikeSessionToken, sessionTokenShapeMessage);

/** What stands where a proxy is shown that was sealed with another key. Sent back, it means "as it is". */
export const unreadableProxy = 'Cannot be opened with this SECRET_KEY; enter it again';

const proxyUrl = z
  .string()
  .trim()
  .refine(
    (text) => text === '' || text === unreadableProxy || /^(?:https?|socks5h?):\/\/[^\s/]+\/?$/i.test(text),
    'Use http://, https:// or socks5://host:port.',
  );

const concurrency = z
  .int('Enter 1 or more, or leave empty for unlimited.')
  .min(1, 'Enter 1 or more, or leave empty for unlimited.')
  .max(1_000, 'Enter 1,000 or less, or leave empty for unlimited.')
  .nullable();

const remark = z.string().trim().max(200, 'Use at most 200 characters.');

const projectId = z
  .string()
  .trim()
  .max(200)
  .regex(/^[\w-]*$/, 'A project id has letters, digits and hyphens only.');

/** One account as the console sees it. Holds no secret: no token, and no credentials of a proxy. */
export const accountRow = z.object({
  id: z.string(),
  upstream: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  remark: z.string().nullable(),
  tier,
  credits: z.int().nullable(),
  credits_checked_at: instant.nullable(),
  access_expires_at: instant.nullable(),
  project_id: z.string().nullable(),
  project_name: z.string().nullable(),
  health: z.object({
    state: z.enum(healthStates),
    /** One sentence without its end mark. */
    detail: z.string().optional(),
    /** The reason as a word, e.g. `migrated`; none where the state says it all. */
    reason: z.string().optional(),
    until: instant.optional(),
    /** What `detail` says, piece by piece; only what applies. */
    facts: z.object({
      /** When it became so; of a healthy account, its last success. */
      since: instant.optional(),
      /** Errors in a row, or exchanges that failed in a row. */
      count: z.int().optional(),
      /** How many errors end in a ban. */
      limit: z.int().optional(),
      /** What the block is for: `image`, `video`, or the upstream's key of a model. */
      scope: z.string().optional(),
      credits: z.int().optional(),
      /** What the cheapest video costs. */
      needed_credits: z.int().optional(),
      /** When access ends, or has ended. */
      access_ends_at: instant.optional(),
    }),
  }),
  /** What the account is left out for; each can be tried again by its scope. */
  blocks: z.array(
    z.object({
      /** `image`, `video`, or the upstream's key of a model. */
      scope: z.string(),
      reason: z.string(),
      /** Null: ended by hand only. */
      until: instant.nullable(),
    }),
  ),
  enabled: z.boolean(),
  image_enabled: z.boolean(),
  video_enabled: z.boolean(),
  /** Null: unlimited. */
  image_concurrency: z.int().nullable(),
  video_concurrency: z.int().nullable(),
  /** Jobs that occupy the account now. */
  running: z.object({ image: z.int(), video: z.int() }),
  /** Since the account was added. */
  counts: z.object({ image: z.int(), video: z.int(), error: z.int() }),
  /** Since midnight, in the configured time zone. */
  today: z.object({ image: z.int(), video: z.int(), error: z.int() }),
  /** Errors in a row. */
  error_streak: z.int(),
  /** `code` as in the answer to the client. */
  last_error: z.object({ at: instant, code: z.string() }).nullable(),
  /** `replaced_at` is null while it is the one that the account was added with. */
  session_token: z.object({ is_stored: z.boolean(), replaced_at: instant.nullable() }),
  has_proxy: z.boolean(),
  /** No new jobs; goes when its running jobs have ended. */
  is_being_removed: z.boolean(),
  last_used_at: instant.nullable(),
  last_success_at: instant.nullable(),
  created_at: instant,
  /** Another text after every change of what can be edited; work on the account does not change it. */
  version: z.string(),
});

export type AccountRow = z.infer<typeof accountRow>;

/** What a list can be ordered by; `-` before it turns the order round. */
export const accountSorts = [
  'health',
  'email',
  'credits',
  'access_expires_at',
  'last_used_at',
  'errors_today',
  'created_at',
] as const;

const sortWords = accountSorts.flatMap((key) => [key, `-${key}` as const]);

const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(item));

const onOff = z.enum(['on', 'off']);

/** Which accounts are meant: the same words for the list, for work on many, and for the export. */
const filterFields = {
  /** Part of the e-mail, the remark, the project or the id, in any case. */
  q: z.string().trim().max(200).optional(),
  health: oneOrMore(z.enum(healthStates)).optional(),
  tier: oneOrMore(tier).optional(),
  /** The switch for pictures. */
  image: onOff.optional(),
  /** The switch for videos. */
  video: onOff.optional(),
  /** Fewer credits than this are known to be left. */
  credits_lt: z.coerce.number().int().min(0).optional(),
};

const accountFilter = z.strictObject(filterFields);

export type AccountFilter = z.infer<typeof accountFilter>;

/** Accounts that match, page by page. `health` and `tier` may be given several times. */
export const listAccounts = defineContract({
  method: 'GET',
  path: '/api/v1/admin/accounts',
  query: z.object({
    ...filterFields,
    sort: z.enum(sortWords).default('health'),
    limit: z.coerce.number().int().min(1).max(500).default(100),
    /** `next_cursor` of the page before. */
    cursor: z.string().optional(),
    ...pageFields,
  }),
  body: z.undefined(),
  status: 200,
  untagged: ['at'],
  output: z.object({
    items: z.array(accountRow),
    next_cursor: z.string().nullable(),
    total: z.int(),
    total_is_capped: z.boolean(),
    /** When this was so: of two answers the later one counts. */
    at: instant,
    /** Accounts in each state, whatever the filters; those being removed are in none. */
    health_counts: z.record(z.enum(healthStates), z.int()),
    /** Accounts being removed, whatever the filters: with those of every state they are all that a list without filters has. */
    being_removed: z.int(),
  }),
});

/** A query as the console asks it. */
export type AccountQuery = Omit<z.input<typeof listAccounts.query>, 'health' | 'tier'> & {
  health?: HealthState[];
  tier?: AccountRow['tier'][];
};
export type AccountList = z.infer<typeof listAccounts.output>;

/** Asks upstream about a session token. Saves nothing. */
export const checkAccount = defineContract({
  method: 'POST',
  path: '/api/v1/admin/accounts/check',
  query: z.object({}),
  body: z.strictObject({ session_token: sessionToken, proxy_url: proxyUrl.optional() }),
  status: 200,
  refuses: [424, 502],
  output: z.object({
    email: z.string(),
    name: z.string().nullable(),
    tier,
    credits: z.int(),
    access_expires_at: instant,
    already_added: z.object({ id: z.string() }).optional(),
  }),
});

export type AccountCheck = z.infer<typeof checkAccount.output>;

/** Adds an account after checking its session token, and gives its row. */
export const addAccount = defineContract({
  method: 'POST',
  path: '/api/v1/admin/accounts',
  query: z.object({}),
  body: z.strictObject({
    session_token: sessionToken,
    remark: remark.optional(),
    /** Absent: one is created. */
    project_id: projectId.optional(),
    image_enabled: z.boolean().default(true),
    video_enabled: z.boolean().default(true),
    image_concurrency: concurrency.default(null),
    video_concurrency: concurrency.default(null),
    proxy_url: proxyUrl.optional(),
  }),
  status: 201,
  refuses: [409, 424, 502],
  output: accountRow,
});

export type AddAccountInput = z.input<typeof addAccount.body>;

/** An account with what only its own page shows. */
export const accountDetail = accountRow.extend({
  projects: z.array(
    z.object({
      /** The upstream's own id. */
      project_id: z.string(),
      title: z.string(),
      is_current: z.boolean(),
      created_at: instant,
    }),
  ),
  /** The newest change first. */
  health_history: z.array(
    z.object({ at: instant, before: z.string(), after: z.string(), reason: z.string().nullable() }),
  ),
  /** How old the number of credits is, in seconds; null: not known since a refusal. */
  credits_age: z.int().nullable(),
  /** The proxy with its credentials hidden; null: none of its own. */
  proxy: z.string().nullable(),
  disabled_at: instant.nullable(),
});

export type AccountDetail = z.infer<typeof accountDetail>;

export const getAccount = defineContract({
  method: 'GET',
  path: '/api/v1/admin/accounts/{id}',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: accountDetail,
});

/** What can be edited without asking upstream. Absent: stays as it is; null: is cleared. */
const accountChanges = {
  remark: remark.nullable().optional(),
  enabled: z.boolean().optional(),
  image_enabled: z.boolean().optional(),
  video_enabled: z.boolean().optional(),
  image_concurrency: concurrency.optional(),
  video_concurrency: concurrency.optional(),
};

/**
 * Changes what is given and nothing else, without a call to upstream. With `version`, or the header `If-Match`, it is
 * refused as `conflict` when somebody else has edited the account meanwhile.
 */
export const editAccount = defineContract({
  method: 'PATCH',
  path: '/api/v1/admin/accounts/{id}',
  query: z.object({}),
  body: z.strictObject({
    ...accountChanges,
    proxy_url: proxyUrl.nullable().optional(),
    /** Null: the next job makes a new one. */
    project_id: projectId.nullable().optional(),
    version: z.string().max(100).optional(),
  }),
  status: 200,
  takesIfMatch: true,
  refuses: [409],
  output: accountRow,
});

export type EditAccountInput = z.input<typeof editAccount.body>;

/** Removes an account: at once, or, while it runs jobs, when the last of them has ended. */
export const deleteAccount = defineContract({
  method: 'DELETE',
  path: '/api/v1/admin/accounts/{id}',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: z.object({
    id: z.string(),
    email: z.string(),
    /** False: it goes when its running jobs have ended. */
    is_removed: z.boolean(),
    /** Jobs that it still runs. */
    running: z.int(),
  }),
});

/** An action on one account that answers with its row. */
const action = <Name extends string>(name: Name, refuses: readonly RefusalStatus[] = [409]) =>
  defineContract({
    method: 'POST',
    path: `/api/v1/admin/accounts/{id}/${name}`,
    query: z.object({}),
    body: z.undefined(),
    status: 200,
    refuses,
    output: accountRow,
  });

/** Switches an account on again, and forgives a ban and the errors that led to it. */
export const enableAccount = action('enable');

/** Leaves an account out until somebody switches it on again. What it runs goes on. */
export const disableAccount = action('disable');

/** Ends the streak of errors, and the ban that came of it. */
export const resetAccountErrors = action('reset-errors');

/** Ends a cooldown before its time. */
export const endAccountCooldown = action('end-cooldown');

/**
 * Exchanges the stored session token for a new access token, also where the sign-in counts as ended, and of an account
 * that is being removed.
 */
export const refreshAccountAccess = action('refresh-access', [400, 409, 424, 502]);

/** Asks upstream for credits and tier. */
export const refreshAccountCredits = action('refresh-credits', [400, 409, 424, 502]);

/** "Try again": ends the blocks of one kind of media or one model. */
export const unblockAccount = defineContract({
  method: 'POST',
  path: '/api/v1/admin/accounts/{id}/unblock',
  query: z.object({}),
  body: z.strictObject({ scope: z.string().trim().min(1, 'Name the scope of the block.').max(200) }),
  status: 200,
  refuses: [409],
  output: accountRow,
});

/**
 * Puts another session token of the same account in the place of its own, after it was seen to work; also of an account
 * that is being removed, so that what it still runs can be fetched.
 */
export const replaceSessionToken = defineContract({
  method: 'POST',
  path: '/api/v1/admin/accounts/{id}/replace-session-token',
  query: z.object({}),
  body: z.strictObject({ session_token: sessionToken }),
  status: 200,
  refuses: [409, 424, 502],
  output: accountRow,
});

/** Makes a project upstream and lets the account work in it from now on. */
export const createAccountProject = defineContract({
  method: 'POST',
  path: '/api/v1/admin/accounts/{id}/projects',
  query: z.object({}),
  body: z.strictObject({
    /** Absent: named by the time. */
    title: z.string().trim().min(1, 'Enter a title.').max(100, 'Use at most 100 characters.').optional(),
    /** Whether new jobs work in it. */
    choose: z.boolean().default(true),
  }),
  status: 201,
  refuses: [409, 424, 502],
  output: accountDetail,
});

const password = z.string('Enter your password.').min(1, 'Enter your password.').max(200);

/**
 * Shows what is sealed of an account, after the password was entered again. For five minutes after that it need not be
 * given: without it, and later, the answer is 403 `password_required`.
 */
export const revealSecrets = defineContract({
  method: 'POST',
  path: '/api/v1/admin/accounts/{id}/reveal',
  query: z.object({}),
  body: z.strictObject({ password: password.optional() }),
  status: 200,
  refuses: [409, 429],
  output: z.object({ session_token: z.string().nullable(), proxy_url: z.string().nullable() }),
});

/** Which accounts a piece of work is for: named ones, those that a filter finds when it begins, or all. */
const target = {
  ids: z.array(z.string().max(100)).min(1).max(10_000).optional(),
  /** Holds at least one condition. */
  filter: accountFilter.optional(),
  all: z.literal(true).optional(),
};

type Target = { ids?: unknown; filter?: AccountFilter | undefined; all?: unknown };

const namesOneTarget = ({ ids, filter, all }: Target) =>
  [ids, filter, all].filter((one) => one !== undefined).length === 1;

const oneTarget = { error: 'Give either ids, a filter, or all: true.', path: ['ids'] };

/** That a filter without a condition, which finds every account, is never meant by accident. */
const isNarrow = ({ ids, filter, all }: Target) =>
  ids !== undefined ||
  all !== undefined ||
  filter === undefined ||
  Object.values(filter).some((value) => typeof value === 'number' || (value?.length ?? 0) > 0);

const narrowFilter = { error: 'Name a condition, or give all: true for every account.', path: ['filter'] };

/** What can be done with many accounts at once. */
export const bulkActions = [
  'refresh_credits',
  'refresh_access',
  'enable',
  'disable',
  'edit',
  'delete',
] as const;

/** Begins work on many accounts, as a task. `edit` sets what `changes` names on each of them. */
export const startBulk = defineContract({
  method: 'POST',
  path: '/api/v1/admin/accounts/bulk',
  query: z.object({}),
  body: z
    .strictObject({
      action: z.enum(bulkActions),
      ...target,
      changes: z.strictObject(accountChanges).omit({ remark: true, enabled: true }).optional(),
    })
    .refine(namesOneTarget, oneTarget)
    .refine(isNarrow, narrowFilter)
    .refine((body) => (body.action === 'edit') === (body.changes !== undefined), {
      error: 'Give changes with the action edit, and with no other.',
      path: ['changes'],
    }),
  status: 202,
  output: taskView,
});

export type StartBulkInput = z.input<typeof startBulk.body>;

// The file of 5 MB, in its envelope. The task keeps it in its row, which is written anew with every step.
const maxImportBytes = 6 * 1024 * 1024;

/** Rows as the predecessor exported them. Each is looked at by itself, so that one bad row spoils no other. */
const importedAccounts = z
  .array(z.unknown(), 'The file must hold a JSON array (up to 1,000 accounts, 5 MB).')
  .min(1, 'The file holds no accounts.')
  .max(1_000, 'The file must hold a JSON array (up to 1,000 accounts, 5 MB).');

/** Says what an import would do, row by row. Writes nothing and asks nobody. */
export const previewImport = defineContract({
  method: 'POST',
  path: '/api/v1/admin/accounts/import/preview',
  query: z.object({}),
  body: z.strictObject({ accounts: importedAccounts }),
  maxBodyBytes: maxImportBytes,
  status: 200,
  output: z.object({
    rows: z.array(
      z.object({
        /** Counted from 1. */
        row: z.int(),
        email: z.string().nullable(),
        status: z.enum(['new', 'update', 'duplicate', 'invalid']),
        reason: z.string().optional(),
        /** The account that would be updated. */
        account_id: z.string().optional(),
      }),
    ),
    counts: z.object({ new: z.int(), update: z.int(), duplicate: z.int(), invalid: z.int() }),
    /** Fields of the file that are not used here. */
    ignored_fields: z.array(z.string()),
  }),
});

export type ImportPreview = z.infer<typeof previewImport.output>;

/** Begins an import, as a task. With `add_only`, accounts that exist stay as they are. */
export const startImport = defineContract({
  method: 'POST',
  path: '/api/v1/admin/accounts/import',
  query: z.object({}),
  body: z.strictObject({
    accounts: importedAccounts,
    mode: z.enum(['add_and_update', 'add_only']).default('add_and_update'),
  }),
  maxBodyBytes: maxImportBytes,
  status: 202,
  output: taskView,
});

/** Accounts that match as CSV, for people: without any secret. `id` may be given several times. */
export const exportAccountsCsv = defineContract({
  method: 'GET',
  path: '/api/v1/admin/accounts/export',
  query: z.object({ ...filterFields, id: oneOrMore(z.string().trim().min(1).max(200)).optional() }),
  body: z.undefined(),
  status: 200,
  produces: ['text/csv'],
  output: z.string(),
});

/**
 * Accounts in the predecessor's format. Session tokens and proxies with credentials only with `include_secrets` and the
 * password, which need not be given for five minutes after it was; access tokens never.
 */
export const exportAccounts = defineContract({
  method: 'POST',
  path: '/api/v1/admin/accounts/export',
  query: z.object({}),
  body: z
    .strictObject({ ...target, include_secrets: z.boolean().default(false), password: password.optional() })
    .refine(namesOneTarget, oneTarget)
    .refine(isNarrow, narrowFilter),
  status: 200,
  refuses: [429],
  output: z.array(
    z.object({
      email: z.string(),
      access_token: z.literal(''),
      session_token: z.string(),
      is_active: z.boolean(),
      image_enabled: z.boolean(),
      video_enabled: z.boolean(),
      /** -1: unlimited. */
      image_concurrency: z.int(),
      video_concurrency: z.int(),
      protocol_mode: z.literal('session'),
      google_cookies: z.literal(''),
      login_account: z.literal(''),
      login_password: z.literal(''),
      proxy_url: z.string(),
      auto_refresh_enabled: z.boolean(),
      refresh_interval_minutes: z.int(),
      remark: z.string(),
      /** What is stored and cannot be opened with this SECRET_KEY; those fields are empty. */
      unreadable: z.array(z.enum(['session_token', 'proxy_url'])).optional(),
    }),
  ),
});

export type ExportedAccount = z.infer<typeof exportAccounts.output>[number];
