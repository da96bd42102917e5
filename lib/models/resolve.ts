import { GatewayError } from '../errors';
import { openAiAliases } from './aliases';
import { idsTaking, similarIds, waysTo } from './alternatives';
import { nearestAspectRatio, parseAspectRatio, parseShape } from './aspect-ratio';
import { type FlowRow, type FlowUpscale, type ModeRule, nativeResolution } from './catalog';
import { canonicalIdOf, findModelId, type ModelId, modeFor } from './model-ids';
import {
  type AspectRatio,
  type FlowPlan,
  type GenerationMode,
  type MediaKind,
  type ModelDefaults,
  type ModelInputs,
  type ModelOptions,
  type ModelSpec,
  type Resolution,
  type Tier,
  tiers,
} from './types';
import { distinct, modeWords, oneOf, pictureCount, secondsOf } from './words';

/** Length taken when neither id nor request names one: the only one that every plan has. */
const usualSeconds = 8;

/** What the checks of one request share. `asked` is the id for messages. */
type Request = { asked: string; model: ModelId; mode: GenerationMode; inputs: ModelInputs };

const refuse = (param: string, message: string): never => {
  throw new GatewayError('invalid_request', message, { param });
};

/**
 * Decides one generation from an id, the options and the pictures. Demands (`aspectRatio`, `seconds`, `resolution`, a
 * `quality` that names a size, the number of pictures) are met or refused; `size` is a wish. Throws `unknown_model`, and
 * `invalid_request` with `param` and what is possible instead.
 */
export function resolveModel(
  id: string,
  options: ModelOptions,
  inputs: ModelInputs,
  defaults: ModelDefaults,
): ModelSpec {
  const model = getModelId(id, defaults);
  const { base } = model;
  const asked = openAiAliases.has(id) ? `${id} (${model.aliasOf})` : id;
  const { mode, typicalSeconds } = chooseMode(asked, model, inputs, options.names?.sourceVideo);
  const request = { asked, model, mode, inputs };

  const rows = base.upstreams.flow.rows.filter((row) => row.mode === mode && tiersOf(model, row).length > 0);
  const aspectRatio = chooseRatio(request, rows, options);
  const ofRatio = rows.filter((row) => row.ratios.includes(aspectRatio));
  const seconds = chooseSeconds(request, ofRatio, options);
  const chosen = ofRatio.filter((row) => row.seconds === seconds);
  const step = chooseUpscale(request, chosen, options);

  const variant = {
    base,
    mode,
    aspectRatio,
    resolution: step?.to ?? nativeResolution[base.kind],
    ...(seconds === undefined ? {} : { seconds }),
    ...(model.tiers === undefined ? {} : { tiers: model.tiers }),
  };
  return {
    id: canonicalIdOf(variant) ?? base.id,
    base: base.id,
    kind: base.kind,
    mode,
    aspectRatio,
    ...(seconds === undefined ? {} : { seconds }),
    ...(step === undefined ? {} : { upscale: step.to }),
    flow: flowPlans(model, chosen, step),
    ...(typicalSeconds === undefined ? {} : { typicalSeconds }),
    ...(step?.typicalSeconds === undefined ? {} : { typicalUpscaleSeconds: step.typicalSeconds }),
  };
}

function getModelId(id: string, defaults: ModelDefaults): ModelId {
  const model = findModelId(id, defaults);
  if (model !== undefined) return model;
  const kind = openAiAliases.get(id);
  if (kind !== undefined) {
    throw new GatewayError(
      'unknown_model',
      `${id} stands for the default ${kind} model, which is set to "${defaults[kind]}": no ${kind} model has this id.`,
      { param: 'model' },
    );
  }
  const similar = similarIds(id);
  const hint =
    similar.length > 0
      ? `Did you mean ${oneOf(similar)}?`
      : `Models here are for example ${defaults.image} and ${defaults.video}.`;
  throw new GatewayError('unknown_model', `The model "${id.slice(0, 100)}" does not exist. ${hint}`, {
    param: 'model',
  });
}

function chooseMode(asked: string, model: ModelId, inputs: ModelInputs, videoParam = 'video'): ModeRule {
  const rule = modeFor(model, inputs);
  if (rule !== undefined) return rule;

  const { images, sourceVideo = false, pictureRole } = inputs;
  const others = idsTaking(inputs, model);
  const use = others.length > 0 ? ` ${situation(inputs)} use ${oneOf(others)}.` : '';
  const ofInput = model.base.modes.filter(
    ({ mode }) => model.modes.includes(mode) && (mode === 'extend') === sourceVideo,
  );
  if (ofInput.length === 0) {
    const reason = sourceVideo
      ? 'cannot extend a video'
      : 'extends an earlier video, which the request must name';
    return refuse(videoParam, `${asked} ${reason}.${use}`);
  }
  const counts = ofInput.map(({ mode, images: range }) => `${pictureCount(range)} (${modeWords[mode]})`);
  const got = `${images || 'none'}${pictureRole === undefined ? '' : ` as ${pictureRole}`}`;
  return refuse('image', `${asked} takes ${oneOf(counts)}; it got ${got}.${use}`);
}

function situation({ images, sourceVideo }: ModelInputs): string {
  if (sourceVideo === true) return 'To extend a video';
  return images === 0 ? 'For text alone' : `For ${pictureCount({ min: images, max: images })}`;
}

/** Tiers that have this key (or upscale step), among those that the id means. */
const tiersOf = (model: ModelId, { credits }: Pick<FlowRow, 'credits'>): Tier[] =>
  tiers.filter((tier) => credits[tier] !== undefined && (model.tiers ?? tiers).includes(tier));

/** An option that must be met: as the client wrote it, what that means, and what id and base model allow. */
type Demand<T> = {
  param: string;
  wanted: string | undefined;
  value: T | undefined;
  fixed: T | undefined;
  possible: readonly T[];
  show: (value: T) => string;
  change: (value: T) => Parameters<typeof waysTo>[0];
};

/** The value demanded, or the one that the id fixes; `undefined` when neither says anything. */
function meet<T>({ asked, model, ...request }: Request, demand: Demand<T>): T | undefined {
  const { param, wanted, value, fixed, possible, show } = demand;
  if (wanted === undefined) return fixed;
  if (value === undefined || !possible.includes(value)) {
    const mode = modeWords[request.mode];
    return refuse(
      param,
      `${asked} cannot make ${wanted.slice(0, 40)}. ${model.base.label} (${mode}) makes ${oneOf(possible.map(show))}.`,
    );
  }
  if (fixed === undefined || fixed === value) return value;
  const ways = waysTo(demand.change(value), { model, param, ...request });
  const use = ways.length > 0 ? ` For ${show(value)} use ${oneOf(ways)}.` : '';
  return refuse(param, `${asked} is ${show(fixed)}.${use}`);
}

/** The text of an option; `undefined` for what says nothing. */
const said = (text: string | undefined): string | undefined =>
  ['', 'auto'].includes(text?.trim().toLowerCase() ?? '') ? undefined : text;

function chooseRatio(request: Request, rows: readonly FlowRow[], options: ModelOptions): AspectRatio {
  const { ratio } = request.model;
  const possible = distinct(rows.flatMap(({ ratios }) => ratios));
  const wanted = said(options.aspectRatio);
  const met = meet(request, {
    param: options.names?.aspectRatio ?? 'aspect_ratio',
    wanted,
    value: wanted === undefined ? undefined : parseAspectRatio(wanted),
    fixed: ratio === 'ask' || ratio === 'infer' ? undefined : ratio,
    possible,
    show: (value) => value,
    change: (aspectRatio) => ({ aspectRatio }),
  });
  if (met !== undefined) return met;
  const shape = parseShape(options.size ?? '') ?? (ratio === 'infer' ? request.inputs.firstImage : undefined);
  return (shape && nearestAspectRatio(shape, possible)) ?? '16:9';
}

function chooseSeconds(
  request: Request,
  rows: readonly FlowRow[],
  options: ModelOptions,
): number | undefined {
  const possible = secondsOf(rows);
  const param = options.names?.seconds ?? 'seconds';
  if (possible.length === 0 && options.seconds !== undefined) {
    return refuse(param, `${request.asked} makes pictures, which have no length in seconds.`);
  }
  const met = meet(request, {
    param,
    wanted: options.seconds === undefined ? undefined : `${options.seconds} s`,
    value: options.seconds,
    fixed: request.model.seconds,
    possible,
    show: (value) => `${value} s`,
    change: (seconds) => ({ seconds }),
  });
  return met ?? possible.find((seconds) => seconds === usualSeconds) ?? possible[0];
}

const resolutions: readonly Resolution[] = ['1k', '720p', '1080p', '2k', '4k'];

/** The words of `quality` that name a size made by upscaling. */
const sizesByQuality: Record<MediaKind, readonly string[]> = {
  image: ['2k', '4k'],
  video: ['2k', '4k', '1080p'],
};

/** The size a request demands: `resolution`, else a `quality` that names one. */
function demandedSize(
  { resolution, quality, names }: ModelOptions,
  kind: MediaKind,
): { param: string; wanted: string | undefined } {
  const param = names?.resolution ?? 'resolution';
  const wanted = said(resolution);
  if (wanted !== undefined) return { param, wanted };
  const isSize = sizesByQuality[kind].includes(quality?.trim().toLowerCase() ?? '');
  return isSize ? { param: 'quality', wanted: quality } : { param, wanted: undefined };
}

function chooseUpscale(
  request: Request,
  rows: readonly FlowRow[],
  options: ModelOptions,
): FlowUpscale | undefined {
  const { model, mode } = request;
  const steps = model.base.upstreams.flow.upscales.filter(
    (step) => step.modes.includes(mode) && rows.some((row) => common(model, row, step).length > 0),
  );
  const { param, wanted } = demandedSize(options, model.base.kind);
  const met = meet(request, {
    param,
    wanted,
    value: resolutions.find((known) => known === wanted?.trim().toLowerCase()),
    fixed: model.resolution === 'ask' ? undefined : model.resolution,
    possible: [nativeResolution[model.base.kind], ...steps.map(({ to }) => to)],
    show: (value) => value,
    change: (resolution) => ({ resolution }),
  });
  return steps.find(({ to }) => to === met);
}

const common = (model: ModelId, row: FlowRow, step: FlowUpscale): Tier[] =>
  tiersOf(model, row).filter((tier) => tiersOf(model, step).includes(tier));

function flowPlans(
  model: ModelId,
  rows: readonly FlowRow[],
  step: FlowUpscale | undefined,
): ModelSpec['flow'] {
  const plans: Partial<Record<Tier, FlowPlan>> = {};
  for (const row of rows) {
    for (const tier of step === undefined ? tiersOf(model, row) : common(model, row, step)) {
      const credits = row.credits[tier] ?? 'unknown';
      plans[tier] = {
        modelKey: row.key,
        ...(row.legacyKey === undefined ? {} : { legacyModelKey: row.legacyKey }),
        ...(credits === 'unknown' ? { cost: 0, costUnknown: true } : { cost: credits }),
        ...(step?.key === undefined ? {} : { upscaleKey: step.key }),
        upscaleCost: step?.credits[tier] ?? 0,
      };
    }
  }
  return plans;
}
