import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI, { toFile } from 'openai';
import OpenAI6 from 'openai6';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countCalls } from '../simulator/stats';
import { picture } from '../support/pictures';
import { type RunningApp, startRunningApp } from '../support/running-app';

let app: RunningApp;
let folder: string;
beforeAll(async () => {
  app = await startRunningApp();
  await app.addAccount();
  folder = await mkdtemp(join(tmpdir(), 'flow2api-images-'));
  await writeFile(join(folder, 'red.png'), await picture({ colour: '#be123c' }));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await app?.stop();
});

/** The two majors have the same calls, but their types are strangers to each other. */
const clients = [
  ['openai 7', (apiKey: string, baseURL: string) => new OpenAI({ apiKey, baseURL, maxRetries: 0 })],
  [
    'openai 6',
    (apiKey: string, baseURL: string) => new OpenAI6({ apiKey, baseURL, maxRetries: 0 }) as unknown as OpenAI,
  ],
] as const;

const prompt = 'a lighthouse';
const model = 'gemini-3.1-flash-image';
const uploads = () => countCalls(app.simulator.stats(), 'uploadImage');
const submits = () => countCalls(app.simulator.stats(), 'batchGenerateImages');
const measure = async (base64: string | undefined) => {
  const { width, height, format } = await sharp(Buffer.from(base64 ?? '', 'base64')).metadata();
  return { size: `${width}x${height}`, format };
};

describe.each(clients)('%s', (_name, makeClient) => {
  let client: OpenAI;
  beforeAll(() => {
    client = makeClient(app.apiKey, `${app.url}/v1`);
  });

  test('images.generate gives the bytes of a picture and what it is', async () => {
    const answer = await client.images.generate({ model, prompt, size: '1536x1024' });
    const found = await measure(answer.data?.[0]?.b64_json);
    expect(answer).toMatchObject({ size: found.size, output_format: found.format, background: 'opaque' });
    expect(answer.usage?.total_tokens).toBeGreaterThan(0);
    expect(answer.data?.[0]).not.toHaveProperty('url');
    expect(answer._request_id).toMatch(/^req_/);
  });

  test('images.generate without a model gives addresses where they are asked for', async () => {
    const answer = await client.images.generate({ prompt, n: 2, response_format: 'url' });
    expect(answer.data).toHaveLength(2);
    for (const { url, b64_json } of answer.data ?? []) {
      expect(b64_json).toBeUndefined();
      expect(url?.startsWith(`${app.url}/media/`)).toBe(true);
      expect((await fetch(url ?? '')).headers.get('content-type')).toBe('image/png');
    }
  });

  test('images.generate by an old name, as WebP', async () => {
    const answer = await client.images.generate({
      model: 'gpt-image-1',
      prompt,
      output_format: 'webp',
      output_compression: 60,
      quality: 'high',
      background: 'auto',
      moderation: 'low',
    });
    expect((await measure(answer.data?.[0]?.b64_json)).format).toBe('webp');
  });

  test('images.generate streams one event for each picture', async () => {
    const stream = await client.images.generate({ model, prompt, n: 2, stream: true, partial_images: 2 });
    const types: string[] = [];
    for await (const event of stream) {
      types.push(event.type);
      expect((await measure(event.b64_json)).size).toBe(event.size);
    }
    expect(types).toEqual(['image_generation.completed', 'image_generation.completed']);
  });

  test('a stream that makes nothing throws its error', async () => {
    const stream = await client.images.generate({ model, prompt: 'unsafe-prompt', stream: true });
    const read = async () => {
      for await (const _event of stream);
    };
    await expect(read()).rejects.toMatchObject({ code: 'content_policy_violation' });
  });

  test.each([
    [
      'a file',
      async () => await toFile(await picture({ colour: '#0e7490' }), 'a.png', { type: 'image/png' }),
      1,
    ],
    ['a file that is read as it is sent', async () => createReadStream(join(folder, 'red.png')), 1],
    [
      'several files',
      async () => [
        await toFile(await picture({ colour: '#4d7c0f' }), 'a.png', { type: 'image/png' }),
        await toFile(await picture({ colour: '#7e22ce', format: 'jpeg' }), 'b.jpg', { type: 'image/jpeg' }),
      ],
      2,
    ],
  ])('images.edit takes %s', async (_what, image, count) => {
    const answer = await client.images.edit({ model, prompt: 'bluer', image: await image(), n: 1 });
    expect((await measure(answer.data?.[0]?.b64_json)).format).toBe('png');
    expect(answer.usage?.input_tokens_details.image_tokens).toBe(count * 258);
  });

  test('images.edit streams', async () => {
    const image = await toFile(await picture(), 'a.png', { type: 'image/png' });
    const stream = await client.images.edit({ model, prompt: 'bluer', image, stream: true });
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    expect(types).toEqual(['image_edit.completed']);
  });

  test.each([
    ['a model for videos', () => client.images.generate({ model: 'sora-2', prompt }), 'model'],
    ['an odd size', () => client.images.generate({ model, prompt, size: 'huge' as 'auto' }), 'size'],
    ['eleven pictures', () => client.images.generate({ model, prompt, n: 11 }), 'n'],
  ])('%s is a BadRequestError', async (_what, run, param) => {
    await expect(run()).rejects.toMatchObject({ status: 400, param, type: 'invalid_request_error' });
  });
});

test('a client that repeats a broken request by itself pays once', async () => {
  const eager = new OpenAI({ apiKey: app.apiKey, baseURL: `${app.url}/v1`, maxRetries: 2, timeout: 400 });
  app.simulator.inject({ call: 'batchGenerateImages', effect: { type: 'slow', delayMs: 700 } });
  const before = submits();
  const answer = await eager.images.generate({ model, prompt: 'a lighthouse, once' });
  expect(answer.data).toHaveLength(1);
  expect(submits()).toBe(before + 1);
});

test('ten pictures at once arrive whole', async () => {
  const client = new OpenAI({ apiKey: app.apiKey, baseURL: `${app.url}/v1`, maxRetries: 0 });
  const before = uploads();
  const image = await toFile(await picture({ colour: '#a16207' }), 'a.png', { type: 'image/png' });
  const answer = await client.images.edit({ model, prompt: 'bluer', image, n: 10 });
  const sizes = await Promise.all((answer.data ?? []).map(({ b64_json }) => measure(b64_json)));
  expect(sizes.map(({ size }) => size)).toEqual(Array.from({ length: 10 }, () => answer.size));
  expect(uploads()).toBe(before + 1);
});
