import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { picture } from '../support/pictures';
import { type RunningApp, startRunningApp } from '../support/running-app';

// The predecessor's `/models/{model}:generateContent`, as its users' scripts and Gemini's own libraries call it.

const image = 'gemini-3.1-flash-image';
const video = 'veo-3.1-fast';

type Part = {
  text?: string;
  thought?: boolean;
  inlineData?: { mimeType: string; data: string };
  fileData?: { mimeType: string; fileUri: string };
};
type Content = {
  candidates: { content: { role: string; parts: Part[] }; finishReason?: string; index: number }[];
  usageMetadata: { totalTokenCount: number };
  modelVersion: string;
  responseId: string;
};
type Failure = { error: { code: number; status: string; message: string } };

let app: RunningApp;
beforeAll(async () => {
  app = await startRunningApp();
  await app.addAccount();
});
afterAll(() => app?.stop());

const bodyOf = (text: string, ...parts: object[]) => ({
  contents: [{ role: 'user', parts: [{ text }, ...parts] }],
});
const ask = (path: string, body: unknown = bodyOf('a lighthouse'), headers: Record<string, string> = {}) =>
  fetch(`${app.url}/models/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': app.apiKey, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const pictureOf = async (content: Content | undefined) => {
  const data = content?.candidates[0]?.content.parts.find(({ inlineData }) => inlineData)?.inlineData;
  const bytes = Buffer.from(data?.data ?? '', 'base64');
  const { format } = await sharp(bytes).metadata();
  expect(data?.mimeType).toBe(`image/${format}`);
  return bytes;
};

describe('a picture', () => {
  test.each([
    ['a colon', `${image}:generateContent`],
    ['a colon that is escaped', `${image}%3AgenerateContent`],
  ])('whose method stands behind %s', async (_what, path) => {
    const response = await ask(path);
    expect(response.status).toBe(200);
    const content = (await response.json()) as Content;
    expect(content).toMatchObject({
      candidates: [{ content: { role: 'model' }, finishReason: 'STOP', index: 0 }],
      modelVersion: image,
    });
    await pictureOf(content);
  });

  test.each([
    ['its own header', () => ({ 'x-goog-api-key': app.apiKey })],
    ['a bearer', () => ({ 'x-goog-api-key': '', authorization: `Bearer ${app.apiKey}` })],
  ])('with the key in %s', async (_where, headers) => {
    expect((await ask(`${image}:generateContent`, undefined, headers())).status).toBe(200);
  });

  test('with the key in the address', async () => {
    const path = `${image}:generateContent?key=${app.apiKey}`;
    expect((await ask(path, undefined, { 'x-goog-api-key': '' })).status).toBe(200);
  });

  test('made from another one, in either spelling of the fields', async () => {
    const data = (await picture()).toString('base64');
    for (const part of [
      { inlineData: { mimeType: 'image/png', data } },
      { inline_data: { mime_type: 'image/png', data } },
    ]) {
      const before = app.simulator.stats().operations.length;
      await pictureOf(
        (await (await ask(`${image}:generateContent`, bodyOf('bluer', part))).json()) as Content,
      );
      expect(app.simulator.stats().operations).toHaveLength(before + 1);
    }
  });

  test('as a stream of events', async () => {
    const response = await ask(`${image}:streamGenerateContent?alt=sse`);
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const lines = (await response.text()).split('\n').filter((line) => line.trim() !== '');
    expect(lines.every((line) => line.startsWith('data: {'))).toBe(true);
    const objects = lines.map((line) => JSON.parse(line.slice('data: '.length)) as Content);
    expect(objects.at(-1)?.candidates[0]?.finishReason).toBe('STOP');
    await pictureOf(objects.at(-1));
  });

  test('as a stream that is one list', async () => {
    const response = await ask(`${image}:streamGenerateContent`);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    const [content] = (await response.json()) as Content[];
    await pictureOf(content);
  });
});

test('a video comes as an address that needs no key', async () => {
  const response = await ask(`${video}:generateContent`);
  const [candidate] = ((await response.json()) as Content).candidates;
  const file = candidate?.content.parts[0]?.fileData;
  expect(file?.mimeType).toBe('video/mp4');
  const bytes = Buffer.from(await (await fetch(file?.fileUri ?? '')).arrayBuffer());
  expect(bytes.subarray(4, 8).toString()).toBe('ftyp');
});

test('the models are listed, and told one by one', async () => {
  const get = async (path: string) => {
    const response = await fetch(`${app.url}${path}`, { headers: { 'x-goog-api-key': app.apiKey } });
    expect(response.status).toBe(200);
    return response.json() as Promise<{ name?: string; models?: { name: string }[] }>;
  };
  const { models = [] } = await get('/models');
  expect(models.map(({ name }) => name)).toContain(`models/${image}`);
  expect((await get(`/models/${image}`)).name).toBe(`models/${image}`);
});

test('what is wrong is said in the shape of that API', async () => {
  const ofPictures = { ...bodyOf('waves'), generationConfig: { responseModalities: ['IMAGE'] } };
  for (const [response, code, status] of [
    [await ask('no-such-model:generateContent'), 404, 'NOT_FOUND'],
    [await ask(`${image}:generateContent`, '{'), 400, 'INVALID_ARGUMENT'],
    [await ask(`${image}:generateContent`, { contents: [] }), 400, 'INVALID_ARGUMENT'],
    [await ask(`${image}:generateContent`, undefined, { 'x-goog-api-key': 'wrong' }), 401, 'UNAUTHENTICATED'],
    [await ask(`${image}:countTokens`), 404, 'NOT_FOUND'],
    [await ask('%zz:generateContent'), 400, 'INVALID_ARGUMENT'],
    [await ask(`${video}:generateContent`, ofPictures), 400, 'INVALID_ARGUMENT'],
  ] as const) {
    const { error } = (await response.json()) as Failure;
    expect([response.status, error.code, error.status]).toEqual([code, code, status]);
  }
});

test('the addresses are gone when compatibility is off', async () => {
  const strict = await startRunningApp({ env: { COMPATIBILITY_ENABLED: 'false' } });
  try {
    await strict.addAccount();
    for (const path of [`models/${image}:generateContent`, 'v1/models/aliases', 'tmp/0.mp4']) {
      const response = await fetch(`${strict.url}/${path}`, {
        method: path.startsWith('models') ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${strict.apiKey}` },
      });
      expect([path, response.status]).toEqual([path, 404]);
    }
    expect(strict.simulator.stats().operations).toHaveLength(0);
  } finally {
    await strict.stop();
  }
});
