'use client';

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
