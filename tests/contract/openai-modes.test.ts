import OpenAI from 'openai';
import type { ChatCompletionContentPart } from 'openai/resources/chat/completions';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataUrl, picture } from '../support/pictures';
import { type RunningApp, startRunningApp } from '../support/running-app';

let app: RunningApp;
let client: OpenAI;
beforeAll(async () => {
  app = await startRunningApp({ simulator: { render: true } });
  await app.addAccount();
  client = new OpenAI({ apiKey: app.apiKey, baseURL: `${app.url}/v1`, maxRetries: 0 });
});
afterAll(() => app?.stop());

const modes = [
  ['a picture', 'gemini-3.1-flash-image', 0, 'batchGenerateImages'],
  ['a picture from two pictures', 'gemini-3.1-flash-image', 2, 'batchGenerateImages'],
  ['a video from a text', 'veo_3_1_t2v_fast_portrait', 0, 't2v'],
  ['a video from its first frame', 'veo_3_1_i2v_s_fast_fl', 1, 'startImage'],
  ['a video from its first and last frame', 'veo_3_1_i2v_s_fast_fl', 2, 'startAndEndImage'],
  ['a video from three references', 'veo_3_1_r2v_fast', 3, 'referenceImages'],
] as const;

const colours = ['#c2410c', '#0e7490', '#4d7c0f'];

async function content(count: number): Promise<ChatCompletionContentPart[]> {
  const pictures = await Promise.all(colours.slice(0, count).map((colour) => picture({ colour })));
  return [
    { type: 'text', text: 'the two of them walk along the beach' },
    ...pictures.map((bytes) => ({ type: 'image_url' as const, image_url: { url: dataUrl(bytes) } })),
  ];
}

/** The file behind the address in an answer, and whether a decoder opens it. */
async function open(text: string): Promise<{ type: string | null; isReadable: boolean }> {
  const address = /https?:\/\/[^\s)'"]+/.exec(text)?.[0] ?? '';
  const file = await fetch(address);
  const bytes = Buffer.from(await file.arrayBuffer());
  const type = file.headers.get('content-type');
  if (type === 'video/mp4')
    return { type, isReadable: bytes.subarray(4, 8).toString() === 'ftyp' && bytes.includes('moov') };
  const { width, height } = await sharp(bytes).metadata();
  await sharp(bytes).raw().toBuffer();
  return { type, isReadable: width > 0 && height > 0 };
}

describe.each(['stream', 'one piece'] as const)('the official client, %s, gets', (how) => {
  test.each(modes)('%s', async (_name, model, count, call) => {
    app.simulator.resetStats();
    const request = { model, messages: [{ role: 'user' as const, content: await content(count) }] };
    let text = '';
    if (how === 'stream') {
      const chunks = await client.chat.completions.create({ ...request, stream: true });
      for await (const chunk of chunks) text += chunk.choices[0]?.delta.content ?? '';
    } else {
      const completion = await client.chat.completions.create(request);
      text = completion.choices[0]?.message.content ?? '';
    }
    expect(await open(text)).toEqual({
      type: call === 'batchGenerateImages' ? 'image/png' : 'video/mp4',
      isReadable: true,
    });
    const { operations, refusals } = app.simulator.stats();
    expect(refusals).toEqual([]);
    expect(operations).toMatchObject([{ call }]);
    expect(operations[0]?.referenceMediaIds).toHaveLength(count);
  });
});
