import { expect, test } from 'vitest';
import { type ErrorCode, errorCodes, GatewayError } from '../errors';
import { encodeError } from './error';

const encode = (code: ErrorCode, extras = {}, options = {}) =>
  encodeError(new GatewayError(code, 'What is wrong.', extras), options);

/** Status, its name, and whether a client may repeat it: `timed` only where it is told when. */
const table = {
  unknown_model: [404, 'NOT_FOUND', '-'],
  invalid_request: [400, 'INVALID_ARGUMENT', '-'],
  request_too_large: [413, 'INVALID_ARGUMENT', '-'],
  unsupported_media_type: [415, 'INVALID_ARGUMENT', '-'],
  content_refused: [400, 'INVALID_ARGUMENT', '-'],
  not_found: [404, 'NOT_FOUND', '-'],
  gone: [410, 'NOT_FOUND', '-'],
  method_not_allowed: [405, 'UNIMPLEMENTED', '-'],
  conflict: [400, 'FAILED_PRECONDITION', '-'],
  idempotency_key_reused: [400, 'INVALID_ARGUMENT', '-'],
  invalid_api_key: [401, 'UNAUTHENTICATED', '-'],
  key_not_allowed: [403, 'PERMISSION_DENIED', '-'],
  rate_limited: [429, 'RESOURCE_EXHAUSTED', 'free'],
  quota_exceeded: [429, 'RESOURCE_EXHAUSTED', 'never'],
  queue_full: [429, 'RESOURCE_EXHAUSTED', 'free'],
  queue_timeout: [503, 'UNAVAILABLE', 'timed'],
  shutting_down: [503, 'UNAVAILABLE', 'free'],
  internal_error: [500, 'INTERNAL', 'never'],
  model_requires_tier: [403, 'PERMISSION_DENIED', '-'],
  no_account_available: [503, 'UNAVAILABLE', 'timed'],
  upstream_unavailable: [502, 'UNAVAILABLE', 'free'],
  upstream_challenge: [424, 'FAILED_PRECONDITION', 'never'],
  submission_unknown: [424, 'FAILED_PRECONDITION', 'never'],
  upstream_failed: [424, 'FAILED_PRECONDITION', 'never'],
  result_pending: [424, 'DEADLINE_EXCEEDED', 'never'],
  cancelled: [424, 'CANCELLED', 'never'],
} as const satisfies Record<ErrorCode, readonly [number, string, '-' | 'free' | 'timed' | 'never']>;

const rows = errorCodes.map((code) => [code, ...table[code]] as const);

test.each(rows)('%s is answered with %i, %s', (code, status, name) => {
  const answer = encode(code);
  expect(answer.status).toBe(status);
  expect(answer.body.error).toMatchObject({ code: status, message: 'What is wrong.', status: name });
});

test.each(rows)('%s tells a client library whether to repeat', (code, _status, _name, how) => {
  const isStopped = (extras: object) => encode(code, extras).headers['x-should-retry'] === 'false';
  expect([{}, { retryAfterSeconds: 60 }, { retryAfterSeconds: 61 }].map(isStopped)).toEqual(
    {
      '-': [false, false, true],
      free: [false, false, true],
      timed: [true, false, true],
      never: [true, true, true],
    }[how],
  );
});

test.each(errorCodes)('%s after acceptance is answered with nothing that a client repeats', (code) => {
  const { status, headers, body } = encode(code, { retryAfterSeconds: 5 }, { accepted: true });
  expect(status).toBeLessThan(429);
  expect(headers).toEqual({ 'x-should-retry': 'false' });
  expect(body.error.code).toBe(status);
  expect(body.error.status).not.toMatch(/RESOURCE_EXHAUSTED|UNAVAILABLE|INTERNAL/);
  expect(JSON.stringify(body)).not.toContain('RetryInfo');
});

test('the wait, the field at fault and our own code are among the details', () => {
  const extras = { retryAfterSeconds: 1.2, param: 'contents[0]', wireCode: 'image_too_large' };
  const { headers, body } = encode('queue_full', extras);
  expect(headers['retry-after']).toBe('2');
  expect(body.error.details).toEqual([
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'IMAGE_TOO_LARGE',
      domain: 'flow2api',
    },
    {
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: [{ field: 'contents[0]', description: 'What is wrong.' }],
    },
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '2s' },
  ]);
});

test('an unexpected failure says nothing about itself', () => {
  const answer = encodeError(new Error('password=hunter2'));
  expect(answer.status).toBe(500);
  expect(JSON.stringify(answer)).not.toContain('hunter2');
});
