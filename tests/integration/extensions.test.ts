import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import * as generateContent from '@/app/models/[...path]/route';
import { POST as chat } from '@/app/v1/chat/completions/route';
import { DELETE as cancelJob, GET as getJob } from '@/app/v1/jobs/[id]/route';
import { GET as getContent } from '@/app/v1/videos/[id]/content/route';
import { GET as getVideo } from '@/app/v1/videos/[id]/route';
import { POST as extendVideo } from '@/app/v1/videos/extensions/route';
import { findAccount } from '@/db/repositories/accounts';
import { findMedia, listMediaOfJob } from '@/db/repositories/media';
import type { Job } from '@/lib/generation/job';
import { readMp4 } from '@/lib/media/mp4-facts';
import type { FaultEffect } from '../simulator/contract';
import { countCalls } from '../simulator/stats';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';
import { call, contentOf, readEvents, reasoningOf } from './surface-client';

const fast = 'veo_3_1_t2v_fast_landscape';
const extension = 'veo_3_1_extend';
const always = Number.POSITIVE_INFINITY;

let program: TestProgram;
afterEach(() => program.stop());

const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  program.makeGlobal();
  await program.addAccount();
};
const key = () => program.apiKey.value;
const calls = (name: Parameters<typeof countCalls>[1]) => countCalls(program.simulator.stats(), name);

/** A finished job and its result. */
const finished = async (request: Parameters<TestProgram['submit']>[0]) => {
  const jobId = await program.submit(request);
  const events = await program.events(jobId);
  const end = events.at(-1);
  if (end?.type !== 'completed') throw new Error(JSON.stringify(end));
  const [media] = end.media.filter(({ role }) => role === 'result');
  if (media === undefined) throw new Error('no result');
  const steps = events.flatMap((event) => (event.type === 'step' ? [event.step] : []));
  return { jobId, media, steps, note: end.note };
};
const extend = (sourceVideo: string, model = extension) =>
  finished({ model, sourceVideo, prompt: 'on it goes' });

/** What the file of a job that its key gets is. */
const fileOf = async (jobId: string) => {
  const id = jobId.replace('job_', 'video_');
  const response = await call(getContent, `/v1/videos/${id}/content`, { key: key(), params: { id } });
  expect(response.status).toBe(200);
  return factsOf(response);
};
const factsOf = async (response: Response) => {
  const bytes = new Uint8Array(await response.arrayBuffer());
  return readMp4(async (from, length) => bytes.subarray(from, from + length), bytes.byteLength);
};
const videoOf = async (jobId: string) => {
  const id = jobId.replace('job_', 'video_');
  const response = await call(getVideo, `/v1/videos/${id}`, { key: key(), params: { id } });
  return (await response.json()) as { id: string; status: string; seconds: string; error: unknown };
};
type JobBody = {
  note: string | null;
  step: string | null;
  steps: { name: string }[];
  media: { role: string; duration_seconds: number; expired: boolean }[];
};
const jobOf = async (id: string) =>
  (await (await call(getJob, `/v1/jobs/${id}`, { key: key(), params: { id } })).json()) as JobBody;

describe.each(['sqlite', 'postgres'] as const)('an extension is the whole video, on %s', (dialect) => {
  test('by POST /v1/videos/extensions: one step more, one file to get, and no credits', async () => {
    await start({ dialect });
    const source = await finished({ model: fast });
    const response = await call(extendVideo, '/v1/videos/extensions', {
      method: 'POST',
      key: key(),
      body: { prompt: 'on it goes', video: { id: source.jobId } },
    });
    const asked = (await response.json()) as { id: string; seconds: string };
    expect([response.status, asked.seconds]).toEqual([200, '15']);
    const jobId = asked.id.replace('video_', 'job_');
    await program.events(jobId);
    expect(await videoOf(jobId)).toMatchObject({ status: 'completed', seconds: '15' });
    expect(await fileOf(jobId)).toEqual({ width: 1280, height: 720, seconds: 15 });
    const job = await jobOf(jobId);
    expect(job.steps.map(({ name }) => name)).toEqual([
      'account_selected',
      'submitting',
      'generating',
      'concatenating',
      'saving',
    ]);
    expect(job.note).toBeNull();
    expect(job.media.map((item) => [item.role, item.duration_seconds]).toSorted()).toEqual([
      ['base', 8],
      ['result', 15],
    ]);
    const [generated] = program.simulator.stats().operations.slice(-1);
    expect((await program.job(jobId)).credits).toBe(generated?.charged);
    expect([calls('concatenate'), program.simulator.stats().refusals]).toEqual([1, []]);
  });

  test('by chat with extend://, and by generateContent', async () => {
    await start({ dialect });
    const source = await finished({ model: fast });
    const content = [
      { type: 'text', text: 'on it goes' },
      { type: 'image_url', image_url: { url: `extend://${source.media.id}` } },
    ];
    const body = { model: extension, stream: true, messages: [{ role: 'user', content }] };
    const events = await readEvents(
      await call(chat, '/v1/chat/completions', { method: 'POST', key: key(), body }),
    );
    expect(reasoningOf(events)).toContain('Joining it with the video that it goes on from.');
    const addresses = contentOf(events).match(/\/media\/[a-z0-9]+\.mp4/g) ?? [];
    expect(new Set(addresses).size).toBe(1);
    const [id] = /[a-z0-9]{26,}/.exec(addresses[0] ?? '') ?? [];

    const target = `${extension}:generateContent`;
    const fileUri = `http://gw.example/media/${source.media.id}.mp4`;
    const parts = [{ text: 'and on' }, { fileData: { mimeType: 'video/mp4', fileUri } }];
    const response = await call(generateContent.POST, `/models/${target}`, {
      method: 'POST',
      key: key(),
      body: { contents: [{ role: 'user', parts }] },
      params: { path: target.split('/') },
    });
    const answer = (await response.json()) as {
      candidates: { content: { parts: { fileData?: { fileUri: string } }[] } }[];
    };
    const given =
      answer.candidates[0]?.content.parts.flatMap(({ fileData }) => fileData?.fileUri ?? []) ?? [];
    expect(given).toHaveLength(1);
    const [other] = /[a-z0-9]{26,}/.exec(given[0] ?? '') ?? [];
    const { db } = program.runtime;
    for (const mediaId of [id, other]) {
      expect(await findMedia(db, mediaId ?? '')).toMatchObject({ role: 'result', durationSeconds: 15 });
    }
    expect(calls('concatenate')).toBe(2);
  });

  test('of a whole video goes on from its last clip, and is the whole of all of them', async () => {
    await start({ dialect });
    const source = await finished({ model: 'veo-3.1-lite' });
    const second = await extend(source.media.id, 'veo-3.1-lite');
    const third = await extend(second.media.id, 'veo-3.1-lite');
    expect(await fileOf(third.jobId)).toMatchObject({ seconds: 22 });
    expect((await videoOf(third.jobId)).seconds).toBe('22');
    const fourth = await extend(third.media.id, 'veo-3.1-lite');
    expect(await fileOf(fourth.jobId)).toMatchObject({ seconds: 29 });
    const [clip] = (await program.job(second.jobId)).base ?? [];
    expect(program.simulator.stats().operations[2]?.referenceMediaIds).toEqual([clip?.mediaName]);
    expect(program.simulator.stats().refusals).toEqual([]);
  });
});

test('of the new clip alone is that clip and what follows it', async () => {
  await start();
  const source = await finished({ model: fast });
  const { jobId } = await extend(source.media.id);
  const base = (await listMediaOfJob(program.runtime.db, jobId)).find(({ role }) => role === 'base');
  const next = await extend(base?.id ?? '');
  expect(await fileOf(next.jobId)).toMatchObject({ seconds: 15 });
});

test('of an enlarged video is joined with what was enlarged, in the size that both have', async () => {
  await start();
  const source = await finished({ model: 'veo_3_1_t2v_fast_1080p' });
  const { jobId } = await extend(source.media.id);
  expect(await fileOf(jobId)).toEqual({ width: 1280, height: 720, seconds: 15 });
});

test('is whole where files are not stored, since upstream has no address of it', async () => {
  await start({ settings: { 'cache.enabled': false } });
  const source = await finished({ model: fast });
  const { jobId } = await extend(source.media.id);
  expect(await fileOf(jobId)).toMatchObject({ seconds: 15 });
});

describe('a join that cannot be', () => {
  const joinFails: [string, 'concatenate' | 'checkConcatenation', FaultEffect][] = [
    ['is refused without a reason', 'concatenate', { type: 'status', status: 403 }],
    ['is refused', 'concatenate', { type: 'status', status: 400, rpcStatus: 'INVALID_ARGUMENT' }],
    ['is of something that is gone', 'concatenate', { type: 'status', status: 404 }],
    [
      'fails upstream',
      'checkConcatenation',
      { type: 'json', status: 200, body: { status: 'MEDIA_GENERATION_STATUS_FAILED' } },
    ],
  ];
  test.each(joinFails)('because it %s gives the new clip, and says so', async (_why, name, effect) => {
    await start();
    const source = await finished({ model: fast });
    program.simulator.inject({ call: name, effect, times: always });
    const { jobId, media, note } = await extend(source.media.id);
    expect(note).toContain('could not be joined');
    const { accountId } = await program.job(jobId);
    expect(await findAccount(program.runtime.db, accountId ?? '')).toMatchObject({ lastErrorAt: null });
    expect(await fileOf(jobId)).toMatchObject({ seconds: 8 });
    expect(await videoOf(jobId)).toMatchObject({ status: 'completed', seconds: '8', error: null });
    const job = await jobOf(jobId);
    expect(job.note).toBe(note);
    expect(job.media.map(({ role }) => role)).toEqual(['result']);
    expect(program.simulator.stats().operations).toHaveLength(2);
    // Generations of the account go on, and the clip can be gone on from.
    program.simulator.clearFaults();
    expect(await fileOf((await extend(media.id)).jobId)).toMatchObject({ seconds: 15 });
  });

  test('is told in a chat that waits as well', async () => {
    await start();
    const source = await finished({ model: fast });
    program.simulator.inject({ call: 'concatenate', effect: { type: 'status', status: 400 }, times: always });
    const content = [
      { type: 'text', text: 'on it goes' },
      { type: 'image_url', image_url: { url: `extend://${source.media.id}` } },
    ];
    const body = { model: extension, messages: [{ role: 'user', content }] };
    const response = await call(chat, '/v1/chat/completions', { method: 'POST', key: key(), body });
    const { choices } = (await response.json()) as { choices: { message: { reasoning_content?: string } }[] };
    expect(choices[0]?.message.reasoning_content).toContain('could not be joined');
  });

  test.each<[string, FaultEffect]>([
    ['an overloaded server', { type: 'status', status: 500 }],
    ['a broken connection', { type: 'reset', when: 'before' }],
    ['an expired token', { type: 'status', status: 401 }],
  ])('at once because of %s is asked for again', async (_why, effect) => {
    await start();
    const source = await finished({ model: fast });
    for (const name of ['concatenate', 'checkConcatenation'] as const)
      program.simulator.inject({ call: name, effect });
    const { jobId, note } = await extend(source.media.id);
    expect([note, (await fileOf(jobId))?.seconds]).toEqual([undefined, 15]);
  });
});

test('keeps no place of the account, while other videos are made', async () => {
  await start({ simulator: { concatenationDurationMs: 60_000 } });
  const source = await finished({ model: fast });
  const jobId = await program.submit({ model: extension, sourceVideo: source.media.id });
  await until(async () => (await program.job(jobId)).handle?.phase === 'concatenate');
  expect(await program.job(jobId)).toMatchObject({ occupies: false, step: 'concatenating' });
  const other = await finished({ model: fast });
  expect(other.steps).toContain('saving');
  program.simulator.advance(60_000);
  await program.events(jobId);
  expect(await fileOf(jobId)).toMatchObject({ seconds: 15 });
});

describe('cancelled', () => {
  const cancel = (id: string) =>
    call(cancelJob, `/v1/jobs/${id}`, { method: 'DELETE', key: key(), params: { id } });

  test('while the new clip is made ends without a join, and keeps what was made', async () => {
    await start({ simulator: { cancelTakesEffect: false } });
    const source = await finished({ model: fast });
    program.simulator.options.videoDurationMs = 700;
    const jobId = await program.submit({ model: extension, sourceVideo: source.media.id });
    await until(async () => (await program.job(jobId)).handle !== null);
    await cancel(jobId);
    expect((await program.events(jobId)).at(-1)).toEqual({ type: 'cancelled' });
    expect((await jobOf(jobId)).media.map(({ role }) => role)).toEqual(['base']);
    expect(calls('concatenate')).toBe(0);
  });

  test('while it is joined comes too late', async () => {
    await start({ simulator: { concatenationDurationMs: 60_000 } });
    const source = await finished({ model: fast });
    const jobId = await program.submit({ model: extension, sourceVideo: source.media.id });
    await until(async () => (await program.job(jobId)).handle?.phase === 'concatenate');
    await cancel(jobId);
    program.simulator.advance(60_000);
    expect((await program.events(jobId)).at(-1)).toMatchObject({ type: 'completed', cancelRequested: true });
    expect(await fileOf(jobId)).toMatchObject({ seconds: 15 });
  });
});

describe.each(['sqlite', 'postgres'] as const)('what a killed process leaves, on %s', (dialect) => {
  const clipOf = (job: Job) => job.base ?? [];
  const generated = (job: Job) => ({ phase: 'generate', type: 'succeeded', outputs: clipOf(job) });
  const points: [string, (job: Job) => Record<string, unknown>, number][] = [
    ['once the new clip was made', (job) => ({ base: null, outcome: generated(job) }), 2],
    ['before the join was asked for', () => ({ outcome: null, handle: null, intent: null }), 2],
    ['while the join was asked for', () => ({ outcome: null, handle: null }), 2],
    ['while it was joined', () => ({ outcome: null }), 1],
    ['before the file was stored', () => ({}), 1],
  ];
  test.each(points)(
    '%s is gone on with: nothing is generated again, and there is one whole video',
    async (_when, left, joins) => {
      await start({ dialect });
      const source = await finished({ model: fast });
      const { jobId } = await extend(source.media.id);
      const job = await program.job(jobId);
      const { jobs, media } = program.runtime.db.tables;
      const { db } = program.runtime;
      await db.delete(media).where(eq(media.jobId, jobId));
      await db
        .update(jobs)
        .set({
          state: 'running',
          step: 'concatenating',
          endedAt: null,
          leaseOwner: 'dead',
          leaseUntil: new Date(0),
          ...left(job),
        })
        .where(eq(jobs.id, jobId));
      await until(async () => (await program.job(jobId)).state === 'completed');
      const files = await listMediaOfJob(db, jobId);
      expect(files.map(({ role, durationSeconds }) => [role, durationSeconds]).toSorted()).toEqual([
        ['base', 8],
        ['result', 15],
      ]);
      const { operations, refusals } = program.simulator.stats();
      expect([operations.length, refusals, calls('concatenate')]).toEqual([2, [], joins]);
      expect((await program.job(jobId)).credits).toBe(job.credits);
    },
  );
});

test('a process that stops while it is joined leaves it to the next one', async () => {
  await start({ simulator: { concatenationDurationMs: 60_000 } });
  const first = program;
  const source = await finished({ model: fast });
  const jobId = await first.submit({ model: extension, sourceVideo: source.media.id });
  await until(async () => (await first.job(jobId)).handle?.phase === 'concatenate');
  await first.runtime.life.drain('the test ends it');
  const { dataDir } = first.runtime.env;
  const place = { dataDir, databaseUrl: `file:${dataDir}/flow2api.db` };
  program = await startTestProgram({ simulator: first.simulator, place });
  first.simulator.advance(60_000);
  expect((await program.events(jobId)).at(-1)).toMatchObject({ type: 'completed' });
  expect(countCalls(first.simulator.stats(), 'concatenate')).toBe(1);
  await first.simulator.close();
});

test('what nobody finishes joining within ten minutes is given as the new clip', async () => {
  let ahead = 0;
  await start({ simulator: { concatenationDurationMs: 3_600_000 }, now: () => new Date(Date.now() + ahead) });
  const source = await finished({ model: fast });
  const jobId = await program.submit({ model: extension, sourceVideo: source.media.id });
  await until(async () => (await program.job(jobId)).handle?.phase === 'concatenate');
  ahead = 11 * 60_000;
  await until(async () => (await program.job(jobId)).state === 'completed');
  expect((await jobOf(jobId)).note).toContain('within the time');
  expect(await fileOf(jobId)).toMatchObject({ seconds: 8 });
});
