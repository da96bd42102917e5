import { afterEach, expect, test } from 'vitest';
import { DELETE as cancelJob, GET as getJob } from '@/app/v1/jobs/[id]/route';
import { issueApiKey } from '@/lib/api-keys/issue';
import { startTestProgram, type TestProgram, type TestProgramOptions, until } from '../support/test-runtime';
import { call } from './surface-client';

let program: TestProgram;
afterEach(() => program.stop());

const start = async (options?: TestProgramOptions) => {
  program = await startTestProgram(options);
  program.makeGlobal();
};
const video = { model: 'veo_3_1_t2v_fast_landscape' };
type JobBody = {
  state: string;
  step: string | null;
  cancel_requested: boolean;
  error: unknown;
  media: { url: string }[];
};

const ask = async (handler: typeof getJob, id: string, key = program.apiKey.value) => {
  const response = await call(handler, `/v1/jobs/${id}`, { key, params: { id } });
  return { status: response.status, body: (await response.json()) as JobBody };
};
const inState = (id: string, state: string) =>
  until(async () => {
    const { body } = await ask(getJob, id);
    return body.state === state ? body : undefined;
  });

test('a job is seen by its key from the queue to the file', async () => {
  await start();
  await program.addAccount();
  const id = await program.submit(video);
  const done = await inState(id, 'completed');
  expect(done).toMatchObject({
    id,
    object: 'job',
    kind: 'video',
    model: video.model,
    prompt: 'a lighthouse at dusk',
    error: null,
    cancel_requested: false,
    created_at: expect.any(Number),
    ended_at: expect.any(Number),
    steps: expect.arrayContaining([
      { name: 'generating', started_at: expect.any(Number), ended_at: expect.any(Number) },
    ]),
    media: [
      {
        kind: 'video',
        url: expect.stringMatching(/^http:\/\/gw\.example\/media\/.+\.mp4$/),
        content_type: 'video/mp4',
        size_bytes: expect.any(Number),
      },
    ],
  });
});

test('a job does not exist for another key', async () => {
  await start({ services: false });
  await program.addAccount();
  const id = await program.submit(video);
  const other = await issueApiKey(program.runtime, { name: 'other' });
  for (const handler of [getJob, cancelJob]) {
    const { status, body } = await ask(handler, id, other.value);
    expect(status).toBe(404);
    expect(body.error).toMatchObject({ code: 'job_not_found', param: 'id' });
  }
  expect((await ask(getJob, id)).body.state).toBe('queued');
});

test.each(['job_none', '', '../models', 'job_\0', '%00', '💥', 'a'.repeat(300)])(
  'an unknown job is a 404: %j',
  async (id) => {
    await start({ services: false, dialect: 'postgres' });
    for (const handler of [getJob, cancelJob]) expect((await ask(handler, id)).status).toBe(404);
  },
);

test('a job that waits is cancelled at once', async () => {
  await start({ services: false });
  await program.addAccount();
  const id = await program.submit(video);
  const { status, body } = await ask(cancelJob, id);
  expect(status).toBe(200);
  expect(body.state).toBe('cancelled');
});

test('a job that runs is asked to stop', async () => {
  await start({ simulator: { videoDurationMs: 5_000 } });
  await program.addAccount();
  const id = await program.submit(video);
  await until(async () => (await ask(getJob, id)).body.step === 'generating');
  const { status, body } = await ask(cancelJob, id);
  expect(status).toBe(200);
  expect(body.cancel_requested).toBe(true);
});

test('a failed job tells its error in the shape of the surface', async () => {
  await start();
  await program.addAccount();
  const id = await program.submit({ ...video, prompt: 'unsafe-prompt' });
  const { error } = await inState(id, 'failed');
  expect(error).toMatchObject({
    message: expect.any(String),
    type: 'invalid_request_error',
    code: 'content_policy_violation',
  });
});
