import type { MediaRow } from '@/db/repositories/media';
import type { Job } from './job';
import type { Phase, VideoPart } from './upstream';

/** By how much Veo's extend repeats the end of its source. */
const overlapSeconds = 1;

/** Which phase follows one that succeeded; `undefined`: what it made is the result. */
export function phaseAfter({ spec }: Pick<Job, 'spec'>, phase: Phase): Phase | undefined {
  if (phase !== 'generate') return undefined;
  if (spec.upscale !== undefined) return 'upscale';
  return spec.mode === 'extend' ? 'concatenate' : undefined;
}

/** Which phase a job is in. */
export const phaseOf = (job: Pick<Job, 'spec' | 'base'>): Phase =>
  job.base === null ? 'generate' : (phaseAfter(job, 'generate') ?? 'generate');

/**
 * The clips that make up a stored video, in order; `undefined` where that is not known. Upstream joins single clips of the
 * native size, and the file of a join is none.
 */
export function partsOf(
  made: Pick<Job, 'spec' | 'source' | 'base' | 'outcome'>,
  file: Pick<MediaRow, 'role' | 'upstreamName'>,
): VideoPart[] | undefined {
  const { spec, outcome, base } = made;
  const isResult = file.role === 'result';
  if (isResult && outcome?.phase === 'concatenate' && outcome.type === 'succeeded') return partsToJoin(made);
  const mediaName = (isResult && spec.upscale !== undefined && base?.[0]?.mediaName) || file.upstreamName;
  if (mediaName === null || spec.seconds === undefined) return undefined;
  return [{ mediaName, seconds: spec.seconds, fromSecond: 0 }];
}

/** The clips of the whole video: those of the source, then the new one without what it repeats. */
export function partsToJoin({
  spec,
  source,
  base,
}: Pick<Job, 'spec' | 'source' | 'base'>): VideoPart[] | undefined {
  const mediaName = base?.[0]?.mediaName;
  if (source?.parts === undefined || mediaName === undefined || spec.seconds === undefined) return undefined;
  return [...source.parts, { mediaName, seconds: spec.seconds, fromSecond: overlapSeconds }];
}

/** How long these clips are together. */
const lengthOf = (parts: readonly VideoPart[]): number =>
  parts.reduce((sum, { seconds, fromSecond }) => sum + seconds - fromSecond, 0);

/** How long the result is to be; `undefined` where the model has no fixed length. */
export function expectedSeconds({ spec, source }: Pick<Job, 'spec' | 'source'>): number | undefined {
  if (spec.mode !== 'extend' || spec.seconds === undefined || source?.parts === undefined)
    return spec.seconds;
  return lengthOf(source.parts) + spec.seconds - overlapSeconds;
}

/** What the owner of a completed job is told of a result that is less than it might be. */
export function noteOf({ state, outcome }: Pick<Job, 'state' | 'outcome'>): string | undefined {
  if (state !== 'completed' || outcome?.phase !== 'concatenate' || outcome.type !== 'failed')
    return undefined;
  return `The new part could not be joined with the video that it goes on from: ${outcome.error.message} The result is the new part alone, which begins with the last second of that video.`;
}
