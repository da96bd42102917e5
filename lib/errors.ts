/**
 * Everything that can be wrong, by code. A closed list: each surface maps all of them to its own shape in one
 * table (`satisfies Record<ErrorCode, …>`), so a new code does not compile until every surface knows it.
 */
export const errorCodes = [
  // The request
  'unknown_model',
  'invalid_request',
  'request_too_large',
  'unsupported_media_type',
  'content_refused',
  'not_found',
  'gone',
  'method_not_allowed',
  'conflict',
  'idempotency_key_reused',
  // The caller
  'invalid_api_key',
  'key_not_allowed',
  'rate_limited',
  'quota_exceeded',
  // This gateway
  'queue_full',
  'queue_timeout',
  'shutting_down',
  'internal_error',
  // Accounts and upstream, before acceptance
  'model_requires_tier',
  'no_account_available',
  'upstream_unavailable',
  // Accounts and upstream, nothing more will come by repeating
  'upstream_challenge',
  'submission_unknown',
  'upstream_failed',
  'result_pending',
  'cancelled',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** A limit on requests as it stands now. */
export type RateLimit = { limit: number; remaining: number; resetSeconds: number };

/** What an error may carry besides its message. */
export type ErrorExtras = {
  /** Name of the field at fault, in the caller's spelling. */
  param?: string;
  /** One message for each field at fault, where there are several. */
  fields?: Readonly<Record<string, string>>;
  /** A more specific code for the wire, e.g. `image_too_large`; the status follows `code`. */
  wireCode?: string;
  /** Seconds after which a repeat can succeed. Must be true. */
  retryAfterSeconds?: number;
  /** How many requests the caller may send in its running window; surfaces tell it in headers. */
  rateLimit?: RateLimit;
  /** Facts for the log and for the operator; never a secret. */
  details?: Record<string, unknown>;
  cause?: unknown;
};

const marker = Symbol.for('flow2api.GatewayError');

/** The one error that we throw on purpose. `message` is for the caller: what is wrong, what would be right. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly param: string | undefined;
  readonly fields: Readonly<Record<string, string>> | undefined;
  readonly wireCode: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly rateLimit: RateLimit | undefined;
  readonly details: Record<string, unknown> | undefined;
  readonly [marker] = true;

  constructor(code: ErrorCode, message: string, extras: ErrorExtras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.code = code;
    this.param = extras.param;
    this.fields = extras.fields;
    this.wireCode = extras.wireCode;
    this.retryAfterSeconds = extras.retryAfterSeconds;
    this.rateLimit = extras.rateLimit;
    this.details = extras.details;
  }
}

/** Whether this is a `GatewayError`, also one made by another copy of this module (Next loads modules more than once). */
export const isGatewayError = (error: unknown): error is GatewayError =>
  typeof error === 'object' && error !== null && marker in error;

/** An error as a job keeps it in its row. */
export type StoredError = {
  code: ErrorCode;
  message: string;
  wireCode?: string;
  param?: string;
  /** As it was when the error happened. */
  retryAfterSeconds?: number;
  details?: Record<string, unknown>;
};

/** What of an error may be stored and shown. An unexpected one says nothing about itself; its cause goes to the log. */
export function toStoredError(error: unknown): StoredError {
  if (!isGatewayError(error))
    return { code: 'internal_error', message: 'The gateway failed on this request. The log has the reason.' };
  return {
    code: error.code,
    message: error.message,
    ...(error.wireCode === undefined ? {} : { wireCode: error.wireCode }),
    ...(error.param === undefined ? {} : { param: error.param }),
    ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
    ...(error.details === undefined ? {} : { details: error.details }),
  };
}

/** The error that a job kept, as something to throw. */
export function fromStoredError(stored: StoredError): GatewayError {
  const { code, message, ...extras } = stored;
  return new GatewayError(code, message, extras);
}

/** What a failure says about the account it happened on; `lib/accounts/health.ts` decides what follows from it. */
export type AccountVerdict =
  /** Nothing: content refusals, mistakes of the client, network errors. */
  | { type: 'none' }
  /** 401: the access token is not accepted; exchange the session token again, once. */
  | { type: 'access_expired' }
  /** The session token itself is dead, or the account lives on another host now. */
  | { type: 'session_dead'; reason: 'dead' | 'refresh_needed' | 'migrated' | 'unreadable' }
  /** Upstream wants a proof that we do not produce. */
  | { type: 'challenge' }
  | {
      type: 'cooldown';
      /** load: 30 s; concurrency: until one of its jobs ends; throttle: 1 h; quota and unknown: the setting. */
      reason: 'load' | 'concurrency' | 'throttle' | 'quota' | 'unknown_429';
      retryAfterSeconds?: number;
    }
  /** The quota of this model is used up until the next day. */
  | { type: 'model_quota'; retryAfterSeconds?: number }
  /** The plan or the account may not use this model. */
  | { type: 'no_access' }
  /** 404 on a submit: the model key or a media id is unknown to this account. */
  | { type: 'not_found' }
  /** Not enough credits for this request. */
  | { type: 'out_of_credits' }
  /** Counts towards the streak: 403 without a known reason, 5xx, unreadable answers. */
  | { type: 'suspicious' };

/** What is known of a failed upstream call. */
export type UpstreamFailure = {
  /**
   * For calls that can cost something: `no` = certainly not accepted; `unknown` = it may have been (reset, timeout,
   * unreadable answer after the request was sent), so it must never be repeated blindly.
   */
  accepted: 'no' | 'unknown';
  /** Where a repeat could succeed. `never`: not with this request. */
  retry: 'same_account' | 'other_account' | 'never';
  account: AccountVerdict;
  /** HTTP status, when there was an answer. */
  status?: number;
  /** The upstream's own reason, e.g. `PUBLIC_ERROR_HIGH_TRAFFIC`. */
  reason?: string;
};

const upstreamMarker = Symbol.for('flow2api.UpstreamError');

/** A failure of an upstream call: our code and message, and what follows for the job and for the account. */
export class UpstreamError extends GatewayError {
  readonly failure: UpstreamFailure;
  readonly [upstreamMarker] = true;

  constructor(code: ErrorCode, message: string, failure: UpstreamFailure, extras: ErrorExtras = {}) {
    super(code, message, extras);
    this.failure = failure;
  }
}

/** Whether this is an `UpstreamError`, also one made by another copy of this module. */
export const isUpstreamError = (error: unknown): error is UpstreamError =>
  isGatewayError(error) && upstreamMarker in error;
