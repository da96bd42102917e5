import { insertRequestLogs, type NewRequestLogRow } from '@/db/repositories/request-logs';
import type { Runtime } from '../runtime';
import { maskText } from './mask';

/** One answered request. Never a header, a body or a query string. */
export type RequestLogEntry = {
  requestId: string;
  at: Date;
  method: string;
  /** Without the query string. */
  path: string;
  status: number;
  durationMs: number;
  apiKeyId?: string;
  jobId?: string;
  model?: string;
  errorCode?: string;
  errorMessage?: string;
  /** The address that the request came from. */
  client?: string;
  userAgent?: string;
};

/** Stores the request log behind the answers: nobody waits for it. */
export type RequestLogWriter = {
  push(entry: RequestLogEntry): void;
  /** Counts an answer to somebody without a valid key: no row, but one line a minute in the log of the program. */
  countStranger(status: number): void;
  /** Ends when everything pushed so far is stored, or cannot be. Never rejects. */
  flush(): Promise<void>;
  /** Stores the rest; what is pushed afterwards is counted as dropped. */
  close(): Promise<void>;
};

const defaults = {
  batchRows: 200, // one statement of that size holds SQLite's thread for some 3 ms
  batchMs: 200,
  maxRows: 20_000, // about 20 MB that wait while the database is away
  retryMs: 1_000,
  summaryMs: 60_000,
};

/** Makes the writer. Rows that the database refuses, and those beyond the bound, are dropped, counted and reported. */
export function makeRequestLogWriter(
  { db, log }: Pick<Runtime, 'db' | 'log'>,
  options: Partial<typeof defaults> = {},
): RequestLogWriter {
  const { batchRows, batchMs, maxRows, retryMs, summaryMs } = { ...defaults, ...options };
  const queue: NewRequestLogRow[] = [];
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let dropped = 0;
  let isClosed = false;
  const strangers = new Map<number, number>();
  let summaryTimer: NodeJS.Timeout | undefined;

  function countStranger(status: number) {
    strangers.set(status, (strangers.get(status) ?? 0) + 1);
    summaryTimer ??= setTimeout(reportStrangers, summaryMs);
    summaryTimer.unref();
  }

  function reportStrangers() {
    clearTimeout(summaryTimer);
    summaryTimer = undefined;
    if (strangers.size === 0) return;
    log.info({ answersByStatus: Object.fromEntries(strangers) }, 'requests without a valid API key');
    strangers.clear();
  }

  function push(entry: RequestLogEntry) {
    if (isClosed || queue.length >= maxRows) {
      dropped += 1;
      return;
    }
    queue.push(toRow(entry));
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
  async function store(rows: readonly NewRequestLogRow[]): Promise<boolean> {
    try {
      await insertRequestLogs(db, rows);
    } catch (error) {
      if (!(await isReachable())) {
        log.warn({ err: error, waiting: queue.length }, 'the request log waits for the database');
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

  async function storeOneByOne(rows: readonly NewRequestLogRow[]) {
    let firstError: unknown;
    for (const row of rows) {
      try {
        await insertRequestLogs(db, [row]);
      } catch (error) {
        firstError ??= error;
        dropped += 1;
      }
    }
    if (firstError !== undefined)
      log.warn({ err: firstError }, 'the database refused rows of the request log');
  }

  function reportDropped() {
    if (dropped === 0) return;
    log.warn({ rows: dropped }, 'rows of the request log were dropped');
    dropped = 0;
  }

  return {
    push,
    countStranger,
    flush,
    async close() {
      isClosed = true;
      reportStrangers();
      await flush();
      dropped += queue.length;
      reportDropped();
    },
  };
}

const longestText = 2_000;

/** Postgres stores neither NUL nor half a character, and a client decides on what it sends: also a key in the wrong place. */
const clean = (text: string | undefined): string | null =>
  text === undefined
    ? null
    : maskText(
        text
          .replaceAll('\0', '')
          .slice(0, longestText)
          .replace(/\p{Surrogate}/gu, '\uFFFD'),
      );

const toRow = (entry: RequestLogEntry): NewRequestLogRow => ({
  requestId: clean(entry.requestId) ?? '',
  at: entry.at,
  method: clean(entry.method) ?? '',
  path: clean(entry.path.split('?')[0]) ?? '',
  status: entry.status,
  durationMs: Math.max(0, Math.round(entry.durationMs)),
  apiKeyId: clean(entry.apiKeyId),
  jobId: clean(entry.jobId),
  model: clean(entry.model),
  errorCode: clean(entry.errorCode),
  errorMessage: clean(entry.errorMessage),
  client: clean(entry.client),
  userAgent: clean(entry.userAgent),
});
