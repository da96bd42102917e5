import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeSnippet, type SnippetInput, type SnippetLanguage } from '@/components/playground/snippets';
import { picture } from '../support/pictures';
import { type RunningApp, startRunningApp } from '../support/running-app';

const run = promisify(execFile);
const modules = join(import.meta.dirname, '../../node_modules');

let app: RunningApp;
let place: string;
beforeAll(async () => {
  app = await startRunningApp();
  await app.addAccount();
  place = await mkdtemp(join(tmpdir(), 'flow2api-snippets-'));
});
afterAll(async () => {
  await app?.stop();
  await rm(place, { recursive: true, force: true });
});

const programs = {
  curl: ['snippet.sh', 'sh'],
  node: ['snippet.mjs', process.execPath],
  python: ['snippet.py', 'python3'],
} as const satisfies Record<SnippetLanguage, readonly [string, string]>;

const usual: SnippetInput = {
  origin: '',
  kind: 'image',
  model: 'gemini-3.1-flash-image',
  prompt: 'It\'s "a" lighthouse at $HOME `dusk` \\ 灯塔 🌅\nsecond line; -F x=@y',
  aspectRatio: '16:9',
  seconds: null,
  resolution: '1k',
  outputs: 1,
  first: null,
  last: null,
  ingredients: [],
};
const video: SnippetInput = {
  ...usual,
  kind: 'video',
  model: 'veo-3.1-fast',
  seconds: 8,
  resolution: '720p',
};

/** Runs a snippet as it is, in a folder of its own, and gives what it has stored there. */
async function runSnippet(language: SnippetLanguage, input: SnippetInput) {
  const folder = await mkdtemp(join(place, `${language}-`));
  await mkdir(join(folder, 'in'));
  await symlink(modules, join(folder, 'node_modules'));
  await writeFile(join(folder, 'first frame.png'), await picture({ colour: '#be123c' }));
  await writeFile(join(folder, 'last.png'), await picture({ colour: '#1d4ed8' }));
  const [file, program] = programs[language];
  await writeFile(join(folder, file), makeSnippet(language, { ...input, origin: app.url }));
  await run(program, [file], {
    cwd: folder,
    timeout: 60_000,
    env: { ...process.env, HOME: folder, GATEWAY_API_KEY: app.apiKey },
  });
  const made = (await readdir(folder)).filter((name) => /^(?:image|video)[-.]/.test(name)).toSorted();
  return await Promise.all(
    made.map(async (name) => ({ name, head: (await readFile(join(folder, name))).subarray(0, 12) })),
  );
}

const isPicture = (head: Buffer) =>
  head.subarray(1, 4).toString() === 'PNG' || head.subarray(0, 2).toString('hex') === 'ffd8';
const isVideo = (head: Buffer) => head.subarray(4, 8).toString() === 'ftyp';
const newest = () => app.simulator.stats().operations.at(-1);

describe.each(['curl', 'node', 'python'] as const)('the snippet for %s runs as it is', (language) => {
  test('and stores two pictures made from text', async () => {
    const made = await runSnippet(language, { ...usual, outputs: 2 });
    expect(made).toHaveLength(2);
    for (const { head } of made) expect(isPicture(head)).toBe(true);
    expect(newest()).toMatchObject({ prompt: usual.prompt });
  });

  test('and stores a picture made from two others', async () => {
    const made = await runSnippet(language, { ...usual, ingredients: ['first frame.png', 'last.png'] });
    expect(made).toHaveLength(1);
    for (const { head } of made) expect(isPicture(head)).toBe(true);
    expect(newest()?.referenceMediaIds).toHaveLength(2);
  });

  test('and stores a video between two frames', async () => {
    const made = await runSnippet(language, { ...video, first: 'first frame.png', last: 'last.png' });
    expect(made.map(({ name }) => name)).toEqual(['video.mp4']);
    for (const { head } of made) expect(isVideo(head)).toBe(true);
    expect(newest()).toMatchObject({ prompt: usual.prompt });
  });

  test('and stores two videos, the one after the other', async () => {
    const made = await runSnippet(language, { ...video, outputs: 2, aspectRatio: '9:16' });
    expect(made.map(({ name }) => name)).toEqual(['video-1.mp4', 'video-2.mp4']);
    for (const { head } of made) expect(isVideo(head)).toBe(true);
  });

  test('and stores a video made of ingredients', async () => {
    const made = await runSnippet(language, { ...video, ingredients: ['last.png'] });
    expect(made.map(({ name }) => name)).toEqual(['video.mp4']);
  });
});
