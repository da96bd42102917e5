import { z } from 'zod';
import { accountRow, healthStates } from './accounts';
import { defineContract } from './contract';
import { usageNumbers } from './usage';

const instant = z.iso.datetime();

/** A job as the console's lists show it. */
export const jobSummary = z.object({
  id: z.string(),
  state: z.enum(['queued', 'running', 'completed', 'failed', 'cancelled']),
  /** The step under way, or the last one. */
  step: z.string().nullable(),
  kind: z.enum(['image', 'video']),
  /** As the client sent it. */
  model: z.string(),
  /** Without anything that looks like a secret; in lists the first 300 signs. */
  prompt: z.string(),
  account_email: z.string().nullable(),
  /** Null: made without a key, or the key is gone. */
  key: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** Percent that upstream gave, while running. */
  progress: z.int().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  media: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['image', 'video']),
      /** Null: the file is no longer kept. */
      url: z.string().nullable(),
      /** A small picture of it, for lists; null where there is none. */
      preview_url: z.string().nullable(),
      /** False: an address of the upstream, which the console links to but never loads by itself. */
      is_stored: z.boolean(),
    }),
  ),
  created_at: instant,
  started_at: instant.nullable(),
  ended_at: instant.nullable(),
});

export type JobSummary = z.infer<typeof jobSummary>;

/** A job that runs now, with what leads to it. */
export const runningJob = jobSummary.extend({
  account_id: z.string().nullable(),
  /** Of the request that made it: its entry in the log. */
  request_id: z.string().nullable(),
});

export type RunningJob = z.infer<typeof runningJob>;

const slots = z.object({ used: z.int(), limit: z.int().nullable() });

export const overviewRanges = ['1h', '24h', '7d', '30d', 'custom'] as const;

export type OverviewRange = (typeof overviewRanges)[number];

const spanFields = {
  /** The last hour, 24 hours, seven or 30 days, in whole parts of them; `custom` goes by `since` and `until`. */
  range: z.enum(overviewRanges).default('24h'),
  since: instant.optional(),
  /** Now, unless given. */
  until: instant.optional(),
};

const numbers = usageNumbers.omit({ errors: true });

const attentionItem = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('account'),
    account: accountRow.pick({ id: true, email: true, remark: true, credits: true, health: true }),
  }),
  /** Accounts that are healthy, but soon will have too few. */
  z.object({ kind: z.literal('low_credits'), accounts: z.int(), below: z.int() }),
  z.object({ kind: z.literal('loop'), name: z.string(), at: instant, message: z.string() }),
  z.object({ kind: z.literal('disk'), free_bytes: z.int(), total_bytes: z.int() }),
  z.object({ kind: z.literal('migrations'), pending: z.int() }),
]);

export type AttentionItem = z.infer<typeof attentionItem>;

export const checklist = z.object({
  /** Whether the overview shows it. */
  is_shown: z.boolean(),
  steps: z.object({
    /** There is an account. */
    account: z.boolean(),
    /** The playground has made something. */
    test: z.boolean(),
    /** There is an API key. */
    key: z.boolean(),
    /** An API key was used. */
    request: z.boolean(),
  }),
});

export type Checklist = z.infer<typeof checklist>;

/** What the overview shows beside its charts, in one answer. */
export const readOverview = defineContract({
  method: 'GET',
  path: '/api/v1/admin/overview',
  query: z.object({
    ...spanFields,
    /** With the numbers of the period before, of the same length. */
    compare: z.stringbool().default(false),
  }),
  body: z.undefined(),
  status: 200,
  untagged: ['at'],
  output: z.object({
    /** When this was so: of two answers the later one counts. */
    at: instant,
    /** Of every state, also those without any; accounts being removed are in none. */
    health_counts: z.record(z.enum(healthStates), z.int()),
    jobs_running: z.int(),
    jobs_queued: z.int(),
    /** Since when the oldest job of the queue waits; null: none waits. */
    queue_oldest_at: instant.nullable(),
    /** Places on the accounts that are switched on. A limit of null: one of them has none. */
    slots: z.object({ image: slots, video: slots }),
    /** Of the accounts that are switched on, as far as it is known; null: of none it is. */
    credits_left: z.int().nullable(),
    /** Results since midnight. */
    images_today: z.int(),
    videos_today: z.int(),
    /** Since the accounts were added; those of removed accounts are not in it. */
    images_total: z.int(),
    videos_total: z.int(),
    /** What was used in the range. It ends now, or where it was asked to. */
    period: z.object({ since: instant, until: instant.nullable(), numbers }),
    /** The period before it; null where it was not asked for, or lies before what is kept. */
    previous: z
      .object({
        since: instant,
        numbers,
        /** As it was when the period began, of the same accounts; null where that is not known of each of them. */
        credits_left: z.int().nullable(),
        healthy_accounts: z.int(),
        /** Of how many that were switched on then. */
        enabled_accounts: z.int(),
      })
      .nullable(),
    attention: z.object({
      /** What needs somebody, the worst first. Of accounts the first 20. */
      items: z.array(attentionItem),
      /** Accounts neither healthy nor switched off, also those that are not listed. */
      accounts_total: z.int(),
    }),
    checklist,
    /** Those that need someone first; the first ten. */
    accounts: z.array(accountRow),
    accounts_total: z.int(),
    /** Of them, those that are in none of `health_counts`. */
    accounts_being_removed: z.int(),
    /** The 50 newest of those that run. */
    running: z.array(runningJob),
    /** The newest first, in any state. */
    jobs: z.array(jobSummary),
  }),
});

export type Overview = z.infer<typeof readOverview.output>;

export const overviewBuckets = ['five_minutes', 'hour', 'six_hours', 'day', 'week'] as const;

export type OverviewBucket = (typeof overviewBuckets)[number];

/** Null: that time is before what is kept. */
const countAtTime = z.int().nullable();
const ms = z.int().nullable();

/** The same range over time, for charts. */
export const readOverviewCharts = defineContract({
  method: 'GET',
  path: '/api/v1/admin/overview/charts',
  query: z.object(spanFields),
  body: z.undefined(),
  status: 200,
  untagged: ['at'],
  output: z.object({
    at: instant,
    since: instant,
    /** Null: up to now. */
    until: instant.nullable(),
    /** What one of `points` spans; the last one up to now is not over yet. */
    bucket: z.enum(overviewBuckets),
    /** In which days begin and end. */
    time_zone: z.string(),
    points: z.array(
      z.object({
        at: instant,
        succeeded: countAtTime,
        failed: countAtTime,
        refused: countAtTime,
        rate_limited: countAtTime,
        cancelled: countAtTime,
        /** Of those that succeeded or failed; null where there are none. */
        success_rate: z.number().nullable(),
        /** How many the durations are of. */
        image_succeeded: z.int(),
        video_succeeded: z.int(),
        image_p50_ms: ms,
        image_p95_ms: ms,
        video_p50_ms: ms,
        video_p95_ms: ms,
      }),
    ),
    /** Whole days: those of the range, and never fewer than the last seven of it. */
    days: z.array(z.object({ day: z.string(), images: countAtTime, videos: countAtTime })),
    /** Of the accounts that are switched on: the ten with the fewest, now. */
    credits: z.array(z.object({ account_id: z.string(), email: z.string(), credits: z.int() })),
    /** Of how many accounts that are switched on the credits are known. */
    credits_known: z.int(),
    /** With fewer an account is listed under "Needs attention". */
    credits_low: z.int(),
    load: z.object({
      bucket_seconds: z.int(),
      /** The most at a time; null where nothing was recorded. */
      points: z.array(z.object({ at: instant, image: countAtTime, video: countAtTime, queued: countAtTime })),
    }),
  }),
});

export type OverviewCharts = z.infer<typeof readOverviewCharts.output>;

/** What every page of the console shows: small, because it is asked for all the time. */
export const readStatus = defineContract({
  method: 'GET',
  path: '/api/v1/admin/status',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  untagged: ['at'],
  output: z.object({
    at: instant,
    accounts: z.object({
      /** All but those being removed. */
      total: z.int(),
      enabled: z.int(),
      healthy: z.int(),
      /** Neither healthy nor switched off. */
      attention: z.int(),
    }),
    jobs_running: z.int(),
    jobs_queued: z.int(),
    /** Settings that count after the next start only, and are others than at this one. */
    awaiting_restart: z.array(z.object({ key: z.string(), label: z.string() })),
  }),
});

export type ConsoleStatus = z.infer<typeof readStatus.output>;

/** Puts the list of first steps away, or back. */
export const changeChecklist = defineContract({
  method: 'PUT',
  path: '/api/v1/admin/checklist',
  query: z.object({}),
  body: z.strictObject({ is_shown: z.boolean() }),
  status: 200,
  output: checklist,
});
