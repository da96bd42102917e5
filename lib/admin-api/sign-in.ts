import { z } from 'zod';
import { defineContract } from './contract';

/** Where to go afterwards: a path of the console; anything else leads to the overview. */
const next = z.string().optional();

/** Begins a session; the answer sets its cookie. Also takes a plain HTML form, which it answers by a redirect. */
export const signIn = defineContract({
  method: 'POST',
  path: '/api/v1/admin/sign-in',
  isOpen: true,
  query: z.object({}),
  body: z.strictObject({ username: z.string(), password: z.string(), next }),
  status: 200,
  refuses: [401, 429],
  output: z.object({ next: z.string() }),
});

/** Creates the first administrator and signs it in; a plain HTML form as well. */
export const setUp = defineContract({
  method: 'POST',
  path: '/api/v1/admin/set-up',
  isOpen: true,
  query: z.object({}),
  body: z
    .strictObject({ code: z.string(), username: z.string(), password: z.string(), repeat: z.string(), next })
    .refine(({ password, repeat }) => password === repeat, {
      path: ['repeat'],
      error: 'The two passwords differ.',
    }),
  status: 200,
  refuses: [429],
  output: z.object({ next: z.string() }),
});

/** Ends the session of the caller. */
export const signOut = defineContract({
  method: 'DELETE',
  path: '/api/v1/admin/session',
  worksBeforePasswordChange: true,
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: z.object({}),
});
