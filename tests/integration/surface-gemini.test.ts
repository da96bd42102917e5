import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { GET as getMedia } from '@/app/media/[...key]/route';
import * as route from '@/app/models/[...path]/route';
import * as list from '@/app/models/route';
import { findRequestLog } from '@/db/repositories/request-logs';
import { type ApiKeyRules, issueApiKey } from '@/lib/api-keys/issue';
import { countCalls } from '../simulator/stats';
import { picture } from '../support/pictures';
import { startTestProgram, type TestProgram, type TestProgramOptions } from '../support/test-runtime';
import { type Asked, call, logRow } from './surface-client';

let program: TestProgram;
afterEach(() => program.stop());
const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  program.makeGlobal();
  await program.addAccount();
};

const image = 'gemini-3.1-flash-image';
const video = 'veo_3_1_t2v_fast_landscape';

type Part = {
  text?: string;
  thought?: boolean;
  inlineData?: { mimeType: string; data: string };
  fileData?: { mimeType: string; fileUri: string };
};
type Content = {
  candidates?: { content: { parts: Part[] }; finishReason?: string; finishMessage?: string; index: number }[];
  promptFeedback?: { blockReason: string };
  usageMetadata?: { promptTokenCount: number; totalTokenCount: number };
  modelVersion: string;
  responseId: string;
};
type Failure = {
  error: { code: number; message: string; status: string; details: Record<string, unknown>[] };
};

type More = Asked<{ path: string[] }> & { model?: string; method?: string; query?: string };
const ask = (body: unknown, { model = image, query = '', ...more }: More = {}, verb = 'generateContent') => {
  const target = `${model}:${verb}`;
  return call(route.POST, `/models/${target}${query}`, {
    method: 'POST',
    key: program.apiKey.value,
    body,
    params: { path: target.split('/') },
    ...more,
  });
};
const of = (prompt: string, ...parts: Part[]) => ({
  contents: [{ role: 'user', parts: [{ text: prompt }, ...parts] }],
});
const made = async (body: unknown, more?: More) => {
  const response = await ask(body, more);
  expect(response.status).toBe(200);
  return (await response.json()) as Content;
};
const failed = async (response: Response) => {
  const { error } = (await response.json()) as Failure;
  expect(error.code).toBe(response.status);
  return error;
};
const partOf = (content: Content | undefined, index = 0) => content?.candidates?.[index]?.content.parts[0];
const inline = async (colour?: string): Promise<Part> => {
  const bytes = await picture(colour === undefined ? {} : { colour });
  return { inlineData: { mimeType: 'image/png', data: bytes.toString('base64') } };
};
const events = async (response: Response) =>
  (await response.text())
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      if (!block.startsWith('data: ')) throw new Error(`not an event: ${block}`);
      return JSON.parse(block.slice('data: '.length)) as Content & Partial<Failure>;
    });
const submits = () => countCalls(program.simulator.stats(), 'batchGenerateImages');
const uploads = () => countCalls(program.simulator.stats(), 'uploadImage');
const keyWith = async (rules: ApiKeyRules) =>
  (await issueApiKey(program.runtime, { name: 'limited', rules })).value;

describe('a picture', () => {
  test('comes as its bytes, with the type that they have', async () => {
    await start();
    const answer = await made({
      ...of('a lighthouse'),
      generationConfig: { responseModalities: ['TEXT', 'IMAGE'], imageConfig: { aspectRatio: '9:16' } },
    });
    const { mimeType = '', data = '' } = partOf(answer)?.inlineData ?? {};
    const { width, height, format } = await sharp(Buffer.from(data, 'base64')).metadata();
    expect(mimeType).toBe(`image/${format}`);
    expect(height).toBeGreaterThan(width);
    expect(answer).toMatchObject({
      candidates: [{ finishReason: 'STOP', index: 0, content: { role: 'model' } }],
      usageMetadata: { promptTokenCount: 3, totalTokenCount: 1_293 },
      modelVersion: image,
      responseId: expect.stringMatching(/^job_/),
    });
    const path = `/models/${image}:generateContent`;
    expect(await logRow(program, path)).toMatchObject({
      status: 200,
      model: image,
      source: 'gemini',
      jobId: answer.responseId,
      apiKeyId: program.apiKey.id,
    });
  });

  test('is made from those that are sent and, without any, from that of an earlier turn', async () => {
    await start();
    const sent = await inline('#112233');
    const answer = await made(of('make it blue', sent, await inline('#332211')));
    expect(uploads()).toBe(2);
    expect(answer.usageMetadata?.promptTokenCount).toBe(3 + 2 * 258);
    const shown = { role: 'model', parts: [await inline('#445566')] };
    await made({ contents: [...of('a cat', sent).contents, shown, ...of('bluer').contents] });
    expect(uploads()).toBe(3);
  });

  test('can be one of several, each a candidate', async () => {
    await start();
    const { candidates = [] } = await made({ ...of('a cat'), generation_config: { candidate_count: 3 } });
    expect(candidates.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(
      new Set(candidates.map((_, index) => partOf({ candidates } as Content, index)?.inlineData?.data)).size,
    ).toBe(3);
    expect(submits()).toBe(3);
  });

  test('that takes long is a 200 with blanks before the JSON', async () => {
    await start({
      simulator: { imageLatencyMs: 2_500 },
      settings: { 'chat.wait_before_headers': 1, 'chat.keep_alive': 1 },
    });
    const text = await (await ask(of('a cat'))).text();
    expect(text).toMatch(/^ {2,}\{/);
    expect(partOf(JSON.parse(text) as Content)?.inlineData).toBeDefined();
  });

  test.each(['generateContent', 'streamGenerateContent'])(
    'that %s fails to make in time is a late error',
    async (verb) => {
      await start({
        simulator: { videoDurationMs: 1_500 },
        settings: { 'chat.wait_before_headers': 1, 'chat.keep_alive': 1 },
      });
      program.simulator.inject({
        call: 't2v',
        effect: { type: 'pollStatus', status: 'MEDIA_GENERATION_STATUS_FAILED' },
      });
      const response = await ask(of('waves'), { model: video }, verb);
      expect(response.status).toBe(200);
      const body = (await response.json()) as Failure | Failure[];
      const late = Array.isArray(body) ? body[0] : body;
      expect(Array.isArray(body)).toBe(verb === 'streamGenerateContent');
      expect(late?.error).toMatchObject({ code: 424, status: 'FAILED_PRECONDITION' });
    },
  );

  test('can be asked for later', async () => {
    await start();
    const response = await ask(of('a cat'), { headers: { prefer: 'respond-async' } });
    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toMatch(/^http:\/\/gw\.example\/v1\/jobs\/job_/);
  });
});

test('a video comes as its address, and can be extended by it', async () => {
  await start();
  const { fileData } = partOf(await made(of('waves'), { model: video })) ?? {};
  expect(fileData).toEqual({
    mimeType: 'video/mp4',
    fileUri: expect.stringMatching(/^http:\/\/gw\.example\/media\/[a-z0-9]{26,}\.mp4$/),
  });
  const path = new URL(fileData?.fileUri ?? '').pathname;
  expect((await call(getMedia, path, { params: { key: [path.split('/').at(-1) ?? ''] } })).status).toBe(200);
  const longer = await made(of('on they roll', { fileData } as Part), { model: 'veo_3_1_extend' });
  expect(partOf(longer)?.fileData?.fileUri).not.toBe(fileData?.fileUri);
});

describe('a stream', () => {
  const stream = (body: unknown, more: More = {}) =>
    ask(body, { query: '?alt=sse', ...more }, 'streamGenerateContent');

  test('is the same object as an event, without comments, names or an end mark', async () => {
    await start({ simulator: { imageLatencyMs: 1_500 }, settings: { 'chat.keep_alive': 1 } });
    const response = await stream(of('a cat'));
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const [only, ...more] = await events(response);
    expect(more).toEqual([]);
    expect(only).toMatchObject({
      candidates: [{ finishReason: 'STOP' }],
      usageMetadata: {},
      modelVersion: image,
    });
    expect(partOf(only)?.inlineData?.data).toMatch(/^[A-Za-z0-9+/]{100,}={0,2}$/);
  });

  test('tells progress as thoughts where those are asked for', async () => {
    await start({ simulator: { videoDurationMs: 700 } });
    const body = { ...of('waves'), generationConfig: { thinkingConfig: { includeThoughts: true } } };
    const all = await events(await stream(body, { model: video }));
    expect(partOf(all[0])).toEqual({ text: expect.any(String), thought: true });
    expect(partOf(all.at(-1))?.fileData?.mimeType).toBe('video/mp4');
  });

  test('of several candidates has an event for each, and says of the rest why not', async () => {
    await start();
    program.simulator.inject({
      call: 'batchGenerateImages',
      effect: { type: 'status', status: 400, reason: 'PUBLIC_ERROR_UNSAFE_GENERATION' },
    });
    const all = await events(await stream({ ...of('a cat'), generationConfig: { candidateCount: 3 } }));
    expect(all.map(({ candidates }) => candidates?.[0]?.finishReason)).toEqual([
      'STOP',
      'STOP',
      'IMAGE_SAFETY',
    ]);
    expect(all.filter(({ usageMetadata }) => (usageMetadata?.promptTokenCount ?? 0) > 0)).toHaveLength(1);
  });

  test('that fails ends in an error of this form', async () => {
    await start();
    program.simulator.inject({
      call: 't2v',
      effect: { type: 'pollStatus', status: 'MEDIA_GENERATION_STATUS_FAILED' },
    });
    const all = await events(await stream(of('waves'), { model: video }));
    expect(all).toEqual([{ error: expect.objectContaining({ code: 424, status: 'FAILED_PRECONDITION' }) }]);
  });

  test('without alt=sse is one JSON list', async () => {
    await start();
    const response = await ask(of('a cat'), {}, 'streamGenerateContent');
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    const list = (await response.json()) as Content[];
    expect(list).toHaveLength(1);
    expect(partOf(list[0])?.inlineData).toBeDefined();
  });

  test('is refused with a status before it begins', async () => {
    await start();
    const response = await stream({ contents: [] });
    expect(await failed(response)).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
  });
});

const fieldOf = ({ details }: Failure['error']) => {
  const request = details.find(({ '@type': type }) => String(type).endsWith('BadRequest'));
  return (request?.fieldViolations as { field: string }[] | undefined)?.[0]?.field;
};

describe('a prompt that is refused', () => {
  const statusInLog = async (verb: string) => {
    const row = await logRow(program, `/models/${image}:${verb}`);
    expect(row).toMatchObject({ status: 200, errorCode: 'content_refused' });
    return (await findRequestLog(program.runtime.db, row?.requestId ?? '', new Date()))?.status;
  };

  test('is an answer with feedback, and the log says that it was refused', async () => {
    await start();
    expect(await made(of('unsafe-prompt'))).toMatchObject({ promptFeedback: { blockReason: 'SAFETY' } });
    expect(await statusInLog('generateContent')).toBe('refused');
  });

  test('is the same in a stream', async () => {
    await start();
    const response = await ask(of('unsafe-prompt'), { query: '?alt=sse' }, 'streamGenerateContent');
    expect(await events(response)).toMatchObject([{ promptFeedback: { blockReason: 'SAFETY' } }]);
    expect(await statusInLog('streamGenerateContent')).toBe('refused');
  });
});

describe('a conversation', () => {
  const following = (...parts: Part[]) => ({
    contents: [...of('a cat').contents, { role: 'model', parts }, ...of('bluer').contents],
  });
  const gone = {
    fileData: { mimeType: 'image/png', fileUri: `http://x.example/media/${'a'.repeat(26)}.png` },
  };
  const broken = { inlineData: { mimeType: 'image/png', data: 'aGVsbG8gd29ybGQ=' } };
  const told = 'this is made from the text alone.';

  test.each<[string, Part, string]>([
    ['is no longer kept', gone, `The earlier picture is no longer kept; ${told}`],
    ['cannot be read', broken, `The earlier picture could not be loaded; ${told}`],
  ])('whose picture %s goes on without it and says so before the picture', async (_what, part, text) => {
    await start();
    const whole = await made({ ...following(part), generationConfig: { candidateCount: 2 } });
    for (const { content } of whole.candidates ?? []) {
      expect(content.parts).toEqual([{ text }, { inlineData: expect.anything() }]);
    }
    const streamed = await events(await ask(following(part), { query: '?alt=sse' }, 'streamGenerateContent'));
    expect(streamed[0]?.candidates?.[0]?.content.parts).toEqual([
      { text },
      { inlineData: expect.anything() },
    ]);
  });

  test('is not blocked by an empty picture, and has nothing to say of it', async () => {
    await start();
    const answer = await made(following({ inlineData: { mimeType: 'image/png', data: '' } }));
    expect(answer.candidates?.[0]?.content.parts).toEqual([{ inlineData: expect.anything() }]);
  });

  test('that ends with several turns of the user is about all of them', async () => {
    await start();
    const turns = [{ role: 'user', parts: [await inline('#112233')] }, ...of('make it blue').contents];
    const { usageMetadata } = await made({ contents: turns });
    expect(uploads()).toBe(1);
    expect(usageMetadata?.promptTokenCount).toBe(3 + 258);
  });
});

describe('a file of the predecessor', () => {
  const name = 'd41d8cd98f00b204e9800998ecf8427e';
  const put = async (file: string, bytes: Uint8Array) => {
    const folder = join(program.runtime.env.dataDir, 'tmp');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, file), bytes);
  };
  const fileAt = (fileUri: string, mimeType = 'image/jpeg') => ({ fileData: { mimeType, fileUri } });

  test('is a picture like any other, at the address that it was given out under', async () => {
    await start();
    await put(`${name}.jpg`, await picture());
    await made(of('bluer', fileAt(`http://0.0.0.0:8000/tmp/${name}.jpg`)));
    expect(uploads()).toBe(1);
  });

  test('is checked as any other', async () => {
    await start();
    await put(`${name}.jpg`, Buffer.concat([Buffer.from('\xff\xd8\xff', 'latin1'), Buffer.alloc(2_000)]));
    const error = await failed(await ask(of('bluer', fileAt(`http://127.0.0.1:8000/tmp/${name}.jpg`))));
    expect(error.message).toContain('is damaged or cut off');
    expect([error.code, fieldOf(error)]).toEqual([400, 'contents[0].parts[1].fileData']);
  });

  test('that is a video cannot be extended, and the error says why', async () => {
    await start();
    const address = `http://0.0.0.0:8000/tmp/${name}.mp4`;
    const error = await failed(
      await ask(of('on they roll', fileAt(address, 'video/mp4')), { model: 'veo_3_1_extend' }),
    );
    expect(error.code).toBe(400);
    expect(error.message).toContain('Only videos that this gateway made can be extended');
    expect(fieldOf(error)).toBe('contents[0].parts[1].fileData');
  });
});

describe('a video in fileData', () => {
  test('that is not known is refused by its own place', async () => {
    await start();
    const fileData = { mimeType: 'video/mp4', fileUri: 'http://gw.example/media/none.mp4' };
    const error = await failed(await ask(of('on', { fileData }), { model: 'veo_3_1_extend' }));
    expect([error.code, fieldOf(error)]).toEqual([400, 'contents[0].parts[1].fileData']);
  });

  test('is refused by its own place also by a model that extends none, and its ratio by its name', async () => {
    await start();
    const { fileData } = partOf(await made(of('waves'), { model: video })) ?? {};
    const on = of('on', { fileData } as Part);
    const byModel = await failed(await ask(on, { model: image }));
    expect([byModel.code, fieldOf(byModel)]).toEqual([400, 'contents[0].parts[1].fileData']);
    const upright = { ...on, generationConfig: { aspectRatio: '9:16' } };
    const byRatio = await failed(await ask(upright, { model: 'veo_3_1_extend' }));
    expect([byRatio.code, fieldOf(byRatio)]).toEqual([400, 'generationConfig.aspectRatio']);
  });
});

test.each([
  ['gemini-3.1-flash-image', ['VIDEO'], '["IMAGE"]'],
  ['veo-3.1-fast', ['IMAGE'], '["VIDEO"]'],
  ['veo_3_1_t2v_fast_landscape', ['TEXT', 'IMAGE'], '["VIDEO"]'],
  ['sora-2', ['IMAGE'], '["VIDEO"]'],
  ['gpt-image-1', ['VIDEO'], '["IMAGE"]'],
])('%s asked for %j is refused, and makes nothing', async (model, responseModalities, possible) => {
  await start();
  const error = await failed(
    await ask({ ...of('waves'), generationConfig: { responseModalities } }, { model }),
  );
  expect(error).toMatchObject({ code: 400, message: expect.stringContaining(possible) });
  expect(fieldOf(error)).toBe('generationConfig.responseModalities');
  expect(program.simulator.stats().operations).toEqual([]);
});

describe('the models', () => {
  type Model = { name: string; supportedGenerationMethods: string[] };
  const get = (query = '', more: Asked = {}) =>
    call(list.GET, `/models${query}`, { key: program.apiKey.value, params: {}, ...more });
  const getOne = (id: string, more: Asked = {}) =>
    call(route.GET, `/models/${id}`, {
      key: program.apiKey.value,
      ...more,
      params: { path: id.split('/') },
    });
  const namesIn = async (response: Response) => {
    expect(response.status).toBe(200);
    return ((await response.json()) as { models: Model[] }).models.map(({ name }) => name);
  };

  test('are listed in the form of this surface, those that the key may use', async () => {
    await start({ services: false });
    const names = await namesIn(await get());
    expect(names).toEqual(expect.arrayContaining([`models/${image}`, `models/${video}`, 'models/sora-2']));
    const key = await keyWith({ mediaTypes: ['video'] });
    expect(await namesIn(await get('', { key }))).not.toContain(`models/${image}`);
    expect(await namesIn(await get('?pageSize=2'))).toHaveLength(2);
    expect(await logRow(program, '/models')).toMatchObject({ status: 200, source: 'gemini' });
  });

  test('are told one by one', async () => {
    await start({ services: false });
    const response = await getOne(image);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      name: `models/${image}`,
      description: expect.any(String),
      supportedGenerationMethods: ['generateContent', 'streamGenerateContent'],
    });
    for (const id of ['gemini-none', 'google/none']) {
      expect(await failed(await getOne(id))).toMatchObject({ code: 404, status: 'NOT_FOUND' });
    }
    const key = await keyWith({ mediaTypes: ['video'] });
    expect(await failed(await getOne(image, { key }))).toMatchObject({ code: 403 });
  });

  test('need a key, and the refusal says where Google puts it', async () => {
    await start({ services: false });
    const none = { key: undefined } as unknown as Asked;
    for (const response of [await get('', none), await getOne(image, none)]) {
      const error = await failed(response);
      expect(error).toMatchObject({ code: 401, status: 'UNAUTHENTICATED' });
      expect(error.message).toContain('x-goog-api-key');
    }
  });

  const { POST, PUT, PATCH, DELETE } = list;
  test.each(Object.entries({ POST, PUT, PATCH, DELETE }))('are not there to %s', async (method, handler) => {
    await start({ services: false });
    const response = await call(handler, '/models', { method, params: {} });
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    expect(await failed(response)).toMatchObject({ code: 405, status: 'UNIMPLEMENTED' });
  });

  test('are a JSON 404 while compatibility is off', async () => {
    await start({ services: false, settings: { 'compatibility.enabled': false } });
    for (const response of [
      await get(),
      await getOne(image),
      await call(list.POST, '/models', { method: 'POST', params: {} }),
    ]) {
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error: { code: 'unknown_url' } });
    }
  });

  test('whose id is no text are refused in the form of this surface', async () => {
    await start({ services: false });
    for (const handler of [route.GET, route.POST]) {
      // Where the server sends what it cannot decode (`refusals.geminiPath`).
      const response = await call(handler, '/models/-/undecodable', {
        method: handler === route.GET ? 'GET' : 'POST',
        params: { path: ['-', 'undecodable'] },
      });
      const error = await failed(response);
      expect(error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
      expect(error.message).toContain('"%"');
    }
  });
});

describe('a key', () => {
  test('is taken from each place where clients put it', async () => {
    await start();
    const key = program.apiKey.value;
    const none = { key: undefined } as unknown as More;
    for (const more of [
      { headers: { 'x-goog-api-key': key } },
      { query: `?key=${key}` },
      { headers: { authorization: `bearer ${key}` } },
    ]) {
      expect((await ask(of('a cat'), { ...none, ...more })).status).toBe(200);
    }
  });

  test.each([{}, { 'x-goog-api-key': 'AIza-wrong' }])(
    'that is missing or wrong is a 401: %j',
    async (headers) => {
      await start();
      const response = await ask(of('a cat'), { key: undefined, headers } as unknown as More);
      expect(await failed(response)).toMatchObject({ code: 401, status: 'UNAUTHENTICATED' });
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    },
  );

  test('may be for other models or kinds only', async () => {
    await start();
    const key = await keyWith({ mediaTypes: ['video'] });
    const error = await failed(await ask(of('a cat'), { key }));
    expect(error).toMatchObject({ code: 403, status: 'PERMISSION_DENIED' });
    expect(submits()).toBe(0);
  });

  test('has its limits, and is told when to come again', async () => {
    await start();
    const key = await keyWith({ requestsPerMinute: 1 });
    expect((await ask(of('a cat'), { key })).status).toBe(200);
    const response = await ask(of('a cat'), { key });
    const seconds = response.headers.get('retry-after');
    expect(await failed(response)).toMatchObject({
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      details: expect.arrayContaining([
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${seconds}s` },
      ]),
    });
  });
});

describe('a request that cannot be met', () => {
  test.each<[string, unknown, More, number, string, string | undefined]>([
    ['an unknown model', of('a cat'), { model: 'gemini-none' }, 404, 'NOT_FOUND', 'model'],
    ['no contents', {}, {}, 400, 'INVALID_ARGUMENT', 'contents'],
    ['a list for a body', [], {}, 400, 'INVALID_ARGUMENT', undefined],
    [
      'a ratio that is not made',
      { ...of('a cat'), generationConfig: { imageConfig: { aspectRatio: '21:9' } } },
      {},
      400,
      'INVALID_ARGUMENT',
      'generationConfig.imageConfig.aspectRatio',
    ],
    [
      'a fake picture',
      of('a cat', { inlineData: { mimeType: 'image/png', data: 'aGVsbG8gd29ybGQ=' } }),
      {},
      400,
      'INVALID_ARGUMENT',
      'contents[0].parts[1].inlineData',
    ],
    [
      'a picture of a private address',
      of('a cat', { fileData: { mimeType: 'image/png', fileUri: 'http://127.0.0.1:9/x.png' } }),
      {},
      400,
      'INVALID_ARGUMENT',
      'contents[0].parts[1].fileData',
    ],
    [
      'another content type',
      of('a cat'),
      { headers: { 'content-type': 'text/plain' } },
      415,
      'INVALID_ARGUMENT',
      undefined,
    ],
  ])('for %s is refused and makes nothing', async (_what, body, more, code, status, field) => {
    await start();
    const error = await failed(await ask(body, more));
    expect(error).toMatchObject({ code, status, message: expect.any(String) });
    const violations = error.details.find(({ '@type': type }) =>
      String(type).endsWith('BadRequest'),
    )?.fieldViolations;
    expect((violations as { field: string }[] | undefined)?.[0]?.field).toBe(field);
    expect(submits()).toBe(0);
  });

  test('for want of an account or of room in the queue says so', async () => {
    await start({ settings: { 'queue.max_length': 1 }, services: false });
    const body = { ...of('a cat'), generationConfig: { candidateCount: 4 } };
    expect(await failed(await ask(body))).toMatchObject({ code: 429, status: 'RESOURCE_EXHAUSTED' });
    await program.stop();
    program = await startTestProgram();
    program.makeGlobal();
    expect(await failed(await ask(of('a cat')))).toMatchObject({ code: 503, status: 'UNAVAILABLE' });
  });
});

test('an equal request with the same key makes nothing again, another one is refused', async () => {
  await start();
  const headers = { 'idempotency-key': 'one' };
  const first = await made(of('a cat'), { headers });
  const again = await ask(of('a cat'), { headers });
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect(await again.json()).toEqual(first);
  for (const other of [of('a dog'), { contents: of('a cat').contents, model: 'x' }]) {
    expect(await failed(await ask(other, { headers }))).toMatchObject({
      code: 400,
      status: 'INVALID_ARGUMENT',
    });
  }
  const otherModel = await ask(of('a cat'), { headers, model: 'gemini-3.0-pro-image' });
  expect(otherModel.status).toBe(400);
  expect(submits()).toBe(1);
});

describe('the address', () => {
  test('takes ids with a slash, and answers what it does not know in the form of this surface', async () => {
    await start({ services: false });
    expect((await failed(await ask(of('a cat'), { model: 'google/none' }))).message).toContain('google/none');
    const response = await ask({}, {}, 'countTokens');
    expect(await failed(response)).toMatchObject({ code: 404, status: 'NOT_FOUND' });
  });

  const { GET, HEAD, PUT, PATCH, DELETE } = route;
  const handlers = { GET, HEAD, PUT, PATCH, DELETE };
  test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'] as const)('refuses %s', async (method) => {
    await start({ services: false });
    const target = `${image}:generateContent`;
    const response = await call(handlers[method], `/models/${target}`, {
      method,
      params: { path: [target] },
    });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST, OPTIONS');
  });

  test('answers a preflight with the headers asked for', async () => {
    await start({ services: false });
    const asked = 'x-goog-api-key,content-type';
    const response = route.OPTIONS(
      new Request('http://gw.example/models/x', {
        method: 'OPTIONS',
        headers: { 'access-control-request-headers': asked },
      }),
    );
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toBe(asked);
  });

  test('is none while compatibility is off', async () => {
    await start({ settings: { 'compatibility.enabled': false } });
    const response = await ask(of('a cat'));
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: 'unknown_url' } });
    expect(submits()).toBe(0);
  });
});
