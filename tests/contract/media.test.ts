import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningApp, startRunningApp } from '../support/running-app';

let app: RunningApp;
let address: string;
beforeAll(async () => {
  app = await startRunningApp();
  await app.addAccount();
  const answer = await fetch(`${app.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'veo_3_1_t2v_fast_landscape',
      messages: [{ role: 'user', content: 'waves' }],
    }),
  });
  address = /http[^'"\s]*\.mp4/.exec(await answer.text())?.[0] ?? '';
});
afterAll(() => app?.stop());

test.each([
  ['GET', {}, 200],
  ['HEAD', {}, 200],
  ['GET', { range: 'bytes=100-299' }, 206],
  ['GET', { range: 'bytes=-50' }, 206],
])('%s %o says how long it is', async (method, headers, status) => {
  const answer = await fetch(address, { method, headers });
  const bytes = (await answer.arrayBuffer()).byteLength;
  const whole = Number((await fetch(address, { method: 'HEAD' })).headers.get('content-length'));
  expect(answer.status).toBe(status);
  expect(whole).toBeGreaterThan(10_000);
  const length = Number(answer.headers.get('content-length'));
  expect(length).toBe(method === 'HEAD' ? whole : bytes);
  expect(answer.headers.get('x-flow2api-length')).toBeNull();
});

test('a resumed download gives the same file', async () => {
  const whole = Buffer.from(await (await fetch(address)).arrayBuffer());
  const half = Math.floor(whole.length / 2);
  const parts = await Promise.all(
    [`bytes=0-${half - 1}`, `bytes=${half}-`].map(async (range) =>
      Buffer.from(await (await fetch(address, { headers: { range } })).arrayBuffer()),
    ),
  );
  expect(Buffer.concat(parts).equals(whole)).toBe(true);
});
