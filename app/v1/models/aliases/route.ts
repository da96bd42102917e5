import { isListedFor } from '@/lib/api-keys/scope';
import { GatewayError } from '@/lib/errors';
import { listOpenModels } from '@/lib/models/list';
import { encodeError } from '@/lib/openai/error';
import { encodeModelList } from '@/lib/openai/models';
import { preflight } from '@/lib/route/cors';
import { gatewayRoute } from '@/lib/route/gateway-route';
import { methodNotAllowed } from '@/lib/route/not-found';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

/** An address of the predecessor: the ids to which a request adds the ratio, and whatever else they leave open. */
export const GET = gatewayRoute(encodeError, async ({ runtime: { settings, apiKeys }, key }) => {
  const current = settings.current();
  if (!current['compatibility.enabled']) {
    throw new GatewayError(
      'unknown_model',
      'There is no model of this id. GET /v1/models lists what there is.',
    );
  }
  const { 'generation.default_image_model': image, 'generation.default_video_model': video } = current;
  const scope = await apiKeys.get(key.id);
  const models = listOpenModels().filter((model) => isListedFor(scope, model, { image, video }));
  return Response.json(encodeModelList(models));
});

export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'GET', 'HEAD');
export const POST = refuse;
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
