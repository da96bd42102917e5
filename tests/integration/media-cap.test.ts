import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { GET } from '@/app/media/[...key]/route';
import { cleanMedia } from '@/lib/media/cleanup';
import { storageKeyOf } from '@/lib/media/store';
import type { Runtime } from '@/lib/runtime';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { call } from './surface-client';

const running: TestProgram[] = [];
afterEach(async () => {
  for (const program of running.splice(0).reverse()) await program.stop();
});

async function start(options: Parameters<typeof startTestProgram>[0] = {}): Promise<TestProgram> {
  const program = await startTestProgram({ services: false, ...options });
  running.push(program);
  return program;
}

const megabyte = 1_000_000;
const sizeBytes = 10 * megabyte;
const idOf = (index: number) => `file${String(index).padStart(22, '0')}`;
const hour = 3_600_000;

/** A stored video, the first ones the oldest. Its bytes are a hole in the file, so it costs no disk and no time. */
async function put(runtime: Runtime, index: number, kept = false) {
  const id = idOf(index);
  const storageKey = storageKeyOf(id, 'mp4');
  const path = join(runtime.env.dataDir, 'media', storageKey);
  await mkdir(dirname(path), { recursive: true });
  const handle = await open(path, 'w');
  await handle.truncate(sizeBytes);
  await handle.close();
  await runtime.db.insert(runtime.db.tables.media).values({
    id,
    kind: 'video',
    role: 'result',
    contentType: 'video/mp4',
    extension: 'mp4',
    storageKey,
    sizeBytes,
    sha256: id,
    kept,
    createdAt: new Date(Date.now() - 48 * hour + index * 60_000),
  });
}

const ask = async (index: number) => {
  const name = `${idOf(index)}.mp4`;
  return call(GET, `/media/${name}`, { params: { key: [name] } });
};

async function isStored({ media }: Runtime, index: number): Promise<boolean> {
  return (await media.find(storageKeyOf(idOf(index), 'mp4'))) !== undefined;
}

async function readRest(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<number> {
  let bytes = 0;
  for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
    bytes += next.value.byteLength;
  }
  return bytes;
}

describe('a folder of 750 MB under a cap of 500 MB', () => {
  test('goes down to its cap, oldest first, while its oldest files are read and new ones come', async () => {
    const program = await start({ settings: { 'cache.max_size': 500, 'cache.lifetime': 0 } });
    const { runtime } = program;
    program.makeGlobal();
    for (let index = 0; index < 75; index += 1) await put(runtime, index, index === 5);
    expect((await runtime.media.usage()).sizeBytes).toBe(750 * megabyte);

    const readers = [];
    let readBytes = 0;
    for (const index of [0, 1, 2, 3, 4]) {
      const response = await ask(index);
      expect(response.status).toBe(200);
      const reader = response.body?.getReader();
      readBytes += (await reader?.read())?.value?.byteLength ?? 0;
      readers.push(reader);
    }
    const others = Promise.all(
      Array.from({ length: 20 }, async (_none, index) => readRest((await ask(74 - index)).body?.getReader())),
    );
    const [cleaning] = await Promise.all([
      cleanMedia(runtime),
      (async () => {
        for (let index = 75; index < 80; index += 1) await put(runtime, index);
      })(),
    ]);
    await cleanMedia(runtime);
    expect((await runtime.media.usage()).sizeBytes).toBe(500 * megabyte);
    expect(cleaning.evicted).toBeGreaterThanOrEqual(25);
    for (const index of [0, 1, 2, 3, 4, 5]) expect(await isStored(runtime, index)).toBe(true);
    // Thirty had to go: the oldest of those that nobody reads and nobody keeps.
    for (let index = 6; index < 36; index += 1) expect(await isStored(runtime, index)).toBe(false);
    for (let index = 36; index < 80; index += 1) expect(await isStored(runtime, index)).toBe(true);

    // Nobody who was reading notices anything.
    for (const reader of readers) readBytes += await readRest(reader);
    expect(readBytes).toBe(5 * sizeBytes);
    expect(await others).toEqual(Array(20).fill(sizeBytes));
    expect((await ask(6)).status).toBe(410);

    // Once nobody reads them, they are the oldest.
    const settings = { ...runtime.settings.current(), 'cache.max_size': 450 };
    await cleanMedia({ ...runtime, settings: { ...runtime.settings, current: () => settings } });
    for (const index of [0, 1, 2, 3, 4]) expect(await isStored(runtime, index)).toBe(false);
    expect(await isStored(runtime, 5)).toBe(true);
    expect((await runtime.media.usage()).sizeBytes).toBe(450 * megabyte);
  }, 60_000);
});

test('two processes on one Postgres and one folder: what one of them sends, the other does not remove', async () => {
  const settings = { 'cache.max_size': 1, 'cache.lifetime': 0 };
  const reading = await start({ dialect: 'postgres', settings });
  const { dataDir, databaseUrl } = reading.runtime.env;
  if (databaseUrl.dialect !== 'postgres') throw new Error('not on Postgres');
  const cleaning = await start({ settings, place: { dataDir, databaseUrl: databaseUrl.url } });
  reading.makeGlobal();
  for (let index = 0; index < 3; index += 1) await put(reading.runtime, index);

  const reader = (await ask(0)).body?.getReader();
  const first = (await reader?.read())?.value?.byteLength ?? 0;
  expect(cleaning.runtime.media.isBeingRead(storageKeyOf(idOf(0), 'mp4'))).toBe(false);
  expect(await cleanMedia(cleaning.runtime)).toMatchObject({ evicted: 2 });
  expect(await isStored(cleaning.runtime, 0)).toBe(true);
  expect(first + (await readRest(reader))).toBe(sizeBytes);
  const later = { ...cleaning.runtime, now: () => new Date(Date.now() + 300_000) };
  expect(await cleanMedia(later)).toMatchObject({ evicted: 1 });
  expect((await ask(0)).status).toBe(410);
});
