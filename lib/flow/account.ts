import type { z } from 'zod';
import { UpstreamError } from '../errors';
import type { UpstreamAccess, UpstreamBalance, UpstreamSession } from '../generation/upstream';
import type { HttpAnswer } from '../http/answer';
import type { Tier } from '../models/types';
import { type FlowCall, type FlowClient, parseAnswer, sessionCookie } from './client';
import { asUpstream, refusalError, unreadableError } from './errors';
import { createdProject, creditsAnswer, sessionAnswer, trpcAnswer } from './schemas';

const sessionTimeoutMs = 10_000;
const creditsTimeoutMs = 10_000;
const projectTimeoutMs = 15_000;
const hourMs = 3_600_000; // what an access token lives, whatever `expires` says

/** Exchanges the session token. Each way in which a session can be dead has its own verdict. */
export async function openSession(
  client: FlowClient,
  credential: { sessionToken: string; proxyUrl?: string },
  signal: AbortSignal,
): Promise<UpstreamSession> {
  // What a cookie cannot hold (RFC 6265, 4.1.1) never was a session token.
  if (!/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/.test(credential.sessionToken))
    throw sessionDead('dead');
  const call: FlowCall = {
    to: 'labs',
    method: 'GET',
    path: '/auth/session',
    timeoutMs: sessionTimeoutMs,
    risk: 'free',
    signal,
  };
  const answer = await client.ask({ ...credential, accessToken: '' }, call);
  const { status } = answer;
  if (status >= 300 && status < 400) {
    answer.dump();
    throw sessionDead('migrated');
  }
  if (status === 401) {
    answer.dump();
    throw sessionDead('dead');
  }
  if (status < 200 || status > 299) throw await client.refuse(answer, 'free');
  const body = await asUpstream('free', () => answer.text());
  if (isPage(answer, body)) throw sessionDead('migrated');
  return readSession(body, answer, call, credential.sessionToken, client.now());
}

function readSession(
  body: string,
  answer: HttpAnswer,
  call: FlowCall,
  sessionToken: string,
  now: Date,
): UpstreamSession {
  const session = parseAnswer(body, sessionAnswer, call);
  // The token beside an error is a stale one.
  if (session.error !== undefined && session.error !== null && session.error !== '')
    throw sessionDead('refresh_needed');
  if (!session.access_token) throw sessionDead('dead');
  const expiresAt = new Date(session.expires ?? Number.NaN);
  const rotated = findRotation(answer.setCookies);
  return {
    accessToken: session.access_token,
    expiresAt: Number.isNaN(expiresAt.getTime()) ? new Date(now.getTime() + hourMs) : expiresAt,
    email: session.user?.email ?? '',
    ...(session.user?.name ? { name: session.user.name } : {}),
    ...(rotated === undefined || rotated === sessionToken ? {} : { rotatedSessionToken: rotated }),
  };
}

/** A new session cookie among the lines, put together when it came in pieces (`.0`, `.1`, …). */
function findRotation(setCookies: readonly string[]): string | undefined {
  const values = new Map<string, string>();
  for (const line of setCookies) {
    const [, name = '', value = ''] = /^\s*([^=;\s]+)=([^;]*)/.exec(line) ?? [];
    if (!/;\s*max-age=(0|-)/i.test(line) && value !== '') values.set(name, value);
  }
  const pieces: string[] = [];
  for (let index = 0; values.has(`${sessionCookie}.${index}`); index += 1) {
    pieces.push(values.get(`${sessionCookie}.${index}`) ?? '');
  }
  return values.get(sessionCookie) ?? (pieces.length > 0 ? pieces.join('') : undefined);
}

const isPage = (answer: HttpAnswer, body: string) =>
  /^text\/html/i.test(answer.headers['content-type'] ?? '') || body.trimStart().startsWith('<');

const deadTexts = {
  dead: 'The session token is not valid any more. Copy a fresh one from the browser.',
  refresh_needed:
    'Google no longer renews the session of this account. Sign in again in the browser and copy the session token.',
  migrated: 'Google has moved this account to another service, which this gateway does not speak.',
} as const;

function sessionDead(reason: keyof typeof deadTexts): UpstreamError {
  return new UpstreamError('upstream_unavailable', deadTexts[reason], {
    accepted: 'no',
    retry: 'other_account',
    account: { type: 'session_dead', reason },
  });
}

const tiersOnWire: Readonly<Record<string, Tier>> = {
  PAYGATE_TIER_NOT_PAID: 'free',
  PAYGATE_TIER_ONE: 'pro',
  PAYGATE_TIER_TWO: 'ultra',
};

/** The value of `userPaygateTier` for a tier. */
export const paygateTiers = {
  free: 'PAYGATE_TIER_NOT_PAID',
  pro: 'PAYGATE_TIER_ONE',
  ultra: 'PAYGATE_TIER_TWO',
} as const satisfies Record<Tier, string>;

/** Credits and tier; also whether the server is one of 2026, whose answer says more. */
export async function getCredits(
  client: FlowClient,
  access: UpstreamAccess,
  signal: AbortSignal,
): Promise<UpstreamBalance & { isCurrentServer: boolean }> {
  const answer = await client.requestJson(
    access,
    { to: 'api', method: 'GET', path: '/credits', timeoutMs: creditsTimeoutMs, risk: 'free', signal },
    creditsAnswer,
  );
  return {
    credits: answer.credits ?? 0, // a balance of zero is left out
    tier: tiersOnWire[answer.userPaygateTier ?? ''] ?? 'free',
    isCurrentServer: Boolean(answer.serviceTier ?? answer.sku),
  };
}

/** Makes a project. A failure can come as status 200 with another status inside. */
export async function createProject(
  client: FlowClient,
  access: UpstreamAccess,
  title: string,
  signal: AbortSignal,
): Promise<{ projectId: string; title: string }> {
  const json = await callTrpc(client, access, {
    method: 'POST',
    path: '/trpc/project.createProject',
    body: { json: { projectTitle: title, toolName: 'PINHOLE' } },
    timeoutMs: projectTimeoutMs,
    signal,
  });
  const project = createdProject.safeParse(json.result);
  if (!project.success) throw unreadableError('free', 'project.createProject', project.error);
  return { projectId: project.data.projectId, title: project.data.projectInfo?.projectTitle ?? title };
}

/** A tRPC call of labs: the object that its result is wrapped in. */
export async function callTrpc(
  client: FlowClient,
  access: UpstreamAccess,
  call: Pick<FlowCall, 'method' | 'path' | 'body' | 'timeoutMs' | 'maxBytes' | 'signal'>,
): Promise<z.infer<typeof trpcAnswer>['result']['data']['json']> {
  const answer = await client.request(access, { to: 'labs', risk: 'free', ...call });
  const body = await asUpstream('free', () => answer.text());
  // Labs shows a page to whom it no longer knows; exchanging the session token tells why.
  if (isPage(answer, body))
    throw refusalError({ status: 401, body: '', retryAfterSeconds: undefined, risk: 'free' });
  const { json } = parseAnswer(body, trpcAnswer, { path: call.path, risk: 'free' }).result.data;
  const status = json.status ?? 200;
  if (status < 200 || status > 299) {
    throw refusalError({ status, body: '', retryAfterSeconds: undefined, risk: 'free' });
  }
  return json;
}
