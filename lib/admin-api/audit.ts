import { z } from 'zod';
import { defineContract } from './contract';
import { pageFields } from './query';

/** Something that was done in the console or through its API. Holds no secret. */
export const auditEntry = z.object({
  id: z.int(),
  at: z.iso.datetime(),
  /** Their name at that time; null: nobody who was signed in. */
  administrator: z.string().nullable(),
  /** `<what>.<verb>`, e.g. `settings.change`. */
  action: z.string(),
  /** Id or key of what it was done to. */
  object: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
  request_id: z.string().nullable(),
  address: z.string().nullable(),
});

export type AuditEntry = z.infer<typeof auditEntry>;

/** The entries that match, the newest first, page by page. */
export const listAudit = defineContract({
  method: 'GET',
  path: '/api/v1/admin/audit',
  query: z.object({
    /** A whole action, or all that begin so where it ends in a dot: `settings.`. */
    action: z
      .string()
      .trim()
      .regex(
        /^[a-z_.]{1,64}$/,
        'Use an action such as settings.change, or its beginning with a dot: settings.',
      )
      .optional(),
    object: z.string().trim().min(1).max(200).optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
    /** `next_cursor` of the page before. */
    cursor: z.coerce.number().int().positive().optional(),
    sort: z.enum(['-at', 'at']).default('-at'),
    ...pageFields,
  }),
  body: z.undefined(),
  status: 200,
  output: z.object({
    items: z.array(auditEntry),
    next_cursor: z.string().nullable(),
    /** At most 10,000. */
    total: z.int(),
    total_is_capped: z.boolean(),
  }),
});
