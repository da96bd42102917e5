'use server';

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { SignInState } from '@/components/login/form-state';
import { parseLocalPath } from '@/lib/auth/local-path';
import { rememberSession } from '@/lib/auth/session';
import { startSession } from '@/lib/auth/session-value';
import { createFirstAdministrator } from '@/lib/auth/setup';
import { signIn } from '@/lib/auth/sign-in';
import { type GatewayError, isGatewayError } from '@/lib/errors';
import { clientAddress } from '@/lib/route/public-origin';
import { getRuntime } from '@/lib/runtime';

const textOf = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
};

export async function signInAction(_state: SignInState, form: FormData): Promise<SignInState> {
  const runtime = await getRuntime();
  const username = textOf(form, 'username');
  const address = clientAddress(runtime, { headers: await headers() });
  const result = await signIn(runtime, { username, password: textOf(form, 'password'), address });
  const sentAt = runtime.now().getTime();
  if (result.outcome === 'throttled')
    return { username, retryAfterSeconds: result.retryAfterSeconds, sentAt };
  if (result.outcome === 'wrong') return { username, message: 'Username or password is wrong.', sentAt };
  await rememberSession(result.session);
  redirect(parseLocalPath(textOf(form, 'next')));
}

export async function createAdministratorAction(_state: SignInState, form: FormData): Promise<SignInState> {
  const runtime = await getRuntime();
  const [username, password] = [textOf(form, 'username'), textOf(form, 'password')];
  const code = textOf(form, 'code');
  const typed = { code, username, sentAt: runtime.now().getTime() };
  if (password !== textOf(form, 'repeat')) {
    return { ...typed, fields: { repeat: 'The two passwords differ.' } };
  }
  const address = clientAddress(runtime, { headers: await headers() });
  try {
    const input = { code, username, password, address };
    await rememberSession(await startSession(runtime, await createFirstAdministrator(runtime, input)));
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return { ...typed, ...refusal(error) };
  }
  redirect(parseLocalPath(textOf(form, 'next')));
}

function refusal({ message, param, retryAfterSeconds }: GatewayError): SignInState {
  if (retryAfterSeconds !== undefined) return { retryAfterSeconds };
  return param === undefined ? { message } : { fields: { [param]: message } };
}
