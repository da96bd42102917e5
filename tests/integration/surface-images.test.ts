import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { GET as getMedia } from '@/app/media/[...key]/route';
import { POST as edit } from '@/app/v1/images/edits/route';
import { POST as generate, GET as getGenerations } from '@/app/v1/images/generations/route';
import { POST as vary } from '@/app/v1/images/variations/route';
import { GET as getJob } from '@/app/v1/jobs/[id]/route';
import { countCalls } from '../simulator/stats';
import { dataUrl, picture } from '../support/pictures';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';
import { type Asked, call, logRow } from './surface-client';

let program: TestProgram;
afterEach(() => program.stop());

const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  program.makeGlobal();
  await program.addAccount();
};

type Picture = { b64_json?: string; url?: string };
type Answer = {
  created: number;
  data: Picture[];
  size: string;
  quality: string;
  output_format: string;
  usage: { input_tokens: number; output_tokens: number; total_tokens: number };
};
type Failure = { error: { message: string; type: string; param: string | null; code: string | null } };

const generations = '/v1/images/generations';
const ask = (body: object, more: Asked = {}) =>
  call(generate, generations, {
    method: 'POST',
    key: program.apiKey.value,
    body: { prompt: 'a lighthouse', ...body },
    ...more,
  });
const made = async (body: object, more: Asked = {}) => {
  const response = await ask(body, more);
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
};
const post = (
  handler: typeof edit,
  path: string,
  form: FormData | BodyInit,
  headers: Record<string, string> = {},
) =>
  handler(
    new Request(`http://gw.example${path}`, {
      method: 'POST',
      headers: { host: 'gw.example', authorization: `Bearer ${program.apiKey.value}`, ...headers },
      body: form,
    }),
    { params: Promise.resolve(undefined) },
  );
const form = async (fields: Record<string, string>, files: Record<string, number> = {}) => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  for (const [name, count] of Object.entries(files)) {
    for (let index = 0; index < count; index += 1) {
      const bytes = await picture({ colour: `#0000${([...body.keys()].length + 16).toString(16)}` });
      body.append(name, new Blob([new Uint8Array(bytes)]), 'blob');
    }
  }
  return body;
};
const bytesOf = ({ b64_json = '' }: Picture) => Buffer.from(b64_json, 'base64');
const fetchMedia = (address: string) =>
  call(getMedia, new URL(address).pathname, { params: { key: [address.split('/').at(-1) ?? ''] } });
const submits = () => countCalls(program.simulator.stats(), 'batchGenerateImages');
const uploads = () => countCalls(program.simulator.stats(), 'uploadImage');

/** The named events of a stream; comment lines are passed over, as every client does. */
const readNamed = async (response: Response) =>
  (await response.text())
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'))
    .map((block) => {
      const [, name, data = ''] = /^event: (.+)\ndata: (.+)$/.exec(block) ?? [];
      return { name, data: JSON.parse(data) as Record<string, unknown> & Picture };
    });

describe('a generation', () => {
  test('gives the bytes of a picture, and says truly what it is', async () => {
    await start();
    const answer = await made({ size: '1024x1536' });
    expect(answer.data).toEqual([{ b64_json: expect.stringMatching(/^[A-Za-z0-9+/]+={0,2}$/) }]);
    const { width, height, format } = await sharp(bytesOf(answer.data[0] ?? {})).metadata();
    expect(answer).toMatchObject({
      created: expect.any(Number),
      size: `${width}x${height}`,
      quality: 'high',
      background: 'opaque',
      output_format: format,
      usage: { input_tokens: 3, total_tokens: expect.any(Number) },
    });
    expect(height).toBeGreaterThan(width);
  });

  test('gives an address and no bytes where that is asked for', async () => {
    await start();
    const answer = await made({ response_format: 'url' });
    expect(answer.data).toEqual([
      { url: expect.stringMatching(/^http:\/\/gw\.example\/media\/[a-z0-9]{26,}\.png$/) },
    ]);
    const file = await fetchMedia(answer.data[0]?.url ?? '');
    expect(file.status).toBe(200);
  });

  test.each([
    ['dall-e-3', 'url'],
    ['gpt-image-1', 'b64_json'],
  ])('by the name %s is of the default model, as %s', async (model, member) => {
    await start();
    const answer = await made({ model });
    expect(Object.keys(answer.data[0] ?? {})).toEqual([member]);
    expect(await logRow(program, generations)).toMatchObject({ model, status: 200 });
  });

  test.each<[rule: string, fields: object, sideways: (width: number, height: number) => boolean]>([
    ['a size', { size: '512x512' }, (width, height) => width === height],
    ['a ratio', { aspect_ratio: '9:16' }, (width, height) => width < height],
    [
      "SiliconFlow's image_size",
      { image_size: '1024x1024', batch_size: 1 },
      (width, height) => width === height,
    ],
    ['width and height', { width: 1600, height: 900 }, (width, height) => width > height],
  ])('has the shape that %s asks for', async (_rule, fields, isRight) => {
    await start();
    const { size } = await made(fields);
    const [width = 0, height = 0] = size.split('x').map(Number);
    expect(isRight(width, height)).toBe(true);
  });

  test('is made whatever quality and length are named', async () => {
    await start();
    expect((await made({ quality: '1080p', duration_seconds: 'abc' })).data).toHaveLength(1);
  });

  test('with a picture under a name that is not read makes nothing', async () => {
    await start();
    const url = dataUrl(await picture());
    const asJson = await ask({ reference_image: url });
    const asForm = await post(generate, generations, await form({ prompt: 'bluer' }, { file: 1 }));
    for (const [response, param] of [
      [asJson, 'reference_image'],
      [asForm, 'file'],
    ] as const) {
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        error: { param, message: expect.stringContaining('POST /v1/images/edits') },
      });
    }
    expect(submits()).toBe(0);
  });

  test('of ten pictures is ten jobs and one answer', async () => {
    await start();
    const answer = await made({ n: 10 });
    expect(new Set(answer.data.map(({ b64_json }) => b64_json)).size).toBe(10);
    expect(submits()).toBe(10);
    expect(answer.usage.output_tokens).toBe(10 * 1_290);
  });

  test('of which one part fails gives the rest, and the log knows it', async () => {
    await start();
    program.simulator.inject({
      call: 'batchGenerateImages',
      effect: { type: 'status', status: 400, reason: 'PUBLIC_ERROR_UNSAFE_GENERATION' },
    });
    const answer = await made({ n: 3 });
    expect(answer.data).toHaveLength(2);
    expect(await logRow(program, generations)).toMatchObject({
      status: 200,
      errorCode: 'content_refused',
      errorMessage: expect.stringContaining('1 of 3 failed'),
    });
  });

  test('of which every part is refused is a 400', async () => {
    await start();
    const response = await ask({ n: 2, prompt: 'unsafe-prompt' });
    expect(response.status).toBe(400);
    expect((await response.json()) as Failure).toMatchObject({ error: { code: 'content_policy_violation' } });
  });

  test('that cannot be taken whole is refused whole', async () => {
    await start({ settings: { 'queue.max_length': 4 }, services: false });
    const response = await ask({ n: 10 });
    expect(response.status).toBe(429);
    expect((await response.json()) as Failure).toMatchObject({ error: { code: 'queue_full' } });
    const { jobs } = program.runtime.db.tables;
    expect(await program.runtime.db.select().from(jobs)).toEqual([]);
  });

  test('is remembered: the same key gives the same pictures and costs nothing', async () => {
    await start();
    const headers = { 'idempotency-key': 'one' };
    const first = await made({ n: 2 }, { headers });
    const again = await ask({ n: 2 }, { headers });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await again.json()).toEqual(first);
    expect(submits()).toBe(2);
  });

  test('can be asked for later', async () => {
    await start();
    const response = await ask({}, { headers: { prefer: 'respond-async' } });
    expect(response.status).toBe(202);
    const location = response.headers.get('location') ?? '';
    const id = /^http:\/\/gw\.example\/v1\/jobs\/(job_[a-z0-9]+)$/.exec(location)?.[1] ?? '';
    await until(async () => {
      const job = await call(getJob, `/v1/jobs/${id}`, { key: program.apiKey.value, params: { id } });
      return ((await job.json()) as { state: string }).state === 'completed';
    });
  });

  test.each(['png', 'webp'])('but not as %s: the job has its picture as it was made', async (format) => {
    await start();
    const response = await ask({ output_format: format }, { headers: { prefer: 'respond-async' } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param: 'output_format' } });
    expect(submits()).toBe(0);
  });

  test('that takes long is a 200 with blanks before the JSON', async () => {
    await start({
      simulator: { imageLatencyMs: 2_500 },
      settings: { 'chat.wait_before_headers': 1, 'chat.keep_alive': 1 },
    });
    const text = await (await ask({})).text();
    expect(text).toMatch(/^ {2,}\{/);
    expect((JSON.parse(text) as Answer).data).toHaveLength(1);
  });

  test('that fails late is a 200 with an error', async () => {
    await start({ settings: { 'chat.wait_before_headers': 1, 'chat.keep_alive': 1 } });
    program.simulator.inject({ call: 'batchGenerateImages', effect: { type: 'slow', delayMs: 1_500 } });
    const response = await ask({ prompt: 'unsafe-prompt' });
    expect(response.status).toBe(200);
    expect(JSON.parse(await response.text())).toMatchObject({ error: { code: 'content_policy_violation' } });
  });
});

describe('a format', () => {
  test.each([['jpeg'], ['webp'], ['png']])('of %s is what the bytes are', async (format) => {
    await start();
    const answer = await made({ output_format: format });
    const found = await sharp(bytesOf(answer.data[0] ?? {})).metadata();
    expect(found.format).toBe(format);
    expect(answer).toMatchObject({ output_format: format, size: `${found.width}x${found.height}` });
  });

  test('of an address is that of the file behind it', async () => {
    await start();
    const answer = await made({ output_format: 'webp', response_format: 'url' });
    const file = await fetchMedia(answer.data[0]?.url ?? '');
    expect(answer.data[0]?.url).toMatch(/\.webp$/);
    expect(file.headers.get('content-type')).toBe('image/webp');
    expect((await sharp(Buffer.from(await file.arrayBuffer())).metadata()).format).toBe('webp');
  });

  test('is smaller the more it is compressed', async () => {
    await start({ simulator: { render: true } });
    const sizeAt = async (level: number) =>
      bytesOf((await made({ output_format: 'jpeg', output_compression: level, seed: 5 })).data[0] ?? {})
        .byteLength;
    expect(await sizeAt(5)).toBeLessThan((await sizeAt(95)) / 2);
  });
});

describe('with storing off', () => {
  test('an address is the one of upstream, and bytes are fetched from there', async () => {
    await start({ settings: { 'cache.enabled': false } });
    const { data } = await made({ response_format: 'url' });
    expect(data[0]?.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    const bytes = await made({});
    expect((await sharp(bytesOf(bytes.data[0] ?? {})).metadata()).format).toBe('png');
  });

  test('a picture that upstream has no more is 410', async () => {
    await start({ settings: { 'cache.enabled': false } });
    const headers = { 'idempotency-key': 'one' };
    await made({}, { headers });
    await program.runtime.db.update(program.runtime.db.tables.media).set({ upstreamUrl: null });
    const again = await ask({}, { headers });
    expect(again.status).toBe(410);
  });
});

describe('an edit', () => {
  test.each<[spelling: string, files: Record<string, number>, expected: number]>([
    ['image', { image: 1 }, 1],
    ['image[]', { 'image[]': 3 }, 3],
    ['image, repeated', { image: 2 }, 2],
    ['image[0] and image[1]', { 'image[0]': 1, 'image[1]': 1 }, 2],
  ])('takes its pictures as %s', async (_spelling, files, expected) => {
    await start();
    const response = await post(
      edit,
      '/v1/images/edits',
      await form({ prompt: 'bluer', n: '1', size: 'auto' }, files),
    );
    expect(response.status).toBe(200);
    const answer = (await response.json()) as Answer;
    expect(answer.data).toHaveLength(1);
    expect(answer.usage.input_tokens).toBe(2 + expected * 258);
    expect(uploads()).toBe(expected);
  });

  test.each<[spelling: string, body: (url: string) => object]>([
    ['image', (url) => ({ image: url })],
    ['a list of images', (url) => ({ images: [{ image_url: url }] })],
    ['a list of addresses', (url) => ({ image: [url] })],
  ])('takes JSON with %s', async (_spelling, body) => {
    await start();
    const url = dataUrl(await picture());
    const response = await post(edit, '/v1/images/edits', JSON.stringify({ prompt: 'bluer', ...body(url) }), {
      'content-type': 'application/json',
    });
    expect(response.status).toBe(200);
    expect(uploads()).toBe(1);
  });

  test('of two pictures uploads its reference once', async () => {
    await start();
    const response = await post(
      edit,
      '/v1/images/edits',
      await form({ prompt: 'bluer', n: '2' }, { image: 1 }),
    );
    expect(((await response.json()) as Answer).data).toHaveLength(2);
    expect(submits()).toBe(2);
  });

  test('goes on from an address that this gateway handed out', async () => {
    await start();
    const { data } = await made({ response_format: 'url' });
    const response = await post(
      edit,
      '/v1/images/edits',
      JSON.stringify({ prompt: 'bluer', image: data[0]?.url }),
      {
        'content-type': 'application/json',
      },
    );
    expect(response.status).toBe(200);
  });

  test('gives back the memory that its body took before it waits for its pictures', async () => {
    await start({ simulator: { imageLatencyMs: 1_500 } });
    const answer = post(
      edit,
      '/v1/images/edits',
      await form({ prompt: 'bluer', x: 'x'.repeat(9_000_000) }, { image: 1 }),
    );
    await until(() => program.runtime.bodyBudget.takenBytes > 0);
    await until(() => submits() > 0);
    expect(program.runtime.bodyBudget.takenBytes).toBe(0);
    expect((await answer).status).toBe(200);
  });

  test.each<[what: string, fields: Record<string, string>, files: Record<string, number>, param: string]>([
    ['no picture', { prompt: 'bluer' }, {}, 'image'],
    ['no prompt', {}, { image: 1 }, 'prompt'],
    ['a mask', { prompt: 'bluer' }, { image: 1, mask: 1 }, 'mask'],
    ['too many pictures', { prompt: 'bluer' }, { 'image[]': 11 }, 'image'],
    ['text for a picture', { prompt: 'bluer', image: 'cat.png' }, {}, 'image'],
  ])('with %s is refused', async (_what, fields, files, param) => {
    await start({ services: false });
    const response = await post(edit, '/v1/images/edits', await form(fields, files));
    expect(response.status).toBe(400);
    expect((await response.json()) as Failure).toMatchObject({
      error: { type: 'invalid_request_error', param },
    });
  });

  test('with a file that is no picture is refused by its name', async () => {
    await start({ services: false });
    const body = await form({ prompt: 'bluer' });
    body.append(
      'image',
      new Blob(['<svg xmlns="http://www.w3.org/2000/svg"/>'], { type: 'image/png' }),
      'a.png',
    );
    const response = await post(edit, '/v1/images/edits', body);
    expect(response.status).toBe(400);
    expect((await response.json()) as Failure).toMatchObject({
      error: { param: 'image', code: 'unsupported_image_media_type' },
    });
  });
});

describe('a stream', () => {
  test('has one event for each picture', async () => {
    await start();
    const response = await ask({ stream: true, n: 2, partial_images: 2 });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const events = await readNamed(response);
    expect(events.map(({ name }) => name)).toEqual([
      'image_generation.completed',
      'image_generation.completed',
    ]);
    for (const { name, data } of events) {
      const { width, height, format } = await sharp(bytesOf(data)).metadata();
      expect(data).toMatchObject({
        type: name,
        created_at: expect.any(Number),
        size: `${width}x${height}`,
        output_format: format,
        usage: { total_tokens: expect.any(Number) },
      });
    }
  });

  test('has bytes under a name that gave addresses, as its reader expects', async () => {
    await start();
    const [event] = await readNamed(await ask({ stream: true, model: 'dall-e-3' }));
    expect(event?.data).toHaveProperty('b64_json');
    expect(event?.data).not.toHaveProperty('url');
  });

  test('of an edit has its own name, and addresses where they are asked for', async () => {
    await start();
    const body = await form({ prompt: 'bluer', stream: 'true', response_format: 'url' }, { image: 1 });
    const [event] = await readNamed(await post(edit, '/v1/images/edits', body));
    expect(event).toMatchObject({
      name: 'image_edit.completed',
      data: { url: expect.stringMatching(/\.png$/) },
    });
    expect(event?.data).not.toHaveProperty('b64_json');
  });

  test('that makes nothing ends in an error', async () => {
    await start();
    const events = await readNamed(await ask({ stream: true, prompt: 'unsafe-prompt' }));
    expect(events).toEqual([
      {
        name: 'error',
        data: { type: 'error', error: expect.objectContaining({ code: 'content_policy_violation' }) },
      },
    ]);
    expect(await logRow(program, generations)).toMatchObject({ status: 200, errorCode: 'content_refused' });
  });

  test('begins at once, so that the headers do not wait for a picture', async () => {
    await start({ simulator: { imageLatencyMs: 1_500 } });
    const reader = (await ask({ stream: true })).body?.getReader();
    const first = await reader?.read();
    expect(new TextDecoder().decode(first?.value)).toBe(': keep-alive\n\n');
    expect(submits()).toBe(0);
    await reader?.cancel();
  });

  test('is kept alive by comments while it waits', async () => {
    await start({ simulator: { imageLatencyMs: 1_500 }, settings: { 'chat.keep_alive': 1 } });
    const text = await (await ask({ stream: true })).text();
    expect(text.match(/^: keep-alive$/gm)?.length).toBeGreaterThanOrEqual(2);
  });
});

describe('what can be refused is refused with its status', () => {
  test.each<[what: string, fields: object, status: number, param: string | null, code: string | null]>([
    ['a prompt of nothing', { prompt: '' }, 400, 'prompt', 'missing_required_parameter'],
    ['no such number', { n: 1e9 }, 400, 'n', null],
    ['an unknown model', { model: 'no-such-model' }, 404, 'model', 'model_not_found'],
    ['a model for videos', { model: 'sora-2' }, 400, 'model', null],
    ['a ratio that the model has not', { aspect_ratio: '21:9' }, 400, 'aspect_ratio', null],
    ['a resolution that it has not', { resolution: '8k' }, 400, 'resolution', null],
    ['an odd format', { response_format: 'zip' }, 400, 'response_format', null],
  ])('%s', async (_what, fields, status, param, code) => {
    await start({ services: false });
    for (const stream of [false, true]) {
      const response = await ask({ stream, ...fields });
      expect(response.status).toBe(status);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(await response.json()).toEqual({
        error: { message: expect.any(String), type: 'invalid_request_error', param, code },
      });
    }
  });

  test('a model for videos, by the name of the place where it works', async () => {
    await start({ services: false });
    const response = await ask({ model: 'veo_3_1_t2v_fast_landscape' });
    expect(((await response.json()) as Failure).error.message).toContain('/v1/videos');
  });

  test.each([
    ['not JSON', '{"prompt":', { 'content-type': 'application/json' }, 400],
    ['a list', '[]', { 'content-type': 'application/json' }, 400],
    ['a broken form', 'nonsense', { 'content-type': 'multipart/form-data; boundary=x' }, 400],
    ['another type', 'prompt=x', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
  ])('a body that is %s', async (_what, body, headers, status) => {
    await start({ services: false });
    const response = await post(generate, generations, body, headers);
    expect(response.status).toBe(status);
    expect((await response.json()) as Failure).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  test('variations, and every other method', async () => {
    await start({ services: false });
    const varied = await post(vary, '/v1/images/variations', await form({}, { image: 1 }));
    expect(varied.status).toBe(404);
    expect(((await varied.json()) as Failure).error.message).toContain('/v1/images/edits');
    const got = await call(getGenerations, generations, { key: program.apiKey.value });
    expect(got.status).toBe(405);
  });
});
