import { expect, test } from 'vitest';
import { type ErrorCode, errorCodes, fromStoredError, GatewayError, toStoredError } from '../errors';
import { encodeError } from './error';

const encode = (code: ErrorCode, extras = {}, options = {}) =>
  encodeError(new GatewayError(code, 'What is wrong.', extras), options);

/**
 * Every code: status, type, code on the wire, and what a client library is told about repeating it. `-`: nothing, the
 * status alone keeps libraries from it. `free`: it may. `timed`: only where it is told when. `never`: not by itself.
 */
const table = {
  unknown_model: [404, 'invalid_request_error', 'model_not_found', '-'],
  invalid_request: [400, 'invalid_request_error', null, '-'],
  request_too_large: [413, 'invalid_request_error', 'request_too_large', '-'],
  unsupported_media_type: [415, 'invalid_request_error', 'unsupported_media_type', '-'],
  content_refused: [400, 'invalid_request_error', 'content_policy_violation', '-'],
  not_found: [404, 'invalid_request_error', 'not_found', '-'],
  gone: [410, 'invalid_request_error', 'gone', '-'],
  method_not_allowed: [405, 'invalid_request_error', 'method_not_allowed', '-'],
  conflict: [400, 'invalid_request_error', 'conflict', '-'],
  idempotency_key_reused: [400, 'invalid_request_error', 'idempotency_key_reused', '-'],
  invalid_api_key: [401, 'invalid_request_error', 'invalid_api_key', '-'],
  key_not_allowed: [403, 'permission_error', 'key_not_allowed', '-'],
  rate_limited: [429, 'rate_limit_error', 'rate_limit_exceeded', 'free'],
  quota_exceeded: [429, 'insufficient_quota', 'insufficient_quota', 'never'],
  queue_full: [429, 'rate_limit_error', 'queue_full', 'free'],
  queue_timeout: [503, 'server_error', 'queue_timeout', 'timed'],
  shutting_down: [503, 'server_error', 'shutting_down', 'free'],
  internal_error: [500, 'server_error', 'internal_error', 'never'],
  model_requires_tier: [403, 'permission_error', 'model_requires_tier', '-'],
  no_account_available: [503, 'server_error', 'no_account_available', 'timed'],
  upstream_unavailable: [502, 'server_error', 'upstream_unavailable', 'free'],
  upstream_challenge: [424, 'invalid_request_error', 'upstream_challenge', 'never'],
  submission_unknown: [424, 'invalid_request_error', 'submission_unknown', 'never'],
  upstream_failed: [424, 'invalid_request_error', 'upstream_failed', 'never'],
  result_pending: [424, 'invalid_request_error', 'result_pending', 'never'],
  cancelled: [424, 'invalid_request_error', 'cancelled', 'never'],
} as const satisfies Record<
  ErrorCode,
  readonly [number, string, string | null, '-' | 'free' | 'timed' | 'never']
>;

const rows = errorCodes.map((code) => [code, ...table[code]] as const);

test.each(rows)('%s is answered with %i, %s, %s', (code, status, type, wireCode) => {
  const answer = encode(code);
  expect(answer.status).toBe(status);
  expect(answer.body.error).toMatchObject({ message: 'What is wrong.', type, code: wireCode });
});

const no = { 'x-should-retry': 'false' };

/** Headers where no wait is known, where it is short, and where it is longer than a library obeys. */
const repeating = {
  '-': [{}, { 'retry-after': '60' }, { 'retry-after': '61', ...no }],
  free: [{}, { 'retry-after': '60' }, { 'retry-after': '61', ...no }],
  timed: [no, { 'retry-after': '60' }, { 'retry-after': '61', ...no }],
  never: [no, { 'retry-after': '60', ...no }, { 'retry-after': '61', ...no }],
} as const;

test.each(rows)('%s tells a client library whether to repeat', (code, _status, _type, _wireCode, how) => {
  const headers = [{}, { retryAfterSeconds: 60 }, { retryAfterSeconds: 61 }].map(
    (extras) => encode(code, extras).headers,
  );
  expect(headers).toEqual(repeating[how]);
});

test('whatever a library repeats by its status alone is either repeatable or says that it is not', () => {
  // openai 7.57 and openai-python 3 repeat 408, 409, 429 and 5xx.
  const repeated = rows.filter(([, status]) => [408, 409, 429].includes(status) || status >= 500);
  expect(repeated.map(([, , , , how]) => how)).not.toContain('-');
});

test.each(errorCodes)('%s after acceptance is answered with nothing that a client repeats', (code) => {
  const answer = encode(code, { retryAfterSeconds: 5 }, { accepted: true });
  expect(answer.status).toBeLessThan(429);
  expect(answer.status).not.toBe(409);
  expect(answer.headers).toEqual({ 'x-should-retry': 'false' });
  // A client that guesses the status from the words must not come to 429 or 5xx either.
  expect(answer.body.error.type).toMatch(/invalid|permission/);
});

test.each(errorCodes)('%s has all four keys of an error', (code) => {
  expect(Object.keys(encode(code).body.error)).toEqual(['message', 'type', 'param', 'code']);
});

test('a fraction of a second is rounded up', () => {
  expect(encode('queue_full', { retryAfterSeconds: 0.2 }).headers).toEqual({ 'retry-after': '1' });
});

test('a failure that a job kept still tells when a repeat can help', () => {
  const kept = toStoredError(new GatewayError('no_account_available', 'None.', { retryAfterSeconds: 20 }));
  expect(encodeError(fromStoredError(kept)).headers).toEqual({ 'retry-after': '20' });
});

test('a more specific code and the field at fault are told', () => {
  const { error } = encode('invalid_request', { wireCode: 'image_too_large', param: 'image' }).body;
  expect(error).toMatchObject({ code: 'image_too_large', param: 'image' });
});

test('an unknown model names the field without being told', () => {
  expect(encode('unknown_model').body.error.param).toBe('model');
});

test('an unexpected failure says nothing about itself and is not repeated', () => {
  const answer = encodeError(new Error('password=hunter2'));
  expect(answer.status).toBe(500);
  expect(answer.headers).toEqual({ 'x-should-retry': 'false' });
  expect(JSON.stringify(answer)).not.toContain('hunter2');
});
