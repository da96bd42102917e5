import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import OpenAI from 'openai';
import OpenAI6 from 'openai6';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataUrl, picture } from '../support/pictures';
import { type RunningApp, startRunningApp } from '../support/running-app';

let app: RunningApp;
let folder: string;
beforeAll(async () => {
  app = await startRunningApp();
  await app.addAccount();
  folder = await mkdtemp(join(tmpdir(), 'flow2api-videos-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await app?.stop();
});

const prompt = 'a lighthouse at dusk';
const failureOf = (work: PromiseLike<unknown>) =>
  Promise.resolve(work).then(
    () => undefined,
    (error: unknown) => error,
  );

/** The two majors have the same calls, but their types are strangers to each other. */
const clients = [
  ['openai 7', (apiKey: string, baseURL: string) => new OpenAI({ apiKey, baseURL, maxRetries: 0 })],
  [
    'openai 6',
    (apiKey: string, baseURL: string) => new OpenAI6({ apiKey, baseURL, maxRetries: 0 }) as unknown as OpenAI,
  ],
] as const;

describe.each(clients)('%s', (name, connect) => {
  let client: OpenAI;
  beforeAll(() => {
    client = connect(app.apiKey, `${app.url}/v1`);
  });

  const finished = async (id: string) => {
    await expect
      .poll(async () => (await client.videos.retrieve(id)).status, { timeout: 30_000 })
      .toBe('completed');
    return client.videos.retrieve(id);
  };
  const made = async () => finished((await client.videos.create({ prompt })).id);

  test('creates a video from text and sees it to its end', async () => {
    const video = await client.videos.create({ prompt, model: 'sora-2', seconds: '8', size: '720x1280' });
    expect(video).toMatchObject({ object: 'video', model: 'sora-2', prompt, size: '720x1280', seconds: '8' });
    expect(['queued', 'in_progress']).toContain(video.status);
    const { data, response } = await client.videos.retrieve(video.id).withResponse();
    expect(Number(response.headers.get('openai-poll-after-ms'))).toBeGreaterThanOrEqual(2_000);
    expect(Object.keys(data).sort()).toEqual(
      Object.keys(video)
        .filter((name) => name !== '_request_id')
        .sort(),
    );
    expect(await finished(video.id)).toMatchObject({ status: 'completed', progress: 100, error: null });
  });

  test('creates one from a file that comes without a length and a type', async () => {
    const path = join(folder, 'frame.bin');
    // A picture of its own: what was uploaded once is not uploaded again.
    await writeFile(path, await picture({ colour: name === 'openai 7' ? '#701a75' : '#3f6212' }));
    const uploads = uploadCount();
    const { id } = await client.videos.create({ prompt, input_reference: createReadStream(path) });
    expect((await finished(id)).status).toBe('completed');
    expect(uploadCount()).toBe(uploads + 1);
  });

  test('creates one from a data URL in a field of a field', async () => {
    const image_url = dataUrl(await picture({ colour: '#0e7490', format: 'jpeg' }), 'image/jpeg');
    const { id } = await client.videos.create({ prompt, input_reference: { image_url } });
    expect((await finished(id)).status).toBe('completed');
  });

  test('walks through all videos page by page', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push((await client.videos.create({ prompt })).id);
    const seen: string[] = [];
    for await (const video of client.videos.list({ limit: 2, order: 'desc' })) {
      seen.push(video.id);
      if (seen.length === 5) break;
    }
    expect(seen).toEqual(ids.toReversed());
    const all: string[] = [];
    for await (const video of client.videos.list({ limit: 3, order: 'asc' })) all.push(video.id);
    expect(all.length).toBeGreaterThanOrEqual(5);
    expect(new Set(all).size).toBe(all.length);
    expect(all.slice(-5)).toEqual(ids);
  });

  test('downloads the video, and a frame of it', async () => {
    const { id } = await made();
    const video = await client.videos.downloadContent(id);
    const bytes = Buffer.from(await video.arrayBuffer());
    expect(video.headers.get('content-type')).toBe('video/mp4');
    expect(video.headers.get('content-length')).toBe(String(bytes.byteLength));
    expect(bytes.subarray(4, 8).toString('latin1')).toBe('ftyp');

    const thumbnail = await client.videos.downloadContent(id, { variant: 'thumbnail' });
    expect(thumbnail.headers.get('content-type')).toMatch(/^image\//);
    expect((await sharp(Buffer.from(await thumbnail.arrayBuffer())).metadata()).width).toBeGreaterThan(100);

    const sheet = await failureOf(client.videos.downloadContent(id, { variant: 'spritesheet' }));
    expect(sheet).toMatchObject({ status: 404, param: 'variant' });
  });

  test('deletes a video, which is unknown then', async () => {
    const { id } = await made();
    expect(await client.videos.delete(id)).toMatchObject({ id, object: 'video.deleted', deleted: true });
    for (const work of [
      client.videos.retrieve(id),
      client.videos.delete(id),
      client.videos.downloadContent(id),
    ]) {
      expect(await failureOf(work)).toMatchObject({ status: 404, code: 'video_not_found' });
    }
  });

  test('extends a video', async () => {
    const source = await made();
    const { id } = await client.videos.extend({
      prompt: 'and a ship',
      seconds: '8',
      video: { id: source.id },
    });
    expect(await finished(id)).toMatchObject({ prompt: 'and a ship', size: source.size });
    const failure = await failureOf(
      client.videos.extend({ prompt, seconds: '12', video: { id: source.id } }),
    );
    expect(failure).toMatchObject({ status: 400, param: 'seconds' });
  });

  test('is told plainly what is not done here', async () => {
    const { id } = await made();
    for (const work of [client.videos.remix(id, { prompt }), client.videos.edit({ prompt, video: { id } })]) {
      expect(await failureOf(work)).toMatchObject({ status: 400, code: 'unsupported_operation' });
    }
    expect(await failureOf(client.videos.getCharacter('char_1'))).toMatchObject({
      status: 404,
      code: 'unknown_url',
    });
  });

  test.each([
    ['a length that there is not', { prompt, seconds: '12' as const }, { status: 400, param: 'seconds' }],
    ['an unknown model', { prompt, model: 'nope' }, { status: 404, code: 'model_not_found' }],
    ['a model for pictures', { prompt, model: 'gpt-image-1' }, { status: 400, param: 'model' }],
    ['no prompt', { prompt: '' }, { status: 400, param: 'prompt' }],
  ])('is refused %s', async (_rule, body, expected) => {
    expect(await failureOf(client.videos.create(body))).toMatchObject(expected);
  });
});

const uploadCount = () =>
  app.simulator
    .stats()
    .calls.filter(({ call }) => call === 'uploadImage')
    .reduce((sum, { count }) => sum + count, 0);

describe('by hand', () => {
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${app.url}/v1/videos${path}`, {
      ...init,
      headers: { authorization: `Bearer ${app.apiKey}`, ...init.headers },
    });
  const made = async () => {
    const answer = await ask('', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ prompt }),
    });
    const { id } = (await answer.json()) as { id: string };
    const status = async () => ((await (await ask(`/${id}`)).json()) as { status: string }).status;
    await expect.poll(status, { timeout: 30_000 }).toBe('completed');
    return id;
  };

  test('the content has ranges, a length and a head, also by an id that comes escaped', async () => {
    const id = await made();
    const escaped = id.replace('_', '%5F');
    const head = await ask(`/${escaped}/content`, { method: 'HEAD' });
    const length = Number(head.headers.get('content-length'));
    expect(head.status).toBe(200);
    expect(length).toBeGreaterThan(10_000);
    const part = await ask(`/${id}/content`, { headers: { range: 'bytes=-100' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes ${length - 100}-${length - 1}/${length}`);
    expect((await part.arrayBuffer()).byteLength).toBe(100);
    const poster = await ask(`/${id}/content?variant=thumbnail`, { method: 'HEAD' });
    expect(Number(poster.headers.get('content-length'))).toBeGreaterThan(100);
  });

  test.each([
    ['PUT', '', 405],
    ['POST', '/video_1', 405],
    ['GET', '/extensions', 405],
    ['GET', '/characters', 404],
    ['POST', '/characters', 404],
    ['GET', '/video_1/nothing', 404],
  ])('%s %s is %s, in the shape of the surface', async (method, path, status) => {
    const answer = await ask(path, { method });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({
      error: { message: expect.any(String), type: 'invalid_request_error' },
    });
  });

  test('a form that stops in the middle is answered within seconds', async () => {
    const { hostname, port } = new URL(app.url);
    const client = createConnection(Number(port), hostname);
    const startedAt = performance.now();
    client.write(
      [
        'POST /v1/videos HTTP/1.1',
        `host: ${hostname}:${port}`,
        `authorization: Bearer ${app.apiKey}`,
        'content-type: multipart/form-data; boundary=b',
        'content-length: 100000',
        'connection: close',
        '',
        '--b\r\ncontent-disposition: form-data; name="prompt"\r\n\r\na light',
      ].join('\r\n'),
    );
    expect(await text(client)).toMatch(/^HTTP\/1\.1 400 [\s\S]*request_timeout/);
    expect(performance.now() - startedAt).toBeLessThan(25_000);
  });
});
