import type { StreamEnd, StreamedAnswer } from './answer';

/** A payload that says nothing: a comment line, for streams whose readers pass over it and have no harmless event. */
export const keepAlive = Symbol.for('flow2api.sse.keep-alive');

/** The same as blank lines, for streams whose readers take every line for a payload. */
export const blank = Symbol.for('flow2api.sse.blank');

/** What a codec has to say besides its payloads. */
export type SseOptions<Payload> = {
  /** Fires when the client leaves. */
  signal: AbortSignal;
  /** Sent after every pause of that length; gets how long the stream has been open. */
  heartbeat: { everyMs: number; payload: (elapsedMs: number) => Payload };
  /** The last payloads when the stream itself fails: the status is long gone. */
  lateError: (error: unknown) => Iterable<Payload>;
  /** Whether an event has a name as well: the `type` of its payload. */
  named?: boolean;
};

const encoder = new TextEncoder();

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  // no-transform also keeps Next and proxies from compressing, which would hold chunks back.
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  connection: 'keep-alive',
};

/**
 * Payloads as server-sent events (WHATWG HTML, 9.2): text as it is, everything else as JSON. Nothing is made before the
 * reader has room for it. When the client leaves, `start`'s signal fires and the payloads end.
 */
export function sseResponse<Payload extends object | string | typeof keepAlive | typeof blank>(
  start: (signal: AbortSignal) => AsyncGenerator<Payload>,
  options: SseOptions<Payload>,
): StreamedAnswer {
  const leaving = new AbortController();
  const payloads = start(leaving.signal);
  const encode = (payload: Payload) => encoder.encode(encodeEvent(payload, options.named === true));
  const openedAt = performance.now();
  let end: (how: StreamEnd) => void = () => undefined;
  const ended = new Promise<StreamEnd>((resolve) => {
    end = resolve;
  });
  const leave = () => {
    leaving.abort(options.signal.reason);
    end({ outcome: 'left' });
    // Not awaited: it returns as soon as what the generator waits on has seen the signal.
    payloads.return(undefined).catch(() => undefined);
  };
  if (options.signal.aborted) leave();
  else options.signal.addEventListener('abort', leave, { once: true });
  const finish = (how: StreamEnd) => {
    options.signal.removeEventListener('abort', leave);
    end(how);
  };

  let next: Promise<IteratorResult<Payload>> | undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          next ??= payloads.next();
          const result = await orSilence(next, options.heartbeat.everyMs);
          if (leaving.signal.aborted) return closeQuietly(controller);
          if (result === undefined) {
            controller.enqueue(encode(options.heartbeat.payload(performance.now() - openedAt)));
            return;
          }
          next = undefined;
          if (!result.done) {
            controller.enqueue(encode(result.value));
            return;
          }
          finish({ outcome: 'complete' });
          controller.close();
        } catch (error) {
          if (leaving.signal.aborted) return closeQuietly(controller);
          finish({ outcome: 'failed', error });
          for (const payload of options.lateError(error)) controller.enqueue(encode(payload));
          controller.close();
        }
      },
      cancel: leave,
    },
    { highWaterMark: 1 },
  );
  return { response: new Response(body, { headers }), ended };
}

function encodeEvent(payload: object | string | symbol, isNamed: boolean): string {
  if (typeof payload === 'symbol') return payload === blank ? '\n\n' : ': keep-alive\n\n';
  const data = `data: ${typeof payload === 'string' ? payload : JSON.stringify(payload)}\n\n`;
  const name = isNamed && typeof payload === 'object' && 'type' in payload ? payload.type : undefined;
  return typeof name === 'string' ? `event: ${name}\n${data}` : data;
}

/** The result, or `undefined` when it takes longer than that. */
export async function orSilence<T>(result: Promise<T>, afterMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), afterMs);
  });
  return await Promise.race([result, silence]).finally(() => clearTimeout(timer));
}

/** A stream that its reader has cancelled is closed already, and says so by throwing. */
function closeQuietly(controller: ReadableStreamDefaultController<Uint8Array>) {
  try {
    controller.close();
  } catch {
    // nobody reads any more
  }
}
