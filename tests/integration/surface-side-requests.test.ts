import { afterEach, describe, expect, test } from 'vitest';
import { POST as chat } from '@/app/v1/chat/completions/route';
import { POST as respond } from '@/app/v1/responses/route';
import { readLog } from '@/lib/observability/read-logs';
import { startTestProgram, type TestProgram, type TestProgramOptions } from '../support/test-runtime';
import { call, contentOf, logRow, readEvents } from './surface-client';

let program: TestProgram;
afterEach(() => program.stop());

const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  program.makeGlobal();
  await program.addAccount();
};

const path = '/v1/chat/completions';
const template = (task: string) =>
  `### Task:\n${task}\n### Chat History:\n<chat_history>\nUSER: draw a red lighthouse\nASSISTANT: ![Generated Image](http://gw.example/media/a.png)\n</chat_history>`;
const title = template('Generate a concise, 3-5 word title with an emoji summarizing the chat history.');
const tags = template('Generate 1-3 broad tags categorizing the main themes of the chat history.');
const ask = (content: string, more: object = {}) =>
  call(chat, path, {
    method: 'POST',
    key: program.apiKey.value,
    body: { model: 'gemini-3.1-flash-image', messages: [{ role: 'user', content }], ...more },
  });
const jobs = () => program.runtime.db.select().from(program.runtime.db.tables.jobs);

describe('what a chat app asks beside its user', () => {
  test('is answered with text, makes no job, and is logged as what it is', async () => {
    await start();
    const response = await ask(title);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      model: 'gemini-3.1-flash-image',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: '{"title":"Draw a red lighthouse"}', refusal: null },
          finish_reason: 'stop',
        },
      ],
      usage: { total_tokens: expect.any(Number) },
    });
    expect(await jobs()).toEqual([]);
    const row = await logRow(program, path);
    expect(row).toMatchObject({ status: 200, jobId: null, sideRequest: 'title', errorCode: null });
    expect(await readLog(program.runtime, String(row.id))).toMatchObject({
      side_request: 'title',
      job: null,
    });
  });

  test('may be a test of a connection, as relays send it', async () => {
    await start();
    const response = await ask('hi', { stream: false, max_tokens: 3_000 });
    const content = 'The gateway can be reached. Nothing was generated for this check.';
    // One API takes no completion tokens for a failure.
    const usage = { completion_tokens: expect.any(Number) };
    expect(await response.json()).toMatchObject({ choices: [{ message: { content } }], usage });
    expect(await jobs()).toEqual([]);
    expect(await logRow(program, path)).toMatchObject({ status: 200, jobId: null, sideRequest: 'check' });
  });

  test('is answered so in a stream as well', async () => {
    await start();
    const events = await readEvents(
      await ask(tags, { stream: true, stream_options: { include_usage: true } }),
    );
    expect(contentOf(events)).toBe('{"tags":["Images"]}');
    expect(events[0]).toMatchObject({ choices: [{ delta: { role: 'assistant' } }] });
    expect(events.at(-3)).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
    expect(events.at(-2)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
    expect(events.at(-1)).toBe('[DONE]');
    expect(await jobs()).toEqual([]);
  });

  test('is answered so where there is no account at all', async () => {
    program = await startTestProgram({ services: false });
    program.makeGlobal();
    expect((await ask(title)).status).toBe(200);
  });

  test('is answered so by the newer interface too', async () => {
    await start();
    const response = await call(respond, '/v1/responses', {
      method: 'POST',
      key: program.apiKey.value,
      body: { model: 'gemini-3.1-flash-image', input: title },
    });
    expect(await response.json()).toMatchObject({
      status: 'completed',
      output: [{ type: 'message', content: [{ text: '{"title":"Draw a red lighthouse"}' }] }],
    });
    expect(await jobs()).toEqual([]);
  });

  test('of a model that does not exist is a 404', async () => {
    await start();
    expect((await ask(title, { model: 'no-such-model' })).status).toBe(404);
  });
});

test('the setting has it generated like everything else', async () => {
  await start({ settings: { 'chat.side_requests': 'generate' } });
  expect((await ask(title)).status).toBe(200);
  expect(await jobs()).toHaveLength(1);
  expect(await logRow(program, path)).toMatchObject({ sideRequest: null });
});

test("Open WebUI's template for documents is a wish of its user", async () => {
  await start();
  const content =
    '### Task:\nRespond to the user query using the provided context, incorporating inline citations.\n<context>…</context>\n<user_query>draw a cat</user_query>';
  expect((await ask(content)).status).toBe(200);
  expect(await jobs()).toHaveLength(1);
});

describe('options of a chat in the places of other vendors', () => {
  test.each<[where: string, more: object, isRight: (width: number, height: number) => boolean]>([
    ['size', { size: '1024x1536' }, (width, height) => width < height],
    ['aspect_ratio', { aspect_ratio: '1:1' }, (width, height) => width === height],
    [
      "OpenRouter's image_config",
      { image_config: { aspect_ratio: '9:16' } },
      (width, height) => width < height,
    ],
    [
      "Google's extra_body",
      { extra_body: { google: { image_config: { aspect_ratio: '3:4' } } } },
      (width, height) => width < height,
    ],
    [
      'the same, merged into the body',
      { google: { generation_config: { imageConfig: { aspectRatio: '4:3' } } } },
      (width, height) => width > height,
    ],
  ])('%s decides the shape of the picture', async (_where, more, isRight) => {
    await start();
    expect((await ask('a lighthouse', more)).status).toBe(200);
    const { media } = program.runtime.db.tables;
    const [row] = await program.runtime.db.select().from(media);
    expect(isRight(row?.width ?? 0, row?.height ?? 0)).toBe(true);
  });
});
