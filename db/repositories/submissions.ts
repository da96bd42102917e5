import { and, asc, count, desc, eq, gte, inArray, isNull, lt, sql } from 'drizzle-orm';
import { type Database, type Queryable, q } from '../client';
import type { Schema } from '../schema/define';
import type { ApiKeyRow } from './api-keys';
import type { JobInputRow, JobRow, NewJobRow } from './jobs';
import type { NewPlaygroundRunRow } from './playground-runs';
import { type Admission, admitJobs } from './usage';

/** One request that made jobs. */
export type IdempotencyRow = Schema['idempotencyRecords']['$inferSelect'];

/** What of a job an answer to a repeat, and the decision about it, go by. */
export type RecordedJob = Pick<
  JobRow,
  | 'id'
  | 'kind'
  | 'model'
  | 'state'
  | 'intent'
  | 'acceptedAt'
  | 'createdAt'
  | 'deadlineAt'
  | 'endedAt'
  | 'hiddenAt'
>;

/** An earlier request with the jobs that it made, in the order of its answer. */
export type Earlier = { record: IdempotencyRow; jobs: RecordedJob[] };

/** How a request is recognised when it comes again, and which earlier requests it could be. */
export type Identity<Refusal> = {
  apiKeyId: string;
  route: string;
  key: string | null;
  bodyHash: string;
  retryCount: number;
  now: Date;
  /** Older ones are forgotten. */
  since: Date;
  /** Since when this request is under way, where a repeat of it can have overtaken it. */
  overtakenSince?: Date;
  /** `again`: it made nothing, and the first repeat of it stands in its place. `anew`: it has nothing to do with this one. */
  judge: (
    earlier: Earlier,
  ) => { type: 'join' } | { type: 'again' } | { type: 'anew' } | { type: 'refuse'; why: Refusal };
};

/** What becomes of a request: its own jobs were stored, or it gets those of an earlier one, or neither. */
export type SubmissionOutcome<Refusal> =
  | { outcome: 'stored' }
  | { outcome: 'queue_full' }
  | { outcome: 'joined'; jobs: RecordedJob[] }
  | { outcome: 'refused'; why: Refusal };

/** What an earlier request decides about one that may be a repeat of it. */
export type Settled<Refusal> = Exclude<SubmissionOutcome<Refusal>, { outcome: 'stored' | 'queue_full' }>;

/** Guards the count of the queue and the insert after it; the row lock of its lease ends with the transaction. */
const insertLock = { name: 'insert-job', owner: '', until: new Date(0) };

const comparedRecords = 100; // equal requests without a key, newest first

/** The jobs of an earlier equal request, if this one is to have them, or the refusal of a key that is used twice. */
export const findEarlier = <Refusal>(
  db: Database,
  identity: Identity<Refusal>,
): Promise<Settled<Refusal> | undefined> =>
  db.transaction(function* (tx) {
    yield* lockApiKey(db, tx, identity.apiKeyId);
    const { settled } = yield* settle(db, tx, identity);
    return settled;
  });

/**
 * Stores queued jobs with their pictures, all or none, unless the queue would hold more than `maxQueued`; or gives the
 * jobs of an earlier equal request. All requests of one API key take turns here, so what is compared, and what its limits
 * count, holds exactly, also among several processes.
 */
export const insertSubmission = <Refusal = never>(
  db: Database,
  want: {
    apiKeyId: string | undefined;
    jobs: readonly { row: NewJobRow; inputs: readonly Omit<JobInputRow, 'jobId'>[] }[];
    maxQueued: number;
    admission?: Admission<Refusal>;
    identity?: Identity<Refusal>;
    /** The run of the playground that they belong to; where there is one of its id, its jobs are given instead. */
    run?: Omit<NewPlaygroundRunRow, 'jobIds'>;
  },
): Promise<SubmissionOutcome<Refusal>> => {
  const { jobs, jobInputs, leases } = db.tables;
  const { apiKeyId, admission, identity, run } = want;
  return db.transaction(function* (tx): Generator<unknown, SubmissionOutcome<Refusal>, unknown> {
    const apiKey = apiKeyId === undefined ? undefined : yield* lockApiKey(db, tx, apiKeyId);
    let replaced: number | undefined;
    if (identity !== undefined) {
      const found = yield* settle(db, tx, identity);
      if (found.settled !== undefined) return found.settled;
      replaced = found.replaced;
    }
    // After the key's lock, always in this order; nobody takes another lock behind this one.
    yield* q(
      tx
        .insert(leases)
        .values(insertLock)
        .onConflictDoUpdate({ target: leases.name, set: { until: insertLock.until } }),
    );
    const earlier = run === undefined ? undefined : yield* findJobsOfRun(db, tx, run.id);
    if (earlier !== undefined) return { outcome: 'joined', jobs: earlier };
    const [queued] = yield* q(
      tx
        .select({ n: count().mapWith(Number) })
        .from(jobs)
        .where(eq(jobs.state, 'queued')),
    );
    if ((queued?.n ?? 0) + want.jobs.length > want.maxQueued) return { outcome: 'queue_full' };
    const isCounted = apiKeyId !== undefined && admission !== undefined;
    if (isCounted) {
      const kinds = want.jobs.map(({ row }) => row.kind);
      const why = yield* admitJobs(db, tx, { apiKeyId, apiKey, kinds }, admission);
      if (why !== undefined) return { outcome: 'refused', why };
    }
    const countedDay = isCounted ? admission.day : null;
    yield* q(tx.insert(jobs).values(want.jobs.map(({ row }) => ({ ...row, countedDay }))));
    const inputs = want.jobs.flatMap(({ row, inputs }) =>
      inputs.map((input) => ({ ...input, jobId: row.id })),
    );
    if (inputs.length > 0) yield* q(tx.insert(jobInputs).values(inputs));
    const jobIds = want.jobs.map(({ row }) => row.id);
    if (run !== undefined) yield* q(tx.insert(db.tables.playgroundRuns).values({ ...run, jobIds }));
    if (identity !== undefined) yield* writeRecord(db, tx, identity, jobIds, replaced);
    return { outcome: 'stored' };
  });
};

/** The jobs of a run of the playground, in order; `undefined`: there is none of that id. */
function* findJobsOfRun(
  db: Database,
  tx: Queryable,
  id: string,
): Generator<unknown, RecordedJob[] | undefined, unknown> {
  const { playgroundRuns: runs } = db.tables;
  const [run] = yield* q(tx.select({ jobIds: runs.jobIds }).from(runs).where(eq(runs.id, id)));
  if (run === undefined) return undefined;
  const jobs = yield* listRecordedJobs(db, tx, [run]);
  return run.jobIds.flatMap((jobId) => jobs.get(jobId) ?? []);
}

/** Whether a submission whose end nobody heard of was stored. Waits for one that is still under way. */
export const isSubmissionStored = (
  db: Database,
  { apiKeyId, jobId }: { apiKeyId: string | undefined; jobId: string },
): Promise<boolean> => {
  const { jobs, leases } = db.tables;
  return db.transaction(function* (tx) {
    if (apiKeyId !== undefined) yield* lockApiKey(db, tx, apiKeyId);
    yield* q(db.forUpdate(tx.select().from(leases).where(eq(leases.name, insertLock.name))));
    const rows = yield* q(tx.select({ id: jobs.id }).from(jobs).where(eq(jobs.id, jobId)));
    return rows.length > 0;
  });
};

function* lockApiKey(
  db: Database,
  tx: Queryable,
  id: string,
): Generator<unknown, ApiKeyRow | undefined, unknown> {
  const { apiKeys } = db.tables;
  const [row] = yield* q(db.forUpdate(tx.select().from(apiKeys).where(eq(apiKeys.id, id))));
  return row;
}

/** Goes through what the request could be a repeat of. `replaced`: the record that its own jobs are to stand in. */
function* settle<Refusal>(
  db: Database,
  tx: Queryable,
  identity: Identity<Refusal>,
): Generator<unknown, { settled?: Settled<Refusal>; replaced?: number }, unknown> {
  const records = yield* listRecords(db, tx, identity);
  if (records.length === 0) return {};
  const jobs = yield* listRecordedJobs(db, tx, records);
  for (const record of records) {
    const made = record.jobIds.flatMap((id) => jobs.get(id) ?? []);
    const verdict = identity.judge({ record, jobs: made });
    if (verdict.type === 'refuse') return { settled: { outcome: 'refused', why: verdict.why } };
    if (verdict.type === 'join') {
      yield* noteAttempt(db, tx, record, identity.retryCount);
      return { settled: { outcome: 'joined', jobs: made } };
    }
    if (identity.key !== null) return { replaced: record.id };
    // An older equal request is another one, and its result would be a wrong answer.
    if (verdict.type === 'again' && record.retryCount < identity.retryCount) return { replaced: record.id };
  }
  return {};
}

function* listRecords<Refusal>(
  db: Database,
  tx: Queryable,
  identity: Identity<Refusal>,
): Generator<unknown, IdempotencyRow[], unknown> {
  const { idempotencyRecords: records } = db.tables;
  const { apiKeyId, route, key, bodyHash, retryCount, overtakenSince } = identity;
  const ofRoute = and(eq(records.apiKeyId, apiKeyId), eq(records.route, route));
  if (key !== null) {
    return yield* q(
      tx
        .select()
        .from(records)
        .where(and(ofRoute, eq(records.key, key))),
    );
  }
  if (retryCount === 0 && overtakenSince === undefined) return [];
  // Of several equal requests that were cut at once, each repeat takes up one that no repeat has taken up yet.
  const isAnswered = sql`case when ${records.retryCount} < ${retryCount} then 0 else 1 end`;
  const isRepeat = retryCount === 0 ? gte(records.retryCount, 1) : undefined;
  return yield* q(
    tx
      .select()
      .from(records)
      .where(
        and(
          ofRoute,
          eq(records.bodyHash, bodyHash),
          isNull(records.key),
          gte(records.createdAt, overtakenSince ?? identity.since),
          isRepeat,
        ),
      )
      .orderBy(asc(isAnswered), desc(records.id))
      .limit(comparedRecords),
  );
}

function* listRecordedJobs(
  db: Database,
  tx: Queryable,
  records: readonly Pick<IdempotencyRow, 'jobIds'>[],
): Generator<unknown, Map<string, RecordedJob>, unknown> {
  const { jobs } = db.tables;
  const { id, kind, model, state, intent, acceptedAt, createdAt, deadlineAt, endedAt, hiddenAt } = jobs;
  const ids = records.flatMap(({ jobIds }) => jobIds);
  const rows = yield* q(
    tx
      .select({ id, kind, model, state, intent, acceptedAt, createdAt, deadlineAt, endedAt, hiddenAt })
      .from(jobs)
      .where(inArray(id, ids)),
  );
  return new Map(rows.map((row) => [row.id, row]));
}

function* noteAttempt(
  db: Database,
  tx: Queryable,
  record: IdempotencyRow,
  retryCount: number,
): Generator<unknown, void, unknown> {
  const { idempotencyRecords: records } = db.tables;
  if (retryCount <= record.retryCount) return;
  yield* q(tx.update(records).set({ retryCount }).where(eq(records.id, record.id)));
}

function* writeRecord<Refusal>(
  db: Database,
  tx: Queryable,
  { apiKeyId, route, key, bodyHash, retryCount, now }: Identity<Refusal>,
  jobIds: string[],
  replaced: number | undefined,
): Generator<unknown, void, unknown> {
  const { idempotencyRecords: records } = db.tables;
  const values = { bodyHash, retryCount, jobIds, createdAt: now };
  if (replaced === undefined) {
    yield* q(tx.insert(records).values({ apiKeyId, route, key, ...values }));
  } else {
    yield* q(tx.update(records).set(values).where(eq(records.id, replaced)));
  }
}

/** Forgets requests made before that moment, at most `limit`; gives how many. */
export async function pruneIdempotencyRecords(
  db: Database,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const { idempotencyRecords: records } = db.tables;
  const old = db
    .select({ id: records.id })
    .from(records)
    .where(lt(records.createdAt, before))
    .orderBy(asc(records.id))
    .limit(limit);
  const rows = await db.delete(records).where(inArray(records.id, old)).returning({ id: records.id });
  return rows.length;
}
