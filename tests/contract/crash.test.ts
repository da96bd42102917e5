import { afterEach, expect, test } from 'vitest';
import { type RunningApp, startRunningApp } from '../support/running-app';
import { until } from '../support/test-runtime';

let app: RunningApp | undefined;
afterEach(async () => {
  await app?.stop();
  app = undefined;
});

const video = 'veo_3_1_t2v_fast_landscape';

type JobJson = { id: string; state: string; media: { url: string }[]; error: { code: string } | null };

const ask = (url: string, apiKey: string, prompt: string, signal: AbortSignal): Promise<Response> =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    signal,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: video, stream: true, messages: [{ role: 'user', content: prompt }] }),
  });

/** Sends a request, and gives the id of its job as soon as the stream says it. The answer itself is left alone. */
async function begin(url: string, apiKey: string, prompt: string): Promise<string> {
  const leaving = new AbortController();
  const answer = await ask(url, apiKey, prompt, leaving.signal);
  const reader = answer.body?.getReader();
  const first = new TextDecoder().decode((await reader?.read())?.value);
  const id = /job_[a-z0-9]+/.exec(first)?.[0];
  if (id === undefined) throw new Error(`no job id in: ${first}`);
  void reader?.read().catch(() => undefined);
  return id;
}

async function findJob(url: string, apiKey: string, id: string): Promise<JobJson> {
  const answer = await fetch(`${url}/v1/jobs/${id}`, { headers: { authorization: `Bearer ${apiKey}` } });
  return (await answer.json()) as JobJson;
}

const ended = async (url: string, apiKey: string, ids: string[]): Promise<JobJson[] | undefined> => {
  const jobs = await Promise.all(ids.map((id) => findJob(url, apiKey, id)));
  return jobs.every(({ state }) => state === 'completed' || state === 'failed') ? jobs : undefined;
};

test('kill -9 during fifty running videos loses none and submits none twice', async () => {
  app = await startRunningApp({ simulator: { videoDurationMs: 6_000 } });
  const { url, apiKey, simulator } = app;
  for (let index = 0; index < 3; index += 1) await app.addAccount();
  const ids = await Promise.all(
    Array.from({ length: 50 }, (_, index) => begin(url, apiKey, `video ${index}`)),
  );
  await until(() => simulator.stats().operations.length === 50, 30_000);
  expect(simulator.stats().operations.some(({ endedAt }) => endedAt === null)).toBe(true);
  await app.kill();
  await app.startAgain();
  const jobs = await until(() => ended(url, apiKey, ids), 90_000);
  expect(jobs.filter(({ state }) => state === 'completed')).toHaveLength(50);
  const { operations } = simulator.stats();
  expect(operations).toHaveLength(50);
  expect(new Set(operations.map(({ prompt }) => prompt)).size).toBe(50);
  const addresses = new Set(jobs.flatMap(({ media }) => media.map((item) => item.url)));
  expect(addresses.size).toBe(50);
  for (const address of [...addresses].slice(0, 5)) {
    const file = await fetch(address);
    expect(file.status).toBe(200);
    expect(
      Buffer.from(await file.arrayBuffer())
        .subarray(4, 8)
        .toString(),
    ).toBe('ftyp');
  }
});

test('kill -9 between intent and handle: what upstream accepted is found and delivered, and nothing is submitted twice', async () => {
  app = await startRunningApp({ simulator: { videoDurationMs: 1_000 }, env: { FLOW_ADOPTION_GRACE: '10' } });
  const { url, apiKey, simulator } = app;
  await app.addAccount();
  // Accepted and charged, but the answers never come: every job is between its intent and its handle.
  simulator.inject({ call: 't2v', effect: { type: 'hang', when: 'after' }, times: 12 });
  const ids = await Promise.all(
    Array.from({ length: 12 }, (_, index) => begin(url, apiKey, `between ${index}`)),
  );
  await until(() => simulator.stats().operations.length === 12, 30_000);
  await app.kill();
  simulator.clearFaults();
  await app.startAgain();
  const jobs = await until(() => ended(url, apiKey, ids), 90_000);
  expect(jobs.map(({ state, error }) => error?.code ?? state)).toEqual(
    Array.from({ length: 12 }, () => 'completed'),
  );
  expect(simulator.stats().operations).toHaveLength(12);
});

test('kill -9 before the answer, and upstream never had it: the job ends as unknown and is not submitted again', async () => {
  app = await startRunningApp({ env: { FLOW_ADOPTION_GRACE: '5' } });
  const { url, apiKey, simulator } = app;
  await app.addAccount();
  simulator.inject({ call: 't2v', effect: { type: 'hang', when: 'before' } });
  const id = await begin(url, apiKey, 'never arrived');
  await until(() => simulator.stats().calls.some(({ call }) => call === 't2v'), 30_000);
  await app.kill();
  await app.startAgain();
  const [job] = await until(() => ended(url, apiKey, [id]), 60_000);
  expect(job?.error?.code).toBe('submission_unknown');
  expect(simulator.stats().operations).toHaveLength(0);
});

test('SIGTERM ends it in order: exit code 0, and the running video is delivered by the next start', async () => {
  app = await startRunningApp({ simulator: { videoDurationMs: 4_000 } });
  const { url, apiKey, simulator } = app;
  await app.addAccount();
  const id = await begin(url, apiKey, 'over a restart');
  await until(() => simulator.stats().operations.length === 1, 30_000);
  expect(await app.terminate()).toBe(0);
  await app.startAgain();
  const [job] = await until(() => ended(url, apiKey, [id]), 60_000);
  expect(job?.state).toBe('completed');
  expect(simulator.stats().operations).toHaveLength(1);
});
