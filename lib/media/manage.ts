import { type FormerFile, markMediaDeleted, setMediaKept } from '@/db/repositories/gallery';
import type { MediaItemView } from '../admin-api/media';
import { type Actor, writeAudit } from '../audit';
import { GatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { mediaNotFound, viewMedia } from './gallery';

export type ManageNeeds = Pick<Runtime, 'db' | 'media' | 'settings' | 'now' | 'log'>;

/** Which result, and who wants something of it. */
type MediaTarget = { id: string; actor: Actor };

/**
 * Keeps a file for good or no longer. Throws `not_found`, and for what cannot be kept `conflict` where only upstream has
 * it and `gone` where nobody has.
 */
export async function keepMedia(
  runtime: ManageNeeds,
  { id, actor }: MediaTarget,
  kept: boolean,
): Promise<MediaItemView> {
  const before = await viewMedia(runtime, id);
  if (kept && before.state === 'missing') throw nothingToKeep('expired');
  if (!(await setMediaKept(runtime.db, id, { kept, now: runtime.now() }))) throw nothingToKeep(before.state);
  if (kept !== before.kept) {
    await writeAudit(runtime, { ...actor, action: kept ? 'media.keep' : 'media.unkeep', object: id });
  }
  return viewMedia(runtime, id);
}

const nothingToKeep = (state: MediaItemView['state']) =>
  state === 'upstream'
    ? new GatewayError('conflict', 'Only Google has this file; what is not stored here cannot be kept.')
    : new GatewayError('gone', 'This file is no longer stored here, so it cannot be kept.', {
        wireCode: 'media_gone',
      });

/**
 * Deletes the file of a result with its preview and its copies in other formats; its job and its request stay. Whoever is
 * reading it reads on. Throws `not_found`.
 */
export async function deleteMedia(
  runtime: ManageNeeds,
  { id, actor }: MediaTarget,
): Promise<{ deleted: true }> {
  const files = await markMediaDeleted(runtime.db, id, runtime.now());
  if (files === undefined) throw mediaNotFound(id);
  await writeAudit(runtime, { ...actor, action: 'media.delete', object: id });
  await removeFiles(runtime, files);
  return { deleted: true };
}

/** The rows are gone by now, so whatever has to stay for a moment is found by a later cleaning. */
async function removeFiles(
  { media, log }: Pick<Runtime, 'media' | 'log'>,
  files: readonly FormerFile[],
): Promise<void> {
  for (const key of files.flatMap(({ storageKey, previewKey }) => [storageKey, previewKey])) {
    if (key === null || media.isBeingRead(key)) continue;
    try {
      await media.delete(key);
    } catch (error) {
      log.warn({ key, err: error }, 'a deleted file could not be removed; the next cleaning tries again');
    }
  }
}
