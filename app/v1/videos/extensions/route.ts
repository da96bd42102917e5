import { modelDefaults } from '@/lib/api-keys/admit';
import { hashBody, submitOnce } from '@/lib/generation/submit-once';
import { extendVideo } from '@/lib/generation/videos';
import { encodeError } from '@/lib/openai/error';
import { decodeExtension, refuseUnknown } from '@/lib/openai/videos';
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
    const { runtime, request, requester, key, note } = call;
    const { fields, files } = await readVideoBody(call);
    const defaults = modelDefaults(runtime);
    const asked = decodeExtension({ fields, files }, defaults);
    const owner = { apiKeyId: key.id };
    const generation = (await extendVideo(runtime, asked, defaults.video, owner)) ?? refuseUnknown('video');
    note({ model: generation.model });
    const repeat = readRepeat(request, '/v1/videos/extensions', hashBody(fields, files));
    const submission = await submitOnce(runtime, [generation], requester, repeat, request.signal);
    for (const { jobId } of submission.jobs) note({ jobId });
    return answerCreated(call, submission);
  },
  { creates: true },
);

export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'POST');
export const GET = refuse;
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
