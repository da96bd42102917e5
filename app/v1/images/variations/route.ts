import { GatewayError } from '@/lib/errors';
import { encodeError } from '@/lib/openai/error';
import { preflight } from '@/lib/route/cors';
import { gatewayRoute } from '@/lib/route/gateway-route';
import { methodNotAllowed } from '@/lib/route/not-found';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

/** Retired by OpenAI in May 2026, and no model here makes variations without a prompt. The body is not read. */
export const POST = gatewayRoute(encodeError, () => {
  throw new GatewayError(
    'not_found',
    'Variations are not made here. Send the picture with a prompt to POST /v1/images/edits.',
    { wireCode: 'unknown_url' },
  );
});
export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'POST');
export const GET = refuse;
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
