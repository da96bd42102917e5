import type { z } from 'zod';
import { listAccounts } from '@/db/repositories/accounts';
import { gatherSamples } from '@/db/repositories/samples';
import type { readOverviewCharts as contract, OverviewCharts } from './admin-api/overview';
import { keptSince, lowCredits } from './overview';
import type { Runtime } from './runtime';
import { dayOf, dayZone, lastDays, startOfDay } from './usage/day';
import { filesByDay, usedOverTime } from './usage/over-time';
import { type Span, spanOf } from './usage/span';

const shownAccounts = 10;
const fewestDays = 7;
const minute = 60;
const mostLoadPoints = 100_000;

/** The charts of the console's overview. Throws `invalid_request` for a range that is none. */
export async function readOverviewCharts(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings'>,
  query: z.output<typeof contract.query>,
): Promise<OverviewCharts> {
  const { db, now } = runtime;
  const zone = dayZone(runtime);
  const span = spanOf(query, now(), zone);
  const kept = keptSince(runtime);
  const [parts, days, load, accounts] = await Promise.all([
    usedOverTime(runtime, span),
    readDays(runtime, span, kept),
    readLoad(runtime, span),
    listAccounts(db),
  ]);
  const isKept = (index: number) => kept === undefined || (span.starts[index + 1] ?? now()) > kept;
  const credits = accounts
    .filter(({ enabled, removedAt }) => enabled && removedAt === null)
    .flatMap(({ id, email, credits: left }) =>
      left === null ? [] : [{ account_id: id, email, credits: left }],
    )
    .toSorted((one, other) => one.credits - other.credits || (one.email < other.email ? -1 : 1));
  return {
    at: now().toISOString(),
    since: span.since.toISOString(),
    until: span.until?.toISOString() ?? null,
    bucket: span.bucket,
    time_zone: zone,
    points: parts.map((part, index) => {
      const count = (n: number) => (isKept(index) ? n : null);
      return {
        at: (span.starts[index] ?? span.since).toISOString(),
        succeeded: count(part.succeeded),
        failed: count(part.failed),
        refused: count(part.refused),
        rate_limited: count(part.rate_limited),
        cancelled: count(part.cancelled),
        success_rate: part.success_rate,
        image_succeeded: part.image_succeeded,
        video_succeeded: part.video_succeeded,
        image_p50_ms: part.image_p50_ms,
        image_p95_ms: part.image_p95_ms,
        video_p50_ms: part.video_p50_ms,
        video_p95_ms: part.video_p95_ms,
      };
    }),
    days,
    credits: credits.slice(0, shownAccounts),
    credits_known: credits.length,
    credits_low: lowCredits,
    load,
  };
}

/** Files of whole days: a short range shows the days before it as well, since one column says little. */
async function readDays(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings'>,
  span: Span,
  kept: Date | undefined,
): Promise<OverviewCharts['days']> {
  const zone = dayZone(runtime);
  const end = span.until === undefined ? runtime.now() : new Date(span.until.getTime() - 1);
  const last = dayOf(end, zone);
  const count = Math.max(fewestDays, daysBetween(dayOf(span.since, zone), last) + 1);
  const days = lastDays(last, count);
  const dayMs = 86_400_000;
  // A day early and late: only the days that are asked for are taken of it.
  const since = new Date(startOfDay(end, zone).getTime() - (count + 1) * dayMs);
  const until = new Date(end.getTime() + 2 * dayMs);
  const firstKept = kept === undefined ? '' : dayOf(kept, zone);
  return (await filesByDay(runtime, { since, until, days })).map((row) =>
    row.day < firstKept ? { day: row.day, images: null, videos: null } : row,
  );
}

const daysBetween = (first: string, last: string): number =>
  Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000);

/** Jobs in flight and in the queue. Each point is the most of its time, so that no short peak is lost. */
async function readLoad(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  { since, until }: Span,
): Promise<OverviewCharts['load']> {
  const end = until ?? now();
  const bucketSeconds = loadBucketOf((end.getTime() - since.getTime()) / 1_000);
  const bucketMs = bucketSeconds * 1_000;
  const names = ['in_flight_image', 'in_flight_video', 'queued'] as const;
  const from = new Date(Math.floor(since.getTime() / bucketMs) * bucketMs);
  const rows = await gatherSamples(db, {
    names: [...names],
    scopes: [''],
    from,
    to: end,
    bucketMs,
    limit: mostLoadPoints,
  });
  const values = new Map(rows.map((row) => [`${row.name} ${row.at.getTime()}`, row.max]));
  const count = Math.max(1, Math.ceil((end.getTime() - from.getTime()) / bucketMs));
  const points = Array.from({ length: count }, (_, index) => {
    const at = from.getTime() + index * bucketMs;
    const of = (name: (typeof names)[number]) => values.get(`${name} ${at}`) ?? null;
    return {
      at: new Date(at).toISOString(),
      image: of('in_flight_image'),
      video: of('in_flight_video'),
      queued: of('queued'),
    };
  });
  return { bucket_seconds: bucketSeconds, points };
}

/** About a hundred points, in parts that people know. */
function loadBucketOf(seconds: number): number {
  const known = [1, 5, 10, 15, 30, 60, 120, 360, 720, 1_440].map((minutes) => minutes * minute);
  return known.find((step) => seconds / step <= 100) ?? 7 * 1_440 * minute;
}
