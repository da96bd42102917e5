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
import { getRuntime, type Runtime } from '@/lib/runtime';

const textOf = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
};

export async function signInAction(_state: SignInState, form: FormData): Promise<SignInState> {
  const runtime = await getRuntime();
  const username = textOf(form, 'username');
  const visitor = await readVisitor(runtime);
  const result = await signIn(runtime, { username, password: textOf(form, 'password'), ...visitor });
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
  const visitor = await readVisitor(runtime);
  try {
    const input = { code, username, password, address: visitor.address };
    const administrator = await createFirstAdministrator(runtime, input);
    await rememberSession(await startSession(runtime, administrator, visitor));
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return { ...typed, ...refusal(error) };
  }
  redirect(parseLocalPath(textOf(form, 'next')));
}

async function readVisitor(runtime: Runtime) {
  const found = await headers();
  return { address: clientAddress(runtime, { headers: found }), userAgent: found.get('user-agent') };
}

function refusal({ message, param, retryAfterSeconds }: GatewayError): SignInState {
  if (retryAfterSeconds !== undefined) return { retryAfterSeconds };
  return param === undefined ? { message } : { fields: { [param]: message } };
}
