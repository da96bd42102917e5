import type { z } from 'zod';
import { listJobSteps } from '@/db/repositories/jobs';
import { listMediaOfJobs } from '@/db/repositories/overview';
import {
  countRequestLogs,
  findRequestLog,
  type LoggedJob,
  latestRequestLogId,
  listEndedSince,
  listJobsOfRequests,
  listRequestLogFacts,
  listRunningRequests,
  pruneRequestLogs,
  type RequestLogFacts,
  type RequestLogFilter,
  type RequestLogView,
  type RunningRequest,
  searchRequestLogs,
} from '@/db/repositories/request-logs';
import { listUpstreamCalls, pruneUpstreamCalls } from '@/db/repositories/upstream-calls';
import {
  type LogDetail,
  type LogFilter,
  type LogRow,
  type listLogs as listContract,
  logStatuses,
  type summariseLogs as summaryContract,
} from '../admin-api/logs';
import { pageOf } from '../admin-api/query';
import { type Actor, writeAudit } from '../audit';
import { encodeCsv } from '../csv';
import { GatewayError, type StoredError } from '../errors';
import { linkTo, listedPrompt, toCallView, toStepView } from '../generation/list-jobs';
import type { Runtime } from '../runtime';
import { maskText } from './mask';
import { pruneAll } from './prune';

type Query = z.output<typeof listContract.query>;

const countedUpTo = 10_000;
const exportedAtATime = 500;
const shownRunning = 200;
const shownCalls = 500;
const shownEnded = 500;
const lateMs = 5_000; // from the end that a job is given until everybody sees it, clocks of other machines included
const dayMs = 86_400_000;

const toFilter = (query: LogFilter, now: Date): RequestLogFilter => ({
  now,
  status: query.status,
  code: query.code,
  type: query.type,
  model: query.model,
  account: query.account,
  apiKeyId: query.key,
  source: query.source,
  minDurationMs: query.min_duration_ms,
  fromAt: query.from === undefined ? undefined : new Date(query.from),
  toAt: query.to === undefined ? undefined : new Date(query.to),
  text: query.q,
});

/** A page of requests, or what was written since an earlier one; with the first page, those being answered too. */
export async function listLogs(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  query: Query,
): Promise<z.input<typeof listContract.output>> {
  const at = now();
  const filter = toFilter(query, at);
  const latest = await latestRequestLogId(db);
  const tail = query.after === undefined ? undefined : readPosition(query.after);
  const isTail = tail !== undefined;
  const hasCursor = query.sort === '-at' || query.page !== undefined || query.size !== undefined;
  const byNumber = isTail ? undefined : pageOf(hasCursor ? query : { page: 1, size: query.limit });
  const limit = byNumber?.limit ?? query.limit;
  const isFirst = (byNumber?.offset ?? 0) === 0 && query.cursor === undefined;
  const end = query.until === undefined ? undefined : readPosition(query.until).id;
  const span = isTail ? { after: tail.id, upTo: latest } : { upTo: end };
  const [rows, running, found, ended] = await Promise.all([
    searchRequestLogs(db, filter, {
      limit: limit + 1,
      sort: query.sort,
      ...span,
      ...(byNumber === undefined ? {} : { offset: byNumber.offset }),
      ...(isTail || byNumber !== undefined ? {} : { before: query.cursor }),
    }),
    isFirst && mayBeRunning(query) ? listRunningRequests(db, filter, shownRunning) : [],
    countRequestLogs(db, filter, countedUpTo + 1, span),
    endedSince(db, filter, tail),
  ]);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > shown.length && last !== undefined;
  const made = await madeBy(db, [...shown, ...running, ...ended.changed]);
  const items = shown.map((row) => toLogRow(row, made));
  return {
    items: isTail ? items.toReversed() : items,
    running: running.map((request) => toRunningRow(request, made, at)),
    changed: ended.changed.map((row) => toLogRow(row, made)),
    gone: ended.gone,
    next_cursor: hasMore && !isTail && byNumber === undefined ? String(last.log.id) : null,
    latest_cursor: encodePosition({
      id: isTail && hasMore ? last.log.id : latest,
      since: ended.upTo ?? new Date(at.getTime() - lateMs),
    }),
    total: Math.min(found, countedUpTo),
    total_is_capped: found > countedUpTo,
  };
}

/** Where a live tail goes on: after the row `id`, and with what has ended since. */
type Position = { id: number; since: Date };

const encodePosition = ({ id, since }: Position): string => `${id}.${since.getTime()}`;

function readPosition(text: string): Position {
  const [id = 0, since = 0] = text.split('.').map(Number);
  return { id, since: new Date(since) };
}

/**
 * What became of requests that an earlier answer had: those that have ended since and match, and the ids of those that
 * match no more. `upTo`: there are more, ended since then.
 */
async function endedSince(
  db: Runtime['db'],
  filter: RequestLogFilter,
  tail: Position | undefined,
): Promise<{ changed: RequestLogView[]; gone: number[]; upTo: Date | undefined }> {
  if (tail === undefined) return { changed: [], gone: [], upTo: undefined };
  const page = { since: tail.since, upTo: tail.id, limit: shownEnded };
  // What its end changes about a request is how it ended and how long it took.
  const [all, matching] = await Promise.all([
    listEndedSince(db, { ...filter, status: undefined, minDurationMs: undefined }, page),
    listEndedSince(db, filter, page),
  ]);
  const ids = new Set(matching.map(({ log }) => log.id));
  const changed = all.filter(({ log }) => ids.has(log.id));
  const gone = all.flatMap(({ log }) => (ids.has(log.id) ? [] : [log.id]));
  const last = all.length < shownEnded ? undefined : all.at(-1)?.job?.endedAt;
  return { changed, gone, upTo: last ?? undefined };
}

/** Whether a request that has no answer yet can match: it has no code. */
const mayBeRunning = ({ status, code }: LogFilter) =>
  (status === undefined || status.includes('running')) && code === undefined;

/** The newest requests that match in a few numbers. */
export async function summariseLogs(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  query: LogFilter,
): Promise<z.input<typeof summaryContract.output>> {
  const rows = await listRequestLogFacts(db, toFilter(query, now()), countedUpTo + 1);
  return { ...summarise(rows.slice(0, countedUpTo)), is_capped: rows.length > countedUpTo };
}

/** The numbers of these requests; what a job cost and took counts for the request that made it. */
export function summarise(
  rows: readonly RequestLogFacts[],
): Omit<z.output<typeof summaryContract.output>, 'is_capped'> {
  const statuses = Object.fromEntries(
    logStatuses.map((status) => [status, rows.filter((row) => row.status === status).length]),
  ) as Record<LogRow['status'], number>;
  const judged = rows.filter(
    ({ status, isGeneration }) => isGeneration && (status === 'success' || status === 'failed'),
  );
  const succeeded = judged.filter(({ status }) => status === 'success').length;
  const durations = rows
    .flatMap(({ status, isOwnJob, durationMs }) => (status === 'success' && isOwnJob ? [durationMs] : []))
    .toSorted((one, other) => one - other);
  const percentile = (share: number) => durations[Math.ceil(durations.length * share) - 1] ?? null;
  return {
    requests: rows.length,
    statuses,
    success_rate: judged.length === 0 ? null : succeeded / judged.length,
    p50_ms: percentile(0.5),
    p95_ms: percentile(0.95),
    credits: rows.reduce((sum, { isOwnJob, credits }) => sum + (isOwnJob ? (credits ?? 0) : 0), 0),
  };
}

/** The newest requests that match, as text in one of two formats, page by page as it is read. */
export async function* exportLogs(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  query: LogFilter,
  format: 'csv' | 'jsonl',
): AsyncGenerator<string> {
  const filter = toFilter(query, now());
  if (format === 'csv') yield encodeCsv([csvColumns.map(([name]) => name)]);
  let before: number | undefined;
  for (let left = countedUpTo; left > 0; left -= exportedAtATime) {
    const limit = Math.min(left, exportedAtATime);
    const views = await searchRequestLogs(db, filter, { limit, before });
    const made = await madeBy(db, views);
    const rows = views.map((view) => toLogRow(view, made));
    yield format === 'csv'
      ? encodeCsv(rows.map((row) => csvColumns.map(([, read]) => read(row))))
      : rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    before = views.at(-1)?.log.id;
    if (views.length < limit || before === undefined) return;
  }
}

const csvColumns: readonly (readonly [name: string, read: (row: LogRow) => string | number | null])[] = [
  ['id', ({ id }) => id],
  ['request_id', ({ request_id }) => request_id],
  ['at', ({ at }) => at],
  ['status', ({ status }) => status],
  ['code', ({ code }) => code],
  ['method', ({ method }) => method],
  ['path', ({ path }) => path],
  ['source', ({ source }) => source],
  ['type', ({ job }) => job?.kind ?? null],
  ['model', ({ model }) => model],
  ['account', ({ job }) => job?.account_email ?? null],
  ['key', ({ key }) => key?.name ?? key?.id ?? null],
  ['duration_ms', ({ duration_ms }) => duration_ms],
  ['credits', ({ job }) => job?.credits ?? null],
  ['attempts', ({ job }) => job?.attempts ?? null],
  ['job_id', ({ job }) => job?.id ?? null],
  ['prompt', ({ job }) => job?.prompt ?? null],
  ['error_code', ({ error }) => error?.code ?? null],
  ['error_message', ({ error }) => error?.message ?? null],
];

/**
 * One request with its timeline: the steps of its job and the calls to upstream. By the id of its row, or by its request
 * id, by which one that is still being answered is found as well. Throws `not_found`.
 */
export async function readLog(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings' | 'upstreamCalls'>,
  id: string,
): Promise<LogDetail> {
  const { db, now, settings, upstreamCalls } = runtime;
  const isRow = /^\d{1,15}$/.test(id);
  const isRequest = /^req_\w{1,100}$/.test(id);
  const found = isRow || isRequest ? await findRequestLog(db, isRow ? Number(id) : id, now()) : undefined;
  const [running] =
    found === undefined && isRequest ? await listRunningRequests(db, { now: now(), requestId: id }, 1) : [];
  const made = await madeBy(
    db,
    [found, running].flatMap((one) => one ?? []),
  );
  const records_bodies = settings.current()['request_log.record_bodies'];
  await upstreamCalls.flush();
  if (found !== undefined) {
    return {
      ...toLogRow(found, made),
      prompt: found.job === null ? null : maskText(found.job.prompt),
      client: found.log.client,
      user_agent: found.log.userAgent,
      request_body: found.requestBody,
      response_body: found.responseBody,
      timeline: await timelineOf(db, found.log.jobId, found.log.at),
      records_bodies,
    };
  }
  if (running !== undefined) {
    return {
      ...toRunningRow(running, made, now()),
      prompt: maskText(running.job.prompt),
      client: null,
      user_agent: null,
      request_body: null,
      response_body: null,
      timeline: await timelineOf(db, running.job.id, running.job.createdAt),
      records_bodies,
    };
  }
  throw new GatewayError('not_found', 'There is no request with this id in the log.');
}

async function timelineOf(
  db: Runtime['db'],
  jobId: string | null,
  since: Date,
): Promise<LogDetail['timeline']> {
  if (jobId === null) return [];
  const [steps, calls] = await Promise.all([
    listJobSteps(db, jobId),
    listUpstreamCalls(db, { jobId, limit: shownCalls }),
  ]);
  const offsetOf = (moment: Date) => moment.getTime() - since.getTime();
  const timeline: LogDetail['timeline'] = [
    ...steps.map((step) => ({
      type: 'step' as const,
      offset_ms: offsetOf(step.startedAt),
      ...toStepView(step),
    })),
    ...calls.map((call) => ({ type: 'call' as const, offset_ms: offsetOf(call.at), ...toCallView(call) })),
  ];
  return timeline.toSorted((one, other) => one.offset_ms - other.offset_ms);
}

/** Removes what is older, with its calls to upstream; 0 days removes all. Gives how many requests. */
export async function clearLogs(
  runtime: Pick<Runtime, 'db' | 'now' | 'log' | 'requestLog' | 'upstreamCalls'>,
  olderThanDays: number,
  actor: Actor,
): Promise<{ removed: number }> {
  const { db, now } = runtime;
  await writeAudit(runtime, { action: 'logs.clear', detail: { older_than_days: olderThanDays }, ...actor });
  await Promise.all([runtime.requestLog.flush(), runtime.upstreamCalls.flush()]);
  const before = new Date(now().getTime() - olderThanDays * dayMs + (olderThanDays === 0 ? 1 : 0));
  const removed = await pruneAll((want) => pruneRequestLogs(db, want), before);
  await pruneAll((want) => pruneUpstreamCalls(db, want), before);
  return { removed };
}

type Media = NonNullable<LogRow['job']>['media'];

/** What a request made, all of its jobs together. */
type Made = { count: number; credits: number; media: Media };

type MadeBy = (request: RequestLogView | RunningRequest, job: LoggedJob) => Made;

/** Looks up what these requests made; one that only asked for a job has that job. */
async function madeBy(
  db: Runtime['db'],
  requests: readonly (RequestLogView | RunningRequest)[],
): Promise<MadeBy> {
  const ofRequest = new Map<string | null, { id: string; credits: number }[]>();
  for (const job of await listJobsOfRequests(
    db,
    requests.flatMap((one) => makerOf(one) ?? []),
  )) {
    ofRequest.set(job.requestId, [...(ofRequest.get(job.requestId) ?? []), job]);
  }
  const shown = requests.flatMap(({ job }) => job ?? []);
  const ids = new Set([...shown, ...[...ofRequest.values()].flat()].map(({ id }) => id));
  const files = new Map<string | null, Media>();
  for (const row of await listMediaOfJobs(db, [...ids])) {
    files.set(row.jobId, [...(files.get(row.jobId) ?? []), linkTo(row)]);
  }
  return (request, job) => {
    const jobs = ofRequest.get(makerOf(request) ?? null) ?? [job];
    return {
      count: jobs.length,
      credits: jobs.reduce((sum, { credits }) => sum + credits, 0),
      media: jobs.flatMap(({ id }) => files.get(id) ?? []),
    };
  };
}

/** The id of a request that made the jobs of its row. */
function makerOf(request: RequestLogView | RunningRequest): string | undefined {
  if (!('log' in request)) return request.requestId ?? undefined;
  return request.isOwnJob ? request.log.requestId : undefined;
}

const toLogRow = (view: RequestLogView, made: MadeBy): LogRow => {
  const { log, status, isOwnJob, keyName, job } = view;
  return {
    id: log.id,
    request_id: log.requestId,
    at: log.at.toISOString(),
    method: log.method,
    path: log.path,
    source: log.source,
    status,
    code: log.status,
    duration_ms: log.durationMs,
    model: log.model,
    side_request: log.sideRequest,
    error:
      log.errorCode === null
        ? errorOf(isOwnJob ? job : null)
        : { code: log.errorCode, message: log.errorMessage },
    key: log.apiKeyId === null ? null : { id: log.apiKeyId, name: keyName },
    job: job === null ? null : toJobView(job, made(view, job)),
  };
};

const toRunningRow = (request: RunningRequest, made: MadeBy, now: Date): LogRow => {
  const { requestId, source, apiKeyId, keyName, job } = request;
  return {
    id: null,
    request_id: requestId,
    at: job.createdAt.toISOString(),
    method: null,
    path: null,
    source,
    status: 'running',
    code: null,
    duration_ms: Math.max(0, now.getTime() - job.createdAt.getTime()),
    model: job.model,
    side_request: null,
    error: null,
    key: apiKeyId === null ? null : { id: apiKeyId, name: keyName },
    job: toJobView(job, made(request, job)),
  };
};

const toJobView = (job: LoggedJob, { count, credits, media }: Made): NonNullable<LogRow['job']> => ({
  id: job.id,
  count,
  kind: job.kind,
  state: job.state,
  step: job.step,
  progress: job.state === 'running' ? job.progress : null,
  credits,
  attempts: job.attempts,
  account_id: job.accountId,
  account_email: job.accountEmail,
  project_id: job.projectId,
  prompt: listedPrompt(job.prompt),
  created_at: job.createdAt.toISOString(),
  started_at: job.startedAt?.toISOString() ?? null,
  ended_at: job.endedAt?.toISOString() ?? null,
  media,
});

/** Why a job failed after its request was answered. `jobs.error` holds what the program itself stored there. */
function errorOf(job: LoggedJob | null): LogRow['error'] {
  const error = job?.error as StoredError | null | undefined;
  return error === null || error === undefined
    ? null
    : { code: error.wireCode ?? error.code, message: error.message };
}
