import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { GET as unknown } from '@/app/api/[...seed]/route';
import { POST as check, GET as checkByGet } from '@/app/api/v1/admin/accounts/check/route';
import { POST as add, GET as list } from '@/app/api/v1/admin/accounts/route';
import { GET as overview } from '@/app/api/v1/admin/overview/route';
import { listAccounts } from '@/db/repositories/accounts';
import { defineContract } from '@/lib/admin-api/contract';
import { startHttpProxy } from '@/lib/http/__fixtures__/proxies';
import { adminRoute } from '@/lib/route/admin-route';
import type { SimulatorAccount } from '../simulator/server';
import { startTestProgram, type TestProgram, until } from '../support/test-runtime';
import { call, freshToken, origin, signedIn } from './admin-console';

const path = '/api/v1/admin/accounts';

let program: TestProgram;
let cookie: string;

beforeAll(async () => {
  program = await startTestProgram();
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
});
afterAll(() => program.stop());

let counter = 0;
/** An account that only the simulator knows. */
function upstreamAccount(part: Partial<SimulatorAccount> = {}): SimulatorAccount {
  counter += 1;
  const account = {
    sessionToken: freshToken(),
    email: `maria-${counter}@example.com`,
    name: 'Maria',
    tier: 'PAYGATE_TIER_TWO' as const,
    credits: 12_340,
    ...part,
  };
  program.simulator.addAccount(account);
  return account;
}

const stored = async () => (await listAccounts(program.runtime.db)).length;

let before = 0;
beforeEach(async () => {
  program.simulator.clearFaults();
  before = await stored();
});

test.each([
  ['the list', () => call(list, 'GET', path)],
  ['adding', () => call(add, 'POST', path, { body: { session_token: freshToken() } })],
  ['checking', () => call(check, 'POST', `${path}/check`, { body: { session_token: freshToken() } })],
  ['the overview', () => call(overview, 'GET', '/api/v1/admin/overview')],
  [
    'a forged cookie',
    () => call(list, 'GET', path, { cookie: 'flow2api.session=eyJhbGciOiJkaXIifQ..a.b.c' }),
  ],
])('%s needs a sign-in', async (_what, ask) => {
  const { status, json, headers } = await ask();
  expect(status).toBe(401);
  expect(json.error).toMatchObject({ code: 'sign_in_required', request_id: headers.get('x-request-id') });
});

test('a visitor without a sign-in learns nothing of the schema', async () => {
  const { status, json } = await call(add, 'POST', path, { body: { nonsense: true } });
  expect(status).toBe(401);
  expect(json.error.fields).toBeUndefined();
});

test.each([
  ['another origin', { origin: 'https://evil.example' }],
  ['a sandboxed page', { origin: 'null' }],
  ['another site, as the browser says', { 'sec-fetch-site': 'cross-site' }],
  ['another host of the same site', { 'sec-fetch-site': 'same-site' }],
])('a change asked by %s is refused', async (_who, headers) => {
  const account = upstreamAccount();
  const body = { session_token: account.sessionToken };
  const { status, json } = await call(add, 'POST', path, { cookie, body, headers });
  expect(status).toBe(403);
  expect(json.error.code).toBe('cross_site_request');
  expect(await stored()).toBe(before);
});

test('behind a proxy that changes the host, the forwarded one counts as our own', async () => {
  const headers = {
    host: '10.0.0.5:8000',
    'x-forwarded-host': new URL(origin).host,
    'x-flow2api-peer': '10.0.0.2',
  };
  const body = { session_token: upstreamAccount().sessionToken };
  expect((await call(check, 'POST', `${path}/check`, { cookie, body, headers })).status).toBe(200);
});

test('checking tells whose token it is and saves nothing', async () => {
  const account = upstreamAccount();
  const { status, json, headers } = await call(check, 'POST', `${path}/check`, {
    cookie,
    body: { session_token: account.sessionToken },
  });
  expect(status).toBe(200);
  expect(json).toEqual({
    email: account.email,
    name: 'Maria',
    tier: 'ultra',
    credits: 12_340,
    access_expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
  });
  expect(headers.get('cache-control')).toBe('no-store');
  expect(await stored()).toBe(before);
});

test('adding exchanges the token, makes a project and gives the row', async () => {
  const account = upstreamAccount();
  const { status, json } = await call(add, 'POST', path, {
    cookie,
    body: { session_token: account.sessionToken, remark: ' main ', image_concurrency: 4 },
  });
  expect(status).toBe(201);
  expect(json).toMatchObject({
    email: account.email,
    remark: 'main',
    tier: 'ultra',
    credits: 12_340,
    credits_checked_at: expect.any(String),
    access_expires_at: expect.any(String),
    project_id: expect.stringMatching(/^[\w-]{8,}$/),
    project_name: expect.stringMatching(/^[A-Z][a-z]{2} \d\d - \d\d:\d\d$/),
    health: { state: 'healthy' },
    image_concurrency: 4,
    video_concurrency: null,
    running: { image: 0, video: 0 },
    has_proxy: false,
  });
  expect(program.simulator.account(account.email).projects).toContain(json.project_id);
});

test('a project that is given is kept, and none is made', async () => {
  const account = upstreamAccount();
  const body = { session_token: account.sessionToken, project_id: '6b1d7f0e-0000-4000-8000-1234567890ab' };
  const { json } = await call(add, 'POST', path, { cookie, body });
  expect(json.project_id).toBe(body.project_id);
  expect(program.simulator.account(account.email).projects.size).toBe(0);
});

test('a pasted cookie is understood with its name, quotes and semicolon', async () => {
  const account = upstreamAccount();
  const body = { session_token: ` "__Secure-next-auth.session-token=${account.sessionToken}"; ` };
  expect((await call(add, 'POST', path, { cookie, body })).json.email).toBe(account.email);
});

test('the same token again is refused and names the account', async () => {
  const account = upstreamAccount();
  const body = { session_token: account.sessionToken };
  const first = await call(add, 'POST', path, { cookie, body });
  const again = await call(add, 'POST', path, { cookie, body });
  expect(again.status).toBe(409);
  expect(again.json.error).toMatchObject({ code: 'account_exists', details: { id: first.json.id } });
  const checked = await call(check, 'POST', `${path}/check`, { cookie, body });
  expect(checked.json.already_added).toEqual({ id: first.json.id });
});

test('another token of the same account is refused, with what to do instead', async () => {
  const account = upstreamAccount();
  const first = await call(add, 'POST', path, { cookie, body: { session_token: account.sessionToken } });
  const second = upstreamAccount({ email: account.email });
  const again = await call(add, 'POST', path, { cookie, body: { session_token: second.sessionToken } });
  expect(again.status).toBe(409);
  expect(again.json.error.details.id).toBe(first.json.id);
  expect(again.json.error.message).toContain('Replace its session token');
});

test('of two that add the same token at once, one succeeds and the other is told', async () => {
  const body = { session_token: upstreamAccount().sessionToken };
  const answers = await Promise.all([1, 2].map(() => call(add, 'POST', path, { cookie, body })));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  expect(await stored()).toBe(before + 1);
});

test('of two tokens of one account added at once, one succeeds and the other is told which', async () => {
  const one = upstreamAccount();
  const two = upstreamAccount({ email: one.email });
  const answers = await Promise.all(
    [one, two].map(({ sessionToken }) =>
      call(add, 'POST', path, { cookie, body: { session_token: sessionToken } }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  const [added, refused] = answers.toSorted((a, b) => a.status - b.status);
  expect(refused?.json.error).toMatchObject({ code: 'account_exists', details: { id: added?.json.id } });
  expect(await stored()).toBe(before + 1);
});

test.each([
  ['is kept once it has worked', true],
  ['is forgotten when it does not work', 'dead' as const],
])('a session token that upstream rotates to while adding %s', async (_rule, rotateSessionToken) => {
  const account = upstreamAccount();
  program.simulator.account(account.email).rotateSessionToken = rotateSessionToken;
  await call(add, 'POST', path, { cookie, body: { session_token: account.sessionToken } });
  const row = (await listAccounts(program.runtime.db)).at(-1);
  const kept = program.runtime.secrets.open(row?.sessionTokenSealed ?? '');
  expect(kept === account.sessionToken).toBe(rotateSessionToken === 'dead');
  expect(program.runtime.secrets.fingerprint(kept)).toBe(row?.sessionTokenHash);
});

test.each([
  ['a dead session', { dead: true }, 'session_dead', 'does not accept'],
  [
    'a session that Google cannot renew',
    { refreshNeeded: true },
    'session_refresh_needed',
    'could not renew',
  ],
  ['an account that Google has moved', { migrated: true }, 'account_migrated', 'flow.google.com'],
])('%s is refused at its field, and nothing is stored', async (_what, state, code, words) => {
  const body = { session_token: upstreamAccount(state).sessionToken };
  for (const ask of [
    call(check, 'POST', `${path}/check`, { cookie, body }),
    call(add, 'POST', path, { cookie, body }),
  ]) {
    const { status, json } = await ask;
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ code, fields: { session_token: expect.stringContaining(words) } });
  }
  expect(await stored()).toBe(before);
});

test.each(['session', 'credits', 'createProject'] as const)(
  'when the call %s fails, nothing is stored and the token can be added later',
  async (failing) => {
    const account = upstreamAccount();
    const body = { session_token: account.sessionToken };
    program.simulator.inject({ call: failing, times: 20, effect: { type: 'status', status: 503 } });
    const { status } = await call(add, 'POST', path, { cookie, body });
    expect(status).toBeGreaterThanOrEqual(500);
    expect(await stored()).toBe(before);
    program.simulator.clearFaults();
    expect((await call(add, 'POST', path, { cookie, body })).status).toBe(201);
  },
);

test.each([
  ['zero as a limit', { image_concurrency: 0 }, 'image_concurrency'],
  ['minus one as a limit', { video_concurrency: -1 }, 'video_concurrency'],
  ['a proxy without a scheme', { proxy_url: 'proxy:8080' }, 'proxy_url'],
  ['text where a switch belongs', { image_enabled: 'yes' }, 'image_enabled'],
])('%s is refused at its field', async (_what, part, field) => {
  const body = { session_token: freshToken(), ...part };
  const { status, json } = await call(add, 'POST', path, { cookie, body });
  expect(status).toBe(400);
  expect(Object.keys(json.error.fields)).toEqual([field]);
});

test('every field at fault is named at once', async () => {
  const body = { session_token: '', image_concurrency: 0 };
  const { json } = await call(add, 'POST', path, { cookie, body });
  expect(json.error.fields).toEqual({
    session_token: 'Enter a session token.',
    image_concurrency: 'Enter 1 or more, or leave empty for unlimited.',
  });
});

test('no answer holds a secret', async () => {
  const account = upstreamAccount();
  const credentials = 'proxy-user:proxy-password';
  const own = await startHttpProxy(credentials);
  const proxyUrl = own.url;
  // Closed at the end of this test, so no job may choose this account.
  const body = { session_token: account.sessionToken, proxy_url: proxyUrl, image_enabled: false };
  const dead = { session_token: upstreamAccount({ dead: true }).sessionToken, proxy_url: proxyUrl };
  const nobody = { ...dead, proxy_url: `http://${credentials}@127.0.0.1:1` };
  const answers = [
    await call(check, 'POST', `${path}/check`, { cookie, body: dead }),
    await call(check, 'POST', `${path}/check`, { cookie, body: nobody }),
    await call(check, 'POST', `${path}/check`, { cookie, body: { ...body, proxy_url: `x${proxyUrl}` } }),
    await call(check, 'POST', `${path}/check`, { cookie, body }),
    await call(add, 'POST', path, { cookie, body }),
    await call(add, 'POST', path, { cookie, body }),
    await call(list, 'GET', path, { cookie }),
    await call(overview, 'GET', '/api/v1/admin/overview', { cookie }),
  ];
  const { sessionTokenSealed } = (await listAccounts(program.runtime.db)).at(-1) ?? {};
  expect(own.seen).not.toHaveLength(0);
  await own.close();
  for (const { text } of answers) {
    expect(text).not.toContain('proxy-password');
    expect(text).not.toContain('proxy-user');
    expect(text).not.toContain(account.sessionToken);
    expect(text).not.toContain('ya29.');
    expect(text).not.toContain(sessionTokenSealed);
  }
});

test('what is stored of an account is sealed', async () => {
  const account = upstreamAccount();
  const own = await startHttpProxy('proxy-user:proxy-password');
  await call(add, 'POST', path, {
    cookie,
    body: { session_token: account.sessionToken, proxy_url: own.url, image_enabled: false },
  });
  await own.close();
  expect((await listAccounts(program.runtime.db)).at(-1)?.proxyUrlSealed).toBeTruthy();
  const rows = JSON.stringify(await listAccounts(program.runtime.db));
  expect(rows).not.toContain(account.sessionToken);
  expect(rows).not.toContain('ya29.');
  expect(rows).not.toContain('proxy-password');
});

test('the list is filtered, ordered and paged', async () => {
  for (const letter of ['a', 'b', 'c']) {
    const { sessionToken } = upstreamAccount({ email: `paged-${letter}@example.com` });
    await call(add, 'POST', path, { cookie, body: { session_token: sessionToken } });
  }
  const emails = (json: { items: { email: string }[] }) => json.items.map((row) => row.email);
  const first = await call(list, 'GET', `${path}?q=PAGED&sort=-email&limit=2`, { cookie });
  expect(emails(first.json)).toEqual(['paged-c@example.com', 'paged-b@example.com']);
  expect(first.json).toMatchObject({ total: 3, total_is_capped: false, next_cursor: first.json.items[1].id });
  const second = await call(
    list,
    'GET',
    `${path}?q=PAGED&sort=-email&limit=2&cursor=${first.json.next_cursor}`,
    { cookie },
  );
  expect(emails(second.json)).toEqual(['paged-a@example.com']);
  expect(second.json.next_cursor).toBeNull();
});

test('the list can be narrowed to states of health, and counts all of them', async () => {
  const { db } = program.runtime;
  const added = await call(add, 'POST', path, {
    cookie,
    body: { session_token: upstreamAccount().sessionToken },
  });
  await db.update(db.tables.accounts).set({ enabled: false }).where(eq(db.tables.accounts.id, added.json.id));
  const { json } = await call(list, 'GET', `${path}?health=disabled&health=banned`, { cookie });
  expect(json.items.map((row: { id: string }) => row.id)).toEqual([added.json.id]);
  expect(json.health_counts).toMatchObject({ disabled: 1, banned: 0, healthy: (await stored()) - 1 });
});

test('an unknown state of health in a query is refused at its field', async () => {
  const { status, json } = await call(list, 'GET', `${path}?health=happy`, { cookie });
  expect(status).toBe(400);
  expect(Object.keys(json.error.fields)[0]).toMatch(/^health/);
});

test.each([
  ['a limit that is no number', '?limit=many', 'limit', 'limit: Use a number.'],
  ['a limit below one', '?limit=0', 'limit', 'limit: Use 1 or more.'],
  ['a value given twice', '?q=a&q=b', 'q', 'q: Give it once.'],
  ['an unknown order', '?sort=colour', 'sort', /^sort: Use one of: health, /],
])('%s in a query is refused in plain words', async (_what, search, field, message) => {
  const { status, json } = await call(list, 'GET', `${path}${search}`, { cookie });
  expect(status).toBe(400);
  expect(Object.keys(json.error.fields)).toEqual([field]);
  expect(json.error.message).toMatch(message);
});

test('a body that is no object is refused in plain words', async () => {
  const { status, json } = await call(add, 'POST', path, { cookie, body: [] });
  expect([status, json.error.message, json.error.fields]).toEqual([400, 'Send a JSON object.', {}]);
});

test('a body is not read where the contract has none', async () => {
  const contract = defineContract({
    method: 'DELETE',
    path: '/api/v1/admin/nothing',
    query: z.object({}),
    body: z.undefined(),
    status: 200,
    output: z.object({}),
  });
  const request = new Request(`${origin}/api/v1/admin/nothing`, {
    method: 'DELETE',
    headers: { cookie, origin, host: new URL(origin).host, 'content-type': 'application/json' },
    body: '{ this is no JSON',
  });
  const response = await adminRoute(contract, async () => ({}))(request);
  expect(response.status).toBe(200);
  expect(request.bodyUsed).toBe(false);
});

test('another method is refused in the shape of the API, with what would be right', async () => {
  const { status, headers, json } = await call(checkByGet, 'GET', `${path}/check`, { cookie });
  expect([status, headers.get('allow'), json.error.code]).toEqual([
    405,
    'POST, OPTIONS',
    'method_not_allowed',
  ]);
});

test('an account that is being removed is in no state of health', async () => {
  const { db } = program.runtime;
  const { json } = await call(add, 'POST', path, {
    cookie,
    body: { session_token: upstreamAccount().sessionToken },
  });
  const health = async () =>
    (await call(list, 'GET', `${path}?health=healthy`, { cookie })).json as {
      items: { id: string }[];
      health_counts: { healthy: number };
    };
  const earlier = await health();
  await db
    .update(db.tables.accounts)
    .set({ removedAt: new Date() })
    .where(eq(db.tables.accounts.id, json.id));
  const later = await health();
  expect(later.health_counts.healthy).toBe(earlier.health_counts.healthy - 1);
  expect(later.items.map(({ id }) => id)).not.toContain(json.id);
});

test('errors in a row are told as a sentence', async () => {
  const { db } = program.runtime;
  const { json } = await call(add, 'POST', path, {
    cookie,
    body: { session_token: upstreamAccount().sessionToken },
  });
  const set = (part: object) =>
    db.update(db.tables.accounts).set(part).where(eq(db.tables.accounts.id, json.id));
  const detail = async () =>
    (await call(list, 'GET', `${path}?q=${json.id}`, { cookie })).json.items[0].health.detail;
  await set({ errorStreak: 1 });
  expect(await detail()).toBe('1 of 3 errors in a row');
  await set({ errorStreak: 3, bannedAt: new Date(), banReason: 'upstream_failed' });
  expect(await detail()).toBe('3 of 3 errors in a row: Google failed on its requests');
});

test('a file that is no longer kept has no address', async () => {
  const { db } = program.runtime;
  await program.addAccount();
  const jobId = await program.submit({ model: 'gemini-3.1-flash-image' });
  await program.events(jobId);
  await db
    .update(db.tables.media)
    .set({ storageKey: null, upstreamUrl: null })
    .where(eq(db.tables.media.jobId, jobId));
  const { json } = await call(overview, 'GET', '/api/v1/admin/overview', { cookie });
  expect(json.jobs[0]).toMatchObject({
    id: jobId,
    media: [{ kind: 'image', url: null, preview_url: null, is_stored: false }],
  });
});

test('a long prompt is never cut inside an emoji', async () => {
  const jobId = await program.submit({
    model: 'gemini-3.1-flash-image',
    prompt: `a${'😀'.repeat(400)}`,
  });
  await program.events(jobId);
  const { json } = await call(overview, 'GET', '/api/v1/admin/overview', { cookie });
  const job = json.jobs.find(({ id }: { id: string }) => id === jobId);
  expect(job.prompt).toBe(`a${'😀'.repeat(299)}`);
});

test('the overview counts a finished picture and links it', async () => {
  await program.addAccount();
  const earlier = (await call(overview, 'GET', '/api/v1/admin/overview', { cookie })).json;
  const jobId = await program.submit({ model: 'gemini-3.1-flash-image' });
  await program.events(jobId);
  const { json } = await call(overview, 'GET', '/api/v1/admin/overview', { cookie });
  expect(json.images_today).toBe(earlier.images_today + 1);
  expect(json.jobs[0]).toMatchObject({
    id: jobId,
    state: 'completed',
    model: 'gemini-3.1-flash-image',
    account_email: expect.stringContaining('@'),
    error: null,
    media: [
      {
        kind: 'image',
        is_stored: true,
        url: expect.stringMatching(/^\/media\/[a-z0-9]{26,}\.png$/),
        preview_url: expect.stringMatching(/^\/media\/[a-z0-9]{26,}\/preview\.webp$/),
      },
    ],
  });
});

test('changes and failures are in the request log; reading is not, nor is its refusal without a sign-in', async () => {
  const { runtime } = program;
  const read = await call(list, 'GET', path, { cookie });
  const unsigned = await call(list, 'GET', path);
  const changed = await call(add, 'POST', path, { cookie, body: {} });
  const rows = await until(async () => {
    await runtime.requestLog.flush();
    const logged = await runtime.db.select().from(runtime.db.tables.requestLogs);
    return logged.some((row) => row.requestId === changed.json.error.request_id) && logged;
  });
  const row = rows.find(({ requestId }) => requestId === changed.json.error.request_id);
  expect(row).toMatchObject({ method: 'POST', path, status: 400, errorCode: 'invalid_request' });
  for (const { headers } of [read, unsigned])
    expect(rows.some(({ requestId }) => requestId === headers.get('x-request-id'))).toBe(false);
});

test('an address below /api that nothing answers is a JSON 404, in the shape of whose address it would be', async () => {
  const own = await call(unknown, 'GET', '/api/v1/nothing');
  expect(own.status).toBe(404);
  expect(own.json.error).toMatchObject({ code: 'not_found', request_id: expect.stringMatching(/^req_/) });
  const predecessors = await call(unknown, 'GET', '/api/nothing');
  expect([predecessors.status, predecessors.json]).toEqual([404, { detail: 'Not Found' }]);
});
