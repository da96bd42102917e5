import { baseModels } from './catalog';
import { canonicalIdOf, type ModelId, modelIds, openIdFor, takes, unasked } from './model-ids';
import type { AspectRatio, GenerationMode, ModelInputs, Resolution } from './types';
import { distinct, modeWords } from './words';

/** What of a variant a request may ask to be different. */
type Change = { aspectRatio?: AspectRatio; seconds?: number; resolution?: Resolution };

/** The id that is this model but for the mode and the change, in the ratio, length and size that its own id fixes. */
function sibling(model: ModelId, mode: GenerationMode, change: Change): string | undefined {
  const { aspectRatio, resolution } = unasked(model);
  const sought = {
    ...model,
    mode,
    resolution,
    aspectRatio: aspectRatio === 'infer' ? '16:9' : aspectRatio,
    ...change,
  } as const;
  const { tiers, ...anyTier } = sought;
  return canonicalIdOf(sought) ?? (tiers === undefined ? undefined : canonicalIdOf(anyTier));
}

/** How to get what this id does not do but its base model does, e.g. `veo-3.1-fast with aspect_ratio`. */
export function waysTo(
  change: Change,
  {
    model,
    mode,
    inputs,
    param,
  }: { model: ModelId; mode: GenerationMode; inputs: ModelInputs; param: string },
): string[] {
  const open = openIdFor(model.base, mode, inputs);
  const fixed = sibling(model, mode, change);
  return [
    ...(open === undefined ? [] : [`${open} with ${param}`]),
    ...(fixed === undefined || fixed === model.id ? [] : [fixed]),
  ];
}

/** Ids that take these pictures (or this video): of the same base model, else of any without a reservation. */
export function idsTaking(inputs: ModelInputs, model: ModelId): string[] {
  const own = model.base.modes
    .filter((rule) => takes(rule, inputs) && !model.modes.includes(rule.mode))
    .flatMap(({ mode }) => {
      const id = sibling(model, mode, {}) ?? openIdFor(model.base, mode, inputs);
      return id === undefined ? [] : [`${id} (${modeWords[mode]})`];
    });
  if (own.length > 0) return own;
  const others = baseModels.filter((base) => base.kind === model.base.kind && base.note === undefined);
  const ids = others.flatMap((base) =>
    base.modes
      .filter((rule) => takes(rule, inputs))
      .flatMap(({ mode }) => openIdFor(base, mode, inputs) ?? []),
  );
  return distinct(ids).slice(0, 3);
}

const pairs = (text: string): Set<string> => {
  const plain = text.toLowerCase().replace(/[^a-z0-9]/g, '');
  return new Set([...plain].slice(1).map((letter, index) => `${plain[index]}${letter}`));
};

/** Up to three existing ids that look like this one (shared pairs of letters), best first. Empty when nothing does. */
export function similarIds(id: string): string[] {
  const wanted = pairs(id.slice(0, 100));
  const likeness = (known: string) => {
    const its = pairs(known);
    const shared = [...its].filter((pair) => wanted.has(pair)).length;
    return (2 * shared) / (its.size + wanted.size);
  };
  return [...modelIds.keys()]
    .map((known) => ({ known, score: likeness(known) }))
    .filter(({ score }) => score >= 0.6)
    .sort((a, b) => b.score - a.score)
    .slice(0, 3)
    .map(({ known }) => known);
}
