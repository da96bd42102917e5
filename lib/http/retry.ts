/** How pauses between attempts grow: from `baseMs`, doubling, never above `ceilingMs`. */
export type Backoff = { baseMs: number; ceilingMs: number };

/**
 * The pause after the attempt of that number (from 1): half of it is fixed, half is random, so that many who failed
 * together do not come back together. What the other side asked for (`Retry-After`) wins, even above the ceiling.
 */
export function backoffMs(
  attempt: number,
  { baseMs, ceilingMs }: Backoff,
  random: () => number = Math.random,
  retryAfterSeconds?: number,
): number {
  const wholeMs = Math.min(ceilingMs, baseMs * 2 ** Math.min(attempt - 1, 30));
  const pauseMs = wholeMs / 2 + random() * (wholeMs / 2);
  return Math.round(Math.max(pauseMs, (retryAfterSeconds ?? 0) * 1_000));
}

/** Waits; rejects with the signal's reason as soon as it fires. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', give);
      resolve();
    }, ms);
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}

/**
 * Calls `run` until it succeeds, at most `attempts` times. `again` looks at each failure: `false` throws it, otherwise
 * the pause is taken, at least as long as the `retryAfterSeconds` it gives. The last failure is thrown.
 */
export async function retry<T>(
  options: {
    attempts: number;
    backoff: Backoff;
    signal: AbortSignal;
    again: (error: unknown) => false | { retryAfterSeconds?: number };
    random?: () => number;
  },
  run: (attempt: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run(attempt);
    } catch (error) {
      const verdict = attempt < options.attempts && options.again(error);
      if (verdict === false) throw error;
      await sleep(
        backoffMs(attempt, options.backoff, options.random, verdict.retryAfterSeconds),
        options.signal,
      );
    }
  }
}

/** The value of a `Retry-After` header, a number of seconds or a date (RFC 9110, 10.2.3), as seconds from now. */
export function parseRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d+$/.test(text)) return Number(text);
  const at = /^[A-Za-z]/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) return undefined;
  return Math.max(0, Math.ceil((at - now.getTime()) / 1_000));
}
