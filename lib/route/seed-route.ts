import { z } from 'zod';
import type { Actor } from '../audit';
import { readBearer } from '../auth/bearer';
import { findCookie, sessionCookieName } from '../auth/session-cookie';
import { type AdminSession, assertPasswordIsChosen, readSession } from '../auth/session-value';
import { GatewayError, toStoredError } from '../errors';
import type { Runtime } from '../runtime';
import { encodeSeedError } from '../seed-api/error';
import { isSchemaFaults, parseSeed } from '../seed-api/faults';
import { requireCompatibility } from '../seed-api/plugin';
import { actorOf, answerAdmin, requireSameSite, type TellFault, unknownAdminUrl } from './admin-route';
import { clientAddress } from './public-origin';
import { readJson } from './read-json';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
type Params = Readonly<Record<string, string>>;

/** A request for one of the predecessor's paths, whoever sends it. */
export type SeedVisit<Body = undefined> = {
  request: Request;
  /** What stands in the parts in braces of the path. */
  params: Params;
  query: Readonly<Record<string, string>>;
  body: Body;
  requestId: string;
  /** Of the caller. */
  address: string | undefined;
  /** Fires when the caller leaves. */
  signal: AbortSignal;
  /** To be added to the answer. */
  headers: Record<string, string>;
};

/** The same of somebody who is signed in. */
export type SeedCall<Body = undefined> = SeedVisit<Body> & { session: AdminSession; actor: Actor };

/** One of the predecessor's endpoints under all its paths. */
export type SeedRoute = {
  method: Method;
  paths: readonly string[];
  answer: (runtime: Runtime, visit: SeedVisit) => Promise<unknown>;
};

type Options = { maxBodyBytes?: number; worksBeforePasswordChange?: true };

const bodyLimits = { maxBytes: 1024 * 1024, idleMs: 15_000 };

/** An endpoint for everybody. */
export const openSeed = <Body extends z.ZodType>(
  method: Method,
  paths: readonly string[],
  body: Body,
  answer: (runtime: Runtime, visit: SeedVisit<z.output<Body>>) => Promise<unknown>,
): SeedRoute => ({
  method,
  paths,
  answer: async (runtime, visit) =>
    answer(runtime, { ...visit, body: await readBody(visit.request, body, bodyLimits.maxBytes) }),
});

/** An endpoint for who is signed in. A body of `z.undefined()` is not read. */
export const seed = <Body extends z.ZodType>(
  method: Method,
  paths: readonly string[],
  body: Body,
  answer: (runtime: Runtime, call: SeedCall<z.output<Body>>) => Promise<unknown>,
  options: Options = {},
): SeedRoute => ({
  method,
  paths,
  answer: async (runtime, visit) => {
    const session = await requireSession(runtime, visit);
    if (options.worksBeforePasswordChange !== true) assertPasswordIsChosen(session);
    const read = await readBody(visit.request, body, options.maxBodyBytes ?? bodyLimits.maxBytes);
    const actor = actorOf(session, visit.requestId, visit.address);
    return answer(runtime, { ...visit, session, actor, body: read });
  },
});

/** An endpoint that this gateway does not have on purpose. */
export const unsupportedSeed = (method: Method, paths: readonly string[], message: string): SeedRoute => ({
  method,
  paths,
  answer: async () => {
    throw new GatewayError('invalid_request', message, { wireCode: 'not_supported' });
  },
});

async function readBody<Body extends z.ZodType>(
  request: Request,
  schema: Body,
  maxBytes: number,
): Promise<z.output<Body>> {
  const isRead = schema._zod.def.type !== 'undefined';
  const value = isRead ? await readJson(request, z.unknown(), { ...bodyLimits, maxBytes }) : undefined;
  return parseSeed(schema, value, 'body');
}

/**
 * The sign-in of the caller: by bearer token, as scripts send it, else by the console's cookie, which a browser also sends
 * on behalf of other sites. A wrong bearer token is refused beside a good cookie as well: its script must not go on under
 * another sign-in. Throws `sign_in_required`, `cross_site_request` and `rate_limited`.
 */
async function requireSession(
  runtime: Runtime,
  { request, address }: Pick<SeedVisit, 'request' | 'address'>,
): Promise<AdminSession> {
  const bearer = /^bearer\s+(\S+)\s*$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (bearer !== undefined) {
    const found = await runtime.tokenThrottles.bearer.check(address, () => readBearer(runtime, bearer));
    if (found !== undefined) return found;
    throw signInRequired('The admin token is not valid, or its sign-in has ended.');
  }
  const cookie = findCookie(request.headers.get('cookie'), sessionCookieName);
  if (cookie === undefined) throw signInRequired('Send the admin token as Authorization: Bearer <token>.');
  if (request.method !== 'GET' && request.method !== 'HEAD') requireSameSite(runtime, request);
  const session = await readSession(runtime, cookie);
  if (session === undefined) throw signInRequired('Your sign-in has ended.');
  return session;
}

const signInRequired = (message: string) =>
  new GatewayError('invalid_request', message, { wireCode: 'sign_in_required' });

/** Answers every path of the table, and with 404 all others that nothing else answers. */
export function seedHandler(routes: readonly SeedRoute[]): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    // The console's own API speaks its own language also where there is nothing.
    if (pathname.startsWith('/api/v1/')) return unknownAdminUrl(request);
    // FastAPI led from an address with a slash at its end to the one without.
    const path = pathname.endsWith('/') ? pathname.slice(0, -1) : pathname;
    const here = routes.flatMap((route) => {
      const params = findParams(route.paths, path);
      return params === undefined ? [] : [{ route, params }];
    });
    const wanted = request.method === 'HEAD' ? 'GET' : request.method;
    const found = here.find(({ route }) => route.method === wanted);
    const answer = async (runtime: Runtime, requestId: string) => {
      requireCompatibility(runtime);
      if (here.length === 0) throw new GatewayError('not_found', 'Not Found');
      if (found === undefined) throw new GatewayError('method_not_allowed', 'Method Not Allowed');
      const headers: Record<string, string> = {};
      const visit: SeedVisit = {
        request,
        params: found.params,
        query: Object.fromEntries(searchParams),
        body: undefined,
        requestId,
        address: clientAddress(runtime, request),
        signal: request.signal,
        headers,
      };
      return { status: 200, body: await found.route.answer(runtime, visit), headers };
    };
    const response = await answerAdmin(request, answer, tellSeedFault);
    if (response.status === 405) {
      response.headers.set('allow', here.map(({ route }) => route.method).join(', '));
    }
    return response;
  };
}

const tellSeedFault: TellFault = (error, requestId) => {
  const { status, headers, body } = encodeSeedError(error);
  const { wireCode, code, message, retryAfterSeconds } = isSchemaFaults(error)
    ? toStoredError(new GatewayError('invalid_request', error.message))
    : toStoredError(error);
  return {
    status,
    headers,
    body,
    fault: {
      code: wireCode ?? code,
      message,
      request_id: requestId,
      ...(retryAfterSeconds === undefined ? {} : { retry_after: retryAfterSeconds }),
    },
  };
};

/** What stands in the parts in braces when the address is one of these; `undefined` when it is none. */
function findParams(paths: readonly string[], pathname: string): Params | undefined {
  for (const path of paths) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    const match = new RegExp(`^${path.replace(/\{\w+\}/g, '([^/]+)')}$`).exec(pathname);
    if (match === null) continue;
    return Object.fromEntries(names.map((name, index) => [name, decode(match[index + 1] ?? '')]));
  }
  return undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
