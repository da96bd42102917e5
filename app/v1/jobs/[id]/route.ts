import { GatewayError } from '@/lib/errors';
import type { JobView } from '@/lib/generation/types';
import { cancelJob, findJob } from '@/lib/generation/view';
import { encodeError } from '@/lib/openai/error';
import { encodeJob } from '@/lib/openai/jobs';
import { preflight } from '@/lib/route/cors';
import { gatewayRoute } from '@/lib/route/gateway-route';
import { methodNotAllowed } from '@/lib/route/not-found';
import { publicOrigin } from '@/lib/route/public-origin';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

export const GET = gatewayRoute(encodeError, async ({ runtime, request, key }, { id }: { id: string }) => {
  const job = await findJob(runtime, id, { apiKeyId: key.id });
  return Response.json(encodeJob(orThrow(job), publicOrigin(runtime, request)), { headers: uncached });
});

export const DELETE = gatewayRoute(encodeError, async ({ runtime, request, key }, { id }: { id: string }) => {
  const job = await cancelJob(runtime, id, { apiKeyId: key.id });
  return Response.json(encodeJob(orThrow(job), publicOrigin(runtime, request)), { headers: uncached });
});

const uncached = { 'cache-control': 'no-store' };

/** Jobs of other keys do not exist for this one. */
function orThrow(job: JobView | undefined): JobView {
  if (job !== undefined) return job;
  throw new GatewayError('not_found', 'There is no job of this id for your API key.', {
    param: 'id',
    wireCode: 'job_not_found',
  });
}

export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'GET', 'HEAD', 'DELETE');
export const POST = refuse;
export const PUT = refuse;
export const PATCH = refuse;
