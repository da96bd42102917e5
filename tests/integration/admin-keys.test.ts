import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { POST as rotate } from '@/app/api/v1/admin/keys/[id]/rotate/route';
import { PATCH as change, DELETE as remove, GET as show } from '@/app/api/v1/admin/keys/[id]/route';
import { GET as readUsage } from '@/app/api/v1/admin/keys/[id]/usage/route';
import { POST as create, GET as list } from '@/app/api/v1/admin/keys/route';
import { GET as models } from '@/app/v1/models/route';
import { findMedia } from '@/db/repositories/media';
import { submitOnce } from '@/lib/generation/submit-once';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { call, signedIn } from './admin-console';
import { call as callApi } from './surface-client';

const path = '/api/v1/admin/keys';

let program: TestProgram;
let cookie: string;

beforeAll(async () => {
  program = await startTestProgram({ settings: { 'general.time_zone': 'UTC' } });
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
  await program.addAccount();
});
afterAll(() => program.stop());

const make = (body: Record<string, unknown>) => call(create, 'POST', path, { cookie, body });
const find = (id: string) => call(show, 'GET', `${path}/${id}`, { cookie });
const patch = (id: string, body: Record<string, unknown>) =>
  call(change, 'PATCH', `${path}/${id}`, { cookie, body });
const turn = (id: string, grace: string) =>
  call(rotate, 'POST', `${path}/${id}/rotate`, { cookie, body: { grace } });
const statusWith = async (key: string) => (await callApi(models, '/v1/models', { key })).status;
const audits = async (object: string) => {
  const { auditEntries } = program.runtime.db.tables;
  const rows = await program.runtime.db.select().from(auditEntries);
  return rows.filter((row) => row.object === object);
};

test.each([
  ['the list', () => call(list, 'GET', path)],
  ['making', () => call(create, 'POST', path, { body: { name: 'x' } })],
  ['showing', () => call(show, 'GET', `${path}/x`)],
  ['changing', () => call(change, 'PATCH', `${path}/x`, { body: {} })],
  ['rotating', () => call(rotate, 'POST', `${path}/x/rotate`, { body: {} })],
  ['deleting', () => call(remove, 'DELETE', `${path}/x`)],
])('%s needs a sign-in', async (_what, ask) => {
  expect((await ask()).status).toBe(401);
});

test('a key is made with its rules, shown once, and works at once', async () => {
  const rules = {
    expires_at: '2100-01-01T00:00:00.000Z',
    models: ['veo-3.1-fast'],
    media_types: ['video'],
    requests_per_minute: 60,
    concurrent_jobs: 3,
    images_per_day: 100,
    videos_per_day: 10,
    credits_per_day: 500,
  };
  const { status, json } = await make({ name: ' prod ', ...rules });
  expect(status).toBe(201);
  expect(json.value).toMatch(/^sk-[A-Za-z0-9]{40,}$/);
  expect(json.key).toMatchObject({ name: 'prod', status: 'active', ...rules });
  expect(json.key.hint).toBe(`${json.value.slice(0, 6)}…${json.value.slice(-4)}`);
  expect(await statusWith(json.value)).toBe(200);
  for (const { text } of [await find(json.key.id), await call(list, 'GET', path, { cookie })]) {
    expect(text).not.toContain(json.value);
  }
});

test('a key without rules is not limited', async () => {
  const { json } = await make({ name: 'free' });
  expect(json.key).toMatchObject({
    expires_at: null,
    models: null,
    media_types: null,
    requests_per_minute: null,
    concurrent_jobs: null,
    images_per_day: null,
    videos_per_day: null,
    credits_per_day: null,
    today: { requests: 0, images: 0, videos: 0, credits: 0 },
  });
});

test.each([
  ['a name that is taken', { name: 'twice' }, 'name'],
  ['an empty name', { name: ' ' }, 'name'],
  ['an unknown model', { name: 'm', models: ['gpt-5'] }, 'models'],
  ['an empty list of models', { name: 'm', models: [] }, 'models'],
  ['zero as a limit', { name: 'm', images_per_day: 0 }, 'images_per_day'],
  ['an end in the past', { name: 'm', expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
])('%s is refused at its field', async (_what, body, field) => {
  await make({ name: 'twice' });
  const { status, json } = await make(body);
  expect(status).toBe(400);
  expect(Object.keys(json.error.fields)).toEqual([field]);
});

test('a change touches what it names only, and a limit is lifted by null', async () => {
  const { json } = await make({ name: 'editable', images_per_day: 5, videos_per_day: 6 });
  const changed = await patch(json.key.id, { name: 'edited', images_per_day: null });
  expect(changed.status).toBe(200);
  expect(changed.json).toMatchObject({ name: 'edited', images_per_day: null, videos_per_day: 6 });
  expect((await patch(json.key.id, { name: 'free' })).json.error.fields).toHaveProperty('name');
});

test('a key that is switched off stops at once here, and works again when switched on', async () => {
  const { json } = await make({ name: 'switched' });
  expect(await statusWith(json.value)).toBe(200);
  expect((await patch(json.key.id, { enabled: false })).json.status).toBe('disabled');
  expect(await statusWith(json.value)).toBe(401);
  await patch(json.key.id, { enabled: true });
  expect(await statusWith(json.value)).toBe(200);
});

describe('rotation', () => {
  test('gives a new value; with a grace the old one works on and the row says until when', async () => {
    const { json } = await make({ name: 'turning' });
    const turned = await turn(json.key.id, '24h');
    expect(turned.status).toBe(200);
    expect(turned.json.value).not.toBe(json.value);
    expect(turned.json.key.previous_works_until).toMatch(/^\d{4}-/);
    expect(await statusWith(json.value)).toBe(200);
    expect(await statusWith(turned.json.value)).toBe(200);
  });

  test('without a grace ends the old value at once', async () => {
    const { json } = await make({ name: 'turned' });
    const turned = await turn(json.key.id, 'none');
    expect(turned.json.key.previous_works_until).toBeNull();
    expect(await statusWith(json.value)).toBe(401);
    expect(await statusWith(turned.json.value)).toBe(200);
  });
});

test('a deleted key stops; what it made stays', async () => {
  const { json } = await make({ name: 'short-lived' });
  const { runtime } = program;
  const { jobs } = await submitOnce(
    runtime,
    [{ model: 'gemini-3.1-flash-image', prompt: 'x', options: {}, references: [] }],
    { apiKeyId: json.key.id, requestId: 'req' },
    undefined,
    AbortSignal.timeout(5_000),
  );
  const events = await program.events(jobs[0]?.jobId ?? '');
  expect(events.at(-1)).toMatchObject({ type: 'completed' });
  expect((await call(remove, 'DELETE', `${path}/${json.key.id}`, { cookie })).json).toEqual({
    deleted: true,
  });
  expect(await statusWith(json.value)).toBe(401);
  expect(await program.job(jobs[0]?.jobId ?? '')).toMatchObject({ state: 'completed', apiKeyId: null });
  const media = events.flatMap((event) => (event.type === 'completed' ? event.media : []));
  for (const { id } of media) expect(await findMedia(runtime.db, id)).toMatchObject({ apiKeyId: null });
  expect((await find(json.key.id)).status).toBe(404);
});

test.each([
  ['showing', () => find('none')],
  ['changing', () => patch('none', { enabled: false })],
  ['rotating', () => turn('none', 'none')],
  ['deleting', () => call(remove, 'DELETE', `${path}/none`, { cookie })],
])('%s an unknown key is a 404', async (_what, ask) => {
  expect((await ask()).status).toBe(404);
});

describe('the list', () => {
  test("tells today's use, and that a limit is used up", async () => {
    const { json } = await make({ name: 'used up', images_per_day: 1 });
    await submitOnce(
      program.runtime,
      [{ model: 'gemini-3.1-flash-image', prompt: 'x', options: {}, references: [] }],
      { apiKeyId: json.key.id, requestId: 'req' },
      undefined,
      AbortSignal.timeout(5_000),
    );
    const found = await call(list, 'GET', `${path}?q=USED&status=over_limit`, { cookie });
    expect(found.json.items).toHaveLength(1);
    expect(found.json.items[0]).toMatchObject({
      name: 'used up',
      today: { requests: 1, images: 1, videos: 0 },
    });
    expect(found.json.status_counts.over_limit).toBe(1);
    expect(found.json.time_zone).toBe('UTC');
  });

  test('comes in pages that leave nothing out', async () => {
    const all = (await call(list, 'GET', `${path}?sort=name`, { cookie })).json;
    const names: string[] = [];
    for (let cursor = ''; cursor !== 'end'; ) {
      const query = `sort=name&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const { json } = await call(list, 'GET', `${path}?${query}`, { cookie });
      names.push(...json.items.map((row: { name: string }) => row.name));
      cursor = json.next_cursor ?? 'end';
    }
    expect(names).toEqual(all.items.map((row: { name: string }) => row.name));
    expect(names).toHaveLength(all.total);
  });
});

test('every change is in the audit list, without a value', async () => {
  const { json } = await make({ name: 'watched' });
  const { id } = json.key;
  await patch(id, { images_per_day: 7 });
  await patch(id, { enabled: false });
  await patch(id, { enabled: true });
  const turned = await turn(id, '1h');
  await call(remove, 'DELETE', `${path}/${id}`, { cookie });
  const rows = await audits(id);
  expect(rows.map(({ action }) => action)).toEqual([
    'key.create',
    'key.change',
    'key.disable',
    'key.enable',
    'key.rotate',
    'key.delete',
  ]);
  expect(rows.every(({ administrator }) => administrator === 'ada')).toBe(true);
  for (const value of [json.value, turned.json.value]) expect(JSON.stringify(rows)).not.toContain(value);
});

describe('the use of a key', () => {
  test('is told day by day, with days without any, and only its own', async () => {
    const [{ json }, other] = [await make({ name: 'counted' }), await make({ name: 'not counted' })];
    const { db, now } = program.runtime;
    const day = (back: number) => new Date(now().getTime() - back * 86_400_000).toISOString().slice(0, 10);
    const rows = [
      { apiKeyId: json.key.id, day: day(2), requests: 3, images: 2, videos: 1, credits: 20 },
      { apiKeyId: json.key.id, day: day(0), requests: 5, images: 1, videos: 0, credits: 0 },
      { apiKeyId: json.key.id, day: day(40), requests: 100, images: 100, videos: 0, credits: 0 },
      { apiKeyId: other.json.key.id, day: day(0), requests: 7, images: 7, videos: 0, credits: 0 },
    ];
    await db.insert(db.tables.keyDays).values(rows);
    const read = (query: string) =>
      call(readUsage, 'GET', `${path}/${json.key.id}/usage${query}`, { cookie });
    const short = (await read('?days=3')).json;
    expect(short).toEqual({
      days: [
        { day: day(2), requests: 3, images: 2, videos: 1, credits: 20 },
        { day: day(1), requests: 0, images: 0, videos: 0, credits: 0 },
        { day: day(0), requests: 5, images: 1, videos: 0, credits: 0 },
      ],
      total: { requests: 8, images: 3, videos: 1, credits: 20 },
      unfinished_jobs: 0,
      time_zone: 'UTC',
      day_ends_at: `${new Date(Date.parse(day(0)) + 86_400_000).toISOString()}`,
    });
    expect((await read('')).json.days).toHaveLength(30);
    expect((await read('?days=0')).status).toBe(400);
  });
});
