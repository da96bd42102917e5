import { afterAll, beforeAll, expect, test } from 'vitest';
import { GET as getModel } from '@/app/v1/models/[id]/route';
import { GET as getModels } from '@/app/v1/models/route';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { call } from './surface-client';

let program: TestProgram;
beforeAll(async () => {
  program = await startTestProgram({ services: false });
  program.makeGlobal();
});
afterAll(() => program.stop());

const list = async () =>
  (await (await call(getModels, '/v1/models', { key: program.apiKey.value })).json()) as {
    object: string;
    data: { id: string; object: string; created: number; owned_by: string }[];
  };
const retrieve = (
  id: string,
  headers: Record<string, string> = { authorization: `Bearer ${program.apiKey.value}` },
) => call(getModel, `/v1/models/${encodeURIComponent(id)}`, { headers, params: { id } });

test('the list has every model once, in the shape of the format', async () => {
  const { object, data } = await list();
  expect(object).toBe('list');
  expect(new Set(data.map(({ id }) => id)).size).toBe(data.length);
  for (const model of data) {
    expect(model).toMatchObject({ object: 'model', created: expect.any(Number), owned_by: 'flow2api' });
  }
});

test("the list has the predecessor's ids and OpenAI's names", async () => {
  const ids = (await list()).data.map(({ id }) => id);
  expect(ids).toEqual(
    expect.arrayContaining([
      'veo_3_1_t2v_fast_landscape',
      'gemini-3.0-pro-image-landscape',
      'gpt-image-1',
      'sora-2',
    ]),
  );
});

test('every model of the list can be asked for alone', async () => {
  const { data } = await list();
  for (const model of data) expect(await (await retrieve(model.id)).json()).toEqual(model);
});

test('an unknown model is a 404 that names the field', async () => {
  const response = await retrieve('google/veo 3');
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({
    error: { code: 'model_not_found', param: 'model', type: 'invalid_request_error' },
  });
});

test.each([
  ['authorization', 'bearer '],
  ['x-api-key', ''],
  ['api-key', ''],
  ['x-goog-api-key', ''],
])('a key is taken in %s', async (name, prefix) => {
  const response = await retrieve('gpt-image-1', { [name]: `${prefix}${program.apiKey.value}` });
  expect(response.status).toBe(200);
});

test('a key is taken in the query, and no log row shows it', async () => {
  const response = await call(getModels, `/v1/models?key=${program.apiKey.value}`);
  expect(response.status).toBe(200);
  const { requestLogs } = program.runtime.db.tables;
  await program.runtime.requestLog.flush();
  const rows = await program.runtime.db.select().from(requestLogs);
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toContain(program.apiKey.value);
});
