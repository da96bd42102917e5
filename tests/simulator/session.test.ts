import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from './server';
import { at, connect, cookieOf, free, messageOf, pro, read, reasonOf, type TestClient } from './test-client';

let simulator: Simulator;
let client: TestClient;

beforeEach(async () => {
  simulator = await startSimulator({ accounts: [pro, free], render: false });
  client = await connect(simulator, pro);
});
afterEach(() => simulator.close());

const exchange = (cookie: string) =>
  client.send(`${simulator.labsBaseUrl}/auth/session`, { headers: { cookie } });
const credits = (headers: Record<string, string>) =>
  client.send(`${simulator.apiBaseUrl}/credits`, { headers });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('a session token is exchanged for who it is, an access token and its end', async () => {
  const reply = await exchange(client.cookie);
  expect(reply.body).toMatchObject({
    user: { email: pro.email, name: 'pro' },
    access_token: expect.stringMatching(/^ya29\./),
    expires: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
});

test('a cookie that the browser had split is put together', async () => {
  const name = '__Secure-next-auth.session-token';
  const reply = await exchange(`${name}.0=eyJ; other=1; ${name}.1=pro`);
  expect(at(reply.body, 'user.email')).toBe(pro.email);
});

test.each([
  ['no cookie', 'other=1'],
  ['an unknown session token', cookieOf('eyJunknown')],
])('%s is 200 with an empty object', async (_rule, cookie) => {
  const reply = await exchange(cookie);
  expect([reply.status, reply.body]).toEqual([200, {}]);
});

test('a dead session is 200 with an empty object, and its tRPC calls are 401', async () => {
  simulator.account(pro.email).dead = true;
  expect((await exchange(client.cookie)).body).toEqual({});
  const reply = await client.labs('/trpc/project.createProject', {
    json: { projectTitle: 'x', toolName: 'PINHOLE' },
  });
  expect([reply.status, at(reply.body, 'error.json.data.code')]).toEqual([401, 'UNAUTHORIZED']);
});

test('a session that cannot be renewed says so beside a stale access token', async () => {
  simulator.account(pro.email).refreshNeeded = true;
  const { body } = await exchange(client.cookie);
  expect(at(body, 'error')).toBe('ACCESS_TOKEN_REFRESH_NEEDED');
  expect((await credits(bearer(read(body, 'access_token')))).status).toBe(401);
});

test('a migrated account gets HTML on labs and 401 on the API', async () => {
  simulator.account(pro.email).migrated = true;
  const reply = await exchange(client.cookie);
  expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
  expect((await client.api('/credits')).status).toBe(401);
});

test('an access token ends when its life is over', async () => {
  simulator.advance(3_600_001);
  const reply = await client.api('/credits');
  expect([reply.status, at(reply.body, 'error.status'), reasonOf(reply)]).toEqual([
    401,
    'UNAUTHENTICATED',
    'ACCESS_TOKEN_EXPIRED',
  ]);
});

test('the exchange gives the same access token until a sixth of its life is left, then a new one', async () => {
  const token = async () => read((await exchange(client.cookie)).body, 'access_token');
  simulator.advance(45 * 60_000);
  expect(await token()).toBe(client.accessToken);
  simulator.advance(6 * 60_000);
  expect(await token()).not.toBe(client.accessToken);
});

test('a missing Bearer is CREDENTIALS_MISSING, with or without a key', async () => {
  const reply = await client.send(`${simulator.apiBaseUrl}/credits?key=public`);
  expect([reply.status, reasonOf(reply)]).toEqual([401, 'CREDENTIALS_MISSING']);
});

test('cookies count for nothing on the API, and an unknown Bearer neither', async () => {
  expect((await credits({ cookie: client.cookie })).status).toBe(401);
  expect((await credits(bearer('ya29.unknown'))).status).toBe(401);
});

test('forgotten access tokens are refused although their time has not come', async () => {
  simulator.account(pro.email).accessTokens.clear();
  expect((await client.api('/credits')).status).toBe(401);
});

test('a rotated session token works beside the one before', async () => {
  simulator.account(pro.email).rotateSessionToken = true;
  const cookie = (await exchange(client.cookie)).headers.get('set-cookie')?.split(';')[0] ?? '';
  expect(at((await exchange(cookie)).body, 'user.email')).toBe(pro.email);
  expect(at((await exchange(client.cookie)).body, 'user.email')).toBe(pro.email);
});

test('a session token can be dead on arrival', async () => {
  simulator.account(pro.email).rotateSessionToken = 'dead';
  const cookie = (await exchange(client.cookie)).headers.get('set-cookie')?.split(';')[0] ?? '';
  expect((await exchange(cookie)).body).toEqual({});
});

test('`expires` can claim more than the access token lives', async () => {
  simulator.account(pro.email).expiresAheadMs = 24 * 3_600_000;
  const expires = Date.parse(read((await exchange(client.cookie)).body, 'expires'));
  expect(expires - Date.now()).toBeGreaterThan(23 * 3_600_000);
});

test('credits tell balance, tier and plan', async () => {
  const { body } = await client.api('/credits');
  expect(body).toEqual({
    credits: 1_000,
    userPaygateTier: 'PAYGATE_TIER_ONE',
    sku: 'G1_TIER1',
    serviceTier: 'SERVICE_TIER_INTERMEDIATE',
    subscriptionCredits: 1_000,
  });
});

test('a balance of zero leaves the field out', async () => {
  simulator.account(pro.email).credits = 0;
  expect((await client.api('/credits')).body).not.toHaveProperty('credits');
});

test('statistics count exchanges and refusals by account', async () => {
  await exchange(client.cookie);
  simulator.advance(3_600_001);
  const reply = await client.api('/credits');
  expect(messageOf(reply)).toContain('invalid authentication credentials');
  expect(simulator.stats()).toMatchObject({
    tokenExchanges: [{ account: pro.email, count: 2 }],
    refusals: [{ call: 'credits', account: pro.email, status: 401 }],
  });
});
