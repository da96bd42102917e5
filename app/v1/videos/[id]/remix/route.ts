import { findVideo } from '@/lib/generation/videos';
import { encodeError } from '@/lib/openai/error';
import { decodeVideoId, refuseUnknown, unsupported } from '@/lib/openai/videos';
import { preflight } from '@/lib/route/cors';
import { gatewayRoute } from '@/lib/route/gateway-route';
import { methodNotAllowed } from '@/lib/route/not-found';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

export const POST = gatewayRoute(encodeError, async ({ runtime, key }, { id }: { id: string }) => {
  const jobId = decodeVideoId(id) ?? refuseUnknown();
  if ((await findVideo(runtime, jobId, { apiKeyId: key.id })) === undefined) refuseUnknown();
  throw unsupported('remix');
});

export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'POST');
export const GET = refuse;
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
