import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createConnection } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { POST as chat } from '@/app/v1/chat/completions/route';
import { installHttpLifecycle } from '@/lib/lifecycle';
import { startTestProgram, type TestProgram } from '../support/test-runtime';

let program: TestProgram;
let port: number;
const undo: (() => unknown)[] = [];
beforeAll(async () => {
  program = await startTestProgram({ services: false });
  program.makeGlobal();
  // As the host does it: the handler's body is the connection itself.
  const server = createServer(async (incoming, outgoing) => {
    const answer = await chat(toRequest(incoming), { params: Promise.resolve({}) });
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
    outgoing.end(await answer.text());
  });
  undo.push(installHttpLifecycle(program.runtime.life, { handleSignals: false }), () => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  for (const step of undo) step();
  await program.stop();
});

const toRequest = (incoming: IncomingMessage) =>
  new Request(`http://gw.example${incoming.url}`, {
    method: 'POST',
    headers: incoming.headers as Record<string, string>,
    body: Readable.toWeb(incoming) as ReadableStream,
    duplex: 'half',
  } as RequestInit);

const mb = 1024 * 1024;
const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(mb, 'x'), Buffer.from('\r\n')]);

test('a body of unknown length that is too large is answered to who sends all of it first', async () => {
  const client = createConnection(port, '127.0.0.1');
  client.write(
    [
      'POST /v1/chat/completions HTTP/1.1',
      'host: gw.example',
      `authorization: Bearer ${program.apiKey.value}`,
      'content-type: application/json',
      'transfer-encoding: chunked',
      '\r\n',
    ].join('\r\n'),
  );
  for (let count = 0; count < 90; count += 1) {
    if (!client.write(piece)) await once(client, 'drain');
  }
  client.end('0\r\n\r\n');
  expect(await text(client)).toMatch(/^HTTP\/1\.1 413 [\s\S]*request_too_large/);
  expect(program.runtime.bodyBudget.takenBytes).toBe(0);
});

test('many large bodies at once are all answered, and never take more room than there is', async () => {
  const image = `data:image/png;base64,${'A'.repeat(26 * mb)}`;
  const body = JSON.stringify({ model: 'no-such-model', messages: [{ role: 'user', content: 'x' }], image });
  let mostBytes = 0;
  const watch = setInterval(() => {
    mostBytes = Math.max(mostBytes, program.runtime.bodyBudget.takenBytes);
  }, 5);
  const answers = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${program.apiKey.value}`, 'content-type': 'application/json' },
        body,
      });
      await answer.text();
      return answer.status;
    }),
  ).finally(() => clearInterval(watch));
  expect(new Set(answers)).toEqual(new Set([404]));
  expect(mostBytes).toBeGreaterThan(100 * mb);
  expect(mostBytes).toBeLessThanOrEqual(128 * mb);
  expect(program.runtime.bodyBudget.takenBytes).toBe(0);
});
