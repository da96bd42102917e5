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
  'method_not_allowed',
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

/** What an error may carry besides its message. */
export type ErrorExtras = {
  /** Name of the field at fault, in the caller's spelling. */
  param?: string;
  /** A more specific code for the wire, e.g. `image_too_large`; the status follows `code`. */
  wireCode?: string;
  /** Seconds after which a repeat can succeed. Must be true. */
  retryAfterSeconds?: number;
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
  readonly wireCode: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly details: Record<string, unknown> | undefined;
  readonly [marker] = true;

  constructor(code: ErrorCode, message: string, extras: ErrorExtras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.code = code;
    this.param = extras.param;
    this.wireCode = extras.wireCode;
    this.retryAfterSeconds = extras.retryAfterSeconds;
    this.details = extras.details;
  }
}

/** Whether this is a `GatewayError`, also one made by another copy of this module (Next loads modules more than once). */
export const isGatewayError = (error: unknown): error is GatewayError =>
  typeof error === 'object' && error !== null && marker in error;

/** An error as a job keeps it in its row. */
export type StoredError = { code: ErrorCode; message: string; wireCode?: string; param?: string; details?: Record<string, unknown> };

/** What of an error may be stored and shown. An unexpected one says nothing about itself; its cause goes to the log. */
export function toStoredError(error: unknown): StoredError {
  if (!isGatewayError(error)) return { code: 'internal_error', message: 'The gateway failed on this request. The log has the reason.' };
  return {
    code: error.code,
    message: error.message,
    ...(error.wireCode === undefined ? {} : { wireCode: error.wireCode }),
    ...(error.param === undefined ? {} : { param: error.param }),
    ...(error.details === undefined ? {} : { details: error.details }),
  };
}

/** The error that a job kept, as something to throw. */
export function fromStoredError(stored: StoredError): GatewayError {
  const { code, message, ...extras } = stored;
  return new GatewayError(code, message, extras);
}
