import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { Answer, Refusal } from './answer';
import type { CallName } from './contract';
import { googleRefusal, trpcRefusal } from './google-error';
import { describeIssues } from './issues';
import type { AccountState, World } from './state';

/** One call that reached the simulator, with its body read and its caller looked up (not yet checked). */
export type Call = {
  world: World;
  name: CallName;
  method: string;
  url: URL;
  /** What the pattern of the route captured. */
  parameters: readonly string[];
  headers: IncomingHttpHeaders;
  text: string;
  /** The body as JSON; undefined when it is none. */
  json: unknown;
  account: AccountState | undefined;
};

export type Handle = (call: Call) => Answer | Promise<Answer>;

export const sessionCookie = '__Secure-next-auth.session-token';

/** The session token in a Cookie header, put together again when the browser had split it (`.0`, `.1`, …). */
export function parseSessionCookie(header: string | undefined): string | undefined {
  const parts = new Map<string, string>();
  for (const pair of header?.split(';') ?? []) {
    const separator = pair.indexOf('=');
    if (separator > 0) parts.set(pair.slice(0, separator).trim(), pair.slice(separator + 1).trim());
  }
  const whole = parts.get(sessionCookie);
  if (whole !== undefined) return whole;
  const chunks: string[] = [];
  for (let index = 0; parts.has(`${sessionCookie}.${index}`); index += 1) {
    chunks.push(parts.get(`${sessionCookie}.${index}`) ?? '');
  }
  return chunks.length > 0 ? chunks.join('') : undefined;
}

export function parseBearer(header: string | undefined): string | undefined {
  return header?.startsWith('Bearer ') ? header.slice('Bearer '.length) : undefined;
}

/** The account that calls the API, by an access token that has not run out. */
export function requireBearer(call: Call): AccountState {
  const token = parseBearer(call.headers.authorization);
  if (token === undefined || token === '') {
    throw googleRefusal(401, 'no Bearer', {
      message:
        'Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
      reason: 'CREDENTIALS_MISSING',
    });
  }
  const account = call.world.bearers.get(token);
  const endsAt = account?.accessTokens.get(token);
  if (account === undefined || endsAt === undefined || account.migrated) {
    throw googleRefusal(401, 'unknown access token');
  }
  if (endsAt <= call.world.now()) {
    throw googleRefusal(401, 'access token has expired', { reason: 'ACCESS_TOKEN_EXPIRED' });
  }
  return account;
}

/** The account whose session cookie came with a tRPC call. */
export function requireSession(call: Call, procedure: string): AccountState {
  if (call.account === undefined || call.account.dead || call.account.migrated) {
    throw trpcRefusal(401, procedure);
  }
  return call.account;
}

/** The body of an API call by its schema; what the real one calls an invalid argument is refused. */
export function readBody<Schema extends z.ZodType>(call: Call, schema: Schema): z.infer<Schema> {
  const contentType = call.headers['content-type']?.split(';')[0];
  if (contentType !== 'application/json' && contentType !== 'text/plain') {
    throw invalidArgument(call, `content type ${contentType ?? 'missing'}`);
  }
  if (call.json === undefined) {
    const message = 'Invalid JSON payload received. Unexpected token.';
    throw googleRefusal(400, message, { message });
  }
  const parsed = schema.safeParse(call.json);
  if (parsed.success) return parsed.data;
  const violations = describeIssues(parsed.error.issues, call.json);
  const message = violations.map((violation) => violation.description).join('\n');
  // Of this call only the generic text is known.
  if (call.name === 'batchGenerateImages') throw googleRefusal(400, message);
  throw googleRefusal(400, message, { message, fieldViolations: violations });
}

export function invalidArgument(call: Call, detail: string): Refusal {
  return googleRefusal(400, `${call.name}: ${detail}`);
}

export function notFound(call: Call, detail: string): Refusal {
  return googleRefusal(404, `${call.name}: ${detail}`);
}

/** undefined when the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
