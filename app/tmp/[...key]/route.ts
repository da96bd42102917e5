import { encodeError } from '@/lib/openai/error';
import { preflight } from '@/lib/route/cors';
import { openRoute } from '@/lib/route/gateway-route';
import { methodNotAllowed } from '@/lib/route/not-found';
import { oldFileResponse } from '@/lib/route/old-file-response';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

const answer = openRoute(
  encodeError,
  ({ runtime, request }, { key }: { key: string[] }) => oldFileResponse(runtime, request, key.join('/')),
  // A player asks for one video dozens of times.
  { isLogged: false },
);

export const GET = answer;
export const HEAD = answer;
export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'GET', 'HEAD');
export const POST = refuse;
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
