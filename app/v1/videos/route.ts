import { modelDefaults } from '@/lib/api-keys/admit';
import { hashBody, submitOnce } from '@/lib/generation/submit-once';
import { listVideos } from '@/lib/generation/videos';
import { encodeError } from '@/lib/openai/error';
import { decodeVideoQuery, decodeVideoRequest, encodeVideoList } from '@/lib/openai/videos';
import { preflight } from '@/lib/route/cors';
import { gatewayRoute } from '@/lib/route/gateway-route';
import { methodNotAllowed } from '@/lib/route/not-found';
import { readRepeat } from '@/lib/route/repeat';
import { answerCreated } from '@/lib/route/video-answer';
import { readVideoBody } from '@/lib/route/video-body';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

export const POST = gatewayRoute(
  encodeError,
  async (call) => {
    const { runtime, request, requester, note } = call;
    const { fields, files } = await readVideoBody(call);
    const generation = decodeVideoRequest({ fields, files }, modelDefaults(runtime));
    note({ model: generation.model });
    const repeat = readRepeat(request, '/v1/videos', hashBody(fields, files));
    const submission = await submitOnce(runtime, [generation], requester, repeat, request.signal);
    for (const { jobId } of submission.jobs) note({ jobId });
    return answerCreated(call, submission);
  },
  { creates: true },
);

export const GET = gatewayRoute(encodeError, async ({ runtime, request, key }) => {
  const range = decodeVideoQuery(new URL(request.url).searchParams);
  const { videos, hasMore } = await listVideos(runtime, range, { apiKeyId: key.id });
  return Response.json(encodeVideoList(videos, hasMore), { headers: { 'cache-control': 'no-store' } });
});

export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'GET', 'HEAD', 'POST');
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
