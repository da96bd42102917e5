import { LRUCache } from 'lru-cache';
import { Agent, type Dispatcher } from 'undici';
import { isHttpProxy, makeConnector, proxyCredentials } from './connector';
import { type Exchange, type HttpCall, makeExchange } from './exchange';

// Upstream keeps idle connections for minutes: ours end first, so that few calls meet one that was just closed.
const keepAliveTimeoutMs = 20_000;
// Two for each proxy in use (each account may have its own), and one for each pinned address.
const maxDispatchers = 256;
const noTimeout = { headersTimeout: 0, bodyTimeout: 0 }; // `fetch.ts` keeps the time

const kept = { keepAliveTimeout: keepAliveTimeoutMs, ...noTimeout };

/** Makes calls with undici over connections that are kept and shared by proxy. */
export function makeUndiciTransport() {
  const dispatchers = new LRUCache<string, Dispatcher>({
    max: maxDispatchers,
    // Calls under way end first; a failure to close is a connection that is gone already.
    dispose: (dispatcher) => void dispatcher.close().catch(() => undefined),
  });

  const dispatcherFor = (call: HttpCall): Dispatcher => {
    const key = `${call.proxyUrl ?? ''} ${call.connectTo ?? ''} ${call.fresh ?? false}`;
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

function makeDispatcher(call: HttpCall): Dispatcher {
  return new Agent({ ...kept, connect: makeConnector(call), ...(call.fresh ? { pipelining: 0 } : {}) });
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

  const options: Dispatcher.DispatchOptions = {
    ...addressOf(call),
    method: call.method,
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
      // A header or an address that cannot be sent.
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

/** Where the request goes and what it asks for: through an HTTP proxy, plain http is asked for by its whole address. */
function addressOf({ url, headers, proxyUrl, connectTo }: HttpCall) {
  const { origin, protocol, host, pathname, search } = new URL(url);
  const path = `${pathname}${search}`;
  const isTunnelled = protocol !== 'http:' || connectTo !== undefined;
  if (isTunnelled || !isHttpProxy(proxyUrl)) return { origin, path, headers: { ...headers } };
  const proxy = new URL(proxyUrl);
  return {
    origin: `${proxy.protocol}//${proxy.host}`,
    path: `${origin}${path}`,
    headers: { ...headers, host, ...proxyCredentials(proxy) },
  };
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
