import { encodeQuery } from '@/lib/admin-api/client';
import type { OverviewBucket } from '@/lib/admin-api/overview';
import type { UsageNumbers } from '@/lib/admin-api/usage';
import { fromLocalTime } from '../range/local-time';

/** How requests end, as usage counts them. */
export const outcomes = ['succeeded', 'failed', 'refused', 'rate_limited', 'cancelled'] as const;
export type Outcome = (typeof outcomes)[number] & keyof UsageNumbers;

/** The same in the words of the request log. */
const logStatus: Readonly<Record<Outcome, string | readonly string[]>> = {
  succeeded: 'success',
  failed: 'failed',
  refused: 'refused',
  rate_limited: 'rate_limited',
  cancelled: ['cancelled', 'left'],
};

type Span = { since: string; until?: string | null | undefined };

export type LogWish = Partial<Span> & {
  outcome?: Outcome | readonly Outcome[];
  type?: 'image' | 'video';
  model?: string;
  account?: string;
  key?: string;
  sort?: string;
  /** A code of an error. */
  q?: string;
};

/** The page of the request log that lists what a number counts. */
export function logsHref({ since, until, outcome, ...filters }: LogWish): string {
  const wanted: readonly Outcome[] = typeof outcome === 'string' ? [outcome] : (outcome ?? []);
  return `/admin/logs${encodeQuery({
    status: wanted.flatMap((one) => logStatus[one]),
    ...filters,
    from: since,
    to: until ?? undefined,
  })}`;
}

const hour = 3_600_000;
const spanMs = { five_minutes: hour / 12, hour, six_hours: 6 * hour, day: 24 * hour, week: 168 * hour };

/** From the beginning of one day of a zone to the end of another. */
export function spanOfDays(first: string | undefined, last: string | undefined, zone: string): Partial<Span> {
  const startOf = (day: string) => fromLocalTime(`${day}T00:00`, zone)?.toISOString();
  const since = first === undefined ? undefined : startOf(first);
  const until = last === undefined ? undefined : startOf(dayAfter(last));
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}

const dayAfter = (day: string) =>
  new Date(Date.parse(`${day}T12:00:00Z`) + 24 * hour).toISOString().slice(0, 10);

/** From when to when one point of a chart is. */
export const spanOfPoint = (at: string, next: string | undefined, bucket: OverviewBucket) => ({
  since: at,
  until: next ?? new Date(Date.parse(at) + spanMs[bucket]).toISOString(),
});
