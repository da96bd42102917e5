import OpenAI from 'openai';
import OpenAI6 from 'openai6';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countCalls } from '../simulator/stats';
import { dataUrl, picture } from '../support/pictures';
import { type RunningApp, startRunningApp } from '../support/running-app';

let app: RunningApp;
beforeAll(async () => {
  app = await startRunningApp();
  await app.addAccount();
});
afterAll(() => app?.stop());

/** The two majors have the same calls, but their types are strangers to each other. */
const clients = [
  ['openai 7', (apiKey: string, baseURL: string) => new OpenAI({ apiKey, baseURL, maxRetries: 0 })],
  [
    'openai 6',
    (apiKey: string, baseURL: string) => new OpenAI6({ apiKey, baseURL, maxRetries: 0 }) as unknown as OpenAI,
  ],
] as const;

const model = 'gemini-3.1-flash-image';
const input = 'a lighthouse';
const uploads = () => countCalls(app.simulator.stats(), 'uploadImage');
const tools: OpenAI.Responses.Tool[] = [{ type: 'image_generation', size: '1024x1536', quality: 'high' }];
const pictureOf = ({ output }: OpenAI.Responses.Response) =>
  output.flatMap((item) => (item.type === 'image_generation_call' ? (item.result ?? []) : []))[0] ?? '';

describe.each(clients)('%s', (_name, makeClient) => {
  let client: OpenAI;
  beforeAll(() => {
    client = makeClient(app.apiKey, `${app.url}/v1`);
  });

  test('responses.create shows a picture in output_text', async () => {
    const response = await client.responses.create({ model, input });
    expect(response.output_text).toMatch(/^!\[Generated Image\]\(http.+\.png\)$/);
    expect(response).toMatchObject({ object: 'response', status: 'completed', error: null });
    expect(response.usage?.total_tokens).toBeGreaterThan(0);
  });

  test('the tool gives the picture itself, which the next request goes on from', async () => {
    const first = await client.responses.create({ model, input, tools });
    const { width, height } = await sharp(Buffer.from(pictureOf(first), 'base64')).metadata();
    expect(height).toBeGreaterThan(width);
    const before = uploads();
    const second = await client.responses.create({
      model,
      tools,
      input: [
        { role: 'user', content: input },
        ...first.output,
        { role: 'user', content: 'bluer' },
      ] as OpenAI.Responses.ResponseInput,
    });
    expect(pictureOf(second)).not.toBe('');
    expect(uploads()).toBe(before + 1);
  });

  test('takes pictures of a message', async () => {
    const before = uploads();
    const image_url = dataUrl(await picture({ colour: _name === 'openai 7' ? '#be123c' : '#1d4ed8' }));
    await client.responses.create({
      model,
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'bluer' },
            { type: 'input_image', image_url, detail: 'auto' },
          ],
        },
      ],
    });
    expect(uploads()).toBe(before + 1);
  });

  test('streams text, and numbers its events', async () => {
    const stream = await client.responses.create({ model, input, stream: true });
    const numbers: number[] = [];
    let text = '';
    let last = '';
    for await (const event of stream) {
      numbers.push(event.sequence_number);
      last = event.type;
      if (event.type === 'response.output_text.delta') text += event.delta;
    }
    expect(numbers).toEqual(numbers.map((_number, index) => index));
    expect(last).toBe('response.completed');
    expect(text).toContain('/media/');
  });

  test.each([
    ['text', undefined],
    ['the tool', tools],
  ])('the stream helper puts an answer of %s together', async (_what, wanted) => {
    const stream = client.responses.stream({
      model,
      input,
      ...(wanted === undefined ? {} : { tools: wanted }),
    });
    const response = await stream.finalResponse();
    expect(response.status).toBe('completed');
    if (wanted === undefined) expect(response.output_text).toContain('/media/');
    else expect(pictureOf(response)).not.toBe('');
  });

  test('a video is a link in the text', async () => {
    const response = await client.responses.create({ model: 'veo_3_1_t2v_fast_landscape', input });
    const address = /https?:\/\/[^\s)'"]+\.mp4/.exec(response.output_text)?.[0] ?? '';
    expect((await fetch(address, { method: 'HEAD' })).headers.get('content-type')).toBe('video/mp4');
  });

  test('a refused prompt is a BadRequestError, and in a stream a failed response', async () => {
    await expect(client.responses.create({ model, input: 'unsafe-prompt' })).rejects.toMatchObject({
      status: 400,
      code: 'content_policy_violation',
    });
    const stream = await client.responses.create({ model, input: 'unsafe-prompt', stream: true });
    const events: OpenAI.Responses.ResponseStreamEvent[] = [];
    for await (const event of stream) events.push(event);
    expect(events.at(-1)).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'content_policy_violation' } },
    });
  });

  test('no response is kept', async () => {
    await expect(client.responses.retrieve('resp_1')).rejects.toMatchObject({
      status: 404,
      code: 'response_not_found',
    });
    await expect(
      client.responses.create({ model, input, previous_response_id: 'resp_1' }),
    ).rejects.toMatchObject({ status: 400, param: 'previous_response_id' });
    await expect(client.responses.create({ model, input, background: true })).rejects.toMatchObject({
      status: 400,
      param: 'background',
    });
  });
});
