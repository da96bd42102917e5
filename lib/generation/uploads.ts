import type { JobInputRow } from '@/db/repositories/jobs';
import {
  deleteReferenceUploads,
  pruneReferenceUploads,
  saveReferenceUpload,
  touchReferenceUpload,
  type UploadKey,
} from '@/db/repositories/reference-uploads';
import { GatewayError } from '../errors';
import type { MediaKind } from '../models/types';
import type { Runtime } from '../runtime';
import { unlessAborted } from '../unless-aborted';
import type { UpstreamAccess } from './upstream';

type Needs = Pick<Runtime, 'db' | 'media' | 'upstream' | 'settings' | 'uploading' | 'now' | 'log'>;

/** What a job knows of its uploads in this turn. */
export type UploadMemory = {
  /** Whether some of them were made before this turn, or for another job: upstream may have dropped those. */
  areReused: boolean;
  /** What upstream said it does not know. */
  gone: Set<string>;
};

type Want = {
  access: UpstreamAccess;
  projectId: string;
  input: JobInputRow;
  kind: MediaKind;
  memory: UploadMemory;
};

const minuteMs = 60_000;

/**
 * The upstream's name of a picture in a project: of an earlier upload of the same picture that is young enough, of one
 * that is under way, or of a new one.
 */
export async function uploadOnce(runtime: Needs, want: Want, signal: AbortSignal): Promise<string> {
  const { uploading } = runtime;
  const lifetimeMs = runtime.settings.current()['references.reuse_uploads'] * minuteMs;
  if (lifetimeMs === 0) return upload(runtime, want, signal);
  const key: UploadKey = {
    accountId: want.access.accountId,
    projectId: want.projectId,
    sha256: want.input.sha256,
    kind: want.kind,
  };
  const name = Object.values(key).join(' ');
  for (let running = uploading.get(name); running !== undefined; running = uploading.get(name)) {
    // When the one who uploads gives up, the next one does it.
    const shared = await unlessAborted(running, signal).catch(() => signal.throwIfAborted());
    if (shared !== undefined && !want.memory.gone.has(shared)) return takeOver(want, shared);
  }
  const work = findOrUpload(runtime, key, { ...want, lifetimeMs }, signal).finally(() =>
    uploading.delete(name),
  );
  uploading.set(
    name,
    work.then(({ upstreamName }) => upstreamName),
  );
  uploading.get(name)?.catch(() => undefined); // the one who uploads sees it
  const { upstreamName, isNew } = await work;
  return isNew ? upstreamName : takeOver(want, upstreamName);
}

function takeOver({ memory }: Want, upstreamName: string): string {
  memory.areReused = true;
  return upstreamName;
}

async function findOrUpload(
  runtime: Needs,
  key: UploadKey,
  want: Want & { lifetimeMs: number },
  signal: AbortSignal,
): Promise<{ upstreamName: string; isNew: boolean }> {
  const { db, now, log } = runtime;
  const createdAfter = new Date(now().getTime() - want.lifetimeMs);
  const known = await touchReferenceUpload(db, { key, createdAfter, now: now() });
  if (known !== undefined && !want.memory.gone.has(known.upstreamName)) {
    return { upstreamName: known.upstreamName, isNew: false };
  }
  const upstreamName = await upload(runtime, want, signal);
  const at = now();
  await saveReferenceUpload(db, { ...key, upstreamName, createdAt: at, usedAt: at }).catch(
    (error: unknown) => {
      // Only the next upload of the same picture is dearer for it.
      log.warn({ err: error, accountId: key.accountId }, 'an upload could not be noted');
    },
  );
  return { upstreamName, isNew: true };
}

async function upload(
  { media, upstream }: Needs,
  { access, projectId, input, kind }: Want,
  signal: AbortSignal,
): Promise<string> {
  const isWhole = await media.verify(input.storageKey, input.sha256);
  const bytes = isWhole ? await media.read(input.storageKey) : undefined;
  if (bytes === undefined || bytes.byteLength !== input.sizeBytes)
    throw new GatewayError('internal_error', 'A picture of the request is no longer stored.');
  const { contentType, width, height } = input;
  const picture = { projectId, bytes, contentType, width, height, forVideo: kind === 'video' };
  return upstream.uploadReference(access, picture, signal);
}

/** Forgets what upstream does not know any more, so that no other job relies on it. */
export const forgetUploads = (
  { db }: Pick<Runtime, 'db'>,
  accountId: string,
  upstreamNames: readonly string[],
): Promise<void> => deleteReferenceUploads(db, { accountId, upstreamNames });

/** Forgets what is too old to be used again. */
export const pruneUploads = ({ db, settings, now }: Pick<Runtime, 'db' | 'settings' | 'now'>) =>
  pruneReferenceUploads(
    db,
    new Date(now().getTime() - settings.current()['references.reuse_uploads'] * minuteMs),
  );
