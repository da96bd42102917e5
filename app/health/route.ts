import { encodeError } from '@/lib/openai/error';
import { preflight } from '@/lib/route/cors';
import { readHealth } from '@/lib/route/health';
import { methodNotAllowed } from '@/lib/route/not-found';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

/** Alive: the process answers. Whether it can work is asked at `/health/ready`. */
export const GET = async (request: Request) =>
  Response.json(await readHealth(request), { headers: { 'cache-control': 'no-store' } });

export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'GET', 'HEAD');
export const POST = refuse;
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
