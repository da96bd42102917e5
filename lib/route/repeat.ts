import { GatewayError } from '../errors';
import type { Repeat, Submission } from '../generation/submit-once';
import { findJob } from '../generation/view';
import { encodeJob } from '../openai/jobs';
import type { Answer } from './answer';
import type { KeyedCall, Note } from './gateway-route';
import { ownOrigin, publicOrigin } from './public-origin';

const longestKey = 255;

/**
 * What the headers say about an earlier attempt. `route` is the route's path in its usual spelling, whatever alias was
 * called. Throws `invalid_request` for an `Idempotency-Key` that is empty or too long.
 */
export function readRepeat({ headers }: Pick<Request, 'headers'>, route: string, bodyHash: string): Repeat {
  const key = headers.get('idempotency-key');
  if (key !== null && (key.length === 0 || key.length > longestKey)) {
    throw new GatewayError(
      'invalid_request',
      `The header Idempotency-Key has ${key.length} characters. Send 1 to ${longestKey}, or leave it out.`,
      { param: 'Idempotency-Key', wireCode: 'invalid_idempotency_key' },
    );
  }
  const retries = /^\d{1,4}$/.exec(headers.get('x-stainless-retry-count')?.trim() ?? '')?.[0];
  return { route, retryCount: Number(retries ?? 0), bodyHash, ...(key === null ? {} : { key }) };
}

/** Whether the client wants to be told where the result will be instead of waiting for it (RFC 7240, 4.1). */
export const prefersAsync = ({ headers }: Pick<Request, 'headers'>): boolean =>
  (headers.get('prefer') ?? '')
    .split(',')
    .some((preference) => preference.split(';')[0]?.trim().toLowerCase() === 'respond-async');

/**
 * 202 with the address of the job, for `prefersAsync`. The body is the job as `GET /v1/jobs/{id}` has it; of several jobs
 * a list of all, and the address is that of the first.
 */
export async function answerAccepted(
  { runtime, request, key }: Pick<KeyedCall, 'runtime' | 'request' | 'key'>,
  { jobs, joined }: Submission,
): Promise<Response> {
  const origin = publicOrigin(runtime, request);
  const views = await Promise.all(jobs.map(({ jobId }) => findJob(runtime, jobId, { apiKeyId: key.id })));
  const data = views.flatMap((view) => (view === undefined ? [] : [encodeJob(view, origin)]));
  const body = data.length === 1 ? data[0] : { object: 'list' as const, data };
  const response = Response.json(body, {
    status: 202,
    headers: {
      'cache-control': 'no-store',
      location: `${ownOrigin(runtime, request)}/v1/jobs/${jobs[0]?.jobId}`,
      'preference-applied': 'respond-async',
    },
  });
  return markReplayed(response, joined);
}

/** Notes the jobs of a request that was accepted. */
export function noteJobs(note: (facts: Note) => void, { jobs }: Submission): void {
  const jobIds = jobs.map(({ jobId }) => jobId);
  const [jobId] = jobIds;
  if (jobId !== undefined) note({ jobId, jobIds });
}

/** Says in a header that the answer is that of an earlier equal request. */
export function markReplayed<A extends Answer>(answer: A, joined: boolean): A {
  const response = answer instanceof Response ? answer : answer.response;
  if (joined) response.headers.set('idempotency-replayed', 'true');
  return answer;
}
