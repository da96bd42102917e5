import { z } from 'zod';
import type { Contract } from '../admin-api/contract';
import { adminError } from '../admin-api/error';
import { parseLocalPath } from '../auth/local-path';
import { sessionCookieLine } from '../auth/session-cookie';
import {
  type AdminSession,
  encodeSession,
  sessionLifetimeSeconds,
  type Visitor,
} from '../auth/session-value';
import type { Runtime } from '../runtime';
import { answerAdmin, parse, requireSameSite } from './admin-route';
import { clientAddress, isHttps } from './public-origin';
import { isForm, readForm, readSmallJson } from './read-form';

type SignedIn = z.ZodType<{ next: string }>;
type Fields = z.ZodType<{ next?: string | undefined }>;

/**
 * A handler that begins a session: JSON is answered by JSON, and a plain HTML form, sent where scripts do not run, by a
 * redirect to where it leads or back to the sign-in page. It needs no session, but the console's own page.
 */
export function signInRoute<Query extends z.ZodType, Body extends Fields>(
  contract: Contract<Query, Body, SignedIn>,
  begin: (runtime: Runtime, body: z.output<Body>, visitor: Visitor) => Promise<AdminSession>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const isPlain = isForm(request.headers);
    let wanted: string | undefined;
    const response = await answerAdmin(request, async (runtime) => {
      requireSameSite(runtime, request);
      const fields = isPlain
        ? Object.fromEntries(await readForm(request))
        : await readSmallJson(request, z.unknown());
      wanted = anyForm.safeParse(fields).data?.next;
      const visitor = {
        address: clientAddress(runtime, request),
        userAgent: request.headers.get('user-agent'),
      };
      const session = await begin(runtime, parse(contract.body, fields), visitor);
      const value = await encodeSession(runtime, session.id);
      const visit = {
        isHttps: isHttps(runtime, request),
        lifetimeSeconds: sessionLifetimeSeconds(runtime),
      };
      return {
        status: contract.status,
        body: { next: parseLocalPath(wanted) },
        headers: { 'set-cookie': sessionCookieLine(value, visit) },
      };
    });
    return isPlain ? redirectTo(response, parseLocalPath(wanted)) : response;
  };
}

const anyForm = z.object({ next: z.string().optional() });

/** What a browser without scripts gets. The address is relative: it holds behind any proxy. */
async function redirectTo(response: Response, next: string): Promise<Response> {
  const headers = new Headers(response.headers);
  headers.delete('content-type');
  headers.set('location', response.ok ? next : await pageOf(response, next));
  return new Response(null, { status: 303, headers });
}

/** The sign-in page with the reason of the refusal as a word; its texts are the page's own. */
async function pageOf(response: Response, next: string): Promise<string> {
  const { error } = adminError.parse(await response.json());
  const search = new URLSearchParams({ next, refused: Object.keys(error.fields ?? {})[0] ?? error.code });
  if (error.retry_after !== undefined) search.set('retry_after', String(error.retry_after));
  return `/admin/login?${search}`;
}
