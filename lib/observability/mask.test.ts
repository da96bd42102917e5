import { expect, test } from 'vitest';
import { isSecretName, maskText, maskValue, redacted } from './mask';

const accessToken = 'ya29.a0AfH6SMBx-_abc.DEF';
const sessionToken = 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..8s-xYz_1.AbC.dEf';

test.each([
  [`token ${accessToken} refused`, `token ${redacted} refused`],
  [`session ${sessionToken}, see`, `session ${redacted}, see`],
  ['key sk-AbCdEfGh0123456789 unknown', `key ${redacted} unknown`],
  ['AIzaSyA1234567890abcdefghijklmnop', redacted],
  ['refresh 1//0gAbCdEfGhIjKlMnOpQrStUv', `refresh ${redacted}`],
  ['Authorization: Bearer my-own-key', `Authorization: Bearer ${redacted}`],
  ['Proxy-Authorization: Basic dXNlcjpwYXNz', `Proxy-Authorization: Basic ${redacted}`],
  ['via http://user:pass@10.0.0.1:8080/', `via http://${redacted}@10.0.0.1:8080/`],
  ['via socks5://user:p%40ss@host:1', `via socks5://${redacted}@host:1`],
  ["via http://user:it's-mine@10.0.0.1:8080/", `via http://${redacted}@10.0.0.1:8080/`],
  ['GET /v1beta/models?key=abc123&alt=sse', `GET /v1beta/models?key=${redacted}&alt=sse`],
  [
    'cookie __Secure-next-auth.session-token=abc.def; other=1',
    `cookie __Secure-next-auth.session-token=${redacted}; other=1`,
  ],
  [
    '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----',
    `-----BEGIN PRIVATE KEY-----${redacted}-----END PRIVATE KEY-----`,
  ],
  ['Failed query: select 1\nparams: prompt,secret', `Failed query: select 1\nparams: ${redacted}`],
])('the secret in %j does not show', (text, expected) => {
  expect(maskText(text)).toBe(expected);
});

test.each([
  'task-abcdefghij is running',
  'https://labs.google/fx/api/auth/session',
  'mail to maria@example.com',
  'job 3f2c1b90-1111-4222-8333-444455556666 of account a',
  'GET /v1/jobs?limit=5&state=queued',
  'data of 12:30, http://host:8080/path',
])('what is no secret stays: %j', (text) => {
  expect(maskText(text)).toBe(text);
});

test.each([
  ['authorization', true],
  ['Proxy-Authorization', true],
  ['set-cookie', true],
  ['x-goog-api-key', true],
  ['apiKey', true],
  ['sessionToken', true],
  ['st', true],
  ['access_token', true],
  ['adminPassword', true],
  ['clientSecret', true],
  ['proxyUrlSealed', true],
  ['apiKeyId', false],
  ['api_key_id', false],
  ['accessTokenExpiresAt', false],
  ['tokenCount', false],
  ['status', false],
  ['key', false],
])('a field named %s holds a secret: %s', (name, expected) => {
  expect(isSecretName(name)).toBe(expected);
});

test('secrets are masked by name at every depth, and numbers, dates and flags stay', () => {
  const at = new Date(0);
  const masked = maskValue({
    account: { email: 'a@example.com', sessionToken: 'short', accessTokenExpiresAt: at, tokens: 3 },
    headers: new Headers({ authorization: 'x', accept: 'y' }),
    list: [{ password: ['a'] }],
    body: Buffer.from('secret'),
  });
  expect(masked).toEqual({
    account: { email: 'a@example.com', sessionToken: redacted, accessTokenExpiresAt: at, tokens: 3 },
    headers: { authorization: redacted, accept: 'y' },
    list: [{ password: redacted }],
    body: '‹6 bytes›',
  });
});

test('an error keeps its causes without their secrets', () => {
  const inner = Object.assign(new Error(`bad ${accessToken}`), { params: ['prompt'], code: 'ECONNRESET' });
  const masked = maskValue(new Error('outer', { cause: inner }));
  expect(masked).toMatchObject({
    type: 'Error',
    message: 'outer',
    cause: { message: `bad ${redacted}`, code: 'ECONNRESET' },
  });
  expect(JSON.stringify(masked)).not.toMatch(/ya29|prompt/);
});

test('what a library puts beside an error about how it was called is left out', () => {
  const error = Object.assign(new Error('refused'), { options: { proxy: { userId: 'maria' } }, code: 'E1' });
  const masked = maskValue(new Error('outer', { cause: error }));
  expect(masked).toMatchObject({ cause: { message: 'refused', code: 'E1' } });
  expect(JSON.stringify(masked)).not.toContain('maria');
});

test('an error says its name also where the build has taken the name of its class', () => {
  const nameless = new (class extends TypeError {})('x');
  expect(maskValue(nameless)).toMatchObject({ type: 'TypeError' });
});

test('what refers to itself ends', () => {
  const loop: Record<string, unknown> = { name: 'a' };
  loop.self = loop;
  expect(maskValue(loop)).toEqual({ name: 'a', self: '‹circular›' });
});
