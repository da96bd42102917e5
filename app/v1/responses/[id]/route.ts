import { GatewayError } from '@/lib/errors';
import { encodeError } from '@/lib/openai/error';
import { preflight } from '@/lib/route/cors';
import { gatewayRoute } from '@/lib/route/gateway-route';
import { methodNotAllowed } from '@/lib/route/not-found';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

/** Responses are not kept, as every one of them says (`store: false`). */
const answer = gatewayRoute(encodeError, () => {
  throw new GatewayError(
    'not_found',
    'There is no response of this id: responses are not kept here. Jobs are, at GET /v1/jobs/{id}.',
    { param: 'id', wireCode: 'response_not_found' },
  );
});

export const GET = answer;
export const DELETE = answer;
export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'GET', 'HEAD', 'DELETE');
export const POST = refuse;
export const PUT = refuse;
export const PATCH = refuse;
