import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setMaxListeners } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { GatewayError } from './errors';
import type { Logger } from './observability/log';

/** The end of the process, in order: nothing new is taken, what runs may finish, what is open is closed. */
export type Life = {
  /** True from the moment the process is asked to end: readiness says 503, no job is claimed any more. */
  readonly draining: boolean;
  /** Aborted when draining begins. */
  readonly signal: AbortSignal;
  /** What requests get of the time that the end may take. */
  readonly requestGraceMs: number;
  /** Requests that wait for the end of their answer. */
  readonly activeRequests: number;
  /**
   * Closes something at the end of the process, after the requests. The last one registered runs first, as with
   * `finally`: what was opened on top of something else is closed before it.
   */
  onShutdown(name: string, close: () => Promise<void>): void;
  /** Ends everything within the grace time; a second call joins the first. Never rejects. True: nothing was cut short. */
  drain(reason: string): Promise<boolean>;
  /** Takes note of a request and of the server it came to. Called by `installHttpLifecycle`. */
  track(server: Server, response: ServerResponse): void;
};

const restartSeconds = 10; // a process that replaces this one is up by then

/** Throws `shutting_down` once the process ends. For whatever begins something new. */
export function assertAccepting({ draining }: Pick<Life, 'draining'>): void {
  if (!draining) return;
  throw new GatewayError('shutting_down', 'The gateway is restarting. Send the request again in a moment.', {
    retryAfterSeconds: restartSeconds,
  });
}

/** The share of the grace time that is kept for closing things when requests do not end. */
const closingShare = 0.4;

/** Makes the life of one process. `graceMs` is all that the end may take, from signal to exit; asked when it begins. */
export function makeLife({ log, graceMs }: { log: Logger; graceMs: number | (() => number) }): Life {
  const wholeMs = () => (typeof graceMs === 'number' ? graceMs : graceMs());
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // every open stream listens
  const servers = new Set<Server>();
  const active = new Set<ServerResponse>();
  const closers: { name: string; close: () => Promise<void> }[] = [];
  let drained: Promise<boolean> | undefined;
  let wake = () => {};

  async function drain(reason: string): Promise<boolean> {
    const endsAt = performance.now() + wholeMs();
    const remainingMs = () => Math.max(0, endsAt - performance.now());
    log.info({ reason, activeRequests: active.size }, 'shutting down: finishing what runs');
    controller.abort(new Error(`The process is shutting down (${reason}).`));
    for (const response of active) response.shouldKeepAlive = false;
    for (const server of servers) {
      if (server.listening) server.close();
      server.closeIdleConnections();
    }
    let isClean = await within(requestsEnded(), remainingMs() * (1 - closingShare));
    if (!isClean) log.warn({ activeRequests: active.size }, 'shutting down: these requests are cut off');
    for (const server of servers) server.closeAllConnections();

    for (const { name, close } of closers.toReversed()) {
      try {
        if (await within(close(), remainingMs())) continue;
        log.error({ part: name }, 'shutting down: this part did not end in time');
      } catch (error) {
        log.error({ part: name, err: error }, 'shutting down: this part did not end well');
      }
      isClean = false;
    }
    log.info('shut down');
    return isClean;
  }

  const requestsEnded = () =>
    new Promise<void>((resolve) => {
      wake = () => {
        // A connection that has answered its last request would otherwise be held open until its timeout.
        for (const server of servers) server.closeIdleConnections();
        if (active.size === 0) resolve();
      };
      wake();
    });

  return {
    get draining() {
      return controller.signal.aborted;
    },
    signal: controller.signal,
    get requestGraceMs() {
      return wholeMs() * (1 - closingShare);
    },
    get activeRequests() {
      return active.size;
    },
    onShutdown(name, close) {
      closers.push({ name, close });
    },
    drain(reason) {
      drained ??= drain(reason);
      return drained;
    },
    track(server, response) {
      servers.add(server);
      active.add(response);
      if (controller.signal.aborted) response.shouldKeepAlive = false; // "Connection: close"
      response.once('close', () => {
        active.delete(response);
        wake();
      });
    },
  };
}

/** Whether the work ended in time. Its failure is passed on; after the time, nobody waits for it any more. */
async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The header by which handlers know the address at the other end of the connection; no client can set it. */
export const peerHeader = 'x-flow2api-peer';

const keepAliveMs = 65_000; // above the idle time of common load balancers (60 s), or they meet a closed connection
const headersMs = keepAliveMs + 1_000; // Node counts the wait for the next request of a connection into it

type RequestStart = { request: IncomingMessage; response: ServerResponse; socket: Socket; server: Server };

/**
 * Follows every HTTP server of this process, whoever made it: timeouts, the peer's true address as a header, the count
 * of running requests, and what clients still send after their answer (for `unreadMs`). With `handleSignals`, SIGTERM and SIGINT drain and exit, and a second one exits at once.
 * Returns what undoes it. Call it once a process.
 */
export function installHttpLifecycle(
  life: Life,
  options: { handleSignals: boolean; exit?: (code: number) => void; unreadMs?: number },
): () => void {
  const known = new WeakSet<Server>();
  const onRequest = (message: unknown) => {
    const start = message as RequestStart;
    const { request, response, socket, server } = start;
    if (!known.has(server)) {
      known.add(server);
      server.keepAliveTimeout = keepAliveMs;
      server.headersTimeout = headersMs;
    }
    setPeer(request, socket);
    steer(request);
    passLength(response);
    endUnread(start, options.unreadMs ?? defaultUnreadMs);
    life.track(server, response);
  };
  subscribe('http.server.request.start', onRequest);

  const exit = options.exit ?? ((code) => process.exit(code));
  const onSignal = (signal: NodeJS.Signals) => {
    if (life.draining) return exit(1);
    void life.drain(signal).then((isClean) => exit(isClean ? 0 : 1));
  };
  const signals = options.handleSignals ? (['SIGTERM', 'SIGINT'] as const) : [];
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    unsubscribe('http.server.request.start', onRequest);
    for (const signal of signals) process.off(signal, onSignal);
  };
}

/**
 * How a handler says how long its stream is. Next takes `Content-Length` off every answer of a handler, and players and
 * download managers need it; this header reaches the server and becomes it there.
 */
export const lengthHeader = 'x-flow2api-length';

function passLength(response: ServerResponse): void {
  const writeHead = response.writeHead;
  response.writeHead = ((...head: Parameters<ServerResponse['writeHead']>) => {
    const length = response.getHeader(lengthHeader);
    if (length !== undefined) {
      response.removeHeader(lengthHeader);
      response.setHeader('content-length', length);
    }
    return writeHead.apply(response, head);
  }) as ServerResponse['writeHead'];
}

/** Where requests go that Next would answer with an error of its own, before any handler. Anybody may ask there. */
export const refusals = {
  path: '/v1/-/undecodable',
  /** The same for what was asked of a surface that tells errors as Google does. */
  geminiPath: '/models/-/undecodable',
  method: '/v1/-/method/',
} as const;

const routedMethods: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
]);

/** Sends what Next cannot route to an address whose handler says what is wrong, as the surface says it. */
function steer(request: IncomingMessage): void {
  const { method = 'GET', url = '/' } = request;
  if (!routedMethods.has(method)) {
    request.url = `${refusals.method}${method}`;
    request.method = 'GET';
  } else if (!isDecodable(url)) {
    request.url = url.startsWith('/models/') ? refusals.geminiPath : refusals.path;
  }
}

function isDecodable(url: string): boolean {
  if (!url.includes('%')) return true;
  try {
    decodeURIComponent(url.split('?', 1)[0] ?? '');
    return true;
  } catch {
    return false;
  }
}

const defaultUnreadMs = 10_000;

/**
 * Reads on after an answer that came before the end of the request, for a while, so that a client which sends first and
 * reads then gets the answer; after that the connection is closed. Otherwise it would hang, or never learn why.
 */
function endUnread({ request, response, socket }: RequestStart, unreadMs: number): void {
  response.once('finish', () => {
    if (request.complete || socket.destroyed) return;
    if (request.destroyed) return socket.destroySoon(); // nothing can be read from it any more
    const timer = setTimeout(() => socket.destroy(), unreadMs);
    request.on('readable', () => {
      while (request.read() !== null);
    });
    request.once('end', () => clearTimeout(timer));
    socket.once('close', () => clearTimeout(timer));
  });
}

/**
 * Writes the socket's address over whatever the client sent, in the parsed headers and in the raw ones: hosts read
 * either. The raw list keeps its length, which Node has noted, so surplus entries get another name.
 */
function setPeer(request: IncomingMessage, socket: Socket): void {
  const peer = socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/i, '') ?? 'unknown';
  const { headers, rawHeaders } = request;
  headers[peerHeader] = peer;
  let isWritten = false;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() !== peerHeader) continue;
    rawHeaders[index] = isWritten ? `${peerHeader}-refused` : peerHeader;
    rawHeaders[index + 1] = peer;
    isWritten = true;
  }
  if (!isWritten) rawHeaders.push(peerHeader, peer);
}
