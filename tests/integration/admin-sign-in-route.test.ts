import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GET as unknownApi } from '@/app/api/route';
import { GET as list } from '@/app/api/v1/admin/accounts/route';
import { DELETE as signOut } from '@/app/api/v1/admin/session/route';
import { POST as setUp } from '@/app/api/v1/admin/set-up/route';
import { POST as signIn } from '@/app/api/v1/admin/sign-in/route';
import { storeSetupCode } from '@/lib/auth/setup';
import { answerNextAuth } from '@/lib/route/next-auth-route';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { administrator, call, origin, signedIn } from './admin-console';

const path = '/api/v1/admin/sign-in';
const wrong = { ...administrator, password: 'wrong horse battery' };

let program: TestProgram;

beforeAll(async () => {
  program = await startTestProgram({ services: false });
  program.makeGlobal();
  await signedIn(program.runtime);
});
afterAll(() => program.stop());
beforeEach(async () => {
  await program.runtime.db.delete(program.runtime.db.tables.rateCounters);
});

/** As a browser without scripts sends the form. */
const post = (
  handler: (request: Request) => Promise<Response>,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
) =>
  handler(
    new Request(`${origin}${path}`, {
      method: 'POST',
      headers: { host: new URL(origin).host, origin, ...headers },
      body: new URLSearchParams(fields),
    }),
  );

const cookieOf = (headers: Headers) => headers.get('set-cookie')?.split(';')[0] ?? '';

test('the right password gives a cookie that opens the admin API, and the way back', async () => {
  const body = { ...administrator, next: '/admin/accounts?q=a' };
  const { status, json, headers } = await call(signIn, 'POST', path, { body });
  expect([status, json]).toEqual([200, { next: '/admin/accounts?q=a' }]);
  expect(headers.get('set-cookie')).toMatch(/; Path=\/; Max-Age=1209600; HttpOnly; SameSite=Lax$/);
  const opened = await call(list, 'GET', '/api/v1/admin/accounts', { cookie: cookieOf(headers) });
  expect(opened.status).toBe(200);
});

test('a wrong password is a 401 without a cookie', async () => {
  const { status, json, headers } = await call(signIn, 'POST', path, { body: wrong });
  expect(status).toBe(401);
  expect(json.error).toMatchObject({
    code: 'wrong_credentials',
    message: 'Username or password is wrong.',
  });
  expect(headers.get('set-cookie')).toBeNull();
});

test('too many tries are a 429 that says how long to wait', async () => {
  for (let index = 0; index < 5; index += 1) await call(signIn, 'POST', path, { body: wrong });
  const { status, json, headers } = await call(signIn, 'POST', path, { body: administrator });
  expect([status, json.error.retry_after, headers.get('retry-after')]).toEqual([429, 5, '5']);
});

test('a name longer than names are is wrong, and is never counted', async () => {
  const body = { ...wrong, username: 'a'.repeat(65) };
  for (let index = 0; index < 12; index += 1) {
    expect((await call(signIn, 'POST', path, { body })).status).toBe(401);
  }
});

test('more passwords at once than can be compared are refused with a time to come back', async () => {
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      call(signIn, 'POST', path, {
        body: { ...wrong, username: `user-${index}` },
        headers: { 'x-flow2api-peer': `203.0.113.${index}` },
      }),
    ),
  );
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 401).length).toBeLessThan(15);
  expect(answers.find(({ status }) => status === 429)?.headers.get('retry-after')).toBe('2');
});

describe('where scripts do not run', () => {
  test('the form leads to where one wanted to go', async () => {
    const response = await post(signIn, { ...administrator, next: '/admin/accounts' });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/admin/accounts']);
    expect(cookieOf(response.headers)).toMatch(/^flow2api\.session=./);
  });

  test('a refused form leads back to the page, with the reason and without what was typed', async () => {
    const response = await post(signIn, { ...wrong, next: '/admin/accounts' });
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe(
      '/admin/login?next=%2Fadmin%2Faccounts&refused=wrong_credentials',
    );
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  test('another site is never the next page', async () => {
    const response = await post(signIn, { ...administrator, next: 'https://evil.example' });
    expect(response.headers.get('location')).toBe('/admin');
  });
});

describe('behind a proxy that changes the host', () => {
  const visited = { host: '127.0.0.1:8000', origin: 'https://gateway.example' };
  const attempt = (headers: Record<string, string>) =>
    call(signIn, 'POST', path, { body: administrator, headers: { ...visited, ...headers } });

  test.each([
    ['the browser says that it is the same site', { 'sec-fetch-site': 'same-origin' }],
    [
      'a trusted proxy says what it was called by',
      { 'x-flow2api-peer': '172.18.0.5', 'x-forwarded-host': 'gateway.example' },
    ],
  ])('signing in works when %s', async (_how, headers) => {
    expect((await attempt(headers)).status).toBe(200);
  });

  test('the cookie is Secure when a trusted proxy was visited by https, whatever a stranger claims', async () => {
    const https = { 'sec-fetch-site': 'same-origin', 'x-forwarded-proto': 'https' };
    const line = async (peer: string) =>
      (await attempt({ ...https, 'x-flow2api-peer': peer })).headers.get('set-cookie');
    expect(await line('172.18.0.5')).toMatch(/; Secure$/);
    expect(await line('203.0.113.9')).not.toMatch(/Secure/);
  });

  test('otherwise the refusal names the host, the origin and what to do', async () => {
    const { status, json } = await attempt({});
    expect(status).toBe(403);
    expect(json.error.code).toBe('cross_site_request');
    for (const word of ['127.0.0.1:8000', 'https://gateway.example', 'Host', 'PUBLIC_URL'])
      expect(json.error.message).toContain(word);
  });
});

test('signing out ends the session, and without one there is nothing to end', async () => {
  const cookie = cookieOf((await call(signIn, 'POST', path, { body: administrator })).headers);
  const end = () => call(signOut, 'DELETE', '/api/v1/admin/session', { cookie });
  expect((await end()).status).toBe(200);
  expect((await end()).status).toBe(401);
});

test('setting up names the field at fault, and then signs in', async () => {
  const fresh = await startTestProgram({ services: false });
  try {
    fresh.makeGlobal();
    const code = (await storeSetupCode(fresh.runtime)) ?? '';
    const body = { ...administrator, code, repeat: administrator.password };
    const send = (part: Partial<typeof body>) =>
      call(setUp, 'POST', '/api/v1/admin/set-up', { body: { ...body, ...part } });
    expect((await send({ repeat: 'another one entirely' })).json.error.fields).toEqual({
      repeat: 'The two passwords differ.',
    });
    expect((await send({ code: 'AAAA' })).json.error.code).toBe('wrong_setup_code');
    expect(cookieOf((await send({})).headers)).toMatch(/^flow2api\.session=./);
  } finally {
    program.makeGlobal();
    await fresh.stop();
  }
});

describe('what of next-auth is open', () => {
  const never = () => Promise.reject(new Error('next-auth must not be asked'));
  const ask = (method: string, address: string, init: RequestInit = {}) =>
    answerNextAuth(new Request(`${origin}/api/auth/${address}`, { method, ...init }), never);

  test.each([
    ['GET', 'signout'],
    ['GET', 'signin'],
    ['GET', 'verify-request'],
    ['GET', 'error'],
    ['GET', 'providers'],
    ['GET', 'callback/credentials'],
    ['POST', '_log'],
  ])('%s %s is a JSON 404', async (method, address) => {
    const response = await ask(method, address);
    expect(response.status).toBe(404);
    expect((await response.json()).error.code).toBe('not_found');
  });

  test('a body is read up to 16 KB and no further', async () => {
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(8 * 1024).fill(97));
      },
    });
    const response = await ask('POST', 'callback/credentials', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: endless,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
    expect(sent).toBeLessThan(10);
  });

  test('next-auth gets the fields of a small form', async () => {
    const fields = { username: 'ada', password: 'x' };
    const request = new Request(`${origin}/api/auth/callback/credentials`, {
      method: 'POST',
      body: new URLSearchParams(fields),
    });
    await answerNextAuth(request, async (_runtime, form) => {
      expect(Object.fromEntries(form ?? [])).toEqual(fields);
      return new Response();
    });
    expect.assertions(1);
  });

  test('its "no" to somebody who has to wait is a 429', async () => {
    const request = new Request(`${origin}/api/auth/callback/credentials`, {
      method: 'POST',
      body: new URLSearchParams(),
    });
    const response = await answerNextAuth(request, async (_runtime, _form, onThrottled) => {
      onThrottled(7);
      return new Response(null, { status: 401 });
    });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
  });
});

test('/api itself is a JSON 404', async () => {
  expect((await call(unknownApi, 'GET', '/api')).json.error.code).toBe('not_found');
});
