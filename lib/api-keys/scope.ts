import type { ApiKeyRow } from '@/db/repositories/api-keys';
import { GatewayError } from '../errors';
import { nativeResolution } from '../models/catalog';
import { findModelId, type ModelId } from '../models/model-ids';
import { type MediaKind, type ModelDefaults, type ModelInfo, type ModelSpec, tiers } from '../models/types';

/** What a key may make; null: everything. */
export type KeyScope = Pick<ApiKeyRow, 'models' | 'mediaTypes'>;

const shownModels = 10;

/**
 * Throws `key_not_allowed`, naming what is allowed, when the key may not make this. A model in its list allows whatever
 * can be made by that id, under any name: a base model all of its variants, an alias what it stands for.
 */
export function checkScope(
  scope: KeyScope,
  { asked, spec, defaults }: { asked: string; spec: ModelSpec; defaults: ModelDefaults },
): void {
  if (!allowsKind(scope, spec.kind)) throw kindNotAllowed(scope, spec.kind);
  const made: Variants = {
    base: spec.base,
    modes: [spec.mode],
    ratio: spec.aspectRatio,
    resolution: spec.upscale ?? nativeResolution[spec.kind],
    tiers: tiers.filter((tier) => spec.flow[tier] !== undefined),
    ...(spec.seconds === undefined ? {} : { seconds: spec.seconds }),
  };
  if (!allows(scope, [asked, spec.id], made, defaults)) throw modelNotAllowed(scope, asked);
}

/** Whether a model belongs into the list that this key sees. */
export function isListedFor(scope: KeyScope, model: ModelInfo, defaults: ModelDefaults): boolean {
  if (!allowsKind(scope, model.kind)) return false;
  const id = findModelId(model.id, defaults);
  return allows(scope, [model.id, model.aliasOf], id === undefined ? undefined : variantsOf(id), defaults);
}

/** All that can be made by an id, or one thing of it. */
type Variants = Pick<ModelId, 'modes' | 'ratio' | 'seconds' | 'resolution' | 'tiers'> & { base: string };

const variantsOf = ({ base, ...id }: ModelId): Variants => ({ ...id, base: base.id });

function allows(
  { models }: KeyScope,
  ids: readonly (string | undefined)[],
  wanted: Variants | undefined,
  defaults: ModelDefaults,
): boolean {
  if (models === null || ids.some((id) => id !== undefined && models.includes(id))) return true;
  if (wanted === undefined) return false;
  return models.some((listed) => {
    const id = findModelId(listed, defaults);
    return id !== undefined && covers(variantsOf(id), wanted);
  });
}

/** Whether everything wanted is among what is listed. */
const covers = (listed: Variants, wanted: Variants): boolean =>
  listed.base === wanted.base &&
  wanted.modes.every((mode) => listed.modes.includes(mode)) &&
  (listed.ratio === 'ask' || listed.ratio === 'infer' || listed.ratio === wanted.ratio) &&
  (listed.seconds === undefined || listed.seconds === wanted.seconds) &&
  (listed.resolution === 'ask' || listed.resolution === wanted.resolution) &&
  (listed.tiers === undefined || (wanted.tiers ?? tiers).every((tier) => listed.tiers?.includes(tier)));

/** The refusal of a model that exists, for a key that may not use it. */
export const notListed = (scope: KeyScope, model: ModelInfo): GatewayError =>
  allowsKind(scope, model.kind) ? modelNotAllowed(scope, model.id) : kindNotAllowed(scope, model.kind);

const allowsKind = ({ mediaTypes }: KeyScope, kind: MediaKind): boolean =>
  mediaTypes === null || mediaTypes.includes(kind);

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
