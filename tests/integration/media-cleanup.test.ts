import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultSettings, type Settings } from '@/config/settings-schema';
import type { Database } from '@/db/client';
import { cleanMedia, forgetLostFiles } from '@/lib/media/cleanup';
import { openDiskStore } from '@/lib/media/disk-store';
import { noteReading, renewReading } from '@/lib/media/reading';
import { type MediaStore, storageKeyOf } from '@/lib/media/store';
import { makeLogger } from '@/lib/observability/log';
import type { Runtime } from '@/lib/runtime';
import { describeEachDatabase } from '../support/databases';

const now = new Date('2026-11-20T12:00:00Z');
const day = 86_400_000;
const daysAgo = (days: number) => new Date(now.getTime() - days * day);

describeEachDatabase('cleaning the media', (open) => {
  let root: string;
  let media: MediaStore;
  let db: Database;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'flow2api-clean-'));
    media = await openDiskStore(root);
    db = await open();
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const log = makeLogger({ level: 'silent', format: 'json' });
  const clean = (settings: Partial<Settings> = {}) => {
    const values = { ...defaultSettings(), ...settings };
    // All that cleaning takes of the settings.
    const store = { current: () => values } as Runtime['settings'];
    return cleanMedia({ db, media, settings: store, now: () => now, log });
  };

  /** A stored file of that many bytes, made then. */
  async function put(id: string, { sizeBytes = 10, createdAt = now, kept = false } = {}) {
    const storageKey = storageKeyOf(id, 'mp4');
    const body = async function* () {
      yield new Uint8Array(sizeBytes);
    };
    const { sha256 } = await media.write(storageKey, body(), { durable: false });
    await db.insert(db.tables.media).values({
      id,
      kind: 'video',
      role: 'result',
      contentType: 'video/mp4',
      extension: 'mp4',
      storageKey,
      sizeBytes,
      sha256,
      kept,
      createdAt,
    });
    return storageKey;
  }

  /** A file that no row knows. */
  async function putStray(key: string, modifiedAt: Date) {
    const body = async function* () {
      yield new Uint8Array(1);
    };
    await media.write(key, body(), { durable: false });
    await utimes(join(root, key), modifiedAt, modifiedAt);
  }

  const idsOnDisk = async () => {
    const ids: string[] = [];
    for await (const { key } of media.list()) ids.push(key.replace(/^.*\//, '').replace('.mp4', ''));
    return ids.sort();
  };
  const storedIds = async () => {
    const rows = await db.select().from(db.tables.media);
    return rows
      .filter(({ storageKey }) => storageKey !== null)
      .map(({ id }) => id)
      .sort();
  };

  test('what is past its lifetime goes, what is kept for good stays, rows stay', async () => {
    await put('old', { createdAt: daysAgo(8) });
    await put('kept', { createdAt: daysAgo(8), kept: true });
    await put('young', { createdAt: daysAgo(6) });
    expect(await clean()).toMatchObject({ expired: 1 });
    expect(await idsOnDisk()).toEqual(['kept', 'young']);
    expect(await storedIds()).toEqual(['kept', 'young']);
    expect(await db.select().from(db.tables.media)).toHaveLength(3);
  });

  test('a lifetime of 0 keeps everything', async () => {
    await put('old', { createdAt: daysAgo(800) });
    expect(await clean({ 'cache.lifetime': 0 })).toMatchObject({ expired: 0 });
    expect(await idsOnDisk()).toEqual(['old']);
  });

  test('beyond the size cap the oldest go, as many as it takes', async () => {
    for (const [id, days] of [
      ['a', 4],
      ['b', 3],
      ['c', 2],
      ['d', 1],
    ] as const) {
      await put(id, { sizeBytes: 400_000, createdAt: daysAgo(days) });
    }
    expect(await clean({ 'cache.max_size': 1 })).toMatchObject({ evicted: 2 });
    expect(await idsOnDisk()).toEqual(['c', 'd']);
  });

  test('a result that was just made stays beyond the cap, until it is ten minutes old', async () => {
    const seconds = (count: number) => new Date(now.getTime() - count * 1_000);
    await put('fresh', { sizeBytes: 1_100_000, createdAt: seconds(599) });
    expect(await clean({ 'cache.max_size': 1 })).toMatchObject({ evicted: 0 });
    expect(await idsOnDisk()).toEqual(['fresh']);
    await put('older', { sizeBytes: 1_100_000, createdAt: seconds(601) });
    expect(await clean({ 'cache.max_size': 1 })).toMatchObject({ evicted: 1 });
    expect(await idsOnDisk()).toEqual(['fresh']);
  });

  test('a cap of 0 is none', async () => {
    await put('a', { sizeBytes: 400_000, createdAt: daysAgo(1) });
    expect(await clean({ 'cache.max_size': 0 })).toMatchObject({ evicted: 0 });
  });

  test('a store full of kept files goes beyond the cap rather than drop a new result', async () => {
    await put('kept', { sizeBytes: 2_000_000, createdAt: daysAgo(2), kept: true });
    await put('new', { sizeBytes: 400_000, createdAt: now });
    expect(await clean({ 'cache.max_size': 1 })).toMatchObject({ evicted: 0 });
    expect(await idsOnDisk()).toEqual(['kept', 'new']);
  });

  test('a file that is being read stays, and goes the next time', async () => {
    const key = await put('read', { sizeBytes: 2_000_000, createdAt: daysAgo(8) });
    const reader = (await media.open(key))?.body.getReader();
    await reader?.read();
    expect(await clean()).toMatchObject({ expired: 0 });
    await reader?.cancel();
    expect(await clean()).toMatchObject({ expired: 1 });
  });

  test('a file that another process reads stays on Postgres, and goes once it reads no more', async () => {
    const storageKey = await put('read', { createdAt: daysAgo(8) });
    const reads = (at: Date) => noteReading({ db, now: () => at }, { storageKey, readUntil: null });
    expect(await reads(now)).toBe(true);
    // SQLite has no other process: there only the readers of this one count.
    expect(await clean()).toMatchObject({ expired: db.dialect === 'postgres' ? 0 : 1 });
    const later = new Date(now.getTime() + 180_000);
    const values = { current: () => defaultSettings() } as Runtime['settings'];
    await cleanMedia({ db, media, settings: values, now: () => later, log });
    expect(await idsOnDisk()).toEqual([]);
    expect(await reads(later)).toBe(db.dialect === 'sqlite');
  });

  test('a long reading goes on counting', async () => {
    const key = await put('read', { sizeBytes: 1_000_000, createdAt: daysAgo(8) });
    const reader = (await media.open(key))?.body.getReader();
    await reader?.read();
    const later = new Date(now.getTime() + 600_000);
    await renewReading({ db, media, now: () => later });
    const [row] = await db.select().from(db.tables.media);
    expect(row?.readUntil?.getTime()).toBe(db.dialect === 'postgres' ? later.getTime() + 120_000 : undefined);
    await reader?.cancel();
  });

  test('a full store of kept files warns', async () => {
    const warnings: object[] = [];
    const listening = { ...log, warn: (facts: object) => void warnings.push(facts) } as Runtime['log'];
    await put('kept', { sizeBytes: 2_000_000, createdAt: daysAgo(2), kept: true });
    await put('new', { sizeBytes: 400_000, createdAt: now });
    const values = { ...defaultSettings(), 'cache.max_size': 1 };
    const settings = { current: () => values } as Runtime['settings'];
    await cleanMedia({ db, media, settings, now: () => now, log: listening });
    expect(warnings).toEqual([
      { storedBytes: 2_400_000, keptBytes: 2_000_000, capBytes: 1_000_000, excessBytes: 1_400_000 },
    ]);
  });

  test('rows whose file is gone are forgotten, also kept ones', async () => {
    for (let index = 0; index < 8; index += 1) await put(`f${index}`, { createdAt: daysAgo(1) });
    await put('lost', { createdAt: daysAgo(1), kept: true });
    await rm(join(root, storageKeyOf('lost', 'mp4')));
    expect(await forgetLostFiles({ db, media, log })).toBe(1);
    expect(await storedIds()).not.toContain('lost');
    expect(await storedIds()).toHaveLength(8);
    expect(await forgetLostFiles({ db, media, log })).toBe(0);
  });

  test.each([
    ['all of a small store', 2, 2],
    ['many of a larger one', 12, 4],
  ])('%s missing is not believed', async (_how, files, missing) => {
    for (let index = 0; index < files; index += 1) await put(`f${index}`, { createdAt: daysAgo(1) });
    for (let index = 0; index < missing; index += 1) await rm(join(root, storageKeyOf(`f${index}`, 'mp4')));
    await expect(forgetLostFiles({ db, media, log })).rejects.toThrow(
      `${missing} of ${files} stored files are missing`,
    );
    expect(await storedIds()).toHaveLength(files);
  });

  test('more files than one page are cleaned as well', async () => {
    for (let index = 0; index < 230; index += 1) await put(`f${index}`, { createdAt: daysAgo(8) });
    expect(await clean()).toMatchObject({ expired: 230 });
    expect(await idsOnDisk()).toEqual([]);
  });

  test('files that no row knows go after an hour', async () => {
    await put('known', { createdAt: daysAgo(1) });
    await putStray('aa/stray.mp4', daysAgo(1));
    await putStray('aa/fresh.mp4', new Date(now.getTime() - 60_000));
    expect(await clean()).toMatchObject({ orphans: 1 });
    expect(await idsOnDisk()).toEqual(['fresh', 'known']);
  });

  test('files that others put there stay, and stop nothing', async () => {
    await put('known', { createdAt: daysAgo(1) });
    await putStray('zz/stray.mp4', daysAgo(1));
    for (const folder of ['.incoming', 'My Folder']) {
      await mkdir(join(root, folder), { recursive: true });
      const names = folder === '.incoming' ? ['half'] : ['a.mp4'];
      for (const name of [...names.map((name) => join(folder, name)), 'Thumbs.db', '.DS_Store']) {
        await writeFile(join(root, name), 'x');
        await utimes(join(root, name), daysAgo(1), daysAgo(1));
      }
    }
    expect(await clean()).toMatchObject({ orphans: 1 });
    expect(await idsOnDisk()).toEqual(['known']);
    expect((await readdir(root)).sort()).toEqual(
      ['.DS_Store', '.incoming', 'My Folder', 'Thumbs.db', 'kn'].sort(),
    );
    expect(await readdir(join(root, '.incoming'))).toEqual([]);
  });

  test('a file that cannot be removed does not keep the others, nor what a write left behind', async () => {
    await put('known', { createdAt: daysAgo(1) });
    for (const name of ['a', 'b', 'c']) await putStray(`aa/${name}.mp4`, daysAgo(1));
    const half = join(root, '.incoming', 'half');
    await writeFile(half, 'x');
    await utimes(half, daysAgo(1), daysAgo(1));
    const whole = media;
    media = {
      ...whole,
      delete: (key) =>
        key === 'aa/b.mp4' ? Promise.reject(new Error('an input/output error')) : whole.delete(key),
    };
    expect(await clean()).toMatchObject({ orphans: 2 });
    expect(await idsOnDisk()).toEqual(['b', 'known']);
    expect(await readdir(join(root, '.incoming'))).toEqual([]);
  });

  test('references of a job are no strays', async () => {
    await put('known', { createdAt: daysAgo(1) });
    await putStray('inputs/job_1/0', daysAgo(1));
    await addJobWithInput(db, 'job_1', 'inputs/job_1/0');
    expect(await clean()).toMatchObject({ orphans: 0 });
  });

  test('a database that knows no file at all is not believed', async () => {
    await putStray('aa/stray.mp4', daysAgo(1));
    expect(await clean()).toMatchObject({ orphans: 0 });
    expect(await idsOnDisk()).toEqual(['stray']);
  });
});

async function addJobWithInput(db: Database, jobId: string, storageKey: string) {
  await db.insert(db.tables.jobs).values({
    id: jobId,
    state: 'running',
    kind: 'image',
    model: 'm',
    specId: 'm',
    spec: {},
    need: 'm',
    prompt: 'p',
    avoid: [],
    uploads: [],
    availableAt: now,
    deadlineAt: now,
    createdAt: now,
  });
  await db.insert(db.tables.jobInputs).values({
    jobId,
    position: 0,
    storageKey,
    contentType: 'image/png',
    sizeBytes: 1,
    width: 1,
    height: 1,
    sha256: 'x',
  });
}
