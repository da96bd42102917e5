import { openAiAliases } from './aliases';
import { type BaseModel, baseModels, type FlowRow, nativeResolution } from './catalog';
import { findModelId, type ModelId, modelIds, openIdFor } from './model-ids';
import {
  type AspectRatio,
  type GenerationMode,
  type MediaKind,
  type ModelDefaults,
  type ModelInfo,
  type Resolution,
  type Tier,
  tiers,
} from './types';
import { distinct, modeWords, oneOf, secondsOf } from './words';

/** The rows that an id can come to. */
const rowsOf = ({ base, modes, ratio, seconds, tiers: only = tiers }: ModelId): FlowRow[] =>
  base.upstreams.flow.rows.filter(
    (row) =>
      modes.includes(row.mode) &&
      (seconds === undefined || row.seconds === seconds) &&
      (ratio === 'ask' || ratio === 'infer' || row.ratios.includes(ratio)) &&
      only.some((tier) => row.credits[tier] !== undefined),
  );

function resolutionsOf({ base, modes, resolution }: ModelId): Resolution[] {
  if (resolution !== 'ask') return [resolution];
  const steps = base.upstreams.flow.upscales.filter((step) =>
    step.modes.some((mode) => modes.includes(mode)),
  );
  return [nativeResolution[base.kind], ...steps.map(({ to }) => to)];
}

/** Tiers that can do something with the id, in all its variants together. */
function tiersOf(id: ModelId): Tier[] {
  const step = id.base.upstreams.flow.upscales.find(({ to }) => to === id.resolution);
  const rows = rowsOf(id);
  return (id.tiers ?? tiers).filter(
    (tier) =>
      rows.some(({ credits }) => credits[tier] !== undefined) &&
      (step === undefined || step.credits[tier] !== undefined),
  );
}

const tierNames: Record<Tier, string> = { free: 'Free', pro: 'Pro', ultra: 'Ultra' };

function describe(id: ModelId): string {
  const rows = rowsOf(id);
  const ratio =
    id.ratio === 'ask' || id.ratio === 'infer' ? distinct(rows.flatMap((row) => row.ratios)) : [id.ratio];
  const lengths = secondsOf(rows);
  const can = tiersOf(id);
  const facts = [
    `${id.base.label}: ${oneOf(id.modes.map((mode) => modeWords[mode]))}`,
    ratio.join(', '),
    ...(lengths.length > 0 ? [`${lengths.join(', ')} s`] : []),
    resolutionsOf(id).join(', '),
    ...(can.length < tiers.length ? [`${oneOf(can.map((tier) => tierNames[tier]))} accounts`] : []),
  ];
  return `${facts.join('; ')}.${id.base.note === undefined ? '' : ` ${id.base.note}`}`;
}

const infoOf = (model: ModelId): ModelInfo => ({
  id: model.id,
  kind: model.base.kind,
  description: describe(model),
  ...(model.aliasOf === undefined ? {} : { aliasOf: model.aliasOf }),
});

// The tables never change while the process lives, and listings are asked for often.
const infos: ReadonlyMap<string, ModelInfo> = new Map(
  [...modelIds.values()].map((id) => [id.id, infoOf(id)]),
);

/** The model as listings show it; `undefined` for an unknown id. */
export function findModel(id: string, defaults: ModelDefaults): ModelInfo | undefined {
  if (!openAiAliases.has(id)) return infos.get(id);
  const model = findModelId(id, defaults);
  return model === undefined ? undefined : infoOf(model);
}

/** All public ids: base models first, then other names, then every id of the predecessor, then names of OpenAI. */
export const listModels = (defaults: ModelDefaults): ModelInfo[] => [
  ...infos.values(),
  ...[...openAiAliases.keys()].flatMap((id) => findModel(id, defaults) ?? []),
];

/** The ids that leave the ratio open, and mean a model together with what a request asks for. */
export const listOpenModels = (): ModelInfo[] =>
  [...modelIds.values()]
    .filter(({ ratio }) => ratio === 'ask' || ratio === 'infer')
    .flatMap(({ id }) => infos.get(id) ?? []);

/** Price per tier in credits; `null` where a tier can but no price is known. A missing tier cannot. */
export type Prices = Partial<Record<Tier, number | null>>;

/** One way of using a base model, with all that a form needs to offer only what works. */
export type ModeDescription = {
  mode: GenerationMode;
  /** Id to send for this mode with that number of pictures. */
  id: string;
  images: { min: number; max: number };
  needsSourceVideo: boolean;
  aspectRatios: AspectRatio[];
  /** One entry without `seconds` for pictures. */
  lengths: { seconds?: number; credits: Prices }[];
  /** Prices are those of the upscale step, on top of the length's; a native size costs nothing more. */
  resolutions: { resolution: Resolution; credits: Prices }[];
  typicalSeconds?: number;
};

/** A base model as data for a console. */
export type BaseModelDescription = Pick<BaseModel, 'id' | 'label' | 'family' | 'note'> & {
  kind: MediaKind;
  tiers: Tier[];
  modes: ModeDescription[];
};

/** The base models with everything they can: modes, pictures, ratios, lengths, sizes, tiers and prices. */
export const describeBaseModels = (): BaseModelDescription[] =>
  baseModels.map((base) => ({
    id: base.id,
    label: base.label,
    family: base.family,
    kind: base.kind,
    ...(base.note === undefined ? {} : { note: base.note }),
    tiers: tiers.filter((tier) =>
      base.upstreams.flow.rows.some(({ credits }) => credits[tier] !== undefined),
    ),
    modes: base.modes.map((rule) => describeMode(base, rule)),
  }));

function describeMode(
  base: BaseModel,
  { mode, images, typicalSeconds }: BaseModel['modes'][number],
): ModeDescription {
  const rows = base.upstreams.flow.rows.filter((row) => row.mode === mode);
  const able = tiers.filter((tier) => rows.some(({ credits }) => credits[tier] !== undefined));
  const steps = base.upstreams.flow.upscales.filter((step) => step.modes.includes(mode));
  const needsSourceVideo = mode === 'extend';
  return {
    mode,
    id: openIdFor(base, mode, { images: images.min, sourceVideo: needsSourceVideo }) ?? base.id,
    images,
    needsSourceVideo,
    aspectRatios: distinct(rows.flatMap(({ ratios }) => ratios)),
    lengths: distinct(rows.map(({ seconds }) => seconds)).map((seconds) => ({
      ...(seconds === undefined ? {} : { seconds }),
      credits: pricesOf(rows.filter((row) => row.seconds === seconds)),
    })),
    resolutions: [
      { resolution: nativeResolution[base.kind], credits: Object.fromEntries(able.map((tier) => [tier, 0])) },
      ...steps.map(({ to, credits }) => ({ resolution: to, credits })),
    ],
    ...(typicalSeconds === undefined ? {} : { typicalSeconds }),
  };
}

function pricesOf(rows: readonly FlowRow[]): Prices {
  const prices: Prices = {};
  for (const tier of tiers) {
    const credits = rows.find((row) => row.credits[tier] !== undefined)?.credits[tier];
    if (credits !== undefined) prices[tier] = credits === 'unknown' ? null : credits;
  }
  return prices;
}
