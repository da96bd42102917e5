import type { z } from 'zod';
import {
  countGallery,
  findGalleryRow,
  findMediaIdByUpstreamName,
  type GalleryFilter,
  type GalleryRow,
  searchGallery,
  summariseStored,
} from '@/db/repositories/gallery';
import { findJobRow, listJobSteps } from '@/db/repositories/jobs';
import type {
  listMedia as listContract,
  MediaDetail,
  MediaFilter,
  MediaItemView,
  summariseMedia as summaryContract,
} from '../admin-api/media';
import { pageOf } from '../admin-api/query';
import { GatewayError } from '../errors';
import { type Job, toJob } from '../generation/job';
import { listedPrompt, toStepView } from '../generation/list-jobs';
import { nativeResolution } from '../models/catalog';
import { maskText } from '../observability/mask';
import type { Runtime } from '../runtime';
import { expiryOf } from './expiry';
import { previewPathOf } from './store';

type Needs = Pick<Runtime, 'db' | 'media' | 'settings'>;
type Query = z.output<typeof listContract.query>;

const countedUpTo = 10_000;
const megabyte = 1_000_000;

/** A filter of the admin API as the database is asked. */
export const toGalleryFilter = (filter: MediaFilter): GalleryFilter => ({
  kind: filter.type,
  state: filter.state,
  model: filter.model,
  account: filter.account,
  apiKeyId: filter.key,
  source: filter.source,
  kept: filter.kept === undefined ? undefined : filter.kept === 'yes',
  fromAt: filter.from === undefined ? undefined : new Date(filter.from),
  toAt: filter.to === undefined ? undefined : new Date(filter.to),
  text: filter.q,
});

/** A page of results. Throws `invalid_request` for a cursor that leads nowhere. */
export async function listMedia(
  runtime: Needs & Pick<Runtime, 'now'>,
  query: Query,
): Promise<z.input<typeof listContract.output>> {
  const { db } = runtime;
  const { sort } = query;
  const at = runtime.now().toISOString();
  const filter = toGalleryFilter(query);
  const page = pageOf(
    sort === '-created_at' ? query : { page: 1, ...query, size: query.size ?? query.limit },
  );
  const before = query.cursor === undefined || page !== undefined ? undefined : readCursor(query.cursor);
  const limit = page?.limit ?? query.limit;
  const [rows, total] = await Promise.all([
    searchGallery(db, filter, { limit: limit + 1, sort, before, offset: page?.offset }),
    countGallery(db, filter, countedUpTo + 1),
  ]);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1)?.media;
  return {
    at,
    items: await Promise.all(shown.map((row) => toItem(runtime, row))),
    next_cursor:
      page === undefined && rows.length > limit && last !== undefined
        ? `${last.createdAt.getTime()}.${last.id}`
        : null,
    total: Math.min(total, countedUpTo),
    total_is_capped: total > countedUpTo,
  };
}

function readCursor(cursor: string): { createdAt: Date; id: string } {
  const [, time, id] = /^(\d{1,15})\.([\w-]+)$/.exec(cursor) ?? [];
  if (time !== undefined && id !== undefined) return { createdAt: new Date(Number(time)), id };
  throw new GatewayError('invalid_request', 'This is no cursor of a list of media.', { param: 'cursor' });
}

/** One result as lists show it. Throws `not_found`. */
export async function viewMedia(runtime: Needs, id: string): Promise<MediaItemView> {
  return toItem(runtime, await getRow(runtime, id));
}

/** One result with what is known of how it was made. Throws `not_found`. */
export async function readMedia(runtime: Needs, id: string): Promise<MediaDetail> {
  const row = await getRow(runtime, id);
  const [item, job] = await Promise.all([toItem(runtime, row), describeJob(runtime, row)]);
  return { ...item, sha256: row.media.sha256, job };
}

async function getRow({ db }: Pick<Runtime, 'db'>, id: string): Promise<GalleryRow> {
  const row = await findGalleryRow(db, id);
  if (row === undefined) throw mediaNotFound(id);
  return row;
}

export const mediaNotFound = (id: string): GatewayError =>
  new GatewayError('not_found', `There is no result ${id.slice(0, 100)}.`);

async function describeJob({ db }: Pick<Runtime, 'db'>, { media }: GalleryRow): Promise<MediaDetail['job']> {
  const row = media.jobId === null ? undefined : await findJobRow(db, media.jobId);
  if (row === undefined) return null;
  const job = toJob(row);
  const { spec, source, error } = job;
  const [steps, continued] = await Promise.all([
    listJobSteps(db, job.id),
    source === null ? undefined : findMediaIdByUpstreamName(db, source.mediaName),
  ]);
  return {
    id: job.id,
    state: job.state,
    prompt: maskText(job.prompt),
    resolved_model: job.specId,
    family: spec.base,
    mode: spec.mode,
    aspect_ratio: spec.aspectRatio,
    // What was made before an upscale failed has the size from before it.
    resolution: (media.role === 'base' ? undefined : spec.upscale) ?? nativeResolution[media.kind],
    seconds: spec.seconds ?? null,
    seed: seedOf(job),
    references: job.uploads.length,
    continues_id: continued ?? null,
    tier: job.tier,
    project_id: job.projectId,
    credits: job.credits,
    attempts: job.attempts,
    error: error === null ? null : { code: error.wireCode ?? error.code, message: error.message },
    created_at: job.createdAt.toISOString(),
    started_at: job.startedAt?.toISOString() ?? null,
    ended_at: job.endedAt?.toISOString() ?? null,
    steps: steps.map(toStepView),
  };
}

/** The one that was submitted: the client's, or the one that was drawn for it. */
const seedOf = ({ intent, seed }: Pick<Job, 'intent' | 'seed'>): number | null =>
  intent?.submission.seed ?? seed;

async function toItem({ media: store, settings }: Needs, row: GalleryRow): Promise<MediaItemView> {
  const { media, keyName } = row;
  const state = await stateOf(store, media);
  const isThere = state === 'stored' || state === 'upstream';
  const hasPreview = state === 'stored' || (state === 'upstream' && media.kind === 'video');
  return {
    id: media.id,
    kind: media.kind,
    role: media.role,
    state,
    url: isThere ? `/media/${media.id}.${media.extension}` : null,
    preview_url: hasPreview ? previewPathOf(media.id) : null,
    content_type: media.contentType,
    width: media.width,
    height: media.height,
    duration_seconds: media.durationSeconds,
    bytes: media.sizeBytes,
    created_at: media.createdAt.toISOString(),
    expires_at: expiryOf(media, settings.current()['cache.lifetime'])?.toISOString() ?? null,
    kept: media.kept,
    prompt: row.prompt === null ? null : listedPrompt(row.prompt.replace(/\s+/g, ' ').trim()),
    model: row.model,
    account_id: media.accountId,
    account_email: media.accountEmail,
    key: media.apiKeyId === null || keyName === null ? null : { id: media.apiKeyId, name: keyName },
    source: row.source,
    job_id: media.jobId,
    request_id: row.requestId,
    log_id: row.logId,
  };
}

async function stateOf(
  store: Runtime['media'],
  { storageKey, upstreamUrl }: GalleryRow['media'],
): Promise<MediaItemView['state']> {
  if (storageKey === null) return upstreamUrl === null ? 'expired' : 'upstream';
  return (await store.find(storageKey)) === undefined ? 'missing' : 'stored';
}

/** What the stored files take, and what they may. */
export async function summariseMedia({
  db,
  settings,
}: Pick<Runtime, 'db' | 'settings'>): Promise<z.input<typeof summaryContract.output>> {
  const stored = await summariseStored(db);
  const current = settings.current();
  const limit = current['cache.max_size'] * megabyte;
  const lifetime = current['cache.lifetime'];
  return {
    stores: current['cache.enabled'],
    used_bytes: stored.sizeBytes,
    limit_bytes: limit === 0 ? null : limit,
    files: stored.files,
    oldest_at: stored.oldestAt?.toISOString() ?? null,
    kept: { files: stored.keptFiles, bytes: stored.keptBytes },
    lifetime_seconds: lifetime === 0 ? null : lifetime,
  };
}
