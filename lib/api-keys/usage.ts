import { countUnfinishedByKey } from '@/db/repositories/usage';
import type { KeyUsage } from '../admin-api/keys';
import type { Runtime } from '../runtime';
import { dayZone, endOfDay } from '../usage/day';
import { readKeyDays } from '../usage/read';
import { getKeyView } from './manage';

const none = { requests: 0, images: 0, videos: 0, credits: 0 };

/** What one key used on the last days, for the console. Throws `not_found`. */
export async function readKeyUsage(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings'>,
  id: string,
  count: number,
): Promise<KeyUsage> {
  await getKeyView(runtime, id);
  const [days, unfinished] = await Promise.all([
    readKeyDays(runtime, id, count),
    countUnfinishedByKey(runtime.db, id),
  ]);
  const zone = dayZone(runtime);
  return {
    days,
    total: days.reduce(
      (sum, { requests, images, videos, credits }) => ({
        requests: sum.requests + requests,
        images: sum.images + images,
        videos: sum.videos + videos,
        credits: sum.credits + credits,
      }),
      none,
    ),
    unfinished_jobs: unfinished.get(id) ?? 0,
    time_zone: zone,
    day_ends_at: endOfDay(runtime.now(), zone).toISOString(),
  };
}
