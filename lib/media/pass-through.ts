import { findAccount } from '@/db/repositories/accounts';
import type { MediaRow } from '@/db/repositories/media';
import { openAccess } from '../accounts/access-token';
import { isUpstreamError } from '../errors';
import type { HttpAnswer } from '../http/answer';
import { isHttpFailure } from '../http/failure';
import type { Runtime } from '../runtime';

type Needs = Parameters<typeof openAccess>[0] & Pick<Runtime, 'http'>;

/** A file, or a part of it, on its way through this gateway. */
export type PassedFile = {
  status: 200 | 206 | 416;
  /** As the server said; absent where it said nothing. */
  sizeBytes?: number;
  contentRange?: string;
  body: ReadableStream<Uint8Array>;
};

/** What part is wanted, and until when. */
type Want = {
  range: string | null;
  signal: AbortSignal;
  /** Told of what kept upstream from saying whether it has the file. */
  onFailure?: (error: unknown) => void;
};

const headersTimeoutMs = 30_000;
const maxBytes = 2_048 * 1_048_576;
const maxRedirects = 3;

/**
 * Opens a file that only upstream has: by the link that was handed out, else by a fresh one from the account that made
 * it, else whole by whatever way that account has. Nothing is read ahead of the reader. `undefined` when upstream has it
 * no more.
 */
export async function passThrough(
  runtime: Needs,
  row: MediaRow,
  want: Want,
): Promise<PassedFile | undefined> {
  const { upstreamUrl } = row;
  if (upstreamUrl === null) return undefined;
  const passed = await fetchFrom(runtime, upstreamUrl, want);
  if (passed !== undefined) return passed;
  try {
    return await askAccount(runtime, row, want);
  } catch (error) {
    want.signal.throwIfAborted();
    if (!isUpstreamError(error)) throw error;
    if (!isMissing(error.failure.status)) want.onFailure?.(error);
    runtime.log.info({ mediaId: row.id, err: error }, 'a file could not be had from upstream again');
    return undefined;
  }
}

const isMissing = (status: number | undefined): boolean => status === 404 || status === 410;

async function askAccount(
  runtime: Needs,
  { accountId, upstreamName, projectId, upstreamUrl, kind }: MediaRow,
  want: Want,
): Promise<PassedFile | undefined> {
  const account = accountId === null ? undefined : await findAccount(runtime.db, accountId);
  if (account === undefined || upstreamName === null || projectId === null) return undefined;
  const access = await openAccess(runtime, account);
  const output = { mediaName: upstreamName, projectId };
  const fresh = await runtime.upstream.publicUrl(access, output, want.signal);
  const passed =
    fresh === undefined || fresh === upstreamUrl ? undefined : await fetchFrom(runtime, fresh, want);
  if (passed !== undefined) return passed;
  const { body, sizeBytes } = await runtime.upstream.openOutput(access, output, kind, want.signal);
  return { status: 200, ...(sizeBytes === undefined ? {} : { sizeBytes }), body: toStream(body) };
}

async function fetchFrom(
  { http, settings, log }: Needs,
  address: string,
  { range, signal, onFailure }: Want,
): Promise<PassedFile | undefined> {
  const current = settings.current();
  const isMedia = current['proxy.media_enabled'];
  const proxyUrl = isMedia ? current['proxy.media_url'] : current['proxy.url'];
  const isProxied = (isMedia || current['proxy.enabled']) && proxyUrl !== '';
  let url = address;
  try {
    for (let hop = 0; hop <= maxRedirects; hop += 1) {
      const answer = await http.request({
        method: 'GET',
        url,
        headers: { accept: '*/*', ...(range === null ? {} : { range }) },
        timeoutMs: headersTimeoutMs,
        maxBytes,
        signal,
        proxyUrl: isProxied ? proxyUrl : undefined,
      });
      const { location } = answer.headers;
      if (answer.status === 429 || answer.status >= 500) {
        onFailure?.(new Error(`The server of the file answered ${answer.status}.`));
      }
      if (answer.status < 300 || answer.status > 399 || location === undefined) return toPassed(answer);
      answer.dump();
      if (!URL.canParse(location, url)) return undefined;
      url = new URL(location, url).href;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!isHttpFailure(error)) throw error;
    onFailure?.(error);
    log.info({ err: error }, 'a file of the upstream could not be fetched');
  }
  return undefined;
}

function toPassed(answer: HttpAnswer): PassedFile | undefined {
  const { status, headers } = answer;
  if (status !== 200 && status !== 206 && status !== 416) {
    answer.dump();
    return undefined;
  }
  const length = headers['content-encoding'] === undefined ? headers['content-length'] : undefined;
  const contentRange = headers['content-range'];
  return {
    status,
    ...(length === undefined ? {} : { sizeBytes: Number(length) }),
    ...(contentRange === undefined ? {} : { contentRange }),
    body: toStream(answer.stream()),
  };
}

/** Piece by piece as the reader asks for them; leaving ends the call. */
function toStream(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const pieces = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await pieces.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
