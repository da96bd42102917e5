import { createHash, randomBytes } from 'node:crypto';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { GET, HEAD } from '@/app/media/[...key]/route';
import { listen } from '@/lib/http/__fixtures__/proxies';
import { lengthHeader } from '@/lib/lifecycle';
import { storageKeyOf } from '@/lib/media/store';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { call } from './surface-client';

let program: TestProgram;
beforeAll(async () => {
  program = await startTestProgram({ services: false });
  program.makeGlobal();
});
afterAll(() => program.stop());

type Kind = 'image' | 'video';
const types = { image: ['image/png', 'png'], video: ['video/mp4', 'mp4'] } as const;
const createdAt = new Date('2026-11-01T12:00:00Z');
let count = 0;

/** A finished file as a job leaves it. */
async function store(body: Uint8Array | Uint8Array[], kind: Kind = 'video') {
  count += 1;
  const id = `file${String(count).padStart(24, '0')}`;
  const [contentType, extension] = types[kind];
  const storageKey = storageKeyOf(id, extension);
  const stored = await program.runtime.media.write(storageKey, iterate(Array.isArray(body) ? body : [body]), {
    durable: false,
  });
  await program.runtime.db.insert(program.runtime.db.tables.media).values({
    id,
    kind,
    role: 'result',
    contentType,
    extension,
    storageKey,
    sizeBytes: stored.sizeBytes,
    sha256: stored.sha256,
    createdAt,
  });
  return {
    name: `${id}.${extension}`,
    id,
    path: join(program.runtime.env.dataDir, 'media', storageKey),
    ...stored,
  };
}

async function* iterate(chunks: Uint8Array[]) {
  yield* chunks;
}

const get = (name: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  call(method === 'GET' ? GET : HEAD, `/media/${name}`, {
    method,
    headers,
    params: { key: name.split('/') },
  });

/** Collects now, so that what is still in use can be told from what only waits for the collector. */
const collectGarbage = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

const digits = new TextEncoder().encode('0123456789');
const sha = createHash('sha256').update(digits).digest('hex');

describe('a whole file', () => {
  test.each([
    ['image', 'image/png'],
    ['video', 'video/mp4'],
  ] as const)(
    'of kind %s has its type, its size and what browsers want to know',
    async (kind, contentType) => {
      const { name } = await store(digits, kind);
      const response = await get(name);
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': contentType,
        [lengthHeader]: '10',
        'accept-ranges': 'bytes',
        etag: `"${sha}"`,
        'last-modified': createdAt.toUTCString(),
        'cache-control': 'public, max-age=31536000, immutable',
        'content-disposition': `inline; filename="${name}"`,
        'x-content-type-options': 'nosniff',
        'access-control-allow-origin': '*',
      });
      expect(await response.text()).toBe('0123456789');
    },
  );

  test('is described without being sent', async () => {
    const { name } = await store(digits);
    const response = await get(name, { range: 'bytes=0-1' }, 'HEAD');
    expect(response.status).toBe(200);
    expect(response.headers.get(lengthHeader)).toBe('10');
    expect(await response.text()).toBe('');
  });
});

describe('a file to be saved', () => {
  test.each([
    ['?download', 'attachment'],
    ['?download=1', 'attachment'],
    ['?download=0', 'inline'],
    ['?other', 'inline'],
  ])('%s: %s', async (query, disposition) => {
    const { name } = await store(digits);
    const response = await call(GET, `/media/${name}${query}`, { params: { key: [name] } });
    expect(response.headers.get('content-disposition')).toBe(`${disposition}; filename="${name}"`);
    expect(await response.text()).toBe('0123456789');
  });
});

describe('a file that only upstream has', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  /** A row without a file, whose link leads to this server. */
  async function link(answer: RequestListener) {
    const server = createServer(answer);
    servers.push(server);
    const port = await listen(server);
    const { name, id } = await store(digits);
    const { db } = program.runtime;
    const upstreamUrl = `http://127.0.0.1:${port}/file`;
    await db.update(db.tables.media).set({ storageKey: null, upstreamUrl }).where(eq(db.tables.media.id, id));
    return name;
  }

  const file: RequestListener = (request, response) => {
    const { range } = request.headers;
    if (range === undefined) return void response.writeHead(200, { 'content-length': 10 }).end(digits);
    if (range === 'bytes=99-')
      return void response.writeHead(416, { 'content-range': 'bytes */10' }).end('no such part');
    response
      .writeHead(206, { 'content-length': 4, 'content-range': 'bytes 2-5/10', 'content-type': 'text/html' })
      .end(digits.subarray(2, 6));
  };

  test('is handed on, whole and in parts, as what it is', async () => {
    const name = await link(file);
    const whole = await get(name);
    expect(whole.status).toBe(200);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'video/mp4',
      'accept-ranges': 'bytes',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      [lengthHeader]: '10',
    });
    expect(await whole.text()).toBe('0123456789');
    const part = await get(name, { range: 'bytes=2-5' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe('bytes 2-5/10');
    expect(part.headers.get('content-type')).toBe('video/mp4');
    expect(await part.text()).toBe('2345');
    const beyond = await get(name, { range: 'bytes=99-' });
    expect(beyond.status).toBe(416);
    expect(await beyond.text()).toBe('');
    const head = await get(name, {}, 'HEAD');
    expect(head.headers.get(lengthHeader)).toBe('10');
    expect(await head.text()).toBe('');
  });

  test('is followed to where its link leads', async () => {
    const name = await link((request, response) => {
      if (request.url === '/file') response.writeHead(302, { location: '/moved' }).end();
      else file(request, response);
    });
    expect(await (await get(name)).text()).toBe('0123456789');
  });

  test.each([403, 404, 410, 500])(
    'is a 410 once its link answers %i and nobody has another',
    async (status) => {
      const name = await link((_request, response) => void response.writeHead(status).end('<html>'));
      expect((await get(name)).status).toBe(410);
    },
  );

  test('is let go by who wants none of it: HEAD, a part that is not there, leaving before the first byte', async () => {
    let opened = 0;
    const unfinished = new Set<unknown>();
    const name = await link((request, response) => {
      opened += 1;
      unfinished.add(response);
      response.once('close', () => unfinished.delete(response));
      const send = () => {
        while (!response.destroyed && response.write(Buffer.alloc(100_000)));
      };
      response.on('drain', send);
      response.writeHead(request.headers.range === undefined ? 200 : 416);
      send();
    });
    expect((await get(name, {}, 'HEAD')).status).toBe(200);
    expect((await get(name, { range: 'bytes=99-' })).status).toBe(416);
    await (await get(name)).body?.cancel();
    expect(opened).toBe(3);
    await expect.poll(() => unfinished.size).toBe(0);
  });

  test('is not read ahead of a client that stops reading, and let go when it leaves', async () => {
    let sentBytes = 0;
    let isOver = false;
    const name = await link((_request, response) => {
      response.once('close', () => {
        isOver = true;
      });
      const send = () => {
        while (!response.destroyed && sentBytes < 200_000_000) {
          sentBytes += 100_000;
          if (!response.write(Buffer.alloc(100_000))) return void response.once('drain', send);
        }
      };
      response.writeHead(200);
      send();
    });
    const reader = (await get(name)).body?.getReader();
    await reader?.read();
    await new Promise((done) => setTimeout(done, 300));
    expect(sentBytes).toBeLessThan(20_000_000); // what the sockets of both ends hold
    await reader?.cancel();
    await expect.poll(() => isOver).toBe(true);
  });
});

test('a job whose file is not stored gives a link, and the file here by a fresh one when that has ended', async () => {
  const linked = await startTestProgram({ settings: { 'cache.enabled': false } });
  try {
    await linked.addAccount();
    linked.makeGlobal();
    const jobId = await linked.submit({ model: 'veo-3.1-fast' });
    const end = (await linked.events(jobId)).at(-1);
    const { db } = linked.runtime;
    const [row] = await db.select().from(db.tables.media);
    expect(end).toMatchObject({ media: [{ location: { type: 'url', url: row?.upstreamUrl } }] });
    await db.update(db.tables.media).set({ upstreamUrl: `${row?.upstreamUrl}-ended` });
    const response = await get(`${row?.id}.mp4`, { range: 'bytes=4-7' });
    expect(response.status).toBe(206);
    expect(await response.text()).toBe('ftyp');
  } finally {
    await linked.stop();
    program.makeGlobal();
  }
});

describe('a part of a file', () => {
  test.each([
    ['bytes=0-3', 206, 'bytes 0-3/10', '0123'],
    ['bytes=4-', 206, 'bytes 4-9/10', '456789'],
    ['bytes=-2', 206, 'bytes 8-9/10', '89'],
    ['bytes=0-', 206, 'bytes 0-9/10', '0123456789'],
    ['bytes=9-99', 206, 'bytes 9-9/10', '9'],
    ['bytes=10-', 416, 'bytes */10', ''],
    ['bytes=0-1,4-5', 200, null, '0123456789'],
    ['bytes=x', 200, null, '0123456789'],
  ])('%s is answered with %i, %s', async (range, status, contentRange, text) => {
    const { name } = await store(digits);
    const response = await get(name, { range });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-range')).toBe(contentRange);
    expect(response.headers.get(lengthHeader)).toBe(status === 416 ? null : String(text.length));
    expect(await response.text()).toBe(text);
  });

  test.each([
    ['the same etag', `"${sha}"`, 206],
    ['the same date', createdAt.toUTCString(), 206],
    ['another etag', '"other"', 200],
    ['another date', new Date(0).toUTCString(), 200],
  ])('is sent with If-Range only for the same file: %s', async (_what, condition, status) => {
    const { name } = await store(digits);
    expect((await get(name, { range: 'bytes=0-1', 'if-range': condition })).status).toBe(status);
  });
});

describe('a file that the client has already', () => {
  test.each([
    ['the etag', { 'if-none-match': `"${sha}"` }, 304],
    ['one of several etags', { 'if-none-match': `"other", W/"${sha}"` }, 304],
    ['any etag', { 'if-none-match': '*' }, 304],
    ['another etag', { 'if-none-match': '"other"' }, 200],
    ['a date', { 'if-modified-since': createdAt.toUTCString() }, 304],
    ['an older date', { 'if-modified-since': new Date(0).toUTCString() }, 200],
    [
      'another etag, whatever the date',
      { 'if-none-match': '"other"', 'if-modified-since': createdAt.toUTCString() },
      200,
    ],
  ])('by %s', async (_what, headers, status) => {
    const { name } = await store(digits);
    const response = await get(name, headers);
    expect(response.status).toBe(status);
    expect(response.headers.get('etag')).toBe(`"${sha}"`);
    expect(await response.text()).toBe(status === 304 ? '' : '0123456789');
  });
});

describe('what is not there', () => {
  const codeOf = async (response: Response) => {
    expect(response.headers.get('content-type')).toBe('application/json');
    return ((await response.json()) as { error: { code: string } }).error.code;
  };

  test.each(['none.mp4', 'none', '../flow2api.db', 'a/b.mp4', 'NONE.MP4', '%2e%2e/x.mp4'])(
    '%s is a JSON 404',
    async (name) => {
      const response = await get(name);
      expect(response.status).toBe(404);
      expect(await codeOf(response)).toBe('media_not_found');
    },
  );

  test('a file under another extension is a 404', async () => {
    const { id } = await store(digits);
    expect((await get(`${id}.png`)).status).toBe(404);
  });

  test('a file that is no longer kept is a 410', async () => {
    const { name, id } = await store(digits);
    const { db } = program.runtime;
    await db.update(db.tables.media).set({ storageKey: null });
    const response = await get(name);
    expect(response.status).toBe(410);
    expect(await codeOf(response)).toBe('media_gone');
    await db.delete(db.tables.media);
    expect((await get(`${id}.mp4`)).status).toBe(404);
  });

  test.each([
    ['is gone', 'video', (path: string) => rm(path)],
    ['was cut', 'video', (path: string) => truncate(path, 3)],
    ['was emptied', 'image', (path: string) => truncate(path, 0)],
  ] as const)('a file that %s on the disk is a 410, not half an answer', async (_what, kind, damage) => {
    const { name, path } = await store(digits, kind);
    await damage(path);
    expect((await get(name)).status).toBe(410);
  });
});

test('a picture that was damaged while the program was down is a 410', async () => {
  const { name, path } = await store(digits, 'image');
  const { simulator, runtime } = program;
  const { dataDir } = runtime.env;
  await writeFile(path, '0123456780');
  await runtime.life.drain('restart');
  const again = await startTestProgram({
    services: false,
    simulator,
    place: { dataDir, databaseUrl: `file:${join(dataDir, 'flow2api.db')}` },
  });
  again.makeGlobal();
  expect((await get(name)).status).toBe(410);
  program = again;
});

test('a video of 50 MB is streamed, not held', async () => {
  const part = randomBytes(1_000_000);
  const { name, sha256 } = await store(Array.from({ length: 50 }, () => part));
  const seen = await readMeasured((await get(name)).body);
  expect(seen).toMatchObject({ sizeBytes: 50_000_000, sha256 });
  // What the collector has let go of is given back a little later.
  expect(seen.highestBytes).toBeLessThan(15_000_000);
});

/** Reads to the end, and looks every few megabytes at what is held. */
async function readMeasured(body: ReadableStream<Uint8Array> | null) {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let highestBytes = 0;
  let nextLook = 0;
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  const reader = body?.getReader();
  for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
    hash.update(next.value);
    sizeBytes += next.value.byteLength;
    if (sizeBytes < nextLook) continue;
    nextLook = sizeBytes + 5_000_000;
    collectGarbage();
    highestBytes = Math.max(highestBytes, process.memoryUsage().arrayBuffers - before);
  }
  return { sizeBytes, sha256: hash.digest('hex'), highestBytes };
}

test('a reader that stops reading makes nobody read ahead', async () => {
  const { name } = await store(randomBytes(5_000_000));
  const response = await get(name);
  const reader = response.body?.getReader();
  const first = await reader?.read();
  expect(first?.value?.byteLength).toBeLessThan(1_000_000);
  await reader?.cancel();
});
