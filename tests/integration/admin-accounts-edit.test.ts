import { afterAll, beforeAll, expect, test } from 'vitest';
import { POST as disable } from '@/app/api/v1/admin/accounts/[id]/disable/route';
import { POST as enable } from '@/app/api/v1/admin/accounts/[id]/enable/route';
import { POST as endCooldown } from '@/app/api/v1/admin/accounts/[id]/end-cooldown/route';
import { POST as createProject } from '@/app/api/v1/admin/accounts/[id]/projects/route';
import { POST as refreshAccess } from '@/app/api/v1/admin/accounts/[id]/refresh-access/route';
import { POST as refreshCredits } from '@/app/api/v1/admin/accounts/[id]/refresh-credits/route';
import { POST as replaceToken } from '@/app/api/v1/admin/accounts/[id]/replace-session-token/route';
import { POST as resetErrors } from '@/app/api/v1/admin/accounts/[id]/reset-errors/route';
import { POST as reveal } from '@/app/api/v1/admin/accounts/[id]/reveal/route';
import { PATCH as edit, GET as read, DELETE as remove } from '@/app/api/v1/admin/accounts/[id]/route';
import { POST as unblock } from '@/app/api/v1/admin/accounts/[id]/unblock/route';
import { GET as list } from '@/app/api/v1/admin/accounts/route';
import { type AccountChanges, type AccountRow, findAccount, updateAccount } from '@/db/repositories/accounts';
import { changeHealth } from '@/lib/accounts/change-health';
import { applySuccess } from '@/lib/accounts/health';
import { listAudit } from '@/lib/audit';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { administrator, call, freshToken, signedIn } from './admin-console';

const path = '/api/v1/admin/accounts';

let program: TestProgram;
let cookie: string;

// Without loops: every call that upstream sees is one of the handler's.
beforeAll(async () => {
  program = await startTestProgram({ services: false });
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
});
afterAll(() => program.stop());

type Handler = (request: Request) => Promise<Response>;

const act = (handler: Handler, name: string, id: string, body?: unknown) =>
  call(handler, 'POST', `${path}/${id}/${name}`, { cookie, ...(body === undefined ? {} : { body }) });
const patch = (id: string, body: unknown, headers: Record<string, string> = {}) =>
  call(edit, 'PATCH', `${path}/${id}`, { cookie, body, headers });
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
const audited = async (object: string) =>
  (await listAudit(program.runtime, { object, limit: 50 })).items.map(({ action }) => action);

test('one account is told with its projects, its history and the age of its credits, without secrets', async () => {
  const row = await make({ creditsCheckedAt: new Date(Date.now() - 90_000) });
  await act(disable, 'disable', row.id);
  const { status, json, text } = await call(read, 'GET', `${path}/${row.id}`, { cookie });
  expect(status).toBe(200);
  expect(json).toMatchObject({
    id: row.id,
    email: row.email,
    projects: [{ project_id: row.projectId, is_current: true }],
    health: { state: 'disabled' },
    health_history: [{ before: 'healthy', after: 'disabled' }],
    session_token: { is_stored: true, replaced_at: null },
    proxy: null,
    today: { image: 0, video: 0, error: 0 },
  });
  expect(json.credits_age).toBeGreaterThanOrEqual(90);
  expect(text).not.toContain(program.runtime.secrets.open(row.sessionTokenSealed ?? ''));
  expect(text).not.toContain('ya29.');
  expect(text).not.toMatch(/ealed/);
});

test('an edit changes what is given, keeps what is absent, and clears what is null', async () => {
  const row = await make({ remark: 'main', imageConcurrency: 3, videoConcurrency: 2 });
  const { status, json } = await patch(row.id, {
    remark: null,
    image_concurrency: null,
    video_enabled: false,
  });
  expect(status).toBe(200);
  expect(json).toMatchObject({
    remark: null,
    image_concurrency: null,
    video_concurrency: 2,
    image_enabled: true,
    video_enabled: false,
    project_id: row.projectId,
  });
});

test('an edit asks nothing of upstream', async () => {
  const row = await make();
  program.simulator.resetStats();
  await patch(row.id, { remark: 'new', proxy_url: 'http://proxy.example:8080', enabled: false });
  await patch(row.id, { enabled: true, project_id: null, image_concurrency: 5 });
  await act(resetErrors, 'reset-errors', row.id);
  expect(program.simulator.stats().calls).toEqual([]);
});

test('a proxy is stored sealed, shown without user and password, and goes with null', async () => {
  const row = await make();
  await patch(row.id, { proxy_url: 'socks5://user:geheim@proxy.example:1080' });
  expect((await stored(row.id)).proxyUrlSealed).not.toContain('geheim');
  const shown = await call(read, 'GET', `${path}/${row.id}`, { cookie });
  expect(shown.json).toMatchObject({ has_proxy: true, proxy: 'socks5://••••@proxy.example:1080' });
  expect(shown.text).not.toContain('geheim');
  expect((await patch(row.id, { proxy_url: null })).json.has_proxy).toBe(false);
});

test('a project is chosen among those that are known, with its title, or by its id', async () => {
  const row = await make();
  const other = await patch(row.id, { project_id: '6b1d7f0e-0000-4000-8000-1234567890ab' });
  expect(other.json).toMatchObject({
    project_id: '6b1d7f0e-0000-4000-8000-1234567890ab',
    project_name: null,
  });
  const back = await patch(row.id, { project_id: row.projectId });
  expect(back.json.project_name).toBe(row.projectName);
});

test.each(['body', 'header'] as const)(
  'an edit of what was edited elsewhere meanwhile is refused (version in the %s)',
  async (where) => {
    const row = await make();
    const { version } = (await call(read, 'GET', `${path}/${row.id}`, { cookie })).json;
    const mine = (remark: string) =>
      where === 'body'
        ? patch(row.id, { remark, version })
        : patch(row.id, { remark }, { 'if-match': `"${version}"` });
    await patch(row.id, { remark: 'theirs' });
    const { status, json } = await mine('mine');
    expect(status).toBe(409);
    expect(json.error.code).toBe('edited_elsewhere');
    expect((await stored(row.id)).remark).toBe('theirs');
  },
);

test('what jobs write on an account does not stand in the way of an edit', async () => {
  const row = await make();
  const { version } = (await call(read, 'GET', `${path}/${row.id}`, { cookie })).json;
  await changeHealth(program.runtime, row.id, (current) => applySuccess(current, 'image', new Date()));
  expect((await patch(row.id, { remark: 'mine', version })).status).toBe(200);
});

test.each([
  ['zero as a limit', { image_concurrency: 0 }, 'image_concurrency'],
  ['a proxy without a scheme', { proxy_url: 'proxy:8080' }, 'proxy_url'],
  ['a remark that is too long', { remark: 'x'.repeat(201) }, 'remark'],
])('%s is refused at its field, and nothing is changed', async (_what, part, field) => {
  const row = await make();
  const { status, json } = await patch(row.id, { video_enabled: false, ...part });
  expect(status).toBe(400);
  expect(Object.keys(json.error.fields)).toEqual([field]);
  expect((await stored(row.id)).videoEnabled).toBe(true);
});

test('enabling forgives a ban and the errors that led to it', async () => {
  const banned = { bannedAt: new Date(), banReason: 'HTTP 403', errorStreak: 3 };
  const row = await make({ ...banned, enabled: false, disabledAt: new Date() });
  const { json } = await act(enable, 'enable', row.id);
  expect(json).toMatchObject({ enabled: true, error_streak: 0, health: { state: 'healthy' } });
  expect(await audited(row.id)).toEqual(['account.enable']);
});

test('disabling leaves an account out until a hand switches it on', async () => {
  const row = await make();
  expect((await act(disable, 'disable', row.id)).json.health.state).toBe('disabled');
  expect((await stored(row.id)).disabledAt).not.toBeNull();
});

test('resetting errors ends the streak', async () => {
  const row = await make({ errorStreak: 2 });
  expect((await act(resetErrors, 'reset-errors', row.id)).json).toMatchObject({
    error_streak: 0,
    health: { state: 'healthy' },
  });
});

test('a cooldown can be ended before its time', async () => {
  const row = await make({ cooldownUntil: new Date(Date.now() + 3_600_000), cooldownReason: 'throttle' });
  expect((await act(endCooldown, 'end-cooldown', row.id)).json.health.state).toBe('healthy');
});

test('trying again ends one block and leaves the others', async () => {
  const row = await make({
    blocks: [
      { scope: 'video', reason: 'challenge' },
      { scope: 'veo_3_1', reason: 'model_quota', until: Date.now() + 3_600_000 },
    ],
  });
  const { json } = await act(unblock, 'unblock', row.id, { scope: 'video' });
  expect(json.blocks).toEqual([{ scope: 'veo_3_1', reason: 'model_quota', until: expect.any(String) }]);
  expect((await act(unblock, 'unblock', row.id, { scope: 'video' })).status).toBe(404);
});

test.each([
  ['reading', () => call(read, 'GET', `${path}/nobody`, { cookie })],
  ['editing', () => patch('nobody', { remark: 'x', project_id: 'abc' })],
  ['deleting', () => call(remove, 'DELETE', `${path}/nobody`, { cookie })],
  ['enabling', () => act(enable, 'enable', 'nobody')],
  ['disabling', () => act(disable, 'disable', 'nobody')],
  ['resetting errors', () => act(resetErrors, 'reset-errors', 'nobody')],
  ['ending a cooldown', () => act(endCooldown, 'end-cooldown', 'nobody')],
  ['unblocking', () => act(unblock, 'unblock', 'nobody', { scope: 'video' })],
  ['refreshing credits', () => act(refreshCredits, 'refresh-credits', 'nobody')],
  ['refreshing access', () => act(refreshAccess, 'refresh-access', 'nobody')],
  [
    'replacing the token',
    () => act(replaceToken, 'replace-session-token', 'nobody', { session_token: freshToken() }),
  ],
  ['making a project', () => act(createProject, 'projects', 'nobody', {})],
  ['revealing', () => act(reveal, 'reveal', 'nobody', { password: administrator.password })],
])('%s an account that there is not is a 404', async (_what, attempt) => {
  const { status, json } = await attempt();
  expect(status).toBe(404);
  expect(json.error.code).toBe('not_found');
});

test('secrets are shown after the password only, and each time is written down', async () => {
  const row = await make();
  await patch(row.id, { proxy_url: 'http://user:geheim@proxy.example:8080' });
  const wrong = await act(reveal, 'reveal', row.id, { password: 'not the password' });
  expect(wrong.status).toBe(400);
  expect(wrong.json.error.code).toBe('wrong_password');
  expect(await audited(row.id)).not.toContain('account.reveal_secrets');

  const right = await act(reveal, 'reveal', row.id, { password: administrator.password });
  expect(right.json).toEqual({
    session_token: program.runtime.secrets.open(row.sessionTokenSealed ?? ''),
    proxy_url: 'http://user:geheim@proxy.example:8080',
  });
  expect(right.headers.get('cache-control')).toBe('no-store');
  expect(await audited(row.id)).toContain('account.reveal_secrets');
});

test('what is changed by hand is in the audit list, without values', async () => {
  const row = await make();
  await patch(row.id, { proxy_url: 'http://user:geheim@proxy.example:8080' });
  const { items } = await listAudit(program.runtime, { object: row.id, limit: 10 });
  expect(items).toMatchObject([
    { action: 'account.edit', administrator: administrator.username, detail: { fields: ['proxy_url'] } },
  ]);
  expect(JSON.stringify(items)).not.toContain('geheim');
});

test('the list can be narrowed by tier, switches and credits', async () => {
  const poor = await make({ tier: 'ultra', credits: 7, imageEnabled: false });
  const found = async (query: string) =>
    (await call(list, 'GET', `${path}?${query}`, { cookie })).json.items.map((row: { id: string }) => row.id);
  expect(await found('tier=ultra')).toEqual([poor.id]);
  expect(await found('image=off')).toEqual([poor.id]);
  expect(await found('credits_lt=8')).toEqual([poor.id]);
  expect(await found('credits_lt=7')).toEqual([]);
});

test('a visitor without a sign-in changes nothing', async () => {
  const row = await make();
  const { status } = await call(edit, 'PATCH', `${path}/${row.id}`, { body: { remark: 'x' } });
  expect(status).toBe(401);
  expect((await stored(row.id)).remark).toBeNull();
});
