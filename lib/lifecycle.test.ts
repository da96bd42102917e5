import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  Agent,
  createServer,
  get,
  type IncomingMessage,
  type RequestListener,
  type Server,
  request as send,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { installHttpLifecycle, type Life, makeLife, peerHeader, refusals } from './lifecycle';
import { makeLogger } from './observability/log';

const log = makeLogger({ level: 'silent', format: 'json' });
const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0)) step();
});

async function serve(life: Life, listener: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  undo.push(installHttpLifecycle(life, { handleSignals: false }), () => server.closeAllConnections());
  undo.push(() => server.close());
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

async function ask(
  port: number,
  options: { agent?: Agent; headers?: Record<string, string | string[]> } = {},
) {
  const [response] = (await once(get({ port, host: '127.0.0.1', ...options }), 'response')) as [
    IncomingMessage,
  ];
  return { response, body: text(response) };
}

/** Something that a test can wait for, and let happen. */
function gate() {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), passed };
}

describe('the peer header', () => {
  test.each([
    ['absent', {}],
    ['sent once', { [peerHeader]: '6.6.6.6' }],
    ['sent in another case', { 'X-Flow2API-Peer': '6.6.6.6' }],
    ['sent more than once', { [peerHeader]: ['6.6.6.6', '7.7.7.7'] }],
  ])('is the address of the socket, also when it was %s', async (_how, headers) => {
    const { port } = await serve(makeLife({ log, graceMs: 1_000 }), (request, response) => {
      const raw = request.rawHeaders.filter(
        (_item, index, all) => all[index - 1]?.toLowerCase() === peerHeader,
      );
      const distinct = request.headersDistinct[peerHeader];
      response.end(JSON.stringify({ parsed: request.headers[peerHeader], raw, distinct: distinct ?? raw }));
    });
    const { body } = await ask(port, { headers });
    expect(JSON.parse(await body)).toEqual({
      parsed: '127.0.0.1',
      raw: ['127.0.0.1'],
      distinct: ['127.0.0.1'],
    });
  });

  test('timeouts are above those of a load balancer', async () => {
    const { server, port } = await serve(makeLife({ log, graceMs: 1_000 }), (_request, response) => {
      response.end('ok');
    });
    await (await ask(port)).body;
    expect(server.keepAliveTimeout).toBe(65_000);
    expect(server.headersTimeout).toBeGreaterThan(server.keepAliveTimeout);
  });
});

describe('what Next cannot route goes to an address whose handler says so', () => {
  test.each([
    ['GET', '/v1/models/%FF', 'GET', refusals.path],
    ['POST', '/a%zz?x=1', 'POST', refusals.path],
    ['POST', '/models/%zz:generateContent', 'POST', refusals.geminiPath],
    ['PROPFIND', '/v1/models', 'GET', `${refusals.method}PROPFIND`],
    ['GET', '/v1/models/a%20b?x=%FF', 'GET', '/v1/models/a%20b?x=%FF'],
  ])('%s %s', async (method, path, seenMethod, seenPath) => {
    const { port } = await serve(makeLife({ log, graceMs: 1_000 }), (request, response) => {
      response.end(`${request.method} ${request.url}`);
    });
    const [response] = (await once(send({ port, host: '127.0.0.1', method, path }).end(), 'response')) as [
      IncomingMessage,
    ];
    expect(await text(response)).toBe(`${seenMethod} ${seenPath}`);
  });
});

describe('a request that is answered before it has come whole', () => {
  const head = 'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n';
  const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(1024 * 1024), Buffer.from('\r\n')]);

  test.each([
    ['is read on, so that who sends first and reads then gets the answer', () => {}],
    [
      'also when somebody had begun to read it',
      (request: IncomingMessage) => void request.once('readable', () => request.read(1)),
    ],
  ])('%s', async (_rule, begin) => {
    const { port } = await serve(makeLife({ log, graceMs: 1_000 }), (request, response) => {
      begin(request);
      response.writeHead(413, { connection: 'keep-alive' }).end('too large');
    });
    const client = connect(port, '127.0.0.1');
    client.write(head);
    for (let count = 0; count < 20; count += 1) {
      if (!client.write(piece)) await once(client, 'drain');
    }
    client.end('0\r\n\r\n');
    expect(await text(client)).toMatch(/^HTTP\/1\.1 413 [\s\S]*too large/);
  });

  test('is not read for ever: the connection ends', async () => {
    const life = makeLife({ log, graceMs: 1_000 });
    const server = createServer((_request, response) => void response.writeHead(413).end());
    undo.push(installHttpLifecycle(life, { handleSignals: false, unreadMs: 50 }), () => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.resume().on('error', () => undefined); // a reset is an end as well
    client.write(head);
    await once(client, 'close');
    expect(client.destroyed).toBe(true);
  });
});

describe('draining', () => {
  test('lets a running answer end, with "Connection: close", and takes no new connection', async () => {
    const life = makeLife({ log, graceMs: 10_000 });
    const [arrived, finish] = [gate(), gate()];
    const { port } = await serve(life, (_request, response) => {
      arrived.open();
      void finish.passed.then(() => response.end('whole answer'));
    });
    const answer = ask(port, { agent: new Agent({ keepAlive: true }) });
    await arrived.passed;
    expect(life.activeRequests).toBe(1);

    const drained = life.drain('test');
    expect(life.draining).toBe(true);
    expect(life.signal.aborted).toBe(true);
    await expect(ask(port)).rejects.toThrow(/ECONNREFUSED/);

    finish.open();
    const { response, body } = await answer;
    expect(await body).toBe('whole answer');
    expect(response.headers.connection).toBe('close');
    expect(await drained).toBe(true);
    expect(life.activeRequests).toBe(0);
  });

  test('does not wait for idle connections', async () => {
    const life = makeLife({ log, graceMs: 60_000 });
    const { server, port } = await serve(life, (_request, response) => {
      response.end('ok');
    });
    await (await ask(port, { agent: new Agent({ keepAlive: true }) })).body;
    const closed = once(server, 'close');
    expect(await life.drain('test')).toBe(true);
    await closed;
  });

  test('cuts what does not end within the grace time, and closes the rest all the same', async () => {
    const life = makeLife({ log, graceMs: 300 });
    const closed: string[] = [];
    life.onShutdown('database', async () => {
      closed.push('database');
    });
    const arrived = gate();
    const { port } = await serve(life, (_request, response) => {
      response.write('first part');
      arrived.open();
    });
    const { body } = await ask(port);
    const outcome = body.then(
      () => 'ended',
      () => 'cut',
    );
    await arrived.passed;
    expect(await life.drain('test')).toBe(false);
    expect(await outcome).toBe('cut');
    expect(closed).toEqual(['database']);
  });

  test('closes in the reverse order of opening, one after the other, and goes on after a failure', async () => {
    const life = makeLife({ log, graceMs: 10_000 });
    const events: string[] = [];
    for (const name of ['database', 'upstream', 'request log', 'worker']) {
      life.onShutdown(name, async () => {
        events.push(`${name} begins`);
        await Promise.resolve();
        if (name === 'upstream') throw new Error('refused');
        events.push(`${name} ends`);
      });
    }
    expect(await life.drain('test')).toBe(false);
    expect(events).toEqual([
      'worker begins',
      'worker ends',
      'request log begins',
      'request log ends',
      'upstream begins',
      'database begins',
      'database ends',
    ]);
  });

  test('a part that hangs does not keep the process', async () => {
    const life = makeLife({ log, graceMs: 100 });
    life.onShutdown('stuck', () => new Promise(() => {}));
    expect(await life.drain('test')).toBe(false);
  });

  test('happens once', async () => {
    const life = makeLife({ log, graceMs: 1_000 });
    let times = 0;
    life.onShutdown('database', async () => {
      times += 1;
    });
    await Promise.all([life.drain('one'), life.drain('two')]);
    expect(times).toBe(1);
  });
});

describe('signals', () => {
  /** Serves one endless answer, which ends when draining begins if `endsWhenAsked`. Prints what happens. */
  const program = (endsWhenAsked: boolean) => `
    import { createServer } from 'node:http';
    import { installHttpLifecycle, makeLife } from './lib/lifecycle.ts';
    import { makeLogger } from './lib/observability/log.ts';
    const life = makeLife({ log: makeLogger({ level: 'silent', format: 'json' }), graceMs: 20_000 });
    installHttpLifecycle(life, { handleSignals: true });
    life.onShutdown('last', async () => console.log('closed'));
    const server = createServer((request, response) => {
      response.write('begin ');
      life.signal.addEventListener('abort', () => {
        console.log('draining');
        if (${endsWhenAsked}) setImmediate(() => response.end('end'));
      });
    }).listen(0, '127.0.0.1', () => console.log(server.address().port));
  `;

  async function start(endsWhenAsked: boolean) {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', program(endsWhenAsked)],
      { cwd: join(import.meta.dirname, '..'), stdio: ['ignore', 'pipe', 'inherit'] },
    );
    undo.push(() => void child.kill('SIGKILL'));
    const exited = once(child, 'exit');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const nextLine = async () => (await lines.next()).value as string | undefined;
    const { body } = await ask(Number(await nextLine()), { agent: new Agent({ keepAlive: true }) });
    return { child, exited, nextLine, body };
  }

  test('SIGTERM lets a running answer end, closes the parts and exits with 0', async () => {
    const { child, exited, nextLine, body } = await start(true);
    child.kill('SIGTERM');
    expect(await body).toBe('begin end');
    expect([await nextLine(), await nextLine(), await nextLine()]).toEqual(['draining', 'closed', undefined]);
    expect(await exited).toEqual([0, null]);
  });

  test('a second signal exits at once', async () => {
    const { child, exited, nextLine, body } = await start(false);
    const outcome = body.catch(() => 'cut');
    child.kill('SIGINT');
    expect(await nextLine()).toBe('draining');
    child.kill('SIGINT');
    expect(await exited).toEqual([1, null]);
    expect(await outcome).toBe('cut');
    expect(await nextLine()).toBeUndefined();
  });
});
