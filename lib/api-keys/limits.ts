import type { ApiKeyRow } from '@/db/repositories/api-keys';
import type { KeyUse } from '@/db/repositories/usage';
import { GatewayError, type RateLimit } from '../errors';
import { totalCost } from '../models/flow-plan';
import type { MediaKind, ModelSpec } from '../models/types';

/** The limits of a key, in the order in which people read them. */
export const keyLimits = [
  'requestsPerMinute',
  'concurrentJobs',
  'imagesPerDay',
  'videosPerDay',
  'creditsPerDay',
] as const;

export type KeyLimits = Pick<ApiKeyRow, (typeof keyLimits)[number]>;

/** When this happens; where the day ends costs something to find out. */
export type Moment = { now: Date; dayEndsAt: () => Date; zone: string };

const usualWaitSeconds = 5; // where nobody knows how long the running jobs take
const longestWaitSeconds = 60;

/**
 * What a job costs at most, in credits, on whatever account it runs. So a limit on credits can be met by less than was
 * set aside, never exceeded.
 */
export const highestCost = (spec: ModelSpec): number =>
  Math.max(0, ...Object.values(spec.flow).map(totalCost));

/** Credits that jobs of a key may still be charged, an upscale to come included. Jobs keep the spec that they were resolved to. */
const setAside = ({ chargeable }: KeyUse): number =>
  chargeable.reduce(
    (sum, { spec, charged, jobs }) => sum + jobs * Math.max(0, highestCost(spec as ModelSpec) - charged),
    0,
  );

/**
 * The refusal of the jobs of a request by a limit of its key: `rate_limited` or `quota_exceeded`, with when to come again;
 * `key_not_allowed` where they are more than the limit ever lets through.
 */
export function limitReached(
  key: KeyLimits,
  use: KeyUse,
  jobs: readonly { kind: MediaKind; cost: number }[],
  at: Moment,
): GatewayError | undefined {
  const images = jobs.filter(({ kind }) => kind === 'image').length;
  const videos = jobs.length - images;
  const cost = jobs.reduce((sum, job) => sum + job.cost, 0);
  const { concurrentJobs, imagesPerDay, videosPerDay, creditsPerDay } = key;
  if (concurrentJobs !== null && use.unfinished.length + jobs.length > concurrentJobs) {
    if (jobs.length > 1 && jobs.length > concurrentJobs) {
      return neverAllowed(count(jobs.length, 'job'), `${count(concurrentJobs, 'job')} at a time`);
    }
    return new GatewayError(
      'rate_limited',
      `This API key may have ${count(concurrentJobs, 'job')} at a time, and ${use.unfinished.length} have not ended (limit: concurrent jobs). Wait for one of them.`,
      { retryAfterSeconds: untilOneEnds(use.unfinished, at.now) },
    );
  }
  if (images > 0 && imagesPerDay !== null && use.images + images > imagesPerDay) {
    return dayIsOver('images per day', imagesPerDay, 'image', use.images, images, at);
  }
  if (videos > 0 && videosPerDay !== null && use.videos + videos > videosPerDay) {
    return dayIsOver('videos per day', videosPerDay, 'video', use.videos, videos, at);
  }
  const credits = use.credits + setAside(use);
  if (cost > 0 && creditsPerDay !== null && credits + cost > creditsPerDay) {
    return dayIsOver('credits per day', creditsPerDay, 'credit', credits, cost, at);
  }
  return undefined;
}

/** Waiting helps only a request of several jobs that is within the limit as such. */
const neverAllowed = (wanted: string, allowed: string) =>
  new GatewayError(
    'key_not_allowed',
    `This request needs ${wanted}, and this API key may have ${allowed}. Ask for fewer at once.`,
    { param: 'n' },
  );

function dayIsOver(
  limit: string,
  allowed: number,
  unit: string,
  used: number,
  wanted: number,
  { now, dayEndsAt, zone }: Moment,
): GatewayError {
  if (unit !== 'credit' && wanted > 1 && wanted > allowed) {
    return neverAllowed(count(wanted, unit), `${count(allowed, unit)} a day`);
  }
  const end = dayEndsAt();
  const sizes = wanted === 1 ? '' : ` This request asks for ${wanted}.`;
  const needs = unit === 'credit' ? ` This request can cost ${wanted}.` : sizes;
  return new GatewayError(
    'quota_exceeded',
    `This API key may use ${count(allowed, unit)} a day and has used ${used} (limit: ${limit}).${needs} The day ends at ${end.toISOString()}, which is midnight in ${zone}.`,
    { retryAfterSeconds: secondsUntil(end, now) },
  );
}

/** What is left of the requests of this minute after so many. */
export const rateLimitOf = (allowed: number, used: number, endsAt: Date, now: Date): RateLimit => ({
  limit: allowed,
  remaining: Math.max(0, allowed - used),
  resetSeconds: secondsUntil(endsAt, now),
});

/** The refusal of a request beyond the requests of this minute. */
export function tooManyRequests(allowed: number, endsAt: Date, now: Date): GatewayError {
  const retryAfterSeconds = secondsUntil(endsAt, now);
  return new GatewayError(
    'rate_limited',
    `This API key may send ${count(allowed, 'request')} a minute (limit: requests per minute). Send it again in ${count(retryAfterSeconds, 'second')}.`,
    { retryAfterSeconds, rateLimit: rateLimitOf(allowed, allowed, endsAt, now) },
  );
}

function untilOneEnds(unfinished: KeyUse['unfinished'], now: Date): number {
  const ends = unfinished.flatMap(({ startedAt, expectedMs }) =>
    startedAt === null || expectedMs === null ? [] : [startedAt.getTime() + expectedMs],
  );
  if (ends.length === 0) return usualWaitSeconds;
  return Math.min(longestWaitSeconds, secondsUntil(new Date(Math.min(...ends)), now));
}

const secondsUntil = (end: Date, now: Date): number =>
  Math.max(1, Math.ceil((end.getTime() - now.getTime()) / 1_000));

const count = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`;
