import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DELETE, GET, POST, PUT } from '@/app/api/[...seed]/route';
import { POST as signIn } from '@/app/api/v1/admin/sign-in/route';
import { POST as chat } from '@/app/v1/chat/completions/route';
import { GET as models } from '@/app/v1/models/route';
import { listAccounts } from '@/db/repositories/accounts';
import { startTestProgram, type TestProgram, until } from '../support/test-runtime';
import { administrator, call, freshToken, signedIn } from './admin-console';
import { call as callSurface } from './surface-client';

// What the predecessor's paths answer where it can be shown without a whole server.

const handlers = { GET, POST, PUT, DELETE };

let program: TestProgram;
let bearer: string;

beforeAll(async () => {
  program = await startTestProgram();
  program.makeGlobal();
  await signedIn(program.runtime);
  bearer = (await call(POST, 'POST', '/api/login', { body: administrator })).json.token;
});
afterAll(() => program.stop());
beforeEach(() => program.simulator.clearFaults());

const ask = (method: keyof typeof handlers, path: string, body?: unknown) =>
  call(handlers[method], method, path, {
    ...(body === undefined ? {} : { body }),
    headers: { authorization: `Bearer ${bearer}` },
  });

let counter = 0;
function upstreamToken(email = ''): string {
  counter += 1;
  const sessionToken = freshToken();
  program.simulator.addAccount({
    sessionToken,
    email: email === '' ? `seed-answers-${counter}@example.com` : email,
    tier: 'PAYGATE_TIER_ONE',
    credits: 10,
  });
  return sessionToken;
}

const accounts = async () => (await listAccounts(program.runtime.db)).length;

test('the log has generations only: no sign-in, no list of models, nothing of the administration', async () => {
  await program.addAccount();
  await call(signIn, 'POST', '/api/v1/admin/sign-in', { body: administrator });
  await ask('DELETE', '/api/logs');
  const key = program.apiKey.value;
  await callSurface(models, '/v1/models', { key });
  const body = { model: 'gemini-3.1-flash-image', messages: [{ role: 'user', content: 'a heron' }] };
  const answer = await callSurface(chat, '/v1/chat/completions', { method: 'POST', key, body });
  expect(answer.status).toBe(200);
  await answer.text();
  await ask('POST', '/api/login', administrator);
  await program.runtime.requestLog.flush();
  const list = await until(async () => {
    const { json } = await ask('GET', '/api/logs');
    return json.length > 0 && json;
  });
  expect(list.map(({ operation }: { operation: string }) => operation)).toEqual(['generate_image']);
});

test.each([
  ['has nothing there', { type: 'status', status: 404 }],
  ['refuses', { type: 'status', status: 403 }],
  ['is asked too much', { type: 'status', status: 429 }],
  ['fails', { type: 'status', status: 503 }],
  ['breaks the connection', { type: 'reset', when: 'before' }],
] as const)('when upstream %s, a session token is a 400, tried or added', async (_what, effect) => {
  program.simulator.inject({ call: 'session', times: Number.POSITIVE_INFINITY, effect });
  const before = await accounts();
  for (const path of ['/api/tokens/st2at', '/api/tokens']) {
    const { status, json } = await ask('POST', path, { st: upstreamToken() });
    expect({ path, status, json }).toEqual({ path, status: 400, json: { detail: expect.any(String) } });
  }
  expect(await accounts()).toBe(before);
});

test('a project that cannot be made is a 400, and nothing is kept', async () => {
  program.simulator.inject({
    call: 'createProject',
    times: Number.POSITIVE_INFINITY,
    effect: { type: 'status', status: 503 },
  });
  const before = await accounts();
  expect((await ask('POST', '/api/tokens', { st: upstreamToken() })).status).toBe(400);
  expect(await accounts()).toBe(before);
});

test('an address with a slash at its end is the one without', async () => {
  const plain = await ask('GET', '/api/tokens');
  const slashed = await ask('GET', '/api/tokens/');
  expect(slashed.status).toBe(200);
  expect(slashed.json).toEqual(plain.json);
  expect((await ask('PUT', '/api/tokens/no-such/', { remark: 'x' })).status).toBe(404);
  expect((await ask('GET', '/api/nothing/')).json).toEqual({ detail: 'Not Found' });
});

test('the session token that an account has already is no change, another one is', async () => {
  const email = 'seed-same@example.com';
  const st = upstreamToken(email);
  const { token } = (await ask('POST', '/api/tokens', { st })).json;
  const put = async (body: object) => (await ask('PUT', `/api/tokens/${token.id}`, body)).json.message;
  expect(await put({ st })).toBe(`Nothing was given to change of ${email}.`);
  expect(await put({ st, remark: 'mine' })).toBe(`Updated ${email}.`);
  expect(await put({ st: upstreamToken(email) })).toBe(`Updated ${email}.`);
});
