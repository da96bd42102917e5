import type { RequestSource } from '@/db/schema/define';
import type { RateLimit, StoredError } from '../errors';
import type { AspectRatio, MediaKind, ModelOptions, Resolution } from '../models/types';

/** A picture that came with a request, as the client gave it. `param`: the client's name for its place, for errors. */
export type ReferenceInput =
  /** `data:` or `http(s):` address; loaded under guards by `references.ts`. */
  | { type: 'url'; url: string; param?: string }
  /** Bytes already at hand, e.g. a file of a multipart body. */
  | { type: 'bytes'; bytes: Uint8Array; param?: string };

/** Characters of a prompt: several times what upstream reads; more would only fill the database. */
export const longestPrompt = 32_000;

/** Whether a prompt says nothing. NUL is not kept, so a prompt of it alone would be none. */
export const isBlank = (prompt: string): boolean => prompt.replaceAll('\0', '').trim() === '';

/** What a surface asks for, in words of the domain. */
export type GenerationRequest = {
  /** Model id as the client sent it. */
  model: string;
  prompt: string;
  options: ModelOptions;
  references: ReferenceInput[];
  /** Pictures to try when the request brought none, newest first; one that does not load is left out. */
  fallbackReferences?: ReferenceInput[];
  /** What the client says the pictures are. Absent: the model and their number decide. */
  pictureRole?: 'frame' | 'reference';
  /** Id of one of our own earlier videos (or the upstream's media id) to extend. */
  sourceVideo?: string;
  seed?: number;
  /** The only account that may serve it. Absent: whichever fits. */
  accountId?: string;
};

/** The newest picture of the conversation could not be used: whether it was one of ours, and whether an older one could. */
export type LostPicture = { isOurs: boolean; usedOlder: boolean };

/** The same as a sentence for the caller. */
export function tellLost({ isOurs, usedOlder }: LostPicture): string {
  const fault = isOurs ? 'is no longer kept' : 'could not be loaded';
  const source = usedOlder ? 'an older one' : 'the text alone';
  return `The earlier picture ${fault}; this is made from ${source}.`;
}

/** Who asks. */
export type Requester = {
  apiKeyId?: string;
  requestId: string;
  /** By which surface the request came. */
  source?: RequestSource;
  /** The run of the playground that the jobs belong to: the same id makes nothing twice. */
  run?: { id: string; form: unknown };
  /** Told what is left of the key's requests per minute, where they are limited and this one was let in. */
  onRateLimit?: (rate: RateLimit) => void;
};

export type JobState = 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';

/** The steps of a job, in order; a job need not have all of them. */
export type JobStep =
  | 'account_selected'
  | 'uploading'
  | 'submitting'
  | 'generating'
  | 'upscaling'
  | 'concatenating'
  | 'saving';

/** A finished file. */
export type MediaItem = {
  id: string;
  kind: MediaKind;
  role: 'result' | 'base';
  contentType: string;
  /** Path below the origin, e.g. `/media/<id>.png`; or the upstream's own address where storing is off. */
  location: { type: 'path'; path: string } | { type: 'url'; url: string };
  width?: number;
  height?: number;
  durationSeconds?: number;
  sizeBytes?: number;
  /** It is no longer kept here, and its address leads to nothing. */
  expired?: true;
};

/** A video as its owner sees it, from the queue on. */
export type VideoView = {
  jobId: string;
  state: JobState;
  model: string;
  prompt: string;
  aspectRatio: AspectRatio;
  resolution: Resolution;
  /** Length; absent where the model has no fixed one. */
  seconds?: number;
  /** Pixels of the file, where they are known. */
  width?: number;
  height?: number;
  /** 0 to 100, a whole number that never falls; 100 only for what is completed. */
  percent: number;
  /** How long it is expected to take from its start to its end. */
  expectedMs?: number;
  error?: StoredError;
  /** Whether upstream accepted it: from then on a failure cannot be mended by a repeat. */
  accepted: boolean;
  /** Whether there is a file: of a failure, what was made before it. */
  hasFile: boolean;
  createdAt: Date;
  endedAt?: Date;
  /** When the file goes, where it is kept for a time only. */
  expiresAt?: Date;
};

/** What happens to a job, as a surface needs it. A stream of these ends with `completed`, `failed` or `cancelled`. */
export type GenerationEvent =
  /** `position` counts from 1; `estimateSeconds` only when this gateway's history allows one. */
  | { type: 'queued'; position: number; estimateSeconds?: number }
  /** A step began. `detail` holds facts worth telling, e.g. `{ count: 2 }` for uploads. */
  | { type: 'step'; step: JobStep; detail: Record<string, unknown> }
  /**
   * While upstream works. `percent` (0–99) never falls; `estimated` when it comes from history rather than from
   * upstream; absent when neither is known.
   */
  | { type: 'progress'; elapsedSeconds: number; percent?: number; estimated?: boolean }
  /** `note`: in what the result is less than it might be. */
  | { type: 'completed'; media: MediaItem[]; cancelRequested: boolean; note?: string; endedAt?: Date }
  | { type: 'failed'; error: StoredError; media: MediaItem[]; accepted: boolean }
  | { type: 'cancelled' };

/** A job as its owner sees it. */
export type JobView = {
  id: string;
  state: JobState;
  kind: MediaKind;
  model: string;
  /** Canonical id of what is generated. */
  resolvedModel: string;
  prompt: string;
  step?: JobStep;
  steps: { name: JobStep; startedAt: Date; endedAt?: Date; detail: Record<string, unknown> }[];
  progress?: { percent: number; estimated: boolean };
  queue?: { position: number; estimateSeconds?: number };
  media: MediaItem[];
  error?: StoredError;
  /** In what the result is less than it might be. */
  note?: string;
  /** Whether upstream accepted it: from then on a failure cannot be mended by a repeat. */
  accepted: boolean;
  credits: number;
  cancelRequested: boolean;
  createdAt: Date;
  startedAt?: Date;
  endedAt?: Date;
  /** Until when a caller is kept waiting; the job itself goes on once upstream accepted it. */
  deadlineAt: Date;
};
