import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { curlText, playgroundHref } from './curl';

const origin = 'http://gateway.test:8000';
const asked = {
  method: 'POST',
  path: '/v1/images/generations',
  source: 'openai',
  model: 'imagen-4',
  request_body: null as unknown,
  prompt: 'a boat',
  job: { kind: 'image' },
} as const;

test('a recorded request is sent again as it was, with a placeholder for the key', () => {
  const text = curlText({ ...asked, request_body: { model: 'imagen-4', prompt: "it's" } }, origin);
  expect(text).toBe(`curl 'http://gateway.test:8000/v1/images/generations' \\
  -H "Authorization: Bearer $GATEWAY_API_KEY" \\
  -H 'Content-Type: application/json' \\
  -d '{
  "model": "imagen-4",
  "prompt": "it'\\''s"
}'`);
});

test('a shell reads it as it is meant', () => {
  const body = { prompt: `a 'quoted' $HOME \`id\` "text" \\ 灯塔` };
  const text = curlText({ ...asked, request_body: body }, origin) ?? '';
  const output = execFileSync('sh', ['-c', `GATEWAY_API_KEY=k\n${text.replace('curl', 'printf "%s\\0"')}`]);
  const words = output.toString().split('\0');
  expect(words).toContain('Authorization: Bearer k');
  expect(JSON.parse(words[6] ?? '')).toEqual(body);
});

test.each([
  ['/v1/chat/completions', { model: 'imagen-4', messages: [{ role: 'user', content: 'a boat' }] }],
  ['/v1/videos', { model: 'imagen-4', prompt: 'a boat' }],
])('without a recorded body, %s is asked with model and prompt', (path, body) => {
  expect(curlText({ ...asked, path }, origin)).toContain(JSON.stringify(body, null, 2));
});

test('without anything to send, the body is left to the reader', () => {
  expect(curlText({ ...asked, path: '/v1/images/edits' }, origin)).toContain('-d @body.json');
  expect(
    curlText({ ...asked, request_body: '‹multipart/form-data, 2.0 MB›', prompt: null }, origin),
  ).toContain('-d @body.json');
});

test('reading needs no body, and Gemini has its own header', () => {
  expect(curlText({ ...asked, method: 'GET', path: '/v1beta/models', source: 'gemini' }, origin)).toBe(
    `curl 'http://gateway.test:8000/v1beta/models' \\\n  -H "x-goog-api-key: $GATEWAY_API_KEY"`,
  );
  expect(curlText({ ...asked, method: 'DELETE', path: '/v1/videos/v1' }, origin)).toContain('-X DELETE');
});

test('what the playground asked becomes a call of a client; what the console did is none', () => {
  const run = { ...asked, source: 'playground', path: '/api/v1/admin/playground/runs' } as const;
  expect(curlText({ ...run, job: { kind: 'video' } }, origin)).toContain(`'${origin}/v1/videos'`);
  expect(curlText({ ...run, source: 'console' }, origin)).toBeUndefined();
  expect(curlText({ ...run, job: null }, origin)).toBeUndefined();
});

test('a link to the playground has what its form takes', () => {
  expect(
    playgroundHref({
      model: 'veo-3.1-fast',
      prompt: 'a & b',
      request_body: { aspect_ratio: '16:9', seconds: 8, n: 2 },
    }),
  ).toBe('/admin/playground?model=veo-3.1-fast&ratio=16%3A9&seconds=8&n=2&prompt=a+%26+b');
  expect(playgroundHref({ model: null, prompt: null, request_body: null })).toBe('/admin/playground');
  const long = playgroundHref({ model: 'm', prompt: '灯'.repeat(4_000), request_body: null });
  expect(long.length).toBeLessThan(6_200);
  expect(long.length).toBeGreaterThan(4_000);
});
