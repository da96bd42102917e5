import { GatewayError } from '../errors';

/** Memory that the fetched pictures of all requests share. */
export type PictureBudget = {
  /** A request's part of it, empty at first. `signal` ends its waiting. */
  open(signal: AbortSignal): PictureRoom;
  /** What is taken now. */
  readonly takenBytes: number;
};

/** What one request holds of the budget. */
export type PictureRoom = {
  /**
   * Takes that much more; waits where the budget is used up. Throws `queue_timeout` when that takes too long. The oldest
   * of those that hold something never waits, or all could wait for one another.
   */
  add(sizeBytes: number): Promise<void>;
  /** Gives a part back. */
  give(sizeBytes: number): void;
  /** Gives everything back, and takes nothing from then on. */
  release(): void;
};

const defaults = { totalBytes: 128 * 1024 * 1024, waitMs: 20_000 };

const retrySeconds = 5;

type Holder = { bytes: number };
type Waiting = { holder: Holder; bytes: number; admit: () => void };

/** Makes the budget. Those who wait are served in order. */
export function makePictureBudget(options: Partial<typeof defaults> = {}): PictureBudget {
  const { totalBytes, waitMs } = { ...defaults, ...options };
  const holders = new Set<Holder>(); // that hold something, the oldest first
  const waiting = new Set<Waiting>();
  let takenBytes = 0;

  const take = (holder: Holder, bytes: number) => {
    holders.add(holder);
    holder.bytes += bytes;
    takenBytes += bytes;
  };
  const isOldest = (holder: Holder) => {
    const [oldest = holder] = holders;
    return oldest === holder;
  };

  function admitNext() {
    let isFull = false;
    for (const next of waiting) {
      isFull ||= takenBytes + next.bytes > totalBytes;
      if (isFull && !isOldest(next.holder)) continue;
      take(next.holder, next.bytes);
      next.admit();
    }
  }

  const wait = (holder: Holder, bytes: number, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const settle = (end: () => void) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        waiting.delete(entry);
        end();
      };
      const entry: Waiting = { holder, bytes, admit: () => settle(resolve) };
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

  return {
    open(signal) {
      const over = new AbortController();
      const until = AbortSignal.any([signal, over.signal]);
      const holder: Holder = { bytes: 0 };
      const give = (sizeBytes: number) => {
        holder.bytes -= sizeBytes;
        takenBytes -= sizeBytes;
        if (holder.bytes === 0) holders.delete(holder);
        admitNext();
      };
      return {
        async add(sizeBytes) {
          until.throwIfAborted();
          const isFree = waiting.size === 0 && takenBytes + sizeBytes <= totalBytes;
          if (isFree || isOldest(holder)) take(holder, sizeBytes);
          else await wait(holder, sizeBytes, until);
        },
        give,
        release() {
          over.abort();
          give(holder.bytes);
        },
      };
    },
    get takenBytes() {
      return takenBytes;
    },
  };
}

const tooBusy = () =>
  new GatewayError(
    'queue_timeout',
    'Too many large pictures are fetched at once. Send this request again in a moment.',
    { wireCode: 'too_many_large_requests', retryAfterSeconds: retrySeconds },
  );
