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
  batchMs: number;
  /** What may wait while the database is away. */
  maxRows: number;
  retryMs: number;
};

const defaults: BatchOptions = { batchRows: 200, batchMs: 200, maxRows: 20_000, retryMs: 1_000 };

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
    /** Stores all rows or none. */
    insert: (rows: readonly Row[]) => Promise<void>;
  },
  options: Partial<BatchOptions> = {},
): BatchWriter<Row> {
  const { batchRows, batchMs, maxRows, retryMs } = { ...defaults, ...options };
  const queue: Row[] = [];
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let dropped = 0;
  let isClosed = false;

  function push(row: Row) {
    if (isClosed || queue.length >= maxRows) {
      dropped += 1;
      return;
    }
    queue.push(row);
    if (queue.length === batchRows) void flush();
    else schedule(batchMs);
  }

  function schedule(ms: number) {
    timer ??= setTimeout(() => void flush(), ms);
    timer.unref();
  }

  function flush(): Promise<void> {
    running = running.then(async () => {
      clearTimeout(timer);
      timer = undefined;
      while (queue.length > 0 && (await store(queue.slice(0, batchRows))));
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
      if (!(await isReachable())) {
        log.warn({ err: error, waiting: queue.length }, `${name} waits for the database`);
        return false;
      }
      await storeOneByOne(rows);
    }
    queue.splice(0, rows.length);
    return true;
  }

  const isReachable = () =>
    db.ping().then(
      () => true,
      () => false,
    );

  async function storeOneByOne(rows: readonly Row[]) {
    let firstError: unknown;
    for (const row of rows) {
      try {
        await insert([row]);
      } catch (error) {
        firstError ??= error;
        dropped += 1;
      }
    }
    if (firstError !== undefined) log.warn({ err: firstError }, `the database refused rows of ${name}`);
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
      reportDropped();
    },
  };
}
