import {
  and,
  asc,
  count,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNull,
  lt,
  lte,
  max,
  notExists,
  or,
  type SQL,
  sql,
} from 'drizzle-orm';
import { type Database, q } from '../client';
import type { RequestSource, Schema, UsageAmount } from '../schema/define';
import { contains } from './contains';
import { addUsage } from './usage-hours';

export type RequestLogRow = Schema['requestLogs']['$inferSelect'];
export type NewRequestLogRow = Schema['requestLogs']['$inferInsert'];

/** Of whoever adds rows, on Postgres: the key of its advisory lock. */
const appendLock = 727_274_002;

/**
 * Stores all rows or none, and adds to the usage what they came to; a request that has its row already stays as it is
 * and is not counted again. Rows become visible in the order of their ids, so that whoever reads on from the last one
 * misses none: on Postgres, processes add theirs one after the other.
 */
export const insertRequestLogs = (
  db: Database,
  rows: readonly NewRequestLogRow[],
  usageOf: (row: NewRequestLogRow) => readonly UsageAmount[] = () => [],
): Promise<void> =>
  db.transaction(function* (tx) {
    if (rows.length === 0) return;
    if (db.dialect === 'postgres') {
      const lock = sql`pg_advisory_xact_lock(${sql.raw(String(appendLock))})`;
      yield* q(tx.select({ lock }).from(sql`(select 1) as one`));
    }
    const { requestLogs } = db.tables;
    const added = yield* q(
      tx
        .insert(requestLogs)
        .values([...rows])
        .onConflictDoNothing({ target: requestLogs.requestId })
        .returning({ requestId: requestLogs.requestId }),
    );
    const isNew = new Set(added.map(({ requestId }) => requestId));
    const usage = rows.flatMap((row) => (isNew.delete(row.requestId) ? usageOf(row) : []));
    yield* addUsage(db, tx, usage);
  });

/** The newest rows first; `before` is the id of the last row of the page before. */
export async function listRequestLogs(
  db: Database,
  page: { limit: number; before?: number },
): Promise<RequestLogRow[]> {
  const { requestLogs } = db.tables;
  return await db
    .select()
    .from(requestLogs)
    .where(page.before === undefined ? undefined : lt(requestLogs.id, page.before))
    .orderBy(desc(requestLogs.id))
    .limit(page.limit);
}

/** Removes up to `limit` rows that are older, and says how many. Call again while it returns `limit`. */
export async function pruneRequestLogs(db: Database, want: { before: Date; limit: number }): Promise<number> {
  const { requestLogs } = db.tables;
  const old = db
    .select({ id: requestLogs.id })
    .from(requestLogs)
    .where(lt(requestLogs.at, want.before))
    .orderBy(asc(requestLogs.at))
    .limit(want.limit);
  const gone = await db
    .delete(requestLogs)
    .where(inArray(requestLogs.id, old))
    .returning({ id: requestLogs.id });
  return gone.length;
}

/** How a request ended; `left`: nobody waited for its answer. */
export type LogStatus = 'running' | 'success' | 'refused' | 'rate_limited' | 'failed' | 'cancelled' | 'left';

/** What a list of requests is narrowed to. A list of several: any of them. */
export type RequestLogFilter = {
  /** Until when those last that have not ended. */
  now: Date;
  status?: readonly LogStatus[] | undefined;
  code?: readonly number[] | undefined;
  /** `other`: no job came of it. */
  type?: readonly ('image' | 'video' | 'other')[] | undefined;
  model?: readonly string[] | undefined;
  /** Ids, or emails: those stay with the job when the account is gone. */
  account?: readonly string[] | undefined;
  apiKeyId?: readonly string[] | undefined;
  source?: readonly RequestSource[] | undefined;
  minDurationMs?: number | undefined;
  fromAt?: Date | undefined;
  toAt?: Date | undefined;
  /** A whole request id or job id, or part of the prompt or of the error. */
  text?: string | undefined;
};

/** What the list says about the job of a request. */
export type LoggedJob = {
  id: string;
  kind: 'image' | 'video';
  model: string;
  state: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
  step: string | null;
  progress: number | null;
  credits: number;
  attempts: number;
  error: unknown;
  accountId: string | null;
  accountEmail: string | null;
  projectId: string | null;
  prompt: string;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
};

/** One request with what the list says about its job and its key. */
export type RequestLogView = {
  /** Its duration is that of the job that it made, where that took longer than the answer. */
  log: Omit<RequestLogRow, 'requestBody' | 'responseBody'>;
  status: LogStatus;
  /** Whether this request made the job, not only asked for it. */
  isOwnJob: boolean;
  keyName: string | null;
  job: LoggedJob | null;
};

/** Which of the matching requests. */
export type RequestLogPage = {
  limit: number;
  /** Those before this id. */
  before?: number | undefined;
  /** Those after `after` up to `upTo`, the oldest of them first. */
  after?: number | undefined;
  upTo?: number | undefined;
  /** By number instead: how many to leave out. */
  offset?: number | undefined;
  sort?: '-at' | 'at' | '-duration' | 'duration' | undefined;
};

/** The requests that match, the newest first unless the page says otherwise. */
export async function searchRequestLogs(
  db: Database,
  filter: RequestLogFilter,
  { limit, before, after, upTo, offset = 0, sort = '-at' }: RequestLogPage,
): Promise<RequestLogView[]> {
  const { requestLogs } = db.tables;
  const { id } = requestLogs;
  const durationMs = durationOf(db, filter.now);
  const order = {
    '-at': [desc(id)],
    at: [asc(id)],
    '-duration': [desc(durationMs), desc(id)],
    duration: [asc(durationMs), desc(id)],
  };
  const rows = await selectViews(db, filter.now)
    .where(
      and(
        matching(db, filter),
        before === undefined ? undefined : lt(id, before),
        isAmong(db, { after, upTo }),
      ),
    )
    .orderBy(...order[after === undefined ? sort : 'at'])
    .limit(limit)
    .offset(offset);
  return rows.map(toView);
}

/** Requests up to an id whose own jobs ended at or after a moment, the one that ended first first. */
export async function listEndedSince(
  db: Database,
  filter: RequestLogFilter,
  { since, upTo, limit }: { since: Date; upTo: number; limit: number },
): Promise<RequestLogView[]> {
  const { requestLogs, jobs } = db.tables;
  const ended = db.select({ requestId: jobs.requestId }).from(jobs).where(gte(jobs.endedAt, since));
  const rows = await selectViews(db, filter.now)
    .where(
      and(
        inArray(requestLogs.requestId, ended),
        lte(requestLogs.id, upTo),
        isOwn(db),
        gte(jobs.endedAt, since),
        matching(db, filter),
      ),
    )
    .orderBy(asc(jobs.endedAt), asc(requestLogs.id))
    .limit(limit);
  return rows.map(toView);
}

type IdSpan = { after?: number | undefined; upTo?: number | undefined };

const isAmong = ({ tables: { requestLogs } }: Database, { after, upTo }: IdSpan) =>
  and(
    after === undefined ? undefined : gt(requestLogs.id, after),
    upTo === undefined ? undefined : lte(requestLogs.id, upTo),
  );

/** The highest id of all; 0 when there is none. */
export async function latestRequestLogId(db: Database): Promise<number> {
  const { requestLogs } = db.tables;
  const [row] = await db.select({ id: max(requestLogs.id) }).from(requestLogs);
  return Number(row?.id ?? 0);
}

/** A request by the id of its row, or by the id that its answer has. */
export async function findRequestLog(
  db: Database,
  id: number | string,
  now: Date,
): Promise<(RequestLogView & Pick<RequestLogRow, 'requestBody' | 'responseBody'>) | undefined> {
  const { requestLogs } = db.tables;
  const isIt = typeof id === 'number' ? eq(requestLogs.id, id) : eq(requestLogs.requestId, id);
  const [view] = await selectViews(db, now).where(isIt).limit(1);
  if (view === undefined) return undefined;
  const [bodies] = await db
    .select({ requestBody: requestLogs.requestBody, responseBody: requestLogs.responseBody })
    .from(requestLogs)
    .where(eq(requestLogs.id, view.log.id));
  return bodies === undefined ? undefined : { ...toView(view), ...bodies };
}

/** How many match, among all or those after an id up to another; counted up to `limit`. */
export async function countRequestLogs(
  db: Database,
  filter: RequestLogFilter,
  limit: number,
  span: IdSpan = {},
): Promise<number> {
  const { requestLogs, jobs } = db.tables;
  const found = db
    .select({ id: requestLogs.id })
    .from(requestLogs)
    .leftJoin(jobs, eq(jobs.id, requestLogs.jobId))
    .where(and(matching(db, filter), isAmong(db, span)))
    .limit(limit)
    .as('found');
  const [row] = await db.select({ n: count().mapWith(Number) }).from(found);
  return row?.n ?? 0;
}

/** What a summary needs of a request. */
export type RequestLogFacts = {
  status: LogStatus;
  /** Whether it was to generate something: it made or asked for a job, or was refused it. */
  isGeneration: boolean;
  isOwnJob: boolean;
  credits: number | null;
  durationMs: number;
};

/** The newest `limit` requests that match, as a summary needs them. */
export async function listRequestLogFacts(
  db: Database,
  filter: RequestLogFilter,
  limit: number,
): Promise<RequestLogFacts[]> {
  const { requestLogs, jobs } = db.tables;
  const rows = await db
    .select({
      status: statusOf(db),
      method: requestLogs.method,
      source: requestLogs.source,
      jobId: requestLogs.jobId,
      errorCode: requestLogs.errorCode,
      isOwnJob: isOwn(db),
      credits: creditsOfRequest(db),
      durationMs: durationOf(db, filter.now),
    })
    .from(requestLogs)
    .leftJoin(jobs, eq(jobs.id, requestLogs.jobId))
    .where(matching(db, filter))
    .orderBy(desc(requestLogs.id))
    .limit(limit);
  return rows.map(({ method, source, jobId, errorCode, ...row }) => ({
    ...row,
    isOwnJob: Boolean(row.isOwnJob),
    isGeneration:
      method === 'POST' &&
      source !== 'console' &&
      source !== 'seed' &&
      (jobId !== null || errorCode !== null),
  }));
}

/** Of all jobs that the request made; null where it made none. */
const creditsOfRequest = ({ tables: { requestLogs, jobs } }: Database) =>
  sql<
    number | null
  >`(select sum(made.credits) from ${jobs} as made where made.request_id = ${requestLogs.requestId})`.mapWith(
    (value) => (value === null ? null : Number(value)),
  );

/** The jobs that these requests made: several of one that asked for several pictures. */
export async function listJobsOfRequests(
  db: Database,
  requestIds: string[],
): Promise<{ id: string; requestId: string | null; credits: number }[]> {
  const { jobs } = db.tables;
  if (requestIds.length === 0) return [];
  return await db
    .select({ id: jobs.id, requestId: jobs.requestId, credits: jobs.credits })
    .from(jobs)
    .where(inArray(jobs.requestId, requestIds))
    .orderBy(asc(jobs.id));
}

/** A request that is still being answered: all that is known of it is its job, of several the first unfinished one. */
export type RunningRequest = {
  requestId: string | null;
  source: RequestSource | null;
  apiKeyId: string | null;
  keyName: string | null;
  job: LoggedJob;
};

/** Requests that wait for their jobs and have no row yet, the newest first. */
export function listRunningRequests(
  db: Database,
  filter: RequestLogFilter & { requestId?: string | undefined },
  limit: number,
): Promise<RunningRequest[]> {
  const { requestLogs, jobs, apiKeys } = db.tables;
  const { now, type, model, account, apiKeyId, source, minDurationMs, fromAt, toAt, text, requestId } =
    filter;
  const kinds = type?.filter((kind) => kind !== 'other');
  return db
    .select({
      requestId: jobs.requestId,
      source: jobs.requestSource,
      apiKeyId: jobs.apiKeyId,
      keyName: apiKeys.name,
      job: jobColumns(db),
    })
    .from(jobs)
    .leftJoin(apiKeys, eq(apiKeys.id, jobs.apiKeyId))
    .where(
      and(
        inArray(jobs.state, ['queued', 'running']),
        notExists(
          db
            .select({ id: requestLogs.id })
            .from(requestLogs)
            .where(eq(requestLogs.requestId, jobs.requestId)),
        ),
        isFirstUnfinished(db),
        requestId === undefined ? undefined : eq(jobs.requestId, requestId),
        kinds === undefined ? undefined : inArray(jobs.kind, kinds),
        model === undefined ? undefined : inArray(jobs.model, [...model]),
        account === undefined ? undefined : isOnAccount(db, account),
        apiKeyId === undefined ? undefined : inArray(jobs.apiKeyId, [...apiKeyId]),
        source === undefined ? undefined : inArray(jobs.requestSource, [...source]),
        minDurationMs === undefined
          ? undefined
          : lte(jobs.createdAt, new Date(now.getTime() - minDurationMs)),
        fromAt === undefined ? undefined : gte(jobs.createdAt, fromAt),
        toAt === undefined ? undefined : lt(jobs.createdAt, toAt),
        text === undefined
          ? undefined
          : or(eq(jobs.requestId, text), eq(jobs.id, text), contains(jobs.prompt, text)),
      ),
    )
    .orderBy(desc(jobs.createdAt), desc(jobs.id))
    .limit(limit);
}

const isFirstUnfinished = ({ tables: { jobs } }: Database) =>
  sql`not exists (select 1 from ${jobs} as other where other.request_id = ${jobs.requestId} and other.state in ('queued', 'running') and other.id < ${jobs.id})`;

const jobColumns = ({ tables: { jobs } }: Database) => ({
  id: jobs.id,
  kind: jobs.kind,
  model: jobs.model,
  state: jobs.state,
  step: jobs.step,
  progress: jobs.progress,
  credits: jobs.credits,
  attempts: jobs.attempts,
  error: jobs.error,
  accountId: jobs.accountId,
  accountEmail: jobs.accountEmail,
  projectId: jobs.projectId,
  prompt: jobs.prompt,
  createdAt: jobs.createdAt,
  startedAt: jobs.startedAt,
  endedAt: jobs.endedAt,
});

function selectViews(db: Database, now: Date) {
  const { requestLogs, jobs, apiKeys } = db.tables;
  return db
    .select({
      log: {
        id: requestLogs.id,
        requestId: requestLogs.requestId,
        at: requestLogs.at,
        method: requestLogs.method,
        path: requestLogs.path,
        source: requestLogs.source,
        status: requestLogs.status,
        durationMs: durationOf(db, now),
        apiKeyId: requestLogs.apiKeyId,
        jobId: requestLogs.jobId,
        model: requestLogs.model,
        sideRequest: requestLogs.sideRequest,
        errorCode: requestLogs.errorCode,
        errorMessage: requestLogs.errorMessage,
        client: requestLogs.client,
        userAgent: requestLogs.userAgent,
      },
      status: statusOf(db),
      isOwnJob: isOwn(db),
      keyName: apiKeys.name,
      job: jobColumns(db),
    })
    .from(requestLogs)
    .leftJoin(jobs, eq(jobs.id, requestLogs.jobId))
    .leftJoin(apiKeys, eq(apiKeys.id, requestLogs.apiKeyId));
}

/** SQLite gives a comparison as a number. */
const toView = <Row extends { isOwnJob: unknown }>(row: Row): Row & { isOwnJob: boolean } => ({
  ...row,
  isOwnJob: Boolean(row.isOwnJob),
});

const isOwn = ({ tables: { requestLogs, jobs } }: Database) =>
  sql<boolean>`coalesce(${jobs.requestId} = ${requestLogs.requestId}, false)`;

/** How long a request took: to the end of its answer, or of the job that it made, whichever came last. */
function durationOf(db: Database, now: Date) {
  const { requestLogs, jobs } = db.tables;
  const ofJob = sql`(coalesce(${jobs.endedAt}, ${now.getTime()}) - ${requestLogs.at})`;
  return sql<number>`case
    when ${isOwn(db)} and ${ofJob} > ${requestLogs.durationMs} then ${ofJob}
    else ${requestLogs.durationMs}
  end`.mapWith(Number);
}

/**
 * How a request ended; one that made a job ends with it, whenever it was answered. A stream that fails late has said 200
 * by then, and 424 is what a failure after the acceptance is answered with.
 */
function statusOf(db: Database) {
  const { requestLogs, jobs } = db.tables;
  const { status: code, errorCode } = requestLogs;
  return sql<LogStatus>`case
    when ${isOwn(db)} and ${jobs.state} in ('queued', 'running') then 'running'
    when ${code} = 499 then 'left'
    when ${isOwn(db)} and ${jobs.state} = 'cancelled' then 'cancelled'
    when ${code} = 429 then 'rate_limited'
    when ${code} >= 500 or ${code} = 424 then 'failed'
    when ${code} >= 400 or ${errorCode} = 'content_refused' then 'refused'
    when ${errorCode} is not null or (${isOwn(db)} and ${jobs.state} = 'failed') then 'failed'
    else 'success'
  end`;
}

function matching(db: Database, filter: RequestLogFilter): SQL | undefined {
  const { requestLogs, jobs } = db.tables;
  const { status, code, type, model, account, apiKeyId, source, minDurationMs, fromAt, toAt, text } = filter;
  const kinds = type?.filter((kind) => kind !== 'other');
  return and(
    status === undefined ? undefined : inArray(statusOf(db), [...status]),
    code === undefined ? undefined : inArray(requestLogs.status, [...code]),
    type === undefined
      ? undefined
      : or(
          kinds === undefined || kinds.length === 0 ? undefined : inArray(jobs.kind, kinds),
          type.includes('other') ? isNull(jobs.id) : undefined,
        ),
    model === undefined ? undefined : inArray(requestLogs.model, [...model]),
    account === undefined ? undefined : isOnAccount(db, account),
    apiKeyId === undefined ? undefined : inArray(requestLogs.apiKeyId, [...apiKeyId]),
    source === undefined ? undefined : inArray(requestLogs.source, [...source]),
    minDurationMs === undefined ? undefined : gte(durationOf(db, filter.now), minDurationMs),
    fromAt === undefined ? undefined : gte(requestLogs.at, fromAt),
    toAt === undefined ? undefined : lt(requestLogs.at, toAt),
    text === undefined
      ? undefined
      : or(
          eq(requestLogs.requestId, text),
          eq(requestLogs.jobId, text),
          eq(requestLogs.errorCode, text),
          contains(requestLogs.errorMessage, text),
          contains(jobs.prompt, text),
        ),
  );
}

const isOnAccount = ({ tables: { jobs } }: Database, wanted: readonly string[]) =>
  or(inArray(jobs.accountId, [...wanted]), inArray(jobs.accountEmail, [...wanted]));
