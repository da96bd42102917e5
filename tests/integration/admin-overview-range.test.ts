import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PUT as changeChecklist } from '@/app/api/v1/admin/checklist/route';
import { GET as readCharts } from '@/app/api/v1/admin/overview/charts/route';
import { GET as readOverview } from '@/app/api/v1/admin/overview/route';
import { GET as readStatus } from '@/app/api/v1/admin/status/route';
import type { NewAccountRow } from '@/db/repositories/accounts';
import { listAuditEntries } from '@/db/repositories/audit';
import type { NewJobRow } from '@/db/repositories/jobs';
import { insertSamples } from '@/db/repositories/samples';
import { countUsage } from '@/lib/usage/count';
import { accountRow } from '../support/account-row';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { call, signedIn } from './admin-console';

const path = '/api/v1/admin/overview';
const now = new Date('2026-11-20T12:33:00Z');
const minute = 60_000;
const hour = 60 * minute;
const ago = (ms: number) => new Date(now.getTime() - ms);

let program: TestProgram;
let cookie: string;
let made = 0;

const job = (endedAt: Date, part: Partial<NewJobRow> = {}): NewJobRow => {
  made += 1;
  return {
    id: `job_${made}`,
    state: 'completed',
    kind: 'image',
    model: 'gemini-3.1-flash-image',
    specId: 'x',
    spec: {},
    need: 'x',
    prompt: 'x',
    avoid: [],
    uploads: [],
    apiKeyId: program.apiKey.id,
    credits: 5,
    availableAt: endedAt,
    deadlineAt: endedAt,
    createdAt: new Date(endedAt.getTime() - 10_000),
    endedAt,
    ...part,
  };
};
const failure = { state: 'failed', error: { code: 'upstream_failed', message: 'x' } } as const;

async function store(...jobs: NewJobRow[]) {
  const { db } = program.runtime;
  await db.insert(db.tables.jobs).values(jobs);
  await countUsage(program.runtime, new AbortController().signal);
}

async function addAccount(id: string, part: Partial<NewAccountRow> = {}) {
  const { db } = program.runtime;
  const row = accountRow({ id, email: `${id}@example.com`, sessionTokenHash: id });
  await db.insert(db.tables.accounts).values({ ...row, createdAt: ago(90 * 24 * hour), ...part });
}

const ask = async (handler: typeof readOverview, of: string) =>
  (await call(handler, 'GET', of, { cookie })).json;
const overview = (query = '') => ask(readOverview, `${path}?${query}`);
const charts = (query = '') => ask(readCharts, `${path}/charts?${query}`);

describe.each(['sqlite', 'postgres'] as const)('the overview of a range on %s', (dialect) => {
  beforeEach(async () => {
    program = await startTestProgram({
      dialect,
      services: false,
      now: () => now,
      settings: { 'general.time_zone': 'Europe/Berlin' },
    });
    program.makeGlobal();
    cookie = await signedIn(program.runtime);
  });
  afterEach(() => program.stop());

  test('without anything has no rates and no durations instead of nought', async () => {
    const { period, previous, credits_left: credits } = await overview();
    expect(period.numbers).toMatchObject({ requests: 0, success_rate: null, image_p95_ms: null });
    expect([previous, credits]).toEqual([null, null]);
    const { points, load } = await charts();
    expect(points).toHaveLength(24);
    expect(points[0]).toMatchObject({ succeeded: 0, success_rate: null, video_p50_ms: null });
    expect(load.points[0]).toMatchObject({ image: null, video: null, queued: null });
  });

  test.each([
    ['1h', 12, 'five_minutes', '2026-11-20T11:35:00.000Z', 2],
    ['24h', 24, 'hour', '2026-11-19T13:00:00.000Z', 3],
    ['7d', 28, 'six_hours', '2026-11-13T17:00:00.000Z', 4],
    ['30d', 30, 'day', '2026-10-21T22:00:00.000Z', 5],
  ])('%s has its numbers, and its chart adds up to them', async (range, parts, bucket, since, expected) => {
    await store(
      job(ago(minute)),
      job(ago(50 * minute), failure),
      job(ago(20 * hour)),
      job(ago(5 * 24 * hour)),
      job(ago(20 * 24 * hour)),
      job(ago(50 * 24 * hour)),
    );
    const { period } = await overview(`range=${range}`);
    expect(period).toMatchObject({ since, until: null, numbers: { requests: expected, failed: 1 } });
    const { points, ...rest } = await charts(`range=${range}`);
    expect(rest).toMatchObject({ since, bucket, time_zone: 'Europe/Berlin' });
    expect(points).toHaveLength(parts);
    const total = points.reduce(
      (sum: number, point: { succeeded: number; failed: number }) => sum + point.succeeded + point.failed,
      0,
    );
    expect(total).toBe(expected);
    expect(points.at(-1).succeeded).toBe(1);
  });

  test('compares with the same time of the period before, to the minute', async () => {
    await store(
      job(ago(minute)),
      job(ago(24 * hour + minute), failure),
      job(ago(24 * hour + 2 * minute), { kind: 'video' }),
      job(ago(24 * hour - minute)), // in the same hour, and in neither
      job(ago(48 * hour)),
    );
    const { period, previous } = await overview('range=24h&compare=true');
    expect(period.numbers).toMatchObject({ requests: 1, success_rate: 1 });
    expect(previous).toMatchObject({
      since: '2026-11-18T13:00:00.000Z',
      numbers: { requests: 2, success_rate: 0.5 },
    });
  });

  test('counts requests that were refused before a job was made, also in the last hour', async () => {
    const { db } = program.runtime;
    const { requestLogs } = db.tables;
    const row = { method: 'POST', path: '/v1/x', durationMs: 1, errorCode: 'rate_limited', status: 429 };
    await db.insert(requestLogs).values({ ...row, requestId: 'one', at: ago(minute), source: 'openai' });
    await db.insert(requestLogs).values({ ...row, requestId: 'two', at: ago(minute), source: 'console' });
    const { points } = await charts('range=1h');
    expect(points.at(-1)).toMatchObject({ rate_limited: 1, refused: 0, success_rate: null });
  });

  test('a custom range ends where it was asked to, in parts that fit it', async () => {
    await store(job(new Date('2026-11-10T10:00:00Z')), job(new Date('2026-11-12T10:00:00Z')));
    const span = 'range=custom&since=2026-11-10T00:00:00Z&until=2026-11-11T00:00:00Z';
    expect((await overview(span)).period).toMatchObject({
      until: '2026-11-11T00:00:00.000Z',
      numbers: { requests: 1 },
    });
    const { bucket, points, until } = await charts(span);
    expect([bucket, points.length, until]).toEqual(['hour', 24, '2026-11-11T00:00:00.000Z']);
  });

  test.each([
    ['range=custom'],
    ['range=custom&since=2026-11-12T00:00:00Z&until=2026-11-11T00:00:00Z'],
    ['range=custom&since=2026-11-21T00:00:00Z'],
    ['range=custom&since=2020-01-01T00:00:00Z'],
    ['range=2h'],
  ])('%s is refused', async (query) => {
    expect((await call(readOverview, 'GET', `${path}?${query}`, { cookie })).status).toBe(400);
  });

  test('what is before the time that is kept is not told as nought', async () => {
    const span = 'range=custom&since=2026-07-01T00:00:00Z&until=2026-09-15T00:00:00Z';
    const { points, days } = await charts(span);
    expect(points[0]).toMatchObject({ succeeded: null, failed: null });
    expect(points.at(-1)).toMatchObject({ succeeded: 0 });
    expect(days[0]).toMatchObject({ day: '2026-07-01', images: null });
    expect((await overview(`${span}&compare=true`)).previous).toBeNull();
  });

  test('knows how many were healthy, and what they had, when the range began', async () => {
    const { db } = program.runtime;
    await addAccount('ann', { credits: 90, enabled: false });
    await addAccount('bob', { credits: 500 });
    await addAccount('new', { credits: 10, createdAt: ago(hour) });
    await db
      .insert(db.tables.healthChanges)
      .values({ accountId: 'ann', at: ago(hour), before: 'cooldown', after: 'disabled' });
    await insertSamples(db, new Date('2026-11-19T13:00:00Z'), [
      { name: 'credits', scope: 'bob', value: 700 },
    ]);
    const { previous, credits_left: credits } = await overview('compare=true');
    expect(credits).toBe(510);
    expect(previous).toMatchObject({ credits_left: 700, healthy_accounts: 1, enabled_accounts: 2 });
  });

  test('shows the most that was in flight and waited, and gaps where nothing was recorded', async () => {
    const { db } = program.runtime;
    await insertSamples(db, ago(10 * minute), [
      { name: 'in_flight_image', scope: '', value: 3 },
      { name: 'queued', scope: '', value: 0 },
    ]);
    await insertSamples(db, ago(9 * minute), [{ name: 'in_flight_image', scope: '', value: 5 }]);
    const { load } = await charts('range=24h');
    expect(load.bucket_seconds).toBe(900);
    const found = load.points.filter(({ image }: { image: number | null }) => image !== null);
    expect(found).toEqual([{ at: '2026-11-20T12:15:00.000Z', image: 5, video: null, queued: 0 }]);
  });

  test('lists what needs somebody, the worst first, with what is known of it', async () => {
    await addAccount('fine', { credits: 5_000 });
    await addAccount('poor', { credits: 20 });
    await addAccount('off', { enabled: false });
    await addAccount('tired', { cooldownUntil: new Date(now.getTime() + hour), cooldownReason: 'throttle' });
    await addAccount('gone', { expiredAt: ago(minute), expiredReason: 'dead' });
    const { attention } = await overview();
    expect(attention.accounts_total).toBe(2);
    expect(attention.items).toMatchObject([
      { kind: 'account', account: { id: 'gone', health: { state: 'expired' } } },
      { kind: 'account', account: { id: 'tired', health: { state: 'cooldown' } } },
      { kind: 'low_credits', accounts: 1, below: 70 },
    ]);
    const { credits } = await charts();
    expect(credits.map(({ email }: { email: string }) => email)).toEqual([
      'poor@example.com',
      'gone@example.com',
      'tired@example.com',
      'fine@example.com',
    ]);
    expect(await ask(readStatus, '/api/v1/admin/status')).toEqual({
      at: now.toISOString(),
      accounts: { total: 5, enabled: 4, healthy: 2, attention: 2 },
      jobs_running: 0,
      jobs_queued: 0,
      awaiting_restart: [],
    });
  });

  test('the status names what waits for a restart, and is for those who are signed in', async () => {
    await program.runtime.settings.update({ 'flow.transport': 'impit' });
    const { awaiting_restart: waiting } = await ask(readStatus, '/api/v1/admin/status');
    expect(waiting).toMatchObject([{ key: 'flow.transport', label: expect.any(String) }]);
    expect((await call(readStatus, 'GET', '/api/v1/admin/status')).status).toBe(401);
  });

  test('first steps tick themselves, and are put away and back', async () => {
    const { db } = program.runtime;
    expect((await overview()).checklist).toEqual({
      is_shown: true,
      steps: { account: false, test: false, key: true, request: false },
    });
    await addAccount('ann');
    await store(job(ago(minute), { apiKeyId: null, requestSource: 'playground' }));
    await db.update(db.tables.apiKeys).set({ lastUsedAt: now });
    expect((await overview()).checklist).toEqual({
      is_shown: false,
      steps: { account: true, test: true, key: true, request: true },
    });
    const change = async (isShown: boolean) =>
      (
        await call(changeChecklist, 'PUT', '/api/v1/admin/checklist', {
          cookie,
          body: { is_shown: isShown },
        })
      ).json;
    expect((await change(true)).is_shown).toBe(true);
    expect((await change(false)).is_shown).toBe(false);
    expect((await overview()).checklist.is_shown).toBe(false);
    const actions = (await listAuditEntries(db, { limit: 2 })).map(({ action }) => action);
    expect(actions).toEqual(['checklist.dismiss', 'checklist.show']);
  });
});
