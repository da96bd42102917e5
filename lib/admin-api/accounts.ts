import { z } from 'zod';
import { defineContract } from './contract';
import { cleanSessionToken, looksLikeSessionToken, sessionTokenShapeMessage } from './session-token';

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

const proxyUrl = z
  .string()
  .trim()
  .refine(
    (text) => text === '' || /^(?:https?|socks5h?):\/\/[^\s/]+\/?$/i.test(text),
    'Use http://, https:// or socks5://host:port.',
  );

const concurrency = z
  .int('Enter 1 or more, or leave empty for unlimited.')
  .min(1, 'Enter 1 or more, or leave empty for unlimited.')
  .max(1_000, 'Enter 1,000 or less, or leave empty for unlimited.')
  .nullable();

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
    /** The reason as a word, e.g. `migrated`. */
    reason: z.string().optional(),
    until: instant.optional(),
  }),
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
  /** Errors in a row. */
  error_streak: z.int(),
  has_proxy: z.boolean(),
  /** No new jobs; goes when its running jobs have ended. */
  is_being_removed: z.boolean(),
  last_used_at: instant.nullable(),
  last_success_at: instant.nullable(),
  created_at: instant,
});

export type AccountRow = z.infer<typeof accountRow>;

/** What a list can be ordered by; `-` before it turns the order round. */
export const accountSorts = [
  'health',
  'email',
  'credits',
  'access_expires_at',
  'last_used_at',
  'created_at',
] as const;

const sortWords = accountSorts.flatMap((key) => [key, `-${key}` as const]);

const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(item));

/** Accounts that match, page by page. `health` may be given several times. */
export const listAccounts = defineContract({
  method: 'GET',
  path: '/api/v1/admin/accounts',
  query: z.object({
    /** Part of the e-mail, the remark, the project or the id, in any case. */
    q: z.string().trim().max(200).optional(),
    /** Leaves out accounts being removed. */
    health: oneOrMore(z.enum(healthStates)).optional(),
    sort: z.enum(sortWords).default('health'),
    limit: z.coerce.number().int().min(1).max(500).default(100),
    /** `next_cursor` of the page before. */
    cursor: z.string().optional(),
  }),
  body: z.undefined(),
  status: 200,
  output: z.object({
    items: z.array(accountRow),
    next_cursor: z.string().nullable(),
    total: z.int(),
    total_is_capped: z.boolean(),
    /** When this was so: of two answers the later one counts. */
    at: instant,
    /** Accounts in each state, whatever the filters; those being removed are in none. */
    health_counts: z.record(z.enum(healthStates), z.int()),
  }),
});

/** A query as the console asks it. */
export type AccountQuery = Omit<z.input<typeof listAccounts.query>, 'health'> & { health?: HealthState[] };
export type AccountList = z.infer<typeof listAccounts.output>;

/** Asks upstream about a session token. Saves nothing. */
export const checkAccount = defineContract({
  method: 'POST',
  path: '/api/v1/admin/accounts/check',
  query: z.object({}),
  body: z.object({ session_token: sessionToken, proxy_url: proxyUrl.optional() }),
  status: 200,
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
  body: z.object({
    session_token: sessionToken,
    remark: z.string().trim().max(200, 'Use at most 200 characters.').optional(),
    /** Absent: one is created. */
    project_id: z
      .string()
      .trim()
      .max(200)
      .regex(/^[\w-]*$/, 'A project id has letters, digits and hyphens only.')
      .optional(),
    image_enabled: z.boolean().default(true),
    video_enabled: z.boolean().default(true),
    image_concurrency: concurrency.default(null),
    video_concurrency: concurrency.default(null),
    proxy_url: proxyUrl.optional(),
  }),
  status: 201,
  output: accountRow,
});

export type AddAccountInput = z.input<typeof addAccount.body>;
