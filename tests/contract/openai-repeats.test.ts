import OpenAI from 'openai';
import OpenAI6 from 'openai6';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy';
import { type RunningApp, startRunningApp } from '../support/running-app';
import { until } from '../support/test-runtime';

let app: RunningApp;
let proxy: CuttingProxy;
let client: OpenAI;
beforeAll(async () => {
  app = await startRunningApp({ simulator: { imageLatencyMs: 3_000 } });
  await app.addAccount();
});
beforeEach(async () => {
  app.simulator.resetStats();
  proxy = await startCuttingProxy(app.url);
  client = new OpenAI({ apiKey: app.apiKey, baseURL: `${proxy.url}/v1` });
});
afterEach(() => proxy.close());
afterAll(() => app?.stop());

const model = 'gemini-3.1-flash-image';
const asked = (prompt: string) => ({ model, messages: [{ role: 'user' as const, content: prompt }] });

/** Submits that have reached upstream, whether it has answered or not. */
const submits = (wanted = 'batchGenerateImages') =>
  app.simulator
    .stats()
    .calls.filter(({ call }) => call === wanted)
    .reduce((sum, { count }) => sum + count, 0);

/** Cuts the connection once as many submits have reached upstream, and again after each further connection. */
async function cutWhenSubmitted(times: number, expected = 1) {
  for (let count = 1; count <= times; count += 1) {
    await until(() => proxy.connections() >= count && submits() >= expected);
    await new Promise((done) => setTimeout(done, 300));
    proxy.cut();
  }
}

describe('the official client whose connection is cut repeats by itself, and', () => {
  test.each([1, 2])('gets the picture of its first attempt after %i cuts', async (times) => {
    const [{ data, response }] = await Promise.all([
      client.chat.completions.create(asked(`cut ${times} times`)).withResponse(),
      cutWhenSubmitted(times),
    ]);
    expect(data.choices[0]?.message.content).toContain('![Generated Image](');
    expect(response.headers.get('idempotency-replayed')).toBe('true');
    expect(proxy.connections()).toBe(times + 1);
    expect(submits()).toBe(1);
  });

  test('is served once when nothing of the first attempt had arrived', async () => {
    const [completion] = await Promise.all([
      client.chat.completions.create(asked('cut at once')),
      until(() => proxy.connections() === 1).then(() => proxy.cut()),
    ]);
    expect(completion.choices[0]?.message.content).toContain('![Generated Image](');
    expect(submits()).toBe(1);
  });

  test('of an older version, does so too', async () => {
    const older = new OpenAI6({ apiKey: app.apiKey, baseURL: `${proxy.url}/v1` });
    proxy.loseAnswers(2);
    const completion = await older.chat.completions.create(asked('an older client'));
    expect(completion.choices[0]?.message.content).toContain('![Generated Image](');
    expect([proxy.connections(), submits()]).toEqual([3, 1]);
  });

  test('gets the video that was made when the answer was lost', async () => {
    proxy.loseAnswers(2);
    const video = await client.videos.create({
      model: 'veo_3_1_t2v_fast_landscape' as never,
      prompt: 'lost',
    });
    expect(proxy.connections()).toBe(3);
    await until(async () => (await client.videos.retrieve(video.id)).status === 'completed');
    expect(submits('t2v')).toBe(1);
    const videos = await client.videos.list();
    expect(videos.data.filter(({ prompt }) => prompt === 'lost').map(({ id }) => id)).toEqual([video.id]);
  });

  test('gets all pictures of its first attempt, and no others', async () => {
    const [answer] = await Promise.all([
      client.images.generate({ model, prompt: 'three of them', n: 3 }),
      cutWhenSubmitted(1, 3),
    ]);
    expect(answer.data).toHaveLength(3);
    expect(submits()).toBe(3);
  });
});

test('a client that runs out of patience and repeats gets the one result', async () => {
  const completion = await client.chat.completions.create(asked('patience'), { timeout: 1_400 });
  expect(completion.choices[0]?.message.content).toContain('![Generated Image](');
  expect(submits()).toBe(1);
});

test('equal requests that were not cut are all made', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => client.chat.completions.create(asked('again'))));
  expect(new Set(answers.map(({ choices }) => choices[0]?.message.content)).size).toBe(3);
  expect(submits()).toBe(3);
});

test('a key of the client joins also without its counting', async () => {
  const options = { headers: { 'Idempotency-Key': 'order-7' }, maxRetries: 0 };
  const [one, other] = await Promise.all(
    [1, 2].map(() => client.chat.completions.create(asked('by key'), options)),
  );
  expect(other?.choices[0]?.message.content).toBe(one?.choices[0]?.message.content);
  expect(submits()).toBe(1);
  const failure = await client.chat.completions.create(asked('another body'), options).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(OpenAI.BadRequestError);
  expect(failure).toMatchObject({ code: 'idempotency_key_reused', param: 'Idempotency-Key' });
});
