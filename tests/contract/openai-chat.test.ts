import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import OpenAI from 'openai';
import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningApp, startRunningApp } from '../support/running-app';

let app: RunningApp;
let client: OpenAI;
beforeAll(async () => {
  app = await startRunningApp();
  await app.addAccount();
  client = new OpenAI({ apiKey: app.apiKey, baseURL: `${app.url}/v1`, maxRetries: 0 });
});
afterAll(() => app?.stop());

const picture = {
  model: 'gemini-3.1-flash-image',
  messages: [{ role: 'user' as const, content: 'a lighthouse' }],
};
const video = { ...picture, model: 'veo_3_1_t2v_fast_landscape' };

/** DeepSeek's field for progress, which the client passes on without knowing it. */
const reasoningOf = ({ choices }: ChatCompletionChunk) =>
  (choices[0]?.delta as { reasoning_content?: string } | undefined)?.reasoning_content ?? '';

const addressIn = (content: string | null | undefined) =>
  /https?:\/\/[^\s)'"]+/.exec(content ?? '')?.[0] ?? '';

/** The job of an answer: `chatcmpl-` and the id of the job. */
const stateOf = async (completionId: string) => {
  const response = await fetch(`${app.url}/v1/jobs/${completionId.replace('chatcmpl-', '')}`, {
    headers: { authorization: `Bearer ${app.apiKey}` },
  });
  return ((await response.json()) as { state: string }).state;
};

describe('chat.completions.create', () => {
  test('streams progress, then a picture that can be fetched without a key', async () => {
    const stream = await client.chat.completions.create({ ...picture, stream: true });
    const chunks: ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(new Set(chunks.map(({ id, model, created }) => `${id} ${model} ${created}`)).size).toBe(1);
    expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant');
    expect(chunks.map(reasoningOf).join('')).toContain('Generating the picture.');
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
    const address = addressIn(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''));
    expect(address.startsWith(`${app.url}/media/`)).toBe(true);
    const file = await fetch(address);
    expect(file.headers.get('content-type')).toBe('image/png');
  });

  test('streams usage when it is asked for', async () => {
    const stream = await client.chat.completions.create({
      ...picture,
      stream: true,
      stream_options: { include_usage: true },
    });
    const usages: unknown[] = [];
    for await (const chunk of stream) if (chunk.usage) usages.push(chunk.usage);
    expect(usages).toEqual([
      {
        prompt_tokens: expect.any(Number),
        completion_tokens: expect.any(Number),
        total_tokens: expect.any(Number),
      },
    ]);
  });

  test('gives a video in one piece', async () => {
    const completion = await client.chat.completions.create(video);
    expect(completion._request_id).toMatch(/^req_/);
    const address = addressIn(completion.choices[0]?.message.content);
    expect(address).toMatch(/\.mp4$/);
    const part = await fetch(address, { headers: { range: 'bytes=0-99' } });
    expect(part.status).toBe(206);
    expect((await part.arrayBuffer()).byteLength).toBe(100);
  });

  test('goes on from the picture of its last answer', async () => {
    const first = await client.chat.completions.create(picture);
    const before = uploads();
    const second = await client.chat.completions.create({
      ...picture,
      messages: [
        ...picture.messages,
        { role: 'assistant', content: first.choices[0]?.message.content ?? '' },
        { role: 'user', content: 'make it blue' },
      ],
    });
    expect(addressIn(second.choices[0]?.message.content)).not.toBe('');
    expect(uploads()).toBe(before + 1);
  });

  test('that is aborted leaves the job to its end', async () => {
    const stream = await client.chat.completions.create({ ...video, stream: true });
    let id = '';
    for await (const chunk of stream) {
      id = chunk.id;
      break; // which aborts the request
    }
    await expect.poll(() => stateOf(id), { timeout: 20_000 }).toBe('completed');
  });
});

describe('addresses begin with what the client called', () => {
  test.each([
    ['directly', { host: 'gw.example:8080' }, 'http://gw.example:8080/media/'],
    ['by a name alone', { host: 'gw.example' }, 'http://gw.example/media/'],
    [
      'through a proxy',
      { host: 'app:8000', 'x-forwarded-host': 'gw.example', 'x-forwarded-proto': 'https' },
      'https://gw.example/media/',
    ],
  ])('%s', async (_way, headers, start) => {
    const { choices } = await askAs(headers);
    expect(addressIn(choices[0]?.message.content).startsWith(start)).toBe(true);
  });
});

/** Asks with headers that `fetch` does not let one set. */
const askAs = (headers: Record<string, string>) =>
  new Promise<OpenAI.ChatCompletion>((resolve, reject) => {
    const asking = request(
      `${app.url}/v1/chat/completions`,
      {
        method: 'POST',
        headers: { ...headers, authorization: `Bearer ${app.apiKey}`, 'content-type': 'application/json' },
      },
      (response) => {
        json(response).then((body) => resolve(body as OpenAI.ChatCompletion), reject);
      },
    );
    asking.on('error', reject);
    asking.end(JSON.stringify(picture));
  });

describe('the stream helper', () => {
  test('puts the answer together', async () => {
    const completion = await client.chat.completions.stream(picture).finalChatCompletion();
    expect(completion.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant' } });
    expect(addressIn(completion.choices[0]?.message.content)).toMatch(/\.png$/);
  });
});

describe('a refused prompt', () => {
  const unsafe = { ...picture, messages: [{ role: 'user' as const, content: 'unsafe-prompt' }] };

  test('is a BadRequestError with its code', async () => {
    const failure = await client.chat.completions.create(unsafe).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OpenAI.BadRequestError);
    expect(failure).toMatchObject({
      status: 400,
      code: 'content_policy_violation',
      type: 'invalid_request_error',
    });
  });

  test('ends a stream with an APIError of that code, after text that says so', async () => {
    const stream = await client.chat.completions.create({ ...unsafe, stream: true });
    let content = '';
    const read = async () => {
      for await (const chunk of stream) content += chunk.choices[0]?.delta.content ?? '';
    };
    await expect(read()).rejects.toMatchObject({ code: 'content_policy_violation' });
    expect(content).toContain('Generation failed');
  });

  test('is not sent again by a client that repeats', async () => {
    const eager = new OpenAI({ apiKey: app.apiKey, baseURL: `${app.url}/v1`, maxRetries: 2 });
    const before = app.simulator.stats().refusals.length;
    await eager.chat.completions.create(unsafe).catch(() => undefined);
    expect(app.simulator.stats().refusals.length).toBe(before + 1);
  });
});

const uploads = () =>
  app.simulator
    .stats()
    .calls.filter(({ call }) => call === 'uploadImage')
    .reduce((sum, { count }) => sum + count, 0);
