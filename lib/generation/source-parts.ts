import { findJobRow } from '@/db/repositories/jobs';
import { findMedia } from '@/db/repositories/media';
import type { Runtime } from '../runtime';
import { toJob } from './job';
import { partsOf } from './phases';
import type { Examined } from './submit';
import type { GenerationRequest } from './types';

/** Adds to the source of an extension which clips it is made of: what the new clip is joined with. */
export async function withParts(
  { db }: Pick<Runtime, 'db'>,
  { sourceVideo }: Pick<GenerationRequest, 'sourceVideo'>,
  examined: Examined,
): Promise<Examined> {
  const { source } = examined;
  if (source === undefined || sourceVideo === undefined) return examined;
  const file = await findMedia(db, sourceVideo.replace(/^.*\//, '').replace(/\.mp4$/, ''));
  const made = file === undefined || file.jobId === null ? undefined : await findJobRow(db, file.jobId);
  const parts = file === undefined || made === undefined ? undefined : partsOf(toJob(made), file);
  return parts === undefined ? examined : { ...examined, source: { ...source, parts } };
}
