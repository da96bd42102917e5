import type { z } from 'zod';
import type { Database } from '@/db/client';
import { type ApiKeyRow, listApiKeysById } from '@/db/repositories/api-keys';
import {
  countJobs,
  findJobRow,
  type JobFilter,
  type JobRow,
  type JobStepRow,
  listJobSteps,
  searchJobs,
} from '@/db/repositories/jobs';
import type { MediaRow } from '@/db/repositories/media';
import { listMediaOfJobs } from '@/db/repositories/overview';
import { listUpstreamCalls, type UpstreamCallRow } from '@/db/repositories/upstream-calls';
import type {
  JobDetail,
  jobStep,
  JobRow as ListedJob,
  listJobs as listContract,
  upstreamCall,
} from '../admin-api/jobs';
import type { JobSummary } from '../admin-api/overview';
import { pageOf } from '../admin-api/query';
import { GatewayError } from '../errors';
import { shorten } from '../format';
import { previewPathOf } from '../media/store';
import { maskText } from '../observability/mask';
import type { Runtime } from '../runtime';
import { isAccepted, toJob } from './job';
import { toMediaItem } from './view';

type Query = z.infer<typeof listContract.query>;

const countedUpTo = 10_000;
const shownCalls = 500;
const shownPromptLength = 300;

/** A page of jobs, the newest first. Throws `invalid_request` for a cursor that leads nowhere. */
export async function listJobs(
  { db }: Pick<Runtime, 'db'>,
  query: Query,
): Promise<z.input<typeof listContract.output>> {
  const filter: JobFilter = {
    state: query.state,
    kind: query.kind,
    model: query.model,
    accountId: query.account,
    apiKeyId: query.key,
    fromAt: query.from === undefined ? undefined : new Date(query.from),
    toAt: query.to === undefined ? undefined : new Date(query.to),
    text: query.q?.replaceAll('\0', ''),
  };
  const oldestFirst = query.sort === 'created_at';
  const page = pageOf(oldestFirst ? { page: 1, ...query } : query);
  const before = query.cursor === undefined || page !== undefined ? undefined : readCursor(query.cursor);
  const limit = page?.limit ?? query.limit;
  const [rows, total] = await Promise.all([
    searchJobs(db, filter, { limit: limit + 1, before, offset: page?.offset, oldestFirst }),
    countJobs(db, filter, countedUpTo + 1),
  ]);
  const shown = rows.slice(0, limit);
  const known = await readKnown(db, shown);
  const last = shown.at(-1);
  return {
    items: shown.map((row) => toListed(row, known)),
    next_cursor:
      page === undefined && rows.length > shown.length && last !== undefined
        ? `${last.createdAt.getTime()}.${last.id}`
        : null,
    total: Math.min(total, countedUpTo),
    total_is_capped: total > countedUpTo,
  };
}

function readCursor(cursor: string): { createdAt: Date; id: string } {
  const [, time, id] = /^(\d{1,15})\.([\w-]+)$/.exec(cursor) ?? [];
  if (time === undefined || id === undefined) {
    throw new GatewayError('invalid_request', 'This is no cursor of a list of jobs.', { param: 'cursor' });
  }
  return { createdAt: new Date(Number(time)), id };
}

/** One job with its steps and its calls to upstream. Throws `not_found`. */
export async function readJob(
  { db, settings }: Pick<Runtime, 'db' | 'settings'>,
  id: string,
): Promise<JobDetail> {
  const row = await findJobRow(db, id);
  if (row === undefined) throw new GatewayError('not_found', 'There is no job with this id.');
  const [known, steps, calls] = await Promise.all([
    readKnown(db, [row]),
    listJobSteps(db, id),
    listUpstreamCalls(db, { jobId: id, limit: shownCalls }),
  ]);
  return {
    ...toListed(row, known),
    prompt: maskText(row.prompt),
    refused_by: row.avoid,
    accepted: isAccepted(toJob(row)),
    accepted_at: row.acceptedAt?.toISOString() ?? null,
    deadline_at: row.deadlineAt.toISOString(),
    cancel_requested_at: row.cancelRequestedAt?.toISOString() ?? null,
    steps: steps.map(toStepView),
    upstream_calls: calls.map(toCallView),
    records_bodies: settings.current()['request_log.record_bodies'],
  };
}

type Known = { mediaOf: (jobId: string) => MediaRow[]; keys: Map<string, ApiKeyRow> };

/** What stands beside the rows of these jobs: their files and their keys, in a query each. */
export async function readKnown(db: Database, jobs: readonly JobRow[]): Promise<Known> {
  const keyIds = new Set(jobs.flatMap(({ apiKeyId }) => (apiKeyId === null ? [] : [apiKeyId])));
  const [media, keys] = await Promise.all([
    listMediaOfJobs(
      db,
      jobs.map(({ id }) => id),
    ),
    keyIds.size === 0 ? [] : listApiKeysById(db, [...keyIds]),
  ]);
  return {
    mediaOf: (id) => media.filter(({ jobId }) => jobId === id),
    keys: new Map(keys.map((key) => [key.id, key])),
  };
}

/** A prompt as every list shows it: without secrets, and no longer than a glance. */
export const listedPrompt = (prompt: string): string => shorten(maskText(prompt), shownPromptLength);

/** A job as every list of the console shows it. */
export function toSummary(row: JobRow, { mediaOf, keys }: Known): JobSummary {
  const { error } = toJob(row);
  const key = row.apiKeyId === null ? undefined : keys.get(row.apiKeyId);
  return {
    id: row.id,
    state: row.state,
    step: row.step,
    kind: row.kind,
    model: row.model,
    prompt: listedPrompt(row.prompt),
    account_email: row.accountEmail,
    key: key === undefined ? null : { id: key.id, name: key.name },
    progress: row.state === 'running' ? row.progress : null,
    error: error === null ? null : { code: error.wireCode ?? error.code, message: error.message },
    media: mediaOf(row.id).map(linkTo),
    created_at: row.createdAt.toISOString(),
    started_at: row.startedAt?.toISOString() ?? null,
    ended_at: row.endedAt?.toISOString() ?? null,
  };
}

const toListed = (row: JobRow, known: Known): ListedJob => ({
  ...toSummary(row, known),
  resolved_model: row.specId,
  account_id: row.accountId,
  request_id: row.requestId,
  attempts: row.attempts,
  credits: row.credits,
});

/** A file as the console links to it. */
export function linkTo(row: MediaRow): ListedJob['media'][number] {
  const { id, kind, location } = toMediaItem(row);
  const isStored = row.storageKey !== null;
  if (isStored && location.type === 'path') {
    return { id, kind, url: location.path, preview_url: previewPathOf(id), is_stored: true };
  }
  const isLink = location.type === 'url' && /^https?:/i.test(location.url);
  return { id, kind, url: isLink ? location.url : null, preview_url: null, is_stored: false };
}

/** A step as the console sees it. */
export const toStepView = (step: JobStepRow): z.infer<typeof jobStep> => ({
  name: step.name,
  detail: step.detail,
  started_at: step.startedAt.toISOString(),
  ended_at: step.endedAt?.toISOString() ?? null,
});

/** A call to upstream as the console sees it; it was redacted before it was stored. */
export const toCallView = (call: UpstreamCallRow): z.infer<typeof upstreamCall> => ({
  at: call.at.toISOString(),
  duration_ms: call.durationMs,
  method: call.method,
  host: call.host,
  path: call.path,
  status: call.status,
  proxied: call.proxied,
  error: call.error,
  request: call.request,
  response: call.response,
});
