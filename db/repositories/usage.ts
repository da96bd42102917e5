import { and, asc, count, eq, gte, inArray, lt, sql } from 'drizzle-orm';
import { type Database, type Queryable, q } from '../client';
import type { Schema } from '../schema/define';
import type { ApiKeyRow } from './api-keys';

/** What an API key used on one day. */
export type KeyDayRow = Schema['keyDays']['$inferSelect'];

/** What a decision about more jobs of a key goes by. */
export type KeyUse = {
  /** Of the day, without what was given back. */
  images: number;
  videos: number;
  credits: number;
  /** Its jobs that have not ended; looked up for a key with a limit on them. */
  unfinished: { startedAt: Date | null; expectedMs: number | null }[];
  /** What its unfinished jobs were resolved to, and what each was charged so far; looked up for a key with a limit on credits. */
  chargeable: { spec: unknown; charged: number; jobs: number }[];
};

/** Asks whether a key may have the jobs of one more request. `decide` sees the key and its use as nobody can change them meanwhile. */
export type Admission<Refusal> = {
  /** `YYYY-MM-DD` in the configured time zone. */
  day: string;
  decide: (key: ApiKeyRow | undefined, use: KeyUse) => Refusal | undefined;
};

const unfinishedStates = ['queued', 'running'] as const;

/** Asks about the jobs of one request, with their key locked by the caller, and counts them where nothing speaks against it. */
export function* admitJobs<Refusal>(
  db: Database,
  tx: Queryable,
  request: { apiKeyId: string; apiKey: ApiKeyRow | undefined; kinds: readonly ('image' | 'video')[] },
  { day, decide }: Admission<Refusal>,
): Generator<unknown, Refusal | undefined, unknown> {
  const { keyDays } = db.tables;
  const { apiKeyId, apiKey, kinds } = request;
  const refusal = decide(apiKey, yield* readUse(db, tx, apiKeyId, day, apiKey));
  if (refusal !== undefined) return refusal;
  const images = kinds.filter((kind) => kind === 'image').length;
  const videos = kinds.length - images;
  yield* q(
    tx
      .insert(keyDays)
      .values({ apiKeyId, day, requests: 1, images, videos })
      .onConflictDoUpdate({
        target: [keyDays.apiKeyId, keyDays.day],
        set: {
          requests: sql`${keyDays.requests} + 1`,
          images: sql`${keyDays.images} + ${images}`,
          videos: sql`${keyDays.videos} + ${videos}`,
        },
      }),
  );
  return undefined;
}

/** Asks the same without counting anything: what it refuses need not be prepared. The answer may be another one by then. */
export const askAdmission = <Refusal>(
  db: Database,
  apiKeyId: string,
  { day, decide }: Admission<Refusal>,
): Promise<Refusal | undefined> => {
  const { apiKeys } = db.tables;
  return db.transaction(function* (tx) {
    const [key] = yield* q(tx.select().from(apiKeys).where(eq(apiKeys.id, apiKeyId)));
    return decide(key, yield* readUse(db, tx, apiKeyId, day, key));
  });
};

function* readUse(
  db: Database,
  tx: Queryable,
  apiKeyId: string,
  day: string,
  key: ApiKeyRow | undefined,
): Generator<unknown, KeyUse, unknown> {
  const { jobs, keyDays } = db.tables;
  const [today] = yield* q(
    tx
      .select()
      .from(keyDays)
      .where(and(eq(keyDays.apiKeyId, apiKeyId), eq(keyDays.day, day))),
  );
  const isUnfinished = and(inArray(jobs.state, [...unfinishedStates]), eq(jobs.apiKeyId, apiKeyId));
  const unfinished =
    key === undefined || key.concurrentJobs === null
      ? []
      : yield* q(
          tx
            .select({ startedAt: jobs.startedAt, expectedMs: jobs.expectedMs })
            .from(jobs)
            .where(isUnfinished),
        );
  const chargeable =
    key === undefined || key.creditsPerDay === null
      ? []
      : yield* q(
          tx
            .select({ spec: jobs.spec, charged: jobs.credits, jobs: count().mapWith(Number) })
            .from(jobs)
            .where(isUnfinished)
            .groupBy(jobs.spec, jobs.credits),
        );
  const { images = 0, videos = 0, credits = 0 } = today ?? {};
  return { images, videos, credits, unfinished, chargeable };
}

type CountedJob = { apiKeyId: string | null; countedDay: string | null; kind: 'image' | 'video' };

/** Takes back what a job was counted for: it ended before upstream had accepted it. */
export function* uncountJob(db: Database, tx: Queryable, job: CountedJob): Generator<unknown, void, unknown> {
  const { keyDays } = db.tables;
  if (!job.apiKeyId || !job.countedDay) return;
  const counter = job.kind === 'image' ? keyDays.images : keyDays.videos;
  const less = sql`case when ${counter} > 0 then ${counter} - 1 else 0 end`;
  yield* q(
    tx
      .update(keyDays)
      .set(job.kind === 'image' ? { images: less } : { videos: less })
      .where(and(eq(keyDays.apiKeyId, job.apiKeyId), eq(keyDays.day, job.countedDay))),
  );
}

/** Adds credits that were charged, on the day on which the job was counted. */
export function* countCredits(
  db: Database,
  tx: Queryable,
  job: CountedJob,
  credits: number,
): Generator<unknown, void, unknown> {
  const { keyDays } = db.tables;
  if (!job.apiKeyId || !job.countedDay || credits === 0) return;
  yield* q(
    tx
      .update(keyDays)
      .set({ credits: sql`${keyDays.credits} + ${credits}` })
      .where(and(eq(keyDays.apiKeyId, job.apiKeyId), eq(keyDays.day, job.countedDay))),
  );
}

/** What a key used since a day, oldest first; days without any use have no row. */
export function listKeyDays(
  db: Database,
  want: { apiKeyId: string; sinceDay: string },
): Promise<KeyDayRow[]> {
  const { keyDays } = db.tables;
  return db
    .select()
    .from(keyDays)
    .where(and(eq(keyDays.apiKeyId, want.apiKeyId), gte(keyDays.day, want.sinceDay)))
    .orderBy(asc(keyDays.day));
}

/** What every key used on a day, by key. */
export async function usesOfDay(db: Database, day: string): Promise<Map<string, KeyDayRow>> {
  const { keyDays } = db.tables;
  const rows = await db.select().from(keyDays).where(eq(keyDays.day, day));
  return new Map(rows.map((row) => [row.apiKeyId, row]));
}

/** Number of unfinished jobs by key. */
export async function countUnfinishedByKey(db: Database, apiKeyId?: string): Promise<Map<string, number>> {
  const { jobs } = db.tables;
  const rows = await db
    .select({ apiKeyId: jobs.apiKeyId, n: count().mapWith(Number) })
    .from(jobs)
    .where(
      and(
        inArray(jobs.state, [...unfinishedStates]),
        apiKeyId === undefined ? undefined : eq(jobs.apiKeyId, apiKeyId),
      ),
    )
    .groupBy(jobs.apiKeyId);
  return new Map(rows.flatMap((row) => (row.apiKeyId === null ? [] : [[row.apiKeyId, row.n]])));
}

/** Counts one request of a key; gives how many it has made in its running window and when that ends. */
export async function countRequest(
  db: Database,
  want: { key: string; now: Date; windowMs: number },
): Promise<{ count: number; endsAt: Date }> {
  const { rateCounters } = db.tables;
  const endsAt = new Date(want.now.getTime() + want.windowMs);
  const isOver = sql`${rateCounters.expire} <= ${want.now.getTime()}`;
  const [row] = await db
    .insert(rateCounters)
    .values({ key: want.key, points: 1, expire: endsAt })
    .onConflictDoUpdate({
      target: rateCounters.key,
      set: {
        points: sql`case when ${isOver} then 1 else ${rateCounters.points} + 1 end`,
        expire: sql`case when ${isOver} then ${endsAt.getTime()} else ${rateCounters.expire} end`,
      },
    })
    .returning();
  return { count: row?.points ?? 1, endsAt: row?.expire ?? endsAt };
}

/** Forgets windows that ended before `before`. */
export async function pruneRequestCounts(db: Database, before: Date): Promise<void> {
  const { rateCounters } = db.tables;
  await db.delete(rateCounters).where(lt(rateCounters.expire, before));
}
