import { expect, test } from 'vitest';
import type { KeyUse } from '@/db/repositories/usage';
import { type KeyLimits, limitReached } from './limits';

const now = new Date('2026-11-23T12:00:00Z');
const at = { now, zone: 'UTC', dayEndsAt: () => new Date('2026-11-24T00:00:00Z') };
const free: KeyLimits = {
  requestsPerMinute: null,
  concurrentJobs: null,
  imagesPerDay: null,
  videosPerDay: null,
  creditsPerDay: null,
};
const unused: KeyUse = { images: 0, videos: 0, credits: 0, unfinished: [], chargeable: [] };
const image = { kind: 'image', cost: 0 } as const;
const video = { kind: 'video', cost: 20 } as const;
const spec = {
  flow: {
    pro: { modelKey: 'k', cost: 20, upscaleCost: 5 },
    ultra: { modelKey: 'k', cost: 10, upscaleCost: 0 },
  },
};
const startedAgo = (seconds: number, expectedMs: number | null) => ({
  startedAt: new Date(now.getTime() - seconds * 1_000),
  expectedMs,
});

test.each([
  ['a key without limits', {}, { images: 1e6, videos: 1e6, credits: 1e6 }, video],
  ['one picture below the limit', { imagesPerDay: 10 }, { images: 9 }, image],
  ['pictures used up do not stop a video', { imagesPerDay: 10 }, { images: 10 }, video],
  ['videos used up do not stop a picture', { videosPerDay: 10 }, { videos: 10 }, image],
  ['credits that just suffice', { creditsPerDay: 100 }, { credits: 80 }, video],
  ['credits used up do not stop what costs none', { creditsPerDay: 100 }, { credits: 100 }, image],
  [
    'credits set aside leave enough',
    { creditsPerDay: 70 },
    { chargeable: [{ spec, charged: 0, jobs: 2 }] },
    video,
  ],
  [
    'what was charged is not set aside once more',
    { creditsPerDay: 65 },
    { credits: 40, chargeable: [{ spec, charged: 20, jobs: 1 }] },
    video,
  ],
  [
    'a job that was charged more than foreseen',
    { creditsPerDay: 50 },
    { credits: 30, chargeable: [{ spec, charged: 30, jobs: 1 }] },
    video,
  ],
])('goes on: %s', (_rule, limits, use, job) => {
  expect(limitReached({ ...free, ...limits }, { ...unused, ...use }, [job], at)).toBeUndefined();
});

test.each([
  ['pictures used up', { imagesPerDay: 10 }, { images: 10 }, image, 'quota_exceeded', 43_200],
  ['videos used up', { videosPerDay: 10 }, { videos: 12 }, video, 'quota_exceeded', 43_200],
  ['credits do not suffice', { creditsPerDay: 100 }, { credits: 81 }, video, 'quota_exceeded', 43_200],
  [
    'credits that waiting jobs can cost at most do not count as free',
    { creditsPerDay: 69 },
    { chargeable: [{ spec, charged: 0, jobs: 2 }] },
    video,
    'quota_exceeded',
    43_200,
  ],
  [
    'what an unfinished job was charged less than it can cost does not count as free',
    { creditsPerDay: 64 },
    { credits: 40, chargeable: [{ spec, charged: 20, jobs: 1 }] },
    video,
    'quota_exceeded',
    43_200,
  ],
  [
    'too many jobs: come when the first is expected to end',
    { concurrentJobs: 2 },
    { unfinished: [startedAgo(10, 40_000), startedAgo(10, 90_000)] },
    image,
    'rate_limited',
    30,
  ],
  [
    'too many jobs: never later than in a minute',
    { concurrentJobs: 1 },
    { unfinished: [startedAgo(0, 900_000)] },
    image,
    'rate_limited',
    60,
  ],
  [
    'too many jobs that nobody knows the length of',
    { concurrentJobs: 1 },
    { unfinished: [{ startedAt: null, expectedMs: null }] },
    image,
    'rate_limited',
    5,
  ],
])('is refused: %s', (_rule, limits, use, job, code, retryAfterSeconds) => {
  const refusal = limitReached({ ...free, ...limits }, { ...unused, ...use }, [job], at);
  expect(refusal).toMatchObject({ code, retryAfterSeconds });
});

test.each([
  ['pictures that the day still has', { imagesPerDay: 10 }, { images: 6 }, 4, undefined],
  ['one picture more than the day has', { imagesPerDay: 10 }, { images: 7 }, 4, 'quota_exceeded'],
  ['more pictures than any day has', { imagesPerDay: 3 }, {}, 4, 'key_not_allowed'],
  ['jobs that there is room for', { concurrentJobs: 4 }, {}, 4, undefined],
  [
    'one job more than there is room for',
    { concurrentJobs: 4 },
    { unfinished: [startedAgo(0, null)] },
    4,
    'rate_limited',
  ],
  ['more jobs than may ever run', { concurrentJobs: 3 }, {}, 4, 'key_not_allowed'],
])('a request of several is let in whole or not at all: %s', (_rule, limits, use, n, code) => {
  const jobs = Array.from({ length: n }, () => image);
  expect(limitReached({ ...free, ...limits }, { ...unused, ...use }, jobs, at)?.code).toBe(code);
});

test('the credits of all videos of a request count together', () => {
  const limited = { ...free, creditsPerDay: 50 };
  expect(limitReached(limited, unused, [video, video], at)).toBeUndefined();
  expect(limitReached(limited, unused, [video, video, video], at)?.code).toBe('quota_exceeded');
});
