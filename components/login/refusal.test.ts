import { expect, test } from 'vitest';
import { AdminApiError } from '@/lib/admin-api/client';
import { en } from '@/lib/messages/en';
import { readRefusal, refusalOf } from './refusal';

const failed = (detail: object, status = 400) =>
  new AdminApiError(status, { code: 'invalid_request', message: 'no', request_id: 'req_1', ...detail });

test.each([
  [undefined, undefined, {}],
  ['wrong_credentials', undefined, { code: 'wrong_credentials' }],
  ['rate_limited', '250', { retryAfterSeconds: 250 }],
  ['rate_limited', 'soon', { code: 'other' }],
  ['<script>', undefined, { code: 'other' }],
])('without scripts %j with wait %j says %j', (refused, retryAfter, refusal) => {
  expect(readRefusal(refused, retryAfter)).toEqual(refusal);
});

test.each([
  [failed({ code: 'wrong_credentials' }, 401), { whole: { code: 'wrong_credentials' }, fields: {} }],
  [
    failed({ code: 'rate_limited', retry_after: 250 }, 429),
    { whole: { retryAfterSeconds: 250 }, fields: {} },
  ],
  [
    failed({ code: 'wrong_setup_code', fields: { code: 'This is not …' } }),
    { whole: {}, fields: { code: 'refused.code' } },
  ],
  [failed({ fields: { unheard_of: 'x' } }), { whole: { code: 'other' }, fields: {} }],
  [failed({ code: 'no_answer' }, 0), { whole: { code: 'no_answer' }, fields: {} }],
  [new TypeError('broken'), { whole: { code: 'other' }, fields: {} }],
])('%s', (error, refusal) => {
  expect(refusalOf(error)).toEqual(refusal);
});

test('the texts that people know from the terminal stay as they are', () => {
  expect(en.login.refused.wrong_credentials).toBe('Username or password is wrong.');
  expect(en.login.wait).toBe('Too many attempts. Try again in <time></time>.');
  expect(en.login.fault).toMatchObject({
    short: 'Use at least 12 characters.',
    differ: 'The two passwords differ.',
  });
});
