import type { z } from 'zod';
import type { JobRow } from '@/db/repositories/jobs';
import { listJobSteps } from '@/db/repositories/jobs';
import type { MediaRow } from '@/db/repositories/media';
import { listMediaOfJobs } from '@/db/repositories/overview';
import {
  durationsSince,
  findPlaygroundRun,
  listJobsById,
  listPlaygroundRuns,
  type PlaygroundRunRow,
} from '@/db/repositories/playground-runs';
import type {
  listPlaygroundRuns as listContract,
  PlaygroundForm,
  PlaygroundJob,
  PlaygroundMedia,
  PlaygroundRun,
} from '../admin-api/playground';
import { type Actor, writeAudit } from '../audit';
import { GatewayError, type StoredError } from '../errors';
import { follow } from '../generation/follow';
import { isAccepted, type Job, toJob } from '../generation/job';
import { linkTo, listedPrompt } from '../generation/list-jobs';
import { median, progressOf } from '../generation/progress';
import { askToEnd, toMediaItem } from '../generation/view';
import type { Runtime } from '../runtime';

const shownRuns = 20;
const usualDays = 7;
const usualSample = 1_000;
const dayMs = 86_400_000;

type Needs = Pick<Runtime, 'db' | 'now' | 'queueView'>;

/** A run as it is now. Throws `not_found`. */
export async function readRun(runtime: Needs, id: string): Promise<PlaygroundRun> {
  const row = await findRun(runtime, id);
  const [jobs, usually_ms] = await viewJobs(runtime, row);
  const [first] = jobs;
  if (first === undefined) throw unknownRun();
  return {
    id: row.id,
    log_id: row.requestId,
    state: stateOf(jobs.map(({ job }) => job)),
    kind: first.job.kind,
    form: toForm(row, first.job),
    usually_ms,
    jobs: jobs.map(({ view }) => view),
    created_at: row.createdAt.toISOString(),
    ended_at: endOf(jobs.map(({ job }) => job))?.toISOString() ?? null,
  };
}

async function findRun({ db }: Needs, id: string): Promise<PlaygroundRunRow> {
  const row = id.startsWith('run_') ? await findPlaygroundRun(db, id) : undefined;
  if (row === undefined) throw unknownRun();
  return row;
}

const unknownRun = () => new GatewayError('not_found', 'There is no run with this id.');

/** The last runs, the newest first. */
export async function listRuns({ db }: Pick<Runtime, 'db'>): Promise<z.input<typeof listContract.output>> {
  const rows = await listPlaygroundRuns(db, shownRuns);
  const ids = rows.flatMap(({ jobIds }) => jobIds);
  const [jobs, media] = await Promise.all([listJobsById(db, ids), listMediaOfJobs(db, ids)]);
  return {
    items: rows.flatMap((row) => {
      const own = inOrder(row, jobs);
      const [first] = own;
      if (first === undefined) return [];
      const shown = media.find(({ jobId, role }) => role === 'result' && row.jobIds.includes(jobId ?? ''));
      return [
        {
          id: row.id,
          state: stateOf(own),
          kind: first.kind,
          model: formOf(row).model,
          prompt: listedPrompt(first.prompt),
          outputs: own.length,
          media: shown === undefined ? null : toMedia(shown),
          created_at: row.createdAt.toISOString(),
          ended_at: endOf(own)?.toISOString() ?? null,
        },
      ];
    }),
  };
}

/** The run each time that something about it changes, from now to its end. Throws `not_found`. */
export async function* followRun(
  runtime: Needs & Pick<Runtime, 'signals'>,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<PlaygroundRun> {
  const { jobIds } = await findRun(runtime, id);
  const stop = new AbortController();
  const leaving = AbortSignal.any([signal, stop.signal]);
  const changes = merge(jobIds.map((jobId) => follow(runtime, jobId, leaving)));
  try {
    yield await readRun(runtime, id);
    for await (const _event of changes) yield await readRun(runtime, id);
  } finally {
    stop.abort();
  }
}

/** What any of these gives, as it comes. */
async function* merge<T>(sources: AsyncGenerator<T>[]): AsyncGenerator<T> {
  const ask = async (source: AsyncGenerator<T>) => ({ source, result: await source.next() });
  const waiting = new Map(sources.map((source) => [source, ask(source)]));
  while (waiting.size > 0) {
    const { source, result } = await Promise.race(waiting.values());
    if (result.done === true) waiting.delete(source);
    else {
      waiting.set(source, ask(source));
      yield result.value;
    }
  }
}

/** Stops what has not ended, as far as that can be done. Throws `not_found`. */
export async function cancelRun(
  runtime: Needs & Pick<Runtime, 'signals' | 'media' | 'metrics' | 'log'>,
  id: string,
  actor: Actor,
): Promise<PlaygroundRun> {
  const { jobIds } = await findRun(runtime, id);
  for (const jobId of jobIds) await askToEnd(runtime, jobId);
  await writeAudit(runtime, { ...actor, action: 'playground.cancel', object: id });
  return readRun(runtime, id);
}

async function viewJobs(
  runtime: Needs,
  row: PlaygroundRunRow,
): Promise<[{ job: Job; view: PlaygroundJob }[], number | null]> {
  const { db, now } = runtime;
  const [rows, media] = await Promise.all([listJobsById(db, row.jobIds), listMediaOfJobs(db, row.jobIds)]);
  const own = inOrder(row, rows);
  const since = new Date(now().getTime() - usualDays * dayMs);
  const [views, durations] = await Promise.all([
    Promise.all(
      own.map(async (job) => ({
        job,
        view: await toJobView(
          runtime,
          job,
          media.filter(({ jobId }) => jobId === job.id),
        ),
      })),
    ),
    own[0] === undefined ? [] : durationsSince(db, { specId: own[0].specId, since, limit: usualSample }),
  ]);
  return [views, median(durations) ?? null];
}

const inOrder = (row: PlaygroundRunRow, jobs: readonly JobRow[]): Job[] =>
  row.jobIds.flatMap((id) => {
    const job = jobs.find((one) => one.id === id);
    return job === undefined ? [] : [toJob(job)];
  });

type StateOf = Pick<Job, 'state' | 'endedAt'>;

function stateOf(jobs: readonly StateOf[]): PlaygroundRun['state'] {
  const has = (state: Job['state']) => jobs.some((job) => job.state === state);
  if (jobs.every(({ state }) => state === 'queued')) return 'queued';
  if (has('queued') || has('running')) return 'running';
  if (has('completed')) return 'completed';
  return has('failed') ? 'failed' : 'cancelled';
}

function endOf(jobs: readonly StateOf[]): Date | undefined {
  const ends = jobs.flatMap(({ endedAt }) => endedAt ?? []);
  return ends.length < jobs.length ? undefined : ends.toSorted((a, b) => b.getTime() - a.getTime())[0];
}

async function toJobView(
  { db, now, queueView }: Needs,
  job: Job,
  media: readonly MediaRow[],
): Promise<PlaygroundJob> {
  const [steps, place] = await Promise.all([
    listJobSteps(db, job.id),
    job.state === 'queued' ? queueView.placeOf(job) : undefined,
  ]);
  const [firstStep] = steps;
  const queuedUntil = firstStep?.startedAt ?? job.endedAt;
  return {
    id: job.id,
    state: job.state,
    stages: [
      {
        name: 'queued',
        started_at: job.createdAt.toISOString(),
        ended_at: queuedUntil?.toISOString() ?? null,
        account: null,
      },
      ...steps.map(({ name, startedAt, endedAt, detail }) => ({
        name: name as PlaygroundJob['stages'][number]['name'],
        started_at: startedAt.toISOString(),
        ended_at: endedAt?.toISOString() ?? null,
        account: name === 'account_selected' && typeof detail.account === 'string' ? detail.account : null,
      })),
    ],
    queue:
      place === undefined
        ? null
        : { position: place.position, estimate_seconds: place.estimateSeconds ?? null },
    progress: job.state === 'running' ? (progressOf(job, now()) ?? null) : null,
    account: job.accountEmail === null ? null : { id: job.accountId, email: job.accountEmail },
    credits: job.credits,
    media: media.map(toMedia),
    error: job.error === null ? null : toError(job.error),
    cancel_requested: job.cancelRequestedAt !== null,
    accepted: isAccepted(job),
    created_at: job.createdAt.toISOString(),
    started_at: job.startedAt?.toISOString() ?? null,
    ended_at: job.endedAt?.toISOString() ?? null,
  };
}

function toMedia(row: MediaRow): PlaygroundMedia {
  const { contentType, width, height, durationSeconds, sizeBytes, role } = toMediaItem(row);
  return {
    ...linkTo(row),
    role,
    content_type: contentType,
    width: width ?? null,
    height: height ?? null,
    duration_seconds: durationSeconds ?? null,
    size_bytes: sizeBytes ?? null,
  };
}

function toError(error: StoredError): PlaygroundJob['error'] {
  const { status, reason } = error.details ?? {};
  const upstream = [status, reason].filter((part) => typeof part === 'string' || typeof part === 'number');
  return {
    code: error.wireCode ?? error.code,
    message: error.message,
    upstream: upstream.length === 0 ? null : upstream.join(' '),
    retry_after: error.retryAfterSeconds ?? null,
  };
}

/** What a run keeps beside its jobs. The program itself wrote it, so its shape is trusted. */
export type KeptForm = Omit<PlaygroundForm, 'prompt'>;

const formOf = (row: PlaygroundRunRow): KeptForm => row.form as KeptForm;

const toForm = (row: PlaygroundRunRow, { prompt }: Pick<JobRow, 'prompt'>): PlaygroundForm => ({
  ...formOf(row),
  prompt,
});
