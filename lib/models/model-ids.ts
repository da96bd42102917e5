import {
  type IdGroup,
  imageIds,
  modeIds,
  openAiAliases,
  otherNames,
  type RatioRule,
  videoIds,
} from './aliases';
import { type BaseModel, baseModels, getBaseModel, type ModeRule, nativeResolution } from './catalog';
import type { AspectRatio, GenerationMode, ModelDefaults, ModelInputs, Resolution, Tier } from './types';

/** One public id: a base model with some of its choices made. */
export type ModelId = {
  id: string;
  base: BaseModel;
  /** What it may mean; the pictures decide among them. */
  modes: readonly GenerationMode[];
  ratio: RatioRule;
  /** Fixed length; absent when the request may choose, and for pictures. */
  seconds?: number;
  /** Fixed size, or `ask`: native unless the request names another. */
  resolution: Resolution | 'ask';
  /** Set when the id means the variant of these tiers only. */
  tiers?: readonly Tier[];
  /** Set for another name of exactly the same thing. */
  aliasOf?: string;
};

/** One variant of a base model, as far as ids tell variants apart. */
export type Variant = {
  base: BaseModel;
  mode: GenerationMode;
  aspectRatio: AspectRatio;
  seconds?: number;
  resolution: Resolution;
  tiers?: readonly Tier[];
};

const openId = (base: BaseModel, id: string, modes = base.modes.map(({ mode }) => mode)): ModelId => ({
  id,
  base,
  modes,
  ratio: 'infer',
  resolution: 'ask',
});

const idsOfGroup = <Row>(
  { base, modes, tiers, rows }: IdGroup<Row>,
  read: (row: Row) => Pick<ModelId, 'ratio' | 'seconds' | 'resolution'> & { ids: readonly string[] },
): ModelId[] =>
  rows.flatMap((row) => {
    const { ids, ...fixed } = read(row);
    return ids.map((id) => ({
      id,
      base: getBaseModel(base),
      modes,
      ...fixed,
      ...(tiers === undefined ? {} : { tiers }),
    }));
  });

/** Everything open: base models first, then the ids for one of their modes. */
const openIds: readonly ModelId[] = [
  ...baseModels.map((base) => openId(base, base.id)),
  ...modeIds.map(([id, base, mode]) => openId(getBaseModel(base), id, [mode])),
];

const synonyms: readonly ModelId[] = otherNames.flatMap(([base, ...ids]) =>
  ids.map((id) => ({ ...openId(getBaseModel(base), id), aliasOf: base })),
);

/** Ids with parameters in their name, canonical ones first. */
const parameterIds: readonly ModelId[] = [
  ...imageIds.flatMap((group) =>
    idsOfGroup(group, ([ratio, resolution, ...ids]) => ({ ratio, resolution, ids })),
  ),
  ...videoIds.flatMap((group) =>
    idsOfGroup(group, ([ratio, seconds, resolution, ...ids]) => ({ ratio, seconds, resolution, ids })),
  ),
];

/** Ratio and size of an id when the request asks for none. */
export const unasked = ({ ratio, resolution, base }: ModelId) => ({
  aspectRatio: ratio === 'ask' ? '16:9' : ratio,
  resolution: resolution === 'ask' ? nativeResolution[base.kind] : resolution,
});

/** The id of the predecessor that means exactly this variant, if there is one. */
export const canonicalIdOf = (variant: Variant): string | undefined =>
  parameterIds.find((id) => {
    const { aspectRatio, resolution } = unasked(id);
    return (
      id.base === variant.base &&
      id.modes.includes(variant.mode) &&
      aspectRatio === variant.aspectRatio &&
      id.seconds === variant.seconds &&
      resolution === variant.resolution &&
      String(id.tiers) === String(variant.tiers)
    );
  })?.id;

/** Whether this way of using a model takes these pictures (or this video). */
export function takes({ mode, images: { min, max } }: ModeRule, inputs: ModelInputs): boolean {
  const { images, sourceVideo = false, pictureRole } = inputs;
  const isFrame = mode === 'first-frame' || mode === 'first-last-frame';
  const hasRole = images === 0 || pictureRole === undefined || isFrame === (pictureRole === 'frame');
  return (mode === 'extend') === sourceVideo && images >= min && images <= max && hasRole;
}

/** The mode that a choice of modes of a base model comes to with these inputs. */
export const modeFor = (
  { base, modes }: Pick<ModelId, 'base' | 'modes'>,
  inputs: ModelInputs,
): ModeRule | undefined => base.modes.find((rule) => modes.includes(rule.mode) && takes(rule, inputs));

/** The id that leaves every option open and means this mode with these inputs. */
export const openIdFor = (base: BaseModel, mode: GenerationMode, inputs: ModelInputs): string | undefined =>
  openIds.find((id) => id.base === base && modeFor(id, inputs)?.mode === mode)?.id;

/** The id marked as another name, where an earlier one means the same without any option. */
function withAliasOf(id: ModelId): ModelId {
  const [mode] = id.modes;
  const { aspectRatio, resolution } = unasked(id);
  if (mode === undefined || aspectRatio === 'infer') return id;
  const canonical = canonicalIdOf({ ...id, mode, aspectRatio, resolution });
  return canonical === undefined || canonical === id.id ? id : { ...id, aliasOf: canonical };
}

/** Every id there is but the aliases for OpenAI names, in the order of listings. */
export const modelIds: ReadonlyMap<string, ModelId> = new Map(
  [...openIds, ...synonyms, ...parameterIds.map(withAliasOf)].map((id) => [id.id, id]),
);

/** The model of this id; an OpenAI name is looked up in the defaults. `undefined` if there is none. */
export function findModelId(id: string, defaults: ModelDefaults): ModelId | undefined {
  const kind = openAiAliases.get(id);
  if (kind === undefined) return modelIds.get(id);
  const target = modelIds.get(defaults[kind]);
  return target?.base.kind === kind ? { ...target, id, aliasOf: target.id } : undefined;
}
