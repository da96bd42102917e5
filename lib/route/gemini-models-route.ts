import { modelDefaults } from '../api-keys/admit';
import { isListedFor, notListed } from '../api-keys/scope';
import { GatewayError } from '../errors';
import { encodeError } from '../gemini/error';
import { encodeModel, encodeModelList } from '../gemini/models';
import { findModel, listModels } from '../models/list';
import { gatewayRoute } from './gateway-route';

/** The handler of `GET …/models` in Gemini's form: what the key may use. */
export const listGeminiModels = gatewayRoute(encodeError, async ({ runtime, request, key }) => {
  const defaults = modelDefaults(runtime);
  const scope = await runtime.apiKeys.get(key.id);
  const models = listModels(defaults).filter((model) => isListedFor(scope, model, defaults));
  return Response.json(encodeModelList(models, new URL(request.url).searchParams));
});

/** The handler of `GET …/models/{id}`. */
export const getGeminiModel = gatewayRoute<{ id: string }>(encodeError, async ({ runtime, key }, { id }) => {
  const defaults = modelDefaults(runtime);
  const model = findModel(id, defaults);
  if (model === undefined) {
    throw new GatewayError(
      'unknown_model',
      `There is no model "${id.slice(0, 100)}". GET /models lists what there is.`,
    );
  }
  const scope = await runtime.apiKeys.get(key.id);
  if (!isListedFor(scope, model, defaults)) throw notListed(scope, model);
  return Response.json(encodeModel(model));
});
