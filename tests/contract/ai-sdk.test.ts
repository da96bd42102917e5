import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateImage, generateText, type ModelMessage, streamText } from 'ai';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countCalls } from '../simulator/stats';
import { picture } from '../support/pictures';
import { type RunningApp, startRunningApp } from '../support/running-app';

let app: RunningApp;
let openai: ReturnType<typeof createOpenAI>;
let compatible: ReturnType<typeof createOpenAICompatible>;
beforeAll(async () => {
  app = await startRunningApp();
  await app.addAccount();
  openai = createOpenAI({ apiKey: app.apiKey, baseURL: `${app.url}/v1` });
  compatible = createOpenAICompatible({ name: 'flow2api', apiKey: app.apiKey, baseURL: `${app.url}/v1` });
});
afterAll(() => app?.stop());

const id = 'gemini-3.1-flash-image';
const prompt = 'a lighthouse';
const video = 'veo_3_1_t2v_fast_landscape';
const submits = () => countCalls(app.simulator.stats(), 'batchGenerateImages');
const shapeOf = async (bytes: Uint8Array) => {
  const { width, height, format } = await sharp(bytes).metadata();
  return { shape: Math.sign(width - height), format };
};

describe('generateImage', () => {
  const models = [
    ['@ai-sdk/openai', () => openai.image(id)],
    ['@ai-sdk/openai by an old name', () => openai.image('gpt-image-1')],
    ['@ai-sdk/openai-compatible', () => compatible.imageModel(id)],
  ] as const;

  test.each(models)('of %s makes pictures of a size', async (_package, model) => {
    const { images } = await generateImage({ model: model(), prompt, n: 2, size: '1024x1536' });
    expect(images).toHaveLength(2);
    for (const { uint8Array } of images)
      expect(await shapeOf(uint8Array)).toEqual({ shape: -1, format: 'png' });
  });

  test.each(models)('of %s edits pictures', async (_package, model) => {
    const images = [await picture({ colour: '#0e7490' }), await picture({ colour: '#be123c' })];
    const answer = await generateImage({ model: model(), prompt: { text: 'bluer', images } });
    expect((await shapeOf(answer.image.uint8Array)).format).toBe('png');
  });

  test('hands on what a provider is told besides', async () => {
    const { image } = await generateImage({
      model: compatible.imageModel(id),
      prompt,
      providerOptions: { flow2api: { aspect_ratio: '9:16', output_format: 'webp' } },
    });
    expect(await shapeOf(image.uint8Array)).toEqual({ shape: -1, format: 'webp' });
  });

  test('does not repeat a refused prompt', async () => {
    const before = app.simulator.stats().refusals.length;
    const run = generateImage({ model: compatible.imageModel(id), prompt: 'unsafe-prompt' });
    await expect(run).rejects.toMatchObject({ statusCode: 400 });
    expect(app.simulator.stats().refusals.length).toBe(before + 1);
  });
});

describe('text', () => {
  const models = [
    ['@ai-sdk/openai, which asks for responses', () => openai(id)],
    ['@ai-sdk/openai, told to chat', () => openai.chat(id)],
    ['@ai-sdk/openai-compatible', () => compatible.chatModel(id)],
  ] as const;
  const markdown = /^!\[Generated Image\]\(http.+\.png\)$/;

  test.each(models)('of %s shows a picture', async (_package, model) => {
    const { text, finishReason, usage } = await generateText({ model: model(), prompt });
    expect(text).toMatch(markdown);
    expect(finishReason).toBe('stop');
    expect(usage.totalTokens).toBeGreaterThan(0);
  });

  test.each(models)('of %s streams', async (_package, model) => {
    const result = streamText({ model: model(), prompt });
    let text = '';
    for await (const piece of result.textStream) text += piece;
    expect(text).toMatch(markdown);
    expect(await result.finishReason).toBe('stop');
  });

  test.each(models)('of %s that is refused is sent once', async (_package, model) => {
    const before = app.simulator.stats().refusals.length;
    await expect(generateText({ model: model(), prompt: 'unsafe-prompt' })).rejects.toMatchObject({
      statusCode: 400,
    });
    const errors: unknown[] = [];
    const result = streamText({
      model: model(),
      prompt: 'unsafe-prompt',
      onError: ({ error }) => void errors.push(error),
    });
    await result.consumeStream();
    expect(errors.length).toBeGreaterThan(0);
    expect(app.simulator.stats().refusals.length).toBe(before + 2);
  });

  test('takes a picture of a message', async () => {
    const content = [
      { type: 'text' as const, text: 'bluer' },
      { type: 'file' as const, mediaType: 'image/png', data: await picture({ colour: '#7e22ce' }) },
    ];
    for (const [, model] of models) {
      const { text } = await generateText({ model: model(), messages: [{ role: 'user', content }] });
      expect(text).toMatch(markdown);
    }
  });

  test('goes on from the picture of the answer before, which responses only name', async () => {
    const uploads = () => countCalls(app.simulator.stats(), 'uploadImage');
    for (const [, model] of models) {
      const before = uploads();
      const first = await generateText({ model: model(), prompt });
      const messages: ModelMessage[] = [
        { role: 'user', content: prompt },
        ...first.response.messages,
        { role: 'user', content: 'bluer' },
      ];
      expect((await generateText({ model: model(), messages })).text).toMatch(markdown);
      expect(uploads()).toBe(before + 1);
    }
  });

  test('shows the progress of a video as reasoning', async () => {
    const result = streamText({ model: compatible.chatModel(video), prompt });
    expect(await result.text).toContain('.mp4');
    expect(await result.reasoningText).toContain('Generating the video.');
  });
});

describe('the picture tool of @ai-sdk/openai', () => {
  const tools = () => ({
    image_generation: openai.tools.imageGeneration({ size: '1024x1536', outputFormat: 'webp' }),
  });

  test('gives the bytes of a picture', async () => {
    const { staticToolResults } = await generateText({ model: openai(id), prompt, tools: tools() });
    const [result] = staticToolResults;
    expect(await shapeOf(Buffer.from(result?.output.result ?? '', 'base64'))).toEqual({
      shape: -1,
      format: 'webp',
    });
  });

  test('streams it', async () => {
    const before = submits();
    const result = streamText({ model: openai(id), prompt, tools: tools() });
    const outputs: unknown[] = [];
    for await (const part of result.fullStream) if (part.type === 'tool-result') outputs.push(part.output);
    expect(outputs).toEqual([{ result: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/) }]);
    expect(submits()).toBe(before + 1);
  });
});
