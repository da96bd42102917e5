import type { Impit, ImpitResponse } from 'impit';
import { LRUCache } from 'lru-cache';
import { type Exchange, type HttpCall, type HttpHead, makeExchange } from './exchange';

// Errors after which nothing was sent, by the class names of impit.
const connectErrors = new Set([
  'ConnectError',
  'ConnectTimeout',
  'ProxyError',
  'ProxyTunnelError',
  'ProxyAuthRequired',
  'UnsupportedProtocol',
  'LocalProtocolError',
  'InvalidURL',
]);

const maxClients = 256; // as many as the other transport keeps
// impit cannot close a connection before its answer comes; this is when one that nobody waits for ends at the latest.
const longestMs = 600_000;

/** Makes calls with impit, whose connections look like a browser's. It is an optional package. */
export function makeImpitTransport() {
  const clients = new LRUCache<string, Impit>({ max: maxClients });
  return {
    open: (call: HttpCall): Exchange => {
      const control = new AbortController();
      const gate = makeGate();
      const { exchange, report } = makeExchange({
        stop: (failure) => {
          control.abort(failure);
          gate.open();
        },
        pause: gate.shut,
        resume: gate.open,
      });
      run(clients, call, { signal: control.signal, gate, report }).catch((error: unknown) => {
        const isUnsent = error instanceof Error && connectErrors.has(error.name);
        report.fail(error, isUnsent ? 'connect' : undefined);
      });
      return exchange;
    },
    close: () => {
      clients.clear();
      return Promise.resolve();
    },
  };
}

type Report = ReturnType<typeof makeExchange>['report'];

type Gate = ReturnType<typeof makeGate>;

async function run(
  clients: LRUCache<string, Impit>,
  call: HttpCall,
  { signal, gate, report }: { signal: AbortSignal; gate: Gate; report: Report },
) {
  const client = await clientFor(clients, call.proxyUrl);
  if (signal.aborted) return;
  report.sent();
  const response = await client.fetch(call.url, {
    method: call.method,
    headers: { ...call.headers },
    redirect: 'manual',
    timeout: Math.max(longestMs, call.timeoutMs),
    signal,
    ...(call.body === undefined ? {} : { body: call.body }),
  });
  report.head(headOf(response));
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    report.chunk(value);
    await gate.passable();
  }
  report.end();
}

/** Holds the reading loop while the queue of the exchange is full. */
function makeGate() {
  let opened: Promise<void> = Promise.resolve();
  let open = () => {};
  return {
    shut: () => {
      opened = new Promise((resolve) => {
        open = resolve;
      });
    },
    open: () => open(),
    passable: () => opened,
  };
}

async function clientFor(clients: LRUCache<string, Impit>, proxyUrl: string | undefined): Promise<Impit> {
  const key = proxyUrl ?? '';
  const known = clients.get(key);
  if (known !== undefined) return known;
  const { Impit } = await loadImpit();
  const made = new Impit({
    browser: 'chrome',
    followRedirects: false,
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
  });
  clients.set(key, made);
  return made;
}

async function loadImpit() {
  try {
    return await import('impit');
  } catch (cause) {
    throw new Error(
      'The setting flow.transport is "impit", but the package impit is not installed here. Install it, or set flow.transport to "undici".',
      { cause },
    );
  }
}

function headOf(response: ImpitResponse): HttpHead {
  const headers: Record<string, string> = {};
  for (const [name, value] of response.headers) {
    if (name !== 'set-cookie') headers[name] = value;
  }
  return { status: response.status, headers, setCookies: response.headers.getSetCookie() };
}
