import type { z } from 'zod';
import { loadCandidates } from '../accounts/pool';
import { type Candidate, canBeServedBy, type Need, obstacleOf } from '../accounts/select';
import {
  type listPlaygroundModels as listContract,
  mostImageBytes,
  type PlaygroundId,
  type PlaygroundModels,
  type PlaygroundVariant,
  type playgroundWays,
} from '../admin-api/playground';
import { modelDefaults } from '../api-keys/admit';
import { isGatewayError } from '../errors';
import { longestPrompt } from '../generation/types';
import { totalCost } from '../models/flow-plan';
import {
  type BaseModelDescription,
  describeBaseModels,
  listModels,
  type ModeDescription,
} from '../models/list';
import { findModelId } from '../models/model-ids';
import { resolveModel } from '../models/resolve';
import {
  type GenerationMode,
  type ModelDefaults,
  type ModelInputs,
  type ModelSpec,
  tiers,
} from '../models/types';
import type { Runtime } from '../runtime';

type Way = (typeof playgroundWays)[number];

const ways = {
  'text-to-image': 'image',
  'image-to-image': 'image',
  'text-to-video': 'text',
  'first-frame': 'frames',
  'first-last-frame': 'frames',
  'reference-images': 'ingredients',
  extend: 'extend',
} as const satisfies Record<GenerationMode, Way>;

/** How the playground calls a mode. */
export const wayOf = (mode: GenerationMode): Way => ways[mode];

const bytesPerMb = 1_000_000;
const limits = {
  prompt_length: longestPrompt,
  outputs: 4,
  image_bytes: 25 * bytesPerMb,
  images_bytes: mostImageBytes,
};

// Names of OpenAI are none of the ids that are resolved here.
const noDefaults: ModelDefaults = { image: '', video: '' };

/** Everything the form offers. With `account`, only that account is asked whether it can serve. */
export async function listPlaygroundModels(
  { db, now, settings }: Pick<Runtime, 'db' | 'now' | 'settings'>,
  { account }: z.output<typeof listContract.query>,
): Promise<PlaygroundModels> {
  const all = await loadCandidates({ db });
  const candidates = account === undefined ? all : all.filter(({ row }) => row.id === account);
  const current = settings.current();
  const askAccounts = makeAsk(candidates, now(), current['queue.max_wait']);
  return {
    ...describeOffers(askAccounts, modelDefaults({ settings })),
    limits: { ...limits, image_bytes: current['references.max_bytes'] * bytesPerMb },
  };
}

type Ask = (spec: ModelSpec) => Pick<PlaygroundVariant, 'served_by' | 'obstacle'>;

/** What can be chosen at all; `ask` says of each who can serve it. */
export function describeOffers(ask: Ask, defaults: ModelDefaults = noDefaults): PlaygroundModels {
  return {
    models: offers().map(({ base, ways: offered }) => ({
      id: base.id,
      label: base.label,
      family: base.family,
      kind: base.kind,
      note: base.note ?? null,
      ways: offered.map(({ way, images, needs_source_video, variants }) => ({
        way,
        images,
        needs_source_video,
        variants: variants.map(({ spec, ...variant }) => ({ ...variant, ...ask(spec) })),
      })),
    })),
    ids: listIds(defaults),
    limits,
  };
}

type Offered = Omit<PlaygroundVariant, 'served_by' | 'obstacle'> & { spec: ModelSpec };

type OfferedWay = {
  way: Way;
  images: { min: number; max: number };
  needs_source_video: boolean;
  variants: Offered[];
};

let known: { base: BaseModelDescription; ways: OfferedWay[] }[] | undefined;

/** What each model can, decided by the same function as every request. It never changes while the process lives. */
function offers() {
  known ??= describeBaseModels().map((base) => ({ base, ways: waysOf(base) }));
  return known;
}

function waysOf(base: BaseModelDescription): OfferedWay[] {
  const found = new Map<Way, OfferedWay>();
  for (const mode of base.modes) {
    const way = wayOf(mode.mode);
    const before = found.get(way);
    found.set(way, {
      way,
      images: {
        min: Math.min(mode.images.min, before?.images.min ?? mode.images.min),
        max: Math.max(mode.images.max, before?.images.max ?? 0),
      },
      needs_source_video: mode.needsSourceVideo,
      variants: [...(before?.variants ?? []), ...variantsOf(mode)],
    });
  }
  return [...found.values()];
}

function variantsOf(mode: ModeDescription): Offered[] {
  const way = wayOf(mode.mode);
  const role = pictureRoleOf(way);
  const inputs: ModelInputs = {
    images: mode.images.min,
    ...(mode.needsSourceVideo ? { sourceVideo: true } : {}),
    ...(role === undefined || mode.images.min === 0 ? {} : { pictureRole: role }),
  };
  return mode.aspectRatios.flatMap((aspectRatio) =>
    mode.lengths.flatMap(({ seconds }) =>
      mode.resolutions.flatMap(({ resolution }) => {
        const options = { aspectRatio, resolution, ...(seconds === undefined ? {} : { seconds }) };
        const spec = tryToResolve(() => resolveModel(mode.id, options, inputs, noDefaults));
        return spec === undefined
          ? []
          : [
              {
                images: mode.images,
                aspect_ratio: aspectRatio,
                seconds: seconds ?? null,
                resolution,
                model: spec.id,
                credits: pricesOf(spec),
                spec,
              },
            ];
      }),
    ),
  );
}

function tryToResolve(resolve: () => ModelSpec): ModelSpec | undefined {
  try {
    return resolve();
  } catch (error) {
    if (isGatewayError(error)) return undefined; // not every length comes in every size
    throw error;
  }
}

/** What the pictures of this way are to the model. */
export function pictureRoleOf(way: Way): 'frame' | 'reference' | undefined {
  if (way === 'frames') return 'frame';
  return way === 'ingredients' ? 'reference' : undefined;
}

function pricesOf(spec: ModelSpec): PlaygroundVariant['credits'] {
  const prices: PlaygroundVariant['credits'] = {};
  for (const tier of tiers) {
    const plan = spec.flow[tier];
    if (plan !== undefined) prices[tier] = plan.costUnknown === true ? null : totalCost(plan);
  }
  return prices;
}

/** Answers for one spec after another; those that need the same are asked about once. */
function makeAsk(candidates: readonly Candidate[], now: Date, waitSeconds: number) {
  const until = new Date(now.getTime() + waitSeconds * 1_000);
  const answers = new Map<string, Pick<PlaygroundVariant, 'served_by' | 'obstacle'>>();
  return (spec: ModelSpec) => {
    const name = `${spec.kind} ${JSON.stringify(spec.flow)}`;
    const before = answers.get(name);
    if (before !== undefined) return before;
    const need: Need = { kind: spec.kind, spec, avoid: [] };
    const served_by = tiers.filter(
      (tier) =>
        spec.flow[tier] !== undefined &&
        candidates.some(
          (candidate) => candidate.row.tier === tier && canBeServedBy([candidate], need, now, until),
        ),
    );
    const answer = { served_by, obstacle: served_by.length > 0 ? null : whyNot(candidates, need, now) };
    answers.set(name, answer);
    return answer;
  };
}

/** The reason that, once removed, would help soonest. */
function whyNot(
  candidates: readonly Candidate[],
  need: Need,
  now: Date,
): NonNullable<PlaygroundVariant['obstacle']> {
  const found = candidates.map((candidate) => obstacleOf(candidate, need, now));
  const usable = found.filter((each) => each?.obstacle !== 'removed' && each?.obstacle !== 'disabled');
  const ofKind = (obstacle: string) => usable.filter((each) => each?.obstacle === obstacle);
  const times = usable.flatMap((each) => (each?.until === undefined ? [] : [each.until.getTime()]));
  const until = times.length === 0 ? null : new Date(Math.min(...times)).toISOString();
  if (usable.length === 0) return { code: 'no_account', until: null };
  if (ofKind('cooldown').length > 0) return { code: 'cooldown', until };
  if (ofKind('credits').length > 0) return { code: 'credits', until: null };
  if (ofKind('blocked').length > 0) return { code: 'blocked', until };
  if (usable.every((each) => each?.obstacle === 'tier')) return { code: 'tier', until: null };
  return { code: 'unhealthy', until: null };
}

function listIds(defaults: ModelDefaults): PlaygroundId[] {
  return listModels(defaults).flatMap(({ id, kind, description, aliasOf }) => {
    const model = findModelId(id, defaults);
    if (model === undefined) return [];
    const { base, modes, ratio, seconds, resolution } = model;
    return [
      {
        id,
        kind,
        description,
        alias_of: aliasOf ?? null,
        base: base.id,
        ways: [...new Set(modes.map(wayOf))],
        aspect_ratio: ratio === 'ask' || ratio === 'infer' ? null : ratio,
        seconds: seconds ?? null,
        resolution: resolution === 'ask' ? null : resolution,
        tiers: model.tiers === undefined ? null : [...model.tiers],
      },
    ];
  });
}
