import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { POST as checkTokens } from '@/app/api/plugin/check-tokens/route';
import { OPTIONS as preflight, POST as updateToken } from '@/app/api/plugin/update-token/route';
import { findAccount, findAccountByEmail, listAccounts, updateAccount } from '@/db/repositories/accounts';
import { listAudit } from '@/lib/audit';
import { startHttpProxy } from '@/lib/http/__fixtures__/proxies';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { freshToken, origin } from './admin-console';

const connectionToken = 'connection-token-of-the-test';

let program: TestProgram;

beforeAll(async () => {
  program = await startTestProgram({ services: false });
  program.makeGlobal();
});
afterAll(() => program.stop());
beforeEach(async () => {
  program.simulator.clearFaults();
  await program.runtime.settings.update({
    'plugin.connection_token': connectionToken,
    'plugin.auto_enable_on_update': true,
  });
});

type Route = typeof updateToken;

async function post(route: Route, body: unknown, authorization: string | undefined = connectionToken) {
  const request = new Request(`${origin}/api/plugin/x`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization === '' ? {} : { authorization }) },
    body: JSON.stringify(body),
  });
  const response = await route(request, { params: Promise.resolve({}) });
  return { status: response.status, json: await response.json(), headers: response.headers };
}

const upstreamToken = (email: string, part: object = {}): string => {
  const sessionToken = freshToken();
  program.simulator.addAccount({ sessionToken, email, tier: 'PAYGATE_TIER_ONE', credits: 10, ...part });
  return sessionToken;
};

const routes: [string, Route][] = [
  ['update-token', updateToken],
  ['check-tokens', checkTokens],
];

test.each(routes)('%s takes the connection token only, bare or as bearer', async (_name, route) => {
  const body = { session_token: upstreamToken('auth@example.com') };
  expect((await post(route, body, 'another-token')).status).toBe(401);
  expect((await post(route, body, '')).status).toBe(401);
  expect((await post(route, body, program.apiKey.value)).status).toBe(401);
  expect((await post(route, body, `Bearer ${connectionToken}`)).status).toBe(200);
  expect((await post(route, body, connectionToken)).status).toBe(200);
});

test.each(routes)('%s is off without a connection token in the settings', async (_name, route) => {
  await program.runtime.settings.update({ 'plugin.connection_token': '' });
  const { status, json } = await post(route, { session_token: freshToken() }, 'Bearer ');
  expect(status).toBe(401);
  expect(json).toEqual({ detail: expect.stringContaining('switched off') });
});

test('a session token of an unknown account adds it, in the predecessor’s shape', async () => {
  const { status, json } = await post(updateToken, {
    session_token: upstreamToken('new@example.com'),
    protocol_mode: 'session',
    google_cookies: 'ignored=1',
  });
  const row = await findAccountByEmail(program.runtime.db, 'new@example.com');
  expect(status).toBe(200);
  expect(json).toEqual({
    success: true,
    message: expect.any(String),
    action: 'added',
    token_id: row?.id,
  });
  expect(row?.remark).toBe('Added by the browser extension');
});

test('a session token of an account that is here takes the place of its own', async () => {
  const row = await program.addAccount();
  const token = upstreamToken(row.email.toUpperCase(), { credits: 3 });
  const { json } = await post(updateToken, { session_token: token });
  expect(json).toEqual({ success: true, message: expect.any(String), action: 'updated' });
  const now = await findAccount(program.runtime.db, row.id);
  expect(program.runtime.secrets.open(now?.sessionTokenSealed ?? '')).toBe(token);
  expect(now).toMatchObject({ credits: 3, expiredAt: null, remark: row.remark });
});

test.each([
  ['disabled', { enabled: false, disabledAt: new Date() }],
  ['auto-disabled', { bannedAt: new Date(), banReason: 'HTTP 403', errorStreak: 3 }],
])(
  'an account that was %s is switched on again where the setting says so, and only there',
  async (_how, off) => {
    const row = await program.addAccount();
    await updateAccount(program.runtime.db, row.id, off, new Date());
    await program.runtime.settings.update({ 'plugin.auto_enable_on_update': false });
    const kept = await post(updateToken, { session_token: upstreamToken(row.email) });
    expect(kept.json.auto_enabled).toBeUndefined();
    expect(await findAccount(program.runtime.db, row.id)).toMatchObject(off);

    await program.runtime.settings.update({ 'plugin.auto_enable_on_update': true });
    const { json } = await post(updateToken, { session_token: upstreamToken(row.email) });
    expect(json).toMatchObject({ action: 'updated', auto_enabled: true });
    expect(await findAccount(program.runtime.db, row.id)).toMatchObject({
      enabled: true,
      bannedAt: null,
      errorStreak: 0,
    });
  },
);

/** An account with a proxy of its own, and what that one sees of a session token that is brought. */
const withProxy = async () => {
  const proxy = await startHttpProxy();
  onTestFinished(proxy.close);
  const { id, email } = await program.addAccount();
  const proxyUrlSealed = program.runtime.secrets.seal(proxy.url);
  await updateAccount(program.runtime.db, id, { proxyUrlSealed }, new Date());
  const sessionToken = upstreamToken(email);
  const calls = () => proxy.seen.map((line) => line.replace(/^.*\/(?=\w+$)/, ''));
  return { id, email, sessionToken, calls };
};

test.each([
  ['that the sender names', ({ email }: { email: string }) => ({ email: email.toUpperCase() })],
  ['whose sign-in the sender names', ({ email }: { email: string }) => ({ login_account: email })],
])('of an account %s, every call goes through its own proxy', async (_how, naming) => {
  const account = await withProxy();
  await post(updateToken, { session_token: account.sessionToken, ...naming(account) });
  expect(account.calls()).toEqual(['session', 'credits']);
});

test('of an account that only upstream names, every call after the first goes through its own proxy', async () => {
  const account = await withProxy();
  program.simulator.account(account.email).rotateSessionToken = true;
  await post(updateToken, { session_token: account.sessionToken });
  expect(account.calls()).toEqual(['credits', 'session', 'credits']);
});

test('a wrong name changes nothing: the proxy is that of the account that the token belongs to', async () => {
  const [account, other] = [await withProxy(), await withProxy()];
  const { status } = await post(updateToken, { session_token: account.sessionToken, email: other.email });
  expect(status).toBe(200);
  expect(other.calls()).toEqual(['session']);
  expect(account.calls()).toEqual(['credits']);
  const row = await findAccount(program.runtime.db, account.id);
  expect(program.runtime.secrets.open(row?.sessionTokenSealed ?? '')).toBe(account.sessionToken);
});

test('a name that is no text is passed over', async () => {
  const body = { session_token: upstreamToken('odd@example.com'), email: 7, login_account: ['x'] };
  expect((await post(updateToken, body)).status).toBe(200);
});

test('a proxy that cannot be opened any more goes with the old session token', async () => {
  const { id, email } = await program.addAccount();
  await updateAccount(program.runtime.db, id, { proxyUrlSealed: 'v1.lost.AAAA' }, new Date());
  const token = upstreamToken(email);
  expect((await post(updateToken, { session_token: token, email })).json.action).toBe('updated');
  const row = await findAccount(program.runtime.db, id);
  expect(row?.proxyUrlSealed).toBeNull();
  expect(program.runtime.secrets.open(row?.sessionTokenSealed ?? '')).toBe(token);
});

test.each([
  ['no session token', {}],
  ['text that is none', { session_token: 'hello world' }],
  ['a dead one', { session_token: freshToken() }],
])('%s is a 400 with a detail, and nothing is kept', async (_what, body) => {
  const before = await listAccounts(program.runtime.db);
  const { status, json } = await post(updateToken, body);
  expect(status).toBe(400);
  expect(json).toEqual({ detail: expect.any(String) });
  expect(await listAccounts(program.runtime.db)).toEqual(before);
});

test('when upstream does not answer, the account keeps its old session token', async () => {
  const row = await program.addAccount();
  program.simulator.inject({ call: 'credits', times: 20, effect: { type: 'status', status: 503 } });
  const { status, json } = await post(updateToken, { session_token: upstreamToken(row.email) });
  expect(status).toBe(500);
  expect(Object.keys(json)).toEqual(['detail']);
  expect(await findAccount(program.runtime.db, row.id)).toEqual(row);
});

test('a synchroniser learns which accounts need a new session token, without secrets', async () => {
  const [well, dead] = [await program.addAccount(), await program.addAccount()];
  await updateAccount(
    program.runtime.db,
    dead.id,
    { expiredAt: new Date(), expiredReason: 'dead' },
    new Date(),
  );
  const { status, json } = await post(checkTokens, { emails: [well.email.toUpperCase(), dead.email] });
  expect(status).toBe(200);
  expect(json).toEqual({
    success: true,
    tokens: [
      {
        id: well.id,
        email: well.email,
        is_active: true,
        needs_refresh: false,
        at_expires: expect.stringMatching(/Z$/),
        last_used_at: null,
        protocol_mode: 'session',
        auto_refresh_enabled: true,
        refresh_interval_minutes: 120,
        last_st_refresh_at: null,
        last_st_refresh_result: null,
        credits: 10_000,
      },
      expect.objectContaining({ id: dead.id, needs_refresh: true }),
    ],
  });
});

test('without a filter all accounts are told, and an unknown e-mail finds none', async () => {
  const all = await post(checkTokens, {});
  expect(all.json.tokens).toHaveLength((await listAccounts(program.runtime.db)).length);
  expect((await post(checkTokens, { emails: ['nobody@example.com'] })).json.tokens).toEqual([]);
});

test('each look at the accounts is in the audit list, from where and at how many', async () => {
  const row = await program.addAccount();
  const of = async () =>
    (await listAudit(program.runtime, { action: 'account.plugin_check', limit: 50 })).items;
  const before = (await of()).length;
  await post(checkTokens, { emails: [row.email, 'nobody@example.com'] });
  await post(checkTokens, {}, 'a-wrong-token');
  const entries = await of();
  expect(entries).toHaveLength(before + 1);
  expect(entries[0]).toMatchObject({
    administrator: null,
    detail: { accounts: 1, asked: 2 },
    request_id: expect.stringMatching(/^req_/),
  });
});

test('the right connection token passes, however many from its address were wrong', async () => {
  const wrong = [];
  for (let tries = 0; tries < 30; tries += 1) wrong.push((await post(checkTokens, {}, 'guessed')).status);
  expect(wrong.at(-1)).toBe(429);
  expect((await post(checkTokens, {})).status).toBe(200);
  expect((await post(updateToken, { session_token: upstreamToken('passes@example.com') })).status).toBe(200);
});

test('what the extension changes is in the audit list, and a browser may ask from anywhere', async () => {
  const row = await program.addAccount();
  await post(updateToken, { session_token: upstreamToken(row.email) });
  const { items } = await listAudit(program.runtime, { object: row.id, limit: 5 });
  expect(items).toMatchObject([{ action: 'account.plugin_update', administrator: null }]);
  const asked = preflight(new Request(`${origin}/api/plugin/update-token`, { method: 'OPTIONS' }));
  expect(asked.headers.get('access-control-allow-origin')).toBe('*');
});
