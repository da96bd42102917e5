import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GET, HEAD } from '@/app/media/[...key]/route';
import { lengthHeader } from '@/lib/lifecycle';
import { cleanMedia } from '@/lib/media/cleanup';
import { posterOf } from '@/lib/media/posters';
import { storageKeyOf } from '@/lib/media/store';
import { picture } from '../support/pictures';
import { startTestProgram, type TestProgram, until } from '../support/test-runtime';
import { call } from './surface-client';

const hasFfmpeg = (() => {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

let place: string;
const running: TestProgram[] = [];
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'flow2api-previews-'));
});
afterEach(async () => {
  for (const program of running.splice(0)) await program.stop();
  await rm(place, { recursive: true, force: true });
});

async function start(options: Parameters<typeof startTestProgram>[0] = {}): Promise<TestProgram> {
  const program = await startTestProgram({ services: false, ...options });
  running.push(program);
  program.makeGlobal();
  return program;
}

/** A program in the place of ffmpeg that writes down each call. */
async function fakeFfmpeg(body: string): Promise<{ path: string; calls: () => Promise<number> }> {
  const path = join(place, 'ffmpeg');
  const log = join(place, 'calls');
  await writeFile(log, '');
  await writeFile(path, `#!/bin/sh\necho call >> '${log}'\n${body}\n`);
  await chmod(path, 0o755);
  return { path, calls: async () => (await readFile(log, 'utf8')).split('\n').length - 1 };
}

const video = () => readFile(join(import.meta.dirname, '../simulator/assets/landscape-720p-4s.mp4'));
let count = 0;

async function store({ runtime }: TestProgram, bytes: Uint8Array, kind: 'image' | 'video') {
  count += 1;
  const id = `preview${String(count).padStart(20, '0')}`;
  const extension = kind === 'video' ? 'mp4' : 'png';
  const storageKey = storageKeyOf(id, extension);
  const body = async function* () {
    yield bytes;
  };
  const { sizeBytes, sha256 } = await runtime.media.write(storageKey, body(), { durable: false });
  await runtime.db.insert(runtime.db.tables.media).values({
    id,
    kind,
    role: 'result',
    contentType: kind === 'video' ? 'video/mp4' : 'image/png',
    extension,
    storageKey,
    sizeBytes,
    sha256,
    width: 1280,
    height: 720,
    createdAt: new Date(Date.now() - 3_600_000),
  });
  return id;
}

const row = async ({ runtime: { db } }: TestProgram, id: string) => {
  const [found] = await db.select().from(db.tables.media).where(eq(db.tables.media.id, id));
  if (found === undefined) throw new Error(`no row ${id}`);
  return found;
};

const get = (id: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  call(method === 'GET' ? GET : HEAD, `/media/${id}/preview.webp`, {
    method,
    headers,
    params: { key: [id, 'preview.webp'] },
  });

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

/** Whether the picture is the drawn sign: its corner has the sign's background. */
async function isDrawn(bytes: Uint8Array): Promise<boolean> {
  const [r = 0, g = 0, b = 0] = await sharp(bytes)
    .extract({ left: 4, top: 4, width: 1, height: 1 })
    .raw()
    .toBuffer();
  return Math.abs(r - 0x1b) + Math.abs(g - 0x25) + Math.abs(b - 0x2b) < 12;
}

describe('a picture', () => {
  test('has a small copy, which is stored beside it and stays as it is', async () => {
    const program = await start();
    const id = await store(program, await picture({ width: 2_000, height: 1_000 }), 'image');
    const response = await get(id);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/webp',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'access-control-allow-origin': '*',
    });
    const bytes = await bytesOf(response);
    expect(response.headers.get(lengthHeader)).toBe(String(bytes.byteLength));
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 512, height: 256 });
    const { previewKey, previewBytes } = await row(program, id);
    expect(previewBytes).toBe(bytes.byteLength);
    expect(Buffer.from((await program.runtime.media.read(previewKey ?? '')) ?? [])).toEqual(bytes);

    const again = await get(id, { 'if-none-match': response.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
    const head = await get(id, {}, 'HEAD');
    expect(head.headers.get(lengthHeader)).toBe(String(bytes.byteLength));
    expect(await head.text()).toBe('');
  });

  test('that is small already is not made larger, and one that is damaged has none', async () => {
    const program = await start();
    const small = await store(program, await picture({ width: 100, height: 50 }), 'image');
    expect(await sharp(await bytesOf(await get(small))).metadata()).toMatchObject({ width: 100 });
    const damaged = await store(program, Buffer.from('no picture'), 'image');
    expect((await get(damaged)).status).toBe(410);
  });
});

describe('a video', () => {
  test.runIf(hasFfmpeg)('has a frame of itself, made once for all who ask at the same time', async () => {
    const ffmpeg = await fakeFfmpeg('exec ffmpeg "$@"');
    const program = await start({ env: { FFMPEG_PATH: ffmpeg.path } });
    const id = await store(program, await video(), 'video');
    const answers = await Promise.all(Array.from({ length: 10 }, async () => bytesOf(await get(id))));
    const [first] = answers;
    expect(await sharp(first).metadata()).toMatchObject({ format: 'webp', width: 512, height: 288 });
    expect(await isDrawn(first ?? Buffer.of())).toBe(false);
    for (const answer of answers) expect(answer).toEqual(first);
    expect(await bytesOf(await get(id))).toEqual(first);
    expect(await ffmpeg.calls()).toBe(1);
  });

  test('has a drawn poster in its own ratio where there is no ffmpeg', async () => {
    const program = await start({ env: { FFMPEG_PATH: join(place, 'none') } });
    const id = await store(program, await video(), 'video');
    const response = await get(id);
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
    const bytes = await bytesOf(response);
    expect(await isDrawn(bytes)).toBe(true);
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 512, height: 288 });
    expect((await row(program, id)).previewKey).toBeNull();
  });

  test('that ffmpeg cannot read has a drawn poster, and is not tried again at once', async () => {
    const ffmpeg = await fakeFfmpeg('exit 1');
    const program = await start({ env: { FFMPEG_PATH: ffmpeg.path } });
    const id = await store(program, await video(), 'video');
    for (const _time of [1, 2, 3]) expect(await isDrawn(await bytesOf(await get(id)))).toBe(true);
    expect(await ffmpeg.calls()).toBe(1);
  });

  test('that only upstream has is shown with a drawn poster', async () => {
    const program = await start();
    const id = await store(program, await video(), 'video');
    const { db } = program.runtime;
    await db.update(db.tables.media).set({ storageKey: null, upstreamUrl: 'https://example.com/a.mp4' });
    expect(await isDrawn(await bytesOf(await get(id)))).toBe(true);
  });

  test('is not waited for longer than the one who asks wants to', async () => {
    const ffmpeg = await fakeFfmpeg('exec sleep 30');
    const program = await start({ env: { FFMPEG_PATH: ffmpeg.path } });
    const id = await store(program, await video(), 'video');
    const control = new AbortController();
    const asked = posterOf(program.runtime, await row(program, id), control.signal);
    await until(async () => (await ffmpeg.calls()) > 0);
    control.abort(new Error('the client left'));
    await expect(asked).rejects.toThrow('the client left');
    const startedAt = performance.now();
    await program.runtime.posters.close();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe('the preview of a file', () => {
  test('that is not known is a 404, of one that is gone a 410', async () => {
    const program = await start();
    expect((await get('none')).status).toBe(404);
    const id = await store(program, await picture(), 'image');
    const { db } = program.runtime;
    await db.update(db.tables.media).set({ storageKey: null });
    expect((await get(id)).status).toBe(410);
  });

  test('counts in the size cap, goes with the file, and is no stray', async () => {
    const program = await start({ settings: { 'cache.max_size': 1 } });
    const { runtime } = program;
    const id = await store(program, await picture({ width: 900, height: 900 }), 'image');
    await get(id);
    const keys = async () => {
      const found: string[] = [];
      for await (const { key } of runtime.media.list()) found.push(key);
      return found;
    };
    const later = (ms: number) => ({ ...runtime, now: () => new Date(Date.now() + ms) });
    expect(await keys()).toHaveLength(2);
    expect(await cleanMedia(later(2 * 3_600_000))).toEqual({ expired: 0, evicted: 0, orphans: 0 });
    expect(await keys()).toHaveLength(2);

    // The file alone fits into the cap of 1 MB; with what its preview takes it does not.
    const { db } = runtime;
    await db.update(db.tables.media).set({ sizeBytes: 900_000, previewBytes: 200_000 });
    expect(await cleanMedia(later(2 * 3_600_000))).toMatchObject({ evicted: 1 });
    expect(await keys()).toEqual([]);
    expect(await row(program, id)).toMatchObject({ storageKey: null, previewKey: null, previewBytes: null });
  });
});

test('a job is done before its preview is, and whatever becomes of that', async () => {
  const ffmpeg = await fakeFfmpeg('exec sleep 30');
  const program = await start({ services: true, env: { FFMPEG_PATH: ffmpeg.path } });
  await program.addAccount();
  const jobId = await program.submit({ model: 'veo-3.1-fast' });
  const events = await program.events(jobId);
  expect(events.at(-1)).toMatchObject({ type: 'completed', media: [{ kind: 'video' }] });
  await until(async () => (await ffmpeg.calls()) > 0);
});

test('the preview of a new picture is made without anybody asking', async () => {
  const program = await start({ services: true });
  await program.addAccount();
  const jobId = await program.submit({ model: 'gemini-3.1-flash-image' });
  await program.events(jobId);
  const { db } = program.runtime;
  await until(async () => {
    const [made] = await db.select().from(db.tables.media).where(eq(db.tables.media.jobId, jobId));
    return made?.previewKey !== null && made?.previewKey !== undefined;
  });
});
