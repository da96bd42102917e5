import { lookup } from 'node:dns/promises';
import type { Socket } from 'node:net';
import { LRUCache } from 'lru-cache';
import { SocksClient } from 'socks';
import { Agent, buildConnector, type Dispatcher, ProxyAgent } from 'undici';
import { type Exchange, type HttpCall, makeExchange } from './exchange';

type Connector = ReturnType<typeof buildConnector>;

const connectTimeoutMs = 15_000;
// Upstream keeps idle connections for minutes. The shorter ours live, the rarer a submit meets one that just closed.
const keepAliveTimeoutMs = 20_000;
// One for each proxy in use (each account may have its own) and for each pinned address.
const maxDispatchers = 256;
const noTimeout = { headersTimeout: 0, bodyTimeout: 0 }; // `fetch.ts` keeps the time

const pooling = { keepAliveTimeout: keepAliveTimeoutMs, ...noTimeout };

/** Makes calls with undici over connections that are kept and shared by proxy. */
export function makeUndiciTransport() {
  const dispatchers = new LRUCache<string, Dispatcher>({
    max: maxDispatchers,
    // Calls under way end first; a failure to close is a connection that is gone already.
    dispose: (dispatcher) => void dispatcher.close().catch(() => undefined),
  });

  const dispatcherFor = (call: HttpCall): Dispatcher => {
    const key = `${call.proxyUrl ?? ''} ${call.connectTo ?? ''}`;
    const known = dispatchers.get(key);
    if (known !== undefined) return known;
    const made = makeDispatcher(call);
    dispatchers.set(key, made);
    return made;
  };

  return {
    open: (call: HttpCall): Exchange => openExchange(dispatcherFor(call), call),
    close: async () => {
      const all = [...dispatchers.values()];
      await Promise.all(all.map((dispatcher) => dispatcher.destroy()));
      dispatchers.clear();
    },
  };
}

function makeDispatcher({ proxyUrl, connectTo }: HttpCall): Dispatcher {
  const direct = buildConnector({ timeout: connectTimeoutMs });
  if (proxyUrl === undefined) {
    const connect: Connector =
      connectTo === undefined
        ? direct
        : (options, callback) => direct({ ...options, hostname: connectTo }, callback);
    return new Agent({ ...pooling, connect });
  }
  if (connectTo !== undefined) throw new Error('A call to a fixed address cannot take a proxy.');
  const proxy = new URL(proxyUrl);
  if (proxy.protocol.startsWith('socks')) {
    return new Agent({ ...pooling, connect: makeSocksConnector(proxy, direct) });
  }
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return new ProxyAgent({
    ...pooling,
    uri: `${proxy.protocol}//${proxy.host}`,
    // Plain http goes in absolute form, as every HTTP proxy takes it; many refuse a tunnel to port 80.
    proxyTunnel: false,
    proxyTls: { timeout: connectTimeoutMs },
    requestTls: { timeout: connectTimeoutMs },
    ...(credentials === ':' ? {} : { token: `Basic ${Buffer.from(credentials).toString('base64')}` }),
  });
}

function makeSocksConnector(proxy: URL, direct: Connector): Connector {
  return (options, callback) => {
    const isTls = options.protocol === 'https:';
    openTunnel(proxy, options.hostname, Number(options.port) || (isTls ? 443 : 80)).then(
      (socket) => {
        if (isTls) direct({ ...options, httpSocket: socket }, callback);
        else callback(null, socket);
      },
      (error: Error) => callback(error, null),
    );
  };
}

/** `socks5h` leaves the name to the proxy, `socks5` and plain `socks` are looked up here, as in curl. */
async function openTunnel(proxy: URL, hostname: string, port: number): Promise<Socket> {
  const host = proxy.protocol === 'socks5h:' ? hostname : (await lookup(hostname)).address;
  const { socket } = await SocksClient.createConnection({
    command: 'connect',
    destination: { host, port },
    timeout: connectTimeoutMs,
    set_tcp_nodelay: true,
    proxy: {
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: Number(proxy.port) || 1080,
      type: 5,
      ...(proxy.username === '' ? {} : { userId: decodeURIComponent(proxy.username) }),
      ...(proxy.password === '' ? {} : { password: decodeURIComponent(proxy.password) }),
    },
  });
  return socket;
}

function openExchange(dispatcher: Dispatcher, call: HttpCall): Exchange {
  let controller: Dispatcher.DispatchController | undefined;
  let stopped: Error | undefined;
  const { exchange, report } = makeExchange({
    stop: (failure) => {
      stopped = failure;
      controller?.abort(failure);
    },
    pause: () => controller?.pause(),
    resume: () => controller?.resume(),
  });

  const url = new URL(call.url);
  const options: Dispatcher.DispatchOptions = {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: call.method,
    headers: { ...call.headers },
    ...(call.body === undefined ? {} : { body: call.body }),
  };
  const handler: Dispatcher.DispatchHandler = {
    // Called when a connection is there and the request is about to be written to it.
    onRequestStart: (given) => {
      controller = given;
      if (stopped !== undefined) given.abort(stopped);
      else report.sent();
    },
    onResponseStart: (_controller, status, headers) => {
      if (status < 200) return;
      report.head({ status, ...splitHeaders(headers), ...encodingOf(headers) });
    },
    onResponseData: (_controller, chunk) => report.chunk(chunk),
    onResponseEnd: () => report.end(),
    onResponseError: (_controller, error) => {
      // A header or an address that cannot be sent, and a proxy that wants a password: nothing went upstream.
      if ('code' in error && error.code === 'UND_ERR_INVALID_ARG') report.fail(error, 'connect');
      else report.fail(error);
    },
  };
  try {
    dispatcher.dispatch(options, handler);
  } catch (error) {
    report.fail(error);
  }
  return exchange;
}

type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

function splitHeaders(raw: RawHeaders) {
  const headers: Record<string, string> = {};
  let setCookies: string[] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (value === undefined) continue;
    if (name === 'set-cookie') setCookies = [value].flat();
    else headers[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return { headers, setCookies };
}

function encodingOf(headers: RawHeaders): { encoding?: string } {
  const encoding = headers['content-encoding'];
  return typeof encoding === 'string' && encoding !== 'identity' ? { encoding } : {};
}
