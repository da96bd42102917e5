import { GatewayError } from '../errors';

/** Memory that several requests share. */
export type ByteBudget = {
  /** A request's part of it, empty at first. `signal` ends its waiting. */
  open(signal: AbortSignal): Room;
  /** What is taken now. */
  readonly takenBytes: number;
};

/** What one request holds of the budget. */
export type Room = {
  /**
   * Makes the room at least that large; waits for its turn where the budget is used up. Throws `queue_timeout` when that
   * takes too long.
   */
  take(sizeBytes: number): Promise<void>;
  /** Gives everything back. A second call does nothing. */
  release(): void;
  /** Told of every piece of the body as it is read, where somebody takes notes of it. */
  onChunk?: (chunk: Uint8Array) => void;
};

const mb = 1024 * 1024;

const defaults = {
  // Two of the largest bodies. One costs up to five times its length while it is text, parsed, decoded and checked
  // (measured), so all of it in use is some 600 MB; twenty bodies at once take no longer than with twice as much.
  totalBytes: 128 * mb,
  // Bodies without pictures, nearly all of them, never wait for those that have some.
  freeBytes: mb / 16,
  // What has no length takes its room in pieces of that size.
  stepBytes: 8 * mb,
  waitMs: 20_000,
};

const retrySeconds = 5;

type Waiting = { bytes: number; admit: () => void };

/** Makes the budget. Who waits is served in order, so that a large request is not passed by small ones for ever. */
export function makeByteBudget(options: Partial<typeof defaults> = {}): ByteBudget {
  const { totalBytes, freeBytes, stepBytes, waitMs } = { ...defaults, ...options };
  const waiting = new Set<Waiting>();
  let takenBytes = 0;

  const fits = (bytes: number) => takenBytes + bytes <= totalBytes;

  function admitNext() {
    for (const next of waiting) {
      if (!fits(next.bytes)) return;
      takenBytes += next.bytes;
      waiting.delete(next);
      next.admit();
    }
  }

  function wait(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        waiting.delete(entry);
        end();
      };
      const entry: Waiting = { bytes, admit: () => settle(resolve) };
      const refuse = (error: unknown) => {
        settle(() => reject(error));
        admitNext(); // those behind may need less
      };
      const giveUp = () => refuse(signal.reason);
      const timer = setTimeout(() => refuse(tooBusy()), waitMs);
      signal.addEventListener('abort', giveUp, { once: true });
      waiting.add(entry);
      if (signal.aborted) giveUp();
    });
  }

  function open(signal: AbortSignal): Room {
    let heldBytes = 0;
    return {
      async take(sizeBytes) {
        if (sizeBytes <= freeBytes || sizeBytes <= heldBytes) return;
        const wanted = heldBytes === 0 ? sizeBytes : Math.max(sizeBytes, heldBytes + stepBytes);
        const missing = Math.min(wanted, totalBytes) - heldBytes;
        if (waiting.size === 0 && fits(missing)) takenBytes += missing;
        else await wait(missing, signal);
        heldBytes += missing;
      },
      release() {
        takenBytes -= heldBytes;
        heldBytes = 0;
        admitNext();
      },
    };
  }

  return {
    open,
    get takenBytes() {
      return takenBytes;
    },
  };
}

const tooBusy = () =>
  new GatewayError(
    'queue_timeout',
    'Too many large requests arrive at once. Send this one again in a moment, or send addresses of pictures instead of their bytes.',
    { wireCode: 'too_many_large_requests', retryAfterSeconds: retrySeconds },
  );
