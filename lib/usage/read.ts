import { countUnfinishedByKey, listKeyDays } from '@/db/repositories/usage';
import type { Runtime } from '../runtime';
import { dayOf, dayZone, endOfDay, lastDays } from './day';

/** What a key used on one day. Credits are those charged; a job that upstream never accepted counts as a request only. */
export type DayUse = { day: string; requests: number; images: number; videos: number; credits: number };

/** What a key may do and has done. */
export type KeyUsage = {
  name: string;
  expiresAt?: Date;
  models: string[] | null;
  mediaTypes: ('image' | 'video')[] | null;
  /** Null: no limit. */
  limits: {
    requestsPerMinute: number | null;
    concurrentJobs: number | null;
    imagesPerDay: number | null;
    videosPerDay: number | null;
    creditsPerDay: number | null;
  };
  /** Jobs that have not ended. */
  unfinishedJobs: number;
  zone: string;
  dayEndsAt: Date;
  /** The last 30 days, today last; none is left out. */
  days: [DayUse, ...DayUse[]];
};

const shownDays = 30;

/** The usage of one key. Throws `invalid_api_key` when it is gone. */
export async function readUsage(
  runtime: Pick<Runtime, 'db' | 'apiKeys' | 'settings' | 'now'>,
  apiKeyId: string,
): Promise<KeyUsage> {
  const [key, days, unfinished] = await Promise.all([
    runtime.apiKeys.get(apiKeyId),
    readKeyDays(runtime, apiKeyId, shownDays),
    countUnfinishedByKey(runtime.db, apiKeyId),
  ]);
  const zone = dayZone(runtime);
  const { requestsPerMinute, concurrentJobs, imagesPerDay, videosPerDay, creditsPerDay } = key;
  return {
    name: key.name,
    ...(key.expiresAt === null ? {} : { expiresAt: key.expiresAt }),
    models: key.models,
    mediaTypes: key.mediaTypes,
    limits: { requestsPerMinute, concurrentJobs, imagesPerDay, videosPerDay, creditsPerDay },
    unfinishedJobs: unfinished.get(apiKeyId) ?? 0,
    zone,
    dayEndsAt: endOfDay(runtime.now(), zone),
    days,
  };
}

/** What a key used on each of the last days, today last; none is left out. */
export async function readKeyDays(
  runtime: Pick<Runtime, 'db' | 'settings' | 'now'>,
  apiKeyId: string,
  count: number,
): Promise<[DayUse, ...DayUse[]]> {
  const today = dayOf(runtime.now(), dayZone(runtime));
  const [sinceDay = today, ...later] = lastDays(today, count);
  const rows = await listKeyDays(runtime.db, { apiKeyId, sinceDay });
  const uses = new Map(rows.map((row) => [row.day, row]));
  const dayUse = (day: string): DayUse => {
    const { requests = 0, images = 0, videos = 0, credits = 0 } = uses.get(day) ?? {};
    return { day, requests, images, videos, credits };
  };
  return [dayUse(sinceDay), ...later.map(dayUse)];
}
