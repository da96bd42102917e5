import type { z } from 'zod';
import { listJobSteps } from '@/db/repositories/jobs';
import {
  countRequestLogs,
  findRequestLog,
  pruneRequestLogs,
  type RequestLogFilter,
  type RequestLogView,
  searchRequestLogs,
} from '@/db/repositories/request-logs';
import { listUpstreamCalls, pruneUpstreamCalls } from '@/db/repositories/upstream-calls';
import type { LogDetail, LogRow, listLogs as listContract } from '../admin-api/logs';
import { type Actor, writeAudit } from '../audit';
import { GatewayError } from '../errors';
import { toCallView, toStepView } from '../generation/list-jobs';
import type { Runtime } from '../runtime';

type Query = z.infer<typeof listContract.query>;

const countedUpTo = 10_000;
const shownCalls = 500;
const shownPromptLength = 300;
const removedAtATime = 5_000;
const dayMs = 86_400_000;
const leftCode = 499;

/** A page of requests, the newest first. */
export async function listLogs(
  { db }: Pick<Runtime, 'db'>,
  query: Query,
): Promise<z.input<typeof listContract.output>> {
  const filter: RequestLogFilter = {
    status: query.status,
    code: query.code,
    model: query.model,
    accountId: query.account,
    apiKeyId: query.key,
    fromAt: query.from === undefined ? undefined : new Date(query.from),
    toAt: query.to === undefined ? undefined : new Date(query.to),
    text: query.q?.replaceAll('\0', ''),
  };
  const [rows, total] = await Promise.all([
    searchRequestLogs(db, filter, { limit: query.limit + 1, before: query.cursor }),
    countRequestLogs(db, filter, countedUpTo + 1),
  ]);
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toLogRow),
    next_cursor: rows.length > shown.length && last !== undefined ? String(last.log.id) : null,
    total: Math.min(total, countedUpTo),
    total_is_capped: total > countedUpTo,
  };
}

/** One request with its timeline: the steps of its job and the calls to upstream. Throws `not_found`. */
export async function readLog(
  { db, settings, upstreamCalls }: Pick<Runtime, 'db' | 'settings' | 'upstreamCalls'>,
  id: string,
): Promise<LogDetail> {
  const found = /^\d{1,15}$/.test(id) ? await findRequestLog(db, Number(id)) : undefined;
  if (found === undefined)
    throw new GatewayError('not_found', 'There is no request with this id in the log.');
  const { jobId, at } = found.log;
  await upstreamCalls.flush();
  const [steps, calls] =
    jobId === null
      ? [[], []]
      : await Promise.all([listJobSteps(db, jobId), listUpstreamCalls(db, { jobId, limit: shownCalls })]);
  const offsetOf = (moment: Date) => moment.getTime() - at.getTime();
  const timeline: LogDetail['timeline'] = [
    ...steps.map((step) => ({
      type: 'step' as const,
      offset_ms: offsetOf(step.startedAt),
      ...toStepView(step),
    })),
    ...calls.map((call) => ({ type: 'call' as const, offset_ms: offsetOf(call.at), ...toCallView(call) })),
  ];
  return {
    ...toLogRow(found),
    client: found.log.client,
    user_agent: found.log.userAgent,
    request_body: found.requestBody,
    response_body: found.responseBody,
    timeline: timeline.toSorted((one, other) => one.offset_ms - other.offset_ms),
    records_bodies: settings.current()['request_log.record_bodies'],
  };
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
  const all = async (prune: typeof pruneRequestLogs) => {
    let removed = 0;
    for (;;) {
      const gone = await prune(db, { before, limit: removedAtATime });
      removed += gone;
      if (gone < removedAtATime) return removed;
    }
  };
  const removed = await all(pruneRequestLogs);
  await all(pruneUpstreamCalls);
  return { removed };
}

const toLogRow = ({ log, keyName, job }: RequestLogView): LogRow => ({
  id: log.id,
  request_id: log.requestId,
  at: log.at.toISOString(),
  method: log.method,
  path: log.path,
  status: statusOf(log),
  code: log.status,
  duration_ms: log.durationMs,
  model: log.model,
  side_request: log.sideRequest,
  error: log.errorCode === null ? null : { code: log.errorCode, message: log.errorMessage },
  key: log.apiKeyId === null ? null : { id: log.apiKeyId, name: keyName },
  job:
    job === null
      ? null
      : {
          id: job.id,
          kind: job.kind,
          state: job.state,
          step: job.step,
          progress: job.state === 'running' ? job.progress : null,
          credits: job.credits,
          attempts: job.attempts,
          account_id: job.accountId,
          account_email: job.accountEmail,
          prompt: job.prompt.slice(0, shownPromptLength),
        },
});

/** A stream that failed late has said 200 by then. */
function statusOf({ status, errorCode }: RequestLogView['log']): LogRow['status'] {
  if (status === leftCode) return 'left';
  if (status >= 500 || (status < 400 && errorCode !== null)) return 'failed';
  return status >= 400 ? 'refused' : 'success';
}
