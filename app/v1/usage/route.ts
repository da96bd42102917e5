import { encodeError } from '@/lib/openai/error';
import { encodeUsage } from '@/lib/openai/usage';
import { preflight } from '@/lib/route/cors';
import { gatewayRoute } from '@/lib/route/gateway-route';
import { methodNotAllowed } from '@/lib/route/not-found';
import { readUsage } from '@/lib/usage/read';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

export const GET = gatewayRoute(encodeError, async ({ runtime, key }) =>
  Response.json(encodeUsage(await readUsage(runtime, key.id)), { headers: { 'cache-control': 'no-store' } }),
);

export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'GET', 'HEAD');
export const POST = refuse;
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
