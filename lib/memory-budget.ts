import type { GatewayError } from './errors';

/** Memory that many requests share. */
export type MemoryBudget = {
  /** A request's part of it, empty at first. `signal` ends its waiting. */
  open(signal: AbortSignal): MemoryRoom;
  /** What is taken now. */
  readonly takenBytes: number;
};

/** What one request holds of the budget. */
export type MemoryRoom = {
  /**
   * Takes that much more; waits where the budget is used up. Throws what `tooBusy` makes when that takes too long. The
   * oldest of those that hold something never waits, or all could wait for one another.
   */
  add(sizeBytes: number): Promise<void>;
  /** Gives a part back. */
  give(sizeBytes: number): void;
  /** Gives everything back, and takes nothing from then on. */
  release(): void;
  /** Whether somebody waits for what others hold. */
  isWanted(): boolean;
};

type Holder = { bytes: number };
type Waiting = { holder: Holder; bytes: number; admit: () => void };

/** How much there is, how long one waits for it, and what one is told after that. */
export type MemoryBudgetOptions = { totalBytes: number; waitMs: number; tooBusy: () => GatewayError };

/** Makes the budget. Those who wait are served in order. */
export function makeMemoryBudget({ totalBytes, waitMs, tooBusy }: MemoryBudgetOptions): MemoryBudget {
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
        isWanted: () => waiting.size > 0,
      };
    },
    get takenBytes() {
      return takenBytes;
    },
  };
}
