import { z } from 'zod';
import { defineContract } from './contract';

const instant = z.iso.datetime();

export const usageGroups = ['model', 'account', 'key', 'day', 'hour'] as const;

const query = z.object({
  /** Hours are counted whole: the one of `from` is in, the one of `to` too. Without it, a day before `to`. */
  from: instant.optional(),
  /** Now, unless given. */
  to: instant.optional(),
  /** By `hour` for at most eight days. */
  group: z.enum(usageGroups).default('model'),
});

/** What was used. Requests are jobs that ended, by the hour of their end, and requests that never became a job. */
export const usageNumbers = z.object({
  requests: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  /** For a reason of the caller's own. */
  refused: z.int(),
  rate_limited: z.int(),
  cancelled: z.int(),
  /** Of those that succeeded or failed; null where there are none. */
  success_rate: z.number().nullable(),
  images: z.int(),
  videos: z.int(),
  credits: z.int(),
  /** Of what succeeded, from request to end; within 2.5 %, null where there is nothing. */
  average_ms: z.int().nullable(),
  p50_ms: z.int().nullable(),
  p95_ms: z.int().nullable(),
  image_p50_ms: z.int().nullable(),
  image_p95_ms: z.int().nullable(),
  video_p50_ms: z.int().nullable(),
  video_p95_ms: z.int().nullable(),
  /** The most frequent first. */
  errors: z.array(z.object({ code: z.string(), count: z.int() })),
});

export const usageRow = usageNumbers.extend({
  /**
   * Model (`unknown`: none of this gateway's), id of the account, id of the key, day (`YYYY-MM-DD`), or start of the
   * hour; empty: there was none. Of an account that was gone when its job was counted, the email.
   */
  value: z.string(),
  /** Of an account or a key that still exists. */
  id: z.string().nullable(),
  /** What people call it: of an account, the email, also when it is gone; null where there is nothing. */
  label: z.string().nullable(),
});

export type UsageNumbers = z.infer<typeof usageNumbers>;
export type UsageRow = z.infer<typeof usageRow>;

/** What was used in a span of time, by one dimension: days and hours in their order, others with the most requests first. */
export const readUsage = defineContract({
  method: 'GET',
  path: '/api/v1/admin/usage',
  query,
  body: z.undefined(),
  status: 200,
  output: z.object({
    /** The span that was counted, in whole hours. */
    from: instant,
    to: instant,
    group: z.enum(usageGroups),
    /** In which days begin and end. */
    time_zone: z.string(),
    items: z.array(usageRow),
    /** Of models, accounts and keys no more than these are told, those with the most requests. */
    group_limit: z.int(),
    /** All groups beyond the limit together; null where there are none. */
    others: usageNumbers.extend({ groups: z.int() }).nullable(),
    total: usageNumbers,
  }),
});

/** The same as CSV. */
export const exportUsage = defineContract({
  method: 'GET',
  path: '/api/v1/admin/usage/export',
  query,
  body: z.undefined(),
  status: 200,
  produces: ['text/csv'],
  output: z.string(),
});
