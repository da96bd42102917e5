import { afterAll, beforeAll, expect, test } from 'vitest';
import { DELETE, GET, POST, PUT } from '@/app/api/[...seed]/route';
import { GET as whoAmI } from '@/app/api/v1/admin/administrator/route';
import { findAccount, findAccountByEmail } from '@/db/repositories/accounts';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { administrator, call, freshToken, signedIn } from './admin-console';

// The predecessor's paths beside what only the whole walk of tests/contract/seed-api.test.ts can show.

const proxyUrl = 'http://maria:geheim@proxy.example:8080';
const shown = 'http://••••@proxy.example:8080';
const edited = 'http://••••@other.example:8080';
const handlers = { GET, POST, PUT, DELETE };

let program: TestProgram;
let cookie: string;
let bearer: string;

beforeAll(async () => {
  program = await startTestProgram();
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
  bearer = (await call(POST, 'POST', '/api/login', { body: administrator })).json.token;
});
afterAll(() => program.stop());

const ask = (method: keyof typeof handlers, path: string, body?: unknown, token = bearer) =>
  call(handlers[method], method, path, {
    ...(body === undefined ? {} : { body }),
    headers: { authorization: `Bearer ${token}` },
  });
const upstreamToken = (email: string) => {
  const sessionToken = freshToken();
  program.simulator.addAccount({ sessionToken, email, tier: 'PAYGATE_TIER_ONE', credits: 10 });
  return sessionToken;
};
const ownProxyOf = async (id: string) =>
  program.runtime.secrets.open((await findAccount(program.runtime.db, id))?.proxyUrlSealed ?? '');

test('a masked proxy of the settings stays as it is; an edited one is refused as an address that cannot be read', async () => {
  const save = (proxy_url: string) => ask('POST', '/api/proxy/config', { proxy_enabled: false, proxy_url });
  await save(proxyUrl);
  expect((await ask('GET', '/api/proxy/config')).json.proxy_url).toBe(shown);
  expect((await save(shown)).json.success).toBe(true);
  const refused = await save(edited);
  expect(refused).toMatchObject({
    status: 200,
    json: { success: false, message: expect.stringContaining('dots') },
  });
  expect(program.runtime.settings.current()['proxy.url']).toBe(proxyUrl);
});

test('a masked proxy of an account stays as it is; an edited one is a 400 and changes nothing', async () => {
  const { id } = await program.addAccount();
  await ask('PUT', `/api/tokens/${id}`, { proxy_url: proxyUrl });
  expect((await ask('PUT', `/api/tokens/${id}`, { proxy_url: shown, remark: 'kept' })).status).toBe(200);
  const refused = await ask('PUT', `/api/tokens/${id}`, { proxy_url: edited, remark: 'lost' });
  expect(refused).toMatchObject({ status: 400, json: { detail: expect.stringContaining('dots') } });
  expect(await ownProxyOf(id)).toBe(proxyUrl);
  expect((await findAccount(program.runtime.db, id))?.remark).toBe('kept');
  const st = upstreamToken('seed-masked@example.com');
  expect((await ask('POST', '/api/tokens', { st, proxy_url: shown })).status).toBe(400);
});

test('a connection token that is too short or half masked is a 400, a masked one stays', async () => {
  const save = (connection_token: string) => ask('POST', '/api/plugin/config', { connection_token });
  await save('sixteen-letters!');
  for (const wrong of ['fifteen-letters', '••••••••x']) expect((await save(wrong)).status).toBe(400);
  expect((await save('••••••••')).status).toBe(200);
  expect(program.runtime.settings.current()['plugin.connection_token']).toBe('sixteen-letters!');
});

test('a right bearer token passes, however many from its address were wrong', async () => {
  const wrong = [];
  for (let tries = 0; tries < 30; tries += 1)
    wrong.push((await ask('GET', '/api/stats', undefined, `admin-${'x'.repeat(43)}`)).status);
  expect(wrong.slice(0, 20)).toEqual(Array(20).fill(401));
  expect(wrong.at(-1)).toBe(429);
  expect((await ask('GET', '/api/stats')).status).toBe(200);
});

test('a bearer token decides here, also beside a good cookie; in the console the cookie alone does', async () => {
  const both = (token: string) => ({ cookie, headers: { authorization: `Bearer ${token}` } });
  const wrong = `admin-${'y'.repeat(43)}`;
  expect((await call(GET, 'GET', '/api/stats', { cookie })).status).toBe(200);
  expect((await call(GET, 'GET', '/api/stats', both(wrong))).status).toBe(401);
  const path = '/api/v1/admin/administrator';
  expect((await call(whoAmI, 'GET', path, both(wrong))).json.username).toBe(administrator.username);
  expect((await call(whoAmI, 'GET', path, both(program.apiKey.value))).status).toBe(200);
  const alone = await call(whoAmI, 'GET', path, { headers: { authorization: `Bearer ${bearer}` } });
  expect([alone.status, alone.json.error.code]).toEqual([401, 'sign_in_required']);
});

test('the answer to a change names the fields that there is no use for', async () => {
  const { id, email } = await program.addAccount();
  const changed = await ask('PUT', `/api/tokens/${id}`, { remark: 'x', login_account: 'ada', captcha: null });
  expect(changed.json).toEqual({ success: true, message: `Updated ${email}. Not used: login_account.` });
  const nothing = await ask('PUT', `/api/tokens/${id}`, { remarks: 'misspelled' });
  expect(nothing.json.message).toBe(`Nothing was given to change of ${email}. Not used: remarks.`);
  const st = upstreamToken('seed-unused@example.com');
  const added = await ask('POST', '/api/tokens', { st, google_cookies: 'SID=1' });
  expect(added.json.message).toBe('Added seed-unused@example.com. Not used: google_cookies.');
});

test('an import takes numbers and truths as text, and refuses the rows where they are neither', async () => {
  const token = (email: string, part: object) => ({ session_token: upstreamToken(email), ...part });
  const { json } = await ask('POST', '/api/tokens/import', {
    tokens: [
      token('seed-text@example.com', {
        image_concurrency: ' 3 ',
        video_concurrency: '-1',
        image_enabled: 'false',
        is_active: 'yes',
      }),
      token('seed-words@example.com', { image_concurrency: 'three' }),
      token('seed-part@example.com', { video_concurrency: '2.5' }),
      token('seed-truth@example.com', { image_enabled: 'perhaps' }),
    ],
  });
  expect(json).toMatchObject({
    added: 1,
    errors: [
      'Row 2: image_concurrency is not a whole number.',
      'Row 3: video_concurrency is not a whole number.',
      'Row 4: image_enabled is neither true nor false.',
    ],
  });
  expect(await findAccountByEmail(program.runtime.db, 'seed-text@example.com')).toMatchObject({
    imageConcurrency: 3,
    videoConcurrency: null,
    imageEnabled: false,
    enabled: true,
  });
});
