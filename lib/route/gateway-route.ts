import { GatewayError, isGatewayError, type RateLimit, toStoredError } from '../errors';
import type { Requester } from '../generation/types';
import { assertAccepting } from '../lifecycle';
import { type RequestLogEntry, sourceOf } from '../observability/request-log';
import { getRuntime, type Runtime } from '../runtime';
import type { Answer, StreamEnd } from './answer';
import type { Room } from './byte-budget';
import { allowAnyOrigin } from './cors';
import { findPresentedKey } from './presented-key';
import { clientAddress } from './public-origin';
import { recordRequest, recordResponse } from './record-bodies';
import { makeRequestId } from './request-id';

/**
 * How a surface tells an error. `body` becomes JSON. `accepted`: its request has made jobs, so no client may repeat it by
 * itself.
 */
export type EncodeError = (
  error: unknown,
  options?: { accepted?: boolean },
) => {
  status: number;
  headers: Record<string, string>;
  body: unknown;
};

/** What of a request is worth keeping, as far as the handler knows it. */
export type Note = {
  jobId?: string;
  /** Where a request came to several jobs: all of them. The log has the first. */
  jobIds?: readonly string[];
  model?: string;
  /** What a chat app asked beside its user, where no job was made for it. */
  sideRequest?: string;
  errorCode?: string;
  errorMessage?: string;
};

/** What every handler gets. */
export type Call = {
  runtime: Runtime;
  request: Request;
  /** The same as in the answer's `x-request-id`. */
  requestId: string;
  /** When the request came, by `performance.now`. */
  startedAt: number;
  /** Memory for the body; what it holds is given back when the answer has ended, if not before. */
  room: Room;
  /** Adds to the request's row in the log. Once it has a job, no error of a route that creates invites a repeat. */
  note: (facts: Note) => void;
  /** An error as the client is to be told it at this time, before its job was noted or after. */
  explain: (error: unknown) => Explained;
};

/** What to tell of an error, for an `EncodeError`. */
export type Explained = { error: unknown; accepted: boolean };

/** The same for a handler behind an API key. */
export type KeyedCall = Call & {
  key: { id: string; name: string };
  /** For `submit`; what is left of the key's requests per minute gets into the answer by it. */
  requester: Requester;
};

/** What Next hands over besides the request. */
type RouteContext<Params> = { params: Promise<Params> };

type Handler<C extends Call, Params> = (call: C, params: Params) => Promise<Answer> | Answer;

export type RouteOptions = {
  /** Whether the request gets a row in the request log, if it has a valid key; yes unless said otherwise. */
  isLogged?: boolean;
  /** Whether it begins something new: refused while the process ends. */
  creates?: boolean;
  /** Added to every answer. */
  headers?: Record<string, string>;
};

/** A route behind an API key: request id, CORS, key, errors in the surface's shape, one row in the request log. */
export const gatewayRoute = <Params>(
  encodeError: EncodeError,
  handler: Handler<KeyedCall, Params>,
  options: RouteOptions = {},
) =>
  makeRoute<Params>(encodeError, options, async (call, params, traces) => {
    const key = await call.runtime.apiKeys.verify(findPresentedKey(call.request));
    traces.facts.apiKeyId = key.id;
    if (options.creates === true) assertAccepting(call.runtime.life);
    const requester: Requester = {
      apiKeyId: key.id,
      requestId: call.requestId,
      source: sourceOf(new URL(call.request.url).pathname),
      onRateLimit: (rate) => {
        traces.rateLimit = rate;
      },
    };
    return handler({ ...call, key, requester }, params);
  });

/** The same for everybody, without a key. */
export const openRoute = <Params>(
  encodeError: EncodeError,
  handler: Handler<Call, Params>,
  options: RouteOptions = {},
) => makeRoute<Params>(encodeError, options, async (call, params) => handler(call, params));

/** What is known of a request, as its row in the log will have it. */
type Facts = Note & { apiKeyId?: string };

/** What a handler leaves for its wrapper. */
type Traces = { facts: Facts; rateLimit?: RateLimit };

function makeRoute<Params>(
  encodeError: EncodeError,
  options: RouteOptions,
  handle: (call: Call, params: Params, traces: Traces) => Promise<Answer>,
) {
  return async (request: Request, context: RouteContext<Params>): Promise<Response> => {
    const startedAt = performance.now();
    const requestId = makeRequestId();
    const traces: Traces = { facts: {} };
    const { facts } = traces;
    let runtime: Runtime | undefined;
    let room: Room | undefined;
    let answer: Answer;
    let requestBody: (() => string) | undefined;
    const explain = (error: unknown): Explained =>
      options.creates === true ? explainTo(facts, error) : { error, accepted: false };
    try {
      runtime = await getRuntime();
      const note = (more: Note) => void Object.assign(facts, more);
      room = runtime.bodyBudget.open(request.signal);
      if (options.isLogged !== false && runtime.settings.current()['request_log.record_bodies']) {
        ({ room, body: requestBody } = recordRequest(request, room));
      }
      answer = await handle(
        { runtime, request, requestId, startedAt, room, note, explain },
        await context.params,
        traces,
      );
    } catch (error) {
      // What a handler throws because its client has left is no failure.
      if (isGatewayError(error) && error.rateLimit !== undefined) traces.rateLimit = error.rateLimit;
      if (!request.signal.aborted) {
        noteError(facts, error);
        logError(runtime, requestId, error);
      }
      const { error: told, accepted } = explain(error);
      const { status, headers, body } = encodeError(told, { accepted });
      answer = Response.json(body, { status, headers });
    }
    if (answer instanceof Response) room?.release();
    else void answer.ended.then(() => room?.release()); // its jobs may not be stored yet
    const recorded = requestBody === undefined ? undefined : await recordResponse(answer);
    answer = recorded?.answer ?? answer;
    const { response, ended } = answer instanceof Response ? { response: answer, ended: undefined } : answer;
    for (const [name, value] of Object.entries(options.headers ?? {})) response.headers.set(name, value);
    response.headers.set('x-request-id', requestId);
    if (traces.rateLimit !== undefined) setRateLimit(response.headers, traces.rateLimit);
    allowAnyOrigin(response.headers);

    const write = (how: StreamEnd) => {
      if (runtime === undefined) return;
      if (how.outcome === 'failed') {
        noteError(facts, how.error);
        logError(runtime, requestId, how.error);
      }
      const path = new URL(request.url).pathname;
      const durationMs = performance.now() - startedAt;
      runtime.metrics.noteRequest({ method: request.method, path, status: response.status, durationMs });
      if (options.isLogged === false) return;
      const status = how.outcome === 'left' ? clientLeft : response.status;
      // Strangers must not fill the table.
      if (facts.apiKeyId === undefined) runtime.requestLog.countStranger(status);
      else {
        const entry = toEntry(runtime, request, { requestId, facts, durationMs, status });
        if (recorded === undefined) return runtime.requestLog.push(entry);
        const sent = requestBody;
        runtime.requestLog.pushLater(
          recorded.body.then((responseBody) => ({ ...entry, requestBody: sent?.() ?? '', responseBody })),
        );
      }
    };
    if (ended === undefined) write({ outcome: request.signal.aborted ? 'left' : 'complete' });
    else void ended.then(write);
    return response;
  };
}

/** The names that OpenAI's own answers have; a time is text such as `12s`. */
function setRateLimit(headers: Headers, { limit, remaining, resetSeconds }: RateLimit) {
  headers.set('x-ratelimit-limit-requests', String(limit));
  headers.set('x-ratelimit-remaining-requests', String(remaining));
  headers.set('x-ratelimit-reset-requests', `${resetSeconds}s`);
}

/** After a job was noted the answer is one that no client repeats, and one without a reason says where the result is. */
function explainTo({ jobId, jobIds }: Note, error: unknown): Explained {
  if (jobId === undefined) return { error, accepted: false };
  return { error: tellAccepted(error, jobIds ?? [jobId]), accepted: true };
}

/** What means only that this answer could not be given, now that the jobs are there. */
const ownFaults: readonly string[] = ['internal_error', 'queue_timeout', 'shutting_down'];

/** An error of the gateway itself after acceptance: the jobs go on, or are done, whatever became of the answer. */
function tellAccepted(error: unknown, jobIds: readonly string[]): unknown {
  if (isGatewayError(error) && !ownFaults.includes(error.code)) return error;
  const [where, ...more] = jobIds.map((jobId) => `/v1/jobs/${jobId}`);
  const places = more.length === 0 ? `at ${where}` : `at each of ${[where, ...more].join(', ')}`;
  return new GatewayError(
    'result_pending',
    `The gateway could not give this answer, but what was asked for is not lost: ask for the result ${places}. Sending the request again would charge again.`,
    { cause: error },
  );
}

/** As nginx calls it: nobody was there any more to get the answer. */
const clientLeft = 499;

function noteError(facts: Facts, error: unknown) {
  const { code, message } = toStoredError(error);
  facts.errorCode ??= code;
  facts.errorMessage ??= message;
}

/** What we throw on purpose is the caller's business, unless it hides a cause that is ours. */
function logError(runtime: Runtime | undefined, requestId: string, error: unknown) {
  if (!isGatewayError(error)) runtime?.log.error({ err: error, requestId }, 'a request failed');
  else if (error.code === 'internal_error') runtime?.log.error({ err: error, requestId }, error.message);
}

function toEntry(
  runtime: Runtime,
  request: Request,
  {
    requestId,
    facts,
    durationMs,
    status,
  }: { requestId: string; facts: Facts; durationMs: number; status: number },
): RequestLogEntry {
  const client = clientAddress(runtime, request);
  const { jobIds: _all, ...kept } = facts;
  const userAgent = request.headers.get('user-agent');
  return {
    requestId,
    at: new Date(runtime.now().getTime() - durationMs),
    method: request.method,
    path: new URL(request.url).pathname.slice(0, 500),
    status,
    durationMs,
    ...kept,
    ...(client === undefined ? {} : { client }),
    ...(userAgent === null ? {} : { userAgent: userAgent.slice(0, 300) }),
  };
}
