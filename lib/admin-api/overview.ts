import { z } from 'zod';
import { accountRow, healthStates } from './accounts';
import { defineContract } from './contract';

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
  prompt: z.string(),
  account_email: z.string().nullable(),
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

/** What the overview shows, in one answer. */
export const readOverview = defineContract({
  method: 'GET',
  path: '/api/v1/admin/overview',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: z.object({
    /** When this was so: of two answers the later one counts. */
    at: instant,
    /** Of every state, also those without any; accounts being removed are in none. */
    health_counts: z.record(z.enum(healthStates), z.int()),
    jobs_running: z.int(),
    jobs_queued: z.int(),
    /** Results since midnight. */
    images_today: z.int(),
    videos_today: z.int(),
    /** Those that need someone first; the first ten. */
    accounts: z.array(accountRow),
    accounts_total: z.int(),
    /** The newest first. */
    jobs: z.array(jobSummary),
  }),
});

export type Overview = z.infer<typeof readOverview.output>;
