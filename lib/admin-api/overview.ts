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

const slots = z.object({ used: z.int(), limit: z.int().nullable() });

/** What the overview shows, in one answer. */
export const readOverview = defineContract({
  method: 'GET',
  path: '/api/v1/admin/overview',
  query: z.object({}),
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
    /** Of the accounts that are switched on, as far as it is known. */
    credits_left: z.int(),
    /** Results since midnight. */
    images_today: z.int(),
    videos_today: z.int(),
    /** Since the accounts were added; those of removed accounts are not in it. */
    images_total: z.int(),
    videos_total: z.int(),
    /** Those that need someone first; the first ten. */
    accounts: z.array(accountRow),
    accounts_total: z.int(),
    /** Of them, those that are in none of `health_counts`. */
    accounts_being_removed: z.int(),
    /** The 50 newest of those that run. */
    running: z.array(jobSummary),
    /** The newest first, in any state. */
    jobs: z.array(jobSummary),
  }),
});

export type Overview = z.infer<typeof readOverview.output>;
