import { z } from 'zod';
import { defineContract } from './contract';

const instant = z.iso.datetime();

/** One sign-in to the console. */
export const signIn = z.object({
  id: z.string(),
  /** The one that asks. */
  current: z.boolean(),
  /** From where it began. */
  address: z.string().nullable(),
  user_agent: z.string().nullable(),
  created_at: instant,
  /** Noted once a minute at most. */
  last_seen_at: instant,
  expires_at: instant,
});

export type SignIn = z.infer<typeof signIn>;

/** How many sign-ins have ended by this. */
const ended = z.object({ ended: z.int() });

/** The caller's sign-ins that hold now, the one last seen first. */
export const listSessions = defineContract({
  method: 'GET',
  path: '/api/v1/admin/sessions',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: z.object({ items: z.array(signIn) }),
});

/** Ends all of the caller's sign-ins but this one. */
export const endOtherSessions = defineContract({
  method: 'DELETE',
  path: '/api/v1/admin/sessions',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: ended,
});

/** Ends one of the caller's sign-ins; the current one as well, which signs out. */
export const endSession = defineContract({
  method: 'DELETE',
  path: '/api/v1/admin/sessions/{id}',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: ended,
});
