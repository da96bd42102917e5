import { and, asc, avg, count, eq, gte, inArray, lt, max, min, sql } from 'drizzle-orm';
import { type Database, q } from '../client';

export type NewSample = { name: string; scope: string; value: number };

/** Stores the samples of one moment; those that exist for it already stay as they are. */
export const insertSamples = (db: Database, at: Date, values: readonly NewSample[]): Promise<number> => {
  const { samples } = db.tables;
  return db.transaction(function* (tx) {
    if (values.length === 0) return 0;
    const names = [...new Set(values.map(({ name }) => name))];
    const known = yield* q(
      tx
        .select({ name: samples.name, scope: samples.scope })
        .from(samples)
        .where(and(inArray(samples.name, names), gte(samples.at, at))),
    );
    const taken = new Set(known.map(({ name, scope }) => `${name} ${scope}`));
    const fresh = values.filter(({ name, scope }) => !taken.has(`${name} ${scope}`));
    const perStatement = 200;
    for (let start = 0; start < fresh.length; start += perStatement) {
      const rows = fresh.slice(start, start + perStatement).map((value) => ({ ...value, at }));
      yield* q(tx.insert(samples).values(rows));
    }
    return fresh.length;
  });
};

/** One line of a chart: the samples of a name and a scope from a moment on, oldest first. */
export function listSamples(
  db: Database,
  want: { name: string; scope: string; since: Date; limit: number },
): Promise<{ at: Date; value: number }[]> {
  const { samples } = db.tables;
  return db
    .select({ at: samples.at, value: samples.value })
    .from(samples)
    .where(and(eq(samples.name, want.name), eq(samples.scope, want.scope), gte(samples.at, want.since)))
    .orderBy(asc(samples.at))
    .limit(want.limit);
}

/** Samples that were taken in one span of time. */
export type SampleBucket = {
  name: string;
  scope: string;
  at: Date;
  average: number;
  min: number;
  max: number;
  samples: number;
};

/** The samples of these names, gathered by spans of `bucketMs`, at most `limit` of them; by name and scope, oldest first. */
export async function gatherSamples(
  db: Database,
  want: {
    names: string[];
    scopes: string[] | undefined;
    from: Date;
    to: Date;
    bucketMs: number;
    limit: number;
  },
): Promise<SampleBucket[]> {
  const { samples } = db.tables;
  const bucket = sql<number>`${samples.at} / ${sql.raw(String(Math.floor(want.bucketMs)))}`.mapWith(Number);
  const rows = await db
    .select({
      name: samples.name,
      scope: samples.scope,
      bucket,
      average: avg(samples.value).mapWith(Number),
      min: min(samples.value),
      max: max(samples.value),
      samples: count().mapWith(Number),
    })
    .from(samples)
    .where(
      and(
        inArray(samples.name, want.names),
        want.scopes === undefined ? undefined : inArray(samples.scope, want.scopes),
        gte(samples.at, want.from),
        lt(samples.at, want.to),
      ),
    )
    .groupBy(samples.name, samples.scope, bucket)
    .orderBy(asc(samples.name), asc(samples.scope), asc(bucket))
    .limit(want.limit);
  return rows.map((row) => ({
    ...row,
    at: new Date(row.bucket * want.bucketMs),
    min: Number(row.min),
    max: Number(row.max),
  }));
}

/** The last sample of each scope between two moments. */
export async function listLastSamples(
  db: Database,
  want: { name: string; from: Date; to: Date },
): Promise<Map<string, number>> {
  const { samples } = db.tables;
  const rows = await db
    .select({ scope: samples.scope, value: samples.value })
    .from(samples)
    .where(and(eq(samples.name, want.name), gte(samples.at, want.from), lt(samples.at, want.to)))
    .orderBy(asc(samples.at));
  return new Map(rows.map(({ scope, value }) => [scope, Number(value)]));
}

/** Removes up to `limit` samples that are older, and says how many. Call again while it returns `limit`. */
export async function pruneSamples(db: Database, want: { before: Date; limit: number }): Promise<number> {
  const { samples } = db.tables;
  const old = db
    .select({ id: samples.id })
    .from(samples)
    .where(lt(samples.at, want.before))
    .limit(want.limit);
  const gone = await db.delete(samples).where(inArray(samples.id, old)).returning({ id: samples.id });
  return gone.length;
}
