import { type ErrorCode, GatewayError, type StoredError, toStoredError } from '../errors';

/** An error as this surface sends it. */
export type WireError = {
  status: number;
  headers: Record<string, string>;
  body: { error: WireErrorBody };
};

/** All four keys, always: clients show and sort errors by them. */
export type WireErrorBody = { message: string; type: string; param: string | null; code: string | null };

type Row = {
  status: number;
  type:
    | 'invalid_request_error'
    | 'permission_error'
    | 'rate_limit_error'
    | 'insufficient_quota'
    | 'server_error';
  code: string | null;
  /** What `param` is when the error names none. */
  param?: string;
  /**
   * Set where the same request cannot succeed soon, or may have cost something: client libraries repeat 429 and 5xx by
   * themselves. `timed`: a repeat makes sense only after a known time.
   */
  repeatable?: false | 'timed';
};

const wire = {
  unknown_model: { status: 404, type: 'invalid_request_error', code: 'model_not_found', param: 'model' },
  invalid_request: { status: 400, type: 'invalid_request_error', code: null },
  request_too_large: { status: 413, type: 'invalid_request_error', code: 'request_too_large' },
  unsupported_media_type: { status: 415, type: 'invalid_request_error', code: 'unsupported_media_type' },
  content_refused: { status: 400, type: 'invalid_request_error', code: 'content_policy_violation' },
  not_found: { status: 404, type: 'invalid_request_error', code: 'not_found' },
  gone: { status: 410, type: 'invalid_request_error', code: 'gone' },
  method_not_allowed: { status: 405, type: 'invalid_request_error', code: 'method_not_allowed' },
  // 400, not 409: client libraries repeat a 409.
  conflict: { status: 400, type: 'invalid_request_error', code: 'conflict' },
  idempotency_key_reused: {
    status: 400,
    type: 'invalid_request_error',
    code: 'idempotency_key_reused',
    param: 'Idempotency-Key',
  },
  invalid_api_key: { status: 401, type: 'invalid_request_error', code: 'invalid_api_key' },
  key_not_allowed: { status: 403, type: 'permission_error', code: 'key_not_allowed' },
  rate_limited: { status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  quota_exceeded: {
    status: 429,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    repeatable: false,
  },
  queue_full: { status: 429, type: 'rate_limit_error', code: 'queue_full' },
  queue_timeout: { status: 503, type: 'server_error', code: 'queue_timeout', repeatable: 'timed' },
  shutting_down: { status: 503, type: 'server_error', code: 'shutting_down' },
  internal_error: { status: 500, type: 'server_error', code: 'internal_error', repeatable: false },
  model_requires_tier: {
    status: 403,
    type: 'permission_error',
    code: 'model_requires_tier',
    param: 'model',
  },
  no_account_available: {
    status: 503,
    type: 'server_error',
    code: 'no_account_available',
    repeatable: 'timed',
  },
  upstream_unavailable: { status: 502, type: 'server_error', code: 'upstream_unavailable' },
  upstream_challenge: {
    status: 424,
    type: 'invalid_request_error',
    code: 'upstream_challenge',
    repeatable: false,
  },
  submission_unknown: {
    status: 424,
    type: 'invalid_request_error',
    code: 'submission_unknown',
    repeatable: false,
  },
  upstream_failed: {
    status: 424,
    type: 'invalid_request_error',
    code: 'upstream_failed',
    repeatable: false,
  },
  result_pending: {
    status: 424,
    type: 'invalid_request_error',
    code: 'result_pending',
    repeatable: false,
  },
  cancelled: { status: 424, type: 'invalid_request_error', code: 'cancelled', repeatable: false },
} as const satisfies Record<ErrorCode, Row>;

/** Beyond it openai-node ignores `Retry-After` and repeats within a second (openai 7.57, `client.ts`). */
const longestRetrySeconds = 60;

/**
 * The answer for whatever was thrown; what is no `GatewayError` says nothing about itself. With `accepted`, upstream has
 * taken the job: then the answer is one that no client repeats by itself, whatever the code.
 */
export function encodeError(error: unknown, { accepted = false } = {}): WireError {
  const stored = toStoredError(error);
  const row: Row = wire[stored.code];
  const pays = accepted && row.status >= 429;
  const status = pays ? 424 : row.status;
  const retryAfter = accepted ? undefined : stored.retryAfterSeconds;
  const isFinal = row.repeatable === false || accepted || !isRepeatSoon(row, retryAfter);
  return {
    status,
    headers: {
      ...(retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter)) }),
      ...(isFinal ? { 'x-should-retry': 'false' } : {}),
    },
    body: { error: encodeBody(stored, row, pays ? 'invalid_request_error' : row.type) },
  };
}

const isRepeatSoon = (row: Row, retryAfter: number | undefined): boolean =>
  retryAfter === undefined ? row.repeatable !== 'timed' : retryAfter <= longestRetrySeconds;

const encodeBody = (stored: StoredError, row: Row, type: string): WireErrorBody => ({
  message: stored.message,
  type,
  param: stored.param ?? row.param ?? null,
  code: stored.wireCode ?? row.code,
});

/** What a job says once somebody has cancelled it. */
export const cancelledError = () => new GatewayError('cancelled', 'The job was cancelled.');
