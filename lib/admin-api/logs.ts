import { z } from 'zod';
import { defineContract } from './contract';
import { jobStep, upstreamCall } from './jobs';
import { jobSummary } from './overview';
import { oneOrMore, pageFields } from './query';

const instant = z.iso.datetime();

/** How a request ended, with the job that it made: `left` is a client that did not wait for the answer. */
export const logStatuses = [
  'running',
  'success',
  'refused',
  'rate_limited',
  'failed',
  'cancelled',
  'left',
] as const;

/** By which surface a request came. */
export const logSources = ['openai', 'gemini', 'playground', 'seed', 'console'] as const;

/** One request as the list shows it. */
export const logRow = z.object({
  /** Null while the request is being answered: its row is written at its end. */
  id: z.int().nullable(),
  request_id: z.string().nullable(),
  at: instant,
  /** Null, as is `path`, while the request is being answered. */
  method: z.string().nullable(),
  path: z.string().nullable(),
  /** Null where it was not kept: by releases before this one. */
  source: z.enum(logSources).nullable(),
  status: z.enum(logStatuses),
  /** The HTTP status of the answer; null: there is none yet. */
  code: z.int().nullable(),
  /** From the request to the end of its answer, or of the job that it made where that came later, or until now. */
  duration_ms: z.int(),
  model: z.string().nullable(),
  /** What a chat app asked beside its user, such as `title`, where that was answered with text and cost nothing. */
  side_request: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string().nullable() }).nullable(),
  key: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
  /** What became of it, where it began or asked for a job; of several pictures the job of the first. */
  job: z
    .object({
      id: z.string(),
      /** How many jobs the request made. `credits` and `media` are of all of them. */
      count: z.int(),
      kind: z.enum(['image', 'video']),
      state: z.enum(['queued', 'running', 'completed', 'failed', 'cancelled']),
      step: z.string().nullable(),
      progress: z.int().nullable(),
      credits: z.int(),
      attempts: z.int(),
      account_id: z.string().nullable(),
      account_email: z.string().nullable(),
      /** The project of Google Flow that it is made in. */
      project_id: z.string().nullable(),
      prompt: z.string(),
      created_at: instant,
      started_at: instant.nullable(),
      ended_at: instant.nullable(),
      media: jobSummary.shape.media,
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
  /** The whole of it, where a job came of the request; in `job` it is cut. */
  prompt: z.string().nullable(),
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

const word = z.string().trim().min(1).max(200);

/** Which requests are meant: the same words for list, summary and export. Each list may be given several times. */
const filterFields = {
  status: oneOrMore(z.enum(logStatuses)).optional(),
  /** HTTP statuses. */
  code: oneOrMore(z.coerce.number().int().min(100).max(599)).optional(),
  /** What was to be made; `other`: nothing. */
  type: oneOrMore(z.enum(['image', 'video', 'other'])).optional(),
  /** As the client sent it. */
  model: oneOrMore(word).optional(),
  /** Id or email of the account that the job is on. */
  account: oneOrMore(word).optional(),
  /** Id of the API key. */
  key: oneOrMore(word).optional(),
  source: oneOrMore(z.enum(logSources)).optional(),
  min_duration_ms: z.coerce.number().int().min(0).max(2_147_483_647).optional(),
  from: instant.optional(),
  to: instant.optional(),
  /** A request id or job id, or part of the prompt or of the error. */
  q: word.optional(),
};

const filterQuery = z.object(filterFields);

export type LogFilter = z.output<typeof filterQuery>;

const position = z
  .string()
  .regex(/^\d{1,15}(?:\.\d{1,15})?$/, 'Give the latest_cursor of an earlier answer.');

/** The requests that match, the newest first, page by page. */
export const listLogs = defineContract({
  method: 'GET',
  path: '/api/v1/admin/logs',
  query: z.object({
    ...filterFields,
    sort: z.enum(['-at', 'at', '-duration', 'duration']).default('-at'),
    ...pageFields,
    limit: z.coerce.number().int().min(1).max(500).default(50),
    /** `next_cursor` of the page before; in the order of time only. */
    cursor: z.coerce.number().int().positive().optional(),
    /** `latest_cursor` of an earlier answer: what was written since, and what became of what was running. */
    after: position.optional(),
    /** `latest_cursor` of an earlier answer: nothing that was written since, so that pages by number stay as they are. */
    until: position.optional(),
  }),
  body: z.undefined(),
  status: 200,
  untagged: ['latest_cursor'], // an older one leads to the same
  output: z.object({
    items: z.array(logRow),
    /** Requests that are being answered and have no row yet; with the first page and with `after`. */
    running: z.array(logRow),
    /** With `after`: earlier rows whose job has ended since, as they are now. One may come more than once. */
    changed: z.array(logRow),
    /** With `after`: ids of earlier rows that have ended since and match the filter no more. */
    gone: z.array(z.int()),
    next_cursor: z.string().nullable(),
    /** Where to go on with `after`. */
    latest_cursor: z.string(),
    /** At most 10,000; with `after`, of what was written since. */
    total: z.int(),
    total_is_capped: z.boolean(),
  }),
});

/** The requests that match in a few numbers. */
export const summariseLogs = defineContract({
  method: 'GET',
  path: '/api/v1/admin/logs/summary',
  query: filterQuery,
  body: z.undefined(),
  status: 200,
  output: z.object({
    /** Of the newest 10,000 that match. */
    requests: z.int(),
    is_capped: z.boolean(),
    /** Of every status. */
    statuses: z.record(z.enum(logStatuses), z.int()),
    /** Of the requests to generate that succeeded or failed, the console and the predecessor's addresses aside; null where there are none. */
    success_rate: z.number().nullable(),
    /** Of the jobs that succeeded, from request to end; null where there are none. */
    p50_ms: z.int().nullable(),
    p95_ms: z.int().nullable(),
    credits: z.int(),
  }),
});

/** The newest 10,000 requests that match as a file, without bodies. */
export const exportLogs = defineContract({
  method: 'GET',
  path: '/api/v1/admin/logs/export',
  query: z.object({ ...filterFields, format: z.enum(['csv', 'jsonl']).default('csv') }),
  body: z.undefined(),
  status: 200,
  produces: ['text/csv', 'application/jsonl'],
  output: z.string(),
});

/** One request with its timeline, by the id of its row or by its request id. */
export const readLog = defineContract({
  method: 'GET',
  path: '/api/v1/admin/logs/{id}',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  isPrivate: true,
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
