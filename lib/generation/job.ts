import type { JobRow } from '@/db/repositories/jobs';
import type { StoredError } from '../errors';
import type { AspectRatio, ModelSpec } from '../models/types';
import type {
  Phase,
  Submission,
  UpstreamHandle,
  UpstreamOutput,
  UpstreamSource,
  VideoPart,
} from './upstream';

/** The submit that was about to be made, as it is kept in the row. */
export type Intent = {
  submission: Omit<Submission, 'spec'>;
  /** When it was written, in milliseconds since the epoch. */
  at: number;
  /** Since when its outcome is unknown: the search of the listing and its grace time begin here. */
  unknownAt?: number;
};

/** How a phase ended upstream, as it is kept in the row. */
export type Outcome =
  | { phase: Phase; type: 'succeeded'; outputs: UpstreamOutput[] }
  | { phase: Phase; type: 'failed'; error: StoredError; cancelled: boolean };

/** The earlier video that a job goes on from. */
export type Source = UpstreamSource & {
  accountId: string;
  aspectRatio?: AspectRatio;
  /** The clips it is made of, where they are known. */
  parts?: VideoPart[];
};

/** The upstream's handle of a phase. `since`: when a join began, in milliseconds since the epoch. */
export type PhaseHandle = UpstreamHandle & { phase: Phase; since?: number };

/**
 * A job row with its JSON members typed. The program itself wrote them, so this cast is the one place that
 * trusts their shape.
 */
export type Job = Omit<JobRow, 'spec' | 'intent' | 'handle' | 'outcome' | 'base' | 'source' | 'error'> & {
  spec: ModelSpec;
  intent: Intent | null;
  handle: PhaseHandle | null;
  outcome: Outcome | null;
  base: UpstreamOutput[] | null;
  source: Source | null;
  error: StoredError | null;
};

export const toJob = (row: JobRow): Job => row as Job;

/** Whether upstream has, or may have, accepted something of this job: from then on it is never made anew. */
export const isAccepted = (job: Pick<JobRow, 'acceptedAt' | 'intent'>): boolean =>
  job.acceptedAt !== null || job.intent !== null;
