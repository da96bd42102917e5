import { truncate, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateImage, generateText } from 'ai';
import sharp from 'sharp';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { GET as getMedia } from '@/app/media/[...key]/route';
import { POST as generateContent } from '@/app/models/[...path]/route';
import { POST as chat } from '@/app/v1/chat/completions/route';
import { POST as edit } from '@/app/v1/images/edits/route';
import { POST as generate } from '@/app/v1/images/generations/route';
import { POST as respond } from '@/app/v1/responses/route';
import { openDiskStore } from '@/lib/media/disk-store';
import { countCalls } from '../simulator/stats';
import { picture } from '../support/pictures';
import { startTestProgram, type TestProgram, type TestProgramOptions } from '../support/test-runtime';
import { call, logRow } from './surface-client';

// What a client is told once its request may have cost something, and what it costs.

let program: TestProgram;
const servers: Server[] = [];
afterEach(async () => {
  await program.stop();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  program.makeGlobal();
  await program.addAccount();
};

async function serve(handle: RequestListener): Promise<string> {
  const server = createServer(handle).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((open) => server.once('listening', open));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const model = 'gemini-3.1-flash-image';
const submits = () => countCalls(program.simulator.stats(), 'batchGenerateImages');
const mediaRows = () => program.runtime.db.select().from(program.runtime.db.tables.media);

type Surface = 'chat' | 'images' | 'responses' | 'generateContent';
const surfaces: Surface[] = ['chat', 'images', 'responses', 'generateContent'];
type Ask = { stream?: boolean; key?: string; url?: string };

/** Asks for the bytes of a picture, made from the one at `url` where there is one. */
function ask(surface: Surface, { stream = false, key, url }: Ask = {}): Promise<Response> {
  const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
  const of = { method: 'POST', key: program.apiKey.value, headers };
  switch (surface) {
    case 'chat': {
      const text = { type: 'text', text: 'a red house' };
      const content = url === undefined ? [text] : [text, { type: 'image_url', image_url: { url } }];
      const messages = [{ role: 'user', content }];
      return call(chat, '/v1/chat/completions', {
        ...of,
        body: { model, stream, modalities: ['image', 'text'], messages },
      });
    }
    case 'images':
      return url === undefined
        ? call(generate, '/v1/images/generations', { ...of, body: { model, stream, prompt: 'a red house' } })
        : call(edit, '/v1/images/edits', { ...of, body: { model, stream, prompt: 'blue', image: url } });
    case 'responses': {
      const text = { type: 'input_text', text: 'a red house' };
      const content = url === undefined ? [text] : [text, { type: 'input_image', image_url: url }];
      const body = {
        model,
        stream,
        input: [{ role: 'user', content }],
        tools: [{ type: 'image_generation' }],
      };
      return call(respond, '/v1/responses', { ...of, body });
    }
    case 'generateContent': {
      const verb = stream ? 'streamGenerateContent' : 'generateContent';
      const file = url === undefined ? [] : [{ fileData: { fileUri: url, mimeType: 'image/png' } }];
      const parts = [{ text: 'a red house' }, ...file];
      return call(generateContent, `/models/${model}:${verb}${stream ? '?alt=sse' : ''}`, {
        ...of,
        body: { contents: [{ role: 'user', parts }] },
        params: { path: [`${model}:${verb}`] },
      });
    }
  }
}

/** The client libraries, talking to the handlers themselves. */
const openAi = () =>
  createOpenAICompatible({
    name: 'gateway',
    baseURL: 'http://gw.example/v1',
    apiKey: program.apiKey.value,
    fetch: (async (input: string, init: RequestInit) => {
      const request = new Request(input, init);
      request.headers.set('host', 'gw.example');
      const handler = new URL(input).pathname === '/v1/chat/completions' ? chat : generate;
      return handler(request, { params: Promise.resolve(undefined) });
    }) as typeof fetch,
  });

/** From now on nobody who waits for a job hears of it. */
const loseSight = () =>
  vi.spyOn(program.runtime.signals, 'changed').mockRejectedValue(new Error('connection terminated'));

/** From now on upstream's file server cannot be reached. */
function cutFiles() {
  const { http } = program.runtime;
  const request = http.request.bind(http);
  vi.spyOn(http, 'request').mockImplementation((asked) =>
    request(asked.url.includes('/cdn/') ? { ...asked, url: 'http://127.0.0.1:1/' } : asked),
  );
}

const pending = /ask for the result at \/v1\/jobs\/job_[a-z0-9]+\. Sending the request again would charge/;

describe('when the database fails while a request waits for its job', () => {
  test.each(surfaces)(
    '%s says where the result will be, with a status that nobody repeats',
    async (surface) => {
      await start({ simulator: { imageLatencyMs: 300 } });
      loseSight();
      const response = await ask(surface);
      expect(response.status).toBe(424);
      expect(response.headers.get('x-should-retry')).toBe('false');
      const text = await response.text();
      expect(text).toMatch(pending);
      expect(text).toMatch(/result_pending/i);
    },
  );

  test.each(surfaces)('%s says so also once 200 has gone out', async (surface) => {
    await start({ simulator: { imageLatencyMs: 4_000 }, settings: { 'chat.wait_before_headers': 1 } });
    vi.spyOn(program.runtime.signals, 'changed').mockImplementation(async () => {
      await new Promise((later) => setTimeout(later, 1_500));
      throw new Error('connection terminated');
    });
    const response = await ask(surface);
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toMatch(pending);
    expect(text).not.toMatch(/internal_error|server_error/);
  });

  test.each(surfaces)('a stream of %s says so', async (surface) => {
    await start({ simulator: { imageLatencyMs: 300 } });
    loseSight();
    const text = await (await ask(surface, { stream: true })).text();
    expect(text).toMatch(pending);
    expect(text).not.toMatch(/internal_error|server_error/);
  });

  test('the log has what happened in truth', async () => {
    await start({ simulator: { imageLatencyMs: 300 } });
    loseSight();
    await ask('chat');
    expect(await logRow(program, '/v1/chat/completions')).toMatchObject({
      status: 424,
      errorCode: 'internal_error',
      jobId: expect.stringMatching(/^job_/),
    });
  });

  test('the AI SDK does not pay again', async () => {
    await start({ simulator: { imageLatencyMs: 300 } });
    loseSight();
    await expect(generateText({ model: openAi()(model), prompt: 'a red house' })).rejects.toThrow(pending);
    const image = generateImage({ model: openAi().imageModel(model), prompt: 'a red house' });
    await expect(image).rejects.toThrow(pending);
    const { db } = program.runtime;
    expect(await db.select().from(db.tables.jobs)).toHaveLength(2);
  });
});

test('several jobs are all named', async () => {
  await start({ simulator: { imageLatencyMs: 300 } });
  loseSight();
  const response = await call(generate, '/v1/images/generations', {
    method: 'POST',
    key: program.apiKey.value,
    body: { model, prompt: 'a red house', n: 2 },
  });
  expect(response.status).toBe(424);
  expect((await response.text()).match(/\/v1\/jobs\/job_/g)).toHaveLength(2);
});

test('a copy that cannot be written is no reason to pay again', async () => {
  await start();
  const write = program.runtime.media.write.bind(program.runtime.media);
  vi.spyOn(program.runtime.media, 'write').mockImplementation((key, body, options) => {
    if (!/^\w+\/\w+-\w+\.webp$/.test(key)) return write(key, body, options);
    return Promise.reject(Object.assign(new Error('input/output error'), { code: 'EIO' }));
  });
  const response = await call(generate, '/v1/images/generations', {
    method: 'POST',
    key: program.apiKey.value,
    body: { model, prompt: 'a red house', response_format: 'url', output_format: 'webp' },
  });
  expect(response.status).toBe(424);
  expect(await response.text()).toMatch(pending);
});

describe('with storing off', () => {
  const off = { settings: { 'cache.enabled': false } };

  test.each(surfaces)(
    '%s has its status before it reads a picture that cannot be fetched',
    async (surface) => {
      await start(off);
      cutFiles();
      // Labs and the API have it no more reliably than the file server: nothing of this account can be had.
      vi.spyOn(program.runtime.upstream, 'openOutput').mockRejectedValue(
        Object.assign(new Error('reset'), { [Symbol.for('flow2api.HttpFailure')]: true, kind: 'network' }),
      );
      const response = await ask(surface);
      const text = await response.text();
      expect(response.status).toBe(424);
      expect(response.headers.get('x-should-retry')).toBe('false');
      expect(text).toMatch(/upstream_failed/i);
      expect(text).toMatch(/\/v1\/jobs\/job_/);
      expect(submits()).toBe(1);
      expect(program.runtime.pictureBudget.takenBytes).toBe(0);
    },
  );

  test.each(surfaces)('%s has the picture also when its link has run out', async (surface) => {
    await start(off);
    const first = await (await ask(surface, { key: 'k' })).text();
    program.simulator.advance(25 * 3_600_000);
    const again = await ask(surface, { key: 'k' });
    expect(again.status).toBe(200);
    const text = await again.text();
    expect(() => JSON.parse(text)).not.toThrow();
    expect(text.length).toBe(first.length);
    expect(submits()).toBe(1);
    expect(program.runtime.pictureBudget.takenBytes).toBe(0);
  });

  test('it is converted before the status as well', async () => {
    await start(off);
    const response = await call(generate, '/v1/images/generations', {
      method: 'POST',
      key: program.apiKey.value,
      body: { model, prompt: 'a red house', output_format: 'webp' },
    });
    const { data } = (await response.json()) as { data: { b64_json: string }[] };
    const made = await sharp(Buffer.from(data[0]?.b64_json ?? '', 'base64')).metadata();
    expect(made.format).toBe('webp');
  });

  test('a client that leaves before it has read them gives their memory back', async () => {
    await start(off);
    const response = await ask('images');
    expect(program.runtime.pictureBudget.takenBytes).toBeGreaterThan(0);
    await response.body?.cancel();
    await expect.poll(() => program.runtime.pictureBudget.takenBytes).toBe(0);
  });
});

describe('pictures that take longer to fetch than clients wait for a status', () => {
  const slow = {
    settings: {
      'references.allow_private_addresses': true,
      'chat.wait_before_headers': 1,
      'chat.keep_alive': 1,
    },
  };
  const slowly = async (status: number) => {
    const png = await picture();
    return serve((_request, response) => {
      setTimeout(() => response.writeHead(status, { 'content-type': 'image/png' }).end(png), 2_500);
    });
  };
  const cases = surfaces.flatMap((surface) => [
    { surface, stream: false },
    { surface, stream: true },
  ]);

  test.each(cases)(
    'do not keep $surface (stream: $stream) from answering in time',
    async ({ surface, stream }) => {
      await start(slow);
      const url = `${await slowly(200)}/a.png`;
      const startedAt = performance.now();
      const response = await ask(surface, { url, stream });
      const reader = response.body?.getReader();
      await reader?.read();
      const waitedMs = performance.now() - startedAt;
      expect(response.status).toBe(200);
      expect(waitedMs).toBeGreaterThan(900);
      expect(waitedMs).toBeLessThan(2_000);
      let text = '';
      for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
        text += Buffer.from(next.value).toString();
      }
      expect(text).toMatch(/[A-Za-z0-9+/]{200}/); // the picture
      if (!stream) JSON.parse(text);
      expect(submits()).toBe(1);
      await expect.poll(() => program.runtime.bodyBudget.takenBytes).toBe(0);
    },
  );

  test.each(cases)('and are refused late: $surface (stream: $stream)', async ({ surface, stream }) => {
    await start(slow);
    const url = `${await slowly(404)}/a.png`;
    const response = await ask(surface, { url, stream });
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toMatch(/its server answered 404/);
    expect(text).not.toMatch(/result_pending|\/v1\/jobs/i);
    expect(submits()).toBe(0);
  });

  test('and the time that they took is no more there for the result', async () => {
    const png = await picture();
    const origin = await serve((_request, response) => void setTimeout(() => response.end(png), 1_500));
    const settings = { ...slow.settings, 'chat.wait_before_headers': 2 };
    await start({ settings, simulator: { imageLatencyMs: 4_000 } });
    const startedAt = performance.now();
    const response = await ask('images', { url: `${origin}/a.png` });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  test('hold the memory of their request until they are there or refused', async () => {
    await start(slow);
    const response = await call(edit, '/v1/images/edits', {
      method: 'POST',
      key: program.apiKey.value,
      body: { model, prompt: 'blue', image: `${await slowly(404)}/a.png`, user: 'x'.repeat(200_000) },
    });
    expect(program.runtime.bodyBudget.takenBytes).toBeGreaterThan(200_000);
    await response.text();
    await expect.poll(() => program.runtime.bodyBudget.takenBytes).toBe(0);
  });

  test('which a client need not wait for', async () => {
    await start(slow);
    const url = `${await slowly(200)}/a.png`;
    const response = await ask('images', { url });
    await response.body?.cancel();
    const row = await logRow(program, '/v1/images/edits');
    expect(row.status).toBe(499);
  });
});

describe('pictures of this gateway that are no longer kept', () => {
  const gone = async (asked: string[]) => {
    const origin = await serve((request) => void asked.push(request.url ?? '')); // never answers
    await start({ settings: { 'references.allow_private_addresses': true, 'references.fetch_timeout': 3 } });
    const made = await call(generate, '/v1/images/generations', {
      method: 'POST',
      key: program.apiKey.value,
      body: { model, prompt: 'a red house', n: 3 },
    });
    await made.text();
    await program.runtime.db
      .update(program.runtime.db.tables.media)
      .set({ storageKey: null, upstreamUrl: null });
    return (await mediaRows()).map(({ id }) => `${origin}/media/${id}.png`);
  };
  const conversation = (urls: readonly string[]) => [
    ...urls.flatMap((url) => [
      { role: 'user', content: 'a house' },
      { role: 'assistant', content: `![image](${url})` },
    ]),
    { role: 'user', content: 'make it blue' },
  ];
  const chatAbout = (urls: readonly string[]) =>
    call(chat, '/v1/chat/completions', {
      method: 'POST',
      key: program.apiKey.value,
      body: { model, messages: conversation(urls) },
    });

  test('are not looked for on the network', async () => {
    const asked: string[] = [];
    const urls = await gone(asked);
    const startedAt = performance.now();
    const response = await chatAbout(urls);
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    expect(await response.text()).toContain('The earlier picture is no longer kept');
    expect(asked).toEqual([]);
  });

  test('are a refusal where a request names one', async () => {
    const asked: string[] = [];
    const [url] = await gone(asked);
    const response = await ask('images', { ...(url === undefined ? {} : { url }) });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: 'media_gone', param: 'image', message: expect.stringContaining('no longer kept') },
    });
    expect(asked).toEqual([]);
  });

  test('others of a conversation share one time to arrive', async () => {
    const origin = await serve(() => undefined); // never answers
    await start({ settings: { 'references.allow_private_addresses': true, 'references.fetch_timeout': 1 } });
    const startedAt = performance.now();
    const response = await chatAbout(['a', 'b', 'c'].map((name) => `${origin}/${name}.png`));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(await response.text()).toContain('The earlier picture could not be loaded');
  });
});

describe('a stored picture that was damaged', () => {
  const pathOf = (key: string) => join(program.runtime.env.dataDir, 'media', key);
  const damages: [how: string, damage: (path: string, sizeBytes: number) => Promise<unknown>][] = [
    ['cut off', (path) => truncate(path, 100)],
    ['overwritten', (path, sizeBytes) => writeFile(path, Buffer.alloc(sizeBytes, 1))],
  ];
  /** As after a loss of power: what the store remembers of its files is lost as well. */
  async function damageAll(damage: (path: string, sizeBytes: number) => Promise<unknown>) {
    for (const { storageKey, sizeBytes } of await mediaRows()) {
      await damage(pathOf(storageKey ?? ''), sizeBytes ?? 0);
    }
    program.runtime.media = await openDiskStore(join(program.runtime.env.dataDir, 'media'));
  }
  const cases = surfaces.flatMap((surface) =>
    damages.flatMap(([how, damage]) => [
      { surface, how, damage, stream: false },
      { surface, how, damage, stream: true },
    ]),
  );

  test.each(cases)(
    '($how) is no result of $surface (stream: $stream)',
    async ({ surface, damage, stream }) => {
      await start();
      await (await ask(surface, { key: 'k', stream })).text();
      await damageAll(damage);
      const again = await ask(surface, { key: 'k', stream });
      expect(again.status).toBe(stream ? 200 : 410);
      const text = await again.text();
      expect(text).toMatch(/no longer kept/);
      expect(text).not.toMatch(/[A-Za-z0-9+/]{200}/);
      expect(submits()).toBe(1);
    },
  );

  const webp = (key: string) =>
    call(generate, '/v1/images/generations', {
      method: 'POST',
      key: program.apiKey.value,
      headers: { 'idempotency-key': key },
      body: { model, prompt: 'a red house', response_format: 'url', output_format: 'webp' },
    });

  test('is not what a copy is made from', async () => {
    await start();
    await (await webp('k')).text();
    await damageAll((path) => writeFile(path, ''));
    expect((await webp('k')).status).toBe(410);
  });

  test.each(damages)('is made anew where it is a copy: %s', async (_how, damage) => {
    await start();
    await (await webp('k')).text();
    const copy = (await mediaRows()).find(({ extension }) => extension === 'webp');
    await damage(pathOf(copy?.storageKey ?? ''), copy?.sizeBytes ?? 0);
    program.runtime.media = await openDiskStore(join(program.runtime.env.dataDir, 'media'));
    const { data } = (await (await webp('k')).json()) as { data: { url: string }[] };
    const name = data[0]?.url.split('/').at(-1) ?? '';
    const file = await call(getMedia, `/media/${name}`, { params: { key: [name] } });
    expect((await sharp(Buffer.from(await file.arrayBuffer())).metadata()).format).toBe('webp');
  });
});
