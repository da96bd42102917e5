import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { listen, startHttpProxy, startSocksProxy } from './__fixtures__/proxies';
import type { HttpCall } from './exchange';
import { type HttpFailure, isHttpFailure } from './failure';
import { type HttpTransport, makeHttpClient } from './fetch';

const open: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

/** A server on loopback, and how many connections were made to it. */
async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer(handle);
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const port = await listen(server);
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    connections: () => connections,
    openSockets: () => sockets.size,
  };
}

/** A port of loopback that nobody listens on any more. */
async function closedPort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function client(transport: HttpTransport = 'undici') {
  const http = makeHttpClient({ transport: () => transport });
  open.push(http.close);
  return (url: string, more: Partial<HttpCall> = {}) =>
    http.request({
      method: 'GET',
      url,
      headers: {},
      timeoutMs: 5_000,
      maxBytes: 1_000_000,
      signal: new AbortController().signal,
      ...more,
    });
}

async function failureOf(promise: Promise<unknown>): Promise<HttpFailure> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (isHttpFailure(error)) return error;
  throw new Error('no HttpFailure', { cause: error });
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe.each(['undici', 'impit'] as const)('over %s', (transport) => {
  test('a call carries method, path, headers and body, and brings status, headers and body', async () => {
    const { url } = await serve(async (request, response) => {
      const body = await collect(request);
      response.writeHead(201, {
        'x-seen': `${request.method} ${request.url} ${request.headers['x-own']}`,
        'set-cookie': ['a=1; Path=/', 'b=2, 3'],
      });
      response.end(body);
    });
    const answer = await client(transport)(`${url}/p/a?q=%2F`, {
      method: 'POST',
      headers: { 'x-own': 'yes' },
      body: 'grüezi',
    });
    expect(answer).toMatchObject({ status: 201, setCookies: ['a=1; Path=/', 'b=2, 3'] });
    expect(answer.headers).toMatchObject({ 'x-seen': 'POST /p/a?q=%2F yes' });
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(await answer.text()).toBe('grüezi');
  });

  test('a redirect is an answer', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    const answer = await client(transport)(url);
    expect([answer.status, answer.headers.location]).toEqual([307, '/elsewhere']);
  });

  test('a compressed body comes as it was', async () => {
    const text = 'again and again '.repeat(1_000);
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text));
    });
    expect(await (await client(transport)(url)).text()).toBe(text);
  });

  test('a connection that nobody takes sent nothing', async () => {
    expect(await failureOf(client(transport)(`http://127.0.0.1:${await closedPort()}`))).toMatchObject({
      phase: 'connect',
      kind: 'network',
    });
  });

  test('a connection that breaks before the answer may have sent everything', async () => {
    const { url } = await serve((request) => request.socket.destroy());
    expect(await failureOf(client(transport)(url, { method: 'POST', body: 'x' }))).toMatchObject({
      phase: 'sent',
      kind: 'network',
    });
  });

  test('a body that is cut off is no body', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    const answer = await client(transport)(url);
    expect(await failureOf(answer.text())).toMatchObject({ phase: 'body', kind: 'network' });
  });

  test('the time of a call covers its answer', async () => {
    const { url } = await serve(() => undefined);
    expect(await failureOf(client(transport)(url, { timeoutMs: 60 }))).toMatchObject({
      phase: 'sent',
      kind: 'timeout',
    });
  });

  test('the time of a call covers its body', async () => {
    const { url } = await serve((_request, response) => {
      response.write('some');
    });
    const answer = await client(transport)(url, { timeoutMs: 60 });
    expect(await failureOf(answer.text())).toMatchObject({ phase: 'body', kind: 'timeout' });
  });

  test('a stream may take longer than the call, but not pause for long', async () => {
    const { url } = await serve((_request, response) => {
      let sent = 0;
      const timer = setInterval(() => {
        response.write('.');
        sent += 1;
        if (sent === 6) clearInterval(timer);
      }, 25);
    });
    const answer = await client(transport)(url, { timeoutMs: 80, idleTimeoutMs: 80 });
    let received = 0;
    const reading = (async () => {
      for await (const chunk of answer.stream()) received += chunk.byteLength;
    })();
    expect(await failureOf(reading)).toMatchObject({ phase: 'body', kind: 'timeout' });
    expect(received).toBe(6);
  });

  test('a signal ends the wait at once, and says so', async () => {
    const { url, connections } = await serve(() => undefined);
    const control = new AbortController();
    const call = failureOf(client(transport)(url, { signal: control.signal }));
    await expect.poll(connections).toBe(1);
    const startedAt = performance.now();
    control.abort(new Error('the owner left'));
    expect(await call).toMatchObject({ kind: 'aborted', cause: { message: 'the owner left' } });
    expect(performance.now() - startedAt).toBeLessThan(100);
  });

  test('a signal ends the reading at once', async () => {
    const { url } = await serve((_request, response) => {
      response.write('some');
    });
    const control = new AbortController();
    const answer = await client(transport)(url, { signal: control.signal });
    const reading = failureOf(collect(answer.stream()));
    control.abort();
    expect(await reading).toMatchObject({ phase: 'body', kind: 'aborted' });
  });

  test('no more than the limit is read, whatever is announced', async () => {
    const { url, openSockets } = await serve((_request, response) => {
      const timer = setInterval(() => response.write(Buffer.alloc(50_000)), 1);
      response.on('close', () => clearInterval(timer));
    });
    const answer = await client(transport)(url, { maxBytes: 200_000 });
    expect(await failureOf(answer.bytes())).toMatchObject({ kind: 'too_large' });
    await expect.poll(openSockets).toBe(0);
  });

  test('a large stream reaches a slow reader whole, and is not piled up meanwhile', async () => {
    const size = 20_000_000;
    let written = 0;
    const { url } = await serve((_request, response) => {
      const more = () => {
        while (written < size && response.write(Buffer.alloc(100_000))) written += 100_000;
        written += written < size ? 100_000 : 0;
        if (written >= size) response.end();
        else response.once('drain', more);
      };
      more();
    });
    const answer = await client(transport)(url, { maxBytes: size * 2 });
    const stream = answer.stream()[Symbol.asyncIterator]();
    await stream.next();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(written).toBeLessThan(size);
    let received = 0;
    for (let next = await stream.next(); !next.done; next = await stream.next())
      received += next.value.byteLength;
    expect(received).toBeGreaterThan(size - 2_000_000);
  });

  test('http goes through an HTTP proxy, with its password', async () => {
    const { url } = await serve((_request, response) => void response.end('direct'));
    const proxy = await startHttpProxy('user:pass');
    open.push(proxy.close);
    expect(await (await client(transport)(`${url}/x`, { proxyUrl: proxy.url })).text()).toBe('direct');
    expect(proxy.seen).toHaveLength(1);
  });

  test('a proxy that wants another password sent nothing', async () => {
    const { url, connections } = await serve((_request, response) => void response.end());
    const proxy = await startHttpProxy('user:pass');
    open.push(proxy.close);
    const proxyUrl = proxy.url.replace('pass', 'word');
    const outcome = await client(transport)(url, { proxyUrl }).catch((error: unknown) => error);
    expect(outcome).toMatchObject({ phase: 'connect', kind: 'network' });
    expect(connections()).toBe(0);
  });

  test('https goes through an HTTP proxy in a tunnel', async () => {
    const proxy = await startHttpProxy();
    open.push(proxy.close);
    const port = await closedPort();
    const failure = await failureOf(client(transport)(`https://127.0.0.1:${port}/`, { proxyUrl: proxy.url }));
    expect(failure).toMatchObject({ phase: 'connect', kind: 'network' });
    expect(proxy.seen).toEqual([`CONNECT 127.0.0.1:${port}`]);
  });

  test.each(['socks5', 'socks5h'] as const)('calls go through a %s proxy', async (scheme) => {
    const { url, port } = await serve((_request, response) => void response.end('direct'));
    const proxy = await startSocksProxy(scheme);
    open.push(proxy.close);
    expect(await (await client(transport)(url, { proxyUrl: proxy.url })).text()).toBe('direct');
    expect(proxy.seen).toEqual([`SOCKS 127.0.0.1:${port}`]);
  });
});

test('names are looked up here for socks5, and by the proxy for socks5h', async () => {
  const { port } = await serve((_request, response) => void response.end());
  for (const [scheme, seen] of [
    ['socks5', `SOCKS 127.0.0.1:${port}`],
    ['socks5h', `SOCKS localhost:${port}`],
  ] as const) {
    const proxy = await startSocksProxy(scheme);
    open.push(proxy.close);
    (await client()(`http://localhost:${port}`, { proxyUrl: proxy.url })).dump();
    expect(proxy.seen).toEqual([seen]);
  }
});

describe('connections', () => {
  test('are closed as soon as the signal of their call fires', async () => {
    const { url, openSockets } = await serve((request, response) => {
      if (request.url === '/body') response.write('some');
    });
    const control = new AbortController();
    const waiting = failureOf(client()(url, { signal: control.signal }));
    const answer = await client()(`${url}/body`, { signal: control.signal });
    const reading = failureOf(answer.text());
    await expect.poll(openSockets).toBe(2);
    control.abort();
    await Promise.all([waiting, reading]);
    await expect.poll(openSockets).toBe(0);
  });

  test('are used again, also after an answer that nobody wanted to read', async () => {
    const { url, connections } = await serve((_request, response) => void response.end('x'.repeat(10_000)));
    const request = client();
    for (let call = 0; call < 5; call += 1) await (await request(url)).text();
    const unwanted = await request(url);
    unwanted.dump();
    await expect.poll(async () => (await (await request(url)).text()).length).toBe(10_000);
    expect(connections()).toBeLessThanOrEqual(2);
  });

  test('are not used again for a call that asks for one of its own', async () => {
    const { url, connections, openSockets } = await serve((_request, response) => void response.end());
    const request = client();
    for (let call = 0; call < 3; call += 1) await (await request(url, { fresh: true })).text();
    expect(connections()).toBe(3);
    await expect.poll(openSockets).toBe(0);
  });

  test('are made to the address that is given, under the name of the URL', async () => {
    const { port } = await serve((request, response) => void response.end(request.headers.host));
    const answer = await client()(`http://pictures.invalid:${port}/`, { connectTo: '127.0.0.1' });
    expect(await answer.text()).toBe(`pictures.invalid:${port}`);
  });

  test.each([
    ['an HTTP', () => startHttpProxy(), 'CONNECT'],
    ['a SOCKS', () => startSocksProxy('socks5h'), 'SOCKS'],
  ])('are made to it through %s proxy as well', async (_kind, startProxy, verb) => {
    const { port } = await serve((request, response) => void response.end(request.headers.host));
    const proxy = await startProxy();
    open.push(proxy.close);
    const answer = await client()(`http://pictures.invalid:${port}/`, {
      connectTo: '127.0.0.1',
      proxyUrl: proxy.url,
    });
    expect(await answer.text()).toBe(`pictures.invalid:${port}`);
    expect(proxy.seen).toEqual([`${verb} 127.0.0.1:${port}`]);
  });

  test('are given up when the rest of an answer is unwanted and large', async () => {
    const { url, openSockets } = await serve(
      (_request, response) => void response.end(Buffer.alloc(5_000_000)),
    );
    (await client()(url)).dump();
    await expect.poll(openSockets).toBe(0);
  });

  test('end when the client is closed, with the calls on them', async () => {
    const { url, openSockets } = await serve(() => undefined);
    const http = makeHttpClient({ transport: () => 'undici' });
    const call = failureOf(
      http.request({
        method: 'GET',
        url,
        headers: {},
        timeoutMs: 5_000,
        maxBytes: 1,
        signal: new AbortController().signal,
      }),
    );
    await expect.poll(openSockets).toBe(1);
    await http.close();
    expect(await call).toMatchObject({ kind: 'network' });
  });
});

test('a call whose signal has fired already is not made', async () => {
  const { url, connections } = await serve((_request, response) => void response.end());
  expect(await failureOf(client()(url, { signal: AbortSignal.abort() }))).toMatchObject({
    phase: 'connect',
    kind: 'aborted',
  });
  expect(connections()).toBe(0);
});

test('a header that cannot be sent is a failure before anything was sent', async () => {
  const { url } = await serve((_request, response) => void response.end());
  expect(await failureOf(client()(url, { headers: { 'x-bad': 'a\r\nb' } }))).toMatchObject({
    phase: 'connect',
  });
});

test('a SOCKS proxy that refuses leaves neither its user nor its password in the failure', async () => {
  const port = await closedPort();
  const proxyUrl = `socks5h://maria:geheim@127.0.0.1:${port}`;
  const failure = await failureOf(client()('http://127.0.0.1:9/', { proxyUrl }));
  expect(failure).toMatchObject({ phase: 'connect', kind: 'network' });
  const whole = inspect(failure, { depth: 10, showHidden: true });
  expect(whole).toContain('ECONNREFUSED');
  expect(whole).not.toMatch(/maria|geheim/);
});

test('what is logged of a call holds neither its query nor its headers', async () => {
  const { url } = await serve((_request, response) => void response.end());
  const lines: string[] = [];
  const http = makeHttpClient({
    transport: () => 'undici',
    log: { debug: (...line: unknown[]) => void lines.push(JSON.stringify(line)) },
  });
  onTestFinished(http.close);
  const call = {
    method: 'GET',
    timeoutMs: 1_000,
    maxBytes: 10,
    signal: new AbortController().signal,
  } as const;
  await http.request({ ...call, url: `${url}/path?Signature=s3cret`, headers: { cookie: 's3cret' } });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('/path');
  expect(lines[0]).not.toContain('s3cret');
});
