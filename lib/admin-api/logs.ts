import { z } from 'zod';
import { defineContract } from './contract';
import { jobStep, upstreamCall } from './jobs';

const instant = z.iso.datetime();

/** How a request ended: `left` is a client that did not wait for the answer. */
export const logStatuses = ['success', 'refused', 'failed', 'left'] as const;

/** One request as the list shows it. */
export const logRow = z.object({
  id: z.int(),
  request_id: z.string(),
  at: instant,
  method: z.string(),
  path: z.string(),
  status: z.enum(logStatuses),
  /** The HTTP status of the answer. */
  code: z.int(),
  duration_ms: z.int(),
  model: z.string().nullable(),
  /** What a chat app asked beside its user, such as `title`, where that was answered with text and cost nothing. */
  side_request: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string().nullable() }).nullable(),
  key: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
  /** What became of it, where it began or asked for a job. */
  job: z
    .object({
      id: z.string(),
      kind: z.enum(['image', 'video']),
      state: z.enum(['queued', 'running', 'completed', 'failed', 'cancelled']),
      step: z.string().nullable(),
      progress: z.int().nullable(),
      credits: z.int(),
      attempts: z.int(),
      account_id: z.string().nullable(),
      account_email: z.string().nullable(),
      prompt: z.string(),
    })
    .nullable(),
});

/** One entry of the timeline, by when it began. */
export const timelineEntry = z.discriminatedUnion('type', [
  jobStep.extend({
    type: z.literal('step'),
    /** Since the request came in. */
    offset_ms: z.int(),
  }),
  upstreamCall.extend({ type: z.literal('call'), offset_ms: z.int() }),
]);

/** One request with everything that is known of it. Redacted by the server. */
export const logDetail = logRow.extend({
  client: z.string().nullable(),
  user_agent: z.string().nullable(),
  request_body: z.unknown(),
  response_body: z.unknown(),
  timeline: z.array(timelineEntry),
  /** Whether bodies are being recorded now: what an empty one means. */
  records_bodies: z.boolean(),
});

export type LogRow = z.infer<typeof logRow>;
export type LogDetail = z.infer<typeof logDetail>;

/** The requests that match, the newest first, page by page. */
export const listLogs = defineContract({
  method: 'GET',
  path: '/api/v1/admin/logs',
  query: z.object({
    status: z.enum(logStatuses).optional(),
    /** An HTTP status. */
    code: z.coerce.number().int().min(100).max(599).optional(),
    /** As the client sent it. */
    model: z.string().trim().min(1).max(200).optional(),
    /** Id of the account that the job is on. */
    account: z.string().trim().min(1).max(200).optional(),
    /** Id of the API key. */
    key: z.string().trim().min(1).max(200).optional(),
    from: instant.optional(),
    to: instant.optional(),
    /** A request id or job id, or part of the prompt or of the error. */
    q: z.string().trim().min(1).max(200).optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
    /** `next_cursor` of the page before. */
    cursor: z.coerce.number().int().positive().optional(),
  }),
  body: z.undefined(),
  status: 200,
  output: z.object({
    items: z.array(logRow),
    next_cursor: z.string().nullable(),
    /** At most 10,000. */
    total: z.int(),
    total_is_capped: z.boolean(),
  }),
});

/** One request with its timeline. */
export const readLog = defineContract({
  method: 'GET',
  path: '/api/v1/admin/logs/{id}',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: logDetail,
});

/** Removes the requests that are older, or all of them with 0, and their calls to upstream. */
export const clearLogs = defineContract({
  method: 'DELETE',
  path: '/api/v1/admin/logs',
  query: z.object({ older_than_days: z.coerce.number().int().min(0).max(3_650) }),
  body: z.undefined(),
  status: 200,
  output: z.object({ removed: z.int() }),
});
