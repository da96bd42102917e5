import { isUpstreamError, UpstreamError } from '../errors';
import type { UpstreamAccess, UpstreamFile, UpstreamOutput } from '../generation/upstream';
import type { HttpAnswer } from '../http/answer';
import { endable } from '../http/endable';
import { isHttpFailure } from '../http/failure';
import { type Backoff, retry } from '../http/retry';
import type { MediaKind } from '../models/types';
import { decodeBase64Member } from './base64-member';
import { type FlowClient, viaMediaProxy } from './client';
import { checkCall } from './concatenation';
import { transportError, unreadableError } from './errors';

const redirectTimeoutMs = 30_000;
const fileTimeoutMs = 60_000; // up to the headers; the file itself may take as long as it keeps coming
const inlineTimeoutMs = 120_000;
const joinedTimeoutMs = 300_000;
const fileMaxBytes = 2_048 * 1_048_576;
const maxRedirects = 3; // from the link on
// A file may be there only a moment after its generation was reported done.
const missingAttempts = 4;
const missingBackoff: Backoff = { baseMs: 500, ceilingMs: 4_000 };
const expiryMarginMs = 30_000;

type Place = { client: FlowClient; access: UpstreamAccess; output: UpstreamOutput; signal: AbortSignal };

/**
 * Opens the file of an output: by its own signed link while that is good, else by a fresh one from labs, else inline
 * from the API.
 */
export async function openOutput(place: Place, kind: MediaKind): Promise<UpstreamFile> {
  const { client, output } = place;
  if (output.url !== undefined && !isExpired(output.url, client.now())) {
    const file = await fetchSigned(place, output.url);
    if (file !== undefined) return file;
  }
  // By its name only the last of the clips is known.
  if (output.concatenation !== undefined) return fetchJoined(place, output.concatenation);
  if (output.mediaName === undefined) throw gone();
  const { mediaName } = output;
  let refusal: UpstreamError | undefined;
  try {
    const file = await fetchThroughRedirect(place, mediaName);
    if (file !== undefined) return file;
  } catch (error) {
    // The API may have the file while labs, which is another server with another credential, has not.
    if (!isUpstreamError(error) || place.signal.aborted) throw error;
    refusal = error;
  }
  try {
    return await fetchInline(place, mediaName, kind);
  } catch (error) {
    throw refusal ?? error;
  }
}

/** A signed link that is good for a while; `undefined` when upstream has none. */
export async function findPublicUrl(place: Place): Promise<string | undefined> {
  const { client, output } = place;
  if (output.url !== undefined && !isExpired(output.url, client.now())) return output.url;
  if (output.mediaName === undefined || output.concatenation !== undefined) return undefined;
  return findSignedUrl(place, output.mediaName);
}

/** Whether the time in a signed link (`Expires`, seconds since the epoch) is over or nearly so. */
function isExpired(url: string, now: Date): boolean {
  const expires = URL.canParse(url) ? Number(new URL(url).searchParams.get('Expires') ?? Number.NaN) : 0;
  return expires * 1_000 < now.getTime() + expiryMarginMs;
}

/** The file behind a signed link; `undefined` when it is not there or the link is no longer good. */
async function fetchSigned(
  { client, access, signal }: Place,
  url: string,
): Promise<UpstreamFile | undefined> {
  let target = url;
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const answer = await client.fetchFile(target, {
      proxyUrl: viaMediaProxy(access).proxyUrl,
      timeoutMs: fileTimeoutMs,
      maxBytes: fileMaxBytes,
      signal,
    });
    const next = locationOf(answer, target);
    if (next !== undefined) {
      answer.dump();
      target = next;
      continue;
    }
    if ([400, 403, 404, 410].includes(answer.status)) {
      answer.dump();
      return undefined;
    }
    if (answer.status !== 200) throw await client.refuse(answer, 'free');
    return fileOf(answer);
  }
  throw unreadableError('free', 'too many redirects');
}

async function fetchThroughRedirect(place: Place, mediaName: string): Promise<UpstreamFile | undefined> {
  const missing = new Error('the file is not there yet');
  try {
    return await retry(
      {
        attempts: missingAttempts,
        backoff: missingBackoff,
        signal: place.signal,
        again: (error) => (error === missing ? {} : false),
      },
      async () => {
        const url = await findSignedUrl(place, mediaName);
        const file = url === undefined ? undefined : await fetchSigned(place, url);
        if (file === undefined) throw missing;
        return file;
      },
    );
  } catch (error) {
    if (error === missing) return undefined;
    throw isUpstreamError(error) ? error : givenUp(error);
  }
}

const redirects = new Set([301, 302, 303, 307, 308]);

/** Asks labs for a link to the file; `undefined` when it gives none. */
async function findSignedUrl(
  { client, access, signal }: Place,
  mediaName: string,
): Promise<string | undefined> {
  const query = new URLSearchParams({ name: mediaName, mediaUrlType: 'MEDIA_URL_TYPE_FULL_MEDIA' });
  const answer = await client.ask(access, {
    to: 'labs',
    method: 'GET',
    path: `/trpc/media.getMediaUrlRedirect?${query}`,
    timeoutMs: redirectTimeoutMs,
    risk: 'free',
    signal,
  });
  const location = locationOf(answer, client.labsBaseUrl());
  if (location !== undefined || answer.status < 400 || [400, 403, 404].includes(answer.status)) {
    answer.dump();
    return location;
  }
  throw await client.refuse(answer, 'free');
}

/** Where a redirect leads; an address that is neither http nor https leads nowhere. */
function locationOf(answer: HttpAnswer, base: string): string | undefined {
  const { location } = answer.headers;
  if (!redirects.has(answer.status) || location === undefined) return undefined;
  if (!URL.canParse(location, base)) return undefined;
  const url = new URL(location, base);
  return /^https?:$/.test(url.protocol) ? url.href : undefined;
}

function fileOf(answer: HttpAnswer): UpstreamFile {
  const contentType = answer.headers['content-type'];
  if (contentType !== undefined && /^(text\/|application\/(json|xml))/i.test(contentType)) {
    answer.dump();
    throw unreadableError('free', `a file of type ${contentType.slice(0, 40)}`);
  }
  const length =
    answer.headers['content-encoding'] === undefined ? answer.headers['content-length'] : undefined;
  return {
    body: asUpstreamBody(answer.stream()),
    ...(contentType === undefined ? {} : { contentType }),
    ...(length === undefined ? {} : { sizeBytes: Number(length) }),
  };
}

/** The second way: the whole file as base64 in JSON. */
async function fetchInline(
  { client, access, signal }: Place,
  mediaName: string,
  kind: MediaKind,
): Promise<UpstreamFile> {
  const answer = await client.request(viaMediaProxy(access), {
    to: 'api',
    method: 'GET',
    path: `/media/${encodeURIComponent(mediaName)}`,
    timeoutMs: inlineTimeoutMs,
    maxBytes: fileMaxBytes,
    risk: 'free',
    signal,
  });
  const members = kind === 'video' ? ['encodedVideo'] : ['encodedImage'];
  return { body: asUpstreamBody(answer.stream(), (source) => decodeBase64Member(source, members)) };
}

/** The file of a join, which is in the answer to the question for it. */
async function fetchJoined({ client, access, signal }: Place, name: string): Promise<UpstreamFile> {
  const answer = await client.request(viaMediaProxy(access), {
    ...checkCall(name),
    timeoutMs: joinedTimeoutMs,
    maxBytes: fileMaxBytes,
    signal,
  });
  return { body: asUpstreamBody(answer.stream(), (source) => decodeBase64Member(source, ['encodedVideo'])) };
}

/** The pieces of a file, or what they are made to; giving them up ends the call. */
function asUpstreamBody(
  stream: AsyncIterable<Uint8Array>,
  decode = (source: AsyncIterable<Uint8Array>) => source,
): AsyncIterable<Uint8Array> {
  const source = stream[Symbol.asyncIterator]();
  async function* pieces() {
    try {
      yield* decode({ [Symbol.asyncIterator]: () => source });
    } catch (error) {
      throw isHttpFailure(error) ? transportError(error, 'free') : unreadableError('free', 'file', error);
    }
  }
  return endable(pieces(), () => source.return?.());
}

const gone = () =>
  new UpstreamError('upstream_failed', 'The upstream does not have the file of this generation any more.', {
    accepted: 'no',
    retry: 'never',
    account: { type: 'none' },
  });

const givenUp = (cause: unknown) =>
  new UpstreamError(
    'cancelled',
    'The call to the upstream was given up.',
    { accepted: 'no', retry: 'same_account', account: { type: 'none' } },
    { cause },
  );
