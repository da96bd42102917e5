import type { Logger } from '../observability/log';
import { type Clock, type HttpAnswer, makeAnswer } from './answer';
import type { Exchange, HttpCall } from './exchange';
import { makeHttpFailure } from './failure';
import { makeImpitTransport } from './impit-transport';
import { makeUndiciTransport } from './undici-transport';

/** The libraries that can make the calls. */
export type HttpTransport = 'undici' | 'impit';

/**
 * The one way out. `request` rejects with an `HttpFailure` (see `failure.ts`) when there is no answer, and at once
 * when the signal fires; so do the readers of the body.
 */
export type HttpClient = {
  request(call: HttpCall): Promise<HttpAnswer>;
  /** Ends all connections, also those in use. */
  close(): Promise<void>;
};

const defaultIdleTimeoutMs = 60_000;

/** Opens the way out. `transport` is asked at every call. */
export function makeHttpClient({
  transport,
  log,
}: {
  transport: () => HttpTransport;
  log?: Pick<Logger, 'debug'>;
}): HttpClient {
  const transports = { undici: makeUndiciTransport(), impit: makeImpitTransport() };

  return {
    request: async (call) => {
      if (call.signal.aborted) throw makeHttpFailure('aborted', 'connect', call.signal.reason);
      const startedAt = performance.now();
      // impit cannot connect to a fixed address, and such calls need not look like a browser's.
      const chosen = call.connectTo === undefined ? transport() : 'undici';
      const exchange = transports[chosen].open(call);
      const clock = startClock(exchange, call);
      try {
        const head = await exchange.head;
        if (head.status === 407 && call.proxyUrl !== undefined) {
          exchange.abort(makeHttpFailure('aborted', 'body'));
          throw makeHttpFailure('network', 'connect', new Error('the proxy wants other credentials'));
        }
        log?.debug({ ...describe(call), status: head.status, ms: since(startedAt) }, 'http call answered');
        return makeAnswer(exchange, head, clock, call.maxBytes);
      } catch (error) {
        clock.end();
        log?.debug({ ...describe(call), err: error, ms: since(startedAt) }, 'http call failed');
        throw error;
      }
    },
    close: async () => {
      await Promise.all([transports.undici.close(), transports.impit.close()]);
    },
  };
}

/** Watches the signal and the time of one exchange, and aborts it with the failure that says which of them ended it. */
function startClock(exchange: Exchange, call: HttpCall): Clock {
  const expire = () => exchange.abort(makeHttpFailure('timeout', exchange.phase()));
  const giveUp = () => exchange.abort(makeHttpFailure('aborted', exchange.phase(), call.signal.reason));
  const whole = setTimeout(expire, call.timeoutMs);
  let idle: NodeJS.Timeout | undefined;
  let isStreamed = false;
  call.signal.addEventListener('abort', giveUp, { once: true });
  return {
    startIdle: () => {
      if (isStreamed) idle = setTimeout(expire, call.idleTimeoutMs ?? defaultIdleTimeoutMs);
    },
    stopIdle: () => clearTimeout(idle),
    endWhole: () => {
      isStreamed = true;
      clearTimeout(whole);
    },
    end: () => {
      clearTimeout(whole);
      clearTimeout(idle);
      call.signal.removeEventListener('abort', giveUp);
    },
  };
}

const since = (startedAt: number) => Math.round(performance.now() - startedAt);

/** What of a call may be logged: headers, queries and bodies hold credentials. */
function describe(call: HttpCall) {
  const { host, pathname } = new URL(call.url);
  return { method: call.method, host, path: pathname, proxied: call.proxyUrl !== undefined };
}
