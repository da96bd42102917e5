import {
  findJobRow,
  finishQueuedJob,
  listJobInputs,
  listJobSteps,
  requestCancel,
} from '@/db/repositories/jobs';
import { listMediaOfJob, type MediaRow } from '@/db/repositories/media';
import type { Runtime } from '../runtime';
import { isAccepted, type Job, toJob } from './job';
import { noteOf } from './phases';
import { progressOf } from './progress';
import { dropInputs } from './submit';
import type { JobStep, JobView, MediaItem } from './types';

/** Whose jobs may be seen: those made with this API key. */
export type Owner = { apiKeyId: string };

/** A job of the owner as it is now; `undefined` for unknown ids and for other people's jobs alike. */
export async function findJob(
  runtime: Pick<Runtime, 'db' | 'now' | 'queueView'>,
  jobId: string,
  owner: Owner,
): Promise<JobView | undefined> {
  const row = await findJobRow(runtime.db, jobId);
  return row === undefined || row.apiKeyId !== owner.apiKeyId ? undefined : viewJob(runtime, toJob(row));
}

/**
 * Cancels a job of the owner. A queued one ends at once; a running one is noted, and upstream is asked where it can be.
 * What finishes all the same is stored and marked.
 */
export async function cancelJob(
  runtime: Pick<Runtime, 'db' | 'now' | 'queueView' | 'signals' | 'media' | 'metrics'>,
  jobId: string,
  owner: Owner,
): Promise<JobView | undefined> {
  const row = await findJobRow(runtime.db, jobId);
  if (row === undefined || row.apiKeyId !== owner.apiKeyId) return undefined;
  await askToEnd(runtime, jobId);
  return findJob(runtime, jobId, owner);
}

/** The same for whoever may cancel any job. */
export async function askToEnd(
  runtime: Pick<Runtime, 'db' | 'now' | 'signals' | 'media' | 'metrics'>,
  jobId: string,
): Promise<void> {
  const { db, now, signals, metrics } = runtime;
  const inputs = await listJobInputs(db, jobId);
  const end = () => finishQueuedJob(db, { jobId, state: 'cancelled', now: now() });
  // The job may go from the queue to an account, or back, between two of these.
  const ended =
    (await end()) ?? ((await requestCancel(db, jobId, now())) === undefined ? await end() : undefined);
  if (ended !== undefined) {
    const { kind, createdAt } = ended;
    metrics.noteJobEnd({ kind, state: 'cancelled', createdAt, endedAt: now() });
    await dropInputs(runtime, inputs);
  }
  signals.notify(jobId);
  signals.wakePoller();
}

async function viewJob(
  { db, now, queueView }: Pick<Runtime, 'db' | 'now' | 'queueView'>,
  job: Job,
): Promise<JobView> {
  const [steps, media] = await Promise.all([listJobSteps(db, job.id), listMediaOfJob(db, job.id)]);
  const progress = job.state === 'running' ? progressOf(job, now()) : undefined;
  const queue = job.state === 'queued' ? await queueView.placeOf(job) : undefined;
  const note = noteOf(job);
  return {
    id: job.id,
    state: job.state,
    kind: job.kind,
    model: job.model,
    resolvedModel: job.specId,
    prompt: job.prompt,
    ...(job.step === null || job.state !== 'running' ? {} : { step: job.step as JobStep }),
    steps: steps.map(({ name, detail, startedAt, endedAt }) => ({
      name: name as JobStep,
      startedAt,
      detail,
      ...(endedAt === null ? {} : { endedAt }),
    })),
    ...(progress === undefined ? {} : { progress }),
    ...(queue === undefined ? {} : { queue }),
    media: media.map(toMediaItem),
    ...(job.error === null ? {} : { error: job.error }),
    ...(note === undefined ? {} : { note }),
    accepted: isAccepted(job),
    credits: job.credits,
    cancelRequested: job.cancelRequestedAt !== null,
    createdAt: job.createdAt,
    ...(job.startedAt === null ? {} : { startedAt: job.startedAt }),
    ...(job.endedAt === null ? {} : { endedAt: job.endedAt }),
    deadlineAt: job.deadlineAt,
  };
}

export function toMediaItem(row: MediaRow): MediaItem {
  return {
    id: row.id,
    kind: row.kind,
    role: row.role,
    contentType: row.contentType,
    location:
      row.storageKey === null && row.upstreamUrl !== null
        ? { type: 'url', url: row.upstreamUrl }
        : { type: 'path', path: `/media/${row.id}.${row.extension}` },
    ...(row.storageKey === null && row.upstreamUrl === null ? { expired: true } : {}),
    ...(row.width === null ? {} : { width: row.width }),
    ...(row.height === null ? {} : { height: row.height }),
    ...(row.durationSeconds === null ? {} : { durationSeconds: row.durationSeconds }),
    ...(row.sizeBytes === null ? {} : { sizeBytes: row.sizeBytes }),
  };
}
