import { findJobRow, listJobSteps } from '@/db/repositories/jobs';
import { listMediaOfJob } from '@/db/repositories/media';
import { GatewayError, type StoredError } from '../errors';
import type { Runtime } from '../runtime';
import { isAccepted, type Job, toJob } from './job';
import { noteOf } from './phases';
import { progressOf } from './progress';
import type { GenerationEvent, JobStep } from './types';
import { toMediaItem } from './view';

const queueLookMs = 2_000;
const progressEveryMs = 5_000; // even when no percent is known: the elapsed time is something to tell

/**
 * The events of a job from its beginning to its end. Ends with the reader (`signal`), never with the job: the job does
 * not know who follows. When the caller's time is over and upstream has accepted the job, the last event is a failure
 * `result_pending`, and the job goes on. Throws `not_found` for an unknown job.
 */
export async function* follow(
  runtime: Pick<Runtime, 'db' | 'signals' | 'now' | 'queueView'>,
  jobId: string,
  signal: AbortSignal,
): AsyncGenerator<GenerationEvent> {
  const { db, now, queueView, signals } = runtime;
  let lastStep = 0;
  let revision = -1;
  let told: { text: string; at: number } | undefined;
  const isNews = (event: GenerationEvent, everyMs: number): boolean => {
    const text = JSON.stringify({ ...event, elapsedSeconds: 0 });
    const isDue = told === undefined || told.text !== text || now().getTime() - told.at >= everyMs;
    if (isDue) told = { text, at: now().getTime() };
    return isDue;
  };

  while (!signal.aborted) {
    const row = await findJobRow(db, jobId);
    if (row === undefined) throw new GatewayError('not_found', `There is no job ${jobId}.`);
    const job = toJob(row);
    if (job.revision !== revision) {
      revision = job.revision;
      for (const { id, name, detail } of await listJobSteps(db, jobId, lastStep)) {
        lastStep = id;
        yield { type: 'step', step: name as JobStep, detail };
      }
    }
    const end = await endOf(runtime, job);
    if (end !== undefined) {
      yield end;
      return;
    }
    const untilDeadline = job.deadlineAt.getTime() - now().getTime();
    if (untilDeadline <= 0 && isAccepted(job)) {
      yield { type: 'failed', error: pending(job), media: [], accepted: true };
      return;
    }
    if (job.state === 'queued') {
      const place = await queueView.placeOf(job);
      const event: GenerationEvent | undefined =
        place === undefined ? undefined : { type: 'queued', ...place };
      if (event !== undefined && isNews(event, 3 * progressEveryMs)) yield event;
    } else if (job.acceptedAt !== null || job.step === 'generating') {
      const event = progressEvent(job, now());
      if (isNews(event, progressEveryMs)) yield event;
    }
    const patience = job.state === 'queued' ? queueLookMs : progressEveryMs;
    await signals.changed(
      jobId,
      revision,
      Math.max(1, untilDeadline > 0 ? Math.min(patience, untilDeadline) : patience),
      signal,
    );
  }
}

function progressEvent(job: Job, now: Date): GenerationEvent {
  const since = job.startedAt ?? job.createdAt;
  return {
    type: 'progress',
    elapsedSeconds: Math.round((now.getTime() - since.getTime()) / 1_000),
    ...progressOf(job, now),
  };
}

async function endOf({ db }: Pick<Runtime, 'db'>, job: Job): Promise<GenerationEvent | undefined> {
  if (job.state === 'cancelled') return { type: 'cancelled' };
  if (job.state !== 'completed' && job.state !== 'failed') return undefined;
  const rows = await listMediaOfJob(db, job.id);
  const media = rows.map(toMediaItem);
  if (job.state === 'completed') {
    // Only a repeat comes late enough to find this: the address of a file that is not there is no answer.
    const results = rows.filter(({ role }) => role === 'result');
    const isGone =
      results.length > 0 && results.every((row) => row.storageKey === null && row.upstreamUrl === null);
    if (isGone) return { type: 'failed', error: removed(job), media: [], accepted: true };
    const cancelRequested = job.cancelRequestedAt !== null;
    const note = noteOf(job);
    return {
      type: 'completed',
      media,
      cancelRequested,
      ...(note === undefined ? {} : { note }),
      ...(job.endedAt === null ? {} : { endedAt: job.endedAt }),
    };
  }
  const error: StoredError = job.error ?? { code: 'internal_error', message: 'The job failed.' };
  return { type: 'failed', error, media, accepted: isAccepted(job) };
}

const removed = (job: Job): StoredError => ({
  code: 'gone',
  message: `What job ${job.id} made is no longer stored here. To make it again, send the request with another Idempotency-Key, or later.`,
});

const pending = (job: Job): StoredError => ({
  code: 'result_pending',
  message: `This is still being worked on and is not lost: ask for the result at /v1/jobs/${job.id}. Sending the request again would charge again.`,
});
