import { isListedFor } from '@/lib/api-keys/scope';
import { listModels } from '@/lib/models/list';
import { encodeError } from '@/lib/openai/error';
import { encodeModelList } from '@/lib/openai/models';
import { preflight } from '@/lib/route/cors';
import { gatewayRoute } from '@/lib/route/gateway-route';
import { methodNotAllowed } from '@/lib/route/not-found';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

export const GET = gatewayRoute(encodeError, async ({ runtime: { settings, apiKeys }, key }) => {
  const { 'generation.default_image_model': image, 'generation.default_video_model': video } =
    settings.current();
  const scope = await apiKeys.get(key.id);
  const models = listModels({ image, video }).filter((model) => isListedFor(scope, model, { image, video }));
  return Response.json(encodeModelList(models));
});

export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'GET', 'HEAD');
export const POST = refuse;
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
