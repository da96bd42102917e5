import { fromStoredError } from '../errors';
import type { JobView, MediaItem } from '../generation/types';
import { encodeError } from './error';
import { addressOf } from './media-address';

const seconds = (instant: Date) => Math.floor(instant.getTime() / 1_000);
const orNull = <T, R>(value: T | undefined, encode: (value: T) => R): R | null =>
  value === undefined ? null : encode(value);

/**
 * A job as `GET /v1/jobs/{id}` shows it, every key always. Instants are seconds since the epoch; `error` has the shape of
 * this surface's errors.
 */
export const encodeJob = (job: JobView, origin: string) => ({
  id: job.id,
  object: 'job' as const,
  state: job.state,
  kind: job.kind,
  model: job.model,
  resolved_model: job.resolvedModel,
  prompt: job.prompt,
  step: job.step ?? null,
  steps: job.steps.map((step) => ({
    name: step.name,
    started_at: seconds(step.startedAt),
    ended_at: orNull(step.endedAt, seconds),
  })),
  progress: job.progress ?? null,
  queue: orNull(job.queue, ({ position, estimateSeconds }) => ({
    position,
    estimate_seconds: estimateSeconds ?? null,
  })),
  media: job.media.map((item) => encodeMedia(item, origin)),
  error: orNull(job.error, (error) => encodeError(fromStoredError(error), job).body.error),
  note: job.note ?? null,
  credits: job.credits,
  cancel_requested: job.cancelRequested,
  created_at: seconds(job.createdAt),
  started_at: orNull(job.startedAt, seconds),
  ended_at: orNull(job.endedAt, seconds),
});

const encodeMedia = (item: MediaItem, origin: string) => ({
  id: item.id,
  kind: item.kind,
  role: item.role,
  url: item.expired ? null : addressOf(item, origin),
  content_type: item.contentType,
  width: item.width ?? null,
  height: item.height ?? null,
  duration_seconds: item.durationSeconds ?? null,
  size_bytes: item.sizeBytes ?? null,
  expired: item.expired ?? false,
});
