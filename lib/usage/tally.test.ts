import { expect, test } from 'vitest';
import {
  averageOf,
  bucketOf,
  durationOf,
  type EndedJob,
  type LoggedRequest,
  percentileOf,
  readAccountValue,
  tallyJob,
  tallyRefusal,
} from './tally';

const job: EndedJob = {
  model: 'veo-3.1-fast',
  kind: 'video',
  state: 'completed',
  errorCode: null,
  accountId: 'a1',
  accountEmail: 'ann@example.com',
  apiKeyId: 'key',
  createdAt: new Date('2026-11-23T22:50:00Z'),
  endedAt: new Date('2026-11-23T23:10:00Z'),
  credits: 20,
  results: 1,
};
const metrics = (amounts: { dimension: string; metric: string; amount: number }[]) =>
  Object.fromEntries(
    amounts.filter(({ dimension }) => dimension === 'model').map(({ metric, amount }) => [metric, amount]),
  );

test('a job is counted once along each dimension, in the hour of its end and on the day of the zone', () => {
  const places = tallyJob(job, 'Europe/Berlin').filter(({ metric }) => metric === 'succeeded');
  const hour = Date.parse('2026-11-23T23:00:00Z');
  expect(places).toEqual([
    { dimension: 'model', value: 'veo-3.1-fast', hour, kind: 'video', metric: 'succeeded', amount: 1 },
    {
      dimension: 'account',
      value: 'a1 ann@example.com',
      hour,
      kind: 'video',
      metric: 'succeeded',
      amount: 1,
    },
    { dimension: 'key', value: 'key', hour, kind: 'video', metric: 'succeeded', amount: 1 },
    { dimension: 'day', value: '2026-11-24', hour, kind: 'video', metric: 'succeeded', amount: 1 },
  ]);
});

test.each([
  ['a success', {}, { succeeded: 1, videos: 1, credits: 20, [`ms:${bucketOf(1_200_000)}`]: 1 }],
  [
    'a failure',
    { state: 'failed', errorCode: 'upstream_failed', results: 0, credits: 0 },
    { failed: 1, 'error:upstream_failed': 1 },
  ],
  [
    'a content refusal',
    { state: 'failed', errorCode: 'content_refused', results: 0, credits: 0 },
    { refused: 1, 'error:content_refused': 1 },
  ],
  ['a cancelled job that was paid', { state: 'cancelled', results: 0 }, { cancelled: 1, credits: 20 }],
] as const)('%s', (_what, part, expected) => {
  expect(metrics(tallyJob({ ...job, ...part }, 'UTC'))).toEqual(expected);
});

const request: LoggedRequest = {
  at: job.endedAt,
  method: 'POST',
  source: 'openai',
  status: 404,
  errorCode: 'unknown_model',
  model: 'gpt-5',
  apiKeyId: 'key',
};

test.each([
  ['a refusal', {}, { refused: 1, 'error:unknown_model': 1 }],
  ['a limit', { status: 429, errorCode: 'rate_limited' }, { rate_limited: 1, 'error:rate_limited': 1 }],
  ['a failure of ours', { status: 503, errorCode: 'queue_timeout' }, { failed: 1, 'error:queue_timeout': 1 }],
  ['one that became a job, which is counted at its end', { jobId: 'job_1' }, {}],
  ['a question for a job', { method: 'GET' }, {}],
  ['one of the console', { source: 'console' }, {}],
  ['a good answer', { status: 200, errorCode: null }, {}],
])('of requests: %s', (_what, part, expected) => {
  expect(metrics(tallyRefusal({ ...request, ...part }, 'UTC'))).toEqual(expected);
});

test.each([
  ['gemini-3.1-flash-image', 'gemini-3.1-flash-image'],
  ['gpt-image-1', 'gpt-image-1'],
  ['gpt-5', 'unknown'],
  ['x'.repeat(2_000), 'unknown'],
  [null, ''],
])('a refusal of the model %s is counted under %s', (model, expected) => {
  const values = tallyRefusal({ ...request, model }, 'UTC')
    .filter(({ dimension }) => dimension === 'model')
    .map(({ value }) => value);
  expect(new Set(values)).toEqual(new Set([expected]));
});

test.each([
  ['a1 ann@example.com', { id: 'a1', email: 'ann@example.com' }],
  ['ann@example.com', { id: null, email: 'ann@example.com' }],
  ['a1 ', { id: 'a1', email: '' }],
  ['', { id: null, email: '' }],
])('of the account "%s" the parts are read', (value, expected) => {
  expect(readAccountValue(value)).toEqual(expected);
});

test.each([1, 50, 999, 12_345, 1_500_000, 86_400_000])('%i ms are told within 2.5 %', (ms) => {
  expect(Math.abs(durationOf(bucketOf(ms)) / ms - 1)).toBeLessThan(0.026);
});

test.each([
  ['nothing', [], undefined],
  ['one', [[100, 1]], durationOf(100)],
  [
    'the middle of many',
    [
      [300, 10],
      [100, 50],
      [200, 41],
    ],
    durationOf(200),
  ],
  [
    'what was taken back',
    [
      [100, 0],
      [200, 1],
    ],
    durationOf(200),
  ],
] as const)('the median of %s', (_what, counts, expected) => {
  expect(percentileOf(new Map(counts), 0.5)).toBe(expected);
});

test.each([
  ['nothing', [], undefined],
  ['one', [[0, 1]], 1],
  [
    'several, each as often as it was counted',
    [
      [100, 1],
      [120, 3],
    ],
    Math.round((131 + 3 * 349) / 4),
  ],
] as const)('the mean of %s', (_what, counts, expected) => {
  expect(averageOf(new Map(counts))).toBe(expected);
});
