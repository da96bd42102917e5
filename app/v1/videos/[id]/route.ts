import { deleteVideo, findVideo } from '@/lib/generation/videos';
import { encodeError } from '@/lib/openai/error';
import { decodeVideoId, refuseUnknown } from '@/lib/openai/videos';
import { preflight } from '@/lib/route/cors';
import { gatewayRoute } from '@/lib/route/gateway-route';
import { methodNotAllowed } from '@/lib/route/not-found';
import { answerVideo } from '@/lib/route/video-answer';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

export const GET = gatewayRoute(encodeError, async ({ runtime, key }, { id }: { id: string }) => {
  const jobId = decodeVideoId(id) ?? refuseUnknown();
  return answerVideo((await findVideo(runtime, jobId, { apiKeyId: key.id })) ?? refuseUnknown());
});

export const DELETE = gatewayRoute(encodeError, async ({ runtime, key, note }, { id }: { id: string }) => {
  const jobId = decodeVideoId(id) ?? refuseUnknown();
  if (!(await deleteVideo(runtime, jobId, { apiKeyId: key.id }))) refuseUnknown();
  note({ jobId });
  return Response.json({ id, object: 'video.deleted', deleted: true }, { headers: uncached });
});

const uncached = { 'cache-control': 'no-store' };

export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'GET', 'HEAD', 'DELETE');
export const POST = refuse;
export const PUT = refuse;
export const PATCH = refuse;
