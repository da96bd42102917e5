import { encodeError } from '@/lib/openai/error';
import { preflight } from '@/lib/route/cors';
import { methodNotAllowed } from '@/lib/route/not-found';
import { checkReadiness } from '@/lib/route/readiness';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

export const GET = async () => {
  const checks = await checkReadiness();
  const isReady = Object.values(checks).every(Boolean);
  return Response.json(
    { status: isReady ? 'ready' : 'not_ready', checks },
    { status: isReady ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  );
};

export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'GET', 'HEAD');
export const POST = refuse;
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
