import { createOpenAI } from '@ai-sdk/openai';
import { generateText, type ModelMessage, streamText } from 'ai';
import OpenAI from 'openai';
import OpenAI6 from 'openai6';
import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { DELETE as dropResponse, GET as getResponse } from '@/app/v1/responses/[id]/route';
import { GET as listResponses, POST as respond } from '@/app/v1/responses/route';
import { issueApiKey } from '@/lib/api-keys/issue';
import { countCalls } from '../simulator/stats';
import { dataUrl, picture } from '../support/pictures';
import { startTestProgram, type TestProgram, type TestProgramOptions } from '../support/test-runtime';
import { type Asked, call, logRow } from './surface-client';

let program: TestProgram;
afterEach(() => program.stop());

const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  program.makeGlobal();
  await program.addAccount();
};

type Item = {
  id: string;
  type: string;
  status: string;
  result?: string;
  content?: { type: string; text: string }[];
};
type Body = {
  id: string;
  status: string;
  created_at: number;
  completed_at: number | null;
  output: Item[];
  error: object | null;
  usage: { total_tokens: number };
};
type Event = { type: string; sequence_number: number; response?: Body; item?: Item; delta?: string };

const path = '/v1/responses';
const ask = (body: object, more: Asked = {}) =>
  call(respond, path, {
    method: 'POST',
    key: program.apiKey.value,
    body: { model: 'gemini-3.1-flash-image', input: 'a lighthouse', ...body },
    ...more,
  });
const answered = async (body: object) => {
  const response = await ask(body);
  expect(response.status).toBe(200);
  return (await response.json()) as Body;
};
const streamed = async (body: object): Promise<Event[]> => {
  const response = await ask({ stream: true, ...body });
  expect(response.status).toBe(200);
  const blocks = (await response.text())
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'));
  return blocks.map((block) => {
    const [, name, data = ''] = /^event: (.+)\ndata: (.+)$/.exec(block) ?? [];
    const event = JSON.parse(data) as Event;
    expect(event.type).toBe(name);
    return event;
  });
};
const textOf = ({ output }: Body) => output[0]?.content?.[0]?.text ?? '';
const uploads = () => countCalls(program.simulator.stats(), 'uploadImage');
const tool = { type: 'image_generation' };

describe('an answer in one piece', () => {
  test('shows the picture in its text', async () => {
    await start();
    const body = await answered({});
    expect(body).toMatchObject({ object: 'response', status: 'completed', error: null, store: false });
    expect(textOf(body)).toMatch(/^!\[Generated Image\]\(http:\/\/gw\.example\/media\/[a-z0-9]{26,}\.png\)$/);
    expect(await logRow(program, path)).toMatchObject({
      status: 200,
      jobId: `job_${body.id.replace('resp_', '')}`,
    });
  });

  test('has the picture as the result of the tool, in the form that it asks for', async () => {
    await start();
    const { output } = await answered({ tools: [{ ...tool, output_format: 'webp', size: '1024x1536' }] });
    expect(output[0]).toMatchObject({ type: 'image_generation_call', status: 'completed' });
    const { format, width, height } = await sharp(Buffer.from(output[0]?.result ?? '', 'base64')).metadata();
    expect(format).toBe('webp');
    expect(height).toBeGreaterThan(width);
  });

  test('has a video as in a chat, with the tool and without', async () => {
    await start();
    for (const tools of [[], [tool]]) {
      const body = await answered({ model: 'veo_3_1_t2v_fast_landscape', tools });
      expect(textOf(body)).toMatch(/http:\/\/gw\.example\/media\/[a-z0-9]{26,}\.mp4/);
    }
  });

  test('of a refused prompt is a 400', async () => {
    await start();
    const response = await ask({ input: 'unsafe-prompt' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'content_policy_violation' } });
  });

  test('that fails late is a failed response', async () => {
    await start({ settings: { 'chat.wait_before_headers': 1, 'chat.keep_alive': 1 } });
    program.simulator.inject({ call: 'batchGenerateImages', effect: { type: 'slow', delayMs: 1_500 } });
    const response = await ask({ input: 'unsafe-prompt' });
    expect(response.status).toBe(200);
    expect(JSON.parse(await response.text())).toMatchObject({
      status: 'failed',
      error: { code: 'content_policy_violation' },
    });
  });

  test('is remembered by its key', async () => {
    await start();
    const headers = { 'idempotency-key': 'one' };
    const first = await (await ask({}, { headers })).json();
    const again = await ask({}, { headers });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await again.json()).toEqual(first);
  });

  test('can be asked for later', async () => {
    await start({ services: false });
    const response = await ask({}, { headers: { prefer: 'respond-async' } });
    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toMatch(/\/v1\/jobs\/job_/);
  });
});

describe('a picture', () => {
  test('of the message reaches upstream', async () => {
    await start();
    const content = [
      { type: 'input_text', text: 'bluer' },
      { type: 'input_image', image_url: dataUrl(await picture()) },
    ];
    await answered({ input: [{ role: 'user', content }] });
    expect(uploads()).toBe(1);
  });

  test.each([
    ['is what the next message goes on from', true, 1],
    ['is not, where that is switched off', false, 0],
  ])('that the tool made %s', async (_rule, isOn, expected) => {
    await start({ settings: { 'chat.auto_reference': isOn } });
    const { output } = await answered({ tools: [tool] });
    await answered({
      input: [{ role: 'user', content: 'a cat' }, ...output, { role: 'user', content: 'bluer' }],
    });
    expect(uploads()).toBe(expected);
  });
});

describe('an earlier answer that is named by the id of its item', () => {
  const turn = (item: object) => [
    { role: 'user', content: 'a cat' },
    item,
    { role: 'user', content: 'bluer' },
  ];
  const refusal = (message: string) => ({
    error: { type: 'invalid_request_error', param: 'input.1', message: expect.stringContaining(message) },
  });

  test.each([
    ['a message, as the AI SDK names it', [], 'item_reference'],
    ['a picture of the tool, as the AI SDK names it', [tool], 'item_reference'],
    ["a picture of the tool, in OpenAI's own way", [tool], 'image_generation_call'],
  ])('is gone on from: %s', async (_what, tools, type) => {
    await start();
    const { output } = await answered({ tools });
    await answered({ tools, input: turn({ type, id: output[0]?.id }) });
    expect(uploads()).toBe(1);
  });

  test('does without a picture where it was a video', async () => {
    await start();
    const { output } = await answered({ model: 'veo_3_1_t2v_fast_landscape' });
    await answered({ input: turn({ type: 'item_reference', id: output[0]?.id }) });
    expect(uploads()).toBe(0);
  });

  test.each([
    ['of an unknown job', `ig_${'a'.repeat(26)}`],
    ['of another service', 'msg_68af4b'],
  ])('is refused by its place when it is %s', async (_what, id) => {
    await start();
    for (const type of ['item_reference', 'image_generation_call']) {
      const response = await ask({ input: turn({ type, id }) });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject(refusal('not known here'));
    }
  });

  test('is refused when another key made it, or its picture is gone', async () => {
    await start();
    const { output } = await answered({});
    const input = turn({ type: 'item_reference', id: output[0]?.id });
    const other = await issueApiKey(program.runtime, { name: 'other' });
    const response = await ask({ input }, { key: other.value });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject(refusal('not known here'));

    const { media } = program.runtime.db.tables;
    await program.runtime.db.update(media).set({ storageKey: null });
    const late = await ask({ input });
    expect(late.status).toBe(400);
    expect(await late.json()).toMatchObject(refusal('no longer kept'));
  });
});

describe('a picture that the conversation ends with and that is gone', () => {
  const line = 'The earlier picture is no longer kept; this is made from the text alone.';
  const gone = `![a](http://gw.example/media/${'a'.repeat(26)}.png)`;
  const input = [
    { role: 'user' as const, content: 'a cat' },
    { role: 'assistant' as const, content: gone },
    { role: 'user' as const, content: 'bluer' },
  ];
  /** The handler as a library meets it. */
  const wire = async (...[url, init]: Parameters<typeof fetch>) =>
    respond(new Request(url, init), { params: Promise.resolve(undefined) });
  const options = () => ({ apiKey: program.apiKey.value, baseURL: 'http://gw.example/v1', fetch: wire });
  const model = 'gemini-3.1-flash-image';

  test('is told in the text, or in a message before the picture of the tool', async () => {
    await start();
    expect(textOf(await answered({ input }))).toMatch(/^The earlier picture is no longer kept.+\n\n!\[Gen/);
    const { output } = await answered({ input, tools: [tool] });
    expect(output).toMatchObject([
      { type: 'message', content: [{ text: line }] },
      { type: 'image_generation_call', result: expect.any(String) },
    ]);
    // And what came of it is gone on from, with that message in between.
    await answered({ input: [...input, ...output, { role: 'user', content: 'bluer still' }] });
    expect(uploads()).toBe(1);
  });

  test.each([
    ['openai 7', () => new OpenAI(options())],
    ['openai 6', () => new OpenAI6(options()) as unknown as OpenAI],
  ])('is read by %s', async (_name, makeClient) => {
    await start();
    const client = makeClient();
    const tools: OpenAI.Responses.Tool[] = [{ type: 'image_generation' }];
    for (const asked of [
      { model, input },
      { model, input, tools },
    ]) {
      const response = await client.responses.create(asked);
      expect(response.output_text).toMatch(/^The earlier picture/);
      const streamed = await client.responses.stream(asked).finalResponse();
      expect(streamed.output.map(({ type }) => type)).toEqual(response.output.map(({ type }) => type));
      expect(streamed.output_text).toMatch(/^The earlier picture/);
    }
  });

  test('is read by the AI SDK', async () => {
    await start();
    const openai = createOpenAI(options());
    const messages: ModelMessage[] = input;
    const tools = { image_generation: openai.tools.imageGeneration({}) };
    const plain = await generateText({ model: openai(model), messages });
    expect(plain.text).toMatch(/^The earlier picture.+\n\n!\[Generated Image\]\(http.+\.png\)$/s);
    const withTool = await generateText({ model: openai(model), messages, tools });
    expect(withTool.text).toBe(line);
    expect(withTool.staticToolResults).toHaveLength(1);
    const stream = streamText({ model: openai(model), messages, tools });
    const results: unknown[] = [];
    let text = '';
    for await (const part of stream.fullStream) {
      if (part.type === 'tool-result') results.push(part.output);
      if (part.type === 'text-delta') text += part.text;
    }
    expect(text).toBe(line);
    expect(results).toEqual([{ result: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/) }]);
  });
});

test('says when it was completed, in one piece and streamed', async () => {
  await start();
  const whole = await answered({});
  const last = (await streamed({ tools: [tool] })).at(-1)?.response;
  for (const body of [whole, last]) {
    expect(body?.completed_at).toBeGreaterThanOrEqual(body?.created_at ?? Number.NaN);
  }
});

test("New API's test of a channel makes nothing", async () => {
  await start();
  const input = [{ role: 'user', content: 'hi' }];
  expect(textOf(await answered({ input, stream: false }))).toContain('Nothing was generated');
  expect(countCalls(program.simulator.stats(), 'batchGenerateImages')).toBe(0);
});

describe('a stream', () => {
  test('ends in the response that it built', async () => {
    await start();
    const events = await streamed({});
    expect(events[0]).toMatchObject({ type: 'response.created', response: { status: 'in_progress' } });
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(
      events.map((_event, index) => index),
    );
    const text = events.flatMap(({ delta }) => delta ?? []).join('');
    const last = events.at(-1);
    expect(last).toMatchObject({ type: 'response.completed', response: { status: 'completed' } });
    expect(last?.response && textOf(last.response)).toBe(text);
    expect(text).toContain('/media/');
  });

  test('of the tool has its picture', async () => {
    await start();
    const events = await streamed({ tools: [tool] });
    const done = events.find(({ type }) => type === 'response.output_item.done');
    expect((await sharp(Buffer.from(done?.item?.result ?? '', 'base64')).metadata()).format).toBe('png');
  });

  test('of a refused prompt ends in a failed response, and the log knows it', async () => {
    await start();
    const events = await streamed({ input: 'unsafe-prompt' });
    expect(events.at(-1)).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'content_policy_violation' } },
    });
    expect(await logRow(program, path)).toMatchObject({ status: 200, errorCode: 'content_refused' });
  });
});

describe('what can be refused is refused with its status', () => {
  test.each<[what: string, body: object, status: number, param: string | null, code: string | null]>([
    ['no model', { model: undefined }, 400, 'model', null],
    ['an unknown model', { model: 'no-such-model' }, 404, 'model', 'model_not_found'],
    ['no input', { input: undefined }, 400, 'input', null],
    ['an input that is none', { input: 7 }, 400, 'input', null],
    [
      'an earlier response',
      { previous_response_id: 'resp_1' },
      400,
      'previous_response_id',
      'unsupported_parameter',
    ],
    ['work in the background', { background: true }, 400, 'background', 'unsupported_parameter'],
    ['a size that is none', { tools: [{ ...tool, size: 'huge' }] }, 400, 'size', null],
  ])('%s', async (_what, body, status, param, code) => {
    await start({ services: false });
    const response = await ask({ stream: true, ...body });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      error: { message: expect.any(String), type: 'invalid_request_error', param, code },
    });
  });

  test('a response by its id: none is kept', async () => {
    await start({ services: false });
    for (const [handler, method] of [
      [getResponse, 'GET'],
      [dropResponse, 'DELETE'],
    ] as const) {
      const key = program.apiKey.value;
      const response = await call(handler, `${path}/resp_1`, { method, key, params: { id: 'resp_1' } });
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error: { code: 'response_not_found' } });
      expect((await call(handler, `${path}/resp_1`, { method, params: { id: 'resp_1' } })).status).toBe(401);
    }
    expect((await call(listResponses, path, { key: program.apiKey.value })).status).toBe(405);
  });
});
