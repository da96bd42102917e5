import type { z } from 'zod';
import type { UpstreamAccess } from '../generation/upstream';
import type { HttpAnswer } from '../http/answer';
import type { HttpCall } from '../http/exchange';
import type { HttpClient } from '../http/fetch';
import { parseRetryAfter } from '../http/retry';
import { asUpstream, parseJson, type Risk, refusalError, unreadableError } from './errors';
import { observe, type RecordCall } from './record';

/** Where the upstream is and how it is spoken to; read at every call. */
export type FlowOptions = { labsBaseUrl: string; apiBaseUrl: string; timeoutMs: number; userAgent: string };

/** One call of the protocol. `path` follows the base URL as it is: some methods begin with a colon. */
export type FlowCall = {
  to: 'labs' | 'api';
  method: 'GET' | 'POST';
  path: string;
  /** Sent as it is when it is text already. */
  body?: object | string;
  /** Longest time that makes sense for this call; the setting bounds it. */
  timeoutMs: number;
  maxBytes?: number;
  risk: Risk;
  signal: AbortSignal;
};

/** Who calls: the session token opens labs, the access token the API. */
export type Caller = Pick<UpstreamAccess, 'sessionToken' | 'accessToken' | 'proxyUrl'>;

/** The same caller on the way that uploads and downloads take: their own proxy where there is one. */
export const viaMediaProxy = (access: UpstreamAccess): Caller => {
  const { sessionToken, accessToken, proxyUrl, mediaProxyUrl = proxyUrl } = access;
  return { sessionToken, accessToken, ...(mediaProxyUrl === undefined ? {} : { proxyUrl: mediaProxyUrl }) };
};

export const sessionCookie = '__Secure-next-auth.session-token';

const origin = 'https://labs.google';
const mebibyte = 1_048_576;
const defaultMaxBytes = 32 * mebibyte;

export type FlowClient = ReturnType<typeof makeFlowClient>;

/** Makes calls of the protocol: addresses, headers, times, and failures as `UpstreamError`. Keeps nothing. */
export function makeFlowClient({
  http,
  options,
  now,
  record,
}: {
  http: HttpClient;
  options: () => FlowOptions;
  now: () => Date;
  /** Told of every call at its end. */
  record?: RecordCall | undefined;
}) {
  const send = (call: Omit<HttpCall, 'timeoutMs'> & { timeoutMs: number; risk: Risk }): Promise<HttpAnswer> =>
    asUpstream(call.risk, () => {
      const bounded = { ...call, timeoutMs: Math.min(call.timeoutMs, options().timeoutMs) };
      const request = () => http.request(bounded);
      return record === undefined ? request() : observe(bounded, request, { now, record });
    });

  /** The answer, whatever its status. */
  const ask = (caller: Caller, call: FlowCall): Promise<HttpAnswer> => {
    const { labsBaseUrl, apiBaseUrl, userAgent } = options();
    const isLabs = call.to === 'labs';
    return send({
      method: call.method,
      url: `${(isLabs ? labsBaseUrl : apiBaseUrl).replace(/\/$/, '')}${call.path}`,
      headers: {
        ...(isLabs
          ? { cookie: `${sessionCookie}=${caller.sessionToken}` }
          : { authorization: `Bearer ${caller.accessToken}` }),
        'content-type': 'application/json',
        accept: '*/*',
        'accept-encoding': 'gzip, deflate, br',
        origin,
        referer: `${origin}/`,
        'user-agent': userAgent,
      },
      ...(call.body === undefined ? {} : { body: encodeBody(call.body) }),
      proxyUrl: caller.proxyUrl,
      timeoutMs: call.timeoutMs,
      maxBytes: call.maxBytes ?? defaultMaxBytes,
      signal: call.signal,
      fresh: call.risk === 'submit',
      risk: call.risk,
    });
  };

  /** The answer of a success; every other status is thrown. */
  const request = async (caller: Caller, call: FlowCall): Promise<HttpAnswer> => {
    const answer = await ask(caller, call);
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw await refuse(answer, call.risk);
  };

  const refuse = async (answer: HttpAnswer, risk: Risk) =>
    refusalError({
      status: answer.status,
      body: await readRefusalText(answer),
      retryAfterSeconds: parseRetryAfter(answer.headers['retry-after'], now()),
      risk,
    });

  return {
    ask,
    request,
    refuse,
    /** The body of a success, by its schema. */
    requestJson: async <Schema extends z.ZodType>(
      caller: Caller,
      call: FlowCall,
      schema: Schema,
    ): Promise<z.infer<Schema>> => {
      const answer = await request(caller, call);
      const body = await asUpstream(call.risk, () => answer.text());
      return parseAnswer(body, schema, call);
    },
    /** A file behind a signed link: no credentials, ever. */
    fetchFile: (
      url: string,
      call: { proxyUrl?: string | undefined; timeoutMs: number; maxBytes: number; signal: AbortSignal },
    ) =>
      send({
        method: 'GET',
        url,
        headers: { accept: '*/*', referer: `${origin}/`, 'user-agent': options().userAgent },
        proxyUrl: call.proxyUrl,
        timeoutMs: call.timeoutMs,
        maxBytes: call.maxBytes,
        signal: call.signal,
        risk: 'free',
      }),
    apiBaseUrl: () => options().apiBaseUrl,
    labsBaseUrl: () => options().labsBaseUrl,
    now,
  };
}

const encodeBody = (body: object | string) => (typeof body === 'string' ? body : JSON.stringify(body));

/** The text of a refusal. Where it breaks off, the status has to do: a refusal with a status is one, however it ends. */
async function readRefusalText(answer: HttpAnswer): Promise<string> {
  try {
    return await answer.text();
  } catch {
    return '';
  }
}

/** A body as what the call is for. */
export function parseAnswer<Schema extends z.ZodType>(
  body: string,
  schema: Schema,
  call: Pick<FlowCall, 'path' | 'risk'>,
): z.infer<Schema> {
  const parsed = schema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  const name = call.path.split(/[/:?]/).findLast((part) => /^[A-Za-z.]{4,}$/.test(part)) ?? 'call';
  throw unreadableError(call.risk, name, new Error(`body: ${body.slice(0, 200)}`, { cause: parsed.error }));
}

/** A fresh value of `sessionId`, whose first character belongs to it. */
export const makeSessionId = (now: Date): string => `;${now.getTime()}`;
