import { expect, test } from 'vitest';
import { type ErrorCode, errorCodes, fromStoredError, GatewayError, toStoredError } from '../errors';
import { encodeError } from './error';

const encode = (code: ErrorCode, extras = {}, options = {}) =>
  encodeError(new GatewayError(code, 'What is wrong.', extras), options);

test.each([
  ['unknown_model', 404, 'invalid_request_error', 'model_not_found'],
  ['invalid_request', 400, 'invalid_request_error', null],
  ['content_refused', 400, 'invalid_request_error', 'content_policy_violation'],
  ['invalid_api_key', 401, 'invalid_request_error', 'invalid_api_key'],
  ['key_not_allowed', 403, 'permission_error', 'key_not_allowed'],
  ['model_requires_tier', 403, 'permission_error', 'model_requires_tier'],
  ['rate_limited', 429, 'rate_limit_error', 'rate_limit_exceeded'],
  ['quota_exceeded', 429, 'insufficient_quota', 'insufficient_quota'],
  ['queue_full', 429, 'rate_limit_error', 'queue_full'],
  ['queue_timeout', 503, 'server_error', 'queue_timeout'],
  ['no_account_available', 503, 'server_error', 'no_account_available'],
  ['upstream_challenge', 424, 'invalid_request_error', 'upstream_challenge'],
  ['submission_unknown', 424, 'invalid_request_error', 'submission_unknown'],
  ['upstream_failed', 424, 'invalid_request_error', 'upstream_failed'],
  ['upstream_unavailable', 502, 'server_error', 'upstream_unavailable'],
  ['shutting_down', 503, 'server_error', 'shutting_down'],
] as const)('%s is answered with %i, %s, %s', (code, status, type, wireCode) => {
  const answer = encode(code);
  expect(answer.status).toBe(status);
  expect(answer.body.error).toMatchObject({ message: 'What is wrong.', type, code: wireCode });
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

test.each([
  ['a short wait is told', 30, { 'retry-after': '30' }],
  ['a fraction of a second is rounded up', 0.2, { 'retry-after': '1' }],
  ['a long wait also says not to repeat', 61, { 'retry-after': '61', 'x-should-retry': 'false' }],
  ['no wait is told where none is known', undefined, {}],
])('%s', (_rule, retryAfterSeconds, headers) => {
  const extras = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  expect(encode('queue_full', extras).headers).toEqual(headers);
});

test.each(['no_account_available', 'queue_timeout'] as const)(
  '%s is repeated only when it is known when that can help',
  (code) => {
    expect(encode(code).headers).toEqual({ 'x-should-retry': 'false' });
    expect(encode(code, { retryAfterSeconds: 20 }).headers).toEqual({ 'retry-after': '20' });
  },
);

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
