import { z } from 'zod';

/** How every failure of the admin API looks. `fields` holds one message for each field at fault, by its name. */
export const adminError = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    fields: z.record(z.string(), z.string()).optional(),
    /** Facts that a client can act on, such as the id of the account that exists already. */
    details: z.record(z.string(), z.unknown()).optional(),
    request_id: z.string(),
    /** Seconds. */
    retry_after: z.number().optional(),
  }),
});

export type AdminError = z.infer<typeof adminError>['error'];
