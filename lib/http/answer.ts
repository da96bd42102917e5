import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { endable } from './endable';
import type { Exchange, HttpHead } from './exchange';
import { isHttpFailure, makeHttpFailure } from './failure';

/** What came back. The body is read once, by one of the methods, or given up with `dump`. */
export type HttpAnswer = {
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  setCookies: readonly string[];
  text(): Promise<string>;
  bytes(): Promise<Uint8Array>;
  /** Giving it up, also before its first piece, ends the exchange. */
  stream(): AsyncIterable<Uint8Array>;
  dump(): void;
};

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

// An unwanted rest up to this size is read to its end, so that the connection can be used again.
const drainBytes = 256 * 1024;

/** How long the answer may still take: as a whole, or, once it is streamed, from piece to piece. */
export type Clock = { startIdle(): void; stopIdle(): void; endWhole(): void; end(): void };

/** The answer that callers see: its body under the limits of the call, read once. */
export function makeAnswer(exchange: Exchange, head: HttpHead, clock: Clock, maxBytes: number): HttpAnswer {
  const body = () => limited(exchange, clock, head, maxBytes);
  const bytes = async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body()) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  return {
    status: head.status,
    headers: head.headers,
    setCookies: head.setCookies,
    bytes,
    text: async () => (await bytes()).toString('utf8'),
    stream: () => {
      clock.endWhole();
      return endable(body(), () => {
        clock.end();
        exchange.abort(makeHttpFailure('aborted', 'body'));
      });
    },
    dump: () => {
      drain(exchange, Number(head.headers['content-length'] ?? 0))
        .finally(clock.end)
        .catch(() => undefined);
    },
  };
}

async function* pieces(exchange: Exchange, clock: Clock): AsyncGenerator<Uint8Array> {
  for (;;) {
    clock.startIdle();
    const chunk = await exchange.read().finally(clock.stopIdle);
    if (chunk === undefined) return;
    yield chunk;
  }
}

function decoded(
  source: AsyncGenerator<Uint8Array>,
  encoding: string | undefined,
): AsyncIterable<Uint8Array> {
  if (encoding === undefined) return source;
  const decoder = decoders[encoding.toLowerCase()]?.();
  if (decoder === undefined) throw makeHttpFailure('network', 'body', new Error('unknown content encoding'));
  // The reader of the last stream of a pipeline sees its error as well.
  return pipeline(Readable.from(source), decoder, () => undefined);
}

async function* limited(
  exchange: Exchange,
  clock: Clock,
  head: HttpHead,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  let total = 0;
  let isWhole = false;
  const isAnnouncedTooLarge = Number(head.headers['content-length'] ?? 0) > maxBytes;
  try {
    if (isAnnouncedTooLarge) throw makeHttpFailure('too_large', 'body');
    for await (const chunk of decoded(pieces(exchange, clock), head.encoding)) {
      total += chunk.byteLength;
      if (total > maxBytes) throw makeHttpFailure('too_large', 'body');
      yield chunk;
    }
    isWhole = true;
  } catch (error) {
    throw isHttpFailure(error) ? error : makeHttpFailure('network', 'body', error);
  } finally {
    clock.end();
    if (!isWhole) exchange.abort(makeHttpFailure('aborted', 'body'));
  }
}

async function drain(exchange: Exchange, announcedBytes: number): Promise<void> {
  let left = announcedBytes > drainBytes ? 0 : drainBytes;
  while (left > 0) {
    const chunk = await exchange.read();
    if (chunk === undefined) return;
    left -= chunk.byteLength;
  }
  exchange.abort(makeHttpFailure('aborted', 'body'));
}
