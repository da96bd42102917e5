import { z } from 'zod';
import { defineContract } from './contract';
import { pageFields } from './query';

/** State of a key, computed. `over_limit`: one of its daily limits is used up. */
export const keyStatuses = ['active', 'disabled', 'expired', 'over_limit'] as const;

export type KeyStatus = (typeof keyStatuses)[number];

const instant = z.iso.datetime();
const mediaType = z.enum(['image', 'video']);

const name = z.string('Enter a name.').trim().min(1, 'Enter a name.').max(100, 'Use at most 100 characters.');

const limitMessage = 'Enter a whole number from 1, or leave empty for unlimited.';
const limit = z.int(limitMessage).min(1, limitMessage).max(1_000_000_000, limitMessage).nullable();

const models = z
  .array(z.string().trim().min(1).max(128))
  .min(1, 'Choose at least one model, or all.')
  .max(500)
  .nullable();

const mediaTypes = z.array(mediaType).min(1, 'Choose at least one kind of media, or both.').max(2).nullable();

/** What an operator decides about a key; null: no limit, all models, both kinds, no end. */
const keyRules = z.object({
  expires_at: instant.nullable(),
  models,
  media_types: mediaTypes,
  requests_per_minute: limit,
  concurrent_jobs: limit,
  images_per_day: limit,
  videos_per_day: limit,
  credits_per_day: limit,
});

/** One API key as the console sees it. Never its value, only the hint. */
export const keyRow = keyRules.extend({
  id: z.string(),
  name: z.string(),
  /** First and last characters of the value. */
  hint: z.string(),
  status: z.enum(keyStatuses),
  enabled: z.boolean(),
  /** Until when the value before the last rotation works as well. */
  previous_works_until: instant.nullable(),
  /** Of the day in the configured time zone. */
  today: z.object({ requests: z.int(), images: z.int(), videos: z.int(), credits: z.int() }),
  /** Its jobs that have not ended. */
  unfinished_jobs: z.int(),
  last_used_at: instant.nullable(),
  created_at: instant,
});

export type KeyRow = z.infer<typeof keyRow>;

/** What a list can be ordered by; `-` before it turns the order round. */
export const keySorts = ['name', 'created_at', 'last_used_at', 'expires_at'] as const;

const sortWords = keySorts.flatMap((key) => [key, `-${key}` as const]);

const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(item));

/** Keys that match, page by page, with today's use. `status` may be given several times. */
export const listKeys = defineContract({
  method: 'GET',
  path: '/api/v1/admin/keys',
  query: z.object({
    /** Part of the name, the hint or the id, in any case. */
    q: z.string().trim().max(200).optional(),
    status: oneOrMore(z.enum(keyStatuses)).optional(),
    sort: z.enum(sortWords).default('-created_at'),
    limit: z.coerce.number().int().min(1).max(500).default(100),
    /** `next_cursor` of the page before. */
    cursor: z.string().optional(),
    ...pageFields,
  }),
  body: z.undefined(),
  status: 200,
  output: z.object({
    items: z.array(keyRow),
    next_cursor: z.string().nullable(),
    total: z.int(),
    total_is_capped: z.boolean(),
    /** Keys of each status, whatever the filters. */
    status_counts: z.record(z.enum(keyStatuses), z.int()),
    /** In which days begin and end. */
    time_zone: z.string(),
  }),
});

export type KeyList = z.infer<typeof listKeys.output>;

/** One key. */
export const getKey = defineContract({
  method: 'GET',
  path: '/api/v1/admin/keys/{id}',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: keyRow,
});

const use = z.object({ requests: z.int(), images: z.int(), videos: z.int(), credits: z.int() });

/** What one key used day by day, today last; days without any use are in it. */
export const readKeyUsage = defineContract({
  method: 'GET',
  path: '/api/v1/admin/keys/{id}/usage',
  query: z.object({ days: z.coerce.number().int().min(1).max(366).default(30) }),
  body: z.undefined(),
  status: 200,
  output: z.object({
    /** `YYYY-MM-DD` in `time_zone`. Credits are those charged; images and videos those that were not given back. */
    days: z.array(use.extend({ day: z.string() })),
    /** Of the days together. */
    total: use,
    /** Its jobs that have not ended. */
    unfinished_jobs: z.int(),
    time_zone: z.string(),
    /** When the daily limits begin anew. */
    day_ends_at: instant,
  }),
});

export type KeyUsage = z.infer<typeof readKeyUsage.output>;

/** A key with its value: the only time that it is shown. */
const keyWithValue = z.object({ key: keyRow, value: z.string() });

export type KeyWithValue = z.infer<typeof keyWithValue>;

/** Makes a key. */
export const createKey = defineContract({
  method: 'POST',
  path: '/api/v1/admin/keys',
  query: z.object({}),
  body: keyRules.partial().extend({ name }).strict(),
  status: 201,
  output: keyWithValue,
});

/** Changes what is given; `enabled: false` stops the key within a second. */
export const updateKey = defineContract({
  method: 'PATCH',
  path: '/api/v1/admin/keys/{id}',
  query: z.object({}),
  body: keyRules.extend({ name, enabled: z.boolean() }).partial().strict(),
  status: 200,
  output: keyRow,
});

/** How long the value before a rotation goes on working. */
export const graceTimes = ['none', '1h', '24h'] as const;

/** Gives the key another value. */
export const rotateKey = defineContract({
  method: 'POST',
  path: '/api/v1/admin/keys/{id}/rotate',
  query: z.object({}),
  body: z.strictObject({ grace: z.enum(graceTimes).default('none') }),
  status: 200,
  output: keyWithValue,
});

/** Deletes the key. What was made with it stays. */
export const deleteKey = defineContract({
  method: 'DELETE',
  path: '/api/v1/admin/keys/{id}',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: z.object({ deleted: z.literal(true) }),
});
