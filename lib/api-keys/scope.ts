import type { ApiKeyRow } from '@/db/repositories/api-keys';
import { GatewayError } from '../errors';
import { findModelId } from '../models/model-ids';
import type { MediaKind, ModelDefaults, ModelInfo, ModelSpec } from '../models/types';

/** What a key may make; null: everything. */
export type KeyScope = Pick<ApiKeyRow, 'models' | 'mediaTypes'>;

const shownModels = 10;

/** Throws `key_not_allowed`, naming what is allowed, when the key may not make this. */
export function checkScope(
  scope: KeyScope,
  asked: string,
  spec: Pick<ModelSpec, 'id' | 'base' | 'kind'>,
): void {
  if (!allowsKind(scope, spec.kind)) throw kindNotAllowed(scope, spec.kind);
  if (!allowsModel(scope, [asked, spec.id, spec.base])) throw modelNotAllowed(scope, asked);
}

/** Whether a model belongs into the list that this key sees. */
export function isListedFor(scope: KeyScope, model: ModelInfo, defaults: ModelDefaults): boolean {
  if (!allowsKind(scope, model.kind)) return false;
  return allowsModel(scope, [model.id, model.aliasOf, findModelId(model.id, defaults)?.base.id]);
}

/** The refusal of a model that exists, for a key that may not use it. */
export const notListed = (scope: KeyScope, model: ModelInfo): GatewayError =>
  allowsKind(scope, model.kind) ? modelNotAllowed(scope, model.id) : kindNotAllowed(scope, model.kind);

const allowsKind = ({ mediaTypes }: KeyScope, kind: MediaKind): boolean =>
  mediaTypes === null || mediaTypes.includes(kind);

const allowsModel = ({ models }: KeyScope, ids: readonly (string | undefined)[]): boolean =>
  models === null || ids.some((id) => id !== undefined && models.includes(id));

function kindNotAllowed({ mediaTypes }: KeyScope, kind: MediaKind): GatewayError {
  const allowed = (mediaTypes ?? []).map((type) => `${type}s`).join(' and ') || 'nothing';
  return new GatewayError('key_not_allowed', `This API key may not make ${kind}s; it may make ${allowed}.`, {
    param: 'model',
  });
}

function modelNotAllowed({ models }: KeyScope, asked: string): GatewayError {
  const allowed = models ?? [];
  const more = allowed.length > shownModels ? ` and ${allowed.length - shownModels} more` : '';
  return new GatewayError(
    'key_not_allowed',
    `This API key may not use the model "${asked}"; it may use ${allowed.slice(0, shownModels).join(', ')}${more}.`,
    { param: 'model' },
  );
}
