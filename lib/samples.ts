import { countRunning, listAccounts } from '@/db/repositories/accounts';
import { countUnfinished } from '@/db/repositories/jobs';
import { insertSamples, listSamples, type NewSample } from '@/db/repositories/samples';
import type { Runtime } from './runtime';

/** What is recorded for charts, by name. `credits` has an account as its scope, the others have none. */
export type SampleName = 'credits' | 'queued' | 'in_flight_image' | 'in_flight_video';

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

const startOf = (at: Date, spanMs: number): Date => new Date(Math.floor(at.getTime() / spanMs) * spanMs);
