import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GET as readLog } from '@/app/api/v1/admin/logs/[id]/route';
import {
  DELETE as deleteMedia,
  GET as readMedia,
  PATCH as updateMedia,
} from '@/app/api/v1/admin/media/[id]/route';
import { POST as startBulk } from '@/app/api/v1/admin/media/bulk/route';
import { GET as listMedia } from '@/app/api/v1/admin/media/route';
import { GET as summariseMedia } from '@/app/api/v1/admin/media/summary/route';
import { GET as getTask } from '@/app/api/v1/admin/tasks/[id]/route';
import { GET as getFile } from '@/app/media/[...key]/route';
import { POST as chat } from '@/app/v1/chat/completions/route';
import { GET as getContent } from '@/app/v1/videos/[id]/content/route';
import { GET as getVideo } from '@/app/v1/videos/[id]/route';
import { listAuditEntries } from '@/db/repositories/audit';
import { findJobRow } from '@/db/repositories/jobs';
import { findMedia, listMediaOfJob } from '@/db/repositories/media';
import { countResultsSince } from '@/db/repositories/overview';
import { issueApiKey } from '@/lib/api-keys/issue';
import { storeCopy } from '@/lib/generation/picture';
import { cleanMedia } from '@/lib/media/cleanup';
import { storageKeyOf } from '@/lib/media/store';
import type { Runtime } from '@/lib/runtime';
import { picture, references } from '../support/pictures';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';
import { call, signedIn } from './admin-console';
import { call as ask } from './surface-client';

const path = '/api/v1/admin/media';
const minute = 60_000;
const day = 24 * 60 * minute;

let program: TestProgram;
let cookie: string;
/** Of the program, ahead of this machine's clock by so much. */
let aheadMs = 0;

const start = async (options: TestProgramOptions) => {
  aheadMs = 0;
  program = await startTestProgram({ now: () => new Date(Date.now() + aheadMs), ...options });
  program.makeGlobal();
  cookie = await signedIn(program.runtime);
};

type Item = { id: string; kind: 'image' | 'video'; url: string | null; preview_url: string | null } & Record<
  string,
  unknown
>;

const list = async (query = ''): Promise<{ items: Item[]; next_cursor: string | null; total: number }> => {
  const { status, json } = await call(listMedia, 'GET', `${path}?${query}`, { cookie });
  expect(status).toBe(200);
  return json;
};
const idsOf = async (query = '') => (await list(query)).items.map(({ id }) => id);
const read = (id: string) => call(readMedia, 'GET', `${path}/${id}`, { cookie });
const setKept = (id: string, kept: boolean) =>
  call(updateMedia, 'PATCH', `${path}/${id}`, { cookie, body: { kept } });
const remove = (id: string) => call(deleteMedia, 'DELETE', `${path}/${id}`, { cookie });
const bulk = (body: unknown) => call(startBulk, 'POST', `${path}/bulk`, { cookie, body });
const summary = async () => (await call(summariseMedia, 'GET', `${path}/summary`, { cookie })).json;

/** What the public address answers. */
const statusOf = async (address: string | null) => {
  const response = await ask(getFile, address ?? '', {
    params: { key: (address ?? '').split('/').slice(2) },
  });
  await response.body?.cancel();
  return response.status;
};

const ended = (id: string) =>
  until(async () => {
    const { json } = await call(getTask, 'GET', `/api/v1/admin/tasks/${id}`, { cookie });
    return json.state !== 'running' && json;
  });

const isOnDisk = async ({ media }: Runtime, key: string | null | undefined) =>
  key != null && (await media.find(key)) !== undefined;

let count = 0;

/** A result with its file, or without, made that long ago. */
async function put(row: {
  agoMs?: number;
  kind?: 'image' | 'video';
  bytes?: Uint8Array;
  isStored?: boolean;
  upstreamUrl?: string;
  accountEmail?: string;
  apiKeyId?: string;
}): Promise<string> {
  const { runtime } = program;
  const { kind = 'image', bytes = await picture(), isStored = true, agoMs = 0, ...rest } = row;
  count += 1;
  const id = `gallery${String(count).padStart(20, '0')}`;
  const extension = kind === 'video' ? 'mp4' : 'png';
  const storageKey = storageKeyOf(id, extension);
  const body = async function* () {
    yield bytes;
  };
  const file = isStored
    ? { storageKey, sha256: (await runtime.media.write(storageKey, body(), { durable: false })).sha256 }
    : {};
  await runtime.db.insert(runtime.db.tables.media).values({
    id,
    kind,
    role: 'result',
    contentType: kind === 'video' ? 'video/mp4' : 'image/png',
    extension,
    sizeBytes: bytes.byteLength,
    createdAt: new Date(runtime.now().getTime() - agoMs),
    ...file,
    ...rest,
  });
  return id;
}

/** One job with its result, as the engine made it. */
async function make(request: Parameters<TestProgram['submit']>[0]): Promise<{ jobId: string; id: string }> {
  const jobId = await program.submit(request);
  await program.events(jobId);
  const [row] = await listMediaOfJob(program.runtime.db, jobId);
  if (row === undefined) throw new Error('the job made nothing');
  return { jobId, id: row.id };
}

const makePicture = (prompt = 'a lighthouse at dusk') => make({ model: 'gemini-3.1-flash-image', prompt });

describe.each(['sqlite', 'postgres'] as const)('what the console knows of results on %s', (dialect) => {
  beforeAll(async () => {
    await start({ dialect });
    await program.addAccount();
  });
  afterAll(() => program.stop());

  test('a picture that a client made is in the list with where it came from, and leads to its request', async () => {
    const content = 'a red\n lighthouse,  Bearer abcdefghijklmnop';
    await ask(chat, '/v1/chat/completions', {
      method: 'POST',
      key: program.apiKey.value,
      body: { model: 'gemini-3.1-flash-image', messages: [{ role: 'user', content }] },
      params: {},
    }).then((response) => response.text());
    await program.runtime.requestLog.flush();
    const [item] = (await list()).items;
    const created = Date.parse(String(item?.created_at));
    expect(item).toMatchObject({
      kind: 'image',
      role: 'result',
      state: 'stored',
      url: `/media/${item?.id}.png`,
      preview_url: `/media/${item?.id}/preview.webp`,
      content_type: 'image/png',
      width: expect.any(Number),
      height: expect.any(Number),
      duration_seconds: null,
      bytes: expect.any(Number),
      expires_at: new Date(created + 7 * day).toISOString(),
      kept: false,
      prompt: 'a red lighthouse, Bearer ‹redacted›',
      model: 'gemini-3.1-flash-image',
      account_email: expect.stringContaining('@example.com'),
      key: { id: program.apiKey.id, name: expect.any(String) },
      source: 'openai',
      job_id: expect.any(String),
      request_id: expect.any(String),
      log_id: expect.any(Number),
    });
    expect(await statusOf(item?.url ?? null)).toBe(200);
    expect(await statusOf(item?.preview_url ?? null)).toBe(200);
    const log = await call(readLog, 'GET', `/api/v1/admin/logs/${item?.log_id}`, { cookie });
    expect(log.json.request_id).toBe(item?.request_id);
    expect(log.json.job.media[0].id).toBe(item?.id);
  });

  test('one result has all parameters of its job and the times of its steps', async () => {
    const made = await make({
      model: 'veo-3.1-fast',
      prompt: 'waves\nagainst rocks',
      seed: 4242,
      options: { aspectRatio: '9:16', seconds: 8 },
      references: await references(1),
    });
    const { status, json, headers } = await read(made.id);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(json).toMatchObject({
      id: made.id,
      kind: 'video',
      duration_seconds: 8,
      prompt: 'waves against rocks',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      job: {
        id: made.jobId,
        state: 'completed',
        prompt: 'waves\nagainst rocks',
        family: 'veo-3.1-fast',
        mode: 'first-frame',
        aspect_ratio: '9:16',
        resolution: '720p',
        seconds: 8,
        seed: 4242,
        references: 1,
        continues_id: null,
        tier: 'pro',
        error: null,
      },
    });
    const names = json.job.steps.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['uploading', 'submitting', 'generating', 'saving']));
    for (const step of json.job.steps)
      expect(Date.parse(step.ended_at)).toBeGreaterThanOrEqual(Date.parse(step.started_at));

    const longer = await make({ model: 'veo-3.1-fast', prompt: 'and on', sourceVideo: made.id });
    expect((await read(longer.id)).json.job).toMatchObject({ mode: 'extend', continues_id: made.id });
  });

  test('filters find what they say, and nothing else', async () => {
    const other = await issueApiKey(program.runtime, { name: `other ${dialect}` });
    const made = await makePicture('an ÉTUDE in 100% blue');
    const account = await program.addAccount({ email: `maria-${dialect}@example.com` });
    const own = { accountEmail: account.email };
    const plain = await put({ ...own, agoMs: 3 * day });
    const video = await put({ ...own, kind: 'video', agoMs: 2 * day });
    const keyed = await put({ ...own, apiKeyId: other.id, agoMs: day });
    const linked = await put({
      ...own,
      isStored: false,
      upstreamUrl: 'https://example.com/x.png',
      agoMs: day / 2,
    });
    const expired = await put({ ...own, isStored: false, agoMs: 30 * day });
    await setKept(keyed, true);
    const since = new Date(Date.now() - 1.5 * day).toISOString();
    const among = `account=${account.email}`;
    const cases: [query: string, ids: string[]][] = [
      [among, [linked, keyed, video, plain, expired]],
      [`${among}&type=video`, [video]],
      [`${among}&type=video&type=image`, [linked, keyed, video, plain, expired]],
      [`${among}&state=stored`, [keyed, video, plain]],
      [`${among}&state=upstream&state=expired`, [linked, expired]],
      [`${among}&kept=yes`, [keyed]],
      [`${among}&kept=no&state=stored`, [video, plain]],
      [`${among}&from=${since}`, [linked, keyed]],
      [`${among}&to=${since}`, [video, plain, expired]],
      [`key=${other.id}`, [keyed]],
      [`q=${encodeURIComponent('étude IN 100%')}`, [made.id]],
      [`q=${made.jobId}`, [made.id]],
      [`q=${plain}`, [plain]],
      [`${among}&model=gemini-3.1-flash-image`, []],
      [`q=blue&model=gemini-3.1-flash-image`, [made.id]],
      [`q=blue&source=gemini`, []],
      ['q=nobody+asked+for+this', []],
    ];
    for (const [query, ids] of cases) {
      expect([query, await idsOf(query)]).toEqual([query, ids]);
      expect([query, (await list(query)).total]).toEqual([query, ids.length]);
    }
    const states = Object.fromEntries(
      (await list(among)).items.map(({ id, state, url, preview_url }) => [id, [state, url, preview_url]]),
    );
    expect(states[linked]).toEqual(['upstream', `/media/${linked}.png`, null]);
    expect(states[expired]).toEqual(['expired', null, null]);
    for (const wrong of [
      'type=audio',
      'state=missing',
      'kept=1',
      'sort=bytes',
      'limit=0',
      'cursor=x',
      'from=yesterday',
    ]) {
      const { status } = await call(listMedia, 'GET', `${path}?${wrong}`, { cookie });
      expect([wrong, status]).toEqual([wrong, 400]);
    }
  });

  test('pages go on where the one before ended, whatever comes meanwhile; sorts are newest, oldest, largest', async () => {
    const own = { accountEmail: `pages-${dialect}@example.com` };
    const among = `account=${own.accountEmail}`;
    const ids: string[] = [];
    for (const sizeBytes of [30, 50, 10, 40, 20]) {
      ids.unshift(await put({ ...own, bytes: new Uint8Array(sizeBytes), agoMs: day }));
    }
    const first = await list(`${among}&limit=2`);
    const to = new Date().toISOString();
    await put({ ...own, agoMs: -minute });
    const second = await list(`${among}&limit=2&cursor=${first.next_cursor}`);
    const third = await list(`${among}&limit=2&cursor=${second.next_cursor}`);
    const paged = [...first.items, ...second.items, ...third.items].map(({ id }) => id);
    expect(paged.toSorted()).toEqual(ids.toSorted());
    expect(third.next_cursor).toBeNull();
    expect(await idsOf(`${among}&to=${to}`)).toEqual(paged);
    expect(await idsOf(`${among}&to=${to}&page=2&size=2`)).toEqual(paged.slice(2, 4));
    expect(await idsOf(`${among}&to=${to}&sort=created_at`)).toEqual(paged.toReversed());
    const gone = await put({ ...own, bytes: new Uint8Array(99), isStored: false, agoMs: day });
    const sizes = (await list(`${among}&to=${to}&sort=-bytes`)).items.map(({ bytes }) => bytes);
    expect(sizes).toEqual([50, 40, 30, 20, 10, 99]);
    expect((await idsOf(`${among}&to=${to}&sort=-bytes`)).at(-1)).toBe(gone);
    expect((await list(`${among}&to=${to}&sort=-bytes&limit=2`)).items.map(({ bytes }) => bytes)).toEqual([
      50, 40,
    ]);
  });

  test('a file that is gone from the disk is told as missing, and cannot be kept', async () => {
    const id = await put({});
    const row = await findMedia(program.runtime.db, id);
    await program.runtime.media.delete(row?.storageKey ?? '');
    expect((await read(id)).json).toMatchObject({ state: 'missing', url: null, preview_url: null });
    const { status, json } = await setKept(id, true);
    expect([status, json.error.code]).toEqual([410, 'media_gone']);
  });

  test('what is not stored here cannot be kept; what was deleted is known no more', async () => {
    const server = createServer((_request, response) => response.end('bytes'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const linked = await put({ isStored: false, upstreamUrl: `http://127.0.0.1:${port}/x.png` });
    expect(await statusOf(`/media/${linked}.png`)).toBe(200);
    expect((await setKept(linked, true)).status).toBe(409);
    expect((await setKept(await put({ isStored: false }), true)).status).toBe(410);
    expect((await remove(linked)).status).toBe(200);
    // Not even what only Google has is handed on any more.
    expect(await statusOf(`/media/${linked}.png`)).toBe(410);
    server.close();
    expect((await read(linked)).status).toBe(404);
    expect((await setKept(linked, true)).status).toBe(404);
    expect((await setKept('nobody', true)).status).toBe(404);
    expect((await remove(linked)).status).toBe(404);
    expect(await idsOf(`q=${linked}`)).toEqual([]);
  });

  test('deleting takes file, preview and copies; job, request and what a client sees of its video stay true', async () => {
    const { runtime } = program;
    const made = await make({ model: 'veo-3.1-fast', prompt: 'to be deleted' });
    const row = await findMedia(runtime.db, made.id);
    await statusOf(`/media/${made.id}/preview.webp`);
    await setKept(made.id, true);
    const answer = await remove(made.id);
    expect([answer.status, answer.json]).toEqual([200, { deleted: true }]);
    expect(await isOnDisk(runtime, row?.storageKey)).toBe(false);
    expect(await statusOf(`/media/${made.id}.mp4`)).toBe(410);
    expect(await statusOf(`/media/${made.id}/preview.webp`)).toBe(410);
    expect((await findJobRow(runtime.db, made.jobId))?.state).toBe('completed');
    const [entry] = await listAuditEntries(runtime.db, { limit: 1, action: 'media.delete' });
    expect(entry).toMatchObject({ object: made.id, administrator: 'ada' });

    const asked = { key: program.apiKey.value, params: { id: made.jobId } };
    const video = await ask(getVideo, `/v1/videos/${made.jobId}`, asked);
    expect([video.status, await video.json()]).toEqual([
      200,
      expect.objectContaining({ status: 'completed', expires_at: null, prompt: 'to be deleted' }),
    ]);
    expect((await ask(getContent, `/v1/videos/${made.jobId}/content`, asked)).status).toBe(410);
  });

  test('a copy in another format is no result of its own: it is kept and deleted with its picture', async () => {
    const { runtime } = program;
    const countedBefore = (await countResultsSince(runtime.db, new Date(0))).image;
    const made = await makePicture('to be copied');
    const copy = await storeCopy(runtime, made.id, { format: 'webp' }, AbortSignal.timeout(5_000));
    expect(await idsOf('q=to be copied')).toEqual([made.id]);
    expect(await idsOf(`q=${copy.id}`)).toEqual([]);
    expect((await countResultsSince(runtime.db, new Date(0))).image).toBe(countedBefore + 1);
    expect((await setKept(made.id, true)).json.kept).toBe(true);
    expect((await findMedia(runtime.db, copy.id))?.kept).toBe(true);
    expect(await statusOf(`/media/${copy.id}.webp`)).toBe(200);
    expect((await remove(made.id)).status).toBe(200);
    expect(await statusOf(`/media/${made.id}.png`)).toBe(410);
    expect(await statusOf(`/media/${copy.id}.webp`)).toBe(410);
    await expect(
      storeCopy(runtime, made.id, { format: 'webp' }, AbortSignal.timeout(5_000)),
    ).rejects.toMatchObject({ code: 'gone' });
  });

  test('a copy that is being made while its picture is deleted does not come about', async () => {
    const { runtime } = program;
    const { id } = await makePicture('deleted while it is copied');
    const read: Runtime['media']['read'] = async (key) => {
      const bytes = await runtime.media.read(key);
      expect((await remove(id)).status).toBe(200);
      return bytes;
    };
    const copying = storeCopy(
      { ...runtime, media: { ...runtime.media, read } },
      id,
      { format: 'webp' },
      AbortSignal.timeout(5_000),
    );
    await expect(copying).rejects.toMatchObject({ code: 'gone' });
    const { media } = runtime.db.tables;
    expect(await runtime.db.select().from(media).where(eq(media.copyOf, id))).toEqual([]);
  });

  test('whoever reads a file while it is deleted gets all of it; afterwards it goes from the disk', async () => {
    const { runtime } = program;
    const bytes = new Uint8Array(3_000_000).fill(7);
    const id = await put({ kind: 'video', bytes });
    const storageKey = (await findMedia(runtime.db, id))?.storageKey ?? '';
    const response = await ask(getFile, `/media/${id}.mp4`, { params: { key: [`${id}.mp4`] } });
    const reader = response.body?.getReader();
    let got = (await reader?.read())?.value?.byteLength ?? 0;
    expect((await remove(id)).status).toBe(200);
    expect(await statusOf(`/media/${id}.mp4`)).toBe(410);
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read())
      got += next.value.byteLength;
    expect(got).toBe(bytes.byteLength);
    aheadMs = 2 * 60 * minute;
    await cleanMedia(runtime);
    aheadMs = 0;
    expect(await isOnDisk(runtime, storageKey)).toBe(false);
  });

  test('work on many is a task: each result by its id, with a reason where it failed', async () => {
    const { runtime } = program;
    const own = { accountEmail: `bulk-${dialect}@example.com` };
    const stored = [await put(own), await put(own)];
    const expired = await put({ ...own, isStored: false });
    const { status, json } = await bulk({ action: 'keep', ids: [...stored, expired, 'nobody'] });
    expect(status).toBe(202);
    expect(json).toMatchObject({ kind: 'media.keep', total: 4 });
    const task = await ended(json.id);
    expect(task).toMatchObject({ state: 'completed', done: 4, failed: 2 });
    const row = { email: null, account_id: null };
    expect(task.results).toEqual([
      { ...row, row: 1, media_id: stored[0], outcome: 'done' },
      { ...row, row: 2, media_id: stored[1], outcome: 'done' },
      {
        ...row,
        row: 3,
        media_id: expired,
        outcome: 'failed',
        reason: expect.stringContaining('no longer stored'),
      },
      { ...row, row: 4, media_id: 'nobody', outcome: 'failed', reason: expect.stringContaining('no result') },
    ]);
    const among = `account=${own.accountEmail}`;
    expect((await idsOf(`${among}&kept=yes`)).toSorted()).toEqual(stored.toSorted());

    // A filter finds what the action changes something about; it means what it found when it began.
    const filter = { account: [own.accountEmail] };
    expect((await bulk({ action: 'keep', filter })).json.error.code).toBe('invalid_request');
    expect((await bulk({ action: 'unkeep', filter: { ...filter, kept: 'no' } })).status).toBe(400);
    const unkept = await ended((await bulk({ action: 'unkeep', filter })).json.id);
    expect(unkept).toMatchObject({ total: 2, failed: 0 });
    const gone = await ended(
      (await bulk({ action: 'delete', filter: { ...filter, state: ['expired'] } })).json.id,
    );
    expect(gone.results).toMatchObject([{ media_id: expired, outcome: 'done' }]);
    const deleted = (await bulk({ action: 'delete', filter })).json;
    const later = await put(own);
    expect(await ended(deleted.id)).toMatchObject({ total: 2, failed: 0 });
    expect(await idsOf(among)).toEqual([later]);
    const again = await ended((await bulk({ action: 'delete', ids: stored })).json.id);
    expect(again.results).toMatchObject([{ outcome: 'done' }, { outcome: 'done' }]);
    const entries = await listAuditEntries(runtime.db, { limit: 100, action: 'media.bulk' });
    expect(entries.map(({ detail }) => detail)).toContainEqual({ action: 'keep', files: 4 });

    for (const wrong of [{}, { filter: {} }, { filter: { type: [] } }, { ids: stored, all: true }]) {
      expect((await bulk({ action: 'delete', ...wrong })).status).toBe(400);
    }
  });

  test('more than 10,000 results at once are refused, and the list says that it has counted no further', async () => {
    const { media } = program.runtime.db.tables;
    const accountEmail = `many-${dialect}@example.com`;
    const row = {
      kind: 'image',
      role: 'result',
      contentType: 'image/png',
      extension: 'png',
      accountEmail,
    } as const;
    for (let from = 0; from < 10_001; from += 500) {
      await program.runtime.db.insert(media).values(
        Array.from({ length: Math.min(500, 10_001 - from) }, (_none, index) => ({
          ...row,
          id: `many${from + index}`,
          createdAt: new Date(0),
        })),
      );
    }
    const { status, json } = await bulk({ action: 'delete', filter: { account: [accountEmail] } });
    expect([status, json.error.message]).toEqual([400, expect.stringContaining('10,000')]);
    expect(await list(`account=${accountEmail}&limit=1`)).toMatchObject({
      total: 10_000,
      total_is_capped: true,
    });
    await program.runtime.db.delete(media).where(eq(media.accountEmail, accountEmail));
  });
});

describe.each(['sqlite', 'postgres'] as const)('how long results stay on %s', (dialect) => {
  beforeAll(() => start({ dialect, services: false, settings: { 'cache.max_size': 1 } }));
  afterAll(() => program.stop());
  const half = () => new Uint8Array(500_000);

  test('what is kept outlives its lifetime with its preview; no longer kept, it stays ten minutes, then goes', async () => {
    const { runtime } = program;
    const [kept, other] = [await put({}), await put({})];
    for (const id of [kept, other]) expect(await statusOf(`/media/${id}/preview.webp`)).toBe(200);
    const before = (await read(kept)).json;
    expect(Date.parse(before.expires_at) - Date.parse(before.created_at)).toBe(7 * day);
    expect((await setKept(kept, true)).json).toMatchObject({ id: kept, kept: true, expires_at: null });

    aheadMs = 8 * day;
    expect(await cleanMedia(runtime)).toMatchObject({ expired: 1 });
    expect(await statusOf(`/media/${kept}.png`)).toBe(200);
    const { previewKey } = (await findMedia(runtime.db, kept)) ?? {};
    expect(await isOnDisk(runtime, previewKey)).toBe(true);
    expect(await statusOf(`/media/${other}.png`)).toBe(410);
    expect((await read(other)).json).toMatchObject({ state: 'expired', url: null, expires_at: null });

    const released = (await setKept(kept, false)).json;
    const leftMs = Date.parse(released.expires_at) - runtime.now().getTime();
    expect(released.kept).toBe(false);
    expect(leftMs).toBeGreaterThan(9 * minute);
    expect(leftMs).toBeLessThanOrEqual(10 * minute);
    expect(await cleanMedia(runtime)).toMatchObject({ expired: 0 });
    expect(await statusOf(`/media/${kept}.png`)).toBe(200);
    // Undone, it is kept as if nothing had been; saying it twice moves nothing.
    await setKept(kept, true);
    aheadMs += 20 * minute;
    expect(await cleanMedia(runtime)).toMatchObject({ expired: 0 });
    const again = (await setKept(kept, false)).json.expires_at;
    aheadMs += 6 * minute;
    expect((await setKept(kept, false)).json.expires_at).toBe(again);
    aheadMs += 5 * minute;
    expect(await cleanMedia(runtime)).toMatchObject({ expired: 1 });
    expect(await statusOf(`/media/${kept}.png`)).toBe(410);
    expect(await isOnDisk(runtime, previewKey)).toBe(false);
    const { items } = await list();
    expect(items.map(({ state }) => state)).toEqual(['expired', 'expired']);
    const actions = (await listAuditEntries(runtime.db, { limit: 10, action: 'media.' })).map(
      ({ action }) => action,
    );
    expect(actions).toEqual(['media.unkeep', 'media.keep', 'media.unkeep', 'media.keep']);
  });

  test('the size cap passes over what is kept, and takes what no longer is; the summary counts the same', async () => {
    const { runtime } = program;
    const [oldest, middle, newest] = [
      await put({ bytes: half(), agoMs: 5 * day }),
      await put({ bytes: half(), agoMs: 4 * day }),
      await put({ bytes: half(), agoMs: 3 * day }),
    ];
    await setKept(oldest, true);
    expect(await summary()).toEqual({
      stores: true,
      used_bytes: 1_500_000,
      limit_bytes: 1_000_000,
      files: 3,
      oldest_at: (await read(oldest)).json.created_at,
      kept: { files: 1, bytes: 500_000 },
      lifetime_seconds: 604_800,
    });
    expect(await cleanMedia(runtime)).toMatchObject({ evicted: 1 });
    expect((await idsOf('state=stored')).toSorted()).toEqual([newest, oldest].toSorted());
    expect(await statusOf(`/media/${middle}.png`)).toBe(410);

    await setKept(oldest, false);
    const more = await put({ bytes: half(), agoMs: day });
    aheadMs += 11 * minute;
    expect(await cleanMedia(runtime)).toMatchObject({ evicted: 1 });
    expect((await idsOf('state=stored')).toSorted()).toEqual([newest, more].toSorted());
    expect(await summary()).toMatchObject({ files: 2, used_bytes: 1_000_000, kept: { files: 0, bytes: 0 } });
  });

  test('without a lifetime nothing ends, and the summary says so', async () => {
    await program.runtime.settings.update({ 'cache.lifetime': 0, 'cache.enabled': false });
    const id = await put({});
    expect((await read(id)).json.expires_at).toBeNull();
    expect(await summary()).toMatchObject({ stores: false, lifetime_seconds: null });
  });
});
