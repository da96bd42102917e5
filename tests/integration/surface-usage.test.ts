import { afterAll, beforeAll, expect, test } from 'vitest';
import { GET as getModel } from '@/app/v1/models/[id]/route';
import { GET as getModels } from '@/app/v1/models/route';
import { GET as getUsage } from '@/app/v1/usage/route';
import { issueApiKey } from '@/lib/api-keys/issue';
import { startTestProgram, type TestProgram } from '../support/test-runtime';
import { call } from './surface-client';

let program: TestProgram;
beforeAll(async () => {
  program = await startTestProgram({ settings: { 'general.time_zone': 'Europe/Berlin' } });
  program.makeGlobal();
  await program.addAccount();
});
afterAll(() => program.stop());

const usage = async (key: string) => {
  const response = await call(getUsage, '/v1/usage', { key });
  return { status: response.status, body: await response.json() };
};

test('a key sees its own limits, today and the last 30 days', async () => {
  const id = await program.submit({ model: 'veo_3_1_t2v_fast_landscape' });
  await program.events(id);
  const { credits } = await program.job(id);
  const { status, body } = await usage(program.apiKey.value);
  expect(status).toBe(200);
  const today = {
    day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    requests: 1,
    images: 0,
    videos: 1,
    credits,
  };
  expect(body).toEqual({
    object: 'usage',
    key: { name: expect.any(String), expires_at: null, models: null, media_types: null },
    limits: {
      requests_per_minute: null,
      concurrent_jobs: null,
      images_per_day: null,
      videos_per_day: null,
      credits_per_day: null,
    },
    time_zone: 'Europe/Berlin',
    today: { ...today, unfinished_jobs: 0, resets_at: expect.any(Number) },
    days: expect.any(Array),
  });
  expect(body.days).toHaveLength(30);
  expect(body.days.at(-1)).toEqual(today);
  expect(body.days[0]).toMatchObject({ requests: 0, images: 0, videos: 0, credits: 0 });
  const left = body.today.resets_at - Date.now() / 1_000;
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(25 * 3_600);
});

test('a key sees nothing of another one', async () => {
  const other = await issueApiKey(program.runtime, { name: 'other', rules: { imagesPerDay: 3 } });
  const { body } = await usage(other.value);
  expect(body.key.name).toBe('other');
  expect(body.limits.images_per_day).toBe(3);
  expect(body.today).toMatchObject({ requests: 0, videos: 0, credits: 0 });
});

test('without a key there is no usage', async () => {
  expect((await usage('sk-wrong')).status).toBe(401);
});

test.each([
  ['another name of a base model', 'nano-banana'],
  ['the base model', 'gemini-2.5-flash-image'],
])('a key with %s in its list sees the base model, its names and its variants', async (_what, listed) => {
  const key = await issueApiKey(program.runtime, { name: listed, rules: { models: [listed] } });
  const { data } = await (await call(getModels, '/v1/models', { key: key.value })).json();
  expect(data.map(({ id }: { id: string }) => id).toSorted()).toEqual([
    'gemini-2.5-flash-image',
    'gemini-2.5-flash-image-landscape',
    'gemini-2.5-flash-image-portrait',
    'gemini-2.5-flash-image-preview',
    'nano-banana',
  ]);
});

test('the list of models has what the key may use, under all its names', async () => {
  const key = await issueApiKey(program.runtime, {
    name: 'narrow',
    rules: { models: ['veo_3_1_t2v_fast_landscape', 'gemini-2.5-flash-image'], mediaTypes: ['video'] },
  });
  const ids = (await (await call(getModels, '/v1/models', { key: key.value })).json()).data.map(
    ({ id }: { id: string }) => id,
  );
  expect(ids.toSorted()).toEqual([
    'veo_3_1_t2v_fast_8s',
    'veo_3_1_t2v_fast_landscape',
    'veo_3_1_t2v_fast_landscape_8s',
  ]);
  const of = (id: string) => call(getModel, `/v1/models/${id}`, { key: key.value, params: { id } });
  expect((await of('veo_3_1_t2v_fast_landscape')).status).toBe(200);
  const refused = await of('veo-3.1-lite');
  expect(refused.status).toBe(403);
  expect((await refused.json()).error).toMatchObject({ code: 'key_not_allowed', param: 'model' });
  expect((await of('no-such-model')).status).toBe(404);
});
