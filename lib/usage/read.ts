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
  const zone = dayZone(runtime);
  const now = runtime.now();
  const today = dayOf(now, zone);
  const [sinceDay = today, ...later] = lastDays(today, shownDays);
  const [key, rows, unfinished] = await Promise.all([
    runtime.apiKeys.get(apiKeyId),
    listKeyDays(runtime.db, { apiKeyId, sinceDay }),
    countUnfinishedByKey(runtime.db, apiKeyId),
  ]);
  const dayUse = (day: string): DayUse => {
    const { requests = 0, images = 0, videos = 0, credits = 0 } = rows.find((row) => row.day === day) ?? {};
    return { day, requests, images, videos, credits };
  };
  const { requestsPerMinute, concurrentJobs, imagesPerDay, videosPerDay, creditsPerDay } = key;
  return {
    name: key.name,
    ...(key.expiresAt === null ? {} : { expiresAt: key.expiresAt }),
    models: key.models,
    mediaTypes: key.mediaTypes,
    limits: { requestsPerMinute, concurrentJobs, imagesPerDay, videosPerDay, creditsPerDay },
    unfinishedJobs: unfinished.get(apiKeyId) ?? 0,
    zone,
    dayEndsAt: endOfDay(now, zone),
    days: [dayUse(sinceDay), ...later.map(dayUse)],
  };
}
