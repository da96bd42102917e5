import { encodeError } from '@/lib/openai/error';
import { decodeVariant, decodeVideoId, refuseUnknown } from '@/lib/openai/videos';
import { preflight } from '@/lib/route/cors';
import { gatewayRoute } from '@/lib/route/gateway-route';
import { methodNotAllowed } from '@/lib/route/not-found';
import { videoContent } from '@/lib/route/video-content';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

const answer = gatewayRoute(encodeError, async ({ runtime, request, key }, { id }: { id: string }) => {
  const jobId = decodeVideoId(id) ?? refuseUnknown();
  const want = { jobId, variant: decodeVariant(new URL(request.url).searchParams) };
  return (await videoContent(runtime, request, want, { apiKeyId: key.id })) ?? refuseUnknown();
});

export const GET = answer;
export const HEAD = answer;
export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'GET', 'HEAD');
export const POST = refuse;
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
