import { z } from 'zod';
import { defineContract } from './contract';
import { jobStep } from './jobs';
import { logSources } from './logs';
import { oneOrMore, pageFields } from './query';
import { taskView } from './tasks';

const instant = z.iso.datetime();

/**
 * Where the file is: `stored` here; only with the `upstream`, where storing was off; `expired`: kept no longer; `missing`:
 * gone from the store although nobody here removed it.
 */
export const mediaStates = ['stored', 'upstream', 'expired', 'missing'] as const;

/** One result as the gallery shows it. Those that were deleted are none. */
export const mediaItem = z.object({
  id: z.string(),
  kind: z.enum(['image', 'video']),
  /** `base`: what was made before an upscale that failed. */
  role: z.enum(['result', 'base']),
  state: z.enum(mediaStates),
  /** A path of this gateway; null: there is no file any more. */
  url: z.string().nullable(),
  /** A small picture of it, of a video its poster; null where there is none. */
  preview_url: z.string().nullable(),
  content_type: z.string(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  /** Of a video. */
  duration_seconds: z.int().nullable(),
  /** Of the file, also when it is gone; null: not known. */
  bytes: z.int().nullable(),
  created_at: instant,
  /** When it goes, if the size cap does not come before; null: it is kept, nothing ends, or there is no file here. */
  expires_at: instant.nullable(),
  kept: z.boolean(),
  /** In one line, without anything that looks like a secret, the first 300 signs; null: its job is gone. */
  prompt: z.string().nullable(),
  /** As the client sent it. */
  model: z.string().nullable(),
  account_id: z.string().nullable(),
  account_email: z.string().nullable(),
  /** Null: made without a key, or the key is gone. */
  key: z.object({ id: z.string(), name: z.string() }).nullable(),
  source: z.enum(logSources).nullable(),
  job_id: z.string().nullable(),
  request_id: z.string().nullable(),
  /** Row of the request log; null: there is none yet, or it was cleared. */
  log_id: z.int().nullable(),
});

/** One result with all that is known of how it was made. */
export const mediaDetail = mediaItem.extend({
  /** Hex; null: it was never stored here. */
  sha256: z.string().nullable(),
  /** Null: the job is gone. */
  job: z
    .object({
      id: z.string(),
      state: z.enum(['queued', 'running', 'completed', 'failed', 'cancelled']),
      /** The whole of it, without anything that looks like a secret. */
      prompt: z.string(),
      resolved_model: z.string(),
      /** The model without the options that its id may name. */
      family: z.string(),
      /** What the pictures meant: `text-to-image`, `first-frame` and so on. */
      mode: z.string(),
      aspect_ratio: z.string(),
      resolution: z.string(),
      seconds: z.number().nullable(),
      /** That upstream was given. */
      seed: z.int().nullable(),
      /** How many pictures came with it; they are not kept. */
      references: z.int(),
      /** The result that it goes on from; null: none, or none that is known here. */
      continues_id: z.string().nullable(),
      tier: z.enum(['free', 'pro', 'ultra']).nullable(),
      project_id: z.string().nullable(),
      credits: z.int(),
      attempts: z.int(),
      error: z.object({ code: z.string(), message: z.string() }).nullable(),
      created_at: instant,
      started_at: instant.nullable(),
      ended_at: instant.nullable(),
      steps: z.array(jobStep),
    })
    .nullable(),
});

export type MediaItemView = z.infer<typeof mediaItem>;
export type MediaDetail = z.infer<typeof mediaDetail>;

const word = z.string().trim().min(1).max(200);

/** Which results are meant: the same words for the list and for work on many. Each list may be given several times. */
const filterFields = {
  type: oneOrMore(z.enum(['image', 'video'])).optional(),
  /** Also `missing`, which is `stored` here: only a look at the disk tells. */
  state: oneOrMore(z.enum(['stored', 'upstream', 'expired'])).optional(),
  /** As the client sent it, or what it resolved to. */
  model: oneOrMore(word).optional(),
  /** Id or email of the account. */
  account: oneOrMore(word).optional(),
  /** Id of the API key. */
  key: oneOrMore(word).optional(),
  source: oneOrMore(z.enum(logSources)).optional(),
  kept: z.enum(['yes', 'no']).optional(),
  from: instant.optional(),
  to: instant.optional(),
  /** Part of the prompt, or a whole id: of the result, of its job or of its request. */
  q: word.optional(),
};

const mediaFilter = z.strictObject(filterFields);

export type MediaFilter = z.output<typeof mediaFilter>;

/** The results that match, the newest first unless asked for otherwise. With a cursor, or with `to`, pages do not shift. */
export const listMedia = defineContract({
  method: 'GET',
  path: '/api/v1/admin/media',
  query: z.object({
    ...filterFields,
    /** `-bytes`: the largest first, what takes no room last. */
    sort: z.enum(['-created_at', 'created_at', '-bytes']).default('-created_at'),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    /** `next_cursor` of the page before; the newest first only. */
    cursor: z.string().max(200).optional(),
    ...pageFields,
  }),
  body: z.undefined(),
  status: 200,
  untagged: ['at'],
  output: z.object({
    /** When it was looked up: what is made `from` then on came later. */
    at: instant,
    items: z.array(mediaItem),
    next_cursor: z.string().nullable(),
    total: z.int(),
    total_is_capped: z.boolean(),
  }),
});

/** What the stored files take. */
export const summariseMedia = defineContract({
  method: 'GET',
  path: '/api/v1/admin/media/summary',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: z.object({
    /** Whether new results are stored. */
    stores: z.boolean(),
    /** With previews: what the limit counts. */
    used_bytes: z.int(),
    /** Null: none. */
    limit_bytes: z.int().nullable(),
    files: z.int(),
    oldest_at: instant.nullable(),
    kept: z.object({ files: z.int(), bytes: z.int() }),
    /** Null: files do not expire. */
    lifetime_seconds: z.int().nullable(),
  }),
});

/** What can be done with many results at once. */
export const mediaActions = ['keep', 'unkeep', 'delete'] as const;

type Target = { ids?: unknown; filter?: MediaFilter | undefined; all?: unknown };

/**
 * Begins work on many results, as a task: named ones, or those that a filter finds when it begins and that the action can
 * be done with. 10,000 at most.
 */
export const startMediaBulk = defineContract({
  method: 'POST',
  path: '/api/v1/admin/media/bulk',
  query: z.object({}),
  body: z
    .strictObject({
      action: z.enum(mediaActions),
      ids: z.array(z.string().max(100)).min(1).max(10_000).optional(),
      /** Holds at least one condition. */
      filter: mediaFilter.optional(),
      all: z.literal(true).optional(),
    })
    .refine(
      ({ ids, filter, all }: Target) => [ids, filter, all].filter((one) => one !== undefined).length === 1,
      {
        error: 'Give either ids, a filter, or all: true.',
        path: ['ids'],
      },
    )
    // That a filter without a condition, which finds everything, is never meant by accident.
    .refine(
      ({ filter }: Target) =>
        filter === undefined || Object.values(filter).some((value) => (value?.length ?? 0) > 0),
      { error: 'Name a condition, or give all: true for every result.', path: ['filter'] },
    ),
  status: 202,
  output: taskView,
});

/** How much one archive holds. */
export const zipLimits = { files: 200, bytes: 2_000_000_000 } as const;

/**
 * The files of results as one archive, not compressed, made while it is read. What is not stored here is left out and
 * named in a text inside. 400 where that would be more than 200 files or 2 GB, 410 where nothing of it is stored.
 */
export const zipMedia = defineContract({
  method: 'POST',
  path: '/api/v1/admin/media/zip',
  query: z.object({}),
  body: z.strictObject({ ids: oneOrMore(z.string().trim().min(1).max(100)) }),
  takesForm: true,
  status: 200,
  produces: ['application/zip'],
  refuses: [410],
  output: z.string(),
});

/** One result, by its id. */
export const readMedia = defineContract({
  method: 'GET',
  path: '/api/v1/admin/media/{id}',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  isPrivate: true,
  output: mediaDetail,
});

/**
 * Keeps the file for good, or no longer: then it goes when it would have gone, but not within ten minutes. 409 where only
 * upstream has it, 410 where it is gone.
 */
export const updateMedia = defineContract({
  method: 'PATCH',
  path: '/api/v1/admin/media/{id}',
  query: z.object({}),
  body: z.strictObject({ kept: z.boolean() }),
  status: 200,
  refuses: [409, 410],
  output: mediaItem,
});

/** Deletes the file and its preview, also of what is kept. Its job and its request stay; its address answers 410. */
export const deleteMedia = defineContract({
  method: 'DELETE',
  path: '/api/v1/admin/media/{id}',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: z.object({ deleted: z.literal(true) }),
});
