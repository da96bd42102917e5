import type { MemoryRoom } from '../memory-budget';
import type { Answer, StreamEnd, StreamedAnswer } from './answer';
import { orSilence } from './sse-response';

/** An answer in one piece, and what to say instead of it when the status is gone already. */
export type BlockingAnswer = {
  status: number;
  headers: Record<string, string>;
  body: unknown;
  late: unknown;
  /** The text of the body instead, in time or late, for one that is too large to be held: made as it is read. */
  pieces?: () => AsyncGenerator<string>;
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
  if (inTime.pieces !== undefined) return streamText(inTime.pieces(), leaving, inTime);
  options.signal.removeEventListener('abort', leave);
  return Response.json(inTime.body, { status: inTime.status, headers: inTime.headers });
}

function streamLate(
  answer: Promise<BlockingAnswer>,
  leaving: AbortController,
  { keepAliveMs, lateError }: LateJsonOptions,
): Answer {
  let failure: { error: unknown } | undefined;
  const text = answer.then(
    ({ late, pieces }) => pieces?.() ?? whole(late),
    (error: unknown) => {
      failure = { error };
      return whole(lateError(error));
    },
  );
  async function* afterBlanks() {
    yield ' ';
    for (;;) {
      const inTime = await orSilence(text, keepAliveMs);
      if (inTime !== undefined) return yield* inTime;
      yield ' ';
    }
  }
  const streamed = streamText(afterBlanks(), leaving, { status: 200, headers: {} });
  const ended = streamed.ended.then((how): StreamEnd => {
    return how.outcome === 'complete' && failure !== undefined ? { outcome: 'failed', ...failure } : how;
  });
  return { ...streamed, ended };
}

/** The same answer; the room is given back when it has been sent, or cannot be. */
export async function releaseAtEnd(room: MemoryRoom, answer: Promise<Answer>): Promise<Answer> {
  try {
    const given = await answer;
    if (given instanceof Response) room.release();
    else void given.ended.then(room.release);
    return given;
  } catch (error) {
    room.release();
    throw error;
  }
}

async function* whole(value: unknown) {
  yield JSON.stringify(value);
}

/** Text as JSON, made as fast as it is read. */
function streamText(
  pieces: AsyncGenerator<string>,
  leaving: AbortController,
  { status, headers }: Pick<BlockingAnswer, 'status' | 'headers'>,
): StreamedAnswer {
  let end: (how: StreamEnd) => void = () => undefined;
  const ended = new Promise<StreamEnd>((resolve) => {
    end = resolve;
  });
  const leave = () => {
    end({ outcome: 'left' });
    // Not awaited: it returns as soon as what the generator waits on has seen the signal.
    pieces.return(undefined).catch(() => undefined);
  };
  if (leaving.signal.aborted) leave();
  else leaving.signal.addEventListener('abort', leave, { once: true });
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await pieces.next();
        if (done !== true) return controller.enqueue(encoder.encode(value));
        end({ outcome: 'complete' });
        controller.close();
      } catch (error) {
        end({ outcome: 'failed', error });
        controller.error(error); // a body that is cut off is no valid JSON, as it must be
      }
    },
    cancel: (reason) => leaving.abort(reason),
  });
  return {
    response: new Response(body, {
      status,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
        ...headers,
      },
    }),
    ended,
  };
}
