import { findJobRow } from '@/db/repositories/jobs';
import { listMediaOfJob, type MediaRow } from '@/db/repositories/media';
import { listMediaOfJobs } from '@/db/repositories/overview';
import { forgetFilesOfJob, hideVideoJob, listVideoJobs } from '@/db/repositories/videos';
import { GatewayError } from '../errors';
import { expiryOf } from '../media/expiry';
import { getBaseModel, nativeResolution } from '../models/catalog';
import type { Runtime } from '../runtime';
import { isAccepted, type Job, toJob } from './job';
import { expectedSeconds } from './phases';
import { progressOf } from './progress';
import type { GenerationRequest, VideoView } from './types';
import { cancelJob, type Owner } from './view';

type Reads = Pick<Runtime, 'db' | 'now' | 'settings'>;

/** A video of the owner; `undefined` for unknown ids, other people's, pictures, and what the owner deleted. */
export async function findVideo(runtime: Reads, jobId: string, owner: Owner): Promise<VideoView | undefined> {
  const found = await findVideoJob(runtime, jobId, owner);
  return found === undefined ? undefined : viewVideo(runtime, found.job, found.media);
}

/** The job of such a video with its files, those of the result first. */
export async function findVideoJob(
  { db }: Pick<Runtime, 'db'>,
  jobId: string,
  { apiKeyId }: Owner,
): Promise<{ job: Job; media: MediaRow[] } | undefined> {
  const row = await findJobRow(db, jobId);
  if (row === undefined || row.apiKeyId !== apiKeyId || row.kind !== 'video' || row.hiddenAt !== null) {
    return undefined;
  }
  return { job: toJob(row), media: resultFirst(await listMediaOfJob(db, jobId)) };
}

/** Which part of the owner's videos is wanted. `after` is the id of the job that the part before ended with. */
export type VideoRange = { order: 'asc' | 'desc'; limit: number; after?: string };

/** A page of the owner's videos, in two queries whatever its length. Throws `invalid_request` for an unknown `after`. */
export async function listVideos(
  runtime: Reads,
  { after, ...range }: VideoRange,
  owner: Owner,
): Promise<{ videos: VideoView[]; hasMore: boolean }> {
  const { db } = runtime;
  const last = after === undefined ? undefined : await findJobRow(db, after);
  // A deleted video still says where to go on from.
  if (after !== undefined && (last?.apiKeyId !== owner.apiKeyId || last.kind !== 'video')) {
    throw new GatewayError('invalid_request', '"after" is not the id of a video of your API key.', {
      param: 'after',
    });
  }
  const rows = await listVideoJobs(db, {
    ...range,
    limit: range.limit + 1,
    apiKeyId: owner.apiKeyId,
    after: last,
  });
  const shown = rows.slice(0, range.limit);
  const media = await listMediaOfJobs(
    db,
    shown.map(({ id }) => id),
  );
  return {
    videos: shown.map((row) =>
      viewVideo(runtime, toJob(row), resultFirst(media.filter(({ jobId }) => jobId === row.id))),
    ),
    hasMore: rows.length > range.limit,
  };
}

/**
 * Deletes a video of the owner: cancels the job when it has not ended, removes the files otherwise. The job stays, for the
 * operator's history and for what it cost. `false` when there is no such video.
 */
export async function deleteVideo(
  runtime: Pick<Runtime, 'db' | 'now' | 'media' | 'metrics' | 'queueView' | 'signals'>,
  jobId: string,
  owner: Owner,
): Promise<boolean> {
  const { db, now, media } = runtime;
  if (!(await hideVideoJob(db, { jobId, apiKeyId: owner.apiKeyId, now: now() }))) return false;
  const job = await cancelJob(runtime, jobId, owner);
  if (job?.state === 'queued' || job?.state === 'running') return true; // what it brings all the same is for the operator
  const files = (await listMediaOfJob(db, jobId)).filter(({ kept }) => !kept);
  // The rows first: a crash between the two leaves files without a row, which the next cleaning finds.
  await forgetFilesOfJob(db, jobId);
  for (const key of files.flatMap(({ storageKey, previewKey }) => [storageKey, previewKey])) {
    if (key !== null) await media.delete(key);
  }
  return true;
}

const resultFirst = (media: readonly MediaRow[]): MediaRow[] =>
  media.toSorted((a, b) => Number(b.role === 'result') - Number(a.role === 'result'));

function viewVideo({ now, settings }: Reads, job: Job, media: readonly MediaRow[]): VideoView {
  const { spec } = job;
  const [file] = media;
  const { width = null, height = null } = file ?? {};
  // A video that goes on from another one is the whole of both.
  const seconds = file?.durationSeconds ?? expectedSeconds(job);
  const expiresAt = file === undefined ? undefined : expiryOf(file, settings.current()['cache.lifetime']);
  return {
    jobId: job.id,
    state: job.state,
    model: job.model,
    prompt: job.prompt,
    aspectRatio: spec.aspectRatio,
    // What was made before an upscale failed has the size from before it.
    resolution: (file?.role === 'base' ? undefined : spec.upscale) ?? nativeResolution.video,
    ...(seconds === undefined ? {} : { seconds }),
    ...(width === null || height === null ? {} : { width, height }),
    percent: job.state === 'completed' ? 100 : percentOf(job, now()),
    ...(job.expectedMs === null ? {} : { expectedMs: job.expectedMs }),
    ...(job.error === null ? {} : { error: job.error }),
    accepted: isAccepted(job),
    hasFile: file !== undefined && (file.storageKey !== null || file.upstreamUrl !== null),
    createdAt: job.createdAt,
    ...(job.endedAt === null ? {} : { endedAt: job.endedAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** Both what upstream says and what history suggests only rise, so the larger of the two does. */
function percentOf(job: Job, now: Date): number {
  const at = job.endedAt ?? now;
  const estimate = progressOf({ ...job, progress: null }, at)?.percent ?? 0;
  return Math.max(progressOf(job, at)?.percent ?? 0, estimate);
}

/**
 * The request that goes on from a video of the owner, by its own model where that can, else by `otherModel`. `undefined`
 * when there is no such video. Throws `invalid_request` when it is not finished.
 */
export async function extendVideo(
  runtime: Pick<Runtime, 'db'>,
  {
    jobId,
    model,
    ...asked
  }: { jobId: string; model?: string } & Omit<GenerationRequest, 'model' | 'references'>,
  otherModel: string,
  owner: Owner,
): Promise<GenerationRequest | undefined> {
  const found = await findVideoJob(runtime, jobId, owner);
  if (found === undefined) return undefined;
  const { job, media } = found;
  const [file] = media;
  if (job.state !== 'completed' || file === undefined) {
    throw new GatewayError('invalid_request', 'The video to go on from is not finished.', {
      param: 'video',
      wireCode: 'video_not_ready',
    });
  }
  const canGoOn = getBaseModel(job.spec.base).modes.some(({ mode }) => mode === 'extend');
  return {
    ...asked,
    model: model ?? (canGoOn ? job.spec.base : otherModel),
    references: [],
    sourceVideo: file.id,
  };
}
