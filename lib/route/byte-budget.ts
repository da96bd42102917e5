import { GatewayError } from '../errors';
import { makeMemoryBudget } from '../memory-budget';

/** Memory that the bodies of all requests share. */
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
  /** Whether somebody waits for what others hold. */
  isWanted(): boolean;
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

/** Makes the budget. Who waits is served in order, so that a large request is not passed by small ones for ever. */
export function makeByteBudget(options: Partial<typeof defaults> = {}): ByteBudget {
  const { totalBytes, freeBytes, stepBytes, waitMs } = { ...defaults, ...options };
  const memory = makeMemoryBudget({ totalBytes, waitMs, tooBusy });
  return {
    open(signal) {
      const room = memory.open(signal);
      let heldBytes = 0;
      return {
        async take(sizeBytes) {
          if (sizeBytes <= freeBytes || sizeBytes <= heldBytes) return;
          const wanted = heldBytes === 0 ? sizeBytes : Math.max(sizeBytes, heldBytes + stepBytes);
          const missing = Math.min(wanted, totalBytes) - heldBytes;
          await room.add(missing);
          heldBytes += missing;
        },
        release: room.release,
        isWanted: room.isWanted,
      };
    },
    get takenBytes() {
      return memory.takenBytes;
    },
  };
}

const tooBusy = () =>
  new GatewayError(
    'queue_timeout',
    'Too many large requests arrive at once. Send this one again in a moment, or send addresses of pictures instead of their bytes.',
    { wireCode: 'too_many_large_requests', retryAfterSeconds: 5 },
  );
