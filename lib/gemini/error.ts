import { type ErrorCode, GatewayError, type StoredError, toStoredError } from '../errors';

/** The names of `google.rpc.Code` that are used here. */
type StatusName =
  | 'INVALID_ARGUMENT'
  | 'FAILED_PRECONDITION'
  | 'UNAUTHENTICATED'
  | 'PERMISSION_DENIED'
  | 'NOT_FOUND'
  | 'RESOURCE_EXHAUSTED'
  | 'CANCELLED'
  | 'DEADLINE_EXCEEDED'
  | 'UNIMPLEMENTED'
  | 'INTERNAL'
  | 'UNAVAILABLE';

type Detail = { '@type': string } & Record<string, unknown>;

/** `code` is the HTTP status. */
export type WireErrorBody = { code: number; message: string; status: StatusName; details: Detail[] };

/** An error as this surface sends it. */
export type WireError = {
  status: number;
  headers: Record<string, string>;
  body: { error: WireErrorBody };
};

type Row = {
  status: number;
  name: StatusName;
  /** What the field at fault is when the error names none. */
  param?: string;
  /**
   * Set where the same request cannot succeed soon, or may have cost something. `timed`: a repeat makes sense only after
   * a known time.
   */
  repeatable?: false | 'timed';
};

// What came after acceptance is 424: client libraries repeat 408, 429 and 5xx, and each repeat would cost again.
const wire = {
  unknown_model: { status: 404, name: 'NOT_FOUND', param: 'model' },
  invalid_request: { status: 400, name: 'INVALID_ARGUMENT' },
  request_too_large: { status: 413, name: 'INVALID_ARGUMENT' },
  unsupported_media_type: { status: 415, name: 'INVALID_ARGUMENT' },
  content_refused: { status: 400, name: 'INVALID_ARGUMENT' },
  not_found: { status: 404, name: 'NOT_FOUND' },
  gone: { status: 410, name: 'NOT_FOUND' },
  method_not_allowed: { status: 405, name: 'UNIMPLEMENTED' },
  conflict: { status: 400, name: 'FAILED_PRECONDITION' },
  idempotency_key_reused: { status: 400, name: 'INVALID_ARGUMENT', param: 'Idempotency-Key' },
  invalid_api_key: { status: 401, name: 'UNAUTHENTICATED' },
  key_not_allowed: { status: 403, name: 'PERMISSION_DENIED' },
  rate_limited: { status: 429, name: 'RESOURCE_EXHAUSTED' },
  quota_exceeded: { status: 429, name: 'RESOURCE_EXHAUSTED', repeatable: false },
  queue_full: { status: 429, name: 'RESOURCE_EXHAUSTED' },
  queue_timeout: { status: 503, name: 'UNAVAILABLE', repeatable: 'timed' },
  shutting_down: { status: 503, name: 'UNAVAILABLE' },
  internal_error: { status: 500, name: 'INTERNAL', repeatable: false },
  model_requires_tier: { status: 403, name: 'PERMISSION_DENIED', param: 'model' },
  no_account_available: { status: 503, name: 'UNAVAILABLE', repeatable: 'timed' },
  upstream_unavailable: { status: 502, name: 'UNAVAILABLE' },
  upstream_challenge: { status: 424, name: 'FAILED_PRECONDITION', repeatable: false },
  submission_unknown: { status: 424, name: 'FAILED_PRECONDITION', repeatable: false },
  upstream_failed: { status: 424, name: 'FAILED_PRECONDITION', repeatable: false },
  result_pending: { status: 424, name: 'DEADLINE_EXCEEDED', repeatable: false },
  cancelled: { status: 424, name: 'CANCELLED', repeatable: false },
} as const satisfies Record<ErrorCode, Row>;

const longestRetrySeconds = 60; // as on the other surface: some libraries repeat at once when told to wait longer

/**
 * The answer for whatever was thrown; what is no `GatewayError` says nothing about itself. With `accepted`, upstream has
 * taken the job: then the answer is one that no client repeats by itself, whatever the code.
 */
export function encodeError(error: unknown, { accepted = false } = {}): WireError {
  const stored = toStoredError(error);
  const row: Row = wire[stored.code];
  const pays = accepted && row.status >= 429;
  const status = pays ? 424 : row.status;
  const wait = accepted ? undefined : stored.retryAfterSeconds;
  const retryAfter = wait === undefined ? undefined : Math.ceil(wait);
  const isSoon = retryAfter === undefined ? row.repeatable !== 'timed' : retryAfter <= longestRetrySeconds;
  return {
    status,
    headers: {
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...(row.repeatable === false || accepted || !isSoon ? { 'x-should-retry': 'false' } : {}),
    },
    body: {
      error: {
        code: status,
        message: stored.message,
        status: pays ? 'FAILED_PRECONDITION' : row.name,
        details: describe(stored, row, retryAfter),
      },
    },
  };
}

const typed = (name: string, members: Record<string, unknown>): Detail => ({
  '@type': `type.googleapis.com/google.rpc.${name}`,
  ...members,
});

function describe(stored: StoredError, row: Row, retryAfter: number | undefined): Detail[] {
  const field = stored.param ?? row.param;
  const reason = (stored.wireCode ?? stored.code).toUpperCase();
  return [
    typed('ErrorInfo', { reason, domain: 'flow2api' }),
    ...(field === undefined
      ? []
      : [typed('BadRequest', { fieldViolations: [{ field, description: stored.message }] })]),
    ...(retryAfter === undefined ? [] : [typed('RetryInfo', { retryDelay: `${retryAfter}s` })]),
  ];
}

/** What a job says once somebody has cancelled it. */
export const cancelledError = () => new GatewayError('cancelled', 'The job was cancelled.');
