import { findVideo } from '@/lib/generation/videos';
import { encodeError } from '@/lib/openai/error';
import { decodeSource, refuseUnknown, unsupported } from '@/lib/openai/videos';
import { preflight } from '@/lib/route/cors';
import { gatewayRoute } from '@/lib/route/gateway-route';
import { methodNotAllowed } from '@/lib/route/not-found';
import { readVideoBody } from '@/lib/route/video-body';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

export const POST = gatewayRoute(encodeError, async (call) => {
  const { runtime, key } = call;
  const jobId = decodeSource(await readVideoBody(call));
  if ((await findVideo(runtime, jobId, { apiKeyId: key.id })) === undefined) refuseUnknown('video');
  throw unsupported('edit');
});

export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'POST');
export const GET = refuse;
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
