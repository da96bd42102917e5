import type { z } from 'zod';
import { countRunning, listAccounts } from '@/db/repositories/accounts';
import { countUnfinished } from '@/db/repositories/jobs';
import {
  gatherSamples,
  insertSamples,
  listSamples,
  type NewSample,
  type SampleBucket,
} from '@/db/repositories/samples';
import type { readSamples as contract, sampleNames } from './admin-api/samples';
import { GatewayError } from './errors';
import type { Runtime } from './runtime';

/** What is recorded for charts, by name. `credits` has an account as its scope, the others have none. */
export type SampleName = (typeof sampleNames)[number];

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const longestLine = 50_000; // five weeks of minutes

/** Records how long the queue is and what runs, once for this minute. */
export async function sampleMinute({ db, now }: Pick<Runtime, 'db' | 'now'>): Promise<void> {
  const [unfinished, running] = await Promise.all([countUnfinished(db), countRunning(db)]);
  const sum = (kind: 'image' | 'video') => [...running.values()].reduce((total, of) => total + of[kind], 0);
  const values: NewSample[] = [
    { name: 'queued', scope: '', value: unfinished.queued },
    { name: 'in_flight_image', scope: '', value: sum('image') },
    { name: 'in_flight_video', scope: '', value: sum('video') },
  ];
  await insertSamples(db, startOf(now(), minuteMs), values);
}

/** Records what each account has left, once for this hour. Accounts that were never asked are left out. */
export async function sampleHour({ db, now }: Pick<Runtime, 'db' | 'now'>): Promise<void> {
  const values = (await listAccounts(db)).flatMap((row): NewSample[] =>
    row.credits === null || row.removedAt !== null
      ? []
      : [{ name: 'credits', scope: row.id, value: row.credits }],
  );
  await insertSamples(db, startOf(now(), hourMs), values);
}

/** One line of a chart, oldest first. */
export const readSamples = (
  { db }: Pick<Runtime, 'db'>,
  line: { name: SampleName; scope?: string; since: Date },
): Promise<{ at: Date; value: number }[]> =>
  listSamples(db, { name: line.name, scope: line.scope ?? '', since: line.since, limit: longestLine });

const dayMs = 24 * hourMs;
const wantedPoints = 500; // more than a chart has pixels for
const mostPoints = 5_000;
const mostPointsOfAll = 50_000; // about 5 MB

/** The lines of a chart. Throws `invalid_request` for a span that would need too many points. */
export async function reportSamples(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  query: z.output<typeof contract.query>,
): Promise<z.input<typeof contract.output>> {
  const to = query.to === undefined ? now() : new Date(query.to);
  const from = query.from === undefined ? new Date(to.getTime() - dayMs) : new Date(query.from);
  const spanMs = to.getTime() - from.getTime();
  if (spanMs < 0) {
    throw new GatewayError('invalid_request', 'The span ends before it begins.', { param: 'from' });
  }
  const bucket = query.bucket ?? Math.max(60, Math.ceil(spanMs / wantedPoints / minuteMs) * 60);
  if (spanMs / (bucket * 1_000) > mostPoints) {
    throw new GatewayError(
      'invalid_request',
      `These are more than ${mostPoints.toLocaleString('en')} points. Ask for a shorter span or a larger bucket.`,
      { param: 'bucket' },
    );
  }
  const rows = await gatherSamples(db, {
    names: query.name,
    scopes: query.scope,
    from,
    to,
    bucketMs: bucket * 1_000,
    limit: mostPointsOfAll + 1,
  });
  if (rows.length > mostPointsOfAll) {
    throw new GatewayError(
      'invalid_request',
      `All lines together are more than ${mostPointsOfAll.toLocaleString('en')} points. Name fewer accounts as scope, or ask for a shorter span or a larger bucket.`,
      { param: 'scope' },
    );
  }
  const lines = new Map<string, SampleBucket[]>();
  for (const row of rows) {
    const line = `${row.name} ${row.scope}`;
    const points = lines.get(line);
    if (points === undefined) lines.set(line, [row]);
    else points.push(row);
  }
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    bucket,
    series: [...lines.values()].flatMap((points) => {
      const [first] = points;
      if (first === undefined) return [];
      return {
        name: first.name as SampleName, // asked for by these names
        scope: first.scope,
        points: points.map(({ at, average, min, max, samples }) => ({
          at: at.toISOString(),
          average,
          min,
          max,
          samples,
        })),
      };
    }),
  };
}

const startOf = (at: Date, spanMs: number): Date => new Date(Math.floor(at.getTime() / spanMs) * spanMs);
