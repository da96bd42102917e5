import OpenAI from 'openai';
import OpenAI6 from 'openai6';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningApp, startRunningApp } from '../support/running-app';

let app: RunningApp;
beforeAll(async () => {
  app = await startRunningApp();
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

describe.each(clients)('%s', (_name, connect) => {
  let client: OpenAI;
  beforeAll(() => {
    client = connect(app.apiKey, `${app.url}/v1`);
  });

  test('lists models, each of which can be asked for by its id', async () => {
    const ids: string[] = [];
    for await (const { id, object } of client.models.list()) {
      expect(object).toBe('model');
      ids.push(id);
    }
    expect(ids).toEqual(expect.arrayContaining(['gemini-3.1-flash-image', 'veo-3.1-fast', 'sora-2']));
    const model = await client.models.retrieve('veo-3.1-fast');
    expect(model).toMatchObject({ id: 'veo-3.1-fast', object: 'model', created: expect.any(Number) });
  });

  test('is told of a model that there is not, whatever its name', async () => {
    await expect(client.models.retrieve('google/veo 3')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
    });
  });

  test('is told that a key is wrong', async () => {
    await expect(connect('sk-wrong', `${app.url}/v1`).models.list()).rejects.toMatchObject({
      status: 401,
      code: 'invalid_api_key',
    });
  });
});
