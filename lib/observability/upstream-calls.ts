import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { insertUpstreamCalls, type NewUpstreamCallRow } from '@/db/repositories/upstream-calls';
import type { CallRecord } from '../flow/record';
import type { Runtime } from '../runtime';
import { makeBatchWriter } from './batch-writer';
import type { DebugFile } from './debug-file';
import { maskText } from './mask';
import { redactBody } from './redact-body';

/** Calls of one poll, which belong to no job until it is known what they told. */
export type CallGroup = {
  /** Runs work whose calls belong to the group. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Keeps the calls made so far as those of the jobs, and forgets them. */
  assign(jobIds: readonly string[]): void;
};

/**
 * Keeps the upstream calls of each job, behind the work. Which job a call belongs to follows from where it was made:
 * within the `work` of its job.
 */
export type UpstreamCallLog = {
  record(call: CallRecord): void;
  within<T>(who: { jobId: string; accountId: string | null }, work: () => Promise<T>): Promise<T>;
  group(accountId: string): CallGroup;
  flush(): Promise<void>;
  close(): Promise<void>;
};

type Row = Omit<NewUpstreamCallRow, 'jobId' | 'entryId'>;
type Place = { accountId: string | null; keep: (row: Row) => void };

const longestGroup = 50; // calls of one poll that somebody will look at
const longestText = 500;

/** Makes the log of calls. Bodies are kept, redacted, while `request_log.record_bodies` is on. */
export function makeUpstreamCallLog({
  db,
  log,
  settings,
  debugFile,
}: Pick<Runtime, 'db' | 'log' | 'settings'> & {
  debugFile: Pick<DebugFile, 'write'>;
}): UpstreamCallLog {
  const place = new AsyncLocalStorage<Place>();
  const writer = makeBatchWriter({
    db,
    log,
    name: 'the upstream calls',
    insert: (rows: readonly NewUpstreamCallRow[]) => insertUpstreamCalls(db, rows),
  });
  const push = (row: Row, jobId: string) => writer.push({ ...row, jobId, entryId: randomUUID() });
  return {
    record(call) {
      debugFile.write(call);
      const here = place.getStore();
      here?.keep(toRow(call, here.accountId, settings.current()['request_log.record_bodies']));
    },
    within: ({ jobId, accountId }, work) => place.run({ accountId, keep: (row) => push(row, jobId) }, work),
    group(accountId) {
      let calls: Row[] = [];
      const keep = (row: Row) => {
        if (calls.length < longestGroup) calls.push(row);
      };
      return {
        run: (work) => place.run({ accountId, keep }, work),
        assign(jobIds) {
          for (const jobId of jobIds) for (const row of calls) push(row, jobId);
          calls = [];
        },
      };
    },
    flush: writer.flush,
    close: writer.close,
  };
}

function toRow(call: CallRecord, accountId: string | null, withBodies: boolean): Row {
  const { host, pathname } = new URL(call.url);
  return {
    accountId,
    at: call.at,
    durationMs: call.durationMs,
    method: call.method,
    host,
    path: maskText(pathname).slice(0, longestText),
    status: call.status ?? null,
    proxied: call.isProxied,
    error: call.error === undefined ? null : maskText(messageOf(call.error)).slice(0, longestText),
    request: bodyOf(withBodies, call.requestBody),
    response: bodyOf(withBodies, call.responseBody),
  };
}

const bodyOf = (withBodies: boolean, text: string | undefined): unknown =>
  !withBodies || text === undefined || text === '' ? null : redactBody(text);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
