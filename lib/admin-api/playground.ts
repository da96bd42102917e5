import { z } from 'zod';
import { defineContract } from './contract';

const instant = z.iso.datetime();

const tier = z.enum(['free', 'pro', 'ultra']);
const kind = z.enum(['image', 'video']);
const ratio = z.enum(['16:9', '9:16', '1:1', '4:3', '3:4']);
const resolution = z.enum(['1k', '720p', '1080p', '2k', '4k']);

/** How a model is used, in Flow's words: `frames` is Frames to Video, `ingredients` is Ingredients to Video. */
export const playgroundWays = ['image', 'text', 'frames', 'ingredients', 'extend'] as const;
const way = z.enum(playgroundWays);

/** Why no account can serve now; time alone helps with `cooldown` only. */
export const playgroundObstacles = [
  'no_account',
  'tier',
  'cooldown',
  'credits',
  'blocked',
  'unhealthy',
] as const;

/** One thing that can be asked for, and who can make it. */
export const playgroundVariant = z.object({
  /** How many pictures it takes. */
  images: z.object({ min: z.int(), max: z.int() }),
  aspect_ratio: ratio,
  /** Null for pictures. */
  seconds: z.int().nullable(),
  resolution,
  /** The id that means exactly this, together with the options and the pictures. */
  model: z.string(),
  /** Price of one output for each plan that can make it; null where no price is known. */
  credits: z.partialRecord(tier, z.int().nullable()),
  /** The plans of which an account can serve now, or soon enough to wait for it. */
  served_by: z.array(tier),
  /** Set where none can. */
  obstacle: z.object({ code: z.enum(playgroundObstacles), until: instant.nullable() }).nullable(),
});

export type PlaygroundVariant = z.infer<typeof playgroundVariant>;

export const playgroundModel = z.object({
  id: z.string(),
  label: z.string(),
  family: z.string(),
  kind,
  /** What one should know before choosing it. */
  note: z.string().nullable(),
  ways: z.array(
    z.object({
      way,
      /** How many pictures it takes at least and at most, in all. */
      images: z.object({ min: z.int(), max: z.int() }),
      /** Goes on from an earlier video of this gateway. */
      needs_source_video: z.boolean(),
      variants: z.array(playgroundVariant),
    }),
  ),
});

export type PlaygroundModel = z.infer<typeof playgroundModel>;

/** A public id with what it fixes; null where it leaves the choice. */
export const playgroundId = z.object({
  id: z.string(),
  kind,
  description: z.string(),
  alias_of: z.string().nullable(),
  base: z.string(),
  ways: z.array(way),
  aspect_ratio: ratio.nullable(),
  seconds: z.int().nullable(),
  resolution: resolution.nullable(),
  tiers: z.array(tier).nullable(),
});

export type PlaygroundId = z.infer<typeof playgroundId>;

/** What the form offers, with what each choice costs and whether an account can serve it now. */
export const listPlaygroundModels = defineContract({
  method: 'GET',
  path: '/api/v1/admin/playground/models',
  query: z.object({
    /** Id of the account that alone is asked. */
    account: z.string().trim().min(1).max(100).optional(),
  }),
  body: z.undefined(),
  status: 200,
  output: z.object({
    models: z.array(playgroundModel),
    ids: z.array(playgroundId),
    limits: z.object({
      prompt_length: z.int(),
      outputs: z.int(),
      /** Of one picture. */
      image_bytes: z.int(),
      /** Of all pictures that are sent along, together. */
      images_bytes: z.int(),
    }),
  }),
});

export type PlaygroundModels = z.infer<typeof listPlaygroundModels.output>;

const megabyte = 1024 * 1024;
const mostOutputs = 4;

/** Of all pictures together, as bytes: base64 makes a third more of them. */
export const mostImageBytes = 45 * megabyte;

const role = z.enum(['first_frame', 'last_frame', 'ingredient']);

/** What was chosen, to be chosen again. */
export const playgroundForm = z.object({
  model: z.string(),
  base: z.string(),
  way,
  prompt: z.string(),
  aspect_ratio: ratio,
  seconds: z.int().nullable(),
  resolution,
  outputs: z.int(),
  account: z.object({ id: z.string(), email: z.string().nullable() }).nullable(),
  images: z.array(
    z.object({
      role,
      name: z.string().nullable(),
      /** Null: it was uploaded, and is not kept. */
      url: z.string().nullable(),
    }),
  ),
  source_video: z.string().nullable(),
});

export type PlaygroundForm = z.infer<typeof playgroundForm>;

const media = z.object({
  id: z.string(),
  kind,
  /** `base`: what was made before an upscale that did not come. */
  role: z.enum(['result', 'base']),
  /** Null: the file is no longer kept. */
  url: z.string().nullable(),
  preview_url: z.string().nullable(),
  /** False: an address of the upstream, which the console links to but never loads by itself. */
  is_stored: z.boolean(),
  content_type: z.string(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  duration_seconds: z.int().nullable(),
  size_bytes: z.int().nullable(),
});

export type PlaygroundMedia = z.infer<typeof media>;

const jobStates = ['queued', 'running', 'completed', 'failed', 'cancelled'] as const;

/** One output on its way. */
export const playgroundJob = z.object({
  id: z.string(),
  state: z.enum(jobStates),
  /** In the order in which they began. `queued` comes first, and again where an account gave it back. */
  stages: z.array(
    z.object({
      name: z.enum([
        'queued',
        'account_selected',
        'uploading',
        'submitting',
        'generating',
        'upscaling',
        'saving',
      ]),
      started_at: instant,
      ended_at: instant.nullable(),
      /** Of `account_selected`. */
      account: z.string().nullable(),
    }),
  ),
  queue: z.object({ position: z.int(), estimate_seconds: z.int().nullable() }).nullable(),
  /** Null: nothing is known of how far it is. */
  progress: z.object({ percent: z.int(), estimated: z.boolean() }).nullable(),
  account: z.object({ id: z.string().nullable(), email: z.string() }).nullable(),
  credits: z.int(),
  media: z.array(media),
  error: z
    .object({
      code: z.string(),
      /** Our sentence. */
      message: z.string(),
      /** What upstream gave as its reason, as it came. */
      upstream: z.string().nullable(),
      retry_after: z.int().nullable(),
    })
    .nullable(),
  cancel_requested: z.boolean(),
  /** Whether upstream has, or may have, accepted it: from then on it is not ours to stop. */
  accepted: z.boolean(),
  created_at: instant,
  started_at: instant.nullable(),
  ended_at: instant.nullable(),
});

export type PlaygroundJob = z.infer<typeof playgroundJob>;

/** A run with all that is known of it. */
export const playgroundRun = z.object({
  id: z.string(),
  /** By which the log has it. */
  log_id: z.string(),
  /** `running` until every output has ended; then `completed` where at least one was made. */
  state: z.enum(jobStates),
  kind,
  form: playgroundForm,
  /** The middle of how long this model took in the last 7 days; null: it was not used. */
  usually_ms: z.int().nullable(),
  jobs: z.array(playgroundJob),
  created_at: instant,
  ended_at: instant.nullable(),
});

export type PlaygroundRun = z.infer<typeof playgroundRun>;

const runId = z.string().regex(/^run_[a-z0-9]{16,40}$/, 'Use run_ and 16 to 40 small letters and digits.');

/**
 * Starts a run of 1 to 4 outputs. The id is the caller's: a second call with the same one makes nothing and gets the
 * first run as it is.
 */
export const startPlaygroundRun = defineContract({
  method: 'POST',
  path: '/api/v1/admin/playground/runs',
  query: z.object({}),
  body: z.strictObject({
    id: runId,
    model: z.string().trim().min(1).max(200),
    prompt: z
      .string()
      .max(200_000)
      .refine((text) => text.trim() !== '', 'Say what to make.'),
    aspect_ratio: ratio.optional(),
    seconds: z.int().min(1).max(600).optional(),
    resolution: resolution.optional(),
    outputs: z.int().min(1).max(mostOutputs).default(1),
    /** Id of the account that is to make it; absent: whichever fits. */
    account: z.string().trim().min(1).max(100).optional(),
    images: z
      .array(
        z.strictObject({
          role,
          /** A `data:` address, or one of a file of this gateway or of the network. */
          url: z.string().regex(/^(?:data:|https?:)/i, 'Use a data, http or https URL.'),
          /** Of the file, for the form. */
          name: z.string().max(200).optional(),
        }),
      )
      .max(20)
      .default([]),
    /** Id of a video of this gateway to go on from. */
    source_video: z.string().trim().min(1).max(200).optional(),
  }),
  maxBodyBytes: 64 * megabyte,
  status: 202,
  refuses: [404, 429, 503],
  output: playgroundRun,
});

export type StartRunInput = z.input<typeof startPlaygroundRun.body>;

/** The last 20 runs, the newest first. */
export const listPlaygroundRuns = defineContract({
  method: 'GET',
  path: '/api/v1/admin/playground/runs',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: z.object({
    items: z.array(
      playgroundRun
        .pick({ id: true, state: true, kind: true, created_at: true, ended_at: true })
        .extend({ model: z.string(), prompt: z.string(), outputs: z.int(), media: media.nullable() }),
    ),
  }),
});

export type PlaygroundRunRow = z.infer<typeof listPlaygroundRuns.output>['items'][number];

/** One run as it is now. */
export const readPlaygroundRun = defineContract({
  method: 'GET',
  path: '/api/v1/admin/playground/runs/{id}',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  isPrivate: true,
  output: playgroundRun,
});

/** The same as it changes, as server-sent events: each is the whole run. Ends with the run. */
export const followPlaygroundRun = defineContract({
  method: 'GET',
  path: '/api/v1/admin/playground/runs/{id}/events',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  produces: ['text/event-stream'],
  output: z.string(),
});

/** Stops what has not ended. What upstream has accepted may be finished all the same; the run says so. */
export const cancelPlaygroundRun = defineContract({
  method: 'DELETE',
  path: '/api/v1/admin/playground/runs/{id}',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: playgroundRun,
});
