import { insertRequestLogs, type NewRequestLogRow } from '@/db/repositories/request-logs';
import type { Runtime } from '../runtime';
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
export type RequestLogWriter = BatchWriter<RequestLogEntry>;

/** Makes the writer. Rows that the database refuses, and those beyond the bound, are dropped, counted and reported. */
export function makeRequestLogWriter(
  { db, log }: Pick<Runtime, 'db' | 'log'>,
  options: Partial<BatchOptions> = {},
): RequestLogWriter {
  const writer = makeBatchWriter(
    {
      db,
      log,
      name: 'the request log',
      insert: (rows: readonly NewRequestLogRow[]) => insertRequestLogs(db, rows),
    },
    options,
  );
  return { ...writer, push: (entry) => writer.push(toRow(entry)) };
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
  requestBody: entry.requestBody === undefined ? null : redactBody(entry.requestBody),
  responseBody: entry.responseBody === undefined ? null : redactBody(entry.responseBody),
});
