import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunningApp, startRunningApp } from '../support/running-app';

// The administration paths of flow2api (Python), row by row: A.2 is its version of December 2025, A.3 what came after.

let app: RunningApp;
let password = '';
/** The bearer token of a sign-in that holds. */
let bearer = '';
/** The cookie of the same sign-in. */
let cookie = '';
/** What no answer may ever hold. */
const secrets = new Set<string>();
const answers: string[] = [];

beforeAll(async () => {
  app = await startRunningApp();
  password = app.administrator?.password ?? '';
});
afterAll(() => app?.stop());
beforeEach(async () => {
  app.simulator.clearFaults();
  // A sign-in costs the hash of a password: it is made anew only where a test has ended the one before.
  if (bearer !== '' && (await get('/api/stats')).status === 200) return;
  const signedIn = await ask('POST', '/api/login', { bearer: null, body: { username: 'admin', password } });
  bearer = signedIn.json.token;
  cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
});

type Options = {
  body?: unknown;
  /** Sent as it is. */
  text?: string;
  /** null: none is sent. */
  bearer?: string | null;
  headers?: Record<string, string>;
  mayHoldSecrets?: boolean;
};

async function ask(method: string, path: string, options: Options = {}) {
  const token = options.bearer === undefined ? bearer : options.bearer;
  const body = options.text ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const response = await fetch(`${app.url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  if (options.mayHoldSecrets !== true) answers.push(`${method} ${path}: ${text}`);
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
  return { status: response.status, headers: response.headers, text, json: parse(text) as any };
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const get = (path: string, options?: Options) => ask('GET', path, options);
const post = (path: string, body: unknown = {}, options?: Options) => ask('POST', path, { body, ...options });
const put = (path: string, body: unknown, options?: Options) => ask('PUT', path, { body, ...options });

/** The console's own API, with the cookie. */
const consoleAsk = (method: string, path: string, body?: unknown) =>
  ask(method, `/api/v1/admin${path}`, {
    bearer: null,
    headers: { cookie, origin: app.url },
    ...(body === undefined ? {} : { body }),
  });
const setSetting = (key: string, value: unknown) =>
  consoleAsk('PATCH', '/settings', { changes: [{ key, value }], password });

const unknownId = 'no-such-account';
const anyText = expect.any(String);
const anyIso = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
const done = { success: true, message: anyText };
const detail = { detail: anyText };

/** A session token that the simulator knows. */
function upstreamToken(account: object = {}): { st: string; email: string } {
  const st = `eyJ${randomBytes(90).toString('base64url')}`;
  const email = `seed-${randomBytes(5).toString('hex')}@example.com`;
  secrets.add(st);
  app.simulator.addAccount({ sessionToken: st, email, tier: 'PAYGATE_TIER_ONE', credits: 500, ...account });
  return { st, email };
}

async function addToken(local: object = {}, account: object = {}) {
  const { st, email } = upstreamToken(account);
  const { status, json, text } = await post('/api/tokens', { st, ...local });
  expect(status, text).toBe(200);
  return { st, email, id: json.token.id as string };
}

const tokenOf = async (id: string) =>
  (await get('/api/tokens')).json.find((token: { id: string }) => token.id === id);

const exchanges = () =>
  app.simulator
    .stats()
    .calls.filter(({ call }) => call === 'session')
    .reduce((sum, { count }) => sum + count, 0);

const actionsOf = async (object: string): Promise<string[]> =>
  (await consoleAsk('GET', `/audit?object=${encodeURIComponent(object)}`)).json.items.map(
    (entry: { action: string }) => entry.action,
  );

const makePicture = (key = app.apiKey) =>
  ask('POST', '/v1/chat/completions', {
    bearer: key,
    body: { model: 'gemini-3.1-flash-image', messages: [{ role: 'user', content: 'a lighthouse' }] },
  });

type Log = { id: number; operation: string; token_email: string | null };

/** The log is written behind the answers. */
async function untilLogged(isIt: (log: Log) => boolean): Promise<Log> {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = ((await get('/api/logs')).json as Log[]).find(isIt);
    if (found !== undefined) return found;
    await new Promise((passed) => setTimeout(passed, 50));
  }
  throw new Error('the request is not in the log');
}

/** An HTTP proxy that answers by itself, and remembers what it was asked for. */
async function startProxy(status: number) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    response.writeHead(status).end('answered');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return { port, seen, close: () => new Promise((closed) => server.close(closed)) };
}

describe.each(['/api/admin/login', '/api/login'])('A.2 rows 1 and 2 POST %s', (path) => {
  const login = (body: unknown, headers: Record<string, string> = {}) =>
    post(path, body, { bearer: null, headers });

  test('gives a bearer token that opens the other paths, and the name', async () => {
    const { status, json } = await login({ username: 'admin', password });
    expect(status).toBe(200);
    expect(json).toEqual({
      success: true,
      token: expect.stringMatching(/^admin-[A-Za-z0-9_-]{43}$/),
      username: 'admin',
    });
    expect((await get('/api/stats', { bearer: json.token })).status).toBe(200);
  });

  test('refuses a wrong password and an unknown name alike', async () => {
    const wrong = await login({ username: 'admin', password: 'not it' });
    const unknown = await login({ username: 'nobody', password: 'not it' });
    expect(wrong.status).toBe(401);
    expect(wrong.json).toEqual(detail);
    expect(unknown.json).toEqual(wrong.json);
    expect(wrong.headers.get('set-cookie')).toBeNull();
  });

  test('tells what is missing as FastAPI does, without what was sent', async () => {
    const { status, json } = await login({ password: 'a password that was typed' });
    expect(status).toBe(422);
    expect(json).toEqual({ detail: [{ type: 'missing', loc: ['body', 'username'], msg: 'Field required' }] });
  });

  test('slows guessing down, by the address', async () => {
    const headers = { 'x-forwarded-for': path === '/api/login' ? '203.0.113.7' : '203.0.113.8' };
    const tries = [];
    for (let count = 0; count < 8; count += 1) {
      tries.push(await login({ username: 'admin', password: `guess ${count}` }, headers));
    }
    const refused = tries.find(({ status }) => status === 429);
    expect(refused?.json).toEqual(detail);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await login({ username: 'admin', password }, headers)).status).toBe(429);
  });
});

describe.each(['/api/admin/logout', '/api/logout'])('A.2 rows 3 and 4 POST %s', (path) => {
  test('ends this sign-in and no other', async () => {
    const other = (await post('/api/login', { username: 'admin', password }, { bearer: null })).json.token;
    const { status, json } = await ask('POST', path);
    expect(status).toBe(200);
    expect(json).toEqual(done);
    expect((await get('/api/stats')).status).toBe(401);
    expect((await get('/api/stats', { bearer: other })).status).toBe(200);
  });
});

describe.each(['/api/admin/change-password', '/api/admin/password'])('A.2 rows 5 and 6 POST %s', (path) => {
  test('ends every sign-in and lets the new password in only', async () => {
    const [old, other] = [bearer, cookie];
    const next = `another-${randomBytes(8).toString('hex')}`;
    const { status, json } = await post(path, { old_password: password, new_password: next });
    expect(status).toBe(200);
    expect(json).toEqual(done);
    expect((await get('/api/stats', { bearer: old })).status).toBe(401);
    expect((await get('/api/stats', { bearer: null, headers: { cookie: other } })).status).toBe(401);
    const login = (word: string) =>
      post('/api/login', { username: 'admin', password: word }, { bearer: null });
    expect((await login(password)).status).toBe(401);
    expect((await login(next)).status).toBe(200);
    password = next;
  });

  test('is a 400 for a wrong old password and for a new one that is too short', async () => {
    const wrong = await post(path, { old_password: 'not it', new_password: 'long enough for anybody' });
    expect([wrong.status, wrong.json]).toEqual([400, detail]);
    const short = await post(path, { username: 'somebody', old_password: password, new_password: 'short' });
    expect([short.status, short.json]).toEqual([400, detail]);
    expect((await get('/api/admin/config')).json.admin_username).toBe('admin');
  });

  test('changes the name where one is given, and keeps it where it is empty', async () => {
    const change = (username: string) =>
      post(path, { username, old_password: password, new_password: password });
    expect((await change('renamed')).status).toBe(200);
    const renamed = await post('/api/login', { username: 'renamed', password }, { bearer: null });
    expect(renamed.status).toBe(200);
    bearer = renamed.json.token;
    expect((await change('admin')).status).toBe(200);
    const back = await post('/api/login', { username: 'admin', password }, { bearer: null });
    bearer = back.json.token;
    expect((await change('')).status).toBe(200);
    expect((await post('/api/login', { username: 'admin', password }, { bearer: null })).status).toBe(200);
  });
});

const seedKeys = [
  'id',
  'st',
  'at',
  'at_expires',
  'token',
  'email',
  'name',
  'remark',
  'is_active',
  'created_at',
  'last_used_at',
  'use_count',
  'credits',
  'user_paygate_tier',
  'current_project_id',
  'current_project_name',
  'image_enabled',
  'video_enabled',
  'image_concurrency',
  'video_concurrency',
  'image_count',
  'video_count',
  'error_count',
];
const laterKeys = [
  'at_expired',
  'at_expiring_within_1h',
  'protocol_mode',
  'google_cookies',
  'login_account',
  'login_password',
  'proxy_url',
  'auto_refresh_enabled',
  'refresh_interval_minutes',
  'last_st_refresh_at',
  'last_st_refresh_result',
  'today_error_count',
  'consecutive_error_count',
  'last_error_at',
  'ban_reason',
  'banned_at',
];

describe('A.2 row 7 GET /api/tokens', () => {
  test('is a bare array, the newest first', async () => {
    const [first, second] = [await addToken(), await addToken()];
    const { status, json } = await get('/api/tokens');
    expect(status).toBe(200);
    expect(json.slice(0, 2).map(({ id }: { id: string }) => id)).toEqual([second.id, first.id]);
  });

  test('is the same with a slash at its end, without a redirect', async () => {
    expect((await get('/api/tokens/')).json).toEqual((await get('/api/tokens')).json);
  });

  test('has every field of the predecessor', async () => {
    const { id, email } = await addToken({ remark: 'mine', image_concurrency: 3 }, { name: 'Ada' });
    const token = await tokenOf(id);
    expect(Object.keys(token)).toEqual(expect.arrayContaining(seedKeys));
    expect(token).toMatchObject({
      email,
      remark: 'mine',
      is_active: true,
      at_expires: anyIso,
      created_at: anyIso,
      last_used_at: null,
      use_count: 0,
      credits: 500,
      user_paygate_tier: 'PAYGATE_TIER_ONE',
      current_project_id: anyText,
      image_concurrency: 3,
      video_concurrency: -1,
    });
  });

  test('shows no secret, but tells session tokens apart', async () => {
    const [one, other] = [await addToken(), await addToken()];
    const [first, second] = [await tokenOf(one.id), await tokenOf(other.id)];
    expect(first.st).toMatch(/^•{8}[0-9a-f]{8}$/);
    expect(first.st).not.toBe(second.st);
    expect(first.at).toBe('••••••••');
    expect(first.token).toBe(first.at);
  });
});

describe('A.2 row 8 POST /api/tokens', () => {
  test('adds an account and gives its facts', async () => {
    const { st, email } = upstreamToken({ credits: 42 });
    const { status, json } = await post('/api/tokens', {
      st,
      project_name: 'My project',
      remark: 'by script',
      video_enabled: false,
      image_concurrency: 2,
      video_concurrency: -1,
    });
    expect(status).toBe(200);
    expect(json).toEqual({
      ...done,
      token: { id: anyText, email, credits: 42, project_id: anyText, project_name: 'My project' },
    });
    expect(await tokenOf(json.token.id)).toMatchObject({
      image_enabled: true,
      video_enabled: false,
      image_concurrency: 2,
      video_concurrency: -1,
      remark: 'by script',
      current_project_name: 'My project',
    });
    expect(await actionsOf(json.token.id)).toEqual(['account.add']);
  });

  test('takes a project that is there, and numbers and switches as text', async () => {
    const { id } = await addToken({
      project_id: 'project-of-mine',
      image_concurrency: '4',
      image_enabled: 'false',
    });
    expect(await tokenOf(id)).toMatchObject({
      current_project_id: 'project-of-mine',
      image_concurrency: 4,
      image_enabled: false,
    });
  });

  test.each([
    ['a session token that is here', async () => (await addToken()).st],
    ['a dead one', async () => upstreamToken({ dead: true }).st],
    ['text that is none', async () => 'hello world'],
    ['a masked one', async () => (await tokenOf((await addToken()).id)).st],
  ])('is a 400 for %s, and keeps nothing', async (_what, make) => {
    const st = await make();
    const before = (await get('/api/tokens')).json.length;
    const { status, json } = await post('/api/tokens', { st });
    expect(status).toBe(400);
    expect(json).toEqual(detail);
    expect((await get('/api/tokens')).json).toHaveLength(before);
  });

  test.each(['session', 'credits', 'createProject'] as const)(
    'is a 400 when upstream fails at %s',
    async (call) => {
      const { st } = upstreamToken();
      app.simulator.inject({
        call,
        times: Number.POSITIVE_INFINITY,
        effect: { type: 'status', status: 503 },
      });
      const { status, json } = await post('/api/tokens', { st });
      expect(status).toBe(400);
      expect(json).toEqual(detail);
    },
  );

  test.each([
    ['no st', { remark: 'x' }, [{ type: 'missing', loc: ['body', 'st'], msg: 'Field required' }]],
    [
      'a limit that is no number',
      { st: 'x', image_concurrency: 'many' },
      [{ type: 'int_parsing', loc: ['body', 'image_concurrency'], msg: 'Input should be a valid integer' }],
    ],
    [
      'a switch that is none',
      { st: 'x', image_enabled: 'perhaps' },
      [{ type: 'bool_parsing', loc: ['body', 'image_enabled'], msg: 'Input should be a valid boolean' }],
    ],
  ])('is a 422 for %s', async (_what, body, faults) => {
    const { status, json } = await post('/api/tokens', body);
    expect(status).toBe(422);
    expect(json).toEqual({ detail: faults });
  });

  test('is a 422 for what is no JSON', async () => {
    const { status, json } = await ask('POST', '/api/tokens', { text: '{"st": ' });
    expect(status).toBe(422);
    expect(json.detail[0]).toMatchObject({ type: 'json_invalid', loc: ['body'] });
  });
});

describe('A.2 row 9 PUT /api/tokens/{id}', () => {
  test('changes what is given, keeps what is null, and asks upstream nothing', async () => {
    const { id, st } = await addToken({ remark: 'before', image_concurrency: 2, video_concurrency: 5 });
    const before = exchanges();
    const { status, json } = await put(`/api/tokens/${id}`, {
      st,
      remark: null,
      image_enabled: false,
      image_concurrency: -1,
      video_concurrency: null,
      project_name: 'Renamed',
    });
    expect(status).toBe(200);
    expect(json).toEqual(done);
    expect(await tokenOf(id)).toMatchObject({
      remark: 'before',
      image_enabled: false,
      video_enabled: true,
      image_concurrency: -1,
      video_concurrency: 5,
      current_project_name: 'Renamed',
    });
    expect(exchanges()).toBe(before);
    expect(await actionsOf(id)).toContain('account.edit');
  });

  test('takes back what the list gave: masked secrets mean "as it is"', async () => {
    const { id } = await addToken({ remark: 'round trip' });
    await put(`/api/tokens/${id}`, { proxy_url: 'http://ada:secret-word@127.0.0.1:9' });
    secrets.add('secret-word');
    const shown = await tokenOf(id);
    expect(shown.proxy_url).toBe('http://••••@127.0.0.1:9');
    expect((await put(`/api/tokens/${id}`, shown)).status).toBe(200);
    expect(await tokenOf(id)).toEqual(shown);
    await put(`/api/tokens/${id}`, { proxy_url: '' });
    expect((await ask('POST', `/api/tokens/${id}/refresh-at`)).status).toBe(200);
  });

  test('an empty remark clears it', async () => {
    const { id } = await addToken({ remark: 'before' });
    await put(`/api/tokens/${id}`, { remark: '' });
    expect((await tokenOf(id)).remark).toBeNull();
  });

  test('another session token of the same account is kept when it works, and switches it on again', async () => {
    const { id, email } = await addToken();
    const before = await tokenOf(id);
    await ask('POST', `/api/tokens/${id}/disable`);
    const { st } = upstreamToken({ email });
    expect((await put(`/api/tokens/${id}`, { st })).status).toBe(200);
    const after = await tokenOf(id);
    expect(after.st).not.toBe(before.st);
    expect(after).toMatchObject({
      is_active: true,
      last_st_refresh_at: anyIso,
      last_st_refresh_result: 'success',
    });
  });

  test.each([
    ['a session token of another account', async () => upstreamToken().st],
    ['a dead one', async () => upstreamToken({ dead: true }).st],
    ['text that is none', async () => 'hello world'],
  ])('%s is a 400, and nothing is saved', async (_what, make) => {
    const { id } = await addToken({ remark: 'before' });
    const before = await tokenOf(id);
    const { status, json } = await put(`/api/tokens/${id}`, { st: await make(), remark: 'after' });
    expect(status).toBe(400);
    expect(json).toEqual(detail);
    expect(await tokenOf(id)).toEqual(before);
  });

  test('an unknown id is a 404', async () => {
    const { status, json } = await put(`/api/tokens/${unknownId}`, { remark: 'x' });
    expect([status, json]).toEqual([404, detail]);
  });
});

describe('A.2 row 10 DELETE /api/tokens/{id}', () => {
  test('takes the account out', async () => {
    const { id } = await addToken();
    const { status, json } = await ask('DELETE', `/api/tokens/${id}`);
    expect([status, json]).toEqual([200, done]);
    expect(await tokenOf(id)).toBeUndefined();
    expect(await actionsOf(id)).toContain('account.delete');
  });

  test('an unknown id is a 404', async () => {
    const { status, json } = await ask('DELETE', `/api/tokens/${unknownId}`);
    expect([status, json]).toEqual([404, detail]);
  });
});

test('A.2 row 11 POST /api/tokens/{id}/enable switches on; A.2 row 12 POST /api/tokens/{id}/disable off', async () => {
  const { id } = await addToken();
  const off = await ask('POST', `/api/tokens/${id}/disable`);
  expect([off.status, off.json]).toEqual([200, done]);
  expect((await tokenOf(id)).is_active).toBe(false);
  const on = await ask('POST', `/api/tokens/${id}/enable`);
  expect([on.status, on.json]).toEqual([200, done]);
  expect((await tokenOf(id)).is_active).toBe(true);
  expect(await actionsOf(id)).toEqual(expect.arrayContaining(['account.enable', 'account.disable']));
});

test.each(['enable', 'disable', 'refresh-credits', 'refresh-at'])(
  'A.2 rows 11 to 14 POST /api/tokens/{id}/%s of an unknown id is a 404',
  async (action) => {
    const { status, json } = await ask('POST', `/api/tokens/${unknownId}/${action}`);
    expect([status, json]).toEqual([404, detail]);
  },
);

describe('A.2 row 13 POST /api/tokens/{id}/refresh-credits', () => {
  test('asks upstream and gives the number', async () => {
    const { id, email } = await addToken();
    app.simulator.account(email).credits = 123;
    const { status, json } = await ask('POST', `/api/tokens/${id}/refresh-credits`);
    expect([status, json]).toEqual([200, { ...done, credits: 123 }]);
    expect((await tokenOf(id)).credits).toBe(123);
  });

  test('a failure is told as one, and the number stays', async () => {
    const { id, email } = await addToken();
    app.simulator.inject({
      call: 'credits',
      account: email,
      times: 9,
      effect: { type: 'status', status: 503 },
    });
    const { status, json } = await ask('POST', `/api/tokens/${id}/refresh-credits`);
    expect([status, json]).toEqual([500, detail]);
    expect(await tokenOf(id)).toMatchObject({ credits: 500, is_active: true });
  });
});

describe('A.2 row 14 POST /api/tokens/{id}/refresh-at', () => {
  test('gets a new access token', async () => {
    const { id, email } = await addToken();
    const before = exchanges();
    const { status, json } = await ask('POST', `/api/tokens/${id}/refresh-at`);
    expect([status, json]).toEqual([200, { ...done, token: { id, email, at_expires: anyIso } }]);
    expect(exchanges()).toBe(before + 1);
  });

  test('a network error disables nobody', async () => {
    const { id, email } = await addToken();
    app.simulator.inject({
      call: 'session',
      account: email,
      times: 9,
      effect: { type: 'reset', when: 'before' },
    });
    const { status, json } = await ask('POST', `/api/tokens/${id}/refresh-at`);
    expect([status, json]).toEqual([500, detail]);
    expect((await tokenOf(id)).is_active).toBe(true);
  });
});

describe('A.2 row 15 POST /api/tokens/st2at', () => {
  test('says whose a session token is, keeps nothing, and gives no access token away', async () => {
    const { st, email } = upstreamToken();
    const before = (await get('/api/tokens')).json.length;
    const { status, json } = await post('/api/tokens/st2at', { st });
    expect([status, json]).toEqual([200, { ...done, access_token: '••••••••', email, expires: anyIso }]);
    expect((await get('/api/tokens')).json).toHaveLength(before);
  });

  test('is a 400 for a dead one', async () => {
    const { status, json } = await post('/api/tokens/st2at', { st: upstreamToken({ dead: true }).st });
    expect([status, json]).toEqual([400, detail]);
  });
});

describe('A.2 row 16 POST /api/tokens/import', () => {
  test('adds, updates by the e-mail that upstream names, and tells what failed', async () => {
    const known = await addToken({ remark: 'kept', image_concurrency: 7 });
    const [fresh, again] = [upstreamToken(), upstreamToken({ email: known.email })];
    const { status, json } = await post('/api/tokens/import', {
      tokens: [
        { email: 'ignored@example.com', access_token: 'ignored', session_token: fresh.st, is_active: true },
        { session_token: again.st, video_concurrency: 2 },
        { email: 'nothing@example.com' },
        { session_token: upstreamToken({ dead: true }).st },
      ],
    });
    expect(status).toBe(200);
    expect(json).toEqual({ ...done, added: 1, updated: 1, errors: [anyText, anyText] });
    expect(json.errors[0]).toContain('Row 3 (nothing@example.com)');
    expect(await tokenOf(known.id)).toMatchObject({
      remark: 'kept',
      image_concurrency: 7,
      video_concurrency: 2,
    });
  });

  test('without faults errors is null', async () => {
    const { json } = await post('/api/tokens/import', { tokens: [{ session_token: upstreamToken().st }] });
    expect(json).toMatchObject({ added: 1, updated: 0, errors: null });
    expect((await post('/api/tokens/import', { tokens: [] })).json).toMatchObject({ added: 0, errors: null });
  });

  test('is a 422 without a list', async () => {
    const { status, json } = await post('/api/tokens/import', { tokens: 'all' });
    expect(status).toBe(422);
    expect(json.detail[0]).toMatchObject({ type: 'list_type', loc: ['body', 'tokens'] });
  });
});

describe('A.2 rows 17 to 20, A.3 proxy configuration', () => {
  const bothForms = async () => {
    const [nested, flat] = [await get('/api/config/proxy'), await get('/api/proxy/config')];
    expect([nested.status, flat.status]).toEqual([200, 200]);
    const { proxy_enabled, ...rest } = flat.json;
    expect({ success: true, config: { enabled: proxy_enabled, ...rest, success: undefined } }).toEqual({
      ...nested.json,
    });
    return nested.json.config;
  };

  test.each(['/api/config/proxy', '/api/proxy/config'])(
    'A.2 rows 18 and 20 POST %s is read back by both forms, without credentials',
    async (path) => {
      secrets.add('hidden-word');
      const { status, json } = await post(path, {
        proxy_enabled: false,
        proxy_url: 'http://ada:hidden-word@proxy.test:8080',
        media_proxy_enabled: false,
        media_proxy_url: 'st5 media.test:1080:bob:hidden-word',
      });
      expect([status, json]).toEqual([200, done]);
      expect(await bothForms()).toEqual({
        enabled: false,
        proxy_url: 'http://••••@proxy.test:8080',
        media_proxy_enabled: false,
        media_proxy_url: 'socks5://••••@media.test:1080',
      });
      expect(await actionsOf('proxy.url')).toContain('settings.change');
    },
  );

  test('a masked or absent address stays, null takes it away', async () => {
    await post('/api/proxy/config', { proxy_enabled: false, proxy_url: 'http://ada:hidden-word@one.test:1' });
    const shown = (await get('/api/proxy/config')).json;
    await post('/api/proxy/config', shown);
    await post('/api/proxy/config', { proxy_enabled: false });
    expect((await get('/api/proxy/config')).json.proxy_url).toBe('http://••••@one.test:1');
    await post('/api/proxy/config', { proxy_enabled: false, proxy_url: null, media_proxy_url: null });
    expect(await bothForms()).toMatchObject({ proxy_url: null, media_proxy_url: null });
  });

  test.each(['ftp://x', 'http://••••@other.test:1'])(
    'an address that cannot be read is told with status 200, and saves nothing: %s',
    async (proxy_url) => {
      const { status, json } = await post('/api/proxy/config', { proxy_enabled: true, proxy_url });
      expect([status, json]).toEqual([200, { success: false, message: anyText }]);
      expect(await bothForms()).toMatchObject({ enabled: false });
    },
  );

  test('proxy_enabled is required', async () => {
    const { status, json } = await post('/api/config/proxy', { proxy_url: null });
    expect(status).toBe(422);
    expect(json.detail[0]).toMatchObject({ type: 'missing', loc: ['body', 'proxy_enabled'] });
  });
});

describe('A.3 POST /api/proxy/test', () => {
  test('calls the host of the upstream through the proxy, whatever address is asked for', async () => {
    const proxy = await startProxy(204);
    const { status, json } = await post('/api/proxy/test', {
      proxy_url: `http://127.0.0.1:${proxy.port}`,
      test_url: 'http://169.254.169.254/latest/meta-data/',
      timeout_seconds: 1,
    });
    await proxy.close();
    const target = `${new URL(app.simulator.labsBaseUrl).origin}/`;
    expect([status, json]).toEqual([
      200,
      {
        success: true,
        message: anyText,
        test_url: target,
        final_url: target,
        status_code: 204,
        elapsed_ms: expect.any(Number),
      },
    ]);
    expect(proxy.seen).toEqual([target]);
  });

  test('an answer of 400 or more, and no answer, are no success', async () => {
    const proxy = await startProxy(403);
    const url = `http://127.0.0.1:${proxy.port}`;
    expect((await post('/api/proxy/test', { proxy_url: url })).json).toMatchObject({
      success: false,
      status_code: 403,
    });
    await proxy.close();
    expect((await post('/api/proxy/test', { proxy_url: url })).json).toMatchObject({
      success: false,
      message: anyText,
      status_code: null,
    });
  });

  test('an address that cannot be read is a 400', async () => {
    const { status, json } = await post('/api/proxy/test', { proxy_url: 'ftp://x' });
    expect([status, json]).toEqual([400, detail]);
  });
});

describe('A.2 rows 21 to 24, A.3 generation timeouts', () => {
  const paths = ['/api/config/generation', '/api/generation/timeout'];

  test.each(paths)('A.2 rows 22 and 24 POST %s is read back by both', async (path) => {
    const values = { image_timeout: 240, video_timeout: 1_200, max_retries: 4 };
    const { status, json } = await post(path, values);
    expect([status, json]).toEqual([200, done]);
    for (const alias of paths) expect((await get(alias)).json).toEqual({ success: true, config: values });
    await post(path, { image_timeout: 300, max_retries: 3 });
    expect((await get(path)).json.config).toEqual({
      image_timeout: 300,
      video_timeout: 1_200,
      max_retries: 3,
    });
  });

  test.each(paths)('A.2 rows 21 and 23: out of range is a 400 at %s, and changes nothing', async (path) => {
    const before = (await get(path)).json;
    const { status, json } = await post(path, { image_timeout: 0, video_timeout: 60 });
    expect([status, json]).toEqual([400, detail]);
    expect((await get(path)).json).toEqual(before);
  });
});

test('A.3 GET and POST /api/call-logic/config', async () => {
  const { json } = await post('/api/call-logic/config', { call_mode: 'polling' });
  expect(json).toMatchObject({ ...done, config: { call_mode: 'polling', polling_mode_enabled: true } });
  const setting = (await consoleAsk('GET', '/settings')).json.items.find(
    ({ key }: { key: string }) => key === 'routing.strategy',
  );
  expect(setting.value).toBe('round_robin');
  await post('/api/call-logic/config', { call_mode: 'default' });
  expect((await get('/api/call-logic/config')).json).toEqual({
    success: true,
    config: { call_mode: 'default', polling_mode_enabled: false },
  });
  const wrong = await post('/api/call-logic/config', { call_mode: 'constructor' });
  expect([wrong.status, wrong.json]).toEqual([400, detail]);
});

test('A.2 row 25 GET /api/system/info counts the credits of active accounts only', async () => {
  const before = (await get('/api/system/info')).json.info;
  const { id } = await addToken({}, { credits: 70 });
  await addToken({}, { credits: 7 });
  await ask('POST', `/api/tokens/${id}/disable`);
  const { json } = await get('/api/system/info');
  expect(json).toEqual({
    success: true,
    info: {
      total_tokens: before.total_tokens + 2,
      active_tokens: before.active_tokens + 1,
      total_credits: before.total_credits + 7,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    },
  });
});

test('A.2 row 26 GET /api/stats has no envelope and counts what was made today', async () => {
  await addToken();
  const before = (await get('/api/stats')).json;
  expect(Object.keys(before).sort()).toEqual([
    'active_tokens',
    'today_errors',
    'today_images',
    'today_videos',
    'total_errors',
    'total_images',
    'total_tokens',
    'total_videos',
  ]);
  expect((await makePicture()).status).toBe(200);
  const after = (await get('/api/stats')).json;
  expect(after).toEqual({
    ...before,
    total_images: before.total_images + 1,
    today_images: before.today_images + 1,
  });
});

describe('A.2 row 27, A.3 GET /api/logs, GET /api/logs/{id}, DELETE /api/logs', () => {
  const logs = async (query = '') => (await get(`/api/logs${query}`)).json as Log[];
  const latest = () => untilLogged(({ operation }) => operation === 'generate_image');
  beforeEach(async () => {
    await ask('DELETE', '/api/logs');
  });

  test('A.2 row 27 GET /api/logs has a bare array, with the fields of both versions', async () => {
    await addToken({}, { name: 'Grace' });
    await makePicture();
    const log = await latest();
    expect(log).toEqual({
      id: expect.any(Number),
      token_id: anyText,
      token_email: expect.stringContaining('@example.com'),
      token_username: anyText,
      operation: 'generate_image',
      status_code: 200,
      status_text: 'completed',
      progress: 100,
      duration: expect.any(Number),
      created_at: anyIso,
      updated_at: anyIso,
      error_summary: null,
    });
  });

  test('A.2 row 27 GET /api/logs has generations only', async () => {
    await post('/api/login', { username: 'admin', password }, { bearer: null });
    await ask('GET', '/v1/models', { bearer: app.apiKey });
    await makePicture();
    await latest();
    expect((await logs()).map(({ operation }) => operation)).toEqual(['generate_image']);
  });

  test('A.3 GET /api/logs holds the limit between 1 and 100', async () => {
    await makePicture();
    await latest();
    expect(await logs('?limit=0')).toHaveLength(1);
    expect((await get('/api/logs?limit=100000')).status).toBe(200);
    const wrong = await get('/api/logs?limit=all');
    expect(wrong.status).toBe(422);
    expect(wrong.json.detail[0]).toMatchObject({ type: 'int_parsing', loc: ['query', 'limit'] });
  });

  test('A.3 GET /api/logs tells why a request failed', async () => {
    app.simulator.inject({
      call: 'batchGenerateImages',
      effect: { type: 'status', status: 400, reason: 'PUBLIC_ERROR_UNSAFE_GENERATION' },
    });
    await makePicture();
    expect(await latest()).toMatchObject({ status_code: 400, status_text: 'failed', error_summary: anyText });
  });

  test('A.3 GET /api/logs/{id} adds the bodies as text', async () => {
    await makePicture();
    const log = await latest();
    const { status, json } = await get(`/api/logs/${log.id}`);
    expect(status).toBe(200);
    expect(json).toMatchObject(log);
    expect(JSON.parse(json.request_body)).toMatchObject({
      model: 'gemini-3.1-flash-image',
      prompt: 'a lighthouse',
    });
    expect(Object.keys(json)).toContain('response_body');
  });

  test.each(['999999999', 'none', '%00'])(
    'A.3 GET /api/logs/%s, which there is not, is a 404',
    async (id) => {
      const { status, json } = await get(`/api/logs/${id}`);
      expect([status, json]).toEqual([404, detail]);
    },
  );

  test('A.3 DELETE /api/logs clears the table', async () => {
    await makePicture();
    const { id } = await latest();
    const { status, json } = await ask('DELETE', '/api/logs');
    expect([status, json]).toEqual([200, done]);
    expect((await get(`/api/logs/${id}`)).status).toBe(404);
  });
});

test('A.2 row 28 GET /api/admin/config, row 29 POST /api/admin/config', async () => {
  const { status, json } = await post('/api/admin/config', { error_ban_threshold: 5 });
  expect([status, json]).toEqual([200, done]);
  expect((await get('/api/admin/config')).json).toEqual({
    admin_username: 'admin',
    api_key: expect.stringMatching(/^sk-.{3}….{4}$/),
    error_ban_threshold: 5,
    debug_enabled: false,
  });
  const wrong = await post('/api/admin/config', { error_ban_threshold: 0 });
  expect([wrong.status, wrong.json]).toEqual([400, detail]);
  expect((await post('/api/admin/config', {})).status).toBe(422);
});

describe('A.2 row 30 POST /api/admin/apikey', () => {
  const models = (key: string) => ask('GET', '/v1/models', { bearer: key });

  test('replaces the one key at once, and shows the new one only by its ends', async () => {
    const next = `sk-${randomBytes(20).toString('hex')}`;
    const before = app.apiKey;
    secrets.add(next);
    const { status, json } = await post('/api/admin/apikey', { new_api_key: next });
    expect([status, json]).toEqual([200, done]);
    expect((await models(next)).status).toBe(200);
    expect((await models(before)).status).toBe(401);
    expect((await get('/api/admin/config')).json.api_key).toBe(`${next.slice(0, 6)}…${next.slice(-4)}`);
    // The rest of the walk uses the first one.
    expect((await post('/api/admin/apikey', { new_api_key: before })).status).toBe(200);
    expect((await models(before)).status).toBe(200);
  });

  test.each(['short', 'han1234', 'with a space in it', 'sk-abc…wxyz'])(
    'refuses %s, and the key stays',
    async (value) => {
      const { status, json } = await post('/api/admin/apikey', { new_api_key: value });
      expect([status, json]).toEqual([400, detail]);
      expect((await models(app.apiKey)).status).toBe(200);
    },
  );
});

test('A.2 row 31, A.3 POST /api/admin/debug', async () => {
  const on = await post('/api/admin/debug', { enabled: true });
  expect([on.status, on.json]).toEqual([200, { ...done, enabled: true }]);
  expect((await get('/api/admin/config')).json.debug_enabled).toBe(true);
  const off = await post('/api/admin/debug', { enabled: false });
  expect(off.json).toEqual({ ...done, enabled: false });
  expect((await get('/api/admin/config')).json.debug_enabled).toBe(false);
});

describe('A.2 rows 32 and 33, A.3 token refresh', () => {
  const config = {
    at_auto_refresh_enabled: true,
    protocol_refresh_enabled: false,
    refresh_interval_minutes: 120,
  };

  test('A.2 row 32 GET /api/token-refresh/config', async () => {
    expect((await get('/api/token-refresh/config')).json).toEqual({ success: true, config });
  });

  test('A.2 row 33 POST /api/token-refresh/enabled changes nothing and says so, whatever the body', async () => {
    for (const options of [{ body: { enabled: false } }, { text: 'no json' }, {}]) {
      const { status, json } = await ask('POST', '/api/token-refresh/enabled', options);
      expect([status, json]).toEqual([200, { ...done, config }]);
      expect(json.message).toContain('Nothing was changed');
    }
  });

  test('A.3 POST /api/token-refresh/config tells what is the case', async () => {
    const { status, json } = await post('/api/token-refresh/config', {
      enabled: true,
      refresh_interval_minutes: 60,
    });
    expect([status, json]).toEqual([200, { ...done, config }]);
    expect((await post('/api/token-refresh/config', { refresh_interval_minutes: 'often' })).status).toBe(422);
  });
});

describe('A.2 rows 34 to 37, A.3 cache', () => {
  const config = async () => (await get('/api/cache/config')).json.config;

  test('A.2 row 34 GET /api/cache/config names the address that answers really begin with', async () => {
    await post('/api/cache/base-url', {});
    expect((await get('/api/cache/config')).json).toEqual({
      success: true,
      config: {
        enabled: true,
        timeout: expect.any(Number),
        base_url: null,
        effective_base_url: app.url,
      },
    });
  });

  test('A.2 row 35 POST /api/cache/enabled, which means "off" without a value', async () => {
    expect((await post('/api/cache/enabled', {})).json).toEqual(done);
    expect((await config()).enabled).toBe(false);
    await post('/api/cache/enabled', { enabled: true });
    expect((await config()).enabled).toBe(true);
  });

  test('A.2 row 36 POST /api/cache/config keeps what is null', async () => {
    await post('/api/cache/config', { enabled: true, timeout: 3_600, base_url: 'https://media.test/' });
    await post('/api/cache/config', { enabled: null, timeout: 0, base_url: null });
    expect(await config()).toMatchObject({
      enabled: true,
      timeout: 0,
      base_url: expect.stringContaining('https://media.test'),
      effective_base_url: 'https://media.test',
    });
    await post('/api/cache/config', { timeout: 604_800, base_url: '' });
    expect(await config()).toMatchObject({ timeout: 604_800, base_url: null });
  });

  test.each([-1, 1.5, 'long', true])(
    'A.3 POST /api/cache/config: %s is no timeout, a 400',
    async (timeout) => {
      const before = await config();
      const { status, json } = await post('/api/cache/config', { timeout });
      expect([status, json]).toEqual([400, detail]);
      expect(await config()).toEqual(before);
    },
  );

  test('A.2 row 37 POST /api/cache/base-url', async () => {
    expect((await post('/api/cache/base-url', { base_url: 'https://cdn.test' })).json).toEqual(done);
    expect((await config()).effective_base_url).toBe('https://cdn.test');
    await post('/api/cache/base-url', { base_url: '' });
    expect((await config()).base_url).toBeNull();
    const wrong = await post('/api/cache/base-url', { base_url: 'no address' });
    expect([wrong.status, wrong.json]).toEqual([400, detail]);
  });
});

test.each([
  ['GET', '/api/captcha/config'],
  ['POST', '/api/captcha/config'],
  ['POST', '/api/captcha/score-test'],
])('A.2 row 38, A.3 %s %s is what this gateway does not do', async (method, path) => {
  const { status, json } = await ask(method, path, method === 'POST' ? { body: {} } : {});
  expect([status, json]).toEqual([501, detail]);
});

describe('A.3 session auth', () => {
  test('the cookie of the sign-in opens the paths as well', async () => {
    expect((await get('/api/stats', { bearer: null, headers: { cookie } })).status).toBe(200);
    const changed = await post('/api/admin/debug', { enabled: false }, { bearer: null, headers: { cookie } });
    expect(changed.status).toBe(200);
  });

  test('it is hidden from scripts and not sent along by other sites', async () => {
    const { headers } = await post('/api/login', { username: 'admin', password }, { bearer: null });
    expect(headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Lax/);
  });

  test('a change that another site asks for is refused with it, and taken with the bearer token', async () => {
    const elsewhere = { origin: 'https://elsewhere.test', 'sec-fetch-site': 'cross-site' };
    const body = { enabled: true };
    const refused = await post('/api/admin/debug', body, { bearer: null, headers: { cookie, ...elsewhere } });
    expect([refused.status, refused.json]).toEqual([403, detail]);
    expect((await get('/api/admin/config')).json.debug_enabled).toBe(false);
    const taken = await post('/api/admin/debug', { enabled: false }, { headers: elsewhere });
    expect(taken.status).toBe(200);
  });

  test('another site gets no cookie for its visitor', async () => {
    const headers = { origin: 'https://elsewhere.test', 'sec-fetch-site': 'cross-site' };
    const { status, headers: got } = await post(
      '/api/login',
      { username: 'admin', password },
      { bearer: null, headers },
    );
    expect(status).toBe(200);
    expect(got.get('set-cookie')).toBeNull();
  });

  test('the sign-in stands in the console with its address, and ends when it is ended there', async () => {
    const { headers } = await post(
      '/api/login',
      { username: 'admin', password },
      { bearer: null, headers: { 'user-agent': 'my-script/1' } },
    );
    expect(headers.get('set-cookie')).toBeTruthy();
    const { json } = await consoleAsk('GET', '/sessions');
    const mine = json.items.find(({ user_agent }: { user_agent: string }) => user_agent === 'my-script/1');
    expect(mine).toMatchObject({ address: '127.0.0.1' });
    const current = json.items.find(({ current }: { current: boolean }) => current);
    await consoleAsk('DELETE', `/sessions/${encodeURIComponent(current.id)}`);
    expect((await get('/api/stats')).status).toBe(401);
  });

  test('logging out takes the cookie away', async () => {
    const { headers } = await ask('POST', '/api/logout');
    expect(headers.get('set-cookie')).toMatch(/=; .*Max-Age=0/);
  });
});

describe('A.3 GET, POST and PUT /api/tokens, new fields', () => {
  test('A.3 GET /api/tokens', async () => {
    const token = await tokenOf((await addToken()).id);
    expect(Object.keys(token).sort()).toEqual([...seedKeys, ...laterKeys].sort());
    expect(token).toMatchObject({
      at_expired: false,
      at_expiring_within_1h: true,
      protocol_mode: 'session',
      google_cookies: null,
      login_account: null,
      login_password: null,
      proxy_url: null,
      auto_refresh_enabled: true,
      refresh_interval_minutes: 120,
      last_st_refresh_at: null,
      today_error_count: 0,
      consecutive_error_count: 0,
      ban_reason: null,
      banned_at: null,
    });
  });

  test('A.3 POST /api/tokens takes the fields of the later version, and says which it has no use for', async () => {
    const { st } = upstreamToken();
    const { status, json } = await post('/api/tokens', {
      st,
      protocol_mode: 'protocol',
      google_cookies: 'SID=1',
      login_account: 'ada',
      login_password: 'x',
      auto_refresh_enabled: false,
      refresh_interval_minutes: 30,
      extension_route_key: 'x',
    });
    expect(status).toBe(200);
    expect(json.message).toContain('protocol_mode is not used here');
    expect((await post('/api/tokens', { st, protocol_mode: 'magic' })).status).toBe(422);
  });

  test('A.3 PUT /api/tokens/{id} sets and clears a proxy of the account', async () => {
    const { id } = await addToken();
    await put(`/api/tokens/${id}`, { proxy_url: 'proxy.test:3128' });
    expect((await tokenOf(id)).proxy_url).toBe('http://proxy.test:3128');
    const wrong = await put(`/api/tokens/${id}`, { proxy_url: 'ftp://x' });
    expect([wrong.status, wrong.json]).toEqual([400, detail]);
    await put(`/api/tokens/${id}`, { proxy_url: '' });
    expect((await tokenOf(id)).proxy_url).toBeNull();
  });

  test('A.3 DELETE /api/tokens/{id}: the log keeps what the account made', async () => {
    const { id, email } = await addToken();
    for (const token of (await get('/api/tokens')).json) {
      if (token.id !== id) await ask('POST', `/api/tokens/${token.id}/disable`);
    }
    await makePicture();
    await ask('DELETE', `/api/tokens/${id}`);
    const made = await untilLogged((log) => log.token_email === email);
    expect(made).toMatchObject({ token_id: null, operation: 'generate_image' });
    for (const token of (await get('/api/tokens')).json) await ask('POST', `/api/tokens/${token.id}/enable`);
  });
});

describe('A.3 GET /health', () => {
  test('tells strangers nothing and insiders the counts', async () => {
    expect((await get('/health', { bearer: null })).json).toEqual({ status: 'ok' });
    const counts = {
      status: 'ok',
      backend_running: true,
      has_active_tokens: expect.any(Boolean),
      total_tokens: expect.any(Number),
      active_tokens: expect.any(Number),
      tokens_missing_at: expect.any(Number),
      tokens_expired: expect.any(Number),
      tokens_expiring_within_1h: expect.any(Number),
      banned_429_tokens: expect.any(Number),
    };
    expect((await get('/health')).json).toEqual(counts);
    expect((await get('/health', { bearer: app.apiKey })).json).toEqual(counts);
    expect((await get('/health', { bearer: null, headers: { cookie } })).json).toEqual(counts);
  });
});

describe('A.3 GET /metrics', () => {
  test('is Prometheus text for insiders', async () => {
    const { status, text, headers } = await get('/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text).toContain('flow2api_generation_requests_total');
    expect(text).toContain('flow2api_token_active{');
    expect(text).not.toContain('@example.com');
    const withKey = await get('/metrics', { bearer: app.apiKey });
    expect([withKey.status, withKey.text.includes('token_id')]).toEqual([200, false]);
    expect((await get('/metrics', { bearer: null })).status).toBe(401);
  });
});

describe('A.3 GET and POST /api/plugin/config', () => {
  test('an empty token becomes a random one, which is shown this once', async () => {
    const { status, json } = await post('/api/plugin/config', {}, { mayHoldSecrets: true });
    expect(status).toBe(200);
    expect(json).toEqual({
      ...done,
      connection_token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      auto_enable_on_update: true,
    });
    secrets.add(json.connection_token);
    expect((await get('/api/plugin/config')).json).toEqual({
      success: true,
      config: {
        connection_token: '••••••••',
        connection_url: `${app.url}/api/plugin/update-token`,
        auto_enable_on_update: true,
      },
    });
    const asked = await post('/api/plugin/check-tokens', {}, { bearer: json.connection_token });
    expect(asked.status).toBe(200);
  });

  test('a masked token stays as it is', async () => {
    const made = await post('/api/plugin/config', {}, { mayHoldSecrets: true });
    secrets.add(made.json.connection_token);
    const shown = (await get('/api/plugin/config')).json.config;
    const { json } = await post('/api/plugin/config', { ...shown, auto_enable_on_update: false });
    expect(json).toEqual({ ...done, connection_token: '••••••••', auto_enable_on_update: false });
    const asked = await post('/api/plugin/check-tokens', {}, { bearer: made.json.connection_token });
    expect(asked.status).toBe(200);
  });

  test('behind TLS the address of the extension is one of https', async () => {
    const { json } = await get('/api/plugin/config', {
      headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'gateway.test' },
    });
    expect(json.config.connection_url).toBe('https://gateway.test/api/plugin/update-token');
  });
});

describe('A.3 POST /api/plugin/update-token and /api/plugin/check-tokens', () => {
  let connection = '';
  beforeEach(async () => {
    connection = `connection-${randomBytes(12).toString('hex')}`;
    await post('/api/plugin/config', { connection_token: connection }, { mayHoldSecrets: true });
    secrets.add(connection);
  });
  const paths = ['/api/plugin/update-token', '/api/plugin/check-tokens'];

  test('A.3 POST /api/plugin/update-token adds, then updates and enables', async () => {
    const { st, email } = upstreamToken();
    const added = await post('/api/plugin/update-token', { session_token: st }, { bearer: connection });
    expect(added.json).toEqual({ ...done, action: 'added', token_id: anyText });
    await ask('POST', `/api/tokens/${added.json.token_id}/disable`);
    const again = upstreamToken({ email });
    const updated = await post(
      '/api/plugin/update-token',
      { session_token: again.st },
      { bearer: null, headers: { authorization: connection } },
    );
    expect(updated.json).toEqual({ ...done, action: 'updated', auto_enabled: true });
    const wrong = await post('/api/plugin/update-token', { session_token: 'x y' }, { bearer: connection });
    expect([wrong.status, wrong.json]).toEqual([400, detail]);
  });

  test('A.3 POST /api/plugin/check-tokens', async () => {
    const { id, email } = await addToken();
    const { json } = await post(
      '/api/plugin/check-tokens',
      { emails: [email.toUpperCase()] },
      { bearer: connection },
    );
    expect(json).toEqual({
      success: true,
      tokens: [
        {
          id,
          email,
          is_active: true,
          needs_refresh: false,
          at_expires: anyIso,
          last_used_at: null,
          protocol_mode: 'session',
          auto_refresh_enabled: true,
          refresh_interval_minutes: 120,
          last_st_refresh_at: null,
          last_st_refresh_result: null,
          credits: 500,
        },
      ],
    });
  });

  test.each(paths)('A.3 POST %s takes the connection token only', async (path) => {
    for (const other of [bearer, app.apiKey, 'wrong', null]) {
      const { status, json } = await post(path, {}, { bearer: other });
      expect([status, json]).toEqual([401, detail]);
    }
  });

  test('wrong connection tokens are slowed down by the address', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.20' };
    const tries = [];
    for (let count = 0; count < 30; count += 1) {
      tries.push(await post('/api/plugin/check-tokens', {}, { bearer: `guess-${count}`, headers }));
    }
    const refused = tries.find(({ status }) => status === 429);
    expect(refused?.json).toEqual(detail);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    const right = await post('/api/plugin/check-tokens', {}, { bearer: connection, headers });
    expect(right.status).toBe(200);
  });
});

const guarded: [string, string][] = [
  ['POST', '/api/admin/logout'],
  ['POST', '/api/logout'],
  ['POST', '/api/admin/change-password'],
  ['POST', '/api/admin/password'],
  ['GET', '/api/tokens'],
  ['POST', '/api/tokens'],
  ['PUT', '/api/tokens/1'],
  ['DELETE', '/api/tokens/1'],
  ['POST', '/api/tokens/1/enable'],
  ['POST', '/api/tokens/1/disable'],
  ['POST', '/api/tokens/1/refresh-credits'],
  ['POST', '/api/tokens/1/refresh-at'],
  ['POST', '/api/tokens/st2at'],
  ['POST', '/api/tokens/import'],
  ['GET', '/api/config/proxy'],
  ['POST', '/api/config/proxy'],
  ['GET', '/api/proxy/config'],
  ['POST', '/api/proxy/config'],
  ['POST', '/api/proxy/test'],
  ['GET', '/api/config/generation'],
  ['POST', '/api/config/generation'],
  ['GET', '/api/generation/timeout'],
  ['POST', '/api/generation/timeout'],
  ['GET', '/api/call-logic/config'],
  ['POST', '/api/call-logic/config'],
  ['GET', '/api/system/info'],
  ['GET', '/api/stats'],
  ['GET', '/api/logs'],
  ['GET', '/api/logs/1'],
  ['DELETE', '/api/logs'],
  ['GET', '/api/admin/config'],
  ['POST', '/api/admin/config'],
  ['POST', '/api/admin/apikey'],
  ['POST', '/api/admin/debug'],
  ['GET', '/api/token-refresh/config'],
  ['POST', '/api/token-refresh/config'],
  ['POST', '/api/token-refresh/enabled'],
  ['GET', '/api/cache/config'],
  ['POST', '/api/cache/enabled'],
  ['POST', '/api/cache/config'],
  ['POST', '/api/cache/base-url'],
  ['GET', '/api/plugin/config'],
  ['POST', '/api/plugin/config'],
];

describe('A.1 conventions', () => {
  test.each(guarded)(
    '%s %s is a 401 without a sign-in, before anything of the body is looked at',
    async (method, path) => {
      const sent = method === 'GET' ? {} : { text: 'no json' };
      const missing = await ask(method, path, { bearer: null, ...sent });
      expect([missing.status, missing.json]).toEqual([401, detail]);
      const wrong = await ask(method, path, { bearer: `admin-${'x'.repeat(43)}`, ...sent });
      expect([wrong.status, wrong.json]).toEqual([401, detail]);
    },
  );

  test('an API key of a client is no sign-in', async () => {
    const { status, json } = await get('/api/stats', { bearer: app.apiKey });
    expect([status, json]).toEqual([401, detail]);
  });

  test('wrong bearer tokens are slowed down by the address, and a right one from there passes', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.30' };
    const tries = [];
    for (let count = 0; count < 30; count += 1) {
      tries.push(await get('/api/stats', { bearer: `admin-${String(count).padStart(43, 'x')}`, headers }));
    }
    const refused = tries.find(({ status }) => status === 429);
    expect(refused?.json).toEqual(detail);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await get('/api/stats', { headers })).status).toBe(200);
  });

  test('a path that there is not is a 404, another method a 405 that names the right ones', async () => {
    const missing = await get('/api/no/such/path');
    expect([missing.status, missing.json]).toEqual([404, { detail: 'Not Found' }]);
    const wrong = await ask('DELETE', '/api/tokens');
    expect([wrong.status, wrong.json]).toEqual([405, { detail: 'Method Not Allowed' }]);
    expect(wrong.headers.get('allow')).toBe('GET, POST');
  });

  test("the console's own API keeps its own shape where there is nothing", async () => {
    const { status, json } = await get('/api/v1/admin/no-such-thing');
    expect(status).toBe(404);
    expect(json.error).toMatchObject({ code: 'not_found' });
  });
});

describe('the settings of these paths', () => {
  test('switched off, none of them is there', async () => {
    await setSetting('compatibility.enabled', false);
    try {
      const paths: [string, string][] = [
        ...guarded,
        ['POST', '/api/login'],
        ['GET', '/api/captcha/config'],
        ['POST', '/api/plugin/update-token'],
        ['POST', '/api/plugin/check-tokens'],
      ];
      for (const [method, path] of paths) {
        const { status, json } = await ask(method, path);
        expect([method, path, status, json]).toEqual([method, path, 404, { detail: 'Not Found' }]);
      }
    } finally {
      await setSetting('compatibility.enabled', true);
    }
    expect((await get('/api/stats')).status).toBe(200);
  });

  test('session tokens are shown where a setting lets them be, and each look is in the audit list', async () => {
    const { id, st } = await addToken();
    await setSetting('compatibility.show_session_tokens', true);
    try {
      const { json } = await get('/api/tokens', { mayHoldSecrets: true });
      const token = json.find((row: { id: string }) => row.id === id);
      expect(token).toMatchObject({ st, at: '••••••••', token: '••••••••' });
      const { items } = (await consoleAsk('GET', '/audit?action=account.list_with_secrets')).json;
      expect(items).toMatchObject([{ administrator: 'admin', detail: { accounts: json.length } }]);
      // A sign-in of the console has to enter the password again for that, so it sees none here.
      const opened = await post(
        '/api/v1/admin/sign-in',
        { username: 'admin', password },
        { bearer: null, headers: { origin: app.url } },
      );
      const consoleCookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
      const seen = await get('/api/tokens', { bearer: null, headers: { cookie: consoleCookie } });
      expect(seen.json.find((row: { id: string }) => row.id === id).st).toMatch(/^•/);
    } finally {
      await setSetting('compatibility.show_session_tokens', false);
    }
    expect((await tokenOf(id)).st).toMatch(/^•/);
  });
});

test('no answer of the whole walk held a secret', () => {
  secrets.add(password);
  secrets.add(app.apiKey);
  expect(answers.length).toBeGreaterThan(300);
  for (const secret of secrets) {
    const holders = answers.filter((answer) => answer.includes(secret)).map((answer) => answer.slice(0, 60));
    expect(holders).toEqual([]);
  }
  // Access tokens, as the simulator gives them.
  expect(answers.filter((answer) => answer.includes('ya29.'))).toEqual([]);
});
