import { GatewayError } from '../errors';
import { getRuntime, type Runtime } from '../runtime';
import { answerAdmin, unknownAdminUrl } from './admin-route';
import { readForm } from './read-form';

/** What of next-auth scripts use. Its own pages are left out: ours take their place, and say who may frame them. */
const open = new Set([
  'GET /api/auth/csrf',
  'GET /api/auth/session',
  'POST /api/auth/callback/credentials',
  'POST /api/auth/signout',
]);

/**
 * Lets next-auth answer what is named above, and nothing else. It would read a body of any size, so it gets only the
 * fields of a small form, which have been read already. `onThrottled` turns its plain "no" into a 429.
 */
export async function answerNextAuth(
  request: Request,
  answer: (
    runtime: Runtime,
    form: URLSearchParams | undefined,
    onThrottled: (retryAfterSeconds: number) => void,
  ) => Promise<Response>,
): Promise<Response> {
  if (!open.has(`${request.method} ${new URL(request.url).pathname}`)) return unknownAdminUrl(request);
  let form: URLSearchParams | undefined;
  try {
    form = request.method === 'POST' ? await readForm(request) : undefined;
  } catch (error) {
    return refuse(request, error);
  }
  let retryAfterSeconds: number | undefined;
  const response = await answer(await getRuntime(), form, (seconds) => {
    retryAfterSeconds = seconds;
  });
  if (retryAfterSeconds === undefined) return response;
  return refuse(request, new GatewayError('rate_limited', 'Too many attempts.', { retryAfterSeconds }));
}

const refuse = (request: Request, error: unknown): Promise<Response> =>
  answerAdmin(request, () => Promise.reject(error));
