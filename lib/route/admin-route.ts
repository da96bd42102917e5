import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Contract, type ContractPath, matchPath, type PathParams } from '../admin-api/contract';
import type { AdminError } from '../admin-api/error';
import type { Actor } from '../audit';
import { findCookie, sessionCookieName } from '../auth/session-cookie';
import { type AdminSession, assertPasswordIsChosen, readSession } from '../auth/session-value';
import { type ErrorCode, GatewayError, isGatewayError } from '../errors';
import type { RequestLogEntry } from '../observability/request-log';
import { getRuntime, type Runtime } from '../runtime';
import { describeFields } from './field-message';
import { clientAddress, isOwnOrigin } from './public-origin';
import { isForm, readForm } from './read-form';
import { readJson } from './read-json';
import { makeRequestId } from './request-id';
import { keepAlive, sseResponse } from './sse-response';

/** What every handler of the admin API gets: the call as its contract has it, and who makes it. */
export type AdminCall<Query, Body, Params = Readonly<Record<string, string>>> = {
  /** What stands in the parts in braces of the path. */
  params: Params;
  query: Query;
  body: Body;
  session: AdminSession;
  requestId: string;
  /** Of the caller. */
  address: string | undefined;
  /** Who calls, for `writeAudit`. */
  actor: Actor;
  /** As the request has them. */
  headers: Headers;
  /** Fires when the caller leaves. */
  signal: AbortSignal;
  /** Adds to the row that the request log keeps of the call. */
  note: (facts: AdminFacts) => void;
};

/** What a handler knows of a call that makes something. */
export type AdminFacts = Pick<RequestLogEntry, 'jobId' | 'model'>;

const bodyLimits = { maxBytes: 1024 * 1024, idleMs: 15_000 };

/**
 * A handler of `/api/v1/admin`: refuses other sites and visitors without a session, reads query and body by the
 * contract, and lets nothing out that the contract does not name.
 */
export function adminRoute<
  Query extends z.ZodType,
  Body extends z.ZodType,
  Output extends z.ZodType,
  Path extends ContractPath,
>(
  contract: Contract<Query, Body, Output, Path>,
  handler: (
    runtime: Runtime,
    call: AdminCall<z.output<Query>, z.output<Body>, PathParams<Path>>,
  ) => Promise<z.input<Output>>,
): (request: Request) => Promise<Response> {
  return (request) =>
    answerAdmin(request, async (runtime, requestId, note) => {
      const call = await readCall(runtime, contract, request, requestId, note);
      const body = contract.output.parse(await handler(runtime, call));
      return {
        status: contract.status,
        body,
        ...(contract.method === 'GET' && contract.isPrivate !== true
          ? { tagged: without(body, contract.untagged) }
          : {}),
      };
    });
}

/** What a handler answers that gives a file. */
export type AdminFile = {
  /** One of those that the contract names. */
  type: string;
  /** As a browser is to save it. */
  name: string;
} & (
  | {
      /** Made as far as the reader has room for it. */
      text: AsyncIterable<string> | Iterable<string>;
    }
  | {
      /** The same of what is no text. */
      bytes: AsyncIterable<Uint8Array>;
    }
);

/** The same for an endpoint that gives a file, piece by piece: an export of any length is never in memory whole. */
export function adminFileRoute<Query extends z.ZodType, Body extends z.ZodType, Path extends ContractPath>(
  contract: Contract<Query, Body, z.ZodString, Path>,
  handler: (
    runtime: Runtime,
    call: AdminCall<z.output<Query>, z.output<Body>, PathParams<Path>>,
  ) => Promise<AdminFile>,
): (request: Request) => Promise<Response> {
  return (request) =>
    answerAdmin(request, async (runtime, requestId, note) => {
      const file = await handler(runtime, await readCall(runtime, contract, request, requestId, note));
      return {
        status: contract.status,
        body: toStream('text' in file ? file.text : file.bytes, (error) =>
          runtime.log.error({ err: error, requestId }, 'a file of the console broke off'),
        ),
        headers: {
          'content-type': 'text' in file ? `${file.type}; charset=utf-8` : file.type,
          'content-disposition': `attachment; filename="${file.name}"`,
        },
      };
    });
}

const heartbeatMs = 15_000;

/**
 * The same for an endpoint that tells what happens, as server-sent events. What `start` throws before its first event is
 * refused with its own status; later it is one last event `error`.
 */
export function adminEventsRoute<Query extends z.ZodType, Body extends z.ZodType, Path extends ContractPath>(
  contract: Contract<Query, Body, z.ZodString, Path>,
  start: (
    runtime: Runtime,
    call: AdminCall<z.output<Query>, z.output<Body>, PathParams<Path>>,
  ) => AsyncGenerator<object>,
): (request: Request) => Promise<Response> {
  return (request) =>
    answerAdmin(request, async (runtime, requestId, note) => {
      const call = await readCall(runtime, contract, request, requestId, note);
      const leaving = new AbortController();
      const events = start(runtime, { ...call, signal: AbortSignal.any([call.signal, leaving.signal]) });
      const first = await events.next();
      const { response } = sseResponse<object | typeof keepAlive>(
        async function* (signal) {
          signal.addEventListener('abort', () => leaving.abort(), { once: true });
          if (first.done !== true) yield first.value;
          yield* events;
        },
        {
          signal: request.signal,
          heartbeat: { everyMs: heartbeatMs, payload: () => keepAlive },
          *lateError(error) {
            const { fault } = describe(error, requestId);
            if (fault.code === 'internal_error')
              runtime.log.error({ err: error, requestId }, 'a stream of the console broke off');
            yield { error: fault };
          },
        },
      );
      const { headers, body } = response;
      return { status: contract.status, body, headers: Object.fromEntries(headers) };
    });
}

type Piece = string | Uint8Array;

/** Bytes of the file, made as they are read. */
function toStream(
  file: AsyncIterable<Piece> | Iterable<Piece>,
  onError: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const parts = Symbol.asyncIterator in file ? file[Symbol.asyncIterator]() : file[Symbol.iterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const part = await parts.next();
          if (part.done === true) controller.close();
          else controller.enqueue(typeof part.value === 'string' ? encoder.encode(part.value) : part.value);
        } catch (error) {
          onError(error);
          controller.error(error); // so that the download fails instead of looking complete
        }
      },
      async cancel() {
        await parts.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Who calls and what for, as the contract has it. */
async function readCall<Query extends z.ZodType, Body extends z.ZodType, Path extends ContractPath>(
  runtime: Runtime,
  contract: Contract<Query, Body, z.ZodType, Path>,
  request: Request,
  requestId: string,
  note: (facts: AdminFacts) => void,
): Promise<AdminCall<z.output<Query>, z.output<Body>, PathParams<Path>>> {
  const session = await requireAdmin(runtime, request);
  if (contract.worksBeforePasswordChange !== true) assertPasswordIsChosen(session);
  const params = matchPath(contract.path, new URL(request.url).pathname);
  if (params === undefined) throw nothingAt(request);
  const query = parse(contract.query, readQuery(request));
  const body = parse(contract.body, await readBody(runtime, contract, request));
  const address = clientAddress(runtime, request);
  return {
    params,
    query,
    body,
    session,
    requestId,
    address,
    actor: actorOf(session, requestId, address),
    headers: request.headers,
    signal: request.signal,
    note,
  };
}

export const actorOf = (session: AdminSession, requestId: string, address: string | undefined): Actor => ({
  administrator: { id: session.administratorId, name: session.username },
  requestId,
  ...(address === undefined ? {} : { address }),
});

/** The body as JSON, or as a form where the contract takes one; what it has no use for is not even read. */
async function readBody(
  { bodyBudget }: Pick<Runtime, 'bodyBudget'>,
  {
    body,
    maxBodyBytes,
    takesForm,
  }: Pick<Contract<z.ZodType, z.ZodType, z.ZodType>, 'body' | 'maxBodyBytes' | 'takesForm'>,
  request: Request,
): Promise<unknown> {
  if (body._zod.def.type === 'undefined') {
    refuseForm(request);
    return undefined;
  }
  if (takesForm === true && isForm(request.headers)) {
    requireNamedSite(request);
    return collect(await readForm(request));
  }
  if (maxBodyBytes === undefined) return await readJson(request, z.unknown(), bodyLimits);
  // What may be large is read into the memory that the bodies of all requests share.
  const room = bodyBudget.open(request.signal);
  try {
    return await readJson(request, z.unknown(), { ...bodyLimits, maxBytes: maxBodyBytes, room });
  } finally {
    room.release();
  }
}

/** The console sends JSON or nothing; what a form can send, a page of another site could have made the browser send. */
function refuseForm(request: Request): void {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'].includes(type)) return;
  throw new GatewayError('unsupported_media_type', 'This address takes no body; send none.');
}

/** Answers 404 in the shape of the admin API, for addresses that nothing else answers. */
export const unknownAdminUrl = (request: Request): Promise<Response> =>
  answerAdmin(request, () => {
    throw nothingAt(request);
  });

function nothingAt(request: Request): GatewayError {
  const { pathname } = new URL(request.url);
  return new GatewayError('not_found', `There is nothing at ${request.method} ${pathname.slice(0, 200)}.`);
}

/** Answers 405 in the shape of the admin API, and names the methods that the address takes. */
export const refuseMethod = (...allowed: readonly string[]): ((request: Request) => Promise<Response>) => {
  const refuse = async (request: Request) => {
    const allow = [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
    const response = await answerAdmin(request, () => {
      throw new GatewayError('method_not_allowed', `This address takes ${allow}, not ${request.method}.`);
    });
    response.headers.set('allow', allow);
    return response;
  };
  return refuse;
};

type Reply = {
  status: number;
  /** JSON, or a file as it is made. */
  body: unknown;
  headers?: Record<string, string>;
  /** What its entity tag is made of, where the caller may keep it and ask whether it is still so. */
  tagged?: unknown;
};

/** The answer without these fields. */
function without(body: unknown, fields: readonly string[] | undefined): unknown {
  if (fields === undefined || typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !fields.includes(name)));
}

type Work = (runtime: Runtime, requestId: string, note: (facts: AdminFacts) => void) => Promise<Reply>;

/** Answers in the shape of the admin API whatever `work` gives or throws, and keeps a row of it in the request log. */
export async function answerAdmin(
  request: Request,
  work: Work,
  tell: TellFault = tellFault,
): Promise<Response> {
  const startedAt = performance.now();
  const requestId = makeRequestId();
  const runtime = await getRuntime();
  const facts: AdminFacts = {};
  const note = (more: AdminFacts) => void Object.assign(facts, more);
  const { reply, fault } = await attempt(runtime, requestId, (...call) => work(...call, note), tell);
  const retryAfter = fault?.retry_after;
  const headers = {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestId,
    date: runtime.now().toUTCString(), // by which the console knows how far its own clock is off
    ...reply.headers,
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
  };
  const { pathname: path } = new URL(request.url);
  const durationMs = performance.now() - startedAt;
  runtime.metrics.noteRequest({ method: request.method, path, status: reply.status, durationMs });
  // Reading succeeds all day long while a console is open, and is refused all day long once its sign-in has ended:
  // either would bury what is worth finding in the log.
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  if (!isReading || (fault !== undefined && fault.code !== 'sign_in_required')) {
    writeRow(runtime, { request, requestId, startedAt, status: reply.status, fault, facts });
  }
  if (reply.body instanceof ReadableStream)
    return new Response(reply.body, { status: reply.status, headers });
  if (reply.tagged === undefined) return Response.json(reply.body, { status: reply.status, headers });
  return answerCacheable(request, reply, headers);
}

/** The answer with its tag, or 304 where the caller has it already (RFC 9110, 13.1.2). */
function answerCacheable(request: Request, reply: Reply, headers: Record<string, string>): Response {
  const text = JSON.stringify(reply.body);
  const tagged = reply.tagged === reply.body ? text : JSON.stringify(reply.tagged);
  const etag = `W/"${createHash('sha1').update(tagged).digest('base64url')}"`;
  const kept = { ...headers, 'cache-control': 'private, no-cache', vary: 'Cookie', etag };
  const known = request.headers.get('if-none-match')?.split(',') ?? [];
  const isKnown = known.some((tag) => tag.trim() === '*' || weak(tag) === weak(etag));
  if (isKnown) return new Response(null, { status: 304, headers: kept });
  return new Response(text, { status: 200, headers: { ...kept, 'content-type': 'application/json' } });
}

/** A tag without what says how strong it is: asking whether something is still so compares weakly. */
const weak = (tag: string): string => tag.trim().replace(/^W\//, '');

/** How an error is told to the caller, and, as `fault`, to the request log. */
export type TellFault = (error: unknown, requestId: string) => Reply & { fault: AdminError };

const tellFault: TellFault = (error, requestId) => {
  const { status, fault } = describe(error, requestId);
  return { status, body: { error: fault }, fault };
};

async function attempt(
  runtime: Runtime,
  requestId: string,
  work: (runtime: Runtime, requestId: string) => Promise<Reply>,
  tell: TellFault,
): Promise<{ reply: Reply; fault?: AdminError }> {
  try {
    return { reply: await work(runtime, requestId) };
  } catch (error) {
    const { fault, ...reply } = tell(error, requestId);
    if (reply.status >= 500) runtime.log.error({ err: error, requestId }, 'a request of the console failed');
    return { reply, fault };
  }
}

/**
 * The session of the caller: the cookie alone decides, whatever stands in `Authorization`. Throws `sign_in_required`, and
 * `cross_site_request` for a change asked by another site.
 */
async function requireAdmin(runtime: Runtime, request: Request): Promise<AdminSession> {
  if (request.method !== 'GET' && request.method !== 'HEAD') requireSameSite(runtime, request);
  const session = await readSession(runtime, findCookie(request.headers.get('cookie'), sessionCookieName));
  if (session !== undefined) return session;
  throw new GatewayError(
    'invalid_request',
    'You are not signed in, or your sign-in has ended. Sign in again.',
    {
      wireCode: 'sign_in_required',
    },
  );
}

/** Lets pass what our own page sent, or no browser at all. Throws `cross_site_request`. */
export function requireSameSite(runtime: Pick<Runtime, 'env'>, request: Request): void {
  if (isSameSite(runtime, request)) return;
  const [origin, host] = ['origin', 'host'].map(
    (name) => request.headers.get(name)?.slice(0, 200) ?? 'unknown',
  );
  throw new GatewayError(
    'invalid_request',
    `Changes are taken from the console itself only, not from another site. This one came from ${origin}, and the gateway was called as ${host}. If both are yours, let the proxy in between pass on the Host header, or set PUBLIC_URL.`,
    { wireCode: 'cross_site_request' },
  );
}

/** A form can come from any page: one that does not say where it comes from is not taken. */
function requireNamedSite({ headers }: Request): void {
  if (headers.has('sec-fetch-site') || headers.has('origin')) return;
  throw new GatewayError(
    'invalid_request',
    'A form is taken from the console itself only, which says so in its headers. Send JSON instead.',
    { wireCode: 'cross_site_request' },
  );
}

/**
 * Whether a browser says that our own page sent this, or it was no browser. `Sec-Fetch-Site` is not sent over plain
 * HTTP in a LAN; there the `Origin` must be one of ours.
 */
export function isSameSite(runtime: Pick<Runtime, 'env'>, request: Request): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin' || site === 'none';
  const origin = request.headers.get('origin');
  return origin === null || isOwnOrigin(runtime, request, origin);
}

/** The query as an object, as the contracts of the admin API are told of it. */
const readQuery = (request: Request) => collect(new URL(request.url).searchParams);

/** Fields as an object; a name that is given several times becomes a list, and one without a value was not given. */
function collect(given: URLSearchParams): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  for (const [name, value] of given) {
    if (value === '') continue;
    if (value.includes('\0')) {
      throw new GatewayError('invalid_request', 'Leave out the character NUL.', {
        param: name.slice(0, 100),
      });
    }
    const known = fields[name];
    if (known === undefined) fields[name] = value;
    else fields[name] = [...(Array.isArray(known) ? known : [known]), value];
  }
  return fields;
}

/** The value as the contract has it. What it throws becomes a 400 with one message for each field. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ContractError(describeFields(result.error.issues, value));
}

/** What came in is not what the contract says: one message for each field. */
class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly fields: Record<string, string>;

  constructor({ message, fields }: { message: string; fields: Record<string, string> }) {
    super(message);
    this.fields = fields;
  }
}

/** Status of each code on this surface. */
const statuses = {
  unknown_model: 404,
  invalid_request: 400,
  request_too_large: 413,
  unsupported_media_type: 415,
  content_refused: 400,
  not_found: 404,
  gone: 410,
  method_not_allowed: 405,
  invalid_api_key: 401,
  key_not_allowed: 403,
  rate_limited: 429,
  quota_exceeded: 429,
  queue_full: 429,
  queue_timeout: 503,
  shutting_down: 503,
  internal_error: 500,
  model_requires_tier: 403,
  no_account_available: 503,
  upstream_unavailable: 502,
  upstream_challenge: 424,
  submission_unknown: 424,
  upstream_failed: 424,
  result_pending: 424,
  cancelled: 409,
  conflict: 409,
  idempotency_key_reused: 400,
} as const satisfies Record<ErrorCode, number>;

/** More specific codes that only this surface has, with their own status. */
const specificStatuses: Readonly<Record<string, number>> = {
  sign_in_required: 401,
  cross_site_request: 403,
  wrong_credentials: 401,
  password_required: 403,
  password_change_required: 403,
};

function describe(error: unknown, requestId: string): { status: number; fault: AdminError } {
  if (error instanceof ContractError) {
    const { message, fields } = error;
    return { status: 400, fault: { code: 'invalid_request', message, fields, request_id: requestId } };
  }
  if (!isGatewayError(error)) {
    const message = 'The gateway failed on this request. The log has the reason.';
    return { status: 500, fault: { code: 'internal_error', message, request_id: requestId } };
  }
  const code = error.wireCode ?? error.code;
  return {
    status: specificStatuses[code] ?? statuses[error.code],
    fault: {
      code,
      message: error.message,
      ...(error.param === undefined ? {} : { fields: { [error.param]: error.message, ...error.fields } }),
      ...(error.details === undefined ? {} : { details: error.details }),
      request_id: requestId,
      ...(error.retryAfterSeconds === undefined ? {} : { retry_after: error.retryAfterSeconds }),
    },
  };
}

type Row = {
  request: Request;
  requestId: string;
  startedAt: number;
  status: number;
  fault: AdminError | undefined;
  facts: AdminFacts;
};

function writeRow(runtime: Runtime, { request, requestId, startedAt, status, fault, facts }: Row): void {
  const client = clientAddress(runtime, request);
  const userAgent = request.headers.get('user-agent');
  runtime.requestLog.push({
    requestId,
    at: runtime.now(),
    method: request.method,
    path: new URL(request.url).pathname,
    status,
    durationMs: performance.now() - startedAt,
    ...facts,
    ...(fault === undefined ? {} : { errorCode: fault.code, errorMessage: fault.message }),
    ...(client === undefined ? {} : { client }),
    ...(userAgent === null ? {} : { userAgent }),
  });
}
