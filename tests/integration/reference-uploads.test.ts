import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { changeAccount } from '@/db/repositories/accounts';
import { startServices } from '@/lib/boot';
import { pruneUploads } from '@/lib/generation/uploads';
import { openDiskStore } from '@/lib/media/disk-store';
import { dataUrl, picture, references } from '../support/pictures';
import { startTestProgram, type TestProgram, type TestProgramOptions } from '../support/test-runtime';

const running: TestProgram[] = [];
afterEach(async () => {
  for (const program of running.splice(0)) await program.stop();
});

async function start(options: TestProgramOptions = {}): Promise<TestProgram> {
  const program = await startTestProgram(options);
  running.push(program);
  await program.addAccount();
  return program;
}

const callsOf = ({ simulator }: TestProgram, name: string) =>
  simulator
    .stats()
    .calls.filter(({ call }) => call === name)
    .reduce((sum, { count }) => sum + count, 0);
const uploads = (program: TestProgram) => callsOf(program, 'uploadImage');

const image = 'gemini-3.1-flash-image';
const video = 'veo_3_1_r2v_fast';

/** Makes a job with these pictures and gives how it ended. */
async function make(program: TestProgram, model: string, colours: string[]): Promise<string> {
  const pictures = await Promise.all(
    colours.map(async (colour) => ({ type: 'bytes' as const, bytes: await picture({ colour }) })),
  );
  const id = await program.submit({ model, references: pictures });
  const events = await program.events(id);
  return events.at(-1)?.type ?? 'nothing';
}

const rows = ({ runtime: { db } }: TestProgram) => db.select().from(db.tables.referenceUploads);

describe.each(['sqlite', 'postgres'] as const)('the same picture, on %s', (dialect) => {
  test('is uploaded once for all jobs of an account, and once more for another kind', async () => {
    const program = await start({ dialect });
    expect(await make(program, image, ['#112233'])).toBe('completed');
    expect(await make(program, image, ['#112233', '#445566'])).toBe('completed');
    expect(uploads(program)).toBe(2);
    expect(await make(program, video, ['#112233'])).toBe('completed');
    expect(uploads(program)).toBe(3);
    expect(await rows(program)).toHaveLength(3);
  });

  test('goes upstream once when many jobs need it at the same time', async () => {
    const program = await start({ dialect });
    program.simulator.inject({ call: 'uploadImage', effect: { type: 'slow', delayMs: 300 } });
    const ends = await Promise.all(Array.from({ length: 8 }, () => make(program, image, ['#112233'])));
    expect(ends).toEqual(Array(8).fill('completed'));
    expect(uploads(program)).toBe(1);
  });

  test('is uploaded again when upstream does not know it any more, before anything is charged', async () => {
    const program = await start({ dialect, simulator: { uploadLifetimeMs: 60_000 } });
    expect(await make(program, image, ['#112233', '#445566'])).toBe('completed');
    program.simulator.advance(120_000);
    expect(await make(program, image, ['#112233'])).toBe('completed');
    expect(uploads(program)).toBe(3);
    // What is known to be gone is forgotten; the other picture is found to be gone when it is used.
    expect(await make(program, image, ['#112233', '#445566'])).toBe('completed');
    const names = (await rows(program)).map(({ upstreamName }) => upstreamName);
    expect(new Set(names).size).toBe(2);
    const [account] = await program.runtime.db.select().from(program.runtime.db.tables.accounts);
    expect(account).toMatchObject({ errorStreak: 0, bannedAt: null });
  });
});

test('a job whose picture is gone in the middle of others uploads all of its own again, and no more', async () => {
  const program = await start({ simulator: { uploadLifetimeMs: 60_000 } });
  await make(program, video, ['#112233', '#445566', '#778899']);
  program.simulator.advance(120_000);
  expect(await make(program, video, ['#112233', '#445566', '#778899'])).toBe('completed');
  expect(uploads(program)).toBe(6);
});

test('an upload that fails ends one job, not those that waited for it', async () => {
  const program = await start({ settings: { 'generation.max_attempts': 1 } });
  const effect = { type: 'status', status: 400, reason: 'PUBLIC_ERROR_UNSAFE_IMAGE_UPLOAD' } as const;
  program.simulator.inject({ call: 'uploadImage', effect });
  const ends = await Promise.all(Array.from({ length: 4 }, () => make(program, image, ['#112233'])));
  expect(ends.toSorted()).toEqual(['completed', 'completed', 'completed', 'failed']);
});

test('is the same whether it comes as a file or as a data URL', async () => {
  const program = await start();
  const bytes = await picture({ colour: '#112233' });
  const spellings = [
    { type: 'bytes' as const, bytes },
    { type: 'url' as const, url: dataUrl(bytes) },
    { type: 'url' as const, url: dataUrl(bytes, 'image/jpeg') },
  ];
  for (const spelling of spellings) {
    const id = await program.submit({ model: image, references: [spelling] });
    expect((await program.events(id)).at(-1)?.type).toBe('completed');
  }
  expect(uploads(program)).toBe(1);
});

test('each project of an account has its own', async () => {
  const program = await start();
  await make(program, image, ['#112233']);
  const { db } = program.runtime;
  const [account] = await db.select().from(db.tables.accounts);
  await changeAccount(db, account?.id ?? '', new Date(), () => ({ projectId: null }));
  expect(await make(program, image, ['#112233'])).toBe('completed');
  expect(uploads(program)).toBe(2);
  expect(new Set((await rows(program)).map(({ projectId }) => projectId)).size).toBe(2);
});

test('each account has its own', async () => {
  const program = await start();
  await make(program, image, ['#112233']);
  const { db } = program.runtime;
  const [first] = await db.select().from(db.tables.accounts);
  await changeAccount(db, first?.id ?? '', new Date(), () => ({ enabled: false }));
  await program.addAccount();
  expect(await make(program, image, ['#112233'])).toBe('completed');
  expect(uploads(program)).toBe(2);
});

test('is not used again when that is switched off', async () => {
  const program = await start({ settings: { 'references.reuse_uploads': 0 } });
  for (const _time of [1, 2]) await make(program, image, ['#112233']);
  expect(uploads(program)).toBe(2);
  expect(await rows(program)).toEqual([]);
});

test('goes with its age, and with its account', async () => {
  const program = await start();
  const { runtime } = program;
  await make(program, image, ['#112233']);
  const prune = (minutes: number) =>
    pruneUploads({ ...runtime, now: () => new Date(Date.now() + minutes * 60_000) });
  await prune(44);
  expect(await rows(program)).toHaveLength(1);
  await prune(46);
  expect(await rows(program)).toEqual([]);

  await make(program, image, ['#112233']);
  expect(uploads(program)).toBe(2);
  await runtime.db.delete(runtime.db.tables.accounts);
  expect(await rows(program)).toEqual([]);
});

test('a picture of an older upload is uploaded anew', async () => {
  const program = await start();
  const { db } = program.runtime;
  await make(program, image, ['#112233']);
  await db.update(db.tables.referenceUploads).set({ createdAt: new Date(Date.now() - 46 * 60_000) });
  expect(await make(program, image, ['#112233'])).toBe('completed');
  expect(uploads(program)).toBe(2);
  expect(await rows(program)).toHaveLength(1);
});

test('different pictures are uploaded each', async () => {
  const program = await start();
  const id = await program.submit({ model: video, references: await references(3) });
  await program.events(id);
  expect(uploads(program)).toBe(3);
});

test.each<[how: string, damage: (path: string, sizeBytes: number) => Promise<unknown>]>([
  ['emptied', (path) => truncate(path, 0)],
  ['cut off', (path) => truncate(path, 60)],
  ['overwritten', (path, sizeBytes) => writeFile(path, Buffer.alloc(sizeBytes, 1))],
])('one that was %s before it was uploaded never is', async (_how, damage) => {
  const program = await start({ services: false });
  const { runtime } = program;
  const id = await program.submit({ model: image, references: await references(1) });
  const [input] = await runtime.db.select().from(runtime.db.tables.jobInputs);
  const folder = join(runtime.env.dataDir, 'media');
  await damage(join(folder, input?.storageKey ?? ''), input?.sizeBytes ?? 0);
  runtime.media = await openDiskStore(folder); // as after a loss of power: it remembers nothing
  startServices(runtime);
  expect((await program.events(id)).at(-1)).toMatchObject({
    type: 'failed',
    accepted: false,
    error: { message: 'A picture of the request is no longer stored.' },
  });
  expect(uploads(program)).toBe(0);
  expect(await rows(program)).toEqual([]);
});
