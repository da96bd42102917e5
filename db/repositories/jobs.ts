import {
  and,
  asc,
  count,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  min,
  notInArray,
  or,
  sql,
} from 'drizzle-orm';
import { type Database, type Queryable, q } from '../client';
import type { Schema } from '../schema/define';
import { contains } from './contains';
import { countCredits, uncountJob } from './usage';

/** One accepted request, from queued to its end. */
export type JobRow = Schema['jobs']['$inferSelect'];
export type NewJobRow = Schema['jobs']['$inferInsert'];
export type JobStepRow = Schema['jobSteps']['$inferSelect'];
export type JobInputRow = Schema['jobInputs']['$inferSelect'];
export type NewMediaRow = Schema['media']['$inferInsert'];
export type JobChanges = Partial<Omit<NewJobRow, 'id' | 'createdAt' | 'revision'>>;

/** Thrown when a job was taken over by another process meanwhile: whoever gets this stops touching the job. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

export async function findJobRow(db: Database, id: string): Promise<JobRow | undefined> {
  if (id.includes('\0')) return undefined; // Postgres refuses the question
  const { jobs } = db.tables;
  const [row] = await db.select().from(jobs).where(eq(jobs.id, id)).limit(1);
  return row;
}

/** The pictures of a job, in the client's order. */
export function listJobInputs(db: Database, jobId: string): Promise<JobInputRow[]> {
  const { jobInputs } = db.tables;
  return db.select().from(jobInputs).where(eq(jobInputs.jobId, jobId)).orderBy(asc(jobInputs.position));
}

/** Those of the stored pictures that some job still has. */
export async function findNeededInputs(db: Database, storageKeys: readonly string[]): Promise<Set<string>> {
  const { jobInputs } = db.tables;
  const rows = await db
    .selectDistinct({ key: jobInputs.storageKey })
    .from(jobInputs)
    .where(inArray(jobInputs.storageKey, [...storageKeys]));
  return new Set(rows.map(({ key }) => key));
}

/** Steps of a job after the step `afterId` (0: all), oldest first. */
export function listJobSteps(db: Database, jobId: string, afterId = 0): Promise<JobStepRow[]> {
  const { jobSteps } = db.tables;
  return db
    .select()
    .from(jobSteps)
    .where(and(eq(jobSteps.jobId, jobId), gt(jobSteps.id, afterId)))
    .orderBy(asc(jobSteps.id));
}

/** Newest jobs first, with when each was submitted. */
export function latestJobs(db: Database, limit: number): Promise<JobRow[]> {
  const { jobs } = db.tables;
  return db.select().from(jobs).orderBy(desc(jobs.createdAt), desc(jobs.id)).limit(limit);
}

/** Number of jobs in each of the two unfinished states. */
export async function countUnfinished(db: Database): Promise<{ queued: number; running: number }> {
  const { jobs } = db.tables;
  const rows = await db
    .select({ state: jobs.state, n: count().mapWith(Number) })
    .from(jobs)
    .where(inArray(jobs.state, ['queued', 'running']))
    .groupBy(jobs.state);
  const of = (state: string) => rows.find((row) => row.state === state)?.n ?? 0;
  return { queued: of('queued'), running: of('running') };
}

/** The revisions of these jobs: what changed since somebody looked. */
export function listRevisions(db: Database, ids: string[]): Promise<{ id: string; revision: number }[]> {
  const { jobs } = db.tables;
  return db.select({ id: jobs.id, revision: jobs.revision }).from(jobs).where(inArray(jobs.id, ids));
}

/** A queued job as the dispatcher sees it. */
export type QueueHead = {
  id: string;
  apiKeyId: string | null;
  need: string;
  /** Equal for jobs of one need that leave out the same accounts. */
  group: string;
  kind: 'image' | 'video';
  spec: unknown;
  source: unknown;
  pinnedTo: string | null;
  avoid: string[];
  createdAt: Date;
  /** When the queue last gave this job's key a turn. */
  keyServedAt: Date | null;
};

const groupOf = ({ tables: { jobs } }: Database) =>
  sql<string>`${jobs.need} || ' ' || cast(${jobs.avoid} as text)`;

/**
 * The next `limit` queued jobs that are still in time, in the order of turns: everybody's first before anybody's second, the key
 * that waited longest first. Those of `exceptNeeds` and `exceptGroups` are left out, so that whoever asks again with what could
 * not be placed comes to the end of any queue, however many keys wait in it.
 */
export async function listQueueHeads(
  db: Database,
  want: {
    now: Date;
    queuedAfter: Date;
    exceptNeeds: readonly string[];
    exceptGroups: readonly string[];
    limit: number;
  },
): Promise<QueueHead[]> {
  const { apiKeys, jobs } = db.tables;
  const group = groupOf(db);
  const ranked = db
    .select({
      rankedId: sql<string>`${jobs.id}`.as('ranked_id'),
      turn: sql<number>`row_number() over (partition by ${jobs.apiKeyId} order by ${jobs.createdAt}, ${jobs.id})`
        .mapWith(Number)
        .as('turn'),
    })
    .from(jobs)
    .where(
      and(
        eq(jobs.state, 'queued'),
        lte(jobs.availableAt, want.now),
        gt(jobs.deadlineAt, want.now),
        gte(jobs.createdAt, want.queuedAfter),
        want.exceptNeeds.length === 0 ? undefined : notInArray(jobs.need, [...want.exceptNeeds]),
        want.exceptGroups.length === 0 ? undefined : notInArray(group, [...want.exceptGroups]),
      ),
    )
    .as('ranked');
  return await db
    .select({
      id: jobs.id,
      apiKeyId: jobs.apiKeyId,
      need: jobs.need,
      group,
      kind: jobs.kind,
      spec: jobs.spec,
      source: jobs.source,
      pinnedTo: jobs.pinnedTo,
      avoid: jobs.avoid,
      createdAt: jobs.createdAt,
      keyServedAt: apiKeys.lastServedAt,
    })
    .from(ranked)
    .innerJoin(jobs, eq(jobs.id, ranked.rankedId))
    .leftJoin(apiKeys, eq(apiKeys.id, jobs.apiKeyId))
    .orderBy(asc(ranked.turn), sql`coalesce(${apiKeys.lastServedAt}, 0)`, asc(jobs.createdAt), asc(jobs.id))
    .limit(want.limit);
}

/** What the jobs of one group need; equal for all of them. */
export type QueuedGroup = Pick<QueueHead, 'group' | 'spec' | 'source' | 'pinnedTo' | 'avoid'>;

/** Every group that has queued jobs. */
export function listQueuedGroups(db: Database): Promise<QueuedGroup[]> {
  const { jobs } = db.tables;
  const group = groupOf(db);
  const samples = db
    .select({ sampleId: sql<string>`min(${jobs.id})`.as('sample_id') })
    .from(jobs)
    .where(eq(jobs.state, 'queued'))
    .groupBy(group)
    .as('samples');
  return db
    .select({ group, spec: jobs.spec, source: jobs.source, pinnedTo: jobs.pinnedTo, avoid: jobs.avoid })
    .from(samples)
    .innerJoin(jobs, eq(jobs.id, samples.sampleId));
}

/** Queued jobs of a group that came before; with `leavingBy`, those alone that leave the queue by then at the latest. */
export async function listQueuedIds(
  db: Database,
  want: { group: string; createdBefore: Date; leavingBy?: { deadline: Date; created: Date }; limit: number },
): Promise<string[]> {
  const { jobs } = db.tables;
  const { leavingBy } = want;
  const rows = await db
    .select({ id: jobs.id })
    .from(jobs)
    .where(
      and(
        eq(jobs.state, 'queued'),
        eq(groupOf(db), want.group),
        lt(jobs.createdAt, want.createdBefore),
        leavingBy === undefined
          ? undefined
          : or(lte(jobs.deadlineAt, leavingBy.deadline), lte(jobs.createdAt, leavingBy.created)),
      ),
    )
    .limit(want.limit);
  return rows.map(({ id }) => id);
}

/**
 * Place of every queued job, counted from 1 in the order in which turns are given: everybody's first job before
 * anybody's second.
 */
export async function listQueuePositions(db: Database): Promise<Map<string, number>> {
  const { jobs } = db.tables;
  const turn = sql<number>`row_number() over (partition by ${jobs.apiKeyId} order by ${jobs.createdAt}, ${jobs.id})`;
  const rows = await db
    .select({ id: jobs.id })
    .from(jobs)
    .where(eq(jobs.state, 'queued'))
    .orderBy(turn, asc(jobs.createdAt), asc(jobs.id));
  return new Map(rows.map(({ id }, index) => [id, index + 1]));
}

/** When the job that has waited longest joined the queue; `undefined`: none waits. */
export async function oldestQueued(db: Database): Promise<Date | undefined> {
  const { jobs } = db.tables;
  const [row] = await db
    .select({ createdAt: min(jobs.createdAt) })
    .from(jobs)
    .where(eq(jobs.state, 'queued'));
  return row?.createdAt ?? undefined;
}

/** When the first of the queued jobs leaves the queue at the latest, though nobody takes it; `undefined`: none waits. */
export async function firstQueueDeparture(
  db: Database,
  { maxWaitMs }: { maxWaitMs: number },
): Promise<Date | undefined> {
  const { jobs } = db.tables;
  const [row] = await db
    .select({ deadlineAt: min(jobs.deadlineAt), createdAt: min(jobs.createdAt) })
    .from(jobs)
    .where(eq(jobs.state, 'queued'));
  if (!row?.deadlineAt || !row.createdAt) return undefined;
  return new Date(Math.min(row.deadlineAt.getTime(), row.createdAt.getTime() + maxWaitMs));
}

/** Queued jobs whose time is over: past their own deadline, or queued since before `queuedBefore`. */
export function listOverdueQueued(
  db: Database,
  want: { now: Date; queuedBefore: Date; limit: number },
): Promise<JobRow[]> {
  const { jobs } = db.tables;
  return db
    .select()
    .from(jobs)
    .where(
      and(eq(jobs.state, 'queued'), or(lt(jobs.deadlineAt, want.now), lt(jobs.createdAt, want.queuedBefore))),
    )
    .limit(want.limit);
}

/**
 * Takes over running jobs that nobody works on and that have something to do: not yet submitted, or ended upstream.
 * Those that only wait for upstream belong to the poller; those in `except` are still worked on by this process.
 */
export const claimResumable = (
  db: Database,
  want: { owner: string; now: Date; leaseUntil: Date; limit: number; except: string[] },
): Promise<JobRow[]> => {
  const { jobs } = db.tables;
  return db.transaction(function* (tx) {
    const rows = yield* q(
      db.forUpdate(
        tx
          .select({ id: jobs.id })
          .from(jobs)
          .where(
            and(
              eq(jobs.state, 'running'),
              lte(jobs.availableAt, want.now),
              or(isNull(jobs.leaseUntil), lt(jobs.leaseUntil, want.now)),
              or(isNull(jobs.handle), isNotNull(jobs.outcome)),
              want.except.length === 0 ? undefined : notInArray(jobs.id, want.except),
            ),
          )
          .orderBy(asc(jobs.availableAt), asc(jobs.id))
          .limit(want.limit),
        { skipLocked: true },
      ),
    );
    if (rows.length === 0) return [];
    return yield* q(
      tx
        .update(jobs)
        .set({ leaseOwner: want.owner, leaseUntil: want.leaseUntil })
        .where(
          inArray(
            jobs.id,
            rows.map((row) => row.id),
          ),
        )
        .returning(),
    );
  });
};

/** Keeps these jobs for their owners, one owner a claim; gives the ids that still belong to them. */
export async function renewLeases(
  db: Database,
  want: { owners: string[]; ids: string[]; until: Date },
): Promise<string[]> {
  const { jobs } = db.tables;
  if (want.ids.length === 0) return [];
  const rows = await db
    .update(jobs)
    .set({ leaseUntil: want.until })
    .where(and(inArray(jobs.id, want.ids), inArray(jobs.leaseOwner, want.owners)))
    .returning({ id: jobs.id });
  return rows.map((row) => row.id);
}

/** Gives up every job lease: the only process of a SQLite file may take over at once what its predecessor left. */
export async function releaseAllJobLeases(db: Database): Promise<void> {
  const { jobs } = db.tables;
  await db.update(jobs).set({ leaseOwner: null, leaseUntil: null }).where(eq(jobs.state, 'running'));
}

const bump = (db: Database) => ({ revision: sql`${db.tables.jobs.revision} + 1` });

function* ownedUpdate(db: Database, tx: Queryable, jobId: string, owner: string, changes: JobChanges) {
  const { jobs } = db.tables;
  const [row] = yield* q(
    tx
      .update(jobs)
      .set({ ...changes, ...bump(db) })
      .where(and(eq(jobs.id, jobId), eq(jobs.leaseOwner, owner), eq(jobs.state, 'running')))
      .returning(),
  );
  if (row === undefined) throw new LeaseLostError(`job ${jobId} is no longer held by ${owner}`);
  return row;
}

/** The same where something may have been charged: what is new of it is counted for the job's API key. */
function* chargedUpdate(db: Database, tx: Queryable, jobId: string, owner: string, changes: JobChanges) {
  const { jobs } = db.tables;
  if (changes.credits === undefined) return yield* ownedUpdate(db, tx, jobId, owner, changes);
  const [before] = yield* q(
    db.forUpdate(tx.select({ credits: jobs.credits }).from(jobs).where(eq(jobs.id, jobId))),
  );
  const row = yield* ownedUpdate(db, tx, jobId, owner, changes);
  yield* countCredits(db, tx, row, row.credits - (before?.credits ?? 0));
  return row;
}

function* beginStep(
  db: Database,
  tx: Queryable,
  jobId: string,
  name: string,
  detail: Record<string, unknown>,
  now: Date,
) {
  const { jobSteps } = db.tables;
  yield* endSteps(db, tx, jobId, now);
  yield* q(tx.insert(jobSteps).values({ jobId, name, detail, startedAt: now }));
}

function* endSteps(db: Database, tx: Queryable, jobId: string, now: Date) {
  const { jobSteps } = db.tables;
  yield* q(
    tx
      .update(jobSteps)
      .set({ endedAt: now })
      .where(and(eq(jobSteps.jobId, jobId), isNull(jobSteps.endedAt))),
  );
}

/** Adds to the list `name` in the detail of the step under way, e.g. why an account refused the job. */
export const addToStep = (
  db: Database,
  want: { jobId: string; name: string; entry: unknown },
): Promise<void> => {
  const { jobSteps } = db.tables;
  return db.transaction(function* (tx) {
    const [step] = yield* q(
      tx
        .select({ id: jobSteps.id, detail: jobSteps.detail })
        .from(jobSteps)
        .where(eq(jobSteps.jobId, want.jobId))
        .orderBy(desc(jobSteps.id))
        .limit(1),
    );
    if (step === undefined) return;
    const known = step.detail[want.name];
    const list = [...(Array.isArray(known) ? known : []), want.entry];
    yield* q(
      tx
        .update(jobSteps)
        .set({ detail: { ...step.detail, [want.name]: list } })
        .where(eq(jobSteps.id, step.id)),
    );
  });
};

/** Changes a job that `owner` holds. Throws `LeaseLostError`. */
export const updateHeldJob = (
  db: Database,
  want: { jobId: string; owner: string; changes: JobChanges },
): Promise<JobRow> => db.transaction((tx) => chargedUpdate(db, tx, want.jobId, want.owner, want.changes));

/** Ends the step under way, begins the next and changes the job, all in one. Throws `LeaseLostError`. */
export const beginJobStep = (
  db: Database,
  want: {
    jobId: string;
    owner: string;
    step: string;
    detail?: Record<string, unknown>;
    now: Date;
    changes?: JobChanges;
  },
): Promise<JobRow> =>
  db.transaction(function* (tx) {
    const row = yield* chargedUpdate(db, tx, want.jobId, want.owner, { ...want.changes, step: want.step });
    yield* beginStep(db, tx, want.jobId, want.step, want.detail ?? {}, want.now);
    return row;
  });

/** Lets go of a job that goes on later: at `availableAt`, or when the poller has brought its outcome. */
export const releaseJob = (
  db: Database,
  want: { jobId: string; owner: string; changes: JobChanges },
): Promise<JobRow> =>
  db.transaction((tx) =>
    ownedUpdate(db, tx, want.jobId, want.owner, { ...want.changes, leaseOwner: null, leaseUntil: null }),
  );

/** Puts a job that upstream has not accepted back into the queue, free of its account. Throws `LeaseLostError`. */
export const requeueJob = (
  db: Database,
  want: { jobId: string; owner: string; avoid: string[]; attempts: number; availableAt: Date; now: Date },
): Promise<JobRow> =>
  db.transaction(function* (tx) {
    const row = yield* ownedUpdate(db, tx, want.jobId, want.owner, {
      state: 'queued',
      step: null,
      accountId: null,
      accountEmail: null,
      projectId: null,
      tier: null,
      uploads: [],
      intent: null,
      occupies: false,
      leaseOwner: null,
      leaseUntil: null,
      avoid: want.avoid,
      attempts: want.attempts,
      availableAt: want.availableAt,
    });
    yield* endSteps(db, tx, want.jobId, want.now);
    if (row.cancelRequestedAt === null) return row;
    // Nobody wants it any more, and nothing was accepted.
    const [ended] = yield* q(
      tx
        .update(db.tables.jobs)
        .set({ state: 'cancelled', endedAt: want.now })
        .where(eq(db.tables.jobs.id, want.jobId))
        .returning(),
    );
    yield* q(tx.delete(db.tables.jobInputs).where(eq(db.tables.jobInputs.jobId, want.jobId)));
    yield* uncountJob(db, tx, row);
    return ended ?? row;
  });

/** Ends a job that `owner` holds, with its files. Throws `LeaseLostError`. */
export const finishJob = (
  db: Database,
  want: {
    jobId: string;
    owner: string;
    state: 'completed' | 'failed' | 'cancelled';
    error?: unknown;
    media: NewMediaRow[];
    now: Date;
    changes?: JobChanges;
  },
): Promise<JobRow> =>
  db.transaction(function* (tx) {
    const row = yield* ownedUpdate(db, tx, want.jobId, want.owner, {
      ...want.changes,
      state: want.state,
      error: want.error ?? null,
      occupies: false,
      leaseOwner: null,
      leaseUntil: null,
      endedAt: want.now,
    });
    if (want.media.length > 0) yield* q(tx.insert(db.tables.media).values(want.media));
    if (want.state !== 'completed' && row.acceptedAt === null && row.intent === null) {
      yield* uncountJob(db, tx, row);
    }
    yield* q(tx.delete(db.tables.jobInputs).where(eq(db.tables.jobInputs.jobId, want.jobId)));
    yield* endSteps(db, tx, want.jobId, want.now);
    return row;
  });

/** Ends a job that is still in the queue; its pictures are its no more. `undefined` when it has left it meanwhile. */
export const finishQueuedJob = (
  db: Database,
  want: { jobId: string; state: 'failed' | 'cancelled'; error?: unknown; now: Date },
): Promise<JobRow | undefined> => {
  const { jobs } = db.tables;
  return db.transaction(function* (tx) {
    const [row] = yield* q(
      tx
        .update(jobs)
        .set({ state: want.state, error: want.error ?? null, endedAt: want.now, ...bump(db) })
        .where(and(eq(jobs.id, want.jobId), eq(jobs.state, 'queued')))
        .returning(),
    );
    if (row === undefined) return undefined;
    yield* q(tx.delete(db.tables.jobInputs).where(eq(db.tables.jobInputs.jobId, want.jobId)));
    yield* uncountJob(db, tx, row);
    return row;
  });
};

/** Notes that the owner of a running job wants it stopped; the first wish counts. */
export async function requestCancel(db: Database, jobId: string, now: Date): Promise<JobRow | undefined> {
  const { jobs } = db.tables;
  const [row] = await db
    .update(jobs)
    .set({ cancelRequestedAt: sql`coalesce(${jobs.cancelRequestedAt}, ${now.getTime()})`, ...bump(db) })
    .where(and(eq(jobs.id, jobId), eq(jobs.state, 'running')))
    .returning();
  return row;
}

/** A video that upstream works on. */
export type PollableJob = {
  id: string;
  accountId: string | null;
  handle: unknown;
  acceptedAt: Date | null;
  cancelRequestedAt: Date | null;
  progress: number | null;
};

/** Every job that waits for upstream, oldest first. */
export function listPollable(db: Database): Promise<PollableJob[]> {
  const { jobs } = db.tables;
  return db
    .select({
      id: jobs.id,
      accountId: jobs.accountId,
      handle: jobs.handle,
      acceptedAt: jobs.acceptedAt,
      cancelRequestedAt: jobs.cancelRequestedAt,
      progress: jobs.progress,
    })
    .from(jobs)
    .where(and(eq(jobs.state, 'running'), isNotNull(jobs.handle), isNull(jobs.outcome)))
    .orderBy(asc(jobs.acceptedAt), asc(jobs.id));
}

/**
 * Writes how upstream ended one operation and makes its job claimable. `false` when the job has an outcome already, or
 * goes on with another operation: an answer that comes late must not end what came after it.
 */
export const recordOutcome = (
  db: Database,
  want: { jobId: string; handleName: string; outcome: unknown; stillOccupies: boolean; now: Date },
): Promise<boolean> => {
  const { jobs } = db.tables;
  return db.transaction(function* (tx) {
    const [row] = yield* q(
      db.forUpdate(
        tx
          .select({ handle: jobs.handle })
          .from(jobs)
          .where(
            and(
              eq(jobs.id, want.jobId),
              eq(jobs.state, 'running'),
              isNotNull(jobs.handle),
              isNull(jobs.outcome),
            ),
          ),
      ),
    );
    if ((row?.handle as { name?: string } | undefined)?.name !== want.handleName) return false;
    yield* q(
      tx
        .update(jobs)
        .set({ outcome: want.outcome, occupies: want.stillOccupies, availableAt: want.now, ...bump(db) })
        .where(eq(jobs.id, want.jobId)),
    );
    return true;
  });
};

/**
 * Writes the acceptance of a submit whose job was taken over meanwhile: whoever holds it now, what upstream accepted is
 * not thrown away. Only when the row still has this very intent and knows of no acceptance of it.
 */
export const rescueAcceptance = (
  db: Database,
  want: { jobId: string; batchId: string; changes: JobChanges },
): Promise<boolean> => {
  const { jobs } = db.tables;
  return db.transaction(function* (tx) {
    const [row] = yield* q(db.forUpdate(tx.select().from(jobs).where(eq(jobs.id, want.jobId))));
    const intent = row?.intent as { submission?: { batchId?: string } } | null | undefined;
    const error = row?.error as { code?: string } | null | undefined;
    const isOpen =
      row?.state === 'running' || (row?.state === 'failed' && error?.code === 'submission_unknown');
    if (
      !isOpen ||
      intent?.submission?.batchId !== want.batchId ||
      row?.handle !== null ||
      row.outcome !== null
    ) {
      return false;
    }
    yield* q(
      tx
        .update(jobs)
        .set({
          ...want.changes,
          state: 'running',
          error: null,
          endedAt: null,
          usageDue: true, // its failure may have been counted
          leaseOwner: null,
          leaseUntil: null,
          ...bump(db),
        })
        .where(eq(jobs.id, want.jobId)),
    );
    const { credits } = want.changes;
    if (credits !== undefined) yield* countCredits(db, tx, row, credits - row.credits);
    return true;
  });
};

/** Writes the percent that upstream gave; it never falls. */
export async function recordProgress(db: Database, jobId: string, percent: number): Promise<void> {
  const { jobs } = db.tables;
  await db
    .update(jobs)
    .set({ progress: percent, ...bump(db) })
    .where(and(eq(jobs.id, jobId), or(isNull(jobs.progress), lt(jobs.progress, percent))));
}

/** How long the last runs of a model took from their start to their end, in milliseconds, newest first. */
export async function recentDurations(db: Database, specId: string, limit: number): Promise<number[]> {
  const { jobs } = db.tables;
  const rows = await db
    .select({ startedAt: jobs.startedAt, endedAt: jobs.endedAt })
    .from(jobs)
    .where(
      and(
        eq(jobs.specId, specId),
        eq(jobs.state, 'completed'),
        isNotNull(jobs.startedAt),
        isNotNull(jobs.endedAt),
      ),
    )
    .orderBy(desc(jobs.endedAt))
    .limit(limit);
  return rows.flatMap((row) =>
    row.startedAt === null || row.endedAt === null ? [] : [row.endedAt.getTime() - row.startedAt.getTime()],
  );
}

/** Running jobs that nobody holds and that do not wait for upstream, those due longest first. */
export function listUnattended(db: Database, want: { now: Date; limit: number }): Promise<JobRow[]> {
  const { jobs } = db.tables;
  return db
    .select()
    .from(jobs)
    .where(
      and(
        eq(jobs.state, 'running'),
        lte(jobs.availableAt, want.now),
        or(isNull(jobs.leaseUntil), lt(jobs.leaseUntil, want.now)),
        or(isNull(jobs.handle), isNotNull(jobs.outcome)),
      ),
    )
    .orderBy(asc(jobs.availableAt), asc(jobs.id))
    .limit(want.limit);
}

/** Ends a running job that nobody holds. `false` when somebody does by now, or it has ended. */
export const failUnheldJob = (
  db: Database,
  want: { jobId: string; error: unknown; now: Date },
): Promise<boolean> =>
  db.transaction(function* (tx) {
    const { jobs } = db.tables;
    const [row] = yield* q(
      tx
        .update(jobs)
        .set({ state: 'failed', error: want.error, occupies: false, endedAt: want.now, ...bump(db) })
        .where(
          and(
            eq(jobs.id, want.jobId),
            eq(jobs.state, 'running'),
            or(isNull(jobs.leaseUntil), lt(jobs.leaseUntil, want.now)),
          ),
        )
        .returning(),
    );
    if (row === undefined) return false;
    if (row.acceptedAt === null && row.intent === null) yield* uncountJob(db, tx, row);
    yield* q(tx.delete(db.tables.jobInputs).where(eq(db.tables.jobInputs.jobId, want.jobId)));
    yield* endSteps(db, tx, want.jobId, want.now);
    return true;
  });

/** What a list of jobs is narrowed to. */
export type JobFilter = {
  state?: readonly JobRow['state'][] | undefined;
  kind?: readonly JobRow['kind'][] | undefined;
  /** As the client sent it, or what it resolved to. */
  model?: readonly string[] | undefined;
  accountId?: readonly string[] | undefined;
  apiKeyId?: readonly string[] | undefined;
  fromAt?: Date | undefined;
  toAt?: Date | undefined;
  /** A whole id, or part of the prompt. */
  text?: string | undefined;
};

/** The jobs that match, the newest first unless said otherwise; `before` is the last one of the page before. */
export function searchJobs(
  db: Database,
  filter: JobFilter,
  page: {
    limit: number;
    before?: { createdAt: Date; id: string } | undefined;
    offset?: number | undefined;
    oldestFirst?: boolean | undefined;
  },
): Promise<JobRow[]> {
  const { jobs } = db.tables;
  const { before } = page;
  const isAfter =
    before === undefined
      ? undefined
      : or(
          lt(jobs.createdAt, before.createdAt),
          and(eq(jobs.createdAt, before.createdAt), lt(jobs.id, before.id)),
        );
  return db
    .select()
    .from(jobs)
    .where(and(matchingJobs(db, filter), isAfter))
    .orderBy(
      ...(page.oldestFirst === true
        ? [asc(jobs.createdAt), asc(jobs.id)]
        : [desc(jobs.createdAt), desc(jobs.id)]),
    )
    .limit(page.limit)
    .offset(page.offset ?? 0);
}

/** How many match, counted up to `limit`. */
export async function countJobs(db: Database, filter: JobFilter, limit: number): Promise<number> {
  const { jobs } = db.tables;
  const found = db
    .select({ id: jobs.id })
    .from(jobs)
    .where(matchingJobs(db, filter))
    .limit(limit)
    .as('found');
  const [row] = await db.select({ n: count().mapWith(Number) }).from(found);
  return row?.n ?? 0;
}

function matchingJobs(db: Database, filter: JobFilter) {
  const { jobs } = db.tables;
  const { state, kind, model, accountId, apiKeyId, fromAt, toAt, text } = filter;
  return and(
    state === undefined ? undefined : inArray(jobs.state, [...state]),
    kind === undefined ? undefined : inArray(jobs.kind, [...kind]),
    model === undefined ? undefined : or(inArray(jobs.model, [...model]), inArray(jobs.specId, [...model])),
    accountId === undefined ? undefined : inArray(jobs.accountId, [...accountId]),
    apiKeyId === undefined ? undefined : inArray(jobs.apiKeyId, [...apiKeyId]),
    fromAt === undefined ? undefined : gte(jobs.createdAt, fromAt),
    toAt === undefined ? undefined : lt(jobs.createdAt, toAt),
    text === undefined
      ? undefined
      : or(eq(jobs.id, text), eq(jobs.requestId, text), contains(jobs.prompt, text)),
  );
}
