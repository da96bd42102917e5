import { z } from 'zod';
import { defineContract } from './contract';
import { jobSummary } from './overview';
import { oneOrMore, pageFields } from './query';

const instant = z.iso.datetime();

/** One call to upstream. Redacted by the server; bodies only where they were recorded. */
export const upstreamCall = z.object({
  at: instant,
  duration_ms: z.int(),
  method: z.string(),
  host: z.string(),
  path: z.string(),
  /** Null: there was no answer. */
  status: z.int().nullable(),
  proxied: z.boolean(),
  error: z.string().nullable(),
  request: z.unknown(),
  response: z.unknown(),
});

/** One step of a job. */
export const jobStep = z.object({
  name: z.string(),
  detail: z.record(z.string(), z.unknown()),
  started_at: instant,
  ended_at: instant.nullable(),
});

/** What a row of the list has. */
export const jobRow = jobSummary.extend({
  resolved_model: z.string(),
  account_id: z.string().nullable(),
  request_id: z.string().nullable(),
  attempts: z.int(),
  credits: z.int(),
});

/** A job with all that is known of it. */
export const jobDetail = jobRow.extend({
  /** The whole of it, without anything that looks like a secret. */
  prompt: z.string(),
  /** Accounts that refused it before upstream accepted it. */
  refused_by: z.array(z.string()),
  /** Whether upstream has, or may have, accepted it. */
  accepted: z.boolean(),
  accepted_at: instant.nullable(),
  deadline_at: instant,
  cancel_requested_at: instant.nullable(),
  steps: z.array(jobStep),
  upstream_calls: z.array(upstreamCall),
  /** Whether bodies are being recorded now: what an empty one means. */
  records_bodies: z.boolean(),
});

export type JobRow = z.infer<typeof jobRow>;
export type JobDetail = z.infer<typeof jobDetail>;

const states = ['queued', 'running', 'completed', 'failed', 'cancelled'] as const;

/** Jobs that match, the newest first, page by page. `state`, `kind`, `model`, `account` and `key` may be given several times. */
export const listJobs = defineContract({
  method: 'GET',
  path: '/api/v1/admin/jobs',
  query: z.object({
    state: oneOrMore(z.enum(states)).optional(),
    kind: oneOrMore(z.enum(['image', 'video'])).optional(),
    /** As the client sent it, or what it resolved to. */
    model: oneOrMore(z.string().trim().min(1).max(200)).optional(),
    /** Id of the account. */
    account: oneOrMore(z.string().trim().min(1).max(200)).optional(),
    /** Id of the API key. */
    key: oneOrMore(z.string().trim().min(1).max(200)).optional(),
    from: instant.optional(),
    to: instant.optional(),
    /** Part of the prompt, or a whole id. */
    q: z.string().trim().min(1).max(200).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    /** `next_cursor` of the page before. */
    cursor: z.string().max(200).optional(),
    sort: z.enum(['-created_at', 'created_at']).default('-created_at'),
    ...pageFields,
  }),
  body: z.undefined(),
  status: 200,
  output: z.object({
    items: z.array(jobRow),
    next_cursor: z.string().nullable(),
    total: z.int(),
    total_is_capped: z.boolean(),
  }),
});

/** One job with its steps and its calls to upstream. */
export const readJob = defineContract({
  method: 'GET',
  path: '/api/v1/admin/jobs/{id}',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  isPrivate: true,
  output: jobDetail,
});
