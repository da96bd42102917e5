import { expect, test } from 'vitest';
import { ignoredFields, parseImported } from './transfer';

const token = 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0';

test.each([
  ['-1 is unlimited', { image_concurrency: -1 }, { image_concurrency: null }],
  ['0 is unlimited', { video_concurrency: 0 }, { video_concurrency: null }],
  ['a limit stays', { image_concurrency: 4 }, { image_concurrency: 4 }],
  [
    'a proxy is brought to its normal form',
    { proxy_url: '10.0.0.1:8080:user:pass' },
    { proxy_url: 'http://user:pass@10.0.0.1:8080' },
  ],
  ['no proxy is no proxy', { proxy_url: null }, { proxy_url: '' }],
  [
    'a whole cookie is understood',
    { session_token: `__Secure-next-auth.session-token=${token};` },
    { session_token: token },
  ],
])('%s', (_rule, part, expected) => {
  expect(parseImported({ session_token: token, ...part }).item).toMatchObject(expected);
});

test('what a file does not mention is left out, so that it stays as it is', () => {
  expect(Object.keys(parseImported({ session_token: token }).item ?? {})).not.toContain('image_enabled');
});

test.each([
  ['a number', 7, 'This is not an account.'],
  ['nothing', null, 'This is not an account.'],
  ['an account without a session token', { email: 'a@example.com' }, 'There is no session_token.'],
  ['an empty session token', { session_token: ' ' }, 'There is no session_token.'],
  [
    'a switch that is text',
    { session_token: token, image_enabled: 'yes' },
    'image_enabled is neither true nor false.',
  ],
  [
    'half a job',
    { session_token: token, video_concurrency: 1.5 },
    'video_concurrency is not a whole number.',
  ],
])('%s is told apart, in words', (_what, value, fault) => {
  expect(parseImported(value)).toMatchObject({ fault });
});

test('the e-mail of a row that is not right is still told', () => {
  expect(parseImported({ email: ' a@example.com ' }).email).toBe('a@example.com');
});

test('fields that are not used are named once', () => {
  expect(
    ignoredFields([{ session_token: token, login_password: '' }, { login_password: '', x: 1 }, [], 3]),
  ).toEqual(['login_password', 'x']);
});
