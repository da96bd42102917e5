import type { StoredError } from '../errors';
import type { ModelSpec, Tier } from '../models/types';

/** One account, opened for one call. Never stored, never logged. */
export type UpstreamAccess = {
  accountId: string;
  sessionToken: string;
  accessToken: string;
  tier: Tier;
  /** Proxy for API calls; absent: direct. */
  proxyUrl?: string;
  /** Proxy for uploads and downloads of media. */
  mediaProxyUrl?: string;
};

/** Outcome of exchanging a session token. */
export type UpstreamSession = {
  accessToken: string;
  expiresAt: Date;
  email: string;
  name?: string;
  /** A new session token that the answer set; to be kept only after the access token was seen to work. */
  rotatedSessionToken?: string;
};

/** What an account has left. */
export type UpstreamBalance = { credits: number; tier: Tier };

/** Which submit of a job: the generation itself, the upscale of its result, or its join with what it goes on from. */
export type Phase = 'generate' | 'upscale' | 'concatenate';

/** One clip of a joined video, which is to begin at `fromSecond` of it and go on to its end. Whole seconds. */
export type VideoPart = { mediaName: string; seconds: number; fromSecond: number };

/** An earlier result to go on from: the source of an extension or of an upscale. */
export type UpstreamSource = { mediaName: string; projectId: string; workflowId?: string };

/** One submit, decided down to the ids that we make. Stored as the intent before the call. */
export type Submission = {
  phase: Phase;
  spec: ModelSpec;
  /** Tier of the chosen account: selects the plan in `spec.flow`. */
  tier: Tier;
  projectId: string;
  prompt: string;
  /** Media ids of uploaded references, in the client's order. */
  references: string[];
  source?: UpstreamSource;
  /** What is to be joined. */
  parts?: VideoPart[];
  /** Client-made ids that upstream keeps: how a lost answer is found again. */
  batchId: string;
  sceneId: string;
  seed: number;
};

/** The upstream's name for one running video. */
export type UpstreamHandle = {
  /** Which form of status call knows it. */
  form: 'media' | 'operations' | 'concatenation';
  name: string;
  projectId: string;
  sceneId?: string;
  workflowId?: string;
};

/** One finished thing upstream: where to get it. Bytes are never stored in a row: `data` is fetched again if lost. */
export type UpstreamOutput = {
  mediaName?: string;
  projectId: string;
  workflowId?: string;
  /** Signed address that needs no credentials; expires. */
  url?: string;
  /** Name of the join whose answer has the file in it; `mediaName` then means the last of the clips. */
  concatenation?: string;
  /** Width and height in pixels, when upstream says so. */
  width?: number;
  height?: number;
};

export type SubmitOutcome =
  /** A video: to be polled. */
  | { type: 'accepted'; handle: UpstreamHandle; remainingCredits?: number }
  /** Pictures come with the answer. `data` holds the bytes where upstream gave them instead of an address. */
  | { type: 'finished'; outputs: (UpstreamOutput & { data?: Uint8Array })[]; remainingCredits?: number };

/** One operation in a status answer. */
export type PollOutcome =
  | { type: 'running'; status: string; percent?: number }
  | { type: 'succeeded'; output: UpstreamOutput; remainingCredits?: number }
  | { type: 'failed'; error: StoredError; cancelled: boolean };

/** What a search of the project's listing for a submit of unknown outcome gave. */
export type ListingOutcome =
  | { type: 'found'; outcome: SubmitOutcome }
  /** The listing answered and does not (yet) have it. */
  | { type: 'absent' }
  /** There is no listing for this account. */
  | { type: 'unavailable' };

/** A file being read from upstream. */
export type UpstreamFile = { body: AsyncIterable<Uint8Array>; contentType?: string; sizeBytes?: number };

/**
 * What a job needs from any upstream. Every method throws `UpstreamError`, ends when `signal` fires, and repeats
 * nothing by itself that could cost twice.
 */
export interface Upstream {
  /** Exchanges the session token. Dead sessions throw with the verdict `session_dead`. */
  openSession(
    credential: { sessionToken: string; proxyUrl?: string },
    signal: AbortSignal,
  ): Promise<UpstreamSession>;
  getBalance(access: UpstreamAccess, signal: AbortSignal): Promise<UpstreamBalance>;
  createProject(
    access: UpstreamAccess,
    title: string,
    signal: AbortSignal,
  ): Promise<{ projectId: string; title: string }>;
  /** Gives the id under which a picture can be used in that project. Costs nothing. */
  uploadReference(
    access: UpstreamAccess,
    picture: {
      projectId: string;
      bytes: Uint8Array;
      contentType: string;
      width: number;
      height: number;
      forVideo: boolean;
    },
    signal: AbortSignal,
  ): Promise<string>;
  submit(access: UpstreamAccess, submission: Submission, signal: AbortSignal): Promise<SubmitOutcome>;
  /**
   * One status call for all handles, and one for each join among them (at most `flow.poll_batch`, all of one form and account). The map is keyed by
   * `handle.name`; a handle that the answer does not mention is missing from it. Throws when the call is refused whole.
   */
  poll(
    access: UpstreamAccess,
    handles: UpstreamHandle[],
    signal: AbortSignal,
  ): Promise<Map<string, PollOutcome>>;
  /** Searches the project for a submit whose answer was never seen. */
  findSubmission(
    access: UpstreamAccess,
    submission: Submission,
    signal: AbortSignal,
  ): Promise<ListingOutcome>;
  /** Asks upstream to stop. `false`: it cannot any more, or cannot at all. */
  cancel(access: UpstreamAccess, handle: UpstreamHandle, signal: AbortSignal): Promise<boolean>;
  /** Opens the file of a finished output, by whatever way upstream has for it. */
  openOutput(
    access: UpstreamAccess,
    output: UpstreamOutput,
    kind: 'image' | 'video',
    signal: AbortSignal,
  ): Promise<UpstreamFile>;
  /** An address a client can fetch itself, where storing is off. `undefined` when there is none. */
  publicUrl(access: UpstreamAccess, output: UpstreamOutput, signal: AbortSignal): Promise<string | undefined>;
  /** Closes connections. */
  close(): Promise<void>;
}
