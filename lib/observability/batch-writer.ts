import type { Database } from '@/db/client';
import type { Logger } from './log';

/** Stores rows behind the work that they tell of: nobody waits for it. */
export type BatchWriter<Row> = {
  push(row: Row): void;
  /** Ends when everything pushed so far is stored, or cannot be. Never rejects. */
  flush(): Promise<void>;
  /** Stores the rest; what is pushed afterwards is counted as dropped. */
  close(): Promise<void>;
};

export type BatchOptions = {
  /** Of one statement: 200 hold SQLite's thread for some 3 ms. */
  batchRows: number;
  /** The same for long rows; one that is longer goes alone. */
  batchBytes: number;
  batchMs: number;
  /** What may wait while the database is away. */
  maxRows: number;
  maxBytes: number;
  retryMs: number;
};

const megabyte = 1_048_576;
const defaults: BatchOptions = {
  batchRows: 200,
  batchBytes: megabyte,
  batchMs: 200,
  maxRows: 20_000,
  maxBytes: 32 * megabyte,
  retryMs: 1_000,
};

/** Makes the writer. Rows that the database refuses, and those beyond the bound, are dropped, counted and reported. */
export function makeBatchWriter<Row>(
  {
    db,
    log,
    name,
    insert,
  }: {
    db: Pick<Database, 'ping'>;
    log: Pick<Logger, 'warn'>;
    /** As the log calls it: "the request log". */
    name: string;
    /** Stores all rows or none. Called again with rows of a call that failed: what is stored already must stay as it is. */
    insert: (rows: readonly Row[]) => Promise<void>;
  },
  options: Partial<BatchOptions> = {},
): BatchWriter<Row> {
  const { batchRows, batchBytes, batchMs, maxRows, maxBytes, retryMs } = { ...defaults, ...options };
  const queue: { row: Row; bytes: number }[] = [];
  let waitingBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let dropped = 0;
  let isClosed = false;

  function push(row: Row) {
    const bytes = bytesOf(row);
    if (isClosed || queue.length >= maxRows || waitingBytes + bytes > maxBytes) {
      dropped += 1;
      schedule(batchMs); // so that it is told
      return;
    }
    queue.push({ row, bytes });
    const isFull = waitingBytes < batchBytes && waitingBytes + bytes >= batchBytes;
    waitingBytes += bytes;
    if (isFull || queue.length === batchRows) void flush();
    else schedule(batchMs);
  }

  function nextBatch(): Row[] {
    const rows: Row[] = [];
    let total = 0;
    for (const { row, bytes } of queue) {
      total += bytes;
      if (rows.length === batchRows || (rows.length > 0 && total > batchBytes)) break;
      rows.push(row);
    }
    return rows;
  }

  function remove(count: number) {
    for (const { bytes } of queue.splice(0, count)) waitingBytes -= bytes;
  }

  function schedule(ms: number) {
    timer ??= setTimeout(() => void flush(), ms);
    timer.unref();
  }

  function flush(): Promise<void> {
    running = running.then(async () => {
      clearTimeout(timer);
      timer = undefined;
      while (queue.length > 0 && (await store(nextBatch())));
      if (queue.length > 0 && !isClosed) schedule(retryMs);
      reportDropped();
    });
    return running;
  }

  /** Takes the rows out of the queue, stored or dropped. False: the database is away, and they wait. */
  async function store(rows: readonly Row[]): Promise<boolean> {
    try {
      await insert(rows);
    } catch (error) {
      return (await isReachable()) ? await storeOneByOne(rows) : wait(error);
    }
    remove(rows.length);
    return true;
  }

  function wait(error: unknown): false {
    log.warn({ err: error, waiting: queue.length, waitingBytes }, `${name} waits for the database`);
    return false;
  }

  const isReachable = () =>
    db.ping().then(
      () => true,
      () => false,
    );

  async function storeOneByOne(rows: readonly Row[]): Promise<boolean> {
    let firstError: unknown;
    for (const row of rows) {
      try {
        await insert([row]);
      } catch (error) {
        if (!(await isReachable())) return wait(error);
        firstError ??= error;
        dropped += 1;
      }
      remove(1);
    }
    if (firstError !== undefined) log.warn({ err: firstError }, `the database refused rows of ${name}`);
    return true;
  }

  function reportDropped() {
    if (dropped === 0) return;
    log.warn({ rows: dropped }, `rows of ${name} were dropped`);
    dropped = 0;
  }

  return {
    push,
    flush,
    async close() {
      isClosed = true;
      await flush();
      dropped += queue.length;
      remove(queue.length);
      reportDropped();
      clearTimeout(timer);
    },
  };
}

/** What a row takes in memory, roughly: two bytes a character, as text of most scripts does. */
const bytesOf = (row: unknown): number => 2 * (JSON.stringify(row)?.length ?? 0);
