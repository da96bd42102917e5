/** The wire as it was in December 2025, or as it is since August 2026. */
export type Era = '2025-12' | '2026-08';

export type Tier = 'PAYGATE_TIER_NOT_PAID' | 'PAYGATE_TIER_ONE' | 'PAYGATE_TIER_TWO';

/** Every call that the simulator tells apart, in statistics and in faults. */
export const callNames = [
  'session',
  'createProject',
  'deleteProject',
  'projectInitialData',
  'mediaRedirect',
  'credits',
  'uploadUserImage',
  'uploadImage',
  'batchGenerateImages',
  'upsampleImage',
  't2v',
  'startImage',
  'startAndEndImage',
  'referenceImages',
  'extendVideo',
  'upsampleVideo',
  'checkStatus',
  'getMedia',
  'concatenate',
  'checkConcatenation',
  'deleteAssets',
  'cancelGeneration',
  'deleteMedia',
  'cdn',
] as const;
export type CallName = (typeof callNames)[number];

export type SimulatorAccount = {
  /** Value of the session cookie; several may lead to one account after a rotation. */
  sessionToken: string;
  email: string;
  name?: string;
  tier: Tier;
  credits: number;
  /** The session call answers `{}` and tRPC calls 401. */
  dead?: boolean;
  /** The session call answers `ACCESS_TOKEN_REFRESH_NEEDED` beside a stale token. */
  refreshNeeded?: boolean;
  /** Moved to the new host: HTML on labs, 401 on the API. */
  migrated?: boolean;
  accessTokenLifetimeMs?: number;
  /** How far ahead `expires` claims to be; absent: it tells the true end of the access token. */
  expiresAheadMs?: number;
  /** The session answer sets a new cookie: one that works, or one that is dead on arrival. */
  rotateSessionToken?: boolean | 'dead';
  /** Upstream's own limit of running images and, separately, running videos. */
  concurrency?: number;
  /** Accepted generations of one model key in one UTC day. */
  dailyModelQuota?: number;
  /** Submits of this kind (or all) are refused with `PUBLIC_ERROR_UNUSUAL_ACTIVITY`. */
  challenge?: boolean | 'image' | 'video';
  /** A recaptcha value that passes in spite of `challenge`, for one submit each time it is set. */
  challengeToken?: string;
  /** Ids of projects that exist from the beginning. */
  projects?: readonly string[];
};

export type SimulatorOptions = {
  /** 0 = any free port. */
  port?: number;
  era?: Era;
  accounts?: readonly SimulatorAccount[];
  imageLatencyMs?: number;
  videoDurationMs?: number;
  upscaleDurationMs?: number;
  concatenationDurationMs?: number;
  /** Added to every call. */
  latencyMs?: number;
  /** false: plain pictures, still of the right size and different for each media id. */
  render?: boolean;
  /** `withheld`: the procedure does not exist (404); `empty`: it answers, but lists nothing. */
  listing?: 'on' | 'withheld' | 'empty';
  /** New media appear in the listing only after this. */
  listingDelayMs?: number;
  /** The wire has no percentages. */
  pollPercent?: false;
  /** Makes the ids repeatable; 0 = random. */
  seed?: number;
  urlLifetimeMs?: number;
  /** Uploads vanish after this; default never. */
  uploadLifetimeMs?: number;
  /** The file exists only this long after the operation ended. */
  fileDelayMs?: number;
  redirectStatus?: 302 | 307;
  /** Where generated pictures are in the answer. */
  imageAnswer?: 'url' | 'encoded' | 'both';
  /** false: cancelling is answered with success, but the generation goes on. */
  cancelTakesEffect?: boolean;
  /** A project id that nobody has becomes the asking account's: for clients that outlive the simulator. */
  adoptProjects?: boolean;
};

/** The options as they stand; changes take effect with the next call. */
export type SimulatorSettings = Required<Omit<SimulatorOptions, 'port' | 'accounts'>>;

export type FaultEffect =
  | {
      type: 'status';
      status: number;
      /** `PUBLIC_ERROR_…`, goes into `details[].reason`. */
      reason?: string;
      message?: string;
      rpcStatus?: string;
      /** Seconds, as the header. */
      retryAfter?: number;
      headers?: Record<string, string>;
    }
  | { type: 'html'; status: number }
  | { type: 'json'; status: number; body: unknown }
  /** tRPC only: HTTP 200 with this status inside. */
  | { type: 'innerStatus'; status: number }
  /** `after`: the call takes effect (accepted, charged), then the answer is lost. */
  | { type: 'reset'; when: 'before' | 'after' }
  | { type: 'hang'; when: 'before' | 'after' }
  /** Headers and half of the body, effect done. */
  | { type: 'truncated'; when?: 'after' }
  | { type: 'slow'; delayMs: number }
  /** 200 without content, effect not done. */
  | { type: 'empty' }
  /**
   * On a submit: the operation of the next accepted one ends so. A failed or successful status ends it at its time
   * (`missing`: finished without a status); any other is shown from then on and never ends.
   * On `checkStatus`: only this one poll says so, for all its items.
   */
  | { type: 'pollStatus'; status: string; reason?: string; code?: number; failureReasons?: string[] };

export type SimulatorFault = {
  call: CallName | '*';
  /** E-mail. */
  account?: string;
  modelKey?: string;
  /** Default 1; Infinity is allowed. */
  times?: number;
  /** Let this many matching calls through first. */
  after?: number;
  effect: FaultEffect;
};

/** One accepted generation. Times are in milliseconds since the epoch. */
export type OperationRecord = {
  kind: 'image' | 'video';
  call: CallName;
  account: string;
  modelKey: string;
  batchId: string | null;
  sceneId: string | null;
  seed: number | null;
  prompt: string | null;
  projectId: string;
  mediaName: string;
  operationName: string | null;
  aspectRatio: string;
  submittedAt: number;
  endedAt: number | null;
  finalStatus: string | null;
  /** Credits taken and not given back. */
  charged: number;
  referenceMediaIds: string[];
  polls: number;
};

export type Refused = {
  call: CallName | null;
  account: string | null;
  method: string;
  path: string;
  status: number;
  reason: string | null;
  message: string;
  at: number;
};

export type SimulatorStats = {
  calls: { call: CallName; account: string | null; count: number }[];
  /** `images` and `videos` are the highest since the last reset. */
  concurrency: {
    account: string;
    images: number;
    videos: number;
    runningImages: number;
    runningVideos: number;
  }[];
  operations: OperationRecord[];
  statusCalls: { account: string; at: number; size: number }[];
  /** What the rules refused; injected faults are not in it. */
  refusals: Refused[];
  faults: { id: string; call: CallName; account: string | null; effect: FaultEffect['type']; at: number }[];
  tokenExchanges: { account: string; count: number }[];
};
