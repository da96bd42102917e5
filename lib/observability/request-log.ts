import { insertRequestLogs, type NewRequestLogRow } from '@/db/repositories/request-logs';
import type { RequestSource } from '@/db/schema/define';
import type { Runtime } from '../runtime';
import { dayZone } from '../usage/day';
import { tallyRefusal } from '../usage/tally';
import { type BatchOptions, type BatchWriter, makeBatchWriter } from './batch-writer';
import { maskText } from './mask';
import { redactBody } from './redact-body';

/** One answered request. Never a header or a query string; bodies only where the setting says so, and redacted. */
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
  /** What a chat app asked beside its user, where that was answered with text. */
  sideRequest?: string;
  errorCode?: string;
  errorMessage?: string;
  /** The address that the request came from. */
  client?: string;
  userAgent?: string;
  /** As text, as they came and went; only with `request_log.record_bodies`. */
  requestBody?: string;
  responseBody?: string;
};

/** Stores the request log behind the answers: nobody waits for it. */
export type RequestLogWriter = BatchWriter<RequestLogEntry> & {
  /** Stores a row that is not whole yet; `flush` and `close` wait for it. */
  pushLater(entry: Promise<RequestLogEntry>): void;
  /** Counts an answer to somebody without a valid key: no row, but one line a minute in the log of the program. */
  countStranger(status: number): void;
};

const strangersEveryMs = 60_000;

/** Makes the writer. Rows that the database refuses, and those beyond the bound, are dropped, counted and reported. */
export function makeRequestLogWriter(
  { db, log, settings }: Pick<Runtime, 'db' | 'log' | 'settings'>,
  { summaryMs = strangersEveryMs, ...options }: Partial<BatchOptions> & { summaryMs?: number } = {},
): RequestLogWriter {
  const writer = makeBatchWriter(
    {
      db,
      log,
      name: 'the request log',
      insert: (rows: readonly NewRequestLogRow[]) => {
        const zone = dayZone({ settings });
        return insertRequestLogs(db, rows, (row) => tallyRefusal(row, zone));
      },
    },
    options,
  );
  const strangers = new Map<number, number>();
  let timer: NodeJS.Timeout | undefined;

  function reportStrangers() {
    clearTimeout(timer);
    timer = undefined;
    if (strangers.size === 0) return;
    log.info({ answersByStatus: Object.fromEntries(strangers) }, 'requests without a valid API key');
    strangers.clear();
  }

  const coming = new Set<Promise<void>>();

  return {
    ...writer,
    push: (entry) => writer.push(toRow(entry)),
    pushLater(entry) {
      const row = entry
        .then(
          (whole) => writer.push(toRow(whole)),
          (error: unknown) => log.warn({ err: error }, 'a row of the request log could not be made'),
        )
        .finally(() => coming.delete(row));
      coming.add(row);
    },
    async flush() {
      await Promise.all(coming);
      await writer.flush();
    },
    countStranger(status) {
      strangers.set(status, (strangers.get(status) ?? 0) + 1);
      timer ??= setTimeout(reportStrangers, summaryMs);
      timer.unref();
    },
    async close() {
      reportStrangers();
      await Promise.all(coming);
      await writer.close();
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

const bodyOf = (text: string | undefined): unknown =>
  text === undefined || text === '' ? null : redactBody(text);

const toRow = (entry: RequestLogEntry): NewRequestLogRow => ({
  requestId: clean(entry.requestId) ?? '',
  at: entry.at,
  method: clean(entry.method) ?? '',
  path: clean(entry.path.split('?')[0]) ?? '',
  source: sourceOf(entry.path),
  status: entry.status,
  durationMs: Math.max(0, Math.round(entry.durationMs)),
  apiKeyId: clean(entry.apiKeyId),
  jobId: clean(entry.jobId),
  model: clean(entry.model),
  sideRequest: clean(entry.sideRequest),
  errorCode: clean(entry.errorCode),
  errorMessage: clean(entry.errorMessage),
  client: clean(entry.client),
  userAgent: clean(entry.userAgent),
  requestBody: bodyOf(entry.requestBody),
  responseBody: bodyOf(entry.responseBody),
});

/** By which surface a request came, from its address. */
export function sourceOf(path: string): RequestSource {
  if (path.startsWith('/api/v1/admin/playground')) return 'playground';
  if (path.startsWith('/api/v1/admin')) return 'console';
  if (path.startsWith('/api/')) return 'seed';
  const isGemini = /^\/v1beta|^\/models(?:\/|$)|\/(?:publishers|models\/[^/]+:|operations\/)/.test(path);
  return isGemini ? 'gemini' : 'openai';
}
