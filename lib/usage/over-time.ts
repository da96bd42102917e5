import {
  listEndedJobs,
  listRefusals,
  sumUsageByDay,
  sumUsageByPart,
  type UsageSum,
} from '@/db/repositories/usage-hours';
import type { UsageAmount } from '@/db/schema/define';
import type { UsageNumbers } from '../admin-api/usage';
import type { Runtime } from '../runtime';
import { errorCodeOf } from './count';
import { dayOf, dayZone } from './day';
import { numbersOf } from './report';
import type { Span } from './span';
import { tallyJob, tallyRefusal } from './tally';

type Needs = Pick<Runtime, 'db' | 'settings'>;

const hourMs = 3_600_000;

/**
 * What was used from one moment to another. Whole hours come from what was counted for them; a rest at the end, and
 * whatever is shorter, from the jobs and requests themselves. `until` undefined: up to now.
 */
export async function usedWithin(
  runtime: Needs,
  { since, until }: { since: Date; until: Date | undefined },
): Promise<UsageNumbers> {
  if (since.getTime() % hourMs !== 0) return numbersOf(await sumRows(runtime, since, until ?? farFuture));
  if (until === undefined) return numbersOf(await sumHours(runtime, since, farFuture));
  const whole = new Date(Math.max(since.getTime(), Math.floor(until.getTime() / hourMs) * hourMs));
  const [hours, rest] = await Promise.all([
    sumHours(runtime, since, whole),
    whole < until ? sumRows(runtime, whole, until) : [],
  ]);
  return numbersOf([...hours, ...rest]);
}

const farFuture = new Date(8.64e15);

const sumHours = (runtime: Needs, from: Date, to: Date): Promise<UsageSum[]> =>
  from < to
    ? sumUsageByPart(runtime.db, { from, to, partMs: to.getTime() - from.getTime() })
    : Promise.resolve([]);

async function sumRows(runtime: Needs, from: Date, to: Date): Promise<UsageSum[]> {
  return (await tallyRows(runtime, from, to)).flatMap(({ sums }) => sums);
}

/** What was used in a part of a span, with how many succeeded of each kind. */
type UsedPart = UsageNumbers & { image_succeeded: number; video_succeeded: number };

/** What was used in each part of a span, in the order of its parts. */
export async function usedOverTime(runtime: Needs, span: Span): Promise<UsedPart[]> {
  const parts = await sumsOfParts(runtime, span);
  return span.starts.map((_, index) => {
    const sums = parts.get(index) ?? [];
    const succeeded = (of: 'image' | 'video') =>
      sums.reduce(
        (total, { kind, metric, amount }) => total + (kind === of && metric === 'succeeded' ? amount : 0),
        0,
      );
    return {
      ...numbersOf(sums),
      image_succeeded: succeeded('image'),
      video_succeeded: succeeded('video'),
    };
  });
}

async function sumsOfParts(runtime: Needs, span: Span): Promise<Map<number, UsageSum[]>> {
  const { starts, since, bucket } = span;
  const until = span.until ?? farFuture;
  const sums = new Map<number, UsageSum[]>();
  const add = (index: number, ...more: UsageSum[]) => {
    if (index < 0 || index >= starts.length) return;
    const known = sums.get(index);
    if (known === undefined) sums.set(index, more);
    else known.push(...more);
  };
  if (bucket === 'five_minutes') {
    const stepMs = 300_000;
    for (const { at, sums: of } of await tallyRows(runtime, since, until)) {
      add(Math.floor((at.getTime() - since.getTime()) / stepMs), ...of);
    }
  } else if (bucket === 'hour' || bucket === 'six_hours') {
    const partMs = bucket === 'hour' ? hourMs : 6 * hourMs;
    for (const row of await sumUsageByPart(runtime.db, { from: since, to: until, partMs })) {
      add(Math.floor(((row.hour?.getTime() ?? 0) - since.getTime()) / partMs), row);
    }
  } else {
    const zone = dayZone(runtime);
    const firstDays = starts.map((start) => dayOf(start, zone));
    for (const row of await sumUsageByDay(runtime.db, { from: since, to: until })) {
      add(
        firstDays.findLastIndex((day) => day <= row.value),
        row,
      );
    }
  }
  return sums;
}

/** Images and videos of each of these days. */
export async function filesByDay(
  runtime: Needs,
  { since, until, days }: { since: Date; until: Date | undefined; days: readonly string[] },
): Promise<{ day: string; images: number; videos: number }[]> {
  const metrics = ['images', 'videos'];
  const sums = await sumUsageByDay(runtime.db, { from: since, to: until ?? farFuture, metrics });
  return days.map((day) => {
    const { images, videos } = numbersOf(sums.filter(({ value }) => value === day));
    return { day, images, videos };
  });
}

/** What jobs and requests came to, each with its moment. */
async function tallyRows(runtime: Needs, from: Date, to: Date): Promise<{ at: Date; sums: UsageSum[] }[]> {
  const zone = dayZone(runtime);
  const [jobs, refusals] = await Promise.all([
    listEndedJobs(runtime.db, { from, to }),
    listRefusals(runtime.db, { from, to }),
  ]);
  return [
    ...jobs.map((job) => ({
      at: job.endedAt,
      sums: toSums(tallyJob({ ...job, errorCode: errorCodeOf(job.error) }, zone)),
    })),
    ...refusals.map((row) => ({ at: row.at, sums: toSums(tallyRefusal(row, zone)) })),
  ];
}

const toSums = (amounts: readonly UsageAmount[]): UsageSum[] =>
  amounts
    .filter(({ dimension }) => dimension === 'day')
    .map(({ kind, metric, amount }) => ({ hour: null, value: '', kind, metric, amount }));
