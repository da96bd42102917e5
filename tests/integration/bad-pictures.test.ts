import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { POST } from '@/app/v1/chat/completions/route';
import { submitOnce } from '@/lib/generation/submit-once';
import { bomb, dataUrl, picture, references } from '../support/pictures';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { call } from './surface-client';

let program: TestProgram;
beforeAll(async () => {
  program = await startTestProgram();
  program.makeGlobal();
  await program.addAccount();
});
afterAll(() => program.stop());

const ask = (urls: string[], model = 'gemini-3.1-flash-image') =>
  call(POST, '/v1/chat/completions', {
    method: 'POST',
    key: program.apiKey.value,
    body: {
      model,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'make it blue' },
            ...urls.map((url) => ({ type: 'image_url', image_url: { url } })),
          ],
        },
      ],
    },
  });

/** What a request could leave behind. */
async function traces() {
  const { db, env } = program.runtime;
  const { jobs, jobInputs, referenceUploads } = db.tables;
  const rows = await Promise.all([
    db.select({ of: jobs.id }).from(jobs),
    db.select({ of: jobInputs.jobId }).from(jobInputs),
    db.select({ of: referenceUploads.sha256 }).from(referenceUploads),
  ]);
  const media = join(env.dataDir, 'media');
  const files = await readdir(media, { recursive: true });
  return { rows, files: files.filter((name) => name.startsWith('inputs/')).length };
}

const animation = (format: 'gif' | 'webp') => {
  const pixels = Buffer.from(Array.from({ length: 8 * 16 * 3 }, (_none, index) => (index * 37) % 256));
  return sharp(pixels, { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } })
    .toFormat(format)
    .toBuffer();
};

type Refusal = { status: number; code: string; message: RegExp };
const refusals: [string, () => Promise<string[]>, Refusal][] = [
  [
    'a picture of 30 MB',
    async () => [dataUrl(Buffer.alloc(30_000_000, 1))],
    { status: 413, code: 'image_too_large', message: /larger than 25 MB/ },
  ],
  [
    'a picture that is cut off',
    async () => [dataUrl((await picture({ width: 1_500, height: 1_500 })).subarray(0, 3_000))],
    { status: 400, code: 'image_parse_error', message: /cut off/ },
  ],
  [
    'text that is called a picture',
    async () => [dataUrl(Buffer.from('hello'))],
    { status: 400, code: 'unsupported_image_media_type', message: /no picture/ },
  ],
  [
    'bytes that begin as a PNG does',
    async () => [dataUrl(Buffer.from(`89504e470d0a1a0a${'5a'.repeat(999)}`, 'hex'))],
    { status: 400, code: 'image_parse_error', message: /damaged/ },
  ],
  [
    'an SVG',
    async () => [dataUrl(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml')],
    { status: 400, code: 'unsupported_image_media_type', message: /SVG/ },
  ],
  [
    'more pixels than memory',
    async () => [dataUrl(bomb(60_000, 60_000))],
    { status: 400, code: 'image_too_large', message: /60000 x 60000 pixels/ },
  ],
  [
    'an animated GIF',
    async () => [dataUrl(await animation('gif'), 'image/gif')],
    { status: 400, code: 'unsupported_image_media_type', message: /image\/gif/ },
  ],
  [
    'an animated WebP',
    async () => [dataUrl(await animation('webp'), 'image/webp')],
    { status: 400, code: 'invalid_image_format', message: /animated/ },
  ],
  [
    'nothing',
    async () => ['data:image/png;base64,'],
    { status: 400, code: 'empty_image_file', message: /is empty/ },
  ],
  [
    'a bad one after good ones',
    async () => [dataUrl(await picture()), dataUrl(await picture()), dataUrl(Buffer.from('x'))],
    { status: 400, code: 'unsupported_image_media_type', message: /^Picture 3 / },
  ],
];

test.each(refusals)(
  '%s is refused within seconds, and leaves nothing behind',
  async (_what, make, refusal) => {
    const urls = await make();
    const before = await traces();
    const startedAt = performance.now();
    const response = await ask(urls);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect(response.status).toBe(refusal.status);
    const { error } = (await response.json()) as {
      error: { code: string; type: string; param: string; message: string };
    };
    expect(error).toMatchObject({
      code: refusal.code,
      type: 'invalid_request_error',
      param: expect.stringMatching(/^messages\.0\.content\.\d+\.image_url/),
    });
    expect(error.message).toMatch(refusal.message);
    expect(await traces()).toEqual(before);
  },
);

test.each([
  ['a picture model', 'gemini-3.1-flash-image'],
  ['a video model', 'veo_3_1_r2v_fast'],
])('100 pictures are refused by %s before any is looked at', async (_what, model) => {
  const before = await traces();
  const startedAt = performance.now();
  const response = await ask(
    Array.from({ length: 100 }, () => 'https://example.com/a.png'),
    model,
  );
  expect(performance.now() - startedAt).toBeLessThan(15_000);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    error: { type: 'invalid_request_error', message: expect.stringMatching(/picture|image/i) },
  });
  expect(await traces()).toEqual(before);
});

test.each([
  ['in the colours of print', () => sharp(plain).toColourspace('cmyk').jpeg().toBuffer()],
  ['with sixteen bits a channel', () => sharp(plain).toColourspace('rgb16').png().toBuffer()],
])('a picture %s is taken', async (_what, make) => {
  const response = await ask([dataUrl(await make())]);
  expect(response.status).toBe(200);
  await expect.poll(async () => (await traces()).rows[1]).toEqual([]); // dropped right after the answer
});

test('when one picture cannot be stored, the others are not kept either', async () => {
  const { runtime, apiKey } = program;
  const before = await traces();
  const media = {
    ...runtime.media,
    write: async (...[key, body, options]: Parameters<typeof runtime.media.write>) => {
      if (key.endsWith('/1')) throw new Error('the disk is full');
      return runtime.media.write(key, body, options);
    },
  };
  const request = {
    model: 'gemini-3.1-flash-image',
    prompt: 'blue',
    options: {},
    references: await references(3),
  };
  const requester = { apiKeyId: apiKey.id, requestId: 'req_test' };
  const submitting = submitOnce(
    { ...runtime, media },
    [request],
    requester,
    undefined,
    AbortSignal.timeout(9_000),
  );
  await expect(submitting).rejects.toThrow('the disk is full');
  expect(await traces()).toEqual(before);
});

const plain = { create: { width: 300, height: 200, channels: 3, background: 'tomato' } } as const;
