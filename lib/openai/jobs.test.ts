import { expect, test } from 'vitest';
import type { JobView } from '../generation/types';
import { encodeJob } from './jobs';

const at = new Date('2026-11-01T12:00:00.900Z');
const seconds = 1_793_534_400;
const running: JobView = {
  id: 'job_1',
  state: 'running',
  kind: 'video',
  model: 'sora-2',
  resolvedModel: 'veo_3_1_t2v_fast_landscape',
  prompt: 'a cat',
  step: 'generating',
  steps: [{ name: 'generating', startedAt: at, detail: { accountId: 'acc_1' } }],
  progress: { percent: 40, estimated: true },
  media: [],
  accepted: true,
  credits: 20,
  cancelRequested: false,
  createdAt: at,
  startedAt: at,
  deadlineAt: at,
};

test('a running job has every key, times in seconds, and nothing of the account', () => {
  expect(encodeJob(running, 'https://gw.example')).toEqual({
    id: 'job_1',
    object: 'job',
    state: 'running',
    kind: 'video',
    model: 'sora-2',
    resolved_model: 'veo_3_1_t2v_fast_landscape',
    prompt: 'a cat',
    step: 'generating',
    steps: [{ name: 'generating', started_at: seconds, ended_at: null }],
    progress: { percent: 40, estimated: true },
    queue: null,
    media: [],
    error: null,
    note: null,
    credits: 20,
    cancel_requested: false,
    created_at: seconds,
    started_at: seconds,
    ended_at: null,
  });
});

test('files have absolute addresses and their facts', () => {
  const job: JobView = {
    ...running,
    state: 'completed',
    media: [
      {
        id: 'abc',
        kind: 'video',
        role: 'result',
        contentType: 'video/mp4',
        location: { type: 'path', path: '/media/abc.mp4' },
        durationSeconds: 8,
        sizeBytes: 1_000,
      },
    ],
  };
  expect(encodeJob(job, 'https://gw.example').media).toEqual([
    {
      id: 'abc',
      kind: 'video',
      role: 'result',
      url: 'https://gw.example/media/abc.mp4',
      content_type: 'video/mp4',
      width: null,
      height: null,
      duration_seconds: 8,
      size_bytes: 1_000,
      expired: false,
    },
  ]);
});

test('a file that is no longer kept has no address', () => {
  const item = {
    id: 'abc',
    kind: 'image',
    role: 'result',
    contentType: 'image/png',
    location: { type: 'path', path: '/media/abc.png' },
    expired: true,
  } as const;
  expect(encodeJob({ ...running, media: [item] }, 'https://gw.example').media).toMatchObject([
    { id: 'abc', url: null, expired: true },
  ]);
});

test("a failure has the shape of this surface's errors", () => {
  const job: JobView = {
    ...running,
    state: 'failed',
    error: { code: 'upstream_failed', message: 'No video.' },
  };
  expect(encodeJob(job, '').error).toEqual({
    message: 'No video.',
    type: 'invalid_request_error',
    param: null,
    code: 'upstream_failed',
  });
});

test('a queued job tells its place', () => {
  expect(encodeJob({ ...running, state: 'queued', queue: { position: 2 } }, '').queue).toEqual({
    position: 2,
    estimate_seconds: null,
  });
});
