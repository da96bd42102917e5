import {
  and,
  asc,
  count,
  desc,
  eq,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  ne,
  or,
  type SQL,
  sql,
} from 'drizzle-orm';
import type { Database } from '../client';
import type { Schema } from '../schema/define';

export type RequestLogRow = Schema['requestLogs']['$inferSelect'];
export type NewRequestLogRow = Schema['requestLogs']['$inferInsert'];

/** Stores all rows or none. */
export async function insertRequestLogs(db: Database, rows: readonly NewRequestLogRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db.insert(db.tables.requestLogs).values([...rows]);
}

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

/** What a list of requests is narrowed to. */
export type RequestLogFilter = {
  status?: 'success' | 'refused' | 'failed' | 'left' | undefined;
  code?: number | undefined;
  model?: string | undefined;
  accountId?: string | undefined;
  apiKeyId?: string | undefined;
  fromAt?: Date | undefined;
  toAt?: Date | undefined;
  /** A whole request id or job id, or part of the prompt or of the error. */
  text?: string | undefined;
};

/** One request with what the list says about its job and its key. */
export type RequestLogView = {
  log: Omit<RequestLogRow, 'requestBody' | 'responseBody'>;
  keyName: string | null;
  job: {
    id: string;
    kind: 'image' | 'video';
    state: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
    step: string | null;
    progress: number | null;
    credits: number;
    attempts: number;
    accountId: string | null;
    accountEmail: string | null;
    prompt: string;
  } | null;
};

const leftCode = 499;

/** The requests that match, the newest first; `before` is the id of the last one of the page before. */
export function searchRequestLogs(
  db: Database,
  filter: RequestLogFilter,
  page: { limit: number; before?: number | undefined },
): Promise<RequestLogView[]> {
  const { requestLogs } = db.tables;
  return selectViews(db)
    .where(and(matching(db, filter), page.before === undefined ? undefined : lt(requestLogs.id, page.before)))
    .orderBy(desc(requestLogs.id))
    .limit(page.limit);
}

export async function findRequestLog(
  db: Database,
  id: number,
): Promise<(RequestLogView & Pick<RequestLogRow, 'requestBody' | 'responseBody'>) | undefined> {
  const { requestLogs } = db.tables;
  const isIt = eq(requestLogs.id, id);
  const [view] = await selectViews(db).where(isIt).limit(1);
  const [bodies] = await db
    .select({ requestBody: requestLogs.requestBody, responseBody: requestLogs.responseBody })
    .from(requestLogs)
    .where(isIt);
  return view === undefined || bodies === undefined ? undefined : { ...view, ...bodies };
}

/** How many match, counted up to `limit`. */
export async function countRequestLogs(
  db: Database,
  filter: RequestLogFilter,
  limit: number,
): Promise<number> {
  const { requestLogs, jobs } = db.tables;
  const found = db
    .select({ id: requestLogs.id })
    .from(requestLogs)
    .leftJoin(jobs, eq(jobs.id, requestLogs.jobId))
    .where(matching(db, filter))
    .limit(limit)
    .as('found');
  const [row] = await db.select({ n: count().mapWith(Number) }).from(found);
  return row?.n ?? 0;
}

function selectViews(db: Database) {
  const { requestLogs, jobs, apiKeys } = db.tables;
  return db
    .select({
      log: {
        id: requestLogs.id,
        requestId: requestLogs.requestId,
        at: requestLogs.at,
        method: requestLogs.method,
        path: requestLogs.path,
        status: requestLogs.status,
        durationMs: requestLogs.durationMs,
        apiKeyId: requestLogs.apiKeyId,
        jobId: requestLogs.jobId,
        model: requestLogs.model,
        sideRequest: requestLogs.sideRequest,
        errorCode: requestLogs.errorCode,
        errorMessage: requestLogs.errorMessage,
        client: requestLogs.client,
        userAgent: requestLogs.userAgent,
      },
      keyName: apiKeys.name,
      job: {
        id: jobs.id,
        kind: jobs.kind,
        state: jobs.state,
        step: jobs.step,
        progress: jobs.progress,
        credits: jobs.credits,
        attempts: jobs.attempts,
        accountId: jobs.accountId,
        accountEmail: jobs.accountEmail,
        prompt: jobs.prompt,
      },
    })
    .from(requestLogs)
    .leftJoin(jobs, eq(jobs.id, requestLogs.jobId))
    .leftJoin(apiKeys, eq(apiKeys.id, requestLogs.apiKeyId));
}

function matching(db: Database, filter: RequestLogFilter): SQL | undefined {
  const { requestLogs, jobs } = db.tables;
  const { status, code, model, accountId, apiKeyId, fromAt, toAt, text } = filter;
  return and(
    status === undefined ? undefined : hasStatus(db, status),
    code === undefined ? undefined : eq(requestLogs.status, code),
    model === undefined ? undefined : eq(requestLogs.model, model),
    accountId === undefined ? undefined : eq(jobs.accountId, accountId),
    apiKeyId === undefined ? undefined : eq(requestLogs.apiKeyId, apiKeyId),
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

function hasStatus(db: Database, status: NonNullable<RequestLogFilter['status']>): SQL | undefined {
  const { status: code, errorCode } = db.tables.requestLogs;
  switch (status) {
    case 'success':
      return and(lt(code, 400), isNull(errorCode));
    case 'refused':
      return and(gte(code, 400), lt(code, 500), ne(code, leftCode));
    case 'failed':
      // A stream that fails late has said 200 by then.
      return or(gte(code, 500), and(lt(code, 400), isNotNull(errorCode)));
    case 'left':
      return eq(code, leftCode);
  }
}

/** In any case; what the text holds of LIKE's own signs means itself. */
const contains = (column: Parameters<typeof eq>[0], text: string): SQL =>
  sql`lower(${column}) like ${`%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`;
