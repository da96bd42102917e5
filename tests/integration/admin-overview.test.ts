import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { GET as listAccounts } from '@/app/api/v1/admin/accounts/route';
import { GET as readJob } from '@/app/api/v1/admin/jobs/[id]/route';
import { GET as listJobs } from '@/app/api/v1/admin/jobs/route';
import { GET as listLogs } from '@/app/api/v1/admin/logs/route';
import { GET as readOverview } from '@/app/api/v1/admin/overview/route';
import type { NewAccountRow } from '@/db/repositories/accounts';
import { findApiKey } from '@/db/repositories/api-keys';
import type { NewJobRow } from '@/db/repositories/jobs';
import { cheapestVideoCost } from '@/lib/models/prices';
import { accountRow } from '../support/account-row';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { call, signedIn } from './admin-console';

let program: TestProgram;
let cookie: string;

beforeAll(async () => {
  program = await startTestProgram({ services: false });
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
});
afterAll(() => program.stop());
beforeEach(async () => {
  const { db } = program.runtime;
  await db.delete(db.tables.jobs);
  await db.delete(db.tables.accounts);
});

let counter = 0;

async function addAccount(part: Partial<NewAccountRow> = {}): Promise<string> {
  counter += 1;
  const id = `account-${counter}`;
  const { db } = program.runtime;
  const row = accountRow({ id, email: `${id}@example.com`, sessionTokenHash: id });
  await db.insert(db.tables.accounts).values({ ...row, ...part });
  return id;
}

async function addJob(part: Partial<NewJobRow> = {}): Promise<string> {
  counter += 1;
  const id = `job_${counter}`;
  const at = new Date(Date.now() - 60_000);
  const { db } = program.runtime;
  await db.insert(db.tables.jobs).values({
    id,
    state: 'running',
    kind: 'image',
    model: 'gemini-3.1-flash-image',
    specId: 'gemini-3.1-flash-image',
    spec: {},
    need: 'image',
    prompt: 'a lighthouse',
    avoid: [],
    uploads: [],
    availableAt: at,
    deadlineAt: new Date(Date.now() + 60_000),
    createdAt: at,
    ...part,
  });
  return id;
}

const overview = async () => (await call(readOverview, 'GET', '/api/v1/admin/overview', { cookie })).json;
const jobs = async () => (await call(listJobs, 'GET', '/api/v1/admin/jobs', { cookie })).json.items;
const accounts = async () =>
  (await call(listAccounts, 'GET', '/api/v1/admin/accounts', { cookie })).json.items;

describe('the overview', () => {
  test('says since when the oldest job of the queue waits', async () => {
    expect((await overview()).queue_oldest_at).toBeNull();
    const at = new Date('2026-11-01T10:00:00.000Z');
    await addJob({ state: 'queued', createdAt: new Date('2026-11-01T10:05:00.000Z') });
    await addJob({ state: 'queued', createdAt: at });
    await addJob({ state: 'completed', createdAt: new Date(0) });
    expect(await overview()).toMatchObject({ queue_oldest_at: at.toISOString(), jobs_queued: 2 });
  });

  test('has what runs, however old it is, with the name of its key', async () => {
    const keyName = (await findApiKey(program.runtime.db, program.apiKey.id))?.name;
    const running = await addJob({ apiKeyId: program.apiKey.id, createdAt: new Date(0), step: 'generating' });
    for (let made = 0; made < 25; made += 1) await addJob({ state: 'completed' });
    const { running: shown, jobs: latest } = await overview();
    expect(shown).toMatchObject([
      { id: running, step: 'generating', key: { id: program.apiKey.id, name: keyName } },
    ]);
    expect(latest).toHaveLength(20);
    expect(latest[0].key).toBeNull();
  });

  test('counts places on the accounts that are switched on, and what they have left', async () => {
    const first = await addAccount({ imageConcurrency: 5, videoConcurrency: 2, credits: 100, imageCount: 7 });
    await addAccount({ imageConcurrency: 3, videoConcurrency: 2, credits: null, videoEnabled: false });
    await addAccount({ imageConcurrency: 9, credits: 1_000, enabled: false, imageCount: 1, videoCount: 4 });
    await addJob({ accountId: first, occupies: true });
    await addJob({ accountId: first, occupies: true, kind: 'video' });
    expect(await overview()).toMatchObject({
      slots: { image: { used: 1, limit: 8 }, video: { used: 1, limit: 2 } },
      credits_left: 100,
      images_total: 8,
      videos_total: 4,
    });
    await addAccount({ imageConcurrency: null });
    expect((await overview()).slots.image.limit).toBeNull();
  });
});

describe('the list of accounts', () => {
  test('says what went wrong last, and how old the session token is', async () => {
    const lastErrorAt = new Date('2026-11-01T10:00:00.000Z');
    const sessionTokenReplacedAt = new Date('2026-10-01T10:00:00.000Z');
    await addAccount({ lastErrorAt, lastErrorCode: 'upstream_failed', sessionTokenReplacedAt });
    expect(await accounts()).toMatchObject([
      {
        last_error: { at: lastErrorAt.toISOString(), code: 'upstream_failed' },
        session_token: { is_stored: true, replaced_at: sessionTokenReplacedAt.toISOString() },
      },
    ]);
    await addAccount({ sessionTokenSealed: null });
    expect((await accounts())[1]).toMatchObject({
      last_error: null,
      session_token: { is_stored: false, replaced_at: null },
    });
  });

  const past = new Date('2026-11-01T10:00:00.000Z');
  const soon = new Date(Date.now() + 600_000);

  test.each<[string, Partial<NewAccountRow>, object]>([
    ['nothing', {}, { state: 'healthy', facts: {} }],
    ['a success', { lastSuccessAt: past }, { state: 'healthy', facts: { since: past.toISOString() } }],
    [
      'being switched off',
      { enabled: false, disabledAt: past },
      { state: 'disabled', facts: { since: past.toISOString() } },
    ],
    [
      'a ban',
      { bannedAt: past, banReason: 'upstream_failed', errorStreak: 3 },
      {
        state: 'banned',
        reason: 'upstream_failed',
        facts: { since: past.toISOString(), count: 3, limit: 3 },
      },
    ],
    [
      'a cooldown',
      { cooldownUntil: soon, cooldownReason: 'throttle' },
      { state: 'cooldown', reason: 'throttle', until: soon.toISOString(), facts: {} },
    ],
    [
      'a session that has ended',
      { expiredAt: past, expiredReason: 'dead' },
      { state: 'expired', reason: 'dead', facts: { since: past.toISOString() } },
    ],
    [
      'too few credits',
      { credits: 1 },
      { state: 'exhausted', facts: { credits: 1, needed_credits: cheapestVideoCost('pro') } },
    ],
    [
      'a refresh that fails',
      {
        refreshFailures: 2,
        refreshFailingSince: past,
        accessTokenIssuedAt: new Date(soon.getTime() - 3_600_000),
        accessTokenExpiresAt: soon,
      },
      {
        state: 'degraded',
        reason: 'refresh_failing',
        facts: { since: past.toISOString(), count: 2, access_ends_at: soon.toISOString() },
      },
    ],
    [
      'a block of one model',
      { blocks: [{ scope: 'veo_3_1', reason: 'model_quota', until: soon.getTime() }] },
      { state: 'degraded', reason: 'model_quota', until: soon.toISOString(), facts: { scope: 'veo_3_1' } },
    ],
    [
      'errors in a row',
      { errorStreak: 2 },
      { state: 'degraded', reason: 'errors', facts: { count: 2, limit: 3 } },
    ],
  ])('has the facts behind the sentence about %s', async (_what, part, expected) => {
    await addAccount(part);
    const [{ health }] = await accounts();
    const { detail, ...rest } = health;
    expect(rest).toEqual(expected);
    expect(typeof detail).toBe(Object.keys(part).length === 0 ? 'undefined' : 'string');
  });
});

describe('a prompt', () => {
  const secret = `AIza${'x'.repeat(35)}`;
  // The secret stands across the place where lists cut.
  const prompt = `${'😀'.repeat(290)} ${secret} and the rest`;

  test('is cut and without secrets in every list alike', async () => {
    await addJob({ prompt });
    const { running, jobs: latest } = await overview();
    const logged = await call(listLogs, 'GET', '/api/v1/admin/logs', { cookie });
    const shown = [
      running[0].prompt,
      latest[0].prompt,
      (await jobs())[0].prompt,
      logged.json.running[0].job.prompt,
    ];
    expect(shown).toEqual(shown.map(() => `${'😀'.repeat(290)} ‹redacted`));
  });

  test('is whole, and without secrets, where one job is shown', async () => {
    const id = await addJob({ prompt });
    const { json } = await call(readJob, 'GET', `/api/v1/admin/jobs/${id}`, { cookie });
    expect(json.prompt).toBe(prompt.replace(secret, '‹redacted›'));
  });
});

describe('queries', () => {
  /** How many a request makes: subqueries are counted as well. */
  async function countQueries(ask: () => Promise<unknown>): Promise<number> {
    const select = vi.spyOn(program.runtime.db, 'select');
    await ask();
    const { length } = select.mock.calls;
    select.mockRestore();
    return length;
  }

  const fill = async (rows: number) => {
    for (let row = 0; row < rows; row += 1) {
      const accountId = await addAccount();
      await addJob({ accountId, apiKeyId: program.apiKey.id, occupies: true });
      await addJob({ state: 'queued', apiKeyId: program.apiKey.id });
    }
  };

  test.each([
    ['the overview', overview, 22],
    ['the list of jobs', jobs, 6],
    ['the list of accounts', accounts, 4],
  ])('%s makes as many for one row as for many', async (_what, ask, most) => {
    await fill(1);
    await ask();
    const few = await countQueries(ask);
    await fill(20);
    expect(await countQueries(ask)).toBe(few);
    expect(few).toBeLessThanOrEqual(most);
  });
});
