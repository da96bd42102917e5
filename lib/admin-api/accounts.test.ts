import { expect, test } from 'vitest';
import { addAccount, listAccounts } from './accounts';

const token = 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0';
const messagesOf = (body: object) =>
  addAccount.body.safeParse({ session_token: token, ...body }).error?.issues.map((issue) => issue.message) ??
  [];

test('everything but the session token has a default', () => {
  expect(addAccount.body.parse({ session_token: token })).toEqual({
    session_token: token,
    image_enabled: true,
    video_enabled: true,
    image_concurrency: null,
    video_concurrency: null,
  });
});

test.each([
  [
    'zero is no way to say unlimited',
    { image_concurrency: 0 },
    'Enter 1 or more, or leave empty for unlimited.',
  ],
  ['minus one neither', { video_concurrency: -1 }, 'Enter 1 or more, or leave empty for unlimited.'],
  [
    'a fraction of a job is refused',
    { image_concurrency: 1.5 },
    'Enter 1 or more, or leave empty for unlimited.',
  ],
  ['an empty session token is asked for', { session_token: ' ' }, 'Enter a session token.'],
  [
    'a token of another shape is named as such',
    { session_token: 'hello world, this is not it!' },
    'This does not look like a session token. Copy the value of `__Secure-next-auth.session-token`.',
  ],
  [
    'a proxy needs a scheme',
    { proxy_url: 'proxy.example:8080' },
    'Use http://, https:// or socks5://host:port.',
  ],
  [
    'a project id with a slash is refused',
    { project_id: '../x' },
    'A project id has letters, digits and hyphens only.',
  ],
])('%s', (_rule, body, message) => {
  expect(messagesOf(body)).toEqual([message]);
});

test('null is unlimited', () => {
  expect(messagesOf({ image_concurrency: null, video_concurrency: 3 })).toEqual([]);
});

test('one health state in a query is a list of one', () => {
  expect(listAccounts.query.parse({ health: 'healthy' }).health).toEqual(['healthy']);
});
