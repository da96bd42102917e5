import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { POST as createProject } from '@/app/api/v1/admin/accounts/[id]/projects/route';
import { POST as refreshAccess } from '@/app/api/v1/admin/accounts/[id]/refresh-access/route';
import { POST as refreshCredits } from '@/app/api/v1/admin/accounts/[id]/refresh-credits/route';
import { POST as replaceToken } from '@/app/api/v1/admin/accounts/[id]/replace-session-token/route';
import { type AccountChanges, type AccountRow, findAccount, updateAccount } from '@/db/repositories/accounts';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { call, freshToken, signedIn } from './admin-console';

const path = '/api/v1/admin/accounts';

let program: TestProgram;
let cookie: string;

beforeAll(async () => {
  program = await startTestProgram({ services: false });
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
});
afterAll(() => program.stop());
beforeEach(() => program.simulator.clearFaults());

type Handler = (request: Request) => Promise<Response>;

const act = (handler: Handler, name: string, id: string, body?: unknown) =>
  call(handler, 'POST', `${path}/${id}/${name}`, { cookie, ...(body === undefined ? {} : { body }) });
const stored = async (id: string): Promise<AccountRow> => {
  const row = await findAccount(program.runtime.db, id);
  if (row === undefined) throw new Error(`no account ${id}`);
  return row;
};
const make = async (changes: AccountChanges = {}): Promise<AccountRow> => {
  const { id } = await program.addAccount();
  await updateAccount(program.runtime.db, id, changes, program.runtime.now());
  return stored(id);
};
const expired = { expiredAt: new Date(), expiredReason: 'dead' };

/** Another session token of the same account, as upstream knows it. */
const anotherToken = (row: AccountRow, part: object = {}): string => {
  const sessionToken = freshToken();
  const { tier, credits } = program.simulator.account(row.email);
  program.simulator.addAccount({ sessionToken, email: row.email, tier, credits, ...part });
  return sessionToken;
};

test('refreshing credits asks for credits and tier and keeps them', async () => {
  const row = await make({ credits: 0, creditsCheckedAt: null });
  Object.assign(program.simulator.account(row.email), { credits: 77, tier: 'PAYGATE_TIER_TWO' });
  const { status, json } = await act(refreshCredits, 'refresh-credits', row.id);
  expect(status).toBe(200);
  expect(json).toMatchObject({ credits: 77, tier: 'ultra', credits_checked_at: expect.any(String) });
});

test('an access token that is refused is exchanged once, and credits are asked for again', async () => {
  const row = await make();
  program.simulator.account(row.email).accessTokens.clear();
  const { status, json } = await act(refreshCredits, 'refresh-credits', row.id);
  expect(status).toBe(200);
  expect(json.credits).toBe(10_000);
});

test('credits that cannot be asked for leave the number that is known', async () => {
  const row = await make({ credits: 55 });
  program.simulator.inject({ call: 'credits', times: 20, effect: { type: 'status', status: 503 } });
  const { status } = await act(refreshCredits, 'refresh-credits', row.id);
  expect(status).toBe(502);
  expect(await stored(row.id)).toMatchObject({ credits: 55, enabled: true, expiredAt: null });
});

test('refreshing access exchanges the session token, also while the old access token is good', async () => {
  const row = await make();
  program.simulator.resetStats();
  const { status, text } = await act(refreshAccess, 'refresh-access', row.id);
  expect(status).toBe(200);
  expect(program.simulator.stats().tokenExchanges).toContainEqual({ account: row.email, count: 1 });
  expect(text).not.toContain('ya29.');
});

test('a session that is found dead marks the account, and the answer says what to do', async () => {
  const row = await make();
  program.simulator.account(row.email).dead = true;
  const { status, json } = await act(refreshAccess, 'refresh-access', row.id);
  expect(status).toBe(400);
  expect(json.error.code).toBe('session_dead');
  expect(await stored(row.id)).toMatchObject({ expiredReason: 'dead', enabled: true });
});

test('a network error while refreshing access is told as such, and takes nothing from the account', async () => {
  const row = await make();
  program.simulator.inject({ call: 'session', times: 20, effect: { type: 'reset', when: 'before' } });
  const { status } = await act(refreshAccess, 'refresh-access', row.id);
  expect(status).toBe(502);
  const { refreshFailures, refreshFailedAt, refreshFailingSince, updatedAt, ...rest } = await stored(row.id);
  expect(refreshFailures).toBe(1);
  expect(row).toMatchObject(rest);
});

test('an account whose sign-in counts as ended is tried again, and is back when that works', async () => {
  const row = await make(expired);
  const { json } = await act(refreshAccess, 'refresh-access', row.id);
  expect(json.health.state).toBe('healthy');
});

test('an account whose sign-in has ended stays so when trying again fails', async () => {
  const row = await make(expired);
  program.simulator.account(row.email).dead = true;
  expect((await act(refreshAccess, 'refresh-access', row.id)).status).toBe(400);
  expect((await stored(row.id)).expiredReason).toBe('dead');
});

test('a new session token of the same account is kept and ends "expired"', async () => {
  const row = await make(expired);
  const token = anotherToken(row, { credits: 99 });
  const { status, json, text } = await act(replaceToken, 'replace-session-token', row.id, {
    session_token: token,
  });
  expect(status).toBe(200);
  expect(json).toMatchObject({ health: { state: 'healthy' }, credits: 99 });
  expect(text).not.toContain(token);
  const now = await stored(row.id);
  expect(program.runtime.secrets.open(now.sessionTokenSealed ?? '')).toBe(token);
  expect(now.sessionTokenReplacedAt).not.toBeNull();
  expect(now).toMatchObject({ id: row.id, projectId: row.projectId });
});

test('a session token of another account is refused, and nothing is changed', async () => {
  const row = await make(expired);
  const sessionToken = freshToken();
  program.simulator.addAccount({
    sessionToken,
    email: `other-${row.email}`,
    tier: 'PAYGATE_TIER_ONE',
    credits: 1,
  });
  const { status, json } = await act(replaceToken, 'replace-session-token', row.id, {
    session_token: sessionToken,
  });
  expect(status).toBe(409);
  expect(json.error.code).toBe('other_account');
  expect(await stored(row.id)).toEqual(row);
});

test('a session token that another account of ours has is refused without asking upstream', async () => {
  const [row, other] = [await make(), await make()];
  program.simulator.resetStats();
  const { status, json } = await act(replaceToken, 'replace-session-token', row.id, {
    session_token: program.runtime.secrets.open(other.sessionTokenSealed ?? ''),
  });
  expect(status).toBe(409);
  expect(json.error).toMatchObject({ code: 'account_exists', details: { id: other.id } });
  expect(program.simulator.stats().calls).toEqual([]);
});

test.each([
  ['the exchange', 'session'],
  ['asking for credits', 'credits'],
] as const)('when %s fails, the old session token stays', async (_what, failing) => {
  const row = await make(expired);
  const token = anotherToken(row);
  program.simulator.inject({ call: failing, times: 20, effect: { type: 'status', status: 503 } });
  const { status } = await act(replaceToken, 'replace-session-token', row.id, { session_token: token });
  expect(status).toBe(502);
  expect(await stored(row.id)).toEqual(row);
});

test('a dead session token is refused at its field, and the old one stays', async () => {
  const row = await make();
  const { status, json } = await act(replaceToken, 'replace-session-token', row.id, {
    session_token: freshToken(),
  });
  expect(status).toBe(400);
  expect(json.error).toMatchObject({ code: 'session_dead', fields: { session_token: expect.any(String) } });
  expect(await stored(row.id)).toEqual(row);
});

test('a project is made upstream and chosen', async () => {
  const row = await make();
  const { status, json } = await act(createProject, 'projects', row.id, { title: 'Holidays' });
  expect(status).toBe(201);
  expect(json).toMatchObject({ project_name: 'Holidays' });
  expect(json.project_id).not.toBe(row.projectId);
  expect(json.projects.map((project: { is_current: boolean }) => project.is_current)).toContain(true);
  expect(json.projects).toHaveLength(2);
  expect(program.simulator.account(row.email).projects).toContain(json.project_id);
});

test('a project can be made without being chosen', async () => {
  const row = await make();
  const { json } = await act(createProject, 'projects', row.id, { choose: false });
  expect(json).toMatchObject({ project_id: row.projectId });
  expect(json.projects).toHaveLength(2);
});

test('a project that could not be made is not remembered', async () => {
  const row = await make();
  program.simulator.inject({
    call: 'createProject',
    times: 20,
    effect: { type: 'innerStatus', status: 500 },
  });
  expect((await act(createProject, 'projects', row.id, {})).status).toBeGreaterThanOrEqual(424);
  expect(await stored(row.id)).toEqual(row);
});
