import {
  and,
  asc,
  count,
  countDistinct,
  desc,
  eq,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  min,
  ne,
  notInArray,
  sql,
  sum,
} from 'drizzle-orm';
import { type Database, type Queryable, q } from '../client';
import type { UsageAmount } from '../schema/define';
import type { JobRow } from './jobs';

const perStatement = 200;
const longSpanMs = 3 * 86_400_000;

/** Adds numbers to their hours. */
export function* addUsage(db: Database, tx: Queryable, amounts: readonly UsageAmount[]) {
  const { usageHours } = db.tables;
  const sums = new Map<string, UsageAmount>();
  for (const { dimension, hour, value, kind, metric, amount } of amounts) {
    const key = JSON.stringify([dimension, hour, value, kind, metric]);
    const known = sums.get(key)?.amount ?? 0;
    sums.set(key, { dimension, hour, value, kind, metric, amount: known + amount });
  }
  // In one order everywhere, so that two processes which add to the same rows never wait for each other.
  const rows = [...sums.entries()]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { hour, ...row }]) => ({ ...row, hour: new Date(hour) }));
  for (let start = 0; start < rows.length; start += perStatement) {
    yield* q(
      tx
        .insert(usageHours)
        .values(rows.slice(start, start + perStatement))
        .onConflictDoUpdate({
          target: [
            usageHours.dimension,
            usageHours.hour,
            usageHours.value,
            usageHours.kind,
            usageHours.metric,
          ],
          set: { amount: sql`${usageHours.amount} + excluded.amount` },
        }),
    );
  }
}

/** A job that has ended, with the number of files that came of it. */
export type UncountedJob = Pick<
  JobRow,
  'model' | 'kind' | 'error' | 'accountId' | 'accountEmail' | 'apiKeyId' | 'createdAt' | 'credits'
> & { state: 'completed' | 'failed' | 'cancelled'; endedAt: Date; results: number };

/**
 * Counts up to `limit` jobs that have ended and are not counted yet, in the transaction that marks them as counted, and
 * says how many. A job whose end was taken back and came anew is counted anew instead of twice.
 */
export const countEndedJobs = (
  db: Database,
  want: { limit: number; tally: (job: UncountedJob) => UsageAmount[] },
): Promise<number> => {
  const { jobs, media } = db.tables;
  return db.transaction(function* (tx) {
    const rows = yield* q(
      db.forUpdate(
        tx
          .select({
            id: jobs.id,
            state: jobs.state,
            model: jobs.model,
            kind: jobs.kind,
            error: jobs.error,
            accountId: jobs.accountId,
            accountEmail: jobs.accountEmail,
            apiKeyId: jobs.apiKeyId,
            createdAt: jobs.createdAt,
            endedAt: jobs.endedAt,
            credits: jobs.credits,
            counted: jobs.usageCounted,
          })
          .from(jobs)
          .where(and(eq(jobs.usageDue, true), isNotNull(jobs.endedAt)))
          .orderBy(asc(jobs.endedAt))
          .limit(want.limit),
        { skipLocked: true },
      ),
    );
    if (rows.length === 0) return 0;
    const files = yield* q(
      tx
        .select({ jobId: media.jobId, n: count().mapWith(Number) })
        .from(media)
        .where(
          and(
            eq(media.role, 'result'),
            inArray(
              media.jobId,
              rows.map(({ id }) => id),
            ),
          ),
        )
        .groupBy(media.jobId),
    );
    const results = new Map(files.map(({ jobId, n }) => [jobId, n]));
    const all: UsageAmount[] = [];
    const final: string[] = [];
    for (const { id, state, endedAt, counted, ...row } of rows) {
      if (state === 'queued' || state === 'running') continue;
      const amounts = want.tally({
        ...row,
        state,
        endedAt: endedAt ?? row.createdAt,
        results: results.get(id) ?? 0,
      });
      const takenBack = (counted ?? []).map((part) => ({ ...part, amount: -part.amount }));
      all.push(...amounts, ...takenBack);
      if (!mayComeAnew(state, row.error)) final.push(id);
      else yield* q(tx.update(jobs).set({ usageDue: false, usageCounted: amounts }).where(eq(jobs.id, id)));
    }
    if (final.length > 0) {
      yield* q(tx.update(jobs).set({ usageDue: false, usageCounted: null }).where(inArray(jobs.id, final)));
    }
    yield* addUsage(db, tx, all);
    return rows.length;
  });
};

/** Whether the end of a job can still be taken back: see `rescueAcceptance`. */
const mayComeAnew = (state: JobRow['state'], error: unknown): boolean =>
  state === 'failed' && (error as { code?: string } | null)?.code === 'submission_unknown';

/** One sum of a span of time. */
export type UsageSum = {
  /** Start of the hour; only where the sums are asked for by hour. */
  hour: Date | null;
  value: string;
  kind: UsageAmount['kind'];
  metric: string;
  amount: number;
};

type UsageSpan = { dimension: UsageAmount['dimension']; from: Date; to: Date };

function isWithin({ tables: { usageHours } }: Database, { dimension, from, to }: UsageSpan, isLong = false) {
  // SQLite would go by the hours of a long span as well, and look up and sort every row of them: five times slower than
  // reading `usage_hours_sum_ix` from end to end. The sign keeps it from that; Postgres decides by itself.
  return and(
    eq(usageHours.dimension, dimension),
    ...(isLong
      ? [sql`+${usageHours.hour} >= ${from.getTime()}`, sql`+${usageHours.hour} < ${to.getTime()}`]
      : [gte(usageHours.hour, from), lt(usageHours.hour, to)]),
  );
}

const isLong = ({ from, to }: UsageSpan) => to.getTime() - from.getTime() > longSpanMs;

/** What was counted along a dimension from one moment to another, by hour. */
export async function sumUsageByHour(db: Database, span: UsageSpan): Promise<UsageSum[]> {
  const { usageHours } = db.tables;
  const { hour, kind, metric } = usageHours;
  const rows = await db
    .select({ hour, kind, metric, amount: sum(usageHours.amount).mapWith(Number) })
    .from(usageHours)
    .where(isWithin(db, span))
    .groupBy(hour, kind, metric)
    .having(ne(sum(usageHours.amount), sql`0`))
    .orderBy(asc(hour));
  return rows.map((row) => ({ ...row, value: '' }));
}

/**
 * What was counted in each part of a span, whatever it was counted for: parts of `partMs`, whole hours, from its
 * beginning on. `hour` of a sum is when its part begins.
 */
export async function sumUsageByPart(
  db: Database,
  { from, to, partMs }: { from: Date; to: Date; partMs: number },
): Promise<UsageSum[]> {
  const { usageHours } = db.tables;
  const { kind, metric } = usageHours;
  const span = { dimension: 'day', from, to } as const; // of days there are the fewest rows
  const part =
    sql<number>`(${usageHours.hour} - ${sql.raw(String(from.getTime()))}) / ${sql.raw(String(partMs))}`
      .mapWith(Number)
      .as('part');
  const rows = await db
    .select({ part, kind, metric, amount: sum(usageHours.amount).mapWith(Number) })
    .from(usageHours)
    .where(isWithin(db, span, isLong(span)))
    .groupBy(part, kind, metric)
    .having(ne(sum(usageHours.amount), sql`0`));
  return rows.map((row) => ({ ...row, value: '', hour: new Date(from.getTime() + row.part * partMs) }));
}

/** What was counted on each day, which is the `value`; of these metrics only, where some are named. */
export async function sumUsageByDay(
  db: Database,
  { from, to, metrics }: { from: Date; to: Date; metrics?: readonly string[] },
): Promise<UsageSum[]> {
  const { usageHours } = db.tables;
  const { value, kind, metric } = usageHours;
  const span = { dimension: 'day', from, to } as const;
  const rows = await db
    .select({ value, kind, metric, amount: sum(usageHours.amount).mapWith(Number) })
    .from(usageHours)
    .where(
      and(
        isWithin(db, span, isLong(span)),
        metrics === undefined ? undefined : inArray(metric, [...metrics]),
      ),
    )
    .groupBy(value, kind, metric)
    .having(ne(sum(usageHours.amount), sql`0`));
  return rows.map((row) => ({ ...row, hour: null }));
}

/** The jobs that ended from one moment to another, with the number of files that came of each. */
export async function listEndedJobs(
  db: Database,
  { from, to }: { from: Date; to: Date },
): Promise<UncountedJob[]> {
  const { jobs, media } = db.tables;
  // Nothing more: by their states SQLite would look at every job that ever ended.
  const isWanted = and(gte(jobs.endedAt, from), lt(jobs.endedAt, to));
  const [rows, files] = await Promise.all([
    db
      .select({
        id: jobs.id,
        state: jobs.state,
        model: jobs.model,
        kind: jobs.kind,
        error: jobs.error,
        accountId: jobs.accountId,
        accountEmail: jobs.accountEmail,
        apiKeyId: jobs.apiKeyId,
        createdAt: jobs.createdAt,
        endedAt: jobs.endedAt,
        credits: jobs.credits,
      })
      .from(jobs)
      .where(isWanted),
    db
      .select({ jobId: media.jobId, n: count().mapWith(Number) })
      .from(media)
      .where(
        and(
          inArray(media.jobId, db.select({ id: jobs.id }).from(jobs).where(isWanted)),
          eq(media.role, 'result'),
        ),
      )
      .groupBy(media.jobId),
  ]);
  const results = new Map(files.map(({ jobId, n }) => [jobId, n]));
  return rows.flatMap(({ id, state, endedAt, ...row }) =>
    endedAt === null || state === 'queued' || state === 'running'
      ? []
      : [{ ...row, state, endedAt, results: results.get(id) ?? 0 }],
  );
}

/** Requests from one moment to another that no job came of, as far as they are in the log. */
export function listRefusals(db: Database, { from, to }: { from: Date; to: Date }) {
  const { requestLogs } = db.tables;
  const { at, method, source, status, jobId, errorCode, model, apiKeyId } = requestLogs;
  return db
    .select({ at, method, source, status, jobId, errorCode, model, apiKeyId })
    .from(requestLogs)
    .where(and(gte(at, from), lt(at, to), eq(method, 'POST'), isNull(jobId), isNotNull(errorCode)));
}

/** The same by value: of those with the most of `metrics`, `limit` at most, and of all the others together. */
export async function sumUsageByValue(
  db: Database,
  span: UsageSpan,
  most: { metrics: readonly string[]; limit: number },
): Promise<{ sums: UsageSum[]; others: { values: number; sums: UsageSum[] } | undefined }> {
  const { usageHours } = db.tables;
  const { value, kind, metric } = usageHours;
  const within = isWithin(db, span, isLong(span));
  const amount = sum(usageHours.amount).mapWith(Number);
  const isSomething = ne(sum(usageHours.amount), sql`0`);
  const [found] = await db
    .select({ values: countDistinct(value).mapWith(Number) })
    .from(usageHours)
    .where(within);
  const values = found?.values ?? 0;
  const sumsOf = (which?: ReturnType<typeof and>) =>
    db
      .select({ value, kind, metric, amount })
      .from(usageHours)
      .where(and(within, which))
      .groupBy(value, kind, metric)
      .having(isSomething);
  if (values <= most.limit) {
    const rows = await sumsOf();
    return { sums: rows.map((row) => ({ ...row, hour: null })), others: undefined };
  }
  const weight = sql`sum(case when ${inArray(metric, [...most.metrics])} then ${usageHours.amount} else 0 end)`;
  const top = await db
    .select({ value })
    .from(usageHours)
    .where(within)
    .groupBy(value)
    .orderBy(desc(weight), asc(value))
    .limit(most.limit);
  const names = top.map((row) => row.value);
  const rows = await sumsOf(inArray(value, names));
  const rest = await db
    .select({ kind, metric, amount })
    .from(usageHours)
    .where(and(within, notInArray(value, names)))
    .groupBy(kind, metric)
    .having(isSomething);
  return {
    sums: rows.map((row) => ({ ...row, hour: null })),
    others: {
      values: values - names.length,
      sums: rest.map((row) => ({ ...row, hour: null, value: '' })),
    },
  };
}

/** Removes the oldest hour of those that are older, and says whether there was one. Call again while there is. */
export async function pruneUsage(db: Database, before: Date): Promise<boolean> {
  const { usageHours } = db.tables;
  const [oldest] = await db
    .select({ hour: min(usageHours.hour) })
    .from(usageHours)
    .where(lt(usageHours.hour, before));
  const first = oldest?.hour;
  if (first === null || first === undefined) return false;
  await db.delete(usageHours).where(eq(usageHours.hour, first));
  return true;
}
