import type { Answer, StreamEnd } from './answer';

/** An answer in one piece, and what to say instead of it when the status is gone already. */
export type BlockingAnswer = {
  status: number;
  headers: Record<string, string>;
  body: unknown;
  late: unknown;
};

export type LateJsonOptions = {
  /** Fires when the client leaves. */
  signal: AbortSignal;
  /** How long the true status is waited for. */
  waitMs: number;
  /** The pause between the blanks after that. */
  keepAliveMs: number;
  /** The body for a failure after the status is gone. */
  lateError: (error: unknown) => unknown;
};

const encoder = new TextEncoder();

/**
 * Answers once `work` has. When that takes longer than clients and proxies wait for a status, 200 goes out with a blank,
 * then a blank after each pause, then the JSON: parsers skip leading blanks (RFC 8259, 2). Throws what `work` throws
 * while the status is still open.
 */
export async function lateJson(
  work: (signal: AbortSignal) => Promise<BlockingAnswer>,
  options: LateJsonOptions,
): Promise<Answer> {
  const leaving = new AbortController();
  const leave = () => leaving.abort(options.signal.reason);
  if (options.signal.aborted) leave();
  else options.signal.addEventListener('abort', leave, { once: true });

  const answer = work(leaving.signal);
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), options.waitMs);
  });
  const inTime = await Promise.race([answer, tooLong]).finally(() => clearTimeout(timer));
  if (inTime === undefined) return streamLate(answer, leaving, options);
  options.signal.removeEventListener('abort', leave);
  return Response.json(inTime.body, { status: inTime.status, headers: inTime.headers });
}

function streamLate(
  answer: Promise<BlockingAnswer>,
  leaving: AbortController,
  { keepAliveMs, lateError }: LateJsonOptions,
): Answer {
  let end: (how: StreamEnd) => void = () => undefined;
  const ended = new Promise<StreamEnd>((resolve) => {
    end = resolve;
  });
  leaving.signal.addEventListener('abort', () => end({ outcome: 'left' }), { once: true });
  let timer: NodeJS.Timeout | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const blank = encoder.encode(' ');
      controller.enqueue(blank);
      timer = setInterval(() => controller.enqueue(blank), keepAliveMs);
      const finish = (value: unknown, how: StreamEnd) => {
        clearInterval(timer);
        end(how);
        if (leaving.signal.aborted) return;
        controller.enqueue(encoder.encode(JSON.stringify(value)));
        controller.close();
      };
      // Not awaited: a stream is open only once `start` is over.
      answer.then(
        ({ late }) => finish(late, { outcome: 'complete' }),
        (error: unknown) => finish(lateError(error), { outcome: 'failed', error }),
      );
    },
    cancel(reason) {
      clearInterval(timer);
      leaving.abort(reason);
    },
  });
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  };
  return { response: new Response(body, { headers }), ended };
}
