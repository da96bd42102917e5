import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { POST as zipMedia } from '@/app/api/v1/admin/media/zip/route';
import { listAuditEntries } from '@/db/repositories/audit';
import { storageKeyOf } from '@/lib/media/store';
import { startTestProgram, type TestProgram, until } from '../support/test-runtime';
import { call, origin, signedIn } from './admin-console';

const path = '/api/v1/admin/media/zip';
const createdAt = new Date('2026-11-20T14:05:09.000Z');

let program: TestProgram;
let cookie: string;
let count = 0;

/** A result with its file, unless it is one that only Google has. */
async function put(
  row: { bytes?: Uint8Array; kind?: 'image' | 'video'; jobId?: string; upstreamUrl?: string } = {},
): Promise<{ id: string; bytes: Uint8Array; storageKey: string }> {
  const { runtime } = program;
  const { bytes = randomBytes(5_000), kind = 'image', upstreamUrl, ...rest } = row;
  count += 1;
  const id = `zip${String(count).padStart(23, '0')}`;
  const extension = kind === 'video' ? 'mp4' : 'png';
  const storageKey = storageKeyOf(id, extension);
  const body = async function* () {
    yield bytes;
  };
  const file =
    upstreamUrl === undefined
      ? { storageKey, sha256: (await runtime.media.write(storageKey, body(), { durable: false })).sha256 }
      : { upstreamUrl };
  await runtime.db.insert(runtime.db.tables.media).values({
    id,
    kind,
    role: 'result',
    contentType: kind === 'video' ? 'video/mp4' : 'image/png',
    extension,
    sizeBytes: bytes.byteLength,
    createdAt,
    ...file,
    ...rest,
  });
  return { id, bytes, storageKey };
}

/** Sends the ids as the page's own form does. */
const send = (ids: readonly string[], headers: Record<string, string> = { origin, cookie }) =>
  zipMedia(
    new Request(`${origin}${path}`, {
      method: 'POST',
      headers: {
        host: new URL(origin).host,
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      },
      body: new URLSearchParams(ids.map((id): [string, string] => ['ids', id])).toString(),
    }),
  );

/** Names and contents of a zip whose entries are not compressed, by its central directory (APPNOTE 4.3.12). */
function readZip(zip: Buffer): Map<string, Buffer> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const entries = zip.readUInt16LE(end + 10);
  const files = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let entry = 0; entry < entries; entry += 1) {
    expect(zip.readUInt16LE(at + 10)).toBe(0); // stored as it is
    const size = zip.readUInt32LE(at + 24);
    const [nameLength, extraLength, noteLength] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const name = zip.toString('utf8', at + 46, at + 46 + (nameLength ?? 0));
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    files.set(name, zip.subarray(start, start + size));
    at += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (noteLength ?? 0);
  }
  return files;
}

const filesOf = async (response: Response) => readZip(Buffer.from(await response.arrayBuffer()));
const codeOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string } }).error.code;

describe.each(['sqlite', 'postgres'] as const)('results as one archive on %s', (dialect) => {
  beforeAll(async () => {
    program = await startTestProgram({ dialect });
    program.makeGlobal();
    cookie = await signedIn(program.runtime);
    await program.addAccount();
  });
  afterAll(() => program.stop());

  test('a form gets every file once, byte by byte, under a name that tells what it is', async () => {
    const jobId = await program.submit({
      model: 'gemini-3.1-flash-image',
      prompt: 'A red lighthouse, at dusk',
    });
    await program.events(jobId);
    const picture = await put({ jobId });
    const video = await put({ kind: 'video', bytes: randomBytes(700_000) });
    const response = await send([picture.id, video.id, picture.id]);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/zip');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="media-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d\.zip"$/,
    );
    const files = await filesOf(response);
    expect([...files.keys()]).toEqual([
      `2026-11-20_14-05-09_A-red-lighthouse-at-dusk_${picture.id.slice(-8)}.png`,
      `2026-11-20_14-05-09_${video.id.slice(-8)}.mp4`,
    ]);
    expect(
      [...files.values()].map((bytes) => bytes.equals(picture.bytes) || bytes.equals(video.bytes)),
    ).toEqual([true, true]);
    const [entry] = await listAuditEntries(program.runtime.db, { limit: 1 });
    expect(entry).toMatchObject({ action: 'media.export', detail: { files: 2, bytes: 705_000 } });
  });

  test('JSON is taken as well, as of a script', async () => {
    const { id, bytes } = await put();
    const headers = { cookie, 'content-type': 'application/json' };
    const body = JSON.stringify({ ids: [id] });
    const response = await zipMedia(new Request(`${origin}${path}`, { method: 'POST', headers, body }));
    expect([...(await filesOf(response)).values()]).toEqual([Buffer.from(bytes)]);
  });

  test('what is not stored here is left out and named in a text', async () => {
    const { runtime } = program;
    const there = await put();
    const vanished = await put();
    await runtime.media.delete(vanished.storageKey);
    const upstream = await put({ upstreamUrl: 'https://example.com/file' });
    const files = await filesOf(await send([vanished.id, there.id, upstream.id, 'unknown']));
    expect([...files.keys()]).toEqual([`2026-11-20_14-05-09_${there.id.slice(-8)}.png`, 'left-out.txt']);
    expect(files.get('left-out.txt')?.toString()).toBe(
      [
        `${vanished.id}: Its file is no longer stored here.`,
        `${upstream.id}: Only Google has its file.`,
        'unknown: There is no such result; it may have been deleted.',
        '',
      ].join('\n'),
    );
  });

  test('a file that vanishes while the archive is being read is left out and named too', async () => {
    const first = await put({ bytes: randomBytes(3_000_000) });
    const second = await put();
    const response = await send([first.id, second.id]);
    await program.runtime.media.delete(second.storageKey);
    const files = await filesOf(response);
    expect([...files.keys()]).toEqual([`2026-11-20_14-05-09_${first.id.slice(-8)}.png`, 'left-out.txt']);
    expect(files.get('left-out.txt')?.toString()).toContain(second.id);
  });

  test('one file is open at a time, and none when the reader has left', async () => {
    const { media } = program.runtime;
    const files = [
      await put({ bytes: randomBytes(3_000_000) }),
      await put({ bytes: randomBytes(3_000_000) }),
    ];
    const reader = (await send(files.map(({ id }) => id))).body?.getReader();
    await reader?.read();
    await reader?.read();
    expect(files.map(({ storageKey }) => media.isBeingRead(storageKey))).toEqual([true, false]);
    await reader?.cancel();
    await until(async () => files.every(({ storageKey }) => !media.isBeingRead(storageKey)));
  });

  test('more than 200 files, or more than 2 GB, are refused', async () => {
    const many = await send(Array.from({ length: 201 }, (_, index) => `id${index}`));
    expect([many.status, await codeOf(many)]).toEqual([400, 'invalid_request']);
    const { id, storageKey } = await put();
    const { media } = program.runtime;
    const find = media.find;
    media.find = async (key) =>
      key === storageKey ? { key, sizeBytes: 2_000_000_001, modifiedAt: createdAt } : find(key);
    const large = await send([id]).finally(() => {
      media.find = find;
    });
    expect([large.status, await codeOf(large)]).toEqual([400, 'invalid_request']);
    expect((await send([])).status).toBe(400);
  });

  test('where nothing is stored there is no archive', async () => {
    const response = await send(['unknown']);
    expect([response.status, await codeOf(response)]).toEqual([410, 'media_gone']);
  });

  test('nobody gets it without a sign-in, from another site, or by a form that does not say where it is from', async () => {
    const { id } = await put();
    expect((await send([id], { origin })).status).toBe(401);
    for (const headers of [
      { cookie, origin: 'https://elsewhere.example' },
      { cookie, origin, 'sec-fetch-site': 'cross-site' },
      { cookie, origin: 'null' },
      { cookie },
    ]) {
      const response = await send([id], headers);
      expect([response.status, await codeOf(response)]).toEqual([403, 'cross_site_request']);
    }
    for (const type of ['multipart/form-data; boundary=x', 'text/plain']) {
      expect((await send([id], { cookie, origin, 'content-type': type })).status).toBe(415);
    }
    expect((await call(zipMedia, 'POST', path, { cookie, body: {} })).status).toBe(400);
  });
});
