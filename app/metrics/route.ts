import { encodeError } from '@/lib/openai/error';
import { preflight } from '@/lib/route/cors';
import { metricsRoute } from '@/lib/route/metrics-route';
import { methodNotAllowed } from '@/lib/route/not-found';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

/** What the program does, in the format of Prometheus. */
export const GET = metricsRoute(encodeError);

export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'GET', 'HEAD');
export const POST = refuse;
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
