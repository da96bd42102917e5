import { type HttpFailure, type HttpPhase, makeHttpFailure } from './failure';

/** One request. Redirects are answers: who wants to follow one does so, knowing where to. */
export type HttpCall = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string | Uint8Array | undefined;
  /** `http`, `https`, `socks5` (names looked up here) or `socks5h` (by the proxy). Absent: direct. */
  proxyUrl?: string | undefined;
  /** For everything up to the last byte of the body; of a streamed answer, up to its headers. */
  timeoutMs: number;
  /** The longest pause within a streamed body. Default 60 s. */
  idleTimeoutMs?: number;
  /** Largest body that is taken, after decoding. */
  maxBytes: number;
  signal: AbortSignal;
  /**
   * On a connection of its own. One that was kept may just have been closed by the other side, and then nobody knows
   * whether the request arrived: a doubt to keep away from calls that cost something.
   */
  fresh?: boolean;
  /** Connects to this address, through a proxy in a tunnel, whatever the name of the URL means now. */
  connectTo?: string | undefined;
};

/** Status line and headers of an answer. */
export type HttpHead = {
  status: number;
  /** Names in lower case; several values of one name are joined by commas. */
  headers: Readonly<Record<string, string>>;
  /** `Set-Cookie` lines, which cannot be joined. */
  setCookies: readonly string[];
  /** How the body is still encoded; absent when the transport has undone it. */
  encoding?: string;
};

/** One request under way, whatever library makes it. */
export type Exchange = {
  phase(): HttpPhase;
  head: Promise<HttpHead>;
  /** The next piece of the body; `undefined` at its end. */
  read(): Promise<Uint8Array | undefined>;
  /** Ends it: what is waited for rejects with `failure` at once. Without effect after the end. */
  abort(failure: HttpFailure): void;
};

type Waiting<T> = { resolve: (value: T) => void; reject: (error: Error) => void };

const highWaterBytes = 512 * 1024;

/**
 * The part of an exchange that all transports share: a bounded queue between the connection, which pushes, and the
 * reader, who pulls; and the rule that the first failure wins.
 */
export function makeExchange(connection: {
  stop(failure: HttpFailure): void;
  pause(): void;
  resume(): void;
}) {
  const queue: Uint8Array[] = [];
  let queuedBytes = 0;
  let isPaused = false;
  let phase: HttpPhase = 'connect';
  let isComplete = false;
  let failure: HttpFailure | undefined;
  let reader: Waiting<Uint8Array | undefined> | undefined;
  let headWaiting: Waiting<HttpHead> | undefined;
  const head = new Promise<HttpHead>((resolve, reject) => {
    headWaiting = { resolve, reject };
  });

  const fail = (error: HttpFailure) => {
    if (failure !== undefined || isComplete) return;
    failure = error;
    queue.length = 0;
    headWaiting?.reject(error);
    reader?.reject(error);
    reader = undefined;
  };

  const exchange: Exchange = {
    head,
    phase: () => phase,
    abort: (error) => {
      if (failure !== undefined || isComplete) return;
      fail(error);
      connection.stop(error);
    },
    read: () => {
      if (failure !== undefined) return Promise.reject(failure);
      const chunk = queue.shift();
      if (chunk !== undefined) {
        queuedBytes -= chunk.byteLength;
        if (isPaused && queuedBytes < highWaterBytes / 2) {
          isPaused = false;
          connection.resume();
        }
        return Promise.resolve(chunk);
      }
      if (isComplete) return Promise.resolve(undefined);
      return new Promise((resolve, reject) => {
        reader = { resolve, reject };
      });
    },
  };

  return {
    exchange,
    /** What the connection reports, in order: `sent`, `head`, any number of `chunk`, then `end`; or `fail` at any time. */
    report: {
      sent: () => {
        if (phase === 'connect') phase = 'sent';
      },
      head: (value: HttpHead) => {
        phase = 'body';
        headWaiting?.resolve(value);
      },
      chunk: (chunk: Uint8Array) => {
        if (failure !== undefined) return;
        if (reader !== undefined) {
          reader.resolve(chunk);
          reader = undefined;
          return;
        }
        queue.push(chunk);
        queuedBytes += chunk.byteLength;
        if (queuedBytes > highWaterBytes && !isPaused) {
          isPaused = true;
          connection.pause();
        }
      },
      end: () => {
        if (failure !== undefined) return;
        isComplete = true;
        reader?.resolve(undefined);
        reader = undefined;
      },
      fail: (error: unknown, failedPhase: HttpPhase = phase) =>
        fail(makeHttpFailure('network', failedPhase, error)),
    },
  };
}
