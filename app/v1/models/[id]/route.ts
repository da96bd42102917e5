import { isListedFor, notListed } from '@/lib/api-keys/scope';
import { GatewayError } from '@/lib/errors';
import { findModel } from '@/lib/models/list';
import { encodeError } from '@/lib/openai/error';
import { encodeModel } from '@/lib/openai/models';
import { preflight } from '@/lib/route/cors';
import { gatewayRoute } from '@/lib/route/gateway-route';
import { methodNotAllowed } from '@/lib/route/not-found';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

export const GET = gatewayRoute(encodeError, async ({ runtime, key }, { id }: { id: string }) => {
  const { 'generation.default_image_model': image, 'generation.default_video_model': video } =
    runtime.settings.current();
  const model = findModel(id, { image, video });
  if (model === undefined) {
    throw new GatewayError(
      'unknown_model',
      'There is no model of this id. GET /v1/models lists what there is.',
    );
  }
  const scope = await runtime.apiKeys.get(key.id);
  if (!isListedFor(scope, model, { image, video })) throw notListed(scope, model);
  return Response.json(encodeModel(model));
});

export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'GET', 'HEAD');
export const POST = refuse;
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
