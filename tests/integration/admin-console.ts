import { randomBytes } from 'node:crypto';
import { isTagged, matchPath, refusalsOf } from '@/lib/admin-api/contract';
import { contracts } from '@/lib/admin-api/contracts';
import { sessionCookieName } from '@/lib/auth/session-cookie';
import { encodeSession, startSession } from '@/lib/auth/session-value';
import { createFirstAdministrator, storeSetupCode } from '@/lib/auth/setup';
import type { Runtime } from '@/lib/runtime';

export const administrator = { username: 'ada', password: 'correct horse battery' };
export const origin = 'http://gateway.test';

/** Creates the administrator and gives the cookie of a sign-in. */
export async function signedIn(runtime: Runtime): Promise<string> {
  const code = (await storeSetupCode(runtime)) ?? '';
  const row = await createFirstAdministrator(runtime, { code, ...administrator, address: undefined });
  const session = await startSession(runtime, row);
  return `${sessionCookieName}=${await encodeSession(runtime, session.id)}`;
}

type Handler = (request: Request) => Promise<Response>;
type Options = { cookie?: string; body?: unknown; headers?: Record<string, string> };

/** Calls a handler of the admin API as the console's own page does. */
export async function call(
  handler: Handler,
  method: string,
  path: string,
  { cookie, body, headers }: Options = {},
) {
  const response = await handler(
    new Request(`${origin}${path}`, {
      method,
      headers: {
        host: new URL(origin).host,
        ...(method === 'GET' ? {} : { origin }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(cookie === undefined ? {} : { cookie }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  assertDocumented(method, path, response.status);
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
  return { status: response.status, headers: response.headers, text, json: JSON.parse(text) as any };
}

/** Throws when the contract of an endpoint does not name the status of its answer. */
function assertDocumented(method: string, path: string, status: number): void {
  const { pathname } = new URL(path, origin);
  const found = contracts.find(
    ({ contract }) =>
      contract.method === method &&
      // an address without a part in braces wins, as it does in the routes
      (contract.path === pathname || matchPath(contract.path, pathname) !== undefined),
  )?.contract;
  // 405 is given by the address, not by an endpoint
  if (found === undefined || status === found.status || status === 405 || status >= 500) return;
  if (isTagged(found) && status === 304) return;
  if (refusalsOf(found).includes(status)) return;
  throw new Error(`${method} ${found.path} answered ${status}, which its contract does not name`);
}

/** A session token of the look that Google's have. */
export const freshToken = () =>
  `eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..${randomBytes(60).toString('base64url')}`;
