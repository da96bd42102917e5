import type { Database } from '@/db/client';
import { listRevisions } from '@/db/repositories/jobs';

/** How the parts of one process wake each other, and how a reader learns of changes made by another one. */
export type JobSignals = {
  /** A job was queued, or an outcome came: the worker should look now. */
  wakeWorker(): void;
  /** A video was accepted or is to be cancelled: the poller should look now. */
  wakePoller(): void;
  /** Ends at the next `wakeWorker`, after `timeoutMs`, or when `signal` fires; never throws. */
  workerTurn(timeoutMs: number, signal: AbortSignal): Promise<void>;
  pollerTurn(timeoutMs: number, signal: AbortSignal): Promise<void>;
  /** This process has changed the job. */
  notify(jobId: string): void;
  /** Ends when the job's revision is another than `revision`, after `timeoutMs`, or when `signal` fires; never throws. */
  changed(jobId: string, revision: number, timeoutMs: number, signal: AbortSignal): Promise<void>;
  close(): void;
};

const lookAtOthersMs = 1_000; // how late a change made by another process is seen

/** Makes the signals of a process. One query a second asks for all watched jobs together, none when nobody watches. */
export function makeJobSignals({
  db,
  onError,
}: {
  db: Database;
  onError: (error: unknown) => void;
}): JobSignals {
  const worker = makeBell();
  const poller = makeBell();
  const watchers = new Map<string, Set<{ revision: number; wake: () => void }>>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const wakeWatchersOf = (jobId: string, revision?: number) => {
    for (const watcher of watchers.get(jobId) ?? []) {
      if (revision === undefined || revision !== watcher.revision) watcher.wake();
    }
  };

  const look = async () => {
    timer = undefined;
    try {
      const ids = [...watchers.keys()];
      for (let start = 0; start < ids.length; start += 500) {
        for (const { id, revision } of await listRevisions(db, ids.slice(start, start + 500)))
          wakeWatchersOf(id, revision);
      }
    } catch (error) {
      onError(error);
    }
    schedule();
  };

  const schedule = () => {
    if (timer !== undefined || closed || watchers.size === 0) return;
    timer = setTimeout(() => void look(), lookAtOthersMs);
    timer.unref();
  };

  return {
    wakeWorker: worker.ring,
    wakePoller: poller.ring,
    workerTurn: worker.wait,
    pollerTurn: poller.wait,
    notify: (jobId) => wakeWatchersOf(jobId),
    changed: (jobId, revision, timeoutMs, signal) =>
      waitUntil(timeoutMs, signal, (wake) => {
        const watcher = { revision, wake };
        const others = watchers.get(jobId) ?? new Set();
        watchers.set(jobId, others.add(watcher));
        schedule();
        return () => {
          others.delete(watcher);
          if (others.size === 0) watchers.delete(jobId);
        };
      }),
    close() {
      closed = true;
      clearTimeout(timer);
      worker.ring();
      poller.ring();
    },
  };
}

/** A bell that remembers one ring, so that a ring between two waits is not lost. */
function makeBell() {
  let rung = false;
  const waiting = new Set<() => void>();
  return {
    ring() {
      rung = waiting.size === 0;
      for (const wake of [...waiting]) wake();
    },
    wait(timeoutMs: number, signal: AbortSignal): Promise<void> {
      if (rung) {
        rung = false;
        return Promise.resolve();
      }
      return waitUntil(timeoutMs, signal, (wake) => {
        waiting.add(wake);
        return () => waiting.delete(wake);
      });
    },
  };
}

/** Waits for the first of: `wake` called, time over, signal fired. */
function waitUntil(
  timeoutMs: number,
  signal: AbortSignal,
  subscribe: (wake: () => void) => () => unknown,
): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      unsubscribe();
      done();
    };
    const timer = setTimeout(end, timeoutMs);
    signal.addEventListener('abort', end, { once: true });
    const unsubscribe = subscribe(end);
  });
}
