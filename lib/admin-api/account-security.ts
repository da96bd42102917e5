import { z } from 'zod';
import { defineContract } from './contract';

const currentPassword = z.string('Enter your password.').min(1, 'Enter your password.').max(1_000);

/** Who is signed in. */
export const readAdministrator = defineContract({
  method: 'GET',
  path: '/api/v1/admin/administrator',
  worksBeforePasswordChange: true,
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: z.object({
    username: z.string(),
    /** Everything but changing the password is refused until then. */
    must_change_password: z.boolean(),
    /** Until when secrets are shown without asking for the password again; null: it is asked. */
    password_confirmed_until: z.iso.datetime().nullable(),
  }),
});

/** Changes the caller's password, and ends their other sign-ins. */
export const changePassword = defineContract({
  method: 'POST',
  path: '/api/v1/admin/password',
  worksBeforePasswordChange: true,
  query: z.object({}),
  body: z.strictObject({
    current_password: currentPassword,
    new_password: z
      .string('Use at least 12 characters.')
      .min(12, 'Use at least 12 characters.')
      .max(200, 'Use at most 200 characters.'),
  }),
  status: 200,
  refuses: [409, 429],
  output: z.object({ ended_sessions: z.int() }),
});

/** Changes the caller's user name. */
export const changeUsername = defineContract({
  method: 'PATCH',
  path: '/api/v1/admin/administrator',
  query: z.object({}),
  body: z.strictObject({
    username: z
      .string('Enter a username.')
      .trim()
      .min(1, 'Enter a username.')
      .max(64, 'Use at most 64 characters.'),
    current_password: currentPassword,
  }),
  status: 200,
  refuses: [409, 429],
  output: z.object({ username: z.string() }),
});
