'use client';

import { changePassword } from '@/lib/admin-api/account-security';
import { callAdmin } from '@/lib/admin-api/client';
import { setUp, signIn } from '@/lib/admin-api/sign-in';

type Fields = Record<string, string>;

const text = (fields: Fields, name: string) => fields[name] ?? '';

/** Begins a session; the browser has its cookie afterwards. */
export const sendSignIn = (fields: Fields) =>
  callAdmin(signIn, {
    body: {
      username: text(fields, 'username'),
      password: text(fields, 'password'),
      next: text(fields, 'next'),
    },
  });

/** Puts a new password in the place of the current one. */
export const sendPassword = (fields: Fields) =>
  callAdmin(changePassword, {
    body: {
      current_password: text(fields, 'current_password'),
      new_password: text(fields, 'new_password'),
    },
  });

/** Creates the first administrator and begins its session. */
export const sendSetUp = (fields: Fields) =>
  callAdmin(setUp, {
    body: {
      code: text(fields, 'code'),
      username: text(fields, 'username'),
      password: text(fields, 'password'),
      repeat: text(fields, 'repeat'),
      next: text(fields, 'next'),
    },
  });
